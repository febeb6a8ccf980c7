"""Changes to random contents, and the update that a store would give of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import TypeVar

from matchmaker.graph.contents import Contents, Update
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.ids import Revision
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.testing.random_contents import Draft

Key = TypeVar("Key")
Element = TypeVar("Element", Node, Record, Tie)


def changed(before: Mapping[Key, Element], after: Mapping[Key, Element]) -> dict[Key, Element | None]:
    """What is other than before, None where it went."""
    keys = sorted({*before, *after}, key=str)
    return {key: after.get(key) for key in keys if before.get(key) != after.get(key)}


def update_between(before: Contents, after: Contents) -> Update:
    """The update that a store would give, worked out from two whole contents."""
    nodes = changed({node.id: node for node in before.nodes}, {node.id: node for node in after.nodes})
    records = changed({one.id: one for one in before.records}, {one.id: one for one in after.records})
    ties = changed({tie.id: tie for tie in before.ties}, {tie.id: tie for tie in after.ties})
    spoken_of = {record.about for record in records.values() if record is not None}
    ties |= {tie.id: tie for tie in after.ties if nodes.get(tie.source) or nodes.get(tie.target)}
    about = {id: tuple(record for record in after.records if record.about == id) for id in spoken_of}
    return Update(before.revision, after.revision, nodes, records, about, ties)


class Change:
    """A draft with something changed, many ways."""

    def __init__(self, contents: Contents, seed: int) -> None:
        self.draft = Draft(Random(seed))
        self.draft.nodes = {node.id: node for node in contents.nodes}
        self.draft.records = {record.id: record for record in contents.records}
        self.draft.ties = {tie.id: tie for tie in contents.ties}
        self.things = tuple(sorted({record.about for record in contents.records}))
        self.partners = tuple(id for id in self.things if id.startswith("p"))
        self.revision = Revision(contents.revision + 1)

    def partnership(self) -> None:
        one, other = self.draft.random.sample(self.partners, 2)
        self.draft.tie(TieType.PARTNERS_WITH, one, other, level_by_source=self.draft.random.randrange(6))

    def funding(self) -> None:
        one, other = self.draft.random.sample(self.partners, 2)
        self.draft.tie(TieType.FUNDS, one, other, amount=5.0)

    def network(self) -> None:
        self.draft.tie(TieType.MEMBER_OF, self.draft.one(self.partners), "i1")

    def ended(self) -> None:
        id = self.draft.one(tuple(self.draft.ties))
        tie = self.draft.ties[id]
        self.draft.ties[id] = replace(tie, properties={**tie.properties, "until": "2026"})

    def reworded(self) -> None:
        id = self.draft.one(tuple(self.draft.ties))
        tie = self.draft.ties[id]
        self.draft.ties[id] = replace(tie, properties={**tie.properties, "link": str(self.revision)})

    def parted(self) -> None:
        del self.draft.ties[self.draft.one(tuple(self.draft.ties))]

    def suggestion(self) -> None:
        id, named = (
            f"s:new{self.revision}",
            {"source": self.draft.one(self.things), "target": self.draft.one(self.things)},
        )
        self.draft.node(id, Label.SUGGESTION, pattern="cross_sector", state="suggested", **named)
        self.draft.tie(TieType.HAS, "hub", id)
        self.draft.node(f"a:new{self.revision}", Label.ANSWER, side="source", answer="yes")
        self.draft.tie(TieType.HAS, id, f"a:new{self.revision}")

    def rule(self) -> None:
        id, named = (
            f"r:new{self.revision}",
            {"first": self.draft.one(self.things), "second": self.draft.one(self.things)},
        )
        self.draft.node(id, Label.PAIR_RULE, rule="already_met", **named)
        self.draft.tie(TieType.HAS, "hub", id)

    def statement(self) -> None:
        own = [
            id for id, node in self.draft.nodes.items() if node.label in {Label.SUGGESTION, Label.NEED, Label.RATING}
        ]
        node = self.draft.nodes[self.draft.one(tuple(own))]
        self.draft.nodes[node.id] = replace(node, properties={**node.properties, "note": str(self.revision)})

    def word(self) -> None:
        id = self.draft.one(tuple(self.draft.records))
        record = self.draft.records[id]
        field = self.draft.one(("description", "description", "latitude", "withdrawn_everywhere"))
        values: dict[str, Value] = {
            "description": f"new {self.revision}",
            "latitude": 41.5,
            "withdrawn_everywhere": True,
        }
        self.draft.records[id] = replace(record, properties={**record.properties, field: values[field]})

    def place(self) -> None:
        self.draft.tie(TieType.LOCATED_IN, self.draft.one(self.partners), "x0")

    def contents(self) -> Contents:
        nodes, records, ties = self.draft.nodes, self.draft.records, self.draft.ties
        return Contents(
            self.revision,
            tuple(nodes[id] for id in sorted(nodes)),
            tuple(records[id] for id in sorted(records)),
            tuple(ties[id] for id in sorted(ties)),
        )


KINDS: tuple[Callable[[Change], None], ...] = (
    Change.partnership,
    Change.funding,
    Change.network,
    Change.ended,
    Change.reworded,
    Change.parted,
    Change.suggestion,
    Change.rule,
    Change.statement,
    Change.word,
    Change.place,
)
"""Every way of changing something."""
