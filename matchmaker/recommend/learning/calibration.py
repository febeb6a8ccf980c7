"""How good scores are: ranking, calibration, and the straight line that makes log-odds mean what they say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from matchmaker.recommend.scoring.additive import PatternModel

Floats = NDArray[np.float64]

BINS = 10
DIGITS = 6
"""Figures, and a trained model's numbers, are rounded to this many decimals: sums in another order give the same."""
DEPTH = 10
STRETCH_ERROR = 0.25
"""How far from 1 a stretch is expected to lie: it takes dozens of links to move it much further."""


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Pairs of about one likelihood.

    Attributes
    ----------
    pairs
        How many, weighted.
    expected, formed
        The mean likelihood, and the share that formed a link.
    """

    pairs: float
    expected: float
    formed: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """How good the scores of one pattern's pairs are.

    Attributes
    ----------
    pairs, formed
        How many, weighted.
    log_loss
        The mean negative logarithm of the chance given to what happened.
    auc
        The chance that a pair that formed a link scores above one that didn't; equal scores count half.
    ndcg_at_10
        Mean over the lists in which a link formed (K. Järvelin and J. Kekäläinen 2002), equal scores counted at their
        mean discount.
    ece
        The expected calibration error: mean distance of likelihood and share formed over ten bins of equal weight.
    bins
        These bins.
    """

    pairs: float
    formed: float
    log_loss: float
    auc: float
    ndcg_at_10: float
    ece: float
    bins: tuple[CalibrationBin, ...]


def judge_scores(scores: Floats, formed: NDArray[np.bool_], weights: Floats, groups: NDArray[np.str_]) -> Judgement:
    """Return how good log-odds are against what happened.

    Parameters
    ----------
    scores, formed, weights, groups
        Shape (pairs,): log-odds, whether a link formed, for how many pairs each counts, and whose list it stood in.
    """
    mass = float(weights.sum())
    loss = float(weights @ (np.logaddexp(0.0, scores) - formed * scores)) / mass
    bins = calibration_bins(expit(scores), formed, weights)
    ece = sum(one.pairs * abs(one.expected - one.formed) for one in bins) / mass
    return Judgement(
        pairs=round(mass, DIGITS),
        formed=round(float(weights @ formed), DIGITS),
        log_loss=round(loss, DIGITS),
        auc=round(weighted_auc(scores, formed, weights), DIGITS),
        ndcg_at_10=round(mean_ndcg(scores, formed, groups), DIGITS),
        ece=round(ece, DIGITS),
        bins=bins,
    )


def weighted_auc(scores: Floats, formed: NDArray[np.bool_], weights: Floats) -> float:
    """Return the area under the ROC curve; 0.5 where only one outcome is there.

    >>> weighted_auc(np.array([0.9, 0.4, 0.4]), np.array([True, False, True]), np.ones(3))
    0.75
    """
    good, other = float(weights[formed].sum()), float(weights[~formed].sum())
    if not good or not other:
        return 0.5
    _, places = np.unique(scores, return_inverse=True)
    goods = np.bincount(places, weights=weights * formed)
    others = np.bincount(places, weights=weights * ~formed)
    below = np.cumsum(others) - others
    return float(goods @ (below + others / 2.0)) / (good * other)


def mean_ndcg(scores: Floats, formed: NDArray[np.bool_], groups: NDArray[np.str_], depth: int = DEPTH) -> float:
    """Return the mean normalised discounted gain at ``depth`` of the lists in which a link formed; 0 for none.

    >>> mean_ndcg(np.array([3.0, 2.0, 1.0]), np.array([True, False, True]), np.array(["a", "a", "a"]), 2).__round__(4)
    0.6131
    """
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.r_[True, groups[order][1:] != groups[order][:-1]])
    lists = (rows for rows in np.split(order, starts[1:]) if formed[rows].any())
    found = [_ndcg(scores[rows], formed[rows], depth) for rows in lists]
    return float(np.mean(found)) if found else 0.0


def _ndcg(scores: Floats, formed: NDArray[np.bool_], depth: int) -> float:
    discounts = np.zeros(len(scores))
    discounts[:depth] = 1.0 / np.log2(np.arange(2, min(depth, len(scores)) + 2))
    order = np.argsort(-scores, kind="stable")
    _, places, counts = np.unique(-scores[order], return_inverse=True, return_counts=True)
    shared = np.bincount(places, weights=discounts) / counts
    ideal = float(discounts[: int(formed.sum())].sum())
    return float(shared[places] @ formed[order]) / ideal


def calibration_bins(chances: Floats, formed: NDArray[np.bool_], weights: Floats) -> tuple[CalibrationBin, ...]:
    """Return up to `BINS` bins of equal weight, from the least likely to the most; equal chances stay together."""
    _, places = np.unique(chances, return_inverse=True)
    mass = np.bincount(places, weights=weights)
    middle = (np.cumsum(mass) - mass / 2.0) / mass.sum()
    bins = np.minimum((middle * BINS).astype(int), BINS - 1)[places]
    found = []
    for number in np.unique(bins):
        here = bins == number
        share = weights[here] / weights[here].sum()
        figures = (float(weights[here].sum()), float(share @ chances[here]), float(share @ formed[here]))
        found.append(CalibrationBin(*(round(figure, DIGITS) for figure in figures)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """What makes log-odds mean what they say: ``stretch × score + shift``."""

    stretch: float = 1.0
    shift: float = 0.0

    def covariance(self, scores: Floats, weights: Floats) -> tuple[float, float, float]:
        """Return how unsure stretch and shift are that were fitted to scores: variance, covariance, variance."""
        chances = expit(self.stretch * scores + self.shift)
        bend = weights * chances * (1.0 - chances)
        first, both, second = float(bend @ scores**2) + STRETCH_ERROR**-2, float(bend @ scores), float(bend.sum())
        root = max(first * second - both * both, 1e-12)
        return second / root, -both / root, first / root


def fit_line(scores: Floats, formed: NDArray[np.bool_], weights: Floats) -> CalibrationLine:
    """Return the line under which scores fit best what happened; the stretch is drawn to 1 (`STRETCH_ERROR`).

    Where only one outcome is there, nothing can be said and the line changes nothing.
    """
    if not formed.any() or formed.all():
        return CalibrationLine()

    def loss(line: Floats) -> tuple[float, Floats]:
        moved = line[0] * scores + line[1]
        away = (line[0] - 1.0) / STRETCH_ERROR**2
        value = float(weights @ (np.logaddexp(0.0, moved) - formed * moved)) + 0.5 * (line[0] - 1.0) * away
        slope = weights * (expit(moved) - formed)
        return value, np.array([float(slope @ scores) + away, float(slope.sum())])

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0.05, None), (None, None)])
    return CalibrationLine(float(found.x[0]), float(found.x[1]))


def fold_line(model: PatternModel, line: CalibrationLine) -> PatternModel:
    """Return a scorer whose scores are the line's; its contributions still add up to them."""
    tables = {name: table.scaled(line.stretch) for name, table in model.tables.items()}
    fit = model.fit
    if fit is not None:
        fit = replace(fit, covariance=tuple(line.stretch**2 * entry for entry in fit.covariance))
    return replace(model, intercept=line.stretch * model.intercept + line.shift, tables=tables, fit=fit)


def round_model(model: PatternModel) -> PatternModel:
    """Return a scorer with all of its numbers rounded to `DIGITS` decimals, those of a covariance to twice as many."""
    tables = {
        name: replace(table, shares=tuple(round(share, DIGITS) + 0.0 for share in table.shares))
        for name, table in model.tables.items()
    }
    fit = model.fit
    if fit is not None:
        fit = replace(fit, covariance=tuple(round(entry, 2 * DIGITS) + 0.0 for entry in fit.covariance))
    intercept, level = round(model.intercept, DIGITS) + 0.0, round(model.level, DIGITS) + 0.0
    return replace(model, intercept=intercept, tables=tables, level=level, fit=fit)


def score_values(model: PatternModel, names: Sequence[str], values: Floats) -> Floats:
    """Return the log-odds of measured pairs: shape (pairs,), not rounded.

    Parameters
    ----------
    names, values
        The features' names and their values, shape (pairs, features).
    """
    scores = np.full(len(values), model.intercept)
    for column, name in enumerate(names):
        if name in model.tables:
            scores += model.tables[name].shares_of(values[:, column])
    return scores
