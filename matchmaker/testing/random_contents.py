"""Contents of a store drawn at random: three owners, several Records of a thing, dates, places, standings."""

from dataclasses import dataclass, field
from random import Random

from matchmaker.graph.contents import Contents
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner, Revision
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Confidence, Label, TieType

HUB, OTHER = "hub", "other"
OWNERS = (PUBLIC, PUBLIC, PUBLIC, HUB, OTHER)
DATES = ("", "", "", "2019", "2024-06", "2026-01-15", "2026-09", "2027")
PARTNER_TYPES = ("k12_school", "museum", "four_year_college", "employer", "funder", "school_district", "library")
PROGRAM_TYPES = ("club", "pcsp", "summer_program")
STATUSES = ("invited", "participating", "paused", "withdrawn")
KINDS = ("county", "zip", "city", "district_area")
STAGES = ("k_2", "grades_6_8", "grades_9_12")


@dataclass
class Draft:
    """A world being drawn."""

    random: Random
    nodes: dict[str, Node] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    ties: dict[str, Tie] = field(default_factory=dict)

    def one(self, items: tuple[str, ...]) -> str:
        return self.random.choice(items)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def owner(self) -> Owner:
        return Owner(self.one(OWNERS))

    def told(self) -> Provenance:
        confidence = self.random.choice(tuple(Confidence))
        batch = f"job-{self.random.randrange(3)}"
        source = self.one(("a survey", "Zählung", ""))
        return Provenance(source, f"row {self.random.randrange(50)}", self.one(DATES) or None, confidence, batch)

    def time(self) -> dict[str, Value]:
        drawn = {"since": self.one(DATES), "until": self.one(DATES)}
        return {name: date for name, date in drawn.items() if date and self.chance(0.4)}

    def position(self) -> dict[str, Value]:
        if self.chance(0.4):
            return {}
        return {"latitude": 40 + self.random.randrange(12) / 4, "longitude": -100 + self.random.randrange(4) / 2}

    def thing(self, id: str, label: Label, fields: dict[str, Value]) -> None:
        """Let one or several sources speak of a thing."""
        for number in range(self.random.choice((1, 1, 1, 2, 3))):
            held = {**fields, "name": f"{id} {number}", **self.position(), **(self.time() if self.chance(0.15) else {})}
            if label is Label.PARTNER and self.chance(0.08):
                held["withdrawn_everywhere"] = self.chance(0.7)
            if number and self.chance(0.5):
                held = {"description": f'said by {number} \u2014 "so"'}
            origin = NodeId(f"old-{id}") if self.chance(0.1) else None
            record = Record(NodeId(id), label, held, self.owner(), self.told(), origin)
            self.records[record.id] = record

    def node(self, id: str, label: Label, **fields: Value) -> None:
        held = {**fields, **(self.time() if self.chance(0.2) else {})}
        self.nodes[id] = Node(NodeId(id), label, held, self.owner(), self.told())

    def tie(self, type: TieType, source: str, target: str, **fields: Value) -> None:
        episode = self.one(("", "", "", "first", 'zweite "Runde"'))
        held = {**fields, **(self.time() if self.chance(0.25) else {})}
        tie = make_tie(type, (source, target), held, self.owner(), episode, self.told())
        self.ties[tie.id] = tie


def random_contents(seed: int, size: int = 8) -> Contents:
    """Return contents with ``size`` partners, as many programs, and some of everything else."""
    draft = Draft(Random(seed))
    partners, programs, places = ([f"{kind}{number}" for number in range(size)] for kind in ("p", "g", "x"))
    for id in partners:
        kind = draft.one(PARTNER_TYPES)
        types = (kind,) if draft.chance(0.7) else ("museum",)
        draft.thing(id, Label.PARTNER, {"organization_type": kind, "organization_types": types})
    for id in programs:
        draft.thing(id, Label.PROGRAM, {"program_type": draft.one(PROGRAM_TYPES)})
    for id in places:
        draft.thing(id, Label.PLACE, {"kind": draft.one(KINDS)})
    _put_nodes(draft, partners, programs)
    _tie_all(draft, partners, programs, places)
    nodes = sorted([*REFERENCE_NODES, *draft.nodes.values()], key=lambda node: node.id)
    records = tuple(draft.records[id] for id in sorted(draft.records))
    return Contents(Revision(1), tuple(nodes), records, tuple(draft.ties[id] for id in sorted(draft.ties)))


def _put_nodes(draft: Draft, partners: list[str], programs: list[str]) -> None:
    things = (*partners, *programs)
    reach = {"reach_km": 30.0} if draft.chance(0.5) else {}
    draft.nodes[HUB] = Node(NodeId(HUB), Label.ECOSYSTEM, {"name": "Hub", **reach})
    draft.nodes[OTHER] = Node(NodeId(OTHER), Label.ECOSYSTEM, {"name": "Other"})
    draft.node("i1", Label.INITIATIVE, name="Network", initiative_type="community_of_practice")
    for number in range(4):
        subject = draft.one(things)
        draft.node(f"need:{number}", Label.NEED, quantity=number)
        draft.tie(TieType.STATES, subject, f"need:{number}")
        draft.tie(TieType.CONCERNS, f"need:{number}", "mentors")
        draft.node(f"rating:{number}", Label.RATING, rater=draft.one(things), measure="m", level=3)
        draft.tie(TieType.HAS, subject, f"rating:{number}")
        named = {"source": draft.one(things), "target": draft.one(things)}
        draft.node(f"s:{number}", Label.SUGGESTION, pattern="cross_sector", state="suggested", **named)
        draft.tie(TieType.HAS, HUB, f"s:{number}")
        draft.node(f"a:{number}", Label.ANSWER, side="source", answer="no")
        draft.tie(TieType.HAS, f"s:{number}", f"a:{number}")
        draft.node(f"r:{number}", Label.PAIR_RULE, first=named["target"], second=draft.one(things), rule="already_met")
        draft.tie(TieType.HAS, HUB, f"r:{number}")


def _tie_all(draft: Draft, partners: list[str], programs: list[str], places: list[str]) -> None:
    any_partner, any_place = tuple(partners), tuple(places)
    _tie_partners(draft, partners)
    for id in (*partners, *programs):
        _tie_some(draft, 0.5, TieType.LOCATED_IN, id, any_place)
        _tie_some(draft, 0.4, TieType.SERVES, id, STAGES)
    for id in programs:
        for _ in range(draft.random.choice((0, 1, 1, 2))):
            draft.tie(TieType.OPERATES, draft.one(any_partner), id)
        _tie_some(draft, 0.5, TieType.OFFERED_AT, id, (*any_partner, *any_place))
    for id in places:
        _tie_some(draft, 0.6, TieType.PART_OF, id, any_place)


def _tie_partners(draft: Draft, partners: list[str]) -> None:
    for id in partners:
        _tie_some(draft, 0.3, TieType.MEMBER_OF, id, (HUB, HUB, OTHER))
        if draft.chance(0.3):
            draft.tie(TieType.PARTICIPATES_IN, id, draft.one((HUB, HUB, OTHER)), status=draft.one(STATUSES))
        _tie_some(draft, 0.3, TieType.PART_OF, id, tuple(partners))
        _tie_some(draft, 0.3, TieType.MEMBER_OF, id, ("i1",))
        for other in draft.random.sample(partners, 2):
            if other != id:
                draft.tie(TieType.PARTNERS_WITH, id, other, level_by_source=draft.random.randrange(6))


def _tie_some(draft: Draft, share: float, type: TieType, source: str, targets: tuple[str, ...]) -> None:
    if draft.chance(share):
        draft.tie(type, source, draft.one(targets))
