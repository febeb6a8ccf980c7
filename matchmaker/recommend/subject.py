"""One subject's view of everybody else: what rules and features ask of it, each measured once."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import Side, TieType
from matchmaker.recommend.features.content import measure_codes, measure_likeness
from matchmaker.recommend.features.geography import measure_county, measure_distance
from matchmaker.recommend.features.need_offer import measure_met
from matchmaker.recommend.features.service import measure_agreement, measure_initiatives, measure_intends
from matchmaker.recommend.features.stages import measure_next, measure_shared
from matchmaker.recommend.features.topology import measure_topology
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
            self._measured[key] = self._measure(feature, side)
        return self._measured[key]

    def _measure(self, feature: str, side: Side) -> Floats:
        index, first = self.index, side is Side.SOURCE
        if feature in self.topology:
            return self.topology[feature]
        match feature:
            case "source_needs_met":
                return measure_met(index.needs, self.number, subject_needs=first)
            case "target_needs_met":
                return measure_met(index.needs, self.number, subject_needs=not first)
            case "stages_shared":
                return measure_shared(index.stages, self.number)
            case "stages_next":
                return measure_next(index.stages, self.number, subject_first=first)
            case "content_likeness":
                return measure_likeness(index.content, self.number)
            case "shared_fields":
                return measure_codes(index.content.fields, self.number)
            case "shared_occupations":
                return measure_codes(index.content.occupations, self.number)
            case "distance_km":
                return self.distance_km
            case "same_county":
                return self.same_county
            case "intends_to_serve":
                return measure_intends(index.service, self.number)
            case "shared_initiatives":
                return measure_initiatives(index.service, self.number)
            case "agreement_in_place":
                return measure_agreement(index.service, index.organizations, self.number)
            case "capacity_source":
                return self._capacity(own=first)
            case "capacity_target":
                return self._capacity(own=not first)
            case _:
                raise KeyError(feature)

    def _capacity(self, *, own: bool) -> Floats:
        left = self.index.capacity.left
        return np.full(len(left), left[self.number]) if own else left

    def _mask(self, numbers: set[int] | frozenset[int]) -> Mask:
        mask = np.zeros(len(self.index), dtype=bool)
        mask[list(numbers)] = True
        return mask
