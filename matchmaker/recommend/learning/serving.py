"""What lists would name, and how it is measured, for many subjects: the serving path, called for learning."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.candidates import find_rows, rows_of_pair
from matchmaker.recommend.eligibility import find_eligible
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.measuring import measure_features
from matchmaker.recommend.pairs import Pairs, RoleRows
from matchmaker.recommend.roles import AT_SOURCE, PATTERN_NAMES, PATTERN_OF

Floats = NDArray[np.float64]

SUBJECTS_AT_ONCE, PAIRS_AT_ONCE = 64, 100_000


@dataclass(frozen=True, slots=True)
class Served:
    """Pairs that lists name, each under one role; those of one subject stand together.

    Attributes
    ----------
    subjects, others
        Shape (pairs,): indices of nodes.
    roles
        Shape (pairs,): the role of each, as a place in `ROLES`.
    """

    subjects: NDArray[np.int32]
    others: NDArray[np.int32]
    roles: NDArray[np.int8]

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.roles)

    def only(self, kept: NDArray[np.bool_]) -> "Served":
        """Return the pairs of a mask."""
        return Served(self.subjects[kept], self.others[kept], self.roles[kept])


def serve_lists(index: SnapshotIndex, subjects: NDArray[np.int32]) -> dict[PatternName, Served]:
    """Return what the lists of some subjects are made of, by pattern, retrieved and judged as when somebody asks.

    A pair of two kinds of ends is there for its source only, one of two alike for both.
    """
    parts = list(_serve(index, subjects))
    empty = Served(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int8))
    whole = join_served(parts) if parts else empty
    patterns = PATTERN_OF[whole.roles]
    return {PATTERN_NAMES[code]: whole.only(patterns == code) for code in np.unique(patterns).tolist()}


def _serve(index: SnapshotIndex, subjects: NDArray[np.int32]) -> Iterator[Served]:
    for start in range(0, len(subjects), SUBJECTS_AT_ONCE):
        rows = find_eligible(find_rows(index, subjects[start : start + SUBJECTS_AT_ONCE]))
        at_source = AT_SOURCE[rows.roles]
        yield Served(rows.subjects[at_source], rows.others[at_source], rows.roles[at_source])


def join_served(parts: Sequence[Served]) -> Served:
    """Return several as one, in order."""
    return Served(
        np.concatenate([one.subjects for one in parts]),
        np.concatenate([one.others for one in parts]),
        np.concatenate([one.roles for one in parts]),
    )


def measure_served(index: SnapshotIndex, served: Served) -> Floats:
    """Return the features of pairs; shape (pairs, features), in the order of `FEATURES`."""
    found = [np.zeros((0, len(FEATURES)))]
    for start in range(0, len(served), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        pairs = Pairs(index, served.subjects[part], served.others[part])
        found.append(measure_features(RoleRows(pairs, np.arange(len(pairs)), served.roles[part])).values)
    return np.concatenate(found)


def measure_named(
    index: SnapshotIndex, pattern: PatternName, pairs: Sequence[tuple[int, int]]
) -> tuple[NDArray[np.bool_], Floats]:
    """Return which pairs fit a pattern, whichever way round, and the features of those, whatever rules they fail.

    Returns
    -------
    Shape (pairs,), and shape (fitting pairs, features) in the same order.
    """
    named = [_named(index, pattern, *ends) or _named(index, pattern, *ends[::-1]) for ends in pairs]
    known = [one for one in named if one is not None]
    fits = np.array([one is not None for one in named], dtype=bool)
    return fits, np.concatenate([np.zeros((0, len(FEATURES))), *(measure_served(index, one) for one in known)])


def _named(index: SnapshotIndex, pattern: PatternName, source: int, target: int) -> Served | None:
    """Return a pair under the pattern's first role that fits with this source; None where none does."""
    rows = rows_of_pair(index, source, target)
    fitting = np.flatnonzero((PATTERN_OF[rows.roles] == PATTERN_NAMES.index(pattern)) & AT_SOURCE[rows.roles])
    if not len(fitting):
        return None
    first = fitting[:1]
    return Served(rows.subjects[first], rows.others[first], rows.roles[first])
