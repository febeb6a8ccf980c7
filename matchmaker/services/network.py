"""An ecosystem's network: its members, and the ties among them."""

from collections import Counter
from dataclasses import dataclass

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node, Tie
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Label, Sector, StageTerm, TieType

MEMBER_TIES = tuple(
    type
    for type in TieType
    if type not in {TieType.HAS, TieType.STATES, TieType.CONCERNS, TieType.SERVES, TieType.LOCATED_IN}
)
"""Ties that may stand between two members."""


@dataclass(frozen=True, slots=True)
class NetworkNode:
    """A member as a picture or a table shows it.

    ``position`` is (latitude, longitude) in degrees, of the first site by latitude; ``degree`` counts the other
    members it is tied to, in either direction, each once.
    """

    node: Node
    sector: Sector | None
    stages: tuple[StageTerm, ...]
    position: tuple[float, float] | None
    degree: int


@dataclass(frozen=True, slots=True)
class Network:
    """The members of one ecosystem at one day and the ties among them, both in id order."""

    ecosystem: NodeId
    as_of: str
    graph_hash: str
    nodes: tuple[NetworkNode, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded of an ecosystem's members, most of a kind first, then by name.

    ``sectors`` counts member partners, ``ties`` those among members.
    """

    sectors: tuple[tuple[Sector, int], ...]
    programs: int
    ties: tuple[tuple[TieType, int], ...]


def count_recorded(network: Network) -> Recorded:
    """Return how many members of each sector, programs and ties among them are recorded."""
    sectors = Counter(member.sector for member in network.nodes if member.sector is not None)
    ties = Counter(tie.type for tie in network.ties)
    return Recorded(
        tuple(sorted(sectors.items(), key=lambda pair: (-pair[1], pair[0]))),
        sum(member.node.label is Label.PROGRAM for member in network.nodes),
        tuple(sorted(ties.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def find_network(snapshot: Snapshot) -> Network:
    """Return the network of the snapshot's ecosystem: member partners and programs, and every tie among them.

    For others than staff it is computed from what `services.disclosure_views.show_snapshot` leaves.
    """
    members = [index for index in range(len(snapshot)) if snapshot.member[index]]
    ids = {snapshot.nodes[index].id for index in members}
    ties = [tie for tie in snapshot.ties if tie.type in MEMBER_TIES and tie.source in ids and tie.target in ids]
    neighbors: dict[NodeId, set[NodeId]] = {id: set() for id in ids}
    for tie in ties:
        neighbors[tie.source].add(tie.target)
        neighbors[tie.target].add(tie.source)
    return Network(
        NodeId(snapshot.scope.ecosystem or ""),
        snapshot.as_of.isoformat(),
        snapshot.graph_hash,
        tuple(_network_node(snapshot, index, len(neighbors[snapshot.nodes[index].id])) for index in members),
        tuple(ties),
    )


def _network_node(snapshot: Snapshot, index: int, degree: int) -> NetworkNode:
    node, sites = snapshot.nodes[index], snapshot.sites(index)
    served = {StageTerm(snapshot.nodes[at].id) for at, _ in snapshot.targets(index, TieType.SERVES)}
    sector = node.get_text("sector")
    return NetworkNode(
        node,
        Sector(sector) if node.label is Label.PARTNER and sector else None,
        tuple(stage for stage in StageTerm if stage in served),
        sites[0] if sites else None,
        degree,
    )
