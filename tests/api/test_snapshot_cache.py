"""Snapshots kept between requests: shared, bounded, never stale, and built without keeping others waiting."""

import datetime
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.sqlite.connecting import Access, Connections, Durability
from matchmaker.graph.sqlite.store import SqliteStore
from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Record, make_tie
from matchmaker.model.ids import EcosystemId, NodeId, Owner
from matchmaker.model.vocabulary import Audience, Label, TieType
from matchmaker.services.snapshots import SnapshotCache

DAY = datetime.date(2026, 11, 1)
BOUND_S = 20
SLOW, READY = Scope(EcosystemId("slow")), Scope()


class CountingStore(SqliteStore):
    """A store that counts the snapshots it builds, and can be told to wait before building some."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self.built: Counter[Scope] = Counter()
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def snapshot(self, scope: Scope, as_of: datetime.date) -> Snapshot:
        if scope == SLOW:
            self.begun.set()
            assert self.go_on.wait(BOUND_S)
        self.built[scope] += 1
        return super().snapshot(scope, as_of)


@pytest.fixture
def store(tmp_path: Path) -> CountingStore:
    SqliteStore.open(tmp_path / "store.db", durability=Durability.NORMAL).close()
    return CountingStore(Connections(Access(tmp_path / "store.db", Durability.NORMAL)))


def put(store: SqliteStore, id: str, owner: str = "public") -> None:
    fields: dict[str, Value] = {"name": id.title(), "organization_type": "museum", "organization_types": ("museum",)}
    store.apply(ChangeSet(records=(Record(NodeId(id), Label.PARTNER, fields, Owner(owner)),)))


def test_a_slow_build_keeps_nobody_else_waiting(store: CountingStore) -> None:
    cache = SnapshotCache(store)
    ready = cache.get(READY, DAY)
    store.go_on.clear()
    with ThreadPoolExecutor(3) as threads:
        slow = [threads.submit(cache.get, SLOW, DAY) for _ in range(2)]
        assert store.begun.wait(BOUND_S)
        assert threads.submit(cache.get, READY, DAY).result(BOUND_S) is ready
        assert threads.submit(cache.get, READY, DAY, Audience.PUBLIC).result(BOUND_S).scope == READY
        assert threads.submit(cache.owners).result(BOUND_S) == ()
        assert not any(one.done() for one in slow)
        store.go_on.set()
        assert slow[0].result(BOUND_S) is slow[1].result(BOUND_S)
    assert store.built == {READY: 1, SLOW: 1}


def test_many_threads_share_what_one_builds(store: CountingStore) -> None:
    cache = SnapshotCache(store)
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda _: cache.get(READY, DAY), range(40)))
    assert {id(one) for one in got} == {id(got[0])}
    assert store.built == {READY: 1}


def test_a_write_is_in_the_next_snapshot_of_every_audience(store: CountingStore) -> None:
    cache = SnapshotCache(store)
    before = [cache.get(READY, DAY, audience) for audience in Audience]
    put(store, "museum")
    put(store, "own", "slow")
    after = [cache.get(READY, DAY, audience) for audience in Audience]
    assert [one.find_index("museum") for one in before] == [None] * len(Audience)
    assert [one.get_node("museum").name for one in after] == ["Museum"] * len(Audience)
    assert {one.revision for one in after} == {store.revision()}
    assert cache.owners() == ("slow",)


def test_only_so_much_is_kept_the_unused_go_first(store: CountingStore) -> None:
    size = SnapshotCache(store).get(READY, DAY).nbytes
    store.built.clear()
    cache = SnapshotCache(store, most_bytes=3 * size)
    days = [DAY - datetime.timedelta(days=number) for number in range(5)]
    first = cache.get(READY, days[0])
    for day in days[1:]:
        cache.get(READY, day)
        assert cache.get(READY, days[0]) is first
        assert len(cache) <= 3
    assert store.built == {READY: 5}
    cache.get(READY, days[1])
    assert store.built == {READY: 6}


def test_one_that_is_too_large_is_kept_alone(store: CountingStore) -> None:
    cache = SnapshotCache(store, most_bytes=1)
    kept = cache.get(READY, DAY)
    assert cache.get(READY, DAY) is kept
    assert cache.get(Scope(EcosystemId("other")), DAY).scope.ecosystem == "other"
    assert len(cache) == 1


def test_a_small_change_is_taken_on_without_reading_everything_again(store: CountingStore) -> None:
    for id in ("museum", "school"):
        put(store, id)
    cache = SnapshotCache(store)
    before, shown = cache.get(READY, DAY), cache.get(READY, DAY, Audience.PUBLIC)
    assert cache.owners() == ()
    tie = make_tie(TieType.PARTNERS_WITH, ("museum", "school"), {"since": "2026"})
    own = make_tie(TieType.PARTNERS_WITH, ("museum", "school"), {"since": "2026"}, "slow")
    store.apply(ChangeSet(ties=(tie, own)))
    after = cache.get(READY, DAY)
    assert (len(before.ties), list(after.ties)) == (0, [tie])
    assert after.differences_from(before) is not None
    assert store.built == {READY: 1}
    assert (len(shown.ties), len(cache.get(READY, DAY, Audience.PUBLIC).ties)) == (0, 1)
    assert cache.owners() == ("slow",)
    store.apply(ChangeSet(removed_ties=(tie.key, own.key)))
    assert (len(cache.get(READY, DAY).ties), cache.owners()) == (0, ())


def test_a_build_that_fails_is_tried_again(store: CountingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = SnapshotCache(store)

    def fail(_scope: Scope, _as_of: datetime.date) -> Snapshot:
        raise RuntimeError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(store, "snapshot", fail)
        with pytest.raises(RuntimeError, match="gone"):
            cache.get(READY, DAY)
    assert cache.get(READY, DAY).scope == READY
