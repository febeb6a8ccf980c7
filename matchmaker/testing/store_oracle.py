"""A second, naive account of what a store does: dicts, and a look at the whole graph after every batch.

It shares no code with `matchmaker.graph.applying` and resolves Records in its own few lines, so that it can be wrong in
other ways than a store. It knows the labels and tie types that `matchmaker.testing.store_machine` draws, no others.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations

from matchmaker.model.canonical import Value, add_digests, show_hash
from matchmaker.model.changes import Change, ChangeSet
from matchmaker.model.elements import Node, Record, Tie, TieKey
from matchmaker.model.ids import PUBLIC, NodeId, Owner, RecordId, Revision
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Confidence, Label, TieType

STANDING = [Confidence.PARTNER, Confidence.STAFF, Confidence.STATED, Confidence.REGISTER, Confidence.INFERRED]
SECTORS = {"library": "informal_learning", "employer": "industry"}
NEEDED = {Label.PARTNER: {"name", "organization_type"}, Label.PROGRAM: {"name", "program_type"}}
ENDS = {
    TieType.PARTNERS_WITH: {(Label.PARTNER, Label.PARTNER)},
    TieType.OPERATES: {(Label.PARTNER, Label.PROGRAM)},
    TieType.ABOUT: {(Label.PARTNER, Label.TOPIC), (Label.PROGRAM, Label.TOPIC)},
    TieType.HOSTS_WBL: {(Label.PARTNER, Label.PARTNER), (Label.PARTNER, Label.PROGRAM)},
}

Keyed = dict[tuple[str, str], Node | Record | Tie]


@dataclass(frozen=True)
class World:
    """Everything a store holds, as the oracle has it."""

    plain: Mapping[NodeId, Node] = field(default_factory=lambda: {node.id: node for node in REFERENCE_NODES})
    records: Mapping[RecordId, Record] = field(default_factory=dict)
    ties: Mapping[TieKey, Tie] = field(default_factory=dict)
    versions: Mapping[tuple[str, str], int] = field(default_factory=dict)
    log: tuple[Change, ...] = ()
    revision: int = 0

    def after(self, changes: ChangeSet) -> "World | None":
        """Return the world after a batch, or None where the batch is to be refused."""
        if _repeats(changes) or any(id in self.described() for id in changes.removed_nodes):
            return None
        if any(
            id in self.plain and self.plain[id].label in {Label.STAGE, Label.RESOURCE} for id in changes.removed_nodes
        ):
            return None
        plain = {id: node for id, node in self.plain.items() if id not in changes.removed_nodes}
        records = {id: record for id, record in self.records.items() if id not in changes.removed_records}
        ties = {key: tie for key, tie in self.ties.items() if key not in changes.removed_ties}
        plain |= {node.id: node for node in changes.nodes}
        records |= {record.id: record for record in changes.records}
        ties |= {tie.key: tie for tie in changes.ties}
        new = replace(self, plain=plain, records=records, ties=ties)
        return new._counted(self) if new._is_sound() and new._keeps_ids_of(self) else None  # noqa: SLF001 - its own kind

    def described(self) -> dict[NodeId, Node]:
        """Return the nodes that Records add up to, as a store keeps them."""
        found = {}
        for id in sorted({record.about for record in self.records.values()}):
            about = [record for record in self.records.values() if record.about == id]
            found[id] = add_up([record for record in about if record.owner == PUBLIC] or about)
        return found

    def nodes(self) -> dict[NodeId, Node]:
        """Return all nodes in id order."""
        both = {**self.plain, **self.described()}
        return {id: both[id] for id in sorted(both)}

    def seen(self, id: NodeId, owner: Owner) -> Node | None:
        """Return a node as an owner sees it."""
        if id in self.plain:
            return self.plain[id] if self.plain[id].owner in {PUBLIC, owner} else None
        about = [record for record in self.records.values() if record.about == id and record.owner in {PUBLIC, owner}]
        return add_up(about) if about else None

    def hashes(self) -> tuple[str, str]:
        """Return the graph hash and the content hash."""
        nodes, ties = self.nodes().values(), self.ties.values()
        graph = [node.graph_digest() for node in nodes] + [tie.graph_digest() for tie in ties]
        content = [element.content_digest() for element in self.keyed().values()]
        return show_hash(add_digests(graph)), show_hash(add_digests(content))

    def keyed(self) -> Keyed:
        """Return every element by kind and id."""
        found: Keyed = {("node", id): node for id, node in self.nodes().items()}
        found |= {("record", id): record for id, record in self.records.items()}
        return found | {("tie", tie.id): tie for tie in self.ties.values()}

    def _counted(self, before: "World") -> "World":
        was, now = before.keyed(), self.keyed()
        changed = sorted(key for key in {*was, *now} if was.get(key) != now.get(key))
        if not changed:
            return before
        revision = before.revision + 1
        versions = {key: version for key, version in before.versions.items() if key in now}
        versions |= {key: revision for key in changed if key in now}
        log = [Change(Revision(revision), kind, id, (kind, id) not in now) for kind, id in changed]
        return replace(self, versions=versions, log=(*before.log, *log), revision=revision)

    def _keeps_ids_of(self, before: "World") -> bool:
        was, now = before.nodes(), self.nodes()
        stays = set(was) & set(now)
        same_label = all(was[id].label is now[id].label for id in stays)
        return same_label and all(was[id].owner == now[id].owner for id in stays & set(self.plain))

    def _is_sound(self) -> bool:
        about: dict[NodeId, list[Record]] = {}
        for record in self.records.values():
            about.setdefault(record.about, []).append(record)
        one_label = all(len({record.label for record in known}) == 1 for known in about.values())
        if not one_label or set(about) & set(self.plain):
            return False
        complete = all(
            NEEDED[known[0].label] <= set(add_up(_for(record.owner, known)).properties)
            for known in about.values()
            for record in known
        )
        return complete and all(map(self._fits, self.ties.values())) and not self._overlaps()

    def _fits(self, tie: Tie) -> bool:
        source, target = self.seen(tie.source, tie.owner), self.seen(tie.target, tie.owner)
        if source is None or target is None or tie.source == tie.target:
            return False
        if tie.type is TieType.HOSTS_WBL:
            hosts = source.properties.get("organization_type") == "employer" or "wbl_offered" in source.properties
            return hosts and (source.label, target.label) in ENDS[tie.type]
        return (source.label, target.label) in ENDS[tie.type]

    def _overlaps(self) -> bool:
        pairs = combinations(self.ties.values(), 2)
        return any(
            replace(one.key, episode="") == replace(other.key, episode="") and _begins(one) < _ends(other)
            and _begins(other) < _ends(one)
            for one, other in pairs
        )  # fmt: skip


def add_up(records: Iterable[Record]) -> Node:
    """Return what Records about one thing add up to."""
    known = list(records)
    held: dict[str, Value] = {}
    for name in sorted({name for record in known for name in record.properties}):
        saying = [record for record in known if name in record.properties]
        held[name] = min(saying, key=_standing).properties[name]
    if "organization_type" in held:
        held["sector"] = SECTORS[str(held["organization_type"])]
    owners = {record.owner for record in known}
    return Node(known[0].about, known[0].label, held, PUBLIC if PUBLIC in owners else min(owners))


def _standing(record: Record) -> tuple[int, int, bool, str]:
    observed_on = record.provenance.observed_on
    age = -_day(observed_on).toordinal() if observed_on else 0
    return STANDING.index(record.provenance.confidence), age, record.owner == PUBLIC, record.id


def _for(owner: Owner, records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record.owner in {PUBLIC, owner}]


def _repeats(changes: ChangeSet) -> bool:
    for put, removed in (
        ([str(node.id) for node in changes.nodes], changes.removed_nodes),
        ([str(id) for id in {record.about for record in changes.records}], changes.removed_nodes),
        ([str(record.id) for record in changes.records], changes.removed_records),
        ([str(tie.id) for tie in changes.ties], [key.id for key in changes.removed_ties]),
    ):
        if len(set(put)) < len(put) or set(put) & set(removed):
            return True
    return False


def _begins(tie: Tie) -> datetime.date:
    since = tie.properties.get("since")
    return _day(since) if isinstance(since, str) else datetime.date.min


def _ends(tie: Tie) -> datetime.date:
    until = tie.properties.get("until")
    return _day(until) if isinstance(until, str) else datetime.date.max


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"[:10])
