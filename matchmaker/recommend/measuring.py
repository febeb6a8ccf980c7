"""The features of candidates as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.patterns import Pool, StageDemand
from matchmaker.recommend.subject import Floats, Subject

STAGE_MEASURES = {StageDemand.SHARED: "stages_shared", StageDemand.NEXT: "stages_next"}
DIGITS = 12
"""Measures are rounded to this many decimals, so that they don't depend on which side is the subject."""


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """The features of a pool's pairs: the fourth step of a suggestion.

    Attributes
    ----------
    names
        Of the columns.
    values
        Shape (others, features); NaN where not recorded.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]


def measure_features(subject: Subject, pool: Pool, others: Sequence[int] | NDArray[np.int32]) -> FeatureTable:
    """Return every feature of the pairs of a subject with some others, in the order of `FEATURES`."""
    columns = [_measure(subject, pool, name)[others] for name in FEATURES]
    values: Floats = np.column_stack(columns)
    return FeatureTable(tuple(FEATURES), values.round(DIGITS))


def _measure(subject: Subject, pool: Pool, name: str) -> Floats:
    if name != "stage_fit":
        return subject.measure(name, pool.side)
    measure = STAGE_MEASURES.get(pool.pattern.stage_demand)
    return np.full(len(subject.index), np.nan) if measure is None else subject.measure(measure, pool.side)
