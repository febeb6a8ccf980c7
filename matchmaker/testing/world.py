"""A small world put together piece by piece, for tests that say what they need in a line each."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from matchmaker.graph.contents import Contents
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot, build_snapshot
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie, tie_key
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner, Revision
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Label, TieType

Field = Value | None
"""A property, or None for one that isn't recorded."""

WORLD_DAY = datetime.date(2026, 9, 1)
SAID = Provenance("a survey", observed_on="2026-01")
KM_NORTH = 1 / 111.19508
"""Degrees of latitude in a kilometre, on a sphere of the mean radius."""


@dataclass
class World:
    """Nodes, Records and ties; every method adds one thing and returns its id."""

    nodes: list[Node] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    def partner(self, id: str, type: str, **fields: Field) -> str:
        """Add a partner of a type; ``north`` puts it that many km north of the middle, ``owner`` says whose it is."""
        north = fields.pop("north", None)
        known: dict[str, Field] = {"name": _name(id), "organization_type": type, "organization_types": (type,)}
        return self._record(id, Label.PARTNER, {**known, **_at(north), **fields})

    def program(self, id: str, type: str, operator: str = "", **fields: Field) -> str:
        """Add a program, run by ``operator`` where one is named; ``stages`` become ties."""
        stages, owner = fields.pop("stages", ()), fields.get("owner", PUBLIC)
        self._record(id, Label.PROGRAM, {"name": _name(id), "program_type": type, **fields})
        if operator:
            self.tie(TieType.OPERATES, operator, id, owner=owner)
        for stage in stages if isinstance(stages, tuple) else ():
            self.tie(TieType.SERVES, id, str(stage), owner=owner)
        return id

    def place(self, id: str, kind: str = "county", inside: str = "", **fields: Field) -> str:
        """Add a place, part of another where one is named."""
        self._record(id, Label.PLACE, {"name": _name(id), "kind": kind, **fields})
        if inside:
            self.tie(TieType.PART_OF, id, inside)
        return id

    def node(self, label: Label, id: str, **fields: Field) -> str:
        """Add a node of any label that Records don't make."""
        owner, held = _split(fields)
        self.nodes.append(Node(NodeId(id), label, held, owner, SAID))
        return id

    def ecosystem(self, id: str, **fields: Field) -> str:
        """Add an ecosystem."""
        return self.node(Label.ECOSYSTEM, id, **{"name": _name(id), **fields})

    def initiative(self, id: str, *members: str, **fields: Field) -> str:
        """Add an initiative with its members."""
        owner = fields.get("owner", PUBLIC)
        self.node(Label.INITIATIVE, id, **{"name": _name(id), "initiative_type": "community_of_practice", **fields})
        for member in members:
            self.tie(TieType.MEMBER_OF, member, id, owner=owner)
        return id

    def need(self, subject: str, resource: str, **fields: Field) -> str:
        """Let somebody say that it needs something."""
        return self._statement(Label.NEED, subject, resource, fields)

    def offer(self, subject: str, resource: str, **fields: Field) -> str:
        """Let somebody say that it offers something."""
        return self._statement(Label.OFFER, subject, resource, fields)

    def fact(self, subject: str, label: Label, id: str, **fields: Field) -> str:
        """Add a repeating fact."""
        self.node(label, id, **fields)
        self.tie(TieType.HAS, subject, id, owner=fields.get("owner", PUBLIC))
        return id

    def participate(self, ecosystem: str, *partners: str, status: str = "participating") -> None:
        """Record partners' standing in an ecosystem."""
        for partner in partners:
            self.tie(TieType.PARTICIPATES_IN, partner, ecosystem, status=status)

    def serve(self, subject: str, *stages: str) -> None:
        """Say which stages somebody serves."""
        for stage in stages:
            self.tie(TieType.SERVES, subject, stage)

    def about(self, subject: str, code: str, name: str) -> str:
        """Say that somebody works in a field of study."""
        id = f"cip:{code}"
        if all(node.id != id for node in self.nodes):
            self.node(Label.TOPIC, id, name=name, code=code)
        self.tie(TieType.ABOUT, subject, id)
        return id

    def tie(self, type: TieType, source: str, target: str, **fields: Field) -> str:
        """Add a tie; ``owner``, ``episode`` and ``observed_on`` go where they belong."""
        episode, observed_on = str(fields.pop("episode", "")), fields.pop("observed_on", SAID.observed_on)
        provenance = replace(SAID, observed_on=str(observed_on) if observed_on else None)
        owner, held = _split(fields)
        tie = make_tie(type, (source, target), held, owner, episode, provenance)
        self.ties.append(tie)
        return tie.id

    def without_tie(self, type: TieType, source: str, target: str) -> "World":
        """Return the world without the ties of a type between two nodes, whoever owns them."""
        key = tie_key(type, NodeId(source), NodeId(target))
        gone = (key.type, key.source, key.target)
        kept = [tie for tie in self.ties if (tie.type, tie.source, tie.target) != gone]
        return World(list(self.nodes), list(self.records), kept)

    def without_node(self, *ids: str) -> "World":
        """Return the world without some nodes, their Records and ties."""
        gone = set(ids)
        return World(
            [node for node in self.nodes if node.id not in gone],
            [record for record in self.records if record.about not in gone],
            [tie for tie in self.ties if not {tie.source, tie.target} & gone],
        )

    def contents(self) -> Contents:
        """Return the world as a store would."""
        nodes = sorted([*REFERENCE_NODES, *self.nodes], key=lambda node: node.id)
        records = sorted(self.records, key=lambda record: record.id)
        return Contents(Revision(1), tuple(nodes), tuple(records), tuple(sorted(self.ties, key=lambda tie: tie.id)))

    def snapshot(self, ecosystem: str = "", as_of: datetime.date = WORLD_DAY) -> Snapshot:
        """Return the snapshot of an ecosystem's scope, or of the public one."""
        return build_snapshot(self.contents(), Scope(EcosystemId(ecosystem) if ecosystem else None), as_of)

    def _record(self, id: str, label: Label, fields: Mapping[str, Field]) -> str:
        owner, held = _split(fields)
        self.records.append(Record(NodeId(id), label, held, owner, SAID))
        return id

    def _statement(self, label: Label, subject: str, resource: str, fields: Mapping[str, Field]) -> str:
        id, owner = f"{label.value.lower()}:{subject}.{resource}.{len(self.nodes)}", fields.get("owner", PUBLIC)
        self.node(label, id, **fields)
        self.tie(TieType.STATES, subject, id, owner=owner)
        self.tie(TieType.CONCERNS, id, resource, owner=owner)
        return id


def _name(id: str) -> str:
    return id.replace("-", " ").title()


def _at(north: Field) -> dict[str, Field]:
    return {"latitude": north * KM_NORTH, "longitude": 0.0} if isinstance(north, int | float) else {}


def _split(fields: Mapping[str, Field]) -> tuple[Owner, dict[str, Value]]:
    """Return the owner among some fields, and the properties that the others are."""
    owner = fields.get("owner")
    return Owner(str(owner or PUBLIC)), {
        name: value for name, value in fields.items() if name != "owner" and value is not None
    }
