"""Random worlds of two ecosystems in which everything that isn't the same for everybody carries a marker of its own.

The table of who may see which property is written out here, apart from the code under test.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie
from matchmaker.model.ids import NodeId, Owner
from matchmaker.model.vocabulary import Label, TieType

PUBLIC, ECOSYSTEM, PARTIES, STAFF = LEVELS = ("public", "ecosystem", "parties", "staff")
OWNERS = ("public", "eco-a", "eco-b")
TYPES = ("school_district", "k12_school", "museum", "employer", "four_year_college", "afterschool_provider", "funder")
STAGES = ("k_2", "grades_6_8", "grades_9_12")
RESOURCES = ("mentors", "space", "guest_speakers", "equipment", "transportation")

PROPERTY_LEVEL = {
    "capacity_available": ECOSYSTEM,
    "request_limit": STAFF,
    "x_note": STAFF,
    "quantity": ECOSYSTEM,
    "need_description": ECOSYSTEM,
    "amount": ECOSYSTEM,
    "email": STAFF,
    "tool": STAFF,
    "measure": STAFF,
    "aim": ECOSYSTEM,
    "staff_owner": ECOSYSTEM,
}
"""Who may see what isn't public by its name alone."""

Keep = Callable[[str, str], bool]
"""Whether to write what an owner says for a level."""


@dataclass(frozen=True)
class Mark:
    """Whose the marked value is, and who may see it: one of `LEVELS`."""

    owner: str
    level: str


def strictest(*levels: str) -> str:
    """Return the last of some levels in the order of `LEVELS`."""
    return max(levels, key=LEVELS.index)


class MarkedWorld:
    """Nodes, Records and ties of a seed; what ``keep`` refuses is left out, everything else stays as it was.

    Attributes
    ----------
    marks
        Every marker, a word or a number as text, with whose it is and who may see it.
    names
        The partners' names, each with the mark of it.
    """

    def __init__(self, seed: int, keep: Keep = lambda _owner, _level: True) -> None:
        self._random, self._keep = random.Random(seed), keep
        self.marks: dict[str, Mark] = {}
        self.names: list[tuple[str, Mark]] = []
        self.nodes: list[Node] = []
        self.records: list[Record] = []
        self.ties: list[Tie] = []
        self._tied: set[tuple[str, ...]] = set()
        self._build()

    def changes(self) -> ChangeSet:
        """Return the world as one batch; ties whose ends aren't there, or are another owner's, are left out."""
        held: dict[str, set[str]] = {owner: set() for owner in OWNERS}
        held["public"] |= {*RESOURCES, *STAGES}
        for node in self.nodes:
            held[node.owner].add(node.id)
        for record in self.records:
            held[record.owner].add(record.about)
        ties = [tie for tie in self.ties if {tie.source, tie.target} <= held["public"] | held[tie.owner]]
        return ChangeSet(tuple(self.nodes), tuple(self.records), tuple(ties))

    def mark(self, owner: str, level: str) -> str:
        """Return a word that stands nowhere else."""
        word = f"zq{len(self.marks):03d}x{self._random.randrange(36**4):07d}"
        self.marks[word] = Mark(owner, strictest(level, PUBLIC if owner == "public" else ECOSYSTEM))
        return word

    def number(self, owner: str, level: str) -> int:
        """Return a number that stands nowhere else."""
        number = 7_000_000_000 + len(self.marks) * 10_007
        self.marks[str(number)] = Mark(owner, strictest(level, PUBLIC if owner == "public" else ECOSYSTEM))
        return number

    def _said(self, owner: str, level: str) -> Provenance:
        return Provenance(f"source {self.mark(owner, level)}", observed_on="2025-01")

    def _level(self) -> str:
        return self._random.choice([PUBLIC, PUBLIC, PUBLIC, ECOSYSTEM, PARTIES, STAFF])

    def _kept(self, owner: str, level: str, properties: dict[str, tuple[str, Value]]) -> dict[str, Value]:
        held = {name: value for name, (own, value) in properties.items() if self._keep(owner, strictest(level, own))}
        return held if level == PUBLIC else {**held, "visibility": level}

    def _node(self, label: Label, id: str, owner: str, level: str, /, **properties: tuple[str, Value]) -> str:
        floor = min((LEVELS.index(own) for own, _ in properties.values()), default=1)
        seen = strictest(level, LEVELS[floor], PUBLIC if owner == "public" else ECOSYSTEM)
        said = self._said(owner, seen)
        if self._keep(owner, seen):
            self.nodes.append(Node(NodeId(id), label, self._kept(owner, level, properties), Owner(owner), said))
        return id

    def _record(self, label: Label, id: str, owner: str, level: str, /, **properties: tuple[str, Value]) -> str:
        said = self._said(owner, level)
        if self._keep(owner, level):
            held = self._kept(owner, level, properties)
            self.records.append(Record(NodeId(id), label, held, Owner(owner), said))
        return id

    def _tie(
        self, type: TieType, ends: tuple[str, str], owner: str, level: str = PUBLIC, /, **properties: tuple[str, Value]
    ) -> None:
        said, key = self._said(owner, level), (type.value, *sorted(ends), owner)
        if key in self._tied or ends[0] == ends[1]:
            return
        self._tied.add(key)
        if self._keep(owner, level):
            self.ties.append(make_tie(type, ends, self._kept(owner, level, properties), owner, provenance=said))

    def _build(self) -> None:
        for ecosystem in OWNERS[1:]:
            owner = self._random.choice(["public", ecosystem])
            self._node(Label.ECOSYSTEM, ecosystem, owner, PUBLIC, name=(PUBLIC, f"Hub {self.mark(owner, PUBLIC)}"))
        partners = {"public": [self._partner(f"open-{number}", "public") for number in range(7)]}
        for owner in OWNERS[1:]:
            partners[owner] = [self._partner(f"{owner}-own-{number}", owner) for number in range(4)]
            for id in self._random.sample(partners["public"], 4):
                self._overlay(id, owner)
        for owner in OWNERS:
            near = partners["public"] + partners[owner] if owner != "public" else partners["public"]
            self._members(owner, near)
            self._programs(owner, near)
            self._links(owner, near)
            self._statements(owner, near)
            self._facts(owner, near)

    def _partner(self, id: str, owner: str) -> str:
        level = PUBLIC if owner == "public" else self._level()
        name = f"{id} {self.mark(owner, level)} Institute"
        self.names.append((name, Mark(owner, strictest(level, PUBLIC if owner == "public" else ECOSYSTEM))))
        type = self._random.choice(TYPES)
        latitude = round(self._random.uniform(45, 45.6), 4)
        seen = PROPERTY_LEVEL
        return self._record(
            Label.PARTNER,
            id,
            owner,
            level,
            name=(PUBLIC, name),
            organization_type=(PUBLIC, type),
            organization_types=(PUBLIC, (type,)),
            description=(PUBLIC, f"science mentoring and robotics {self.mark(owner, level)}"),
            latitude=(PUBLIC, latitude),
            longitude=(PUBLIC, -122.5),
            capacity_available=(seen["capacity_available"], self.number(owner, strictest(level, ECOSYSTEM))),
            request_limit=(seen["request_limit"], self.number(owner, STAFF)),
            x_note=(seen["x_note"], self.mark(owner, STAFF)),
        )

    def _overlay(self, id: str, owner: str) -> None:
        self._record(
            Label.PARTNER,
            id,
            owner,
            PUBLIC,
            aliases=(PUBLIC, (f"Alias {self.mark(owner, PUBLIC)} Annex",)),
            website=(PUBLIC, f"https://example.org/{self.mark(owner, PUBLIC)}"),
            **({"name": (PUBLIC, f"Renamed {self.mark(owner, PUBLIC)}")} if self._random.random() < 0.5 else {}),
            x_note=(STAFF, self.mark(owner, STAFF)),
        )

    def _members(self, owner: str, near: list[str]) -> None:
        for id in near:
            ecosystem = owner if owner != "public" else self._random.choice(OWNERS[1:])
            draw = self._random.random()
            status = self._random.choice(["participating"] * 4 + ["invited", "paused"])
            if draw < 0.6:
                self._tie(TieType.PARTICIPATES_IN, (id, ecosystem), owner, status=(PUBLIC, status))
            elif draw < 0.75:
                role = (PUBLIC, f"role {self.mark(owner, PUBLIC)}")
                self._tie(TieType.MEMBER_OF, (id, ecosystem), owner, role=role)

    def _programs(self, owner: str, near: list[str]) -> None:
        for number in range(3):
            level = PUBLIC if owner == "public" else self._level()
            id = f"{owner}-program-{number}"
            kind = self._random.choice(["pcsp", "afterschool_program", "summer_program", "internship"])
            name = f"{id} {self.mark(owner, level)} Club"
            self._record(Label.PROGRAM, id, owner, level, name=(PUBLIC, name), program_type=(PUBLIC, kind))
            self._tie(TieType.OPERATES, (self._random.choice(near), id), owner)
            stage = self._random.choice(STAGES)
            self._tie(TieType.SERVES, (id, stage), owner, self._level())
            days = (PUBLIC, (f"day {self.mark(owner, PUBLIC)}",))
            self._tie(TieType.OFFERED_AT, (id, self._random.choice(near)), owner, days=days)

    def _links(self, owner: str, near: list[str]) -> None:
        for _ in range(6):
            first, second = self._random.sample(near, 2)
            level = self._level()
            link = (PUBLIC, f"https://example.org/{self.mark(owner, level)}")
            self._tie(TieType.PARTNERS_WITH, (first, second), owner, level, link=link)
            self._tie(TieType.SERVES, (first, "grades_9_12"), owner, self._level())
            amount = (PROPERTY_LEVEL["amount"], self.number(owner, ECOSYSTEM))
            self._tie(TieType.FUNDS, (second, first), owner, amount=amount)

    def _statements(self, owner: str, near: list[str]) -> None:
        for label in (Label.NEED, Label.OFFER):
            for number in range(5):
                id, level = f"{label.value.lower()}:{owner}.{number}", self._level()
                seen = strictest(level, ECOSYSTEM)
                bare = number == 0
                text = (PROPERTY_LEVEL["need_description"], f"robotics {self.mark(owner, seen)}")
                self._node(label, id, owner, level if not bare else PUBLIC, **({} if bare else {"description": text}))
                self._tie(TieType.STATES, (self._random.choice(near), id), owner)
                self._tie(TieType.CONCERNS, (id, self._random.choice(RESOURCES)), owner)

    def _facts(self, owner: str, near: list[str]) -> None:
        seen, ecosystem = PROPERTY_LEVEL, owner if owner != "public" else "eco-a"
        facts: list[tuple[Label, str, dict[str, tuple[str, Value]]]] = [
            (
                Label.CONTACT,
                near[0],
                {"role": (STAFF, "general"), "email": (STAFF, f"{self.mark(owner, STAFF)}@e.org")},
            ),
            (
                Label.RATING,
                near[1],
                {
                    "rater": (STAFF, near[0]),
                    "measure": (seen["measure"], self.mark(owner, STAFF)),
                    "level": (STAFF, 2),
                },
            ),
            (
                Label.CONDITION,
                near[2],
                {
                    "condition": (PUBLIC, "training"),
                    "requirement": (PUBLIC, "required"),
                    "link": (PUBLIC, f"https://example.org/{self.mark(owner, PUBLIC)}"),
                },
            ),
            (Label.IMPROVEMENT_CYCLE, ecosystem, {"aim": (seen["aim"], self.mark(owner, ECOSYSTEM))}),
            (
                Label.COVERAGE,
                ecosystem,
                {
                    "covers": (PUBLIC, self._random.choice(["Program", "PARTNERS_WITH", "Offer", "SERVES"])),
                    "share_answered": (PUBLIC, 1.0),
                    "as_of": (PUBLIC, "2025-06-01"),
                    "description": (PUBLIC, self.mark(owner, PUBLIC)),
                },
            ),
        ]
        for label, subject, properties in facts:
            id = f"{label.value.lower()}:{owner}.{len(self.marks)}"
            self._node(label, id, owner, PUBLIC, **properties)
            self._tie(TieType.HAS, (subject, id), owner)


def misspelled(text: str) -> str:
    """Return a text that is near, and holds none of its markers."""
    return text.replace("x", "y")
