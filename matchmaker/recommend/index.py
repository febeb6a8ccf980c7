"""Everything that suggestions need of a snapshot, computed once: one object of columns, shared by all readers."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from copy import copy
from types import MappingProxyType
from typing import Self, get_type_hints

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.difference import Difference
from matchmaker.graph.scoping import REACH_KM
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.ids import digest_of
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.equity import EquityColumns, build_equity
from matchmaker.recommend.facts import read_facts
from matchmaker.recommend.features.capacity import CapacityColumns, build_capacity
from matchmaker.recommend.features.content import ContentColumns, build_content
from matchmaker.recommend.features.geography import PlaceColumns, build_places
from matchmaker.recommend.features.need_offer import NeedOfferColumns, build_need_offer
from matchmaker.recommend.features.service import ServiceColumns, build_service
from matchmaker.recommend.features.stages import StageColumns, build_stages
from matchmaker.recommend.features.topology import TopologyColumns, build_topology, joining, refresh_topology
from matchmaker.recommend.ledger import build_ledger
from matchmaker.recommend.nearby import Groups, build_groups
from matchmaker.recommend.network_reach import NetworkReach, build_network_reach
from matchmaker.recommend.organizations import Mask, Organizations, build_organizations, end_mask
from matchmaker.recommend.patterns import EndSpec
from matchmaker.recommend.roles import OTHER_ENDS, RoleColumns, build_roles
from matchmaker.recommend.standing import StandingColumns, build_standing, find_accepting

CARRIED = frozenset(
    {
        TieType.PARTNERS_WITH,
        TieType.FEEDS_INTO,
        TieType.RECRUITS_FROM,
        TieType.ACCREDITS,
        TieType.HOSTS_WBL,
        TieType.FUNDS,
        TieType.COACHES,
        TieType.PEERS_WITH,
    }
)
"""The types of ties that are relations between two and nothing else: no place, stage, house or standing follows."""

KEPT = 4
"""How many indexes are kept."""

LEDGER_LABELS = frozenset({Label.SUGGESTION, Label.ANSWER, Label.PAIR_RULE})
"""The nodes that say what was asked, answered and ruled: they make up ``ledger_hash``."""


class SnapshotIndex:
    """A snapshot's columns. Immutable; building it costs one pass over the snapshot and a TF-IDF fit.

    Attributes
    ----------
    snapshot
        What it was built from.
    organizations, stages, places, topology, needs, content, service, capacity, equity, roles, standing
        The columns, each documented where it is built.
    networks
        Where initiatives and ecosystems reach.
    near
        The nodes that may stand at each end, in the order of places.
    end_members
        For each end of `OTHER_ENDS` the nodes that may stand there.
    ledger
        Pair rules in force and open requests.
    accepts
        Shape (nodes,): fewer requests are open at it, and at each of those who run it, than it accepts.
    askable
        Shape (nodes,): open, with room, and accepting one more request.
    reach_km
        How far is within reach: the ecosystem's own figure, or 60 km.
    ledger_hash
        Digest of the suggestions, answers and pair rules in the snapshot.
    """

    organizations: Organizations
    stages: StageColumns
    places: PlaceColumns
    topology: TopologyColumns
    needs: NeedOfferColumns
    content: ContentColumns
    service: ServiceColumns
    capacity: CapacityColumns
    equity: EquityColumns
    networks: NetworkReach
    roles: RoleColumns
    near: Groups
    standing: StandingColumns
    reach_km: float

    def __init__(self, snapshot: Snapshot) -> None:
        facts = read_facts(snapshot)
        self.snapshot = snapshot
        self.organizations = build_organizations(snapshot, facts)
        self.stages = build_stages(snapshot, self.organizations)
        self.places = build_places(snapshot, facts, self.organizations)
        self.topology = build_topology(snapshot)
        self.needs = build_need_offer(snapshot, facts, self.organizations)
        self.content = build_content(snapshot, facts, self.organizations)
        self.service = build_service(snapshot, facts, self.organizations)
        self.capacity = build_capacity(snapshot, facts, self.organizations)
        self.equity = build_equity(snapshot, self.organizations)
        self.reach_km = _reach_km(snapshot)
        self.networks = build_network_reach(snapshot, self.places, self.reach_km)
        self._masks: dict[EndSpec, Mask] = {}
        self.roles = build_roles(len(snapshot), self.fits)
        self.end_members = tuple(np.flatnonzero(self.fits(end)).astype(np.int32) for end in OTHER_ENDS)
        self.near = build_groups(self.places, self.topology.degrees, self._groups())
        self.standing = build_standing(snapshot, facts, self.organizations)
        self.with_ledger()

    @classmethod
    def of_columns(
        cls, snapshot: Snapshot, columns: Mapping[str, object], end_members: tuple[NDArray[np.int32], ...]
    ) -> Self:
        """Return the index of a snapshot from columns that were built before; see `matchmaker.recommend.saving`."""
        index = cls.__new__(cls)
        index.__dict__.update(columns, snapshot=snapshot, end_members=end_members, _masks={})
        return index.with_ledger()

    def refreshed(self, snapshot: Snapshot, differences: Iterable[Difference]) -> "SnapshotIndex | None":
        """Return the index of a snapshot that was refreshed from this one's; None where it is better built anew.

        Ties that are relations and nothing else (`CARRIED`) and the ledger are carried over; what was fitted stays as
        it is, and so does everything else, which is shared. Whoever has the most ties of a group stays so, too.
        """
        told = list(differences)
        changes = [tie for difference in told for change in difference.ties for tie in (change.before, change.after)]
        ties = [tie for tie in changes if tie is not None and tie.type is not TieType.HAS]
        facts = [tie for tie in changes if tie is not None and tie.type is TieType.HAS]
        nodes = [change.after for difference in told for change in difference.nodes]
        ours = {node.id for node in nodes if node.label in LEDGER_LABELS}
        if not CARRIED.issuperset(tie.type for tie in ties) or not ours.issuperset(tie.target for tie in facts):
            return None
        if len(ours) < len({node.id for node in nodes}):
            return None
        other = copy(self)
        other.snapshot = snapshot
        other.topology = refresh_topology(snapshot, self.topology, ties)
        if ours:
            other.with_ledger()
        return other

    def with_ledger(self) -> Self:
        """Read the ledger of the snapshot; for those who put an index together."""
        self.ledger = build_ledger(self.snapshot)
        self.accepts = find_accepting(self.organizations, self.standing.limits, self.ledger)
        self.askable = self.standing.open & self.accepts & ~self.capacity.full
        self.ledger_hash = _ledger_hash(self.snapshot)
        return self

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.snapshot)

    def name(self, index: int) -> str:
        """Return a node's name."""
        return self.snapshot.nodes[index].name

    def fits(self, end: EndSpec) -> Mask:
        """Return which nodes may stand at a pattern's end; shape (nodes,)."""
        mask = self._masks.get(end)
        if mask is None:
            offers = self.needs.offers.naming(frozenset(term.value for term in end.offers))
            mask = end_mask(self.snapshot, self.organizations, end, self.stages.held, offers)
            mask.setflags(write=False)
            self._masks[end] = mask
        return mask

    def members(self, end: EndSpec) -> NDArray[np.int32]:
        """Return the nodes that may stand at the other end of some role, ascending."""
        return self.end_members[OTHER_ENDS.index(end)]

    def joining(self, first: int, second: int) -> tuple[Tie, ...]:
        """Return the ties that make two nodes related, the most telling first."""
        return joining(self.snapshot, self.topology, first, second)

    def _groups(self) -> list[NDArray[np.int32]]:
        """Return who may stand at each end of `OTHER_ENDS`, and after these who offers and who needs each resource."""
        return [*self.end_members, *self.needs.offers.by_resource(), *self.needs.needs.by_resource()]


COLUMNS = MappingProxyType({name: kind for name, kind in get_type_hints(SnapshotIndex).items() if name != "snapshot"})
"""The columns of an index by name, with what they are."""


class _Kept:
    """The indexes used last."""

    def __init__(self) -> None:
        self.indexes: OrderedDict[int, SnapshotIndex] = OrderedDict()
        self.lock = threading.Lock()

    def find(self, snapshot: Snapshot) -> SnapshotIndex | None:
        """Return the index of a snapshot, or what can be carried over of one that it was refreshed from; else None."""
        with self.lock:
            found = self.indexes.get(id(snapshot))
            if found is not None:
                self.indexes.move_to_end(id(snapshot))
                return found
            older = [index for index in reversed(self.indexes.values()) if index.snapshot.scope == snapshot.scope]
        for index in older:
            differences = snapshot.differences_from(index.snapshot)
            carried = None if differences is None else index.refreshed(snapshot, differences)
            if carried is not None:
                return self.put(carried)
        return None

    def put(self, index: "SnapshotIndex") -> "SnapshotIndex":
        """Keep an index."""
        with self.lock:
            self.indexes[id(index.snapshot)] = index
            while len(self.indexes) > KEPT:
                self.indexes.popitem(last=False)
        return index


_KEPT = _Kept()


def index_snapshot(snapshot: Snapshot) -> SnapshotIndex:
    """Return the columns of a snapshot: kept, carried over where it was refreshed, else built."""
    return _KEPT.find(snapshot) or _KEPT.put(SnapshotIndex(snapshot))


def keep_index(index: SnapshotIndex) -> None:
    """Keep an index for `index_snapshot`, such as one that was loaded."""
    _KEPT.put(index)


def _reach_km(snapshot: Snapshot) -> float:
    ecosystem = snapshot.find_index(snapshot.scope.ecosystem or "")
    stated = snapshot.nodes[ecosystem].find_number("reach_km") if ecosystem is not None else None
    return REACH_KM if stated is None else stated


def _ledger_hash(snapshot: Snapshot) -> str:
    held = [node for label in LEDGER_LABELS for _, node in snapshot.iter_nodes(label)]
    ordered = sorted(held, key=lambda node: node.id)
    return digest_of("ledger", *(f"{node.id} {node.graph_digest():064x}" for node in ordered))
