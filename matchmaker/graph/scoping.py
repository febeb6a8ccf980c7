"""What one ecosystem may see, who its members are, and what is within its reach. Tenancy is enforced here.

A scope holds the ecosystem's own and the public elements, never another ecosystem's own. Of the public ones it keeps
those in its counties or within its reach, and those that patterns without distance may name.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from matchmaker.graph.contents import Contents
from matchmaker.graph.geography import distances_km
from matchmaker.model.canonical import Properties
from matchmaker.model.dates import first_day, is_present
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner
from matchmaker.model.records import is_visible_record, resolve
from matchmaker.model.vocabulary import (
    Label,
    Participation,
    PlaceKind,
    ProgramType,
    Sector,
    TieType,
)

REACH_KM = 60.0
"""How far from a member public partners count, where the ecosystem says nothing else."""

FACT_LABELS = frozenset(
    {
        Label.NEED,
        Label.OFFER,
        Label.COUNT,
        Label.STATISTIC,
        Label.CONTACT,
        Label.DESIGNATION,
        Label.CONDITION,
        Label.CRITERION,
        Label.QUALITY_EVIDENCE,
        Label.RATING,
        Label.ANSWER,
    }
)
"""Nodes that say something about another one, and are nothing without it."""

_ANYWHERE_SECTORS = frozenset({Sector.HIGHER_EDUCATION, Sector.PHILANTHROPY, Sector.BACKBONE})
_ANYWHERE_LABELS = frozenset(
    {
        Label.ECOSYSTEM,
        Label.INITIATIVE,
        Label.PATHWAY,
        Label.TOPIC,
        Label.OCCUPATION,
        Label.PLACE,
        Label.STAGE,
        Label.RESOURCE,
        Label.REDIRECT,
    }
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose view it is: an ecosystem's, or (None) what is public."""

    ecosystem: EcosystemId | None = None

    @property
    def owner(self) -> Owner:
        """The owner whose own elements are visible beside the public ones."""
        return Owner(self.ecosystem) if self.ecosystem is not None else PUBLIC


@dataclass(frozen=True, slots=True)
class ScopedGraph:
    """What is left of a store's contents in one scope at one day.

    ``members`` and ``reachable`` are ids of Partners and Programs: those that belong to the ecosystem, and those in its
    counties or within its reach. What is in neither is there for patterns without distance only.
    """

    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]
    records: Mapping[NodeId, tuple[Record, ...]]
    members: frozenset[NodeId]
    reachable: frozenset[NodeId]
    positions: Mapping[NodeId, tuple[tuple[float, float], ...]] = field(default_factory=dict)


def scope_contents(contents: Contents, scope: Scope, as_of: datetime.date) -> ScopedGraph:
    """Return what ``scope`` sees of ``contents`` at ``as_of``.

    ``contents`` may hold more than the scope's own: what belongs to other ecosystems is left out here whatever the
    store returned.
    """
    visible = {PUBLIC, scope.owner}
    records: dict[NodeId, list[Record]] = defaultdict(list)
    for record in contents.records:
        if is_visible_record(record, scope.owner, as_of):
            records[record.about].append(record)
    nodes = {node.id: node for node in contents.nodes if node.owner in visible and _is_seen(node, as_of)}
    for about, known in records.items():
        node = resolve(known)
        if (
            node is not None
            and _present(node.properties, as_of)
            and node.properties.get("withdrawn_everywhere") is not True
        ):
            nodes[about] = node
    ties = [
        tie
        for tie in contents.ties
        if tie.owner in visible
        and tie.source in nodes
        and tie.target in nodes
        and _present(tie.properties, as_of)
        and _observed(tie.provenance.observed_on, as_of)
    ]
    kept = set(nodes) - _withdrawn(ties, scope)
    graph = _Graph(nodes, [tie for tie in ties if tie.source in kept and tie.target in kept])
    kept -= graph.left_alone(set(nodes) - kept, ties)
    members = graph.members(scope) & kept if scope.ecosystem else frozenset(kept & graph.organizations())
    reachable = graph.reachable(members, _reach_km(nodes, scope)) & kept if scope.ecosystem else members
    if scope.ecosystem is not None:
        kept &= members | reachable | graph.anywhere() | graph.own(scope.owner)
        kept |= graph.operated_by(kept) & (set(nodes) - _withdrawn(ties, scope))
    kept -= {
        id
        for id in kept
        if nodes[id].label in FACT_LABELS and not any(subject in kept for subject in graph.subjects(id))
    }
    return ScopedGraph(
        tuple(nodes[id] for id in sorted(kept)),
        tuple(tie for tie in ties if tie.source in kept and tie.target in kept),
        {id: tuple(records[id]) for id in sorted(kept) if id in records},
        frozenset(members & kept),
        frozenset(reachable & kept),
        {id: graph.sites(id) for id in sorted(kept) if graph.sites(id)},
    )


def _is_seen(node: Node, as_of: datetime.date) -> bool:
    return _present(node.properties, as_of) and _observed(node.provenance.observed_on, as_of)


def _present(properties: Properties, as_of: datetime.date) -> bool:
    since, until = properties.get("since"), properties.get("until")
    return is_present(since if isinstance(since, str) else None, until if isinstance(until, str) else None, as_of)


def _observed(observed_on: str | None, as_of: datetime.date) -> bool:
    return observed_on is None or first_day(observed_on) <= as_of


def _reach_km(nodes: Mapping[NodeId, Node], scope: Scope) -> float:
    ecosystem = nodes.get(NodeId(scope.ecosystem or ""))
    stated = ecosystem.find_number("reach_km") if ecosystem is not None else None
    return REACH_KM if stated is None else stated


def _standing(ties: Iterable[Tie], scope: Scope) -> dict[NodeId, str]:
    """Return each partner's latest participation status in the scope's ecosystem."""
    latest: dict[NodeId, tuple[int, str]] = {}
    for tie in ties:
        if tie.type is TieType.PARTICIPATES_IN and tie.target == NodeId(scope.ecosystem or ""):
            since = tie.properties.get("since")
            day = first_day(since).toordinal() if isinstance(since, str) else 0
            entry = (day, str(tie.properties["status"]))
            latest[tie.source] = max(latest.get(tie.source, entry), entry)
    return {id: status for id, (_, status) in latest.items()}


def _withdrawn(ties: Iterable[Tie], scope: Scope) -> set[NodeId]:
    return {id for id, status in _standing(ties, scope).items() if status == Participation.WITHDRAWN}


class _Graph:
    """The visible graph while its scope is worked out."""

    def __init__(self, nodes: Mapping[NodeId, Node], ties: Iterable[Tie]) -> None:
        self.nodes, self.ties = nodes, tuple(ties)
        self._out: dict[tuple[TieType, NodeId], list[NodeId]] = defaultdict(list)
        self._into: dict[tuple[TieType, NodeId], list[NodeId]] = defaultdict(list)
        for tie in self.ties:
            self._out[tie.type, tie.source].append(tie.target)
            self._into[tie.type, tie.target].append(tie.source)

    def organizations(self) -> set[NodeId]:
        return {id for id, node in self.nodes.items() if node.label in {Label.PARTNER, Label.PROGRAM}}

    def subjects(self, id: NodeId) -> list[NodeId]:
        return self._into[TieType.HAS, id] + self._into[TieType.STATES, id]

    def own(self, owner: Owner) -> set[NodeId]:
        return {id for id, node in self.nodes.items() if node.owner == owner}

    def left_alone(self, gone: Collection[NodeId], ties: Iterable[Tie]) -> set[NodeId]:
        """Return the programs whose every operator is gone."""
        lost = {tie.target for tie in ties if tie.type is TieType.OPERATES and tie.source in gone}
        return {id for id in lost if not self._into[TieType.OPERATES, id]}

    def members(self, scope: Scope) -> frozenset[NodeId]:
        """Return who participates in or belongs to the ecosystem, their parts and their programs.

        Where nobody's membership is recorded, whoever stands in the ecosystem's own sheets counts.
        """
        ecosystem = NodeId(scope.ecosystem or "")
        first = set(self._into[TieType.PARTICIPATES_IN, ecosystem]) | set(self._into[TieType.MEMBER_OF, ecosystem])
        first = first & self.organizations() or self.own(scope.owner) & self.organizations()
        found = self._with_parts(first)
        return frozenset(found | self.operated_by(found))

    def operated_by(self, ids: Iterable[NodeId]) -> set[NodeId]:
        return {program for id in ids for program in self._out[TieType.OPERATES, id]}

    def _with_parts(self, ids: set[NodeId]) -> set[NodeId]:
        found, waiting = set(ids), sorted(ids)
        while waiting:
            for part in self._into[TieType.PART_OF, waiting.pop()]:
                if part not in found:
                    found.add(part)
                    waiting.append(part)
        return found

    def anywhere(self) -> set[NodeId]:
        """Return what patterns without distance may name, and everything that isn't an organization or program."""
        found = set()
        for id, node in self.nodes.items():
            partner = node.label is Label.PARTNER and node.properties.get("sector") in _ANYWHERE_SECTORS
            pcsp = node.label is Label.PROGRAM and node.properties.get("program_type") == ProgramType.PCSP
            facts = node.label not in {Label.PARTNER, Label.PROGRAM}
            if partner or pcsp or facts or node.label in _ANYWHERE_LABELS:
                found.add(id)
            if pcsp:
                found.update(self._into[TieType.OPERATES, id])
        return found

    def counties(self, id: NodeId) -> set[NodeId]:
        """Return the counties a partner or program is in: its own places' or else those of what it is part of."""
        seen: set[NodeId] = set()
        waiting = [id]
        while waiting:
            current = waiting.pop()
            seen.add(current)
            places = self._out[TieType.LOCATED_IN, current]
            up = places or self._out[TieType.PART_OF, current] or self._into[TieType.OPERATES, current]
            if self.nodes[current].label is Label.PLACE:
                up = self._out[TieType.PART_OF, current]
            waiting.extend(next for next in up if next not in seen)
        return {
            place
            for place in seen
            if self.nodes[place].label is Label.PLACE and self.nodes[place].properties.get("kind") == PlaceKind.COUNTY
        }

    def sites(self, id: NodeId) -> tuple[tuple[float, float], ...]:
        """Return where a partner, program or place is: its own position, else its sites', else its places'."""
        node = self.nodes[id]
        own = _position(node)
        if node.label is Label.PROGRAM:
            held = [self._site(site) for site in self._out[TieType.OFFERED_AT, id]]
            found = sorted({site for site in held if site is not None})
            if found:
                return tuple(found)
        if own is not None:
            return (own,)
        if node.label is Label.PROGRAM:
            operators = {site for operator in self._into[TieType.OPERATES, id] for site in self.sites(operator)}
            return tuple(sorted(operators))
        site = self._site(id)
        return (site,) if site is not None else ()

    def _site(self, id: NodeId) -> tuple[float, float] | None:
        own = _position(self.nodes[id])
        if own is not None:
            return own
        kinds = {PlaceKind.ZIP.value, PlaceKind.TRACT.value, PlaceKind.CITY.value}
        for place in sorted(self._out[TieType.LOCATED_IN, id]):
            position = _position(self.nodes[place])
            if position is not None and self.nodes[place].properties.get("kind") in kinds:
                return position
        return None

    def reachable(self, members: Collection[NodeId], reach_km: float) -> frozenset[NodeId]:
        """Return who is in a member's county or within ``reach_km`` of a member, members included."""
        counties = {county for id in members for county in self.counties(id)}
        organizations = sorted(self.organizations() - set(members))
        sites = [(id, site) for id in organizations for site in self.sites(id)]
        latitudes = np.array([site[0] for _, site in sites], dtype=np.float64)
        longitudes = np.array([site[1] for _, site in sites], dtype=np.float64)
        near = np.zeros(len(sites), dtype=bool)
        for place in sorted({site for id in members for site in self.sites(id)}):
            near |= distances_km(place, latitudes, longitudes) <= reach_km
        found = {id for (id, _), close in zip(sites, near, strict=True) if close}
        found |= {id for id in organizations if self.counties(id) & counties}
        return frozenset(found | self.operated_by(found) | set(members))


def _position(node: Node) -> tuple[float, float] | None:
    latitude, longitude = node.find_number("latitude"), node.find_number("longitude")
    return (latitude, longitude) if latitude is not None and longitude is not None else None
