"""The arrays of a snapshot against an oracle that works element by element, on random contents."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.graph.contents import Contents
from matchmaker.graph.geography import distance_km
from matchmaker.graph.scoping import REACH_KM, Scope
from matchmaker.graph.snapshot import LABEL_CODES, SECTOR_CODES, TIE_CODES, Adjacency, Snapshot, build_snapshot
from matchmaker.model.canonical import Properties, add_digests, show_hash
from matchmaker.model.dates import first_day, is_present
from matchmaker.model.elements import Node, Record, Tie, level
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner
from matchmaker.model.ontology import PROPERTIES
from matchmaker.model.records import is_visible_record, resolve
from matchmaker.model.vocabulary import (
    RECORD_LABELS,
    Label,
    Participation,
    PlaceKind,
    ProgramType,
    Sector,
    TieType,
)
from matchmaker.testing.random_contents import random_contents

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

_NAMES_IN: Mapping[Label, tuple[str, ...]] = {
    Label.SUGGESTION: ("source", "target"),
    Label.PAIR_RULE: ("first", "second"),
    Label.RATING: ("rater",),
}
"""The properties by which a node speaks of partners; it goes with any of them that asked to be left out."""

_REQUIRED = {
    label: frozenset(spec.name for spec in specs if spec.required)
    for label, specs in PROPERTIES.items()
    if label in RECORD_LABELS
}
_EVERYWHERE = "withdrawn_everywhere"
_RESERVE = (Participation.INVITED, Participation.PARTICIPATING, Participation.PAUSED, Participation.WITHDRAWN)
"""Which status counts where two begin on one day: the last."""

_ORGANIZATIONS = frozenset({Label.PARTNER, Label.PROGRAM})
_WALKED = (
    TieType.HAS,
    TieType.LOCATED_IN,
    TieType.MEMBER_OF,
    TieType.OFFERED_AT,
    TieType.OPERATES,
    TieType.PARTICIPATES_IN,
    TieType.PART_OF,
    TieType.STATES,
)
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
    records = _visible_records(contents, scope, as_of)
    nodes, gone = _visible_nodes(contents, records, scope, as_of)
    ties = _visible_ties(contents, nodes, scope, as_of)
    gone |= _withdrawn(ties, scope)
    graph = _Graph(nodes, [tie for tie in ties if tie.key.source not in gone and tie.key.target not in gone])
    gone |= graph.left_alone(gone, ties)
    kept = set(nodes) - gone
    members = graph.members(scope) & kept if scope.ecosystem else frozenset(kept & graph.organizations)
    reachable = graph.reachable(members, _reach_km(nodes, scope)) & kept if scope.ecosystem else members
    if scope.ecosystem is not None:
        kept &= members | reachable | graph.anywhere() | graph.own(scope.owner)
        kept |= graph.operated_by(kept) - gone
    kept -= {id for id in kept if _names_any(nodes[id], gone)}
    kept -= {
        id
        for id in kept
        if nodes[id].label in FACT_LABELS and not any(subject in kept for subject in graph.subjects(id))
    }
    ordered = sorted(kept)
    sites = {id: graph.sites(id) for id in ordered if nodes[id].label in RECORD_LABELS}
    return ScopedGraph(
        tuple(nodes[id] for id in ordered),
        tuple(tie for tie in ties if tie.key.source in kept and tie.key.target in kept),
        {id: tuple(records[id]) for id in ordered if id in records},
        frozenset(members & kept),
        frozenset(reachable & kept),
        {id: known for id, known in sites.items() if known},
    )


def _visible_records(contents: Contents, scope: Scope, as_of: datetime.date) -> dict[NodeId, list[Record]]:
    found: dict[NodeId, list[Record]] = defaultdict(list)
    for record in sorted(contents.records, key=lambda record: record.id):
        if is_visible_record(record, scope.owner, as_of):
            found[record.about].append(record)
    return found


def _visible_nodes(
    contents: Contents, records: Mapping[NodeId, Sequence[Record]], scope: Scope, as_of: datetime.date
) -> tuple[dict[NodeId, Node], set[NodeId]]:
    """Return the nodes by id, and those of them that asked to be left out everywhere.

    What Records observed by the day don't add up to a whole thing isn't there yet.
    """
    visible = {PUBLIC, scope.owner}
    nodes = {node.id: node for node in contents.nodes if node.owner in visible and _present(node.properties, as_of)}
    gone = set()
    for about, known in records.items():
        node = resolve(known)
        if node is not None and _REQUIRED[node.label] <= node.properties.keys() and _present(node.properties, as_of):
            nodes[about] = node
            if _is_withdrawn_everywhere(node, known):
                gone.add(about)
    return nodes, gone


def _is_withdrawn_everywhere(node: Node, records: Sequence[Record]) -> bool:
    """Say whether a partner asked to be left out: no ecosystem's own Record can take back what it said in public."""
    if node.properties.get(_EVERYWHERE) is True:
        return True
    said = [record for record in records if record.owner == PUBLIC and _EVERYWHERE in record.properties]
    public = resolve(said)
    return public is not None and public.properties[_EVERYWHERE] is True


def _visible_ties(contents: Contents, nodes: Mapping[NodeId, Node], scope: Scope, as_of: datetime.date) -> list[Tie]:
    visible = {PUBLIC, scope.owner}
    found = []
    for tie in contents.ties:
        key = tie.key
        if key.owner in visible and key.source in nodes and key.target in nodes and _present(tie.properties, as_of):
            found.append(tie)
    return found


def _names_any(node: Node, gone: Collection[NodeId]) -> bool:
    return any(node.properties.get(name) in gone for name in _NAMES_IN.get(node.label, ()))


def _present(properties: Properties, as_of: datetime.date) -> bool:
    since, until = properties.get("since"), properties.get("until")
    if since is None and until is None:
        return True
    return is_present(since if isinstance(since, str) else None, until if isinstance(until, str) else None, as_of)


def _reach_km(nodes: Mapping[NodeId, Node], scope: Scope) -> float:
    ecosystem = nodes.get(NodeId(scope.ecosystem or ""))
    stated = ecosystem.find_number("reach_km") if ecosystem is not None else None
    return REACH_KM if stated is None else stated


def _standing(ties: Iterable[Tie], scope: Scope) -> dict[NodeId, str]:
    """Return each partner's participation status in the scope's ecosystem: the latest, on one day the most reserved.

    A withdrawal of unknown date counts as the latest until its ``until``: a wish is honoured while in doubt.
    """
    ecosystem = NodeId(scope.ecosystem or "")
    latest: dict[NodeId, tuple[int, int, str]] = {}
    for tie in ties:
        if tie.key.type is TieType.PARTICIPATES_IN and tie.key.target == ecosystem:
            status, since = Participation(str(tie.properties["status"])), tie.properties.get("since")
            unknown = datetime.date.max.toordinal() if status is Participation.WITHDRAWN else 0
            day = first_day(since).toordinal() if isinstance(since, str) else unknown
            entry = (day, _RESERVE.index(status), status.value)
            latest[tie.key.source] = max(latest.get(tie.key.source, entry), entry)
    return {id: status for id, (_, _, status) in latest.items()}


def _withdrawn(ties: Iterable[Tie], scope: Scope) -> set[NodeId]:
    return {id for id, status in _standing(ties, scope).items() if status == Participation.WITHDRAWN}


Ends = Mapping[NodeId, Sequence[NodeId]]
Sites = tuple[tuple[float, float], ...]


class _Graph:
    """The visible graph while its scope is worked out."""

    def __init__(self, nodes: Mapping[NodeId, Node], ties: Iterable[Tie]) -> None:
        self.nodes = nodes
        self.organizations = {id for id, node in nodes.items() if node.label in _ORGANIZATIONS}
        self._sites: dict[NodeId, Sites] = {}
        out: dict[TieType, defaultdict[NodeId, list[NodeId]]] = {type: defaultdict(list) for type in _WALKED}
        into: dict[TieType, defaultdict[NodeId, list[NodeId]]] = {type: defaultdict(list) for type in _WALKED}
        for tie in ties:
            key = tie.key
            if key.type in out:
                out[key.type][key.source].append(key.target)
                into[key.type][key.target].append(key.source)
        self._targets: Mapping[TieType, Ends] = out
        self._sources: Mapping[TieType, Ends] = into

    def _out(self, type: TieType, id: NodeId) -> Sequence[NodeId]:
        return self._targets[type].get(id, ())

    def _into(self, type: TieType, id: NodeId) -> Sequence[NodeId]:
        return self._sources[type].get(id, ())

    def subjects(self, id: NodeId) -> list[NodeId]:
        return [*self._into(TieType.HAS, id), *self._into(TieType.STATES, id)]

    def own(self, owner: Owner) -> set[NodeId]:
        return {id for id, node in self.nodes.items() if node.owner == owner}

    def left_alone(self, gone: Collection[NodeId], ties: Iterable[Tie]) -> set[NodeId]:
        """Return the programs whose every operator is gone."""
        lost = {tie.key.target for tie in ties if tie.key.type is TieType.OPERATES and tie.key.source in gone}
        return {id for id in lost if not self._into(TieType.OPERATES, id)}

    def members(self, scope: Scope) -> frozenset[NodeId]:
        """Return who participates in or belongs to the ecosystem, their parts and their programs.

        Where nobody's membership is recorded, whoever stands in the ecosystem's own sheets counts.
        """
        ecosystem = NodeId(scope.ecosystem or "")
        first = set(self._into(TieType.PARTICIPATES_IN, ecosystem)) | set(self._into(TieType.MEMBER_OF, ecosystem))
        first = first & self.organizations or self.own(scope.owner) & self.organizations
        found = self._with_parts(first)
        return frozenset(found | self.operated_by(found))

    def operated_by(self, ids: Iterable[NodeId]) -> set[NodeId]:
        return {program for id in ids for program in self._out(TieType.OPERATES, id)}

    def _with_parts(self, ids: set[NodeId]) -> set[NodeId]:
        found, waiting = set(ids), sorted(ids)
        while waiting:
            for part in self._into(TieType.PART_OF, waiting.pop()):
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
                found.update(self._into(TieType.OPERATES, id))
        return found

    def counties(self, id: NodeId) -> set[NodeId]:
        """Return the counties a partner or program is in: its own places' or else those of what it is part of."""
        seen: set[NodeId] = set()
        waiting = [id]
        while waiting:
            current = waiting.pop()
            seen.add(current)
            places = self._out(TieType.LOCATED_IN, current)
            up = places or self._out(TieType.PART_OF, current) or self._into(TieType.OPERATES, current)
            if self.nodes[current].label is Label.PLACE:
                up = self._out(TieType.PART_OF, current)
            waiting.extend(next for next in up if next not in seen)
        return {
            place
            for place in seen
            if self.nodes[place].label is Label.PLACE and self.nodes[place].properties.get("kind") == PlaceKind.COUNTY
        }

    def sites(self, id: NodeId) -> Sites:
        """Return where a partner, program or place is: its own position, else its sites', else its places'."""
        if id not in self._sites:
            self._sites[id] = self._find_sites(id)
        return self._sites[id]

    def _find_sites(self, id: NodeId) -> Sites:
        node = self.nodes[id]
        own = _position(node)
        if node.label is Label.PROGRAM:
            held = [self._site(site) for site in self._out(TieType.OFFERED_AT, id)]
            found = sorted({site for site in held if site is not None})
            if found:
                return tuple(found)
        if own is not None:
            return (own,)
        if node.label is Label.PROGRAM:
            operators = {site for operator in self._into(TieType.OPERATES, id) for site in self.sites(operator)}
            return tuple(sorted(operators))
        site = self._site(id)
        return (site,) if site is not None else ()

    def _site(self, id: NodeId) -> tuple[float, float] | None:
        own = _position(self.nodes[id])
        if own is not None:
            return own
        kinds = {PlaceKind.ZIP.value, PlaceKind.TRACT.value, PlaceKind.CITY.value}
        for place in sorted(self._out(TieType.LOCATED_IN, id)):
            position = _position(self.nodes[place])
            if position is not None and self.nodes[place].properties.get("kind") in kinds:
                return position
        return None

    def reachable(self, members: frozenset[NodeId], reach_km: float) -> frozenset[NodeId]:
        """Return who is in a member's county or within ``reach_km`` of a member, members included."""
        counties = {county for id in members for county in self.counties(id)}
        organizations = sorted(self.organizations - members)
        sites = [(id, site) for id in organizations for site in self.sites(id)]
        here = sorted({site for id in members for site in self.sites(id)})
        found = {id for id, site in sites if any(distance_km(member, site) <= reach_km for member in here)}
        found |= {id for id in organizations if self.counties(id) & counties}
        return frozenset(found | self.operated_by(found) | members)


def _position(node: Node) -> tuple[float, float] | None:
    latitude, longitude = node.find_number("latitude"), node.find_number("longitude")
    return (latitude, longitude) if latitude is not None and longitude is not None else None


SCOPES = (Scope(), Scope(EcosystemId("hub")), Scope(EcosystemId("other")), Scope(EcosystemId("nobody")))
DAYS = tuple(map(datetime.date.fromisoformat, ("2018-01-01", "2026-01-15", "2026-09-01")))


def check(seen: Snapshot, expected: ScopedGraph) -> None:
    ties = tuple(sorted(expected.ties, key=lambda tie: tie.id))
    assert tuple(seen.nodes) == expected.nodes
    assert [node.provenance.batch for node in seen.nodes] == [node.provenance.batch for node in expected.nodes]
    assert tuple(seen.ties) == ties
    assert list(seen.ids) == [node.id for node in expected.nodes]
    for index, node in enumerate(expected.nodes):
        assert list(seen.nodes[index].properties) == sorted(node.properties)
        assert seen.records(node.id) == expected.records.get(node.id, ())
        assert seen.sites(index) == expected.positions.get(node.id, ())
        assert seen.find_index(node.id) == index
        sector = node.get_text("sector")
        assert seen.labels[index] == LABEL_CODES[node.label]
        assert seen.sectors[index] == (SECTOR_CODES[Sector(sector)] if sector else -1)
    named = np.array(list(seen.ids), dtype=object)
    assert set(named[seen.member]) == expected.members
    assert set(named[seen.reachable]) == expected.reachable
    digests = [node.graph_digest() for node in expected.nodes] + [tie.graph_digest() for tie in ties]
    assert seen.graph_hash == show_hash(add_digests(digests))
    check_ties(seen)


def check_ties(seen: Snapshot) -> None:
    for slot, tie in enumerate(seen.ties):
        assert seen.tie_types[slot] == TIE_CODES[tie.type]
        assert (seen.ids[seen.tie_sources[slot]], seen.ids[seen.tie_targets[slot]]) == (tie.source, tie.target)
        assert seen.tie_levels[slot] == (-1 if level(tie) is None else level(tie))
        since = tie.properties.get("since")
        assert bool(seen.tie_since[slot]) == (since is not None)
    for type in TieType:
        expected = sorted((tie.source, tie.target, tie.id) for tie in seen.ties if tie.type is type)
        forward, backward = seen.adjacency(type), seen.adjacency(type, backward=True)
        assert len(forward.starts) == len(backward.starts) == len(seen) + 1
        found = [(index, other, seen.ties[tie].id) for index in range(len(seen)) for other, tie in _row(forward, index)]
        assert [(seen.ids[one], seen.ids[other], id) for one, other, id in found] == expected
        back = [(index, other, seen.ties[tie].id) for index in range(len(seen)) for other, tie in _row(backward, index)]
        turned = sorted((target, source, id) for source, target, id in expected)
        assert [(seen.ids[one], seen.ids[other], id) for one, other, id in back] == turned


def _row(adjacency: Adjacency, index: int) -> Iterator[tuple[int, int]]:
    return zip(adjacency.of(index).tolist(), adjacency.ties_of(index).tolist(), strict=True)


@given(st.integers(0, 1_000_000), st.sampled_from(SCOPES), st.sampled_from(DAYS), st.integers(1, 10))
def test_a_snapshot_holds_what_the_oracle_finds(seed: int, scope: Scope, day: datetime.date, size: int) -> None:
    contents = random_contents(seed, size + 1)
    check(build_snapshot(contents, scope, day), scope_contents(contents, scope, day))


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.owner)
def test_an_empty_store_has_a_snapshot(scope: Scope) -> None:
    contents = Contents(random_contents(0).revision, (), (), ())
    check(build_snapshot(contents, scope, DAYS[0]), scope_contents(contents, scope, DAYS[0]))
