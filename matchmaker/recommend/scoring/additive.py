"""The additive scorer: an intercept and one piecewise-linear table per feature, in log-odds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import LikelihoodBand, LikelihoodBasis, PatternName
from matchmaker.recommend.measuring import FeatureTable

SCORE_DIGITS = 9
"""Scores are rounded to this many decimals before anything is ranked."""

BANDS = ((LikelihoodBand.LOW, 0.3), (LikelihoodBand.MEDIUM, 0.55))
"""Upper ends (exclusive) of the bands in which a prior likelihood is shown; above them it is high."""


@dataclass(frozen=True, slots=True)
class PiecewiseTable:
    """A piecewise-linear function of one feature.

    Attributes
    ----------
    points
        Values of the feature, ascending, in its own unit; beyond the ends the function is constant.
    shares
        What each contributes, in log-odds.
    log
        Interpolate in ln(1 + value), as for distances.
    """

    points: tuple[float, ...]
    shares: tuple[float, ...]
    log: bool = False

    def shares_of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the contribution of each value; exactly 0 where it isn't known (NaN).

        >>> PiecewiseTable((0.0, 1.0), (0.0, 0.5)).shares_of(np.array([0.5, 3.0, np.nan])).tolist()
        [0.25, 0.5, 0.0]
        """
        points = np.array(self.points)
        known = ~np.isnan(values)
        found = np.zeros(len(values))
        if self.log:
            found[known] = np.interp(np.log1p(values[known]), np.log1p(points), self.shares)
        else:
            found[known] = np.interp(values[known], points, self.shares)
        return found

    def scaled(self, weight: float) -> "PiecewiseTable":
        """Return the table with every share multiplied."""
        return PiecewiseTable(self.points, tuple(share * weight for share in self.shares), self.log)


@dataclass(frozen=True, slots=True)
class PatternModel:
    """The scorer of one pattern: its intercept, and a table for every feature that counts in it."""

    intercept: float
    tables: Mapping[str, PiecewiseTable]


@dataclass(frozen=True, slots=True)
class ScoringModel:
    """A scorer for every pattern, with the id that goes into every result."""

    id: str
    basis: LikelihoodBasis
    patterns: Mapping[PatternName, PatternModel]


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """The scores of a pool's pairs: the fifth step of a suggestion.

    Attributes
    ----------
    intercept
        Of the pattern.
    shares
        Shape (others, features): what each feature contributes.
    scores
        Shape (others,): intercept and contributions, rounded to 1e-9.
    """

    intercept: float
    shares: NDArray[np.float64]
    scores: NDArray[np.float64]


def score_features(model: PatternModel, features: FeatureTable) -> ScoreTable:
    """Return the scores of measured pairs; contributions and intercept sum to each score within 1e-9."""
    shares = np.zeros(features.values.shape)
    for column, name in enumerate(features.names):
        table = model.tables.get(name)
        if table is not None:
            shares[:, column] = table.shares_of(features.values[:, column])
    scores = np.round(model.intercept + shares.sum(axis=1), SCORE_DIGITS) + 0.0
    return ScoreTable(model.intercept, shares, scores)


def likelihood_of(score: float) -> float:
    """Return the chance that log-odds stand for.

    >>> likelihood_of(0.0)
    0.5
    """
    return float(1.0 / (1.0 + np.exp(-score)))


def band_of(likelihood: float) -> LikelihoodBand:
    """Return the band in which a likelihood is shown.

    >>> band_of(0.29).value, band_of(0.3).value, band_of(0.55).value
    ('low', 'medium', 'high')
    """
    return next((band for band, end in BANDS if likelihood < end), LikelihoodBand.HIGH)
