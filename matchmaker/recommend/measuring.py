"""The features of pairs as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.pairs import Floats, RoleRows
from matchmaker.recommend.patterns import StageDemand
from matchmaker.recommend.roles import DEMAND_OF, STAGE_DEMANDS

FEATURE_NAMES = tuple(FEATURES)
DIGITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class FeatureTable:
    """The features of pairs: the fourth step of a suggestion.

    Attributes
    ----------
    names
        Of the columns.
    values
        Shape (pairs, features); NaN where not recorded.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]


def measure_features(rows: RoleRows, names: Sequence[str] = FEATURE_NAMES) -> FeatureTable:
    """Return features of pairs, each under its role; all of `FEATURES` in their order where no names are given.

    Values are rounded to 1e-12, so that they don't depend on which side is the subject.
    """
    columns = {name: column for column, name in enumerate(names)}
    measured = np.empty((len(rows.pairs), len(names)))
    for name, column in columns.items():
        measured[:, column] = np.nan if name == STAGE_FIT else rows.pairs.measure(_MEASURED.get(name, name))
    values: Floats = measured[rows.rows]
    turned = np.flatnonzero(~rows.at_source)
    for one, other in _TURNED:
        if len(turned) and one in columns and other in columns:
            here, there = columns[one], columns[other]
            values[turned, here], values[turned, there] = values[turned, there], values[turned, here]
    if STAGE_FIT in columns:
        values[:, columns[STAGE_FIT]] = _stage_fit(rows)
    return FeatureTable(tuple(names), values.round(DIGITS))


def _stage_fit(rows: RoleRows) -> Floats:
    """Return the shared stages, or in patterns of a next step those that lead on; NaN where neither is asked."""
    demands = DEMAND_OF[rows.roles]
    found = np.full(len(rows), np.nan)
    shared, on = (np.flatnonzero(demands == STAGE_DEMANDS.index(one)) for one in (StageDemand.SHARED, StageDemand.NEXT))
    if len(shared):
        found[shared] = rows.where(shared).measure("stages_shared")
    if len(on):
        found[on] = rows.where(on).oriented("subject_leads_on", "other_leads_on")
    return found


STAGE_FIT = "stage_fit"

_MEASURED: Mapping[str, str] = MappingProxyType(
    {
        "source_needs_met": "subject_needs_met",
        "target_needs_met": "other_needs_met",
        "capacity_source": "capacity_subject",
        "capacity_target": "capacity_other",
    }
)
"""The measure of the features of one side, where the subject is the source."""

_TURNED = (("source_needs_met", "target_needs_met"), ("capacity_source", "capacity_target"))
"""The features that change places where the subject is the target."""
