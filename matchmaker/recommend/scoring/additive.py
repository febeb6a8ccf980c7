"""The additive scorer: an intercept and one piecewise-linear table per feature, in log-odds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import LikelihoodBand, LikelihoodBasis, PatternName, Side
from matchmaker.recommend.measuring import FeatureTable

SCORE_DIGITS = 9
"""Scores are rounded to this many decimals before anything is ranked."""

BANDS = ((LikelihoodBand.LOW, 0.3), (LikelihoodBand.MEDIUM, 0.55))
"""Upper ends (exclusive) of the bands in which a prior likelihood is shown; above them it is high."""


class Outcome(StrEnum):
    """What a fitted score is the log-odds of."""

    FORMS = "forms_within_a_year"
    """That such a link forms within a year, whether or not anybody introduces the two."""
    AGREED = "agreed_if_asked"
    """That two who are asked agree."""


OUTCOME_WORDS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.FORMS: "such a link forms within a year",
        Outcome.AGREED: "two who are asked agree",
    }
)


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
class PatternFit:
    """What a pattern's scorer was fitted on, and how sure that makes it.

    Attributes
    ----------
    evidence
        How many links that formed, and decisions, it rests on.
    outcome
        What the score is the log-odds of.
    covariance
        Lower triangle, row by row, of the covariance of the intercept and then of every point of every table, tables in
        order of their features' names.
    """

    evidence: int
    outcome: Outcome
    covariance: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SideFit:
    """What one side answers when asked: log-odds of ``stretch × (score + level) + shift``.

    Attributes
    ----------
    evidence
        To how many suggestions both sides' answers are recorded.
    covariance
        Of stretch and shift: the variance of the first, their covariance, the variance of the second.
    """

    stretch: float
    shift: float
    evidence: int
    covariance: tuple[float, float, float]


NO_SIDES: Mapping[Side, SideFit] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PatternModel:
    """The scorer of one pattern: its intercept, and a table for every feature that counts in it.

    Attributes
    ----------
    level
        Added to the score for comparing patterns with each other, never to a likelihood: how much more often the prior
        expects such links to form when introduced than they form by themselves.
    fit
        What it was fitted on; None for a judgement.
    sides
        What each side answers when asked; nothing where too few answers of both are recorded.
    """

    intercept: float
    tables: Mapping[str, PiecewiseTable]
    level: float = 0.0
    fit: PatternFit | None = None
    sides: Mapping[Side, SideFit] = field(default_factory=lambda: NO_SIDES)

    @property
    def basis(self) -> LikelihoodBasis:
        """What its likelihoods rest on."""
        return LikelihoodBasis.PRIOR if self.fit is None else LikelihoodBasis.LOCAL


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
    level
        Of the pattern: what is added to a score, for comparing patterns with each other only.
    """

    intercept: float
    shares: NDArray[np.float64]
    scores: NDArray[np.float64]
    level: float = 0.0


def score_features(model: PatternModel, features: FeatureTable) -> ScoreTable:
    """Return the scores of measured pairs; contributions and intercept sum to each score within 1e-9."""
    shares = np.zeros(features.values.shape)
    for column, name in enumerate(features.names):
        table = model.tables.get(name)
        if table is not None:
            shares[:, column] = table.shares_of(features.values[:, column])
    scores = np.round(model.intercept + shares.sum(axis=1), SCORE_DIGITS) + 0.0
    return ScoreTable(model.intercept, shares, scores, model.level)


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
