"""Introducers: a partner tied to both, who could bring them together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import day_of
from matchmaker.model.elements import Tie, level
from matchmaker.model.suggestion import Introducer
from matchmaker.model.vocabulary import Label, Participation
from matchmaker.recommend.features.topology import PHRASES, TYPE_BITS
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.patterns import EndSpec, Form
from matchmaker.recommend.rules.standing import is_open
from matchmaker.recommend.visibility import state_fact

Numbers = NDArray[np.integer]

UNRATED = 1
"""A tie whose level nobody has said counts as the lowest level that a tie can have."""


@dataclass(frozen=True, slots=True, eq=False)
class TiedTo:
    """The partners tied to one end of a pair, or to those who run it, each by its strongest tie.

    Attributes
    ----------
    nodes
        Shape (partners,): ascending.
    depths, days
        Shape (partners,): the level of that tie, and the first day of it (0 where not known).
    """

    nodes: Numbers
    depths: Numbers
    days: Numbers


class Introducers:
    """Finds introducers; what it has seen of one end is kept for the next pair of a list.

    Parameters
    ----------
    index
        The columns of a snapshot.
    """

    def __init__(self, index: SnapshotIndex) -> None:
        self._index = index
        self._tied: dict[int, TiedTo] = {}
        self._own: dict[int, frozenset[int]] = {}

    def find(self, form: Form, source: int, target: int) -> Introducer | None:
        """Return the partner who could best introduce two, or None where there is none.

        It is tied to both (or to those who run them), is open, takes part in the scope's ecosystem where there is one,
        is neither's own, and wouldn't itself stand at an end of this kind of link, where it would compete for the same
        answer. The strongest comes first: the lower level of its two ties, then the more recent of the older ones, then
        who is asked least, has the fewest ties, and the lowest id.
        """
        ends = (source, target)
        own = self._related(source) | self._related(target) | {source, target}
        for node in self._strongest_first(source, target):
            if node not in own and _may_introduce(self._index, form, node, ends):
                return _introduction(self._index, node, ends)
        return None

    def _related(self, end: int) -> frozenset[int]:
        if end not in self._own:
            self._own[end] = self._index.organizations.related(end)
        return self._own[end]

    def _strongest_first(self, source: int, target: int) -> list[int]:
        first, second = self._tied_to(source), self._tied_to(target)
        if not len(first.nodes) or not len(second.nodes):
            return []
        places = np.minimum(np.searchsorted(first.nodes, second.nodes), len(first.nodes) - 1)
        there = np.flatnonzero(first.nodes[places] == second.nodes)
        if not len(there):
            return []
        here, both = places[there], second.nodes[there]
        requests = self._index.ledger.open_requests
        asked = np.array([requests.get(node, 0) for node in both.tolist()]) if requests else np.zeros(len(both))
        depths = np.minimum(first.depths[here], second.depths[there])
        days = np.minimum(first.days[here], second.days[there])
        order = np.lexsort((both, self._index.topology.degrees[both], asked, -days, -depths))
        found: list[int] = both[order].tolist()
        return found

    def _tied_to(self, end: int) -> TiedTo:
        if end not in self._tied:
            self._tied[end] = tied_to(self._index, end)
        return self._tied[end]


def tied_to(index: SnapshotIndex, end: int) -> TiedTo:
    """Return the partners tied to a node or to those who run it; costs what stands around them."""
    snapshot, links = index.snapshot, index.topology.links
    rows: list[tuple[Numbers, Numbers]] = []
    for body in _bodies(index, end):
        held = int(np.bitwise_or.reduce(links.neighbour_weights(body).astype(np.int64), initial=0))
        types = [type for type, bit in TYPE_BITS.items() if held & bit]
        both = (snapshot.adjacency(type, backward=backward) for type in types for backward in (False, True))
        rows += [(adjacency.of(body), adjacency.ties_of(body)) for adjacency in both]
    if not rows:
        return _NOBODY
    nodes, ties = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    partners = index.organizations.is_partner[nodes]
    nodes, ties = nodes[partners], ties[partners]
    levels, days = snapshot.tie_levels[ties], snapshot.tie_since[ties]
    depths = np.where(levels < 0, UNRATED, levels)
    order = np.lexsort((-days, -depths, nodes))
    nodes = nodes[order]
    strongest = np.ones(len(nodes), dtype=bool)
    strongest[1:] = nodes[1:] != nodes[:-1]
    return TiedTo(nodes[strongest], depths[order][strongest], days[order][strongest])


_NOBODY = TiedTo(*(np.zeros(0, dtype=np.int64) for _ in range(3)))


def _introduction(index: SnapshotIndex, node: int, ends: tuple[int, int]) -> Introducer:
    snapshot, name = index.snapshot, index.name(node)
    ties = [_strongest(index, node, end) for end in ends]
    return Introducer(
        snapshot.nodes[node].id,
        name,
        f"{name} is tied to both of you and could introduce you to {index.name(ends[1])}.",
        f"{name} is tied to both of you and could introduce you to {index.name(ends[0])}.",
        tuple(state_fact(snapshot, _tie_words(snapshot, tie), [node], [tie]) for tie in ties),
    )


def _bodies(index: SnapshotIndex, end: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys((end, *index.organizations.bodies(end))))


def _may_introduce(index: SnapshotIndex, form: Form, node: int, ends: tuple[int, int]) -> bool:
    standing = index.organizations.standing[node]
    if index.snapshot.scope.ecosystem is not None and standing is not Participation.PARTICIPATING:
        return False
    if not is_open(index, node):
        return False
    specs = zip((form.source, form.target), ends, strict=True)
    return not any(_competes(index, spec, node, end) for spec, end in specs)


def _competes(index: SnapshotIndex, spec: EndSpec, node: int, end: int) -> bool:
    """Say whether somebody would stand where an end stands; where anybody may, those of the same sector would."""
    organizations = index.organizations
    anybody = spec.label is not Label.PARTNER or spec == EndSpec(spec.words)
    if anybody:
        return bool(organizations.sector[node] >= 0 and organizations.sector[node] == organizations.sector[end])
    return bool(index.fits(spec)[node])


def _strongest(index: SnapshotIndex, node: int, end: int) -> Tie:
    ties = [tie for one in _bodies(index, end) for tie in index.joining(node, one)]
    return min(ties, key=lambda tie: (-_depth(tie), -day_of(tie.properties.get("since")), tie.id))


def _depth(tie: Tie) -> int:
    known = level(tie)
    return UNRATED if known is None else known


def _tie_words(snapshot: Snapshot, tie: Tie) -> str:
    words = PHRASES[tie.type][0].format(snapshot.get_node(tie.target).name)
    return f"{snapshot.get_node(tie.source).name} {words}."
