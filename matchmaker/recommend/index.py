"""Everything that suggestions need of a snapshot, computed once: one object of columns, shared by all readers."""

from functools import lru_cache

from matchmaker.graph.scoping import REACH_KM
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.ids import digest_of
from matchmaker.model.vocabulary import Label
from matchmaker.recommend.features.capacity import build_capacity
from matchmaker.recommend.features.content import build_content
from matchmaker.recommend.features.geography import build_places
from matchmaker.recommend.features.need_offer import build_need_offer
from matchmaker.recommend.features.service import build_service
from matchmaker.recommend.features.stages import build_stages
from matchmaker.recommend.features.topology import build_topology
from matchmaker.recommend.ledger import build_ledger
from matchmaker.recommend.organizations import Mask, build_organizations, end_mask
from matchmaker.recommend.patterns import EndSpec

LEDGER_LABELS = frozenset({Label.SUGGESTION, Label.ANSWER, Label.PAIR_RULE})
"""The nodes that say what was asked, answered and ruled: they make up ``ledger_hash``."""


class SnapshotIndex:
    """A snapshot's columns. Immutable; building it costs one pass over the snapshot and a TF-IDF fit.

    Attributes
    ----------
    snapshot
        What it was built from.
    organizations, stages, places, topology, needs, content, service, capacity
        The columns, each documented where it is built.
    ledger
        Pair rules in force and open requests.
    reach_km
        How far is within reach: the ecosystem's own figure, or 60 km.
    ledger_hash
        Digest of the suggestions, answers and pair rules in the snapshot.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.organizations = build_organizations(snapshot)
        self.stages = build_stages(snapshot, self.organizations)
        self.places = build_places(snapshot, self.organizations)
        self.topology = build_topology(snapshot)
        self.needs = build_need_offer(snapshot, self.organizations)
        self.content = build_content(snapshot, self.organizations)
        self.service = build_service(snapshot, self.organizations)
        self.capacity = build_capacity(snapshot, self.organizations)
        self.reach_km = _reach_km(snapshot)
        self.ledger = build_ledger(snapshot)
        self.ledger_hash = _ledger_hash(snapshot)
        self._masks: dict[EndSpec, Mask] = {}

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
            mask = end_mask(self.snapshot, self.organizations, end, self.stages.held, self.needs.offered)
            mask.setflags(write=False)
            self._masks[end] = mask
        return mask


@lru_cache(maxsize=4)
def index_snapshot(snapshot: Snapshot) -> SnapshotIndex:
    """Return the columns of a snapshot, built at the first call for it."""
    return SnapshotIndex(snapshot)


def _reach_km(snapshot: Snapshot) -> float:
    ecosystem = snapshot.find_index(snapshot.scope.ecosystem or "")
    stated = snapshot.nodes[ecosystem].find_number("reach_km") if ecosystem is not None else None
    return REACH_KM if stated is None else stated


def _ledger_hash(snapshot: Snapshot) -> str:
    held = [node for node in snapshot.nodes if node.label in LEDGER_LABELS]
    return digest_of("ledger", *(f"{node.id} {node.graph_digest():064x}" for node in held))
