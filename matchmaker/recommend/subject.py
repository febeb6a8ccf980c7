"""One subject's view of everybody else: what rules and features ask of it, each measured once."""

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import Side, TieType
from matchmaker.recommend.features.content import measure_codes, measure_likeness
from matchmaker.recommend.features.geography import measure_county, measure_distance
from matchmaker.recommend.features.need_offer import measure_met
from matchmaker.recommend.features.service import measure_agreement, measure_initiatives, measure_intends
from matchmaker.recommend.features.stages import measure_next, measure_shared
from matchmaker.recommend.features.topology import TOPOLOGY_FEATURES, measure_topology
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.organizations import Mask

Floats = NDArray[np.float64]


class Subject:
    """A subject and its measures against every node of the snapshot; each array has shape (nodes,)."""

    def __init__(self, index: SnapshotIndex, number: int) -> None:
        self.index, self.number = index, number
        self._linked: dict[tuple[frozenset[TieType], bool], Mask] = {}
        self._measured: dict[str, Floats] = {}

    @cached_property
    def distance_km(self) -> Floats:
        """Straight-line distance of nearest sites; NaN where not recorded."""
        return measure_distance(self.index.snapshot, self.index.places, self.number)

    @cached_property
    def same_county(self) -> Floats:
        """1 in a shared county, 0 in another, NaN where not recorded."""
        return measure_county(self.index.places, self.number)

    @cached_property
    def topology(self) -> dict[str, Floats]:
        """The topology features by name."""
        return measure_topology(self.index.topology, self.number)

    @cached_property
    def related(self) -> Mask:
        """Whether each node is the subject's own."""
        return self._mask(self.index.organizations.related(self.number))

    def linked(self, types: frozenset[TieType], *, direct: bool) -> Mask:
        """Return whether each node is linked to the subject by a tie of one of the types.

        Ties of who runs it, what it runs and (for a district) its schools count as its own, on both sides; with
        ``direct`` only ties between the two themselves.
        """
        key = (types, direct)
        if key not in self._linked:
            organizations, snapshot = self.index.organizations, self.index.snapshot
            own = {self.number} if direct else organizations.selves(self.number)
            found = {
                int(other)
                for type in types
                for one in own
                for backward in (False, True)
                for other in snapshot.adjacency(type, backward=backward).of(one)
            } - own
            reached = found if direct else {one for other in found for one in organizations.counted_for(other)}
            self._linked[key] = self._mask(reached)
        return self._linked[key]

    def measure(self, feature: str, side: Side) -> Floats:
        """Return one feature's values, the subject being at the given side of the pattern."""
        key = f"{feature}:{side}"
        if key not in self._measured:
            self._measured[key] = _MEASURES[feature](self, side)
        return self._measured[key]

    def capacity(self, *, own: bool) -> Floats:
        """Return the subject's own capacity for every pair, or each node's."""
        left = self.index.capacity.left
        return np.full(len(left), left[self.number]) if own else left

    def _mask(self, numbers: set[int] | frozenset[int]) -> Mask:
        mask = np.zeros(len(self.index), dtype=bool)
        mask[list(numbers)] = True
        return mask


def _of_topology(name: str) -> Callable[[Subject, Side], Floats]:
    return lambda subject, _: subject.topology[name]


_S = Side.SOURCE

_MEASURES: Mapping[str, Callable[[Subject, Side], Floats]] = MappingProxyType(
    {
        **{name: _of_topology(name) for name in TOPOLOGY_FEATURES},
        "source_needs_met": lambda s, side: measure_met(s.index.needs, s.number, subject_needs=side is _S),
        "target_needs_met": lambda s, side: measure_met(s.index.needs, s.number, subject_needs=side is not _S),
        "stages_shared": lambda s, _: measure_shared(s.index.stages, s.number),
        "stages_next": lambda s, side: measure_next(s.index.stages, s.number, subject_first=side is _S),
        "content_likeness": lambda s, _: measure_likeness(s.index.content, s.number),
        "shared_fields": lambda s, _: measure_codes(s.index.content.fields, s.number),
        "shared_occupations": lambda s, _: measure_codes(s.index.content.occupations, s.number),
        "distance_km": lambda s, _: s.distance_km,
        "same_county": lambda s, _: s.same_county,
        "intends_to_serve": lambda s, _: measure_intends(s.index.service, s.number),
        "shared_initiatives": lambda s, _: measure_initiatives(s.index.service, s.number),
        "agreement_in_place": lambda s, _: measure_agreement(s.index.service, s.index.organizations, s.number),
        "capacity_source": lambda s, side: s.capacity(own=side is _S),
        "capacity_target": lambda s, side: s.capacity(own=side is not _S),
    }
)
"""How each measure is taken for a subject at a side."""
