"""Random walks: three steps with popularity divided out, and personalised PageRank by pushing.

Neither uses the pair's own tie: for a pair that is tied the walk goes through the graph without that tie.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.topology.pairs import PairPaths
from matchmaker.recommend.topology.paths import POPULARITY
from matchmaker.recommend.topology.reach import CELLS, KeySet, runs_of
from matchmaker.recommend.topology.relation import Floats, Nodes, Places, RelationGraph, expand, expand_weights, sum_by

Ends = NDArray[np.integer]

RESTART = 0.15
"""The chance to begin anew at every step."""

TOLERANCE = 1e-4
"""How little residue, per neighbour, is left lying."""


def measure_random_walk(
    graph: RelationGraph, subjects: Ends, others: Ends, *, steps: int = 3, beta: float = POPULARITY
) -> Floats:
    """Return the chance to come from the subject to the other in two or three steps, over its strength to ``beta``.

    Three steps are RP3β: B. Paudel, F. Christoffel, C. Newell and A. Bernstein, *Updatable, accurate, diverse, and
    scalable recommendations for interactive applications*, ACM Transactions on Interactive Intelligent Systems 7, 2016;
    first in F. Christoffel et al., *Blockbusters and wallflowers*, RecSys 2015. A step goes over a tie in proportion
    to its weight.

    Parameters
    ----------
    subjects, others
        Shape (pairs,).
    steps
        2 or 3.
    beta
        0 keeps the chance as it is; the more, the less the popular are favoured.

    Raises
    ------
    ValueError
        Another number of steps.

    Examples
    --------
    >>> graph = RelationGraph.from_pairs(4, [0, 1, 2], [1, 2, 3])
    >>> measure_random_walk(graph, np.array([0, 1]), np.array([3, 3]), beta=0.0).tolist()
    [0.25, 0.0]
    >>> measure_random_walk(graph, np.array([1]), np.array([3]), steps=2, beta=1.0).tolist()
    [0.25]
    """
    if steps not in (2, 3):
        raise ValueError("A walk of two or of three steps can be measured.")
    subjects, others = np.asarray(subjects), np.asarray(others)
    found = np.zeros(len(subjects))
    for runs, pairs in runs_of(subjects).split(graph):
        paths = PairPaths(graph, runs, others[pairs], far=steps == 3)
        found[pairs] = paths.walks(steps, beta)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Where the walks from some subjects are found.

    Attributes
    ----------
    starts
        Shape (subjects + 1,): the nodes of subject ``i`` stand at ``starts[i]:starts[i + 1]``.
    nodes
        Shape (found,): ascending for each subject.
    chances
        Shape (found,): the share of time that is spent there, above 0.
    """

    starts: Places
    nodes: Nodes
    chances: Floats


def push_pagerank(
    graph: RelationGraph, subjects: Ends, *, restart: float = RESTART, tolerance: float = TOLERANCE
) -> Arrivals:
    """Return the personalised PageRank of some subjects, as far as it isn't negligible.

    R. Andersen, F. Chung and K. Lang, *Local graph partitioning using PageRank vectors*, FOCS 2006; here without the
    lazy half step, and all nodes whose residue is large enough are pushed at once.

    Parameters
    ----------
    subjects
        Shape (subjects,).
    restart
        The chance to begin anew at every step, above 0 and below 1.
    tolerance
        A node is pushed while its residue is at least so much per neighbour. Less than the sum of the residues left is
        missing from the chances.

    Notes
    -----
    Cost: at most 1 / (restart × tolerance) slots for each subject, whatever the graph's size.

    Examples
    --------
    >>> found = push_pagerank(RelationGraph.from_pairs(3, [0, 1], [1, 2]), np.array([0]), restart=0.5, tolerance=1e-9)
    >>> found.nodes.tolist(), found.chances.round(4).tolist()
    ([0, 1, 2], [0.5833, 0.3333, 0.0833])
    """
    begun: Places = np.asarray(subjects, dtype=np.int64)
    cut = np.full(len(begun), -1, dtype=np.int64)
    parts = [_push(graph, begun[part], cut[part], restart, tolerance) for part in _blocks(graph, len(begun))]
    if not parts:
        return Arrivals(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0))
    size = len(graph)
    counts = [np.bincount(keys // size, minlength=count) for keys, _, count in parts]
    nodes = np.concatenate([keys % size for keys, _, _ in parts]).astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64)
    return Arrivals(starts, nodes, np.concatenate([chances for _, chances, _ in parts]))


def measure_pagerank(
    graph: RelationGraph, subjects: Ends, others: Ends, *, restart: float = RESTART, tolerance: float = TOLERANCE
) -> Floats:
    """Return the subject's personalised PageRank of the other; shape (pairs,), 0 where it is negligible.

    A pair that is tied costs a push of its own, since its tie has to be left out.

    >>> graph = RelationGraph.from_pairs(3, [0, 1], [1, 2])
    >>> measure_pagerank(graph, np.array([0, 0]), np.array([2, 1]), restart=0.5, tolerance=1e-9).round(4).tolist()
    [0.0833, 0.0]
    """
    subjects, others = np.asarray(subjects, dtype=np.int64), np.asarray(others, dtype=np.int64)
    own = np.zeros(len(subjects))
    for runs, pairs in runs_of(subjects).split(graph):
        own[pairs] = PairPaths(graph, runs, others[pairs], far=False).own
    walks, which = np.unique(np.column_stack([subjects, np.where(own > 0.0, others, -1)]), axis=0, return_inverse=True)
    which = which.ravel()
    order = np.argsort(which, kind="stable")
    bounds = np.searchsorted(which[order], np.arange(len(walks) + 1))
    found = np.zeros(len(subjects))
    for part in _blocks(graph, len(walks)):
        keys, chances, count = _push(graph, walks[part, 0], walks[part, 1], restart, tolerance)
        asked = order[bounds[part.start] : bounds[part.start + count]]
        held = KeySet(keys, count * len(graph), "first")
        found[asked] = held.pick(chances, (which[asked] - part.start) * len(graph) + others[asked])
    return found


def _blocks(graph: RelationGraph, count: int) -> Iterator[slice]:
    # Few at once in a large graph: what one walk touches fits a processor's cache, what many touch doesn't.
    whole = max(1, min(64, CELLS // 4 // max(1, len(graph))))
    yield from (slice(first, min(first + whole, count)) for first in range(0, count, whole))


def _push(
    graph: RelationGraph, subjects: Places, cut: Places, restart: float, tolerance: float
) -> tuple[Places, Floats, int]:
    """Return keys ``walk * nodes + node``, ascending, and the chances there, for walks that may each leave out a tie.

    ``cut`` is the other end of the tie left out, or -1.
    """
    size, count = len(graph), len(subjects)
    keys, residue = np.arange(count) * size + subjects, np.ones(count)
    settled_keys, settled = [keys[:0]], [residue[:0]]
    while len(keys):
        walks, nodes = np.divmod(keys, size)
        ends = (nodes == subjects[walks]) | (nodes == cut[walks])
        apart = ends & (cut[walks] >= 0)
        degrees = graph.degrees[nodes] - apart
        large = residue >= tolerance * np.maximum(degrees, 1)
        pushed = large & (degrees > 0)
        stuck = large & (degrees <= 0)
        settled_keys.append(keys[large])
        settled.append(np.where(stuck, 1.0, restart)[large] * residue[large])
        if not np.any(pushed):
            break
        spread_keys, spread = _spread(graph, subjects, cut, keys[pushed], (1.0 - restart) * residue[pushed])
        together = KeySet(np.concatenate([keys[~large], spread_keys]), count * size, "first")
        sums, places = together.sum(np.concatenate([residue[~large], spread])), together.distinct()
        keys, residue = together.keys[places], sums[places]
    whole = KeySet(np.concatenate(settled_keys), count * size, "second")
    sums, places = whole.sum(np.concatenate(settled)), whole.distinct()
    order = np.argsort(whole.keys[places], kind="stable")
    return whole.keys[places][order], sums[places][order], count


def _spread(graph: RelationGraph, subjects: Places, cut: Places, keys: Places, mass: Floats) -> tuple[Places, Floats]:
    """Return where the neighbours of some keys stand, and what part of each key's mass goes there."""
    size = len(graph)
    walks, nodes = np.divmod(keys, size)
    lengths = graph.degrees[nodes]
    ends, weights, left = expand(graph, nodes), expand_weights(graph, nodes), graph.strengths[nodes]
    if np.any(cut >= 0):
        from_subject, from_cut = nodes == subjects[walks], nodes == cut[walks]
        barred = np.repeat(np.where(from_subject, cut[walks], np.where(from_cut, subjects[walks], -1)), lengths)
        gone = np.where(ends == barred, weights, 0.0)
        weights = weights - gone
        left = left - sum_by(np.repeat(np.arange(len(keys)), lengths), gone, len(keys))
    reached = np.repeat(walks * size, lengths) + ends
    return np.asarray(reached, dtype=np.int64), np.repeat(mass / left, lengths) * weights
