"""How well the topological part of the scorer finds hidden ties in four public graphs, against single measures.

The protocol of M. Zhang and Y. Chen, *Link prediction based on graph neural networks* (SEAL, NeurIPS 2018): a tenth of
the ties is hidden at random, and as many pairs without a tie are drawn; AUC and average precision (AP). Beside it the
mean reciprocal rank (MRR) of a hidden tie among the hardest others of its source: those with the best common neighbours
that aren't tied to it (after J. Li et al., *Evaluating graph neural networks for link prediction*, NeurIPS 2023).

The model sees only the ties that are left. It learns from a fifth of these at a time, measured on the graph without
them, so that no pair is ever measured with its own tie. Settings were chosen on seeds from 100 on; seeds from 0 on are
reported. How many splits: the first argument (10); from which seed on: the second (0).
"""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat
from scipy.sparse import coo_array, triu
from sklearn.metrics import average_precision_score, roc_auc_score

from matchmaker.recommend.scoring.estimator import AdditiveClassifier
from matchmaker.recommend.topology.paths import measure_paths
from matchmaker.recommend.topology.relation import Floats, RelationGraph
from matchmaker.recommend.topology.retrieval import retrieve_two_steps
from matchmaker.recommend.topology.similarity import adjacency, fit_ease, fit_spectral, measure_dot
from matchmaker.recommend.topology.structure import fit_structure, measure_distance
from matchmaker.recommend.topology.walks import measure_pagerank, measure_random_walk

Pairs = NDArray[np.int64]
Measure = Callable[[NDArray[np.int64], NDArray[np.int64]], Floats]

DATA = Path(os.environ.get("MATCHMAKER_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
PAPER = {"USAir": ("USAir", 96.62), "NS": ("NS", 98.85), "C.ele": ("Celegans", 90.30), "Yeast": ("Yeast", 97.91)}
"""The file of each graph, and the mean AUC that the paper reports, in per cent."""

SINGLE = {
    "preferential attachment": "preferential_attachment",
    "common neighbours": "common_neighbours",
    "Adamic–Adar": "adamic_adar",
    "resource allocation": "resource_allocation",
    "three steps (L3)": "l3",
    "RP3β": "random_walk",
    "personalised PageRank": "pagerank_0.15",
    "EASE": "ease",
}
"""The single measures of the table, by the name of their feature."""

OURS, PAPERS = "additive model", "SEAL (paper)"
PATHS = (
    "common_neighbours",
    "adamic_adar",
    "resource_allocation",
    "jaccard",
    "salton",
    "hub_promoted",
    "hub_depressed",
    "leicht_holme_newman",
    "preferential_attachment",
    "three_step_paths",
    "l3",
    "local_path",
)
DIMENSIONS = (4, 8, 16, 32, 64, 128)
SEEDS, FOLDS, HIDDEN = 10, 5, 0.1
HARD, LISTS = 100, 60
EASE_RIDGE = 100.0


@dataclass(frozen=True)
class Split:
    """A graph with a part of its ties hidden.

    Attributes
    ----------
    size
        The number of nodes.
    ties, hidden, apart
        Shape (pairs, 2): the ties left, those hidden, and as many pairs without a tie.
    """

    size: int
    ties: Pairs
    hidden: Pairs
    apart: Pairs


def load(name: str) -> tuple[int, Pairs]:
    """Return how many nodes a graph has, and its ties."""
    whole = coo_array(triu(loadmat(DATA / "link_prediction" / f"{PAPER[name][0]}.mat")["net"], 1))
    return whole.shape[0], np.column_stack([whole.row, whole.col]).astype(np.int64)


def draw_apart(rng: np.random.Generator, size: int, ties: Pairs, count: int) -> Pairs:
    """Return distinct pairs that aren't tied."""
    known = ties.min(axis=1) * size + ties.max(axis=1)
    found = np.zeros(0, dtype=np.int64)
    while len(found) < count:
        drawn = rng.integers(0, size, (2 * count, 2))
        keys = drawn.min(axis=1) * size + drawn.max(axis=1)
        fresh = keys[(drawn[:, 0] != drawn[:, 1]) & ~np.isin(keys, known)]
        found = np.concatenate([found, fresh])
        found = found[np.sort(np.unique(found, return_index=True)[1])]
    return np.column_stack(np.divmod(found[:count], size))


def split(name: str, seed: int) -> Split:
    """Return a graph with a tenth of its ties hidden."""
    rng = np.random.default_rng(seed)
    size, ties = load(name)
    ties = ties[rng.permutation(len(ties))]
    count = int(np.ceil(len(ties) * HIDDEN))
    return Split(size, ties[count:], ties[:count], draw_apart(rng, size, ties, count))


def graph_of(size: int, ties: Pairs) -> RelationGraph:
    """Return the relation graph of some ties."""
    return RelationGraph.from_pairs(size, ties[:, 0], ties[:, 1])


def both_ways(measure: Measure, pairs: Pairs) -> Floats:
    """Return a measure that has a direction, from either end and added."""
    return grouped(measure, pairs) + grouped(measure, pairs[:, ::-1])


def grouped(measure: Measure, pairs: Pairs) -> Floats:
    """Return a measure of pairs in any order, for functions that like each subject's pairs to stand together."""
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    found = measure(pairs[order, 0], pairs[order, 1])
    back = np.empty_like(found)
    back[order] = found
    return back


def measure_share(graph: RelationGraph, pairs: Pairs, restart: float) -> Floats:
    """Return the personalised PageRank of the second for the first of each pair, over the second's degree."""

    def walk(here: NDArray[np.int64], there: NDArray[np.int64]) -> Floats:
        return measure_pagerank(graph, here, there, restart=restart)

    return np.asarray(grouped(walk, np.sort(pairs, axis=1)) / np.maximum(graph.degrees[pairs.max(axis=1)], 1))


def features(graph: RelationGraph, pairs: Pairs) -> dict[str, Floats]:
    """Return every feature of some pairs that aren't tied in the graph; the same whichever end comes first."""
    first, second = pairs[:, 0], pairs[:, 1]
    table = grouped(lambda here, there: measure_paths(graph, here, there, PATHS), pairs)
    found = {name: table[:, column] for column, name in enumerate(PATHS)}
    found["random_walk"] = both_ways(lambda here, there: measure_random_walk(graph, here, there), pairs)
    for restart in (0.15, 0.5):
        # Walks are reversible: degree times chance is the same from both ends.
        share = measure_share(graph, pairs, restart)
        found[f"pagerank_{restart}"] = share * (graph.degrees[first] + graph.degrees[second])
        found[f"pagerank_share_{restart}"] = share
    for name, values in fit_structure(graph).columns().items():
        found[f"{name}_lower"] = np.minimum(values[first], values[second])
        found[f"{name}_higher"] = np.maximum(values[first], values[second])
    found["distance"] = measure_distance(graph, first, second)
    for power in (0.5, 0.0):
        left, right = fit_spectral(graph, DIMENSIONS[-1], power=power)
        for dimensions in DIMENSIONS:
            products = measure_dot(first, second, left[:, :dimensions], right[:, :dimensions])
            found[f"spectral_{dimensions}_{power}"] = products
    ties = adjacency(graph)
    weights = fit_ease(ties, EASE_RIDGE)
    scores = ties @ weights
    found["ease"] = scores[first, second] + scores[second, first]
    found["ease_weight"] = weights[first, second] + weights[second, first]
    return found


def matrix(found: dict[str, Floats]) -> Floats:
    """Return features as columns."""
    return np.column_stack(list(found.values()))


def hard_pairs(graph: RelationGraph, sources: NDArray[np.int64], tied: Pairs) -> Pairs:
    """Return for each source the others of the best common neighbours that aren't tied to it."""
    found = retrieve_two_steps(graph, sources, 2 * HARD, share="degree")
    pairs = np.column_stack([found.subjects(sources), found.others]).astype(np.int64)
    size = len(graph)
    known = np.concatenate([tied, tied[:, ::-1]])
    pairs = pairs[~np.isin(pairs[:, 0] * size + pairs[:, 1], known[:, 0] * size + known[:, 1])]
    place = np.arange(len(pairs)) - np.searchsorted(pairs[:, 0], pairs[:, 0])
    return pairs[place < HARD]


def folds(given: Split, rng: np.random.Generator) -> Iterator[tuple[RelationGraph, Pairs, Pairs]]:
    """Yield a graph without a part of the ties left, with that part, and as many pairs apart."""
    apart = draw_apart(rng, given.size, given.ties, len(given.ties))
    parts = np.array_split(np.arange(len(given.ties)), FOLDS)
    for part in parts:
        yield graph_of(given.size, np.delete(given.ties, part, axis=0)), given.ties[part], apart[part]


def fit(given: Split, seed: int, lists: int = LISTS) -> tuple[AdditiveClassifier, AdditiveClassifier | None]:
    """Return two models: of hidden ties against pairs at random, and against hard pairs, list by list.

    The second learns from so many lists of each part of the ties; it is left out where that is 0.
    """
    rng = np.random.default_rng((seed, 1))
    random, listed = [], []
    for number, (graph, hidden, apart) in enumerate(folds(given, rng)):
        sources = np.sort(rng.permutation(np.unique(hidden))[:lists])
        turned = np.concatenate([hidden, hidden[:, ::-1]])
        own, hard = turned[np.isin(turned[:, 0], sources)], hard_pairs(graph, sources, given.ties)
        whole = matrix(features(graph, np.concatenate([hidden, apart, own, hard])))
        rows = len(hidden) + len(apart)
        random.append((whole[:rows], np.repeat([1.0, 0.0], [len(hidden), len(apart)])))
        groups = np.concatenate([own[:, 0], hard[:, 0]]) + number * given.size
        listed.append((whole[rows:], np.repeat([1.0, 0.0], [len(own), len(hard)]), groups))
    table, labels = (np.concatenate(column) for column in zip(*random, strict=True))
    plain = model(0.0).fit(table, labels)
    if not lists:
        return plain, None
    table, labels, groups = (np.concatenate(column) for column in zip(*listed, strict=True))
    return plain, model(0.7).fit(table, labels, groups=groups)


def model(listwise: float) -> AdditiveClassifier:
    """Return the model to be fitted."""
    return AdditiveClassifier(knots=8, ridge=2.0, roughness=0.05, listwise=listwise)


def reciprocal_ranks(scores: Floats, hard: Floats, turned: Pairs, pairs: Pairs) -> float:
    """Return the mean over sources of the mean reciprocal rank of their hidden ties, equal scores sharing a rank."""
    order = np.argsort(turned[:, 0], kind="stable")
    starts = np.searchsorted(pairs[:, 0], turned[:, 0])
    ends = np.searchsorted(pairs[:, 0], turned[:, 0], side="right")
    by_source: dict[int, list[float]] = {}
    for row in order:
        others = hard[starts[row] : ends[row]]
        rank = 1.0 + np.sum(others > scores[row]) + 0.5 * np.sum(others == scores[row])
        by_source.setdefault(int(turned[row, 0]), []).append(1.0 / rank)
    return float(np.mean([np.mean(ranks) for ranks in by_source.values()]))


def judge(name: str, seed: int) -> dict[str, tuple[float, float, float]]:
    """Return AUC, average precision and mean reciprocal rank of every method, in per cent."""
    given = split(name, seed)
    plain, listed = fit(given, seed)
    graph = graph_of(given.size, given.ties)
    tied = np.concatenate([given.ties, given.hidden])
    hard = hard_pairs(graph, np.unique(given.hidden), tied)
    found = features(graph, np.concatenate([given.hidden, given.apart, hard]))
    known = len(given.hidden) + len(given.apart)
    labels = np.repeat([1.0, 0.0], [len(given.hidden), len(given.apart)])
    turned = np.concatenate([given.hidden, given.hidden[:, ::-1]])
    whole = matrix(found)
    scores = {method: (found[feature], found[feature]) for method, feature in SINGLE.items()}
    scores[OURS] = plain.decision_function(whole), (listed or plain).decision_function(whole)
    return {
        method: (
            100 * float(roc_auc_score(labels, first[:known])),
            100 * float(average_precision_score(labels, first[:known])),
            100 * reciprocal_ranks(np.tile(second[: len(given.hidden)], 2), second[known:], turned, hard),
        )
        for method, (first, second) in scores.items()
    }


def main() -> None:
    """Print the table."""
    if not (DATA / "link_prediction").is_dir():
        sys.exit("The graphs aren't here. Set MATCHMAKER_REAL_DATA to the folder of public data sets.")
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS)
    begin = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    print(f"{len(seeds)} splits of each graph; mean ± standard deviation, in per cent")
    for name, (_, paper) in PAPER.items():
        runs = [judge(name, begin + seed) for seed in seeds]
        print(f"\n{name:24}{'AUC':>16}{'AP':>16}{'MRR, hard':>16}")
        for method in runs[0]:
            cells = np.array([run[method] for run in runs])
            means, spreads = cells.mean(axis=0), cells.std(axis=0)
            row = (f"{mean:.2f} ± {spread:.2f}" for mean, spread in zip(means, spreads, strict=True))
            print(f"{method:24}" + "".join(f"{cell:>16}" for cell in row))
        ours = float(np.mean([run[OURS][0] for run in runs]))
        print(f"{PAPERS:24}{paper:>8.2f}          ours {ours - paper:+.2f}", flush=True)


if __name__ == "__main__":
    main()
