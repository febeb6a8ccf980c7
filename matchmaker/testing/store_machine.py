"""A state machine that drives a store and the oracle side by side, for every store."""

import datetime
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.strategies import SearchStrategy

from matchmaker.errors import Conflict, InvalidInput
from matchmaker.graph.refreshing import refresh_snapshot
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import Entry, GraphStore
from matchmaker.model.canonical import Scalar, Value
from matchmaker.model.changes import ChangeSet, ElementKey
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner, RecordId, Revision
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
SNAPSHOT_DAY: Final = datetime.date(2019, 6, 1)
COLLECTIONS: Final = ["jobs", "secret_keys"]
KEYS: Final = ["a", "ab", "a%", "a_b"]

Drawn = TypeVar("Drawn")


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


@dataclass(frozen=True)
class Step:
    """What a batch puts, and what of that which is then there it changes, moves or removes.

    Elements that are there are named by a number, counted in id order and going round.
    """

    nodes: tuple[Node, ...] = ()
    records: tuple[Record, ...] = ()
    ties: tuple[Tie, ...] = ()
    changed_ties: tuple[tuple[int, int, bool], ...] = ()
    moved_records: tuple[tuple[int, NodeId], ...] = ()
    removed_ids: tuple[NodeId, ...] = ()
    removed_records: tuple[int, ...] = ()
    removed_ties: tuple[int, ...] = ()

    def changes(self, world: World) -> ChangeSet:
        """Return the batch that this means in a world."""
        records = [record for _, record in sorted(world.records.items())]
        ties = sorted(world.ties.values(), key=lambda tie: tie.id)
        moved = [(records[number % len(records)], id) for number, id in self.moved_records if records]
        changed = [
            _changed(ties[number % len(ties)], SPANS[span], again) for number, span, again in self.changed_ties if ties
        ]
        return ChangeSet(
            self.nodes,
            (*self.records, *(replace(one, about=id, origin=one.origin or one.about) for one, id in moved)),
            (*self.ties, *changed),
            self.removed_ids,
            tuple({records[number % len(records)].id: None for number in self.removed_records if records}),
            tuple({ties[number % len(ties)].key: None for number in self.removed_ties if ties}),
        )


def _changed(tie: Tie, span: dict[str, Value], again: bool) -> Tie:  # noqa: FBT001 - drawn
    key = replace(tie.key, episode="again") if again else tie.key
    return replace(tie, key=key, properties=span)


def steps() -> SearchStrategy[Step]:
    """Return batches of one thing mostly, and mixed ones."""
    number = st.integers(0, 30)
    moved = st.tuples(number, st.sampled_from([*PARTNERS, CONTESTED]))
    changed = st.tuples(number, st.integers(0, len(SPANS) - 1), st.booleans())
    single: list[SearchStrategy[Step]] = [
        topics().map(lambda node: Step(nodes=(node,))),
        records().map(lambda record: Step(records=(record,))),
        ties().map(lambda tie: Step(ties=(tie,))),
        ties().map(lambda tie: Step(ties=(tie,))),
        changed.map(lambda one: Step(changed_ties=(one,))),
        moved.map(lambda one: Step(moved_records=(one,))),
        st.sampled_from([*IDS, NodeId("prek")]).map(lambda one: Step(removed_ids=(one,))),
        number.map(lambda one: Step(removed_records=(one,))),
        number.map(lambda one: Step(removed_ties=(one,))),
    ]
    mixed = st.builds(
        Step,
        _few(topics()),
        _few(records()),
        _few(ties()),
        _few(changed),
        _few(moved),
        _few(st.sampled_from(IDS)),
        _few(number),
        _few(number),
    )
    return st.one_of(*single, mixed)


def _few(strategy: SearchStrategy[Drawn]) -> SearchStrategy[tuple[Drawn, ...]]:
    return st.lists(strategy, max_size=2).map(tuple)


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
        self.snapshots: dict[Scope, Snapshot] = {}

    def teardown(self) -> None:
        """Let the store go."""
        self.store.close()

    @initialize()
    def load(self) -> None:
        """Begin with something of everything: public, owned, overlaid, and tied on the strength of the overlay."""
        alpha = OWNERS[1]
        library: dict[str, Value] = {"organization_type": "library", "organization_types": ("library",)}
        partners = [Record(id, Label.PARTNER, {"name": id, **library}) for id in PARTNERS[:2]]
        own = Record(PARTNERS[2], Label.PARTNER, {"name": "Own", **library}, alpha)
        overlay = Record(PARTNERS[0], Label.PARTNER, {"wbl_offered": ("job_shadow",)}, alpha)
        programs = [Record(id, Label.PROGRAM, {"name": id, "program_type": "club"}) for id in PROGRAMS]
        nodes = [Node(id, Label.TOPIC, {"name": id}) for id in TOPICS]
        self.try_batch(ChangeSet(nodes=tuple(nodes), records=(*partners, *programs, own, overlay)))
        known = (
            make_tie(TieType.PARTNERS_WITH, (PARTNERS[0], PARTNERS[1]), SPANS[1]),
            make_tie(TieType.OPERATES, (PARTNERS[1], PROGRAMS[0])),
            make_tie(TieType.ABOUT, (PARTNERS[2], TOPICS[0]), {}, alpha),
            make_tie(TieType.HOSTS_WBL, (PARTNERS[0], PROGRAMS[0]), {}, alpha),
        )
        self.try_batch(ChangeSet(ties=known))
        assert self.world.revision == 2

    # One of seven rules, and the one that matters most: it does more at a time.
    @rule(steps=st.lists(steps(), min_size=2, max_size=10))
    def work(self, steps: list[Step]) -> None:
        """Apply a few batches, each of which may or may not hold."""
        for step in steps:
            self.try_batch(step.changes(self.world))

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

    @rule(again=st.booleans())
    def repeat(self, again: bool) -> None:  # noqa: FBT001 - drawn values arrive by name
        """Repeat the last batch that was taken, in the same handle or in a new one."""
        if again:
            self.store.close()
            self.store = self.place.open()
        assert self.store.apply(self.last) == self.world.revision

    @rule(
        collection=st.sampled_from(COLLECTIONS),
        key=st.sampled_from(KEYS),
        number=st.integers(0, 9),
        action=st.sampled_from(["put", "put", "set", "remove", "append", "expire"]),
    )
    def operate(self, collection: str, key: str, number: int, action: str) -> None:
        """Do something beside the graph."""
        if action == "put":
            self.put_entry(collection, key, number)
        elif action == "set":
            self.set_entry(collection, key, number % 3)
        elif action == "append":
            self.append(collection, number % 4)
        elif action == "expire":
            self.expire(number)
        else:
            was_there = self.entries.pop((collection, key), None) is not None
            assert self.store.operations().remove(collection, key) is was_there

    def put_entry(self, collection: str, key: str, number: int) -> None:
        """Put an entry, new or not."""
        new = (collection, key) not in self.entries
        assert self.store.operations().put_new(collection, key, {"value": number}, number or None) is new
        if new:
            self.entries[collection, key] = Entry(key, {"value": number}, 1, number or None)

    def set_entry(self, collection: str, key: str, version: int) -> None:
        """Change an entry at a version that may be its own."""
        there = self.entries.get((collection, key))
        holds = there is not None and there.version == version
        assert self.store.operations().compare_and_set(collection, key, version, {"set": True}) is holds
        if holds:
            self.entries[collection, key] = Entry(key, {"set": True}, version + 1, None)

    def append(self, collection: str, count: int) -> None:
        """Append to a log."""
        log = self.logs.setdefault(collection, [])
        new: list[dict[str, Scalar]] = [{"n": len(log) + index} for index in range(count)]
        log.extend(new)
        assert self.store.operations().append(collection, new) == len(log)

    def expire(self, now: int) -> None:
        """Let entries expire."""
        gone = [key for key, entry in self.entries.items() if entry.expires_at is not None and entry.expires_at <= now]
        for key in gone:
            del self.entries[key]
        assert self.store.operations().expire(now) == len(gone)

    @rule(owner=st.sampled_from(OWNERS), back=st.integers(0, 5))
    def read(self, owner: Owner, back: int) -> None:
        """Read what one owner sees, and what changed since some revision."""
        contents, visible, world = self.store.contents(owner), {PUBLIC, owner}, self.world
        assert contents.nodes == tuple(node for _, node in sorted(world.plain.items()) if node.owner in visible)
        assert contents.records == tuple(one for _, one in sorted(world.records.items()) if one.owner in visible)
        ties = sorted(world.ties.values(), key=lambda tie: tie.id)
        assert contents.ties == tuple(tie for tie in ties if tie.owner in visible)
        since = Revision(world.revision - back)
        assert list(self.store.changes_since(since)) == [change for change in world.log if change.revision > since]

    @rule(scope=st.sampled_from([Scope(), Scope(EcosystemId(OWNERS[-1]))]))
    def refresh(self, scope: Scope) -> None:
        """Refresh the snapshot that was taken before; it is the one that is built, or there is none."""
        built, before = self.store.snapshot(scope, SNAPSHOT_DAY), self.snapshots.get(scope)
        update = None if before is None else self.store.update_since(before.revision)
        refreshed = None if before is None or update is None else refresh_snapshot(before, update)
        if refreshed is not None:
            assert (refreshed.revision, refreshed.graph_hash) == (built.revision, built.graph_hash)
            assert {node.id: node for node in refreshed.nodes} == {node.id: node for node in built.nodes}
            assert {tie.id: tie for tie in refreshed.ties} == {tie.id: tie for tie in built.ties}
            known = {id: refreshed.records(id) for id in refreshed.ids}
            assert known == {id: built.records(id) for id in built.ids}
        assert self.store.owners() >= {node.owner for node in built.nodes}
        self.snapshots[scope] = built if refreshed is None else refreshed

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
