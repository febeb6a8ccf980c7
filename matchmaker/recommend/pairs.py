"""Pairs of a subject and another: what rules and features ask of them, each measured once for all pairs together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import TieType
from matchmaker.recommend.features.content import measure_likeness
from matchmaker.recommend.features.geography import measure_county, measure_distance
from matchmaker.recommend.features.need_offer import measure_met
from matchmaker.recommend.features.service import measure_agreement, measure_initiatives, measure_intends
from matchmaker.recommend.features.stages import measure_next, measure_shared
from matchmaker.recommend.features.topology import TOPOLOGY_FEATURES, TYPE_BITS, measure_topology
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.roles import AT_SOURCE, PATTERN_OF
from matchmaker.recommend.rows import among, spread

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Nodes = NDArray[np.int32]


class Pairs:
    """Pairs of nodes, and what has been measured of them so far.

    Parameters
    ----------
    index
        The columns of the snapshot.
    subjects, others
        Shape (pairs,): the ends. Pairs of one subject stand together, each pair once.
    """

    def __init__(self, index: SnapshotIndex, subjects: Nodes, others: Nodes) -> None:
        self.index, self.subjects, self.others = index, subjects, others
        self._measured: dict[str, Floats] = {}
        self._masks: dict[str, Mask] = {}
        self._types: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.subjects)

    @cached_property
    def distinct(self) -> Nodes:
        """The subjects, each once."""
        subjects = self.subjects
        if len(subjects) and subjects[0] == subjects[-1] and (subjects == subjects[0]).all():
            return subjects[:1]
        return np.unique(subjects)

    @cached_property
    def keys(self) -> NDArray[np.int64]:
        """Each pair as one number; shape (pairs,)."""
        return self.subjects * np.int64(len(self.index)) + self.others

    def measure(self, name: str) -> Floats:
        """Return a measure of `MEASURES`; shape (pairs,), NaN where not recorded."""
        if name not in self._measured:
            if name in TOPOLOGY_FEATURES:
                found = measure_topology(self.index.topology, self.subjects, self.others, TOPOLOGY_FEATURES)
                self._measured.update(zip(TOPOLOGY_FEATURES, found.T, strict=True))
            else:
                self._measured[name] = MEASURES[name](self)
        return self._measured[name]

    def holds(self, name: str, check: Callable[["Pairs"], Mask]) -> Mask:
        """Return what a check says of the pairs; it is asked once."""
        if name not in self._masks:
            self._masks[name] = check(self)
        return self._masks[name]

    def linking_types(self, *, direct: bool) -> NDArray[np.int64]:
        """Return which types of ties link the two, as bits of `TYPE_BITS`; shape (pairs,).

        Ties of who runs it, what it runs and (for a district) its schools count as its own, on both sides; with
        ``direct`` only ties between the two themselves.
        """
        if self._types is None:
            self._types = _linking(self)
        return self._types[0 if direct else 1]

    def marked(self, subjects: NDArray[np.integer], others: NDArray[np.integer]) -> Mask:
        """Return which pairs are among some other pairs; shape (pairs,)."""
        size = np.int64(len(self.index))
        return among(self.keys, subjects * size + others)

    def narrowed(self, kept: Mask) -> "Pairs":
        """Return the pairs that are kept, with what has been measured of them."""
        pairs = Pairs(self.index, self.subjects[kept], self.others[kept])
        pairs._measured = {name: found[kept] for name, found in self._measured.items()}
        return pairs


@dataclass(frozen=True, slots=True, eq=False)
class RoleRows:
    """Pairs under the roles that they may have: a pair that fits several has a row for each.

    Attributes
    ----------
    pairs
        The pairs.
    rows
        Shape (rows,): which pair.
    roles
        Shape (rows,): which role, as a place in `ROLES`.
    """

    pairs: Pairs
    rows: NDArray[np.int64]
    roles: NDArray[np.int8]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    @property
    def index(self) -> SnapshotIndex:
        """The columns of the snapshot."""
        return self.pairs.index

    @property
    def subjects(self) -> Nodes:
        """Shape (rows,): the subject of each."""
        return self.pairs.subjects[self.rows]

    @property
    def others(self) -> Nodes:
        """Shape (rows,): the other of each."""
        return self.pairs.others[self.rows]

    @property
    def at_source(self) -> Mask:
        """Shape (rows,): whether the subject is the source."""
        found: Mask = AT_SOURCE[self.roles]
        return found

    @property
    def patterns(self) -> NDArray[np.int8]:
        """Shape (rows,): the code of the pattern of each."""
        found: NDArray[np.int8] = PATTERN_OF[self.roles]
        return found

    def ends(self) -> tuple[Nodes, Nodes]:
        """Return the source and the target of each row."""
        at_source, subjects, others = self.at_source, self.subjects, self.others
        return np.where(at_source, subjects, others), np.where(at_source, others, subjects)

    def measure(self, name: str) -> Floats:
        """Return a measure of the pairs for every row."""
        return self.pairs.measure(name)[self.rows]

    def oriented(self, of_source: str, of_target: str) -> Floats:
        """Return one measure where the subject is the source, and another where it is the target."""
        first, second = self.pairs.measure(of_source), self.pairs.measure(of_target)
        return np.where(self.at_source, first[self.rows], second[self.rows])

    def where(self, kept: Mask | NDArray[np.integer]) -> "RoleRows":
        """Return the rows that are kept, or those at some places in their order."""
        return RoleRows(self.pairs, self.rows[kept], self.roles[kept])

    def compacted(self) -> "RoleRows":
        """Return the same rows over those pairs only that have one."""
        held = np.zeros(len(self.pairs), dtype=bool)
        held[self.rows] = True
        places = np.cumsum(held) - 1
        return RoleRows(self.pairs.narrowed(held), places[self.rows], self.roles)


def _linking(pairs: Pairs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the types of ties between the two themselves, and with what counts as their own."""
    index, size = pairs.index, np.int64(len(pairs.index))
    organizations, links = index.organizations, index.topology.links
    subjects = pairs.distinct
    first, own = organizations.selves.expand(subjects)
    slots, second = spread(links.starts[own], links.degrees[own])
    place, found = first[second], links.others[slots]
    types = links.weights[slots].astype(np.int64)
    keys = pairs.keys
    itself = own[second] == subjects[place]
    direct = _united(keys, subjects[place[itself]] * size + found[itself], types[itself])
    outside = ~among(place * size + found, first * size + own)
    place, found, types = place[outside], found[outside], types[outside]
    third, counted = organizations.counted.expand(found)
    return direct, _united(keys, subjects[place[third]] * size + counted, types[third])


def _united(keys: NDArray[np.int64], found: NDArray[np.int64], bits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each key the union of the bits found for it."""
    order = np.argsort(found, kind="stable")
    united = np.zeros(len(keys), dtype=np.int64)
    if len(found):
        distinct, begins = np.unique(found[order], return_index=True)
        held = np.bitwise_or.reduceat(bits[order], begins)
        places = np.minimum(np.searchsorted(distinct, keys), len(distinct) - 1)
        hit = distinct[places] == keys
        united[hit] = held[places[hit]]
    return united


def _capacity_of(ends: Callable[[Pairs], Nodes]) -> Callable[[Pairs], Floats]:
    return lambda pairs: pairs.index.capacity.left[ends(pairs)]


MEASURES: Mapping[str, Callable[[Pairs], Floats]] = MappingProxyType(
    {
        "subject_needs_met": lambda p: measure_met(p.index.needs, p.subjects, p.others),
        "other_needs_met": lambda p: measure_met(p.index.needs, p.others, p.subjects),
        "stages_shared": lambda p: measure_shared(p.index.stages, p.subjects, p.others),
        "subject_leads_on": lambda p: measure_next(p.index.stages, p.subjects, p.others),
        "other_leads_on": lambda p: measure_next(p.index.stages, p.others, p.subjects),
        "content_likeness": lambda p: measure_likeness(p.index.content, p.subjects, p.others),
        "shared_fields": lambda p: p.index.content.fields.shared(p.subjects, p.others),
        "shared_occupations": lambda p: p.index.content.occupations.shared(p.subjects, p.others),
        "distance_km": lambda p: measure_distance(p.index.places, p.subjects, p.others),
        "same_county": lambda p: measure_county(p.index.places, p.subjects, p.others),
        "intends_to_serve": lambda p: measure_intends(p.index.service, p.subjects, p.others),
        "shared_initiatives": lambda p: measure_initiatives(p.index.service, p.subjects, p.others),
        "agreement_in_place": lambda p: measure_agreement(p.index.service, p.subjects, p.others),
        "capacity_subject": _capacity_of(lambda p: p.subjects),
        "capacity_other": _capacity_of(lambda p: p.others),
    }
)
"""How each measure of a pair is taken, beside those of topology; seen from the subject."""


def type_bits(types: frozenset[TieType]) -> int:
    """Return types of ties as bits of `TYPE_BITS`."""
    return sum(TYPE_BITS[type] for type in types)
