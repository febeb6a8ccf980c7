"""How good ranked lists are: per source, then averaged; how sure that is; what lists do to the popular.

All arrays of pairs stand in order of their sources: pairs of one source stand together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.topology.ranges import slots_in

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

K = 10
"""How long the judged list is."""

RESAMPLES = 2_000
BINS = 15
LEVEL = 0.95
POPULAR_SHARE = 0.01

METRICS = ("ndcg_at_10", "recall_at_10", "hits_at_10", "mrr", "auc")
"""The metrics of one source's list; each is averaged over sources."""


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Candidates by source, and which of them became partners.

    Attributes
    ----------
    sources
        Shape (sources,): each source once.
    starts
        Shape (sources + 1,): the pairs of source ``i`` are ``starts[i]:starts[i + 1]``.
    others
        Shape (pairs,): the candidates.
    formed
        Shape (pairs,): which became partners; at least one for each source.
    """

    sources: NDArray[np.int64]
    starts: NDArray[np.int64]
    others: NDArray[np.int64]
    formed: Mask

    def __len__(self) -> int:
        """Return the number of sources."""
        return len(self.sources)

    @property
    def runs(self) -> NDArray[np.int64]:
        """Shape (pairs,): which source each pair is of, as a place in `sources`."""
        return np.repeat(np.arange(len(self.sources)), np.diff(self.starts))

    @property
    def subjects(self) -> NDArray[np.int64]:
        """Shape (pairs,): the source of each pair."""
        return np.repeat(self.sources, np.diff(self.starts))

    def rows(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the pairs of some sources, given by their places."""
        return slots_in(self.starts[places], np.diff(self.starts)[places])

    def ranks(self, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the place of each pair in its source's list, from 0, of an order that keeps sources together."""
        ranks = np.empty(len(order), dtype=np.int64)
        ranks[order] = np.arange(len(order)) - np.repeat(self.starts[:-1], np.diff(self.starts))
        return ranks

    def of(self, places: NDArray[np.int64]) -> "Lists":
        """Return the lists of some sources, given by their places."""
        rows = self.rows(places)
        starts = np.concatenate([[0], np.cumsum(np.diff(self.starts)[places])]).astype(np.int64)
        return Lists(self.sources[places], starts, self.others[rows], self.formed[rows])


def rank_lists(lists: Lists, scores: Floats, seed: int) -> NDArray[np.int64]:
    """Return the place of each pair in its source's list, from 0; equal scores in random order, the same for a seed.

    Examples
    --------
    >>> lists = Lists(np.array([7]), np.array([0, 3]), np.array([1, 2, 3]), np.array([True, False, False]))
    >>> rank_lists(lists, np.array([0.1, 0.9, 0.5]), 0).tolist()
    [2, 0, 1]
    """
    draws = np.random.Generator(np.random.PCG64(seed)).random(len(scores))
    return lists.ranks(np.lexsort((draws, -scores.round(9), lists.runs)))


def judge_lists(lists: Lists, ranks: NDArray[np.int64]) -> dict[str, Floats]:
    """Return each metric of `METRICS` for each source; shape (sources,).

    ``ndcg_at_10``
        Σ 1 / log₂(rank + 1) over partners among the first ten, over the most that is possible (K. Järvelin and
        J. Kekäläinen, *Cumulated gain-based evaluation of IR techniques*, ACM TOIS 20, 2002).
    ``recall_at_10``
        Partners among the first ten, over all partners or ten, whichever is less.
    ``hits_at_10``
        1 where a partner is among the first ten.
    ``mrr``
        1 / rank of the first partner.
    ``auc``
        The chance that a partner stands before one who isn't; NaN where all became partners.

    Examples
    --------
    Partners stand at the first and the third place of four.

    >>> formed = np.array([True, False, True, False])
    >>> lists = Lists(np.array([0]), np.array([0, 4]), np.arange(4), formed)
    >>> {name: value.round(3).tolist() for name, value in judge_lists(lists, np.arange(4)).items()}
    {'ndcg_at_10': [0.92], 'recall_at_10': [1.0], 'hits_at_10': [1.0], 'mrr': [1.0], 'auc': [0.75]}
    """
    runs, count = lists.runs, len(lists)
    hits = np.flatnonzero(lists.formed)
    run, rank = runs[hits], ranks[hits]
    positives = np.bincount(run, minlength=count)
    gains = np.bincount(run, np.where(rank < K, 1.0 / np.log2(rank + 2.0), 0.0), count)
    most = np.concatenate([[0.0], np.cumsum(1.0 / np.log2(np.arange(K) + 2.0))])
    inside = np.bincount(run, rank < K, count)
    first = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(first, run, rank)
    negatives = np.diff(lists.starts) - positives
    before = np.bincount(run, rank, count) - positives * (positives - 1) / 2.0
    with np.errstate(invalid="ignore", divide="ignore"):
        auc = 1.0 - before / (positives * negatives)
    return {
        "ndcg_at_10": gains / most[np.minimum(positives, K)],
        "recall_at_10": inside / np.minimum(positives, K),
        "hits_at_10": (inside > 0).astype(np.float64),
        "mrr": 1.0 / (first + 1.0),
        "auc": auc,
    }


def top_share(lists: Lists, ranks: NDArray[np.int64], popularity: Floats) -> float:
    """Return which share of the first ten places goes to the most popular hundredth of all candidates.

    Parameters
    ----------
    popularity
        Shape (nodes,): how popular each node is; of equally popular ones the lower node counts first.
    """
    shown = lists.others[ranks < K]
    return float(np.isin(shown, find_popular(lists, popularity)).mean()) if len(shown) else 0.0


def find_popular(lists: Lists, popularity: Floats) -> NDArray[np.int64]:
    """Return the most popular hundredth of all candidates, at least one; see `top_share`."""
    candidates = np.unique(lists.others)
    count = max(1, round(POPULAR_SHARE * len(candidates)))
    return np.asarray(candidates[np.lexsort((candidates, -popularity[candidates]))[:count]])


def coverage(lists: Lists, ranks: NDArray[np.int64]) -> float:
    """Return which share of all candidates is among somebody's first ten."""
    return len(np.unique(lists.others[ranks < K])) / max(len(np.unique(lists.others)), 1)


def calibration_error(chances: Floats, formed: Mask, bins: int = BINS) -> float:
    """Return the expected calibration error: |expected − seen|, averaged over bins of equally many pairs.

    M. Pakdaman Naeini, G. Cooper and M. Hauskrecht, *Obtaining well calibrated probabilities using Bayesian binning*,
    AAAI 2015, with bins of equal size, since most chances are small.

    >>> calibration_error(np.array([0.1, 0.1, 0.9, 0.9]), np.array([False, False, True, True]), bins=2)
    0.1
    """
    if not len(chances):
        return 0.0
    order = np.argsort(chances, kind="stable")
    parts = np.array_split(order, min(bins, len(order)))
    gaps = [len(part) * abs(float(chances[part].mean()) - float(formed[part].mean())) for part in parts]
    return float(round(sum(gaps) / len(order), 12))


def found_share(lists: Lists, retrieved: Mask) -> float:
    """Return which share of a source's partners were retrieved, averaged over sources: the candidate recall."""
    runs, count = lists.runs, len(lists)
    positives = np.bincount(runs, lists.formed, count)
    return mean_of(np.bincount(runs, lists.formed & retrieved, count) / positives)


def mean_of(values: Floats) -> float:
    """Return the mean over sources, leaving out those for which there is none."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def resample(sources: int, seed: int, resamples: int = RESAMPLES) -> Floats:
    """Return how much each source weighs in each resample, drawn with replacement; shape (resamples, sources).

    B. Efron and R. Tibshirani, *An Introduction to the Bootstrap*, 1993.
    """
    if not sources:
        return np.zeros((resamples, 0))
    random = np.random.Generator(np.random.PCG64(seed))
    return np.asarray(random.multinomial(sources, np.full(sources, 1.0 / sources), resamples) / sources)


def interval_of(values: Floats, weights: Floats) -> tuple[float, float]:
    """Return the interval in which the mean over sources lies with a chance of 95%.

    Parameters
    ----------
    values
        Shape (sources,); a source for which there is none counts as 0.
    weights
        Shape (resamples, sources): see `resample`.
    """
    return _percentiles(weights @ np.nan_to_num(values))


def paired_lift(values: Floats, other: Floats, weights: Floats) -> tuple[float, float, float]:
    """Return by which share one method's mean is above another's on the same sources, and its 95% interval.

    >>> lift, low, high = paired_lift(np.array([0.4, 0.6]), np.array([0.2, 0.3]), resample(2, 0))
    >>> round(lift, 9), round(low, 9), round(high, 9)
    (1.0, 1.0, 1.0)
    """
    if not other.any():
        return 0.0, 0.0, 0.0
    above, below = weights @ values, weights @ other
    ratios = np.divide(above, below, out=np.ones(len(above)), where=below > 0.0) - 1.0
    return (float(values.mean() / other.mean() - 1.0), *_percentiles(ratios))


def _percentiles(values: Floats) -> tuple[float, float]:
    if not len(values):
        return 0.0, 0.0
    edge = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(values, [edge, 1.0 - edge])
    return float(low), float(high)
