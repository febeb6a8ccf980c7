"""A state machine that drives a store and the oracle side by side, for every store."""

from collections.abc import Sequence
from typing import Final, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.strategies import SearchStrategy

from matchmaker.errors import Conflict, InvalidInput
from matchmaker.graph.store import Entry, GraphStore
from matchmaker.model.canonical import Scalar, Value
from matchmaker.model.changes import ChangeSet, ElementKey
from matchmaker.model.elements import Node, Provenance, Record, Tie, TieKey, make_tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner, RecordId, Revision
from matchmaker.model.vocabulary import RECORD_LABELS, Confidence, Label, TieType
from matchmaker.testing.contract.place import StorePlace
from matchmaker.testing.store_oracle import ENDS, World

OWNERS: Final = [PUBLIC, Owner("alpha-hub"), Owner("beta-hub")]
PARTNERS: Final = [NodeId(f"partner-{letter}") for letter in "abc"]
PROGRAMS: Final = [NodeId(f"program-{letter}") for letter in "ab"]
TOPICS: Final = [NodeId(f"topic-{letter}") for letter in "ab"]
CONTESTED: Final = NodeId("contested")
IDS: Final = [*PARTNERS, *PROGRAMS, *TOPICS, CONTESTED]
SPANS: Final[list[dict[str, Value]]] = [{}, {"since": "2019"}, {"until": "2019"}, {"since": "2019", "until": "2020-06"}]
COLLECTIONS: Final = ["jobs", "secret_keys"]
KEYS: Final = ["a", "ab", "a%", "a_b"]


def owners() -> SearchStrategy[Owner]:
    """Return owners, the public more often."""
    return st.sampled_from([PUBLIC, PUBLIC, *OWNERS])


@st.composite
def topics(draw: st.DrawFn) -> Node:
    """Return topics, some in each other's way."""
    name = draw(st.sampled_from(["Robotics", "Rockets"]))
    return Node(draw(st.sampled_from([*TOPICS, CONTESTED])), Label.TOPIC, {"name": name}, draw(owners()))


@st.composite
def provenances(draw: st.DrawFn) -> Provenance:
    """Return few provenances, so that Records replace each other."""
    observed_on = draw(st.sampled_from([None, "2019", "2020-06"]))
    confidence = draw(st.sampled_from([Confidence.STATED, Confidence.STAFF, Confidence.REGISTER]))
    return Provenance(draw(st.sampled_from(["one", "two"])), "", observed_on, confidence)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Return whole Records and corrections, some moved by a merge."""
    about = draw(st.sampled_from([*PARTNERS, *PROGRAMS, CONTESTED]))
    label = Label.PROGRAM if about in PROGRAMS or (about == CONTESTED and draw(st.booleans())) else Label.PARTNER
    held: dict[str, Value] = {"name": draw(st.sampled_from(["One", "Other"]))}
    if label is Label.PROGRAM:
        held["program_type"] = "club"
    elif draw(st.integers(0, 3)):
        type = draw(st.sampled_from(["library", "employer"]))
        held |= {"organization_type": type, "organization_types": (type,)}
    if label is Label.PARTNER and draw(st.booleans()):
        held["wbl_offered"] = ("job_shadow",)
    origin = draw(st.sampled_from([None, None, None, PARTNERS[2]]))
    return Record(about, label, held, draw(owners()), draw(provenances()), None if origin == about else origin)


@st.composite
def ties(draw: st.DrawFn) -> Tie:
    """Return ties of a few types; their ends may be absent, hidden or wrong."""
    type = draw(st.sampled_from(sorted(ENDS)))
    source = draw(st.sampled_from([*PARTNERS, CONTESTED, PROGRAMS[0]]))
    likely: dict[TieType, list[NodeId]] = {TieType.OPERATES: PROGRAMS, TieType.ABOUT: TOPICS}
    target = draw(st.sampled_from([*likely.get(type, PARTNERS), CONTESTED]).filter(source.__ne__))
    held = dict(draw(st.sampled_from(SPANS)))
    if type is TieType.PARTNERS_WITH:
        held["level_by_source"] = draw(st.integers(1, 2))
    return make_tie(type, (source, target), held, draw(owners()), draw(st.sampled_from(["", "", "again"])))


Key = TypeVar("Key", RecordId, TieKey)


class StoreMachine(RuleBasedStateMachine):
    """Batches, expectations, repeats, reopening and operations, each compared with the oracle."""

    def __init__(self, place: StorePlace) -> None:
        super().__init__()
        place.clear()
        self.place = place
        self.store: GraphStore = place.open()
        self.world = World()
        self.last = ChangeSet()
        self.entries: dict[tuple[str, str], Entry] = {}
        self.logs: dict[str, list[dict[str, Scalar]]] = {}

    def teardown(self) -> None:
        """Let the store go."""
        self.store.close()

    @initialize()
    def load(self) -> None:
        """Begin with something of everything."""
        partners = [
            Record(id, Label.PARTNER, {"name": id, "organization_type": "library", "organization_types": ("library",)})
            for id in PARTNERS
        ]
        programs = [Record(id, Label.PROGRAM, {"name": id, "program_type": "club"}) for id in PROGRAMS]
        nodes = [Node(id, Label.TOPIC, {"name": id}) for id in TOPICS]
        self.try_batch(ChangeSet(nodes=tuple(nodes), records=(*partners, *programs)))
        assert self.world.revision == 1

    @rule(
        nodes=st.lists(topics(), max_size=2),
        records=st.lists(records(), max_size=3),
        ties=st.lists(ties(), max_size=3),
    )
    def put(self, nodes: list[Node], records: list[Record], ties: list[Tie]) -> None:
        """Put a batch that may or may not hold."""
        self.try_batch(ChangeSet(nodes=tuple(nodes), records=tuple(records), ties=tuple(ties)))

    @rule(record=records())
    def put_record(self, record: Record) -> None:
        """Put one Record."""
        self.try_batch(ChangeSet(records=(record,)))

    @rule(tie=ties())
    def put_tie(self, tie: Tie) -> None:
        """Put one tie."""
        self.try_batch(ChangeSet(ties=(tie,)))

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Remove some of what is there, and put something beside."""
        self.try_batch(
            ChangeSet(
                nodes=tuple(data.draw(st.lists(topics(), max_size=1))),
                records=tuple(data.draw(st.lists(records(), max_size=1))),
                removed_nodes=tuple(data.draw(st.lists(st.sampled_from([*IDS, NodeId("prek")]), max_size=1))),
                removed_records=_some(data, sorted(self.world.records)),
                removed_ties=_some(data, sorted(self.world.ties, key=lambda key: key.id)),
            )
        )

    @rule(data=st.data(), near=st.integers(-1, 1))
    def expect(self, data: st.DataObject, near: int) -> None:
        """Expect a version that is right or next to it."""
        keys = sorted(self.world.versions)
        kind, id = data.draw(st.sampled_from(keys))
        expected = max(0, self.world.versions[kind, id] + near)
        changes = ChangeSet(
            nodes=(Node(TOPICS[0], Label.TOPIC, {"name": "Expected"}),), expect={self.key(kind, id): expected}
        )
        if near == 0 or expected == self.world.versions[kind, id]:
            self.try_batch(changes)
            return
        with pytest.raises(Conflict) as caught:
            self.store.apply(changes)
        assert (caught.value.expected, caught.value.found) == (expected, self.world.versions[kind, id])

    @rule(id=st.sampled_from(IDS))
    def expect_absent(self, id: NodeId) -> None:
        """Create a topic where nothing is expected."""
        changes = ChangeSet(nodes=(Node(id, Label.TOPIC, {"name": "New"}),), expect_absent=frozenset({id}))
        if id not in self.world.nodes():
            self.try_batch(changes)
            return
        with pytest.raises(Conflict) as caught:
            self.store.apply(changes)
        assert (caught.value.expected, caught.value.found) == (0, self.world.versions["node", id])

    @rule()
    def repeat(self) -> None:
        """Repeat the last batch that was taken."""
        self.store.apply(self.last)

    @rule()
    def reopen(self) -> None:
        """Close the store and open it again."""
        self.store.close()
        self.store = self.place.open()

    @rule(
        collection=st.sampled_from(COLLECTIONS),
        key=st.sampled_from(KEYS),
        value=st.integers(0, 3),
        at=st.integers(0, 9),
    )
    def put_entry(self, collection: str, key: str, value: int, at: int) -> None:
        """Put an entry, new or not."""
        expires_at = at or None
        new = (collection, key) not in self.entries
        assert self.store.operations().put_new(collection, key, {"value": value}, expires_at) is new
        if new:
            self.entries[collection, key] = Entry(key, {"value": value}, 1, expires_at)

    @rule(collection=st.sampled_from(COLLECTIONS), key=st.sampled_from(KEYS), version=st.integers(0, 3))
    def set_entry(self, collection: str, key: str, version: int) -> None:
        """Change an entry at a version that may be its own."""
        there = self.entries.get((collection, key))
        holds = there is not None and there.version == version
        assert self.store.operations().compare_and_set(collection, key, version, {"set": True}) is holds
        if holds:
            self.entries[collection, key] = Entry(key, {"set": True}, version + 1, None)

    @rule(collection=st.sampled_from(COLLECTIONS), key=st.sampled_from(KEYS))
    def remove_entry(self, collection: str, key: str) -> None:
        """Remove an entry that may be there."""
        was_there = self.entries.pop((collection, key), None) is not None
        assert self.store.operations().remove(collection, key) is was_there

    @rule(collection=st.sampled_from(COLLECTIONS), count=st.integers(0, 3))
    def append(self, collection: str, count: int) -> None:
        """Append to a log."""
        log = self.logs.setdefault(collection, [])
        new: list[dict[str, Scalar]] = [{"n": len(log) + index} for index in range(count)]
        log.extend(new)
        assert self.store.operations().append(collection, new) == len(log)

    @rule(now=st.integers(0, 9))
    def expire(self, now: int) -> None:
        """Let entries expire."""
        gone = [key for key, entry in self.entries.items() if entry.expires_at is not None and entry.expires_at <= now]
        for key in gone:
            del self.entries[key]
        assert self.store.operations().expire(now) == len(gone)

    @rule(data=st.data())
    def read_changes(self, data: st.DataObject) -> None:
        """Read what changed since some revision."""
        since = data.draw(st.integers(0, self.world.revision))
        assert list(self.store.changes_since(Revision(since))) == [
            one for one in self.world.log if one.revision > since
        ]

    @rule(owner=st.sampled_from(OWNERS))
    def read_contents(self, owner: Owner) -> None:
        """Read what one owner sees."""
        contents, visible = self.store.contents(owner), {PUBLIC, owner}
        assert contents.nodes == tuple(
            self.world.plain[id] for id in sorted(self.world.plain) if self.world.plain[id].owner in visible
        )
        assert contents.records == tuple(r for _, r in sorted(self.world.records.items()) if r.owner in visible)
        assert contents.ties == tuple(
            sorted((t for t in self.world.ties.values() if t.owner in visible), key=lambda t: t.id)
        )

    @rule(prefix=st.sampled_from(["", "a", "a%", "a_"]))
    def read_operations(self, prefix: str) -> None:
        """Read all entries and logs."""
        operations = self.store.operations()
        for name in COLLECTIONS:
            known = sorted((key, entry) for (collection, key), entry in self.entries.items() if collection == name)
            assert list(operations.iter_entries(name, prefix)) == [e for key, e in known if key.startswith(prefix)]
            assert list(operations.iter_log(name)) == list(enumerate(self.logs.get(name, []), start=1))
        filled = {collection for collection, _ in self.entries} | {name for name, log in self.logs.items() if log}
        assert list(operations.collections()) == sorted(filled)

    @invariant()
    def agree(self) -> None:
        """See that revision, hashes, elements and versions are the oracle's."""
        hashes = self.store.hashes()
        assert (self.store.revision(), (hashes.graph, hashes.content)) == (self.world.revision, self.world.hashes())
        nodes = {kept.element.id: kept for kept in self.store.iter_nodes()}
        assert list(nodes) == list(self.world.nodes())
        assert {id: kept.element for id, kept in nodes.items()} == self.world.nodes()
        versions = {("node", str(id)): kept.version for id, kept in nodes.items() if kept.version}
        versions |= {("record", str(kept.element.id)): kept.version for kept in self.store.iter_records()}
        versions |= {("tie", str(kept.element.id)): kept.version for kept in self.store.iter_ties()}
        assert versions == dict(self.world.versions)
        contents = self.store.contents(None)
        assert {node.label for node in contents.nodes}.isdisjoint(RECORD_LABELS)
        assert {record.id: record for record in contents.records} == self.world.records
        assert {tie.key: tie for tie in contents.ties} == self.world.ties

    def try_batch(self, changes: ChangeSet) -> None:
        """Apply a batch to both; both take it, or both refuse."""
        after = self.world.after(changes)
        if after is None:
            with pytest.raises(InvalidInput):
                self.store.apply(changes)
            return
        assert self.store.apply(changes) == after.revision
        self.world = after
        self.last = ChangeSet(
            changes.nodes,
            changes.records,
            changes.ties,
            changes.removed_nodes,
            changes.removed_records,
            changes.removed_ties,
        )

    def key(self, kind: str, id: str) -> ElementKey:
        """Return the key by which a batch names an element."""
        if kind == "tie":
            return next(key for key in self.world.ties if key.id == id)
        return RecordId(id) if kind == "record" else NodeId(id)


def _some(data: st.DataObject, there: Sequence[Key]) -> tuple[Key, ...]:
    return tuple(data.draw(st.lists(st.sampled_from(there), max_size=3, unique=True))) if there else ()
