"""The file behind the SQLite store: its schema, what else may lie at its path, what may go wrong with it."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from matchmaker.errors import (
    MatchmakerError,
    NotFound,
    StoreCorrupt,
    StoreError,
    StoreReadOnly,
    StoreSchemaError,
    StoreTimeout,
    StoreUnavailable,
    Unsupported,
)
from matchmaker.graph.applying import Effects, StoreState
from matchmaker.graph.sqlite import Durability, SqliteStore, connecting, reading, schema
from matchmaker.graph.sqlite import store as sqlite_store
from matchmaker.graph.sqlite.faults import FAULTS, fault_of
from matchmaker.graph.sqlite.schema import APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION, statements_of
from matchmaker.graph.sqlite.writing import write_effects
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import TieKey
from matchmaker.model.ids import NodeId, RecordId, Revision
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.testing.contract.examples import about, own_ids, partner, partners_with, put_example, topic
from matchmaker.testing.contract.place import StorePlace, raw_hashes

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(path, durability=Durability.NORMAL, busy_timeout_s=0.2)
    yield opened
    opened.close()


def ask(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        answer = connection.execute(statement).fetchall()
        connection.commit()
        return answer


# Schema


def test_a_new_file_says_what_it_is(store: SqliteStore, path: Path) -> None:
    assert store.revision() == 0
    assert ask(path, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert ask(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]
    assert APPLICATION_ID.to_bytes(4, "big") == b"mtch"


@pytest.mark.parametrize(("durability", "synchronous"), [(Durability.FULL, 2), (Durability.NORMAL, 1)])
def test_durability_is_full_unless_chosen(path: Path, durability: Durability, synchronous: int) -> None:
    with closing(connecting.Access(path, durability).connect(create=True)) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (synchronous,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert connecting.Access(path).durability is Durability.FULL


def test_an_older_file_is_brought_up_to_date(sqlite_place: StorePlace, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATA / "sqlite_schema_1.sql").read_text(encoding="utf-8"))
    assert ask(path, "PRAGMA user_version") == [(1,)]
    with closing(SqliteStore.open(path)) as store:
        assert ask(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
        hashes = store.hashes()
        assert hashes.graph == "ab8d5608f36dcf36767eedb368bdff253831fb805b466498d6d7acc8c6b7e6f4"
        assert hashes.content == "6d6307fef6d8915c42f2e1733469c9d1a184cc5bdcc1c240d7bd7b7c62a5d41d"
        assert (hashes.graph, hashes.content) == raw_hashes(sqlite_place)
        assert store.revision() == 3
        assert own_ids(store) == ["club-c", "library-a", "museum-b", "topic:robotics"]
        assert [change.id for change in store.changes_since(Revision(2))] == ["topic:gone"]
        assert store.operations().append("audit", [{"a": 1}]) == 1
        assert store.apply(ChangeSet(nodes=(topic("t"),))) == 4
    with closing(SqliteStore.open(path)) as again:
        assert again.revision() == 4
        assert list(again.operations().iter_log("audit")) == [(1, {"a": 1})]


def test_an_older_file_gets_the_tables_of_a_new_one(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATA / "sqlite_schema_1.sql").read_text(encoding="utf-8"))
    SqliteStore.open(path).close()
    SqliteStore.open(tmp_path / "new.db").close()
    listed = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"
    assert ask(path, listed) == ask(tmp_path / "new.db", listed)


def test_a_migration_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATA / "sqlite_schema_1.sql").read_text(encoding="utf-8"))
    before = ask(path, "SELECT * FROM sqlite_schema ORDER BY name")

    def broken(name: str) -> Iterator[str]:
        yield from statements_of(name)
        yield "CREATE TABLE nodes (id TEXT)"

    monkeypatch.setattr(schema, "statements_of", broken)
    with pytest.raises(StoreCorrupt, match="already exists"):
        SqliteStore.open(path)
    assert ask(path, "PRAGMA user_version") == [(1,)]
    assert ask(path, "SELECT * FROM sqlite_schema ORDER BY name") == before
    monkeypatch.undo()
    with closing(SqliteStore.open(path)) as store:
        assert store.revision() == 3


def test_every_migration_is_shipped_and_says_its_version() -> None:
    folder = resources.files("matchmaker.graph.sqlite").joinpath("migrations")
    assert sorted(file.name for file in folder.iterdir()) == list(MIGRATIONS)
    for number, name in enumerate(MIGRATIONS, start=1):
        statements = list(statements_of(name))
        assert statements[-1].strip() == f"PRAGMA user_version = {number};"
        assert all(sqlite3.complete_statement(statement) for statement in statements)


def test_a_file_of_a_newer_version_is_refused_and_left_alone(store: SqliteStore, path: Path) -> None:
    store.close()
    ask(path, "PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreSchemaError, match=r"newer version of matchmaker \(its schema is 99"):
        SqliteStore.open(path)
    assert path.read_bytes() == before


def test_the_database_of_something_else_is_refused_and_left_alone(path: Path) -> None:
    ask(path, "CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreSchemaError, match="a database of something else"):
        SqliteStore.open(path)
    assert path.read_bytes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == ["store.db"]


@pytest.mark.parametrize(
    "content", [b"id,name\n1,Library\n" * 100, b"\x00" * 4096, b"SQLite format 3\x00" + b"\xff" * 4080]
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises((StoreSchemaError, StoreCorrupt), match=str(path)):
        SqliteStore.open(path)
    assert path.read_bytes() == content


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    with closing(SqliteStore.open(path)) as store:
        assert store.revision() == 0


def test_an_old_sqlite_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    with pytest.raises(Unsupported, match=r"needs 3\.38\.0 or newer"):
        SqliteStore.open(path)


# Paths


@pytest.mark.parametrize(
    "name", ["with space.db", "a#b?c=d&e.db", "100%25.db", "Größe 🧪.db", "'quoted'.db", "noending"]
)
def test_any_name_of_a_file_will_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with closing(SqliteStore.open(path)) as store:
        store.apply(ChangeSet(nodes=(topic("t"),)))
    assert [file.name for file in tmp_path.iterdir()] == [name]
    with closing(SqliteStore.open(path, create=False)) as store:
        assert own_ids(store) == ["t"]


def test_a_relative_path_is_that_of_the_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(SqliteStore.open(Path("here.db"))) as store:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        store.apply(ChangeSet(nodes=(topic("t"),)))
        assert own_ids(store) == ["t"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["elsewhere", "here.db"]


def test_what_is_not_there_is_not_made_unasked(path: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="There is no store at"):
        SqliteStore.open(path, create=False)
    with pytest.raises(StoreUnavailable, match="There is no folder"):
        SqliteStore.open(tmp_path / "none" / "store.db")
    with pytest.raises(StoreUnavailable, match="is a folder"):
        SqliteStore.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_but_the_file_is_left_after_closing(store: SqliteStore, path: Path) -> None:
    put_example(store)
    assert len(list(path.parent.iterdir())) == 3
    store.close()
    assert list(path.parent.iterdir()) == [path]


def run_as_nobody(path: Path) -> list[dict[str, object]]:
    script = Path(__file__).with_name("store_processes.py")
    command = [sys.executable, str(script), "nobody", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def shown_folder() -> Iterator[Path]:
    """A folder that another user may enter; every test run that starts closes the one for all tests to others."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_file_that_takes_no_writes_can_be_read(shown_folder: Path) -> None:
    path = shown_folder / "store.db"
    with closing(SqliteStore.open(path)) as store:
        put_example(store)
    path.chmod(0o444)
    shown_folder.chmod(0o777)
    first, second = run_as_nobody(path)
    assert first == {"read": ["club-c", "library-a", "museum-b", "topic:robotics"]}
    assert second["error"] == "StoreReadOnly"
    assert str(second["message"]).startswith(f"The store {path} can only be read")


def test_a_folder_that_takes_no_writes_is_named(shown_folder: Path) -> None:
    path = shown_folder / "store.db"
    with closing(SqliteStore.open(path)) as store:
        put_example(store)
    path.chmod(0o644)
    shown_folder.chmod(0o555)
    try:
        (there,) = run_as_nobody(path)
        (new,) = run_as_nobody(shown_folder / "new.db")
    finally:
        shown_folder.chmod(0o755)
    assert (there["error"], new["error"]) == ("StoreReadOnly", "StoreReadOnly")
    assert str(there["message"]).startswith(f"The store {path} can't be read: its folder takes no writes")
    assert str(new["message"]).startswith("No store can be made at")


def test_an_older_file_that_takes_no_writes_says_so(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATA / "sqlite_schema_1.sql").read_text(encoding="utf-8"))
    access = connecting.Access(path, read_only=True)
    with closing(access.connect()) as connection, pytest.raises(StoreReadOnly, match="of an older version"):
        schema.prepare(connection, access)


# Several at once


def test_many_may_make_the_same_file_at_once(path: Path) -> None:
    barrier = threading.Barrier(6)
    found: list[int] = []

    def open_it() -> None:
        barrier.wait()
        with closing(SqliteStore.open(path)) as opened:
            found.append(len(list(opened.iter_nodes())))

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [len(list(SqliteStore.open(path).iter_nodes()))] * 6


def test_a_writer_that_waits_too_long_gives_up_and_writes_nothing(store: SqliteStore, path: Path) -> None:
    put_example(store)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        with pytest.raises(StoreTimeout, match="stayed locked for too long"):
            store.apply(ChangeSet(nodes=(topic("t"),)))
        assert 0.1 < time.monotonic() - started < 5
        assert store.revision() == 1
        assert len(store.contents(None).ties) == 3
        other.execute("ROLLBACK")
    assert store.apply(ChangeSet(nodes=(topic("t"),))) == 2


def test_a_thread_that_waits_too_long_for_another_gives_up(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    writing, seen = threading.Event(), threading.Event()

    def slowly(connection: sqlite3.Connection, effects: Effects) -> None:
        writing.set()
        seen.wait(timeout=30)
        write_effects(connection, effects)

    monkeypatch.setattr(sqlite_store, "write_effects", slowly)
    thread = threading.Thread(target=store.apply, args=(ChangeSet(nodes=(topic("t1"),)),))
    thread.start()
    assert writing.wait(timeout=30)
    with pytest.raises(StoreTimeout, match="another thread"):
        store.apply(ChangeSet(nodes=(topic("t2"),)))
    seen.set()
    thread.join()
    assert own_ids(store) == ["t1"]


def test_an_open_iterator_holds_up_neither_writer_nor_reader(store: SqliteStore) -> None:
    put_example(store)
    reading_on = store.iter_nodes()
    next(reading_on)
    assert store.apply(ChangeSet(nodes=(topic("a-new-one"),))) == 2
    assert len(own_ids(store)) == 5
    assert "a-new-one" not in {kept.element.id for kept in reading_on}


def test_an_iterator_of_a_store_that_is_closed_reads_to_its_end(store: SqliteStore, path: Path) -> None:
    put_example(store)
    reading_on = store.iter_nodes()
    first = next(reading_on).element.id
    store.close()
    rest = [kept.element.id for kept in reading_on]
    assert len([first, *rest]) == 40
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises(StoreUnavailable, match="is closed"):
        next(store.iter_nodes())


def test_a_store_is_not_carried_over_a_fork(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(StoreUnavailable, match="opened by another process"):
        store.revision()


# Damage


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE nodes SET properties = '{not json' WHERE id = 'library-a'",
        "UPDATE nodes SET properties = '[1]' WHERE id = 'library-a'",
        "UPDATE nodes SET label = 'Castle' WHERE id = 'library-a'",
        "UPDATE nodes SET confidence = 'rumour' WHERE id = 'library-a'",
    ],
)
def test_a_node_that_does_not_decode_is_named(store: SqliteStore, path: Path, statement: str) -> None:
    put_example(store)
    ask(path, statement)
    with pytest.raises(StoreCorrupt, match="library-a"):
        store.get_node(NodeId("library-a"))
    with pytest.raises(StoreCorrupt, match="library-a"):
        list(store.iter_nodes())


def test_records_ties_and_entries_that_do_not_decode_are_named(store: SqliteStore, path: Path) -> None:
    batch = put_example(store)
    store.operations().put_new("jobs", "one", {"a": 1})
    for statement in (
        "UPDATE records SET label = 'Castle'",
        "UPDATE ties SET type = 'RUMOURS'",
        "UPDATE entries SET fields = '{'",
    ):
        ask(path, statement)
    with pytest.raises(StoreCorrupt, match="The Record record:"):
        store.find_record(batch.records[0].id)
    with pytest.raises(StoreCorrupt, match="The tie tie:"):
        list(store.iter_ties())
    with pytest.raises(StoreCorrupt, match="operations entry"):
        store.operations().find("jobs", "one")


def test_a_store_without_state_or_table_is_corrupt(store: SqliteStore, path: Path) -> None:
    put_example(store)
    ask(path, "DELETE FROM state")
    with pytest.raises(StoreCorrupt, match="lost its state"):
        store.revision()
    ask(path, "DROP TABLE ties")
    with pytest.raises(StoreCorrupt, match="lacks a part of its tables"):
        list(store.iter_ties())


def test_a_damaged_page_is_noticed(store: SqliteStore, path: Path) -> None:
    store.apply(ChangeSet(nodes=tuple(topic(f"t{number:04d}", name="x" * 200) for number in range(500))))
    store.close()
    content = bytearray(path.read_bytes())
    content[3 * 4096 : -4096] = b"\xaa" * (len(content) - 4 * 4096)
    path.write_bytes(bytes(content))
    with pytest.raises((StoreCorrupt, StoreSchemaError)), closing(SqliteStore.open(path)) as damaged:
        list(damaged.iter_nodes())


def test_a_write_that_would_break_a_reference_is_undone(store: SqliteStore) -> None:
    put_example(store)
    state = StoreState(Revision(2), 0, 0)
    wrong = Effects(state, (), (), (about("club-c", "nowhere"),), (), (), (), ())
    with pytest.raises(StoreCorrupt, match="doesn't fit the rest"), store._connections.writing() as connection:
        write_effects(connection, wrong)
    assert store.revision() == 1
    assert len(list(store.iter_ties())) == 3


def test_a_full_disk_writes_nothing(store: SqliteStore) -> None:
    put_example(store)
    with store._connections.reading() as connection:
        connection.execute("PRAGMA max_page_count = 60")
    big = ChangeSet(nodes=tuple(topic(f"t{number}", name="x" * 1000) for number in range(2000)))
    with pytest.raises(StoreUnavailable, match="the disk is full"):
        store.apply(big)
    assert (store.revision(), len(own_ids(store))) == (1, 4)
    assert store.apply(ChangeSet(nodes=(topic("small"),))) == 2


# Faults


PRIMARY_CODES = sorted(
    {
        getattr(sqlite3, name) & 0xFF
        for name in dir(sqlite3)
        if name.startswith("SQLITE_") and name.removeprefix("SQLITE_").split("_")[0].isalpha()
        and isinstance(getattr(sqlite3, name), int)
    }
    & {*range(1, 27)}
)  # fmt: skip


class Faulty(sqlite3.Connection):
    """A connection that fails at the statement it is told to."""

    countdown: int = -1
    error: sqlite3.Error = sqlite3.OperationalError("not armed")

    def execute(self, *arguments: object) -> sqlite3.Cursor:
        self.strike()
        return super().execute(*arguments)  # type: ignore[arg-type]  # as they came

    def executemany(self, *arguments: object) -> sqlite3.Cursor:
        self.strike()
        return super().executemany(*arguments)  # type: ignore[arg-type]  # as they came

    @classmethod
    def arm(cls, error: sqlite3.Error, after: int) -> None:
        cls.countdown, cls.error = after, error

    @classmethod
    def strike(cls) -> None:
        cls.countdown -= 1
        if cls.countdown == -1:
            raise cls.error


def coded(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("injected")
    error.sqlite_errorcode = code
    return error


CALLS: dict[str, Callable[[GraphStore], object]] = {
    "apply": lambda store: store.apply(ChangeSet(nodes=(topic("t"),), records=(partner("p"),))),
    "get_node": lambda store: store.get_node(NodeId("library-a")),
    "find_node": lambda store: store.find_node(NodeId("library-a")),
    "find_record": lambda store: store.find_record(RecordId("record:0")),
    "find_tie": lambda store: store.find_tie(TieKey(TieType.FUNDS, NodeId("a"), NodeId("b"))),
    "iter_nodes": lambda store: list(store.iter_nodes(Label.TOPIC)),
    "iter_records": lambda store: list(store.iter_records(NodeId("library-a"))),
    "iter_ties": lambda store: list(store.iter_ties()),
    "revision": lambda store: store.revision(),
    "hashes": lambda store: store.hashes(),
    "changes_since": lambda store: list(store.changes_since(Revision(0))),
    "contents": lambda store: store.contents(None),
    "restoring": lambda store: store.restoring(),
    "mark_restoring": lambda store: store.mark_restoring("x"),
    "put_new": lambda store: store.operations().put_new("jobs", "k", {"a": 1}),
    "find": lambda store: store.operations().find("jobs", "k"),
    "compare_and_set": lambda store: store.operations().compare_and_set("jobs", "k", 1, {"a": 2}),
    "remove": lambda store: store.operations().remove("jobs", "k"),
    "iter_entries": lambda store: list(store.operations().iter_entries("jobs")),
    "append": lambda store: store.operations().append("audit", [{"a": 1}]),
    "iter_log": lambda store: list(store.operations().iter_log("audit")),
    "expire": lambda store: store.operations().expire(10),
    "collections": lambda store: list(store.operations().collections()),
}


@pytest.fixture
def faulty_store(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    connect = sqlite3.connect

    def connect_faulty(*arguments: object, **options: object) -> sqlite3.Connection:
        return connect(*arguments, factory=Faulty, **options)  # type: ignore[call-overload, no-any-return]  # as they came

    monkeypatch.setattr(sqlite3, "connect", connect_faulty)
    opened = SqliteStore.open(path, durability=Durability.NORMAL)
    yield opened
    Faulty.arm(coded(1), -1)
    opened.close()


@pytest.mark.parametrize("name", CALLS)
def test_no_error_of_sqlite_comes_through(faulty_store: SqliteStore, name: str) -> None:
    put_example(faulty_store)
    before, failed = state_of(faulty_store), 0
    for after in range(40):
        Faulty.arm(coded(sqlite3.SQLITE_IOERR), after)
        try:
            CALLS[name](faulty_store)
        except StoreUnavailable:
            failed += 1
            Faulty.arm(coded(1), -1)
            assert state_of(faulty_store) == before
        else:
            break
    assert 2 <= failed < 40
    Faulty.arm(coded(1), -1)
    assert faulty_store.revision() >= 1


def state_of(store: SqliteStore) -> tuple[object, ...]:
    operations = store.operations()
    entries = [
        (name, list(operations.iter_entries(name)), list(operations.iter_log(name))) for name in ("jobs", "audit")
    ]
    return store.revision(), store.hashes(), store.contents(None), store.restoring(), entries


@pytest.mark.parametrize("code", PRIMARY_CODES)
def test_every_code_is_one_of_our_errors(faulty_store: SqliteStore, code: int) -> None:
    put_example(faulty_store)
    for extended in (code, code | 5 << 8):
        Faulty.arm(coded(extended), 3)
        with pytest.raises(StoreError, match=r"injected\). Nothing was half-written") as caught:
            faulty_store.apply(ChangeSet(nodes=(topic("t"),)))
        assert type(caught.value) is not StoreError
        assert type(caught.value) is FAULTS.get(code, (StoreUnavailable, ""))[0]
        assert faulty_store.revision() == 1


@pytest.mark.parametrize(
    "kind",
    [
        sqlite3.Error, sqlite3.DatabaseError, sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError,
        sqlite3.InternalError, sqlite3.NotSupportedError, sqlite3.OperationalError, sqlite3.ProgrammingError,
    ],
)  # fmt: skip
def test_errors_without_a_code_are_ours_too(kind: type[sqlite3.Error], path: Path) -> None:
    fault = fault_of(kind("odd"), path)
    assert isinstance(fault, StoreUnavailable)
    assert "odd" in str(fault)


def test_the_codes_that_matter_are_told_apart() -> None:
    assert len(PRIMARY_CODES) >= 24
    named = {code: kind.code for code, (kind, _) in FAULTS.items()}
    assert named[sqlite3.SQLITE_BUSY] == "store_timeout"
    assert named[sqlite3.SQLITE_FULL] == named[sqlite3.SQLITE_IOERR] == "store_unavailable"
    assert named[sqlite3.SQLITE_READONLY] == "store_read_only"
    assert named[sqlite3.SQLITE_CORRUPT] == "store_corrupt"
    assert named[sqlite3.SQLITE_NOTADB] == "store_schema"
    assert named[sqlite3.SQLITE_NOMEM] == "store_out_of_memory"
    assert {kind for kind, _ in FAULTS.values()} <= set(StoreError.__subclasses__())


def test_our_own_errors_pass_the_boundary_unchanged(store: SqliteStore) -> None:
    with pytest.raises(NotFound):
        store.get_node(NodeId("nobody"))
    assert issubclass(NotFound, MatchmakerError)


# Plans


def test_no_read_inside_a_batch_scans_a_table(store: SqliteStore) -> None:
    put_example(store)
    asked = "NODE NODES NODES_OF_LABEL RECORD RECORDS RECORDS_ABOUT RECORDS_ABOUT_ONE TIES TIES_AT TIES_BETWEEN"
    names = [f"_{name}" for name in [*asked.split(), "TIES_OF_TYPE", "CHANGES"]]
    statements = {name: str(vars(reading)[name]) for name in names}
    with store._connections.reading() as connection:
        for name, text in statements.items():
            values = ("[]",) * max(1, text.count("?") - text.count("?1") + bool(text.count("?1")))
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values)]
            scans = [
                step
                for step in plan
                if step.startswith("SCAN") and not step.startswith(("SCAN json_each", "SCAN asked"))
            ]
            assert scans == [], f"{name}: {plan}"
            assert any(step.startswith("SEARCH") for step in plan), f"{name}: {plan}"


def test_a_large_batch_asks_for_all_its_ids_at_once(store: SqliteStore) -> None:
    records = tuple(partner(f"p{number:05d}") for number in range(3000))
    ring = tuple(partners_with(records[index - 1].about, one.about) for index, one in enumerate(records))
    assert store.apply(ChangeSet(records=records, ties=ring)) == 1
    asked: list[str] = []
    with store._connections.reading() as connection:
        connection.set_trace_callback(asked.append)
    assert store.apply(ChangeSet(records=records, ties=ring)) == 1
    assert 5 < len(asked) < 20
