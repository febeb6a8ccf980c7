"""The whole evaluation: learn from the time before a day, rank what came after, and compare with the baselines."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from matchmaker.errors import Finding, InvalidInput
from matchmaker.recommend.evaluation.baselines import BASELINES, MEASURED, METHODS, score_baselines
from matchmaker.recommend.evaluation.learning import FEATURES, Models, fit_models
from matchmaker.recommend.evaluation.metrics import (
    METRICS,
    Lists,
    calibration_error,
    coverage,
    find_popular,
    found_share,
    interval_of,
    judge_lists,
    mean_of,
    paired_lift,
    rank_lists,
    resample,
    top_share,
)
from matchmaker.recommend.evaluation.protocol import (
    Cold,
    Protocol,
    Setting,
    find_outcomes,
    find_regions,
    in_regions,
    make_lists,
)
from matchmaker.recommend.evaluation.retrieval import WAYS, retrieve_lists
from matchmaker.recommend.features.joint_history import JointHistory
from matchmaker.recommend.features.joint_measures import measure_joint
from matchmaker.recommend.features.joint_work import JointWork

Floats = NDArray[np.float64]
Progress = Callable[[str], None]

OURS, OPEN = "matchmaker", "matchmaker_open"
"""The recommender, and the same with the exposure setting that shows fewer of the popular."""

RETRIEVED: Mapping[Setting, int] = MappingProxyType({Setting.REGIONS: 50, Setting.ALL: 200})
"""How many candidates of a list are retrieved where recall of candidates is judged."""

PRICES = tuple(round(0.05 * step, 2) for step in range(81))
"""What a list may charge for being among the most popular hundredth, in log-odds."""

SOURCES_AT_ONCE = 256

SHARE_ALLOWED = 0.5
"""The open setting charges the least that leaves the most popular hundredth this much of Adamic–Adar's share."""


@dataclass(frozen=True, slots=True)
class MethodResult:
    """How one method did on one block of sources.

    Attributes
    ----------
    metrics
        Means over sources by name, and what lists do to the popular.
    intervals
        The 95% interval of each mean over sources, by name.
    lift, lift_interval, best
        Ours only: by which share NDCG@10 is above the best fixed baseline's, its interval, and which that is.
    calibration_error, candidate_recall
        Ours only.
    """

    metrics: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    lift: float | None = None
    lift_interval: tuple[float, float] | None = None
    best: str | None = None
    calibration_error: float | None = None
    candidate_recall: float | None = None


@dataclass(frozen=True, slots=True)
class BlockResult:
    """How every method did on one block of sources."""

    sources: int
    methods: Mapping[str, MethodResult]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result.

    Attributes
    ----------
    setting
        Among whom was looked.
    regions
        The block of every region by its code in the joint work; empty where all are looked among.
    pooled
        All sources together.
    cold
        The sources about whom little was known.
    learned_from
        From how many lists of earlier windows the scorer was learned; 0 where there was nothing to learn from.
    price
        What the open setting charges for being among the most popular hundredth, in log-odds.
    """

    setting: Setting
    regions: Mapping[int, BlockResult]
    pooled: BlockResult
    cold: Mapping[Cold, BlockResult]
    learned_from: int
    price: float


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """The scores of all pairs of lists by every method, and which pairs were retrieved."""

    scores: dict[str, Floats]
    retrieved: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Lists with every method's scores, ranks and metrics per source."""

    lists: Lists
    ranks: Mapping[str, NDArray[np.int64]]
    metrics: Mapping[str, Mapping[str, Floats]]
    chances: Floats | None
    retrieved: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    """What all blocks of one evaluation share."""

    history: JointHistory
    protocol: Protocol
    price: float

    def judge(self, lists: Lists, scored: Scored) -> Judged:
        """Rank and judge lists by every method's scores."""
        scores, chances = dict(scored.scores), None
        if OURS in scores:
            scores[OPEN] = charge(scores[OURS], self.history, lists, self.price)
            chances = expit(scores[OURS])
        ranks = {name: rank_lists(lists, values, self.protocol.seed) for name, values in scores.items()}
        metrics = {name: judge_lists(lists, places) for name, places in ranks.items()}
        return Judged(lists, ranks, metrics, chances, scored.retrieved)

    def block(self, judged: Judged, best: str, places: NDArray[np.int64] | None = None) -> BlockResult:
        """Return the result of some of the sources; of all where ``places`` is None."""
        chosen = np.arange(len(judged.lists)) if places is None else places
        rows, lists = judged.lists.rows(chosen), judged.lists.of(chosen)
        methods, weights = {}, resample(len(lists), self.protocol.seed)
        for name, metrics in judged.metrics.items():
            held = {metric: values[chosen] for metric, values in metrics.items()}
            ranks = judged.ranks[name][rows]
            found = {metric: mean_of(held[metric]) for metric in METRICS}
            found["top_one_percent_share"] = top_share(lists, ranks, self.history.degrees)
            found["coverage"] = coverage(lists, ranks)
            intervals = {metric: interval_of(held[metric], weights) for metric in METRICS[:3]}
            methods[name] = MethodResult(found, intervals)
            if name in (OURS, OPEN):
                against = judged.metrics[best]["ndcg_at_10"][chosen]
                lift, low, high = paired_lift(held["ndcg_at_10"], against, weights)
                methods[name] = MethodResult(found, intervals, lift, (low, high), best)
            if name == OURS and judged.chances is not None:
                error = calibration_error(judged.chances[rows], lists.formed)
                recall = found_share(lists, judged.retrieved[rows])
                methods[name] = MethodResult(found, intervals, lift, (low, high), best, error, recall)
        return BlockResult(len(lists), methods)


def score_lists(history: JointHistory, lists: Lists, models: Models | None, most: int, seed: int) -> Scored:
    """Return the scores of pairs by every method, each pair measured once, and the ``most`` retrieved of each list.

    Parameters
    ----------
    models
        The recommender's; it is left out where there are none.
    seed
        Decides the order of chance.
    """
    names = tuple(dict.fromkeys((*MEASURED, *WAYS, *(FEATURES if models is not None else ()))))
    methods = (*BASELINES, OURS) if models is not None else tuple(BASELINES)
    scores = {name: np.zeros(len(lists.others)) for name in methods}
    retrieved = np.zeros(len(lists.others), dtype=bool)
    for first in range(0, len(lists), SOURCES_AT_ONCE):
        part = lists.of(np.arange(first, min(first + SOURCES_AT_ONCE, len(lists))))
        rows = slice(int(lists.starts[first]), int(lists.starts[first]) + len(part.others))
        values = measure_joint(history, part.subjects, part.others, names)
        found = dict(zip(names, values.T, strict=True))
        for name, values_of in score_baselines(found).items():
            scores[name][rows] = values_of
        if models is not None:
            scores[OURS][rows] = models.score(found, history.work.amounts[part.subjects] == 0.0)
        retrieved[rows] = retrieve_lists(part, found, most)
    draws = np.random.Generator(np.random.PCG64(seed)).random(len(lists.others))
    return Scored({"random": draws, **scores}, retrieved)


def charge(scores: Floats, history: JointHistory, lists: Lists, price: float) -> Floats:
    """Return scores less a price, in log-odds, for the most popular hundredth of all candidates.

    Charging these alone frees more places for others than charging everybody by popularity, at less cost: they lose the
    places that were theirs by a small margin.
    """
    popular = np.isin(lists.others, find_popular(lists, history.degrees))
    return np.asarray(scores - price * popular)


def evaluate(work: JointWork, protocol: Protocol, progress: Progress = lambda _: None) -> Evaluation:
    """Learn from the time before a day, and judge lists by the partnerships that came after it.

    Parameters
    ----------
    work
        All joint work, up to the end of what is to be foretold.
    progress
        Is told what is done next.

    Raises
    ------
    InvalidInput
        Nobody who fits the protocol found a new partner.
    """
    days = protocol.days()
    progress("Learning from earlier years")
    models = fit_models(work, days, protocol.setting, protocol.min_projects, protocol.seed)
    history, outcomes = JointHistory(work, days.known), find_outcomes(work, days)
    progress("Ranking candidates")
    lists = make_lists(work, outcomes, protocol.setting, protocol.min_projects)
    regions = find_regions(work, lists, protocol.min_sources) if protocol.setting is Setting.REGIONS else None
    if regions is not None:
        lists = in_regions(work, lists, regions)
    if not len(lists):
        known, start, end = protocol.history_before, protocol.targets_from, protocol.targets_until
        raise InvalidInput(
            [Finding("no source known by then found a new partner in these days", f"{known}", f"{start} to {end}")]
        )
    depth, seed = RETRIEVED[protocol.setting], protocol.seed
    scored = score_lists(history, lists, models, depth, seed)
    price = find_price(history, lists, scored.scores)
    judge = _Judge(history, protocol, price)
    judged = judge.judge(lists, scored)
    best = best_baseline(judged.metrics)
    blocks = {}
    for region in regions.tolist() if regions is not None else ():
        blocks[region] = judge.block(judged, best, np.flatnonzero(work.regions[lists.sources] == region))
    cold = {}
    for kind in Cold:
        progress("Ranking candidates for those about whom little is known")
        few = make_lists(work, outcomes, protocol.setting, protocol.min_projects, kind)
        few = few if regions is None else in_regions(work, few, regions)
        seen = judge.judge(few, score_lists(history, few, models, depth, seed))
        cold[kind] = judge.block(seen, best_baseline(seen.metrics))
    learned = models.known.lists if models is not None else 0
    return Evaluation(protocol.setting, blocks, judge.block(judged, best), cold, learned, price)


def best_baseline(metrics: Mapping[str, Mapping[str, Floats]]) -> str:
    """Return the baseline of the highest mean NDCG@10: one for all sources."""
    return max(METHODS, key=lambda name: mean_of(metrics[name]["ndcg_at_10"]))


def find_price(history: JointHistory, lists: Lists, scores: Mapping[str, Floats]) -> float:
    """Return the least price of `PRICES` that is enough on these lists; see `SHARE_ALLOWED`.

    It counts who stands in the lists, never what came of it: whoever serves lists can choose their price in the same
    way. 0 where the recommender has no scores.
    """
    if OURS not in scores:
        return 0.0
    allowed = SHARE_ALLOWED * _share(history, lists, scores["adamic_adar"])

    def enough(price: float) -> bool:
        return _share(history, lists, charge(scores[OURS], history, lists, price)) <= allowed

    return PRICES[min(bisect_left(PRICES, True, key=enough), len(PRICES) - 1)]


def _share(history: JointHistory, lists: Lists, scores: Floats) -> float:
    return top_share(lists, rank_lists(lists, scores, 0), history.degrees)
