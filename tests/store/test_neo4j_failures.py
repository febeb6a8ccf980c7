"""What goes wrong with a real Neo4j has a name, and leaves nothing half-written: the server is stopped and killed."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any, Final

import neo4j
import pytest
from neo4j import exceptions as driver_errors
from neo4j.exceptions import DriverError, Neo4jError

from matchmaker.errors import (
    ConfigError,
    MatchmakerError,
    StoreAuthFailed,
    StoreCorrupt,
    StoreError,
    StoreIncomplete,
    StoreOutOfMemory,
    StoreReadOnly,
    StoreSchemaError,
    StoreTimeout,
    StoreUnavailable,
    Unsupported,
)
from matchmaker.graph.neo4j import Limits, Neo4jStore, connecting, founding, store, writing
from matchmaker.graph.neo4j.faults import OF_CLASS, fault_of, is_worth_repeating
from matchmaker.graph.neo4j.statements import Statement
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import MAXIMUM_ELEMENTS, ChangeSet
from matchmaker.model.ids import NodeId, Revision
from matchmaker.testing.contract.examples import agreement, partner, put_example, topic
from matchmaker.testing.contract.place import raw_hashes, raw_picture
from matchmaker.testing.neo4j_server import Neo4jServer
from matchmaker.testing.store_contract import RawReader

RawReading = Callable[[neo4j.Driver, str], RawReader]

# Little memory for transactions, and none of the ten seconds that a stopping server gives those still open.
SMALL: Final = {"dbms.memory.transaction.total.max": "24m", "db.shutdown_transaction_end_timeout": "0s"}
READ_ONLY: Final = SMALL | {"server.databases.read_only": "neo4j"}
IMPATIENT: Final = Limits(retry_s=1.5, connect_s=5.0, transaction_s=60.0)
NOWHERE: Final = "bolt://127.0.0.1:1"


class Bench:
    """One server to do harm to, and its database."""

    def __init__(self, server: Neo4jServer, raw_reading: RawReading) -> None:
        self.server, self._raw_reading = server, raw_reading
        self._config: Mapping[str, str] = {}

    def run_with(self, config: Mapping[str, str]) -> None:
        """Have the server running with these settings; restart it only where it isn't."""
        if not self.server.running or self._config != config:
            self.server.restart(config)
            self._config = config

    def have_writable(self) -> None:
        self.run_with(SMALL if self._config == READ_ONLY or not self.server.running else self._config)

    def open(
        self,
        limits: Limits = IMPATIENT,
        *,
        auth: tuple[str, str] | None = None,
        database: str | None = None,
        create: bool = True,
        allow_incomplete: bool = False,
    ) -> Neo4jStore:
        return Neo4jStore.open(
            self.server.uri,
            auth=auth or (self.server.user, self.server.password),
            database=database,
            create=create,
            allow_incomplete=allow_incomplete,
            limits=limits,
        )

    @contextmanager
    def driver(self) -> Iterator[neo4j.Driver]:
        auth = (self.server.user, self.server.password)
        with neo4j.GraphDatabase.driver(self.server.uri, auth=auth, notifications_min_severity="OFF") as driver:
            yield driver

    def rows(self, statement: str) -> list[list[Any]]:
        with self.driver() as driver, driver.session() as session:
            return session.run(statement).values()

    def clear(self) -> None:
        self.rows("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 500 ROWS")

    def hashes(self) -> tuple[str, str]:
        with self.driver() as driver:
            return raw_hashes(self._raw_reading(driver, "neo4j"))

    def picture(self) -> tuple[Any, ...]:
        with self.driver() as driver:
            return raw_picture(self._raw_reading(driver, "neo4j"))


@pytest.fixture(scope="module")
def one_bench(own_neo4j_server: Neo4jServer, raw_neo4j: RawReading) -> Bench:
    return Bench(own_neo4j_server, raw_neo4j)


@pytest.fixture
def bench(one_bench: Bench) -> Bench:
    """A running server that takes writes, and its empty database."""
    one_bench.have_writable()
    one_bench.clear()
    return one_bench


@pytest.fixture
def kept(bench: Bench) -> Iterator[Neo4jStore]:
    """A store with the example in it."""
    opened = bench.open()
    put_example(opened)
    yield opened
    opened.close()


def a_batch(size: int = 300) -> ChangeSet:
    partners = tuple(partner(f"p{number:03d}") for number in range(size))
    return ChangeSet(records=partners, ties=tuple(agreement(f"p{number:03d}", "p000") for number in range(1, size)))


def wrap(
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[object, str],
    before: Callable[..., None] = lambda *_: None,
    after: Callable[..., None] = lambda *_: None,
) -> None:
    """Let something happen before and after each call of a function of the store's modules."""
    module, name = place
    original: Callable[..., object] = getattr(module, name)

    def wrapped(*arguments: object) -> object:
        before(*arguments)
        result = original(*arguments)
        after(*arguments)
        return result

    monkeypatch.setattr(module, name, wrapped)


def when(name: str, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Let something happen just before a batch runs a statement for the first time."""
    done: list[str] = []

    def before(_: object, statement: Statement, *__: object) -> None:
        if statement.name == name and not done:
            done.append(name)
            act()

    wrap(monkeypatch, (writing, "run"), before)


# The server goes away.


def test_a_server_that_is_not_there_is_unavailable() -> None:
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match=r"bolt://127\.0\.0\.1:1 can't be reached"):
        Neo4jStore.open(NOWHERE, auth=("neo4j", "whatever"), limits=IMPATIENT)
    assert time.monotonic() - began < 10


def test_a_host_that_is_not_known_is_unavailable() -> None:
    with pytest.raises(StoreUnavailable, match="can't be reached"):
        Neo4jStore.open("neo4j://nowhere.invalid", auth=("neo4j", "whatever"), limits=IMPATIENT)


def test_a_server_killed_in_mid_batch_leaves_the_batch_before(
    bench: Bench, kept: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes, picture = kept.hashes(), bench.picture()
    when("ties/create", monkeypatch, bench.server.kill)
    with pytest.raises(StoreUnavailable, match="can't be reached, or went away"):
        kept.apply(a_batch())
    for use in (kept.revision, lambda: kept.contents(None), lambda: kept.operations().find("jobs", "a")):
        with pytest.raises(StoreUnavailable):
            use()
    bench.run_with(SMALL)
    assert bench.picture() == picture
    assert (hashes.graph, hashes.content) == bench.hashes()
    # The store that lost its server goes on with it.
    assert (kept.revision(), kept.hashes()) == (1, hashes)
    assert kept.apply(a_batch()) == 2
    assert (kept.hashes().graph, kept.hashes().content) == bench.hashes()


def test_a_server_killed_while_committing_leaves_all_of_the_batch_or_nothing(
    bench: Bench, kept: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.hashes()
    killer = threading.Timer(0.003, bench.server.kill)
    wrap(monkeypatch, (writing, "save"), after=lambda *_: killer.start())
    answers: list[int] = []
    with suppress(StoreUnavailable):
        answers.append(kept.apply(a_batch()))
    monkeypatch.undo()
    killer.join()
    bench.run_with(SMALL)
    revision, hashes = kept.revision(), kept.hashes()
    assert (hashes.graph, hashes.content) == bench.hashes()
    assert revision == (2 if answers else revision)
    assert (revision == 1, hashes == before) in {(True, True), (False, False)}
    assert len(list(kept.changes_since(Revision(1)))) == (0 if revision == 1 else 300 * 3 - 1)
    # Whichever it was, applying the same batch again is right.
    assert kept.apply(a_batch()) == 2
    assert (kept.hashes().graph, kept.hashes().content) == bench.hashes()


def test_a_server_stopped_in_mid_batch_and_started_read_only(
    bench: Bench, kept: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.run_with(SMALL)
    contents, hashes, picture = kept.contents(None), kept.hashes(), bench.picture()
    kept.operations().put_new("jobs", "a", {"state": "running"})
    kept.operations().append("audit", [{"who": "ana"}])
    when("ties/create", monkeypatch, bench.server.stop)
    with pytest.raises(StoreUnavailable):
        kept.apply(a_batch())

    bench.run_with(READ_ONLY)
    with closing(bench.open()) as opened:
        assert (opened.revision(), opened.hashes(), opened.contents(None)) == (1, hashes, contents)
        assert opened.get_node(NodeId("museum-b")).version == 1
        assert [stored.element for stored in opened.iter_ties()] == list(contents.ties)
        entry = opened.operations().find("jobs", "a")
        assert entry is not None
        assert (entry.fields, list(opened.operations().iter_log("audit"))) == (
            {"state": "running"},
            [(1, {"who": "ana"})],
        )
        writes: list[Callable[[], object]] = [
            lambda: opened.apply(a_batch(3)),
            lambda: opened.operations().put_new("jobs", "b", {}),
            lambda: opened.operations().append("audit", [{"who": "ben"}]),
            lambda: opened.mark_restoring("half of it"),
        ]
        attempts: list[str] = []
        wrap(monkeypatch, (store, "lock"), lambda *_: attempts.append("attempt"))
        for write in writes:
            with pytest.raises(StoreReadOnly, match="takes no writes"):
                write()
        assert attempts == ["attempt"]
    assert bench.picture() == picture


# The server refuses.


def test_a_wrong_password_is_refused(bench: Bench) -> None:
    with pytest.raises(StoreAuthFailed) as caught:
        bench.open(auth=("someone", "not-the-password"))
    assert "not-the-password" not in str(caught.value)


def test_a_database_that_is_not_there_is_a_wrong_setting(bench: Bench) -> None:
    with pytest.raises(ConfigError, match="has no database of that name"):
        bench.open(database="elsewhere")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("neo4j://ana:s3cret-word@host", "holds a user or a password"),
        ("bolt://:s3cret-word@host:7687", "holds a user or a password"),
        ("bolt://ana@host", "holds a user or a password"),
        ("http://host", "no address of a Neo4j server"),
        ("bolt://host:s3cret-word", "no address of a Neo4j server"),
        ("bolt://", "no address of a Neo4j server"),
        ("s3cret-word", "no address of a Neo4j server"),
        ("bolt://[::1", "no address of a Neo4j server"),
        ("neo4j://host/s3cret-word", "names a path"),
        ("bolt://host?s3cret-word=1", "takes no options"),
    ],
)
def test_an_address_that_is_wrong_or_holds_a_password_is_refused_without_repeating_it(address: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        Neo4jStore.open(address, auth=("neo4j", "whatever"), limits=IMPATIENT)
    assert "s3cret-word" not in str(caught.value)


def test_an_older_server_is_not_supported() -> None:
    for name in ("Neo4j/5.25.1", "Neo4j/4.4.40", "Memgraph/3.0.0"):
        with pytest.raises(Unsupported, match=r"needs Neo4j 5\.26 or newer"):
            connecting.check_server(name, NOWHERE)
    for name in ("Neo4j/5.26.0", "Neo4j/5.26.12-aura", "Neo4j/2025.10.1"):
        connecting.check_server(name, NOWHERE)


# The server runs out of time or memory.


def test_a_transaction_that_waits_too_long_times_out(bench: Bench, kept: Neo4jStore) -> None:
    hashes = kept.hashes()
    with bench.driver() as driver, driver.session() as session, session.begin_transaction() as other:
        other.run("MATCH (s:Store {id: 'store'}) SET s.locked = true").consume()
        hasty = bench.open(Limits(retry_s=1.5, connect_s=5.0, transaction_s=3.0))
        with closing(hasty), pytest.raises(StoreTimeout, match="gave up on a statement or a lock"):
            hasty.apply(ChangeSet(nodes=(topic("t2"),)))
        # Readers don't wait for a writer that hasn't come to its commit.
        assert (kept.revision(), kept.hashes()) == (1, hashes)
        assert len(kept.contents(None).records) == 3
    assert kept.apply(ChangeSet(nodes=(topic("t2"),))) == 2


def test_a_full_memory_pool_is_named_and_never_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.run_with(SMALL)
    attempts: list[str] = []
    saves: list[str] = []
    wrap(monkeypatch, (store, "lock"), lambda *_: attempts.append("attempt"))
    wrap(monkeypatch, (writing, "save"), after=lambda *_: saves.append("save"))
    phases: set[str] = set()
    size = 3_000
    # A batch that is a little too large still fits while it is written and not any more when it is committed; a larger
    # one doesn't fit while it is written.
    while "writing" not in phases and size < MAXIMUM_ELEMENTS:
        bench.clear()
        with closing(bench.open()) as opened:
            put_example(opened)
            hashes = opened.hashes()
            attempts.clear()
            saves.clear()
            fault = fault_of_applying(opened, size)
            if fault is not None:
                assert type(fault) is StoreOutOfMemory
                assert "dbms.memory.transaction.total.max" in str(fault)
                assert attempts == ["attempt"]
                phases.add("committing" if saves else "writing")
                assert (opened.revision(), opened.hashes()) == (1, hashes)
                assert bench.hashes() == (hashes.graph, hashes.content)
                assert opened.apply(ChangeSet(nodes=(topic("t2"),))) == 2
        size = int(size * 1.3)
    assert phases == {"writing", "committing"}


def fault_of_applying(opened: Neo4jStore, size: int) -> StoreError | None:
    try:
        opened.apply(ChangeSet(nodes=tuple(topic(f"t{number}") for number in range(size))))
    except StoreError as error:
        return error
    return None


def test_what_passes_is_tried_again(kept: Neo4jStore, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[str] = []

    def fail_twice(*_: object) -> None:
        attempts.append("attempt")
        if len(attempts) < 3:
            raise driver_errors.SessionExpired("the connection broke")

    wrap(monkeypatch, (store, "lock"), fail_twice)
    assert kept.apply(ChangeSet(nodes=(topic("t2"),))) == 2
    assert len(attempts) == 3


# The database holds something else.


def test_a_database_of_something_else_is_left_alone(bench: Bench) -> None:
    bench.rows("CREATE (:Film {title: 'Hidden Figures'})")
    constraints = bench.rows("SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name")
    with pytest.raises(StoreSchemaError, match="holds something else"):
        bench.open()
    assert bench.rows("MATCH (n) RETURN labels(n), n.title") == [[["Film"], "Hidden Figures"]]
    assert bench.rows("SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name") == constraints


def test_another_product_may_call_its_node_a_store_too(bench: Bench) -> None:
    bench.rows("CREATE (:Store {id: 'store', name: 'Corner shop'})")
    with pytest.raises(StoreSchemaError, match="holds something else"):
        bench.open()
    assert bench.rows("MATCH (n) RETURN n.name, size(keys(n))") == [["Corner shop", 2]]


def test_an_empty_database_stays_empty_where_nothing_is_to_be_made(bench: Bench) -> None:
    with pytest.raises(StoreUnavailable, match="There is no store in the database"):
        bench.open(create=False)
    assert bench.rows("MATCH (n) RETURN count(n)") == [[0]]


def test_a_newer_schema_is_refused(bench: Bench, kept: Neo4jStore) -> None:
    newer = founding.SCHEMA_VERSION + 1
    bench.rows(f"MATCH (s:Store {{id: 'store'}}) SET s.schema = {newer}")
    with pytest.raises(StoreSchemaError, match=f"newer version of matchmaker .its schema is {newer}"):
        bench.open()
    assert kept.revision() == 1


def test_an_unfinished_restore_is_named(bench: Bench, kept: Neo4jStore) -> None:
    kept.mark_restoring("from monday.zip")
    with pytest.raises(StoreIncomplete, match=r"unfinished: from monday\.zip"):
        bench.open()
    with closing(bench.open(allow_incomplete=True)) as opened:
        assert opened.restoring() == "from monday.zip"
        opened.mark_restoring(None)
    with closing(bench.open()) as opened:
        assert (opened.restoring(), opened.revision()) == (None, 1)


def test_a_store_that_is_emptied_by_other_means_says_so(bench: Bench, kept: Neo4jStore) -> None:
    bench.clear()
    for use in (kept.revision, kept.hashes, lambda: kept.apply(a_batch(3)), lambda: kept.contents(None)):
        with pytest.raises(StoreSchemaError, match="has gone from this database"):
            use()
    assert bench.rows("MATCH (n) RETURN count(n)") == [[0]]


@pytest.mark.parametrize(
    "harm",
    [
        "MATCH (n:Entity {id: 'topic:robotics'}) SET n.name = date('2024-01-01')",
        "MATCH (n:Entity {id: 'topic:robotics'}) SET n.x_where = point({x: 1, y: 2})",
        "MATCH (n:Entity {id: 'topic:robotics'}) REMOVE n:Topic",
        "MATCH (n:Entity {id: 'topic:robotics'}) SET n:Need",
        "MATCH (n:Entity {id: 'topic:robotics'}) REMOVE n.owner",
        "MATCH (n:Entity {id: 'topic:robotics'}) SET n.confidence = 'certain'",
        "MATCH (r:Record {about: 'museum-b'}) SET r.owner = 'alpha-hub'",
        "MATCH (r:Record {about: 'museum-b'}) REMOVE r.label",
        "MATCH (:Entity)-[r:PARTNERS_WITH]->(:Entity) SET r.episode = 'again'",
        "MATCH (:Entity)-[r:PARTNERS_WITH]->(:Entity) REMOVE r.confidence",
    ],
)
def test_what_does_not_decode_is_named(bench: Bench, kept: Neo4jStore, harm: str) -> None:
    bench.rows(harm)
    uses: list[Callable[[], object]] = [
        lambda: list(kept.iter_nodes()),
        lambda: list(kept.iter_records()),
        lambda: list(kept.iter_ties()),
    ]
    found = []
    for use in uses:
        try:
            use()
        except StoreCorrupt as error:
            found.append(str(error))
    assert len(found) == 1
    assert "doesn't decode" in found[0]


# Constraints.


def constraints_of(bench: Bench) -> set[tuple[str, str, tuple[str, ...]]]:
    rows = bench.rows("SHOW CONSTRAINTS YIELD entityType, labelsOrTypes, properties RETURN *")
    return {(entity, labels[0], tuple(properties)) for entity, labels, properties in rows}


def test_constraints_that_are_there_already_are_no_error(bench: Bench, kept: Neo4jStore) -> None:
    wanted = {
        (one.entity, one.of, one.properties) for one in map(founding.Constraint.of_statement, founding.CONSTRAINTS)
    }
    assert constraints_of(bench) == wanted
    with closing(bench.open()) as again:
        assert again.revision() == kept.revision() == 1
    # One that is missing is made again, and one of the same meaning serves under any name.
    bench.rows("DROP CONSTRAINT matchmaker_tie_funds")
    bench.rows("DROP CONSTRAINT matchmaker_entity_id")
    bench.rows("CREATE CONSTRAINT by_hand FOR (n:Entity) REQUIRE n.id IS UNIQUE")
    bench.open().close()
    assert constraints_of(bench) == wanted
    names = [name for (name,) in bench.rows("SHOW CONSTRAINTS YIELD name RETURN name")]
    assert ("by_hand" in names, "matchmaker_entity_id" in names) == (True, False)
    bench.rows("DROP CONSTRAINT by_hand")


def test_a_constraint_of_our_name_and_another_meaning_is_named(bench: Bench, kept: Neo4jStore) -> None:
    bench.rows("DROP CONSTRAINT matchmaker_tie_funds")
    bench.rows("CREATE CONSTRAINT matchmaker_tie_funds FOR (n:Film) REQUIRE n.title IS UNIQUE")
    try:
        with pytest.raises(StoreSchemaError, match="id of relationships FUNDS"):
            bench.open()
    finally:
        bench.rows("DROP CONSTRAINT matchmaker_tie_funds")
    assert kept.revision() == 1
    bench.open().close()


@pytest.mark.parametrize(
    "in_the_way",
    [
        "CREATE INDEX matchmaker_tie_funds FOR (n:Film) ON (n.title)",
        "CREATE INDEX other FOR ()-[r:FUNDS]-() ON (r.id)",
    ],
)
def test_an_index_in_the_way_is_named(bench: Bench, kept: Neo4jStore, in_the_way: str) -> None:
    bench.rows("DROP CONSTRAINT matchmaker_tie_funds")
    bench.rows(in_the_way)
    try:
        with pytest.raises(StoreSchemaError, match="can't keep unique the id of relationships FUNDS"):
            bench.open()
    finally:
        bench.rows(f"DROP INDEX {in_the_way.split()[2]}")
    assert kept.revision() == 1
    bench.open().close()


def test_a_database_that_breaks_a_constraint_is_named(bench: Bench, kept: Neo4jStore) -> None:
    bench.rows("DROP CONSTRAINT matchmaker_entity_id")
    bench.rows("CREATE (:Entity:Topic {id: 'topic:robotics'})")
    with pytest.raises(StoreSchemaError, match="can't keep unique the id of nodes Entity"):
        bench.open()
    assert kept.revision() == 1
    bench.clear()
    bench.open().close()


# The map of errors.


def every_class(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for below in root.__subclasses__():
        yield from every_class(below)


def test_no_error_of_the_driver_is_without_a_name_of_ours() -> None:
    known = set(every_class(driver_errors.GqlError)) - {driver_errors.GqlError, Neo4jError, DriverError}
    own = {error for error in known if error.__module__ == "neo4j.exceptions"}
    assert len(own) > 30
    assert own == set(OF_CLASS)
    assert {kind for kind, _ in OF_CLASS.values()} <= set(every_class(MatchmakerError))


def from_server(code: str) -> Neo4jError:
    """Make the error that the driver makes of a server's answer."""
    return Neo4jError._basic_hydrate(neo4j_code=code, message="as the server says it")


@pytest.mark.parametrize(
    ("code", "kind", "again"),
    [
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", StoreOutOfMemory, False),
        ("Neo.TransientError.General.OutOfMemoryError", StoreOutOfMemory, False),
        ("Neo.TransientError.General.TransactionOutOfMemoryError", StoreOutOfMemory, False),
        ("Neo.TransientError.Transaction.DeadlockDetected", StoreUnavailable, True),
        ("Neo.TransientError.Transaction.LockAcquisitionTimeout", StoreTimeout, True),
        ("Neo.TransientError.General.DatabaseUnavailable", StoreUnavailable, True),
        ("Neo.ClientError.Cluster.NotALeader", StoreUnavailable, True),
        ("Neo.ClientError.Transaction.TransactionTimedOut", StoreTimeout, False),
        ("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", StoreTimeout, False),
        ("Neo.ClientError.Transaction.Terminated", StoreUnavailable, False),
        ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", StoreReadOnly, False),
        ("Neo.ClientError.General.WriteOnReadOnlyAccessDatabase", StoreReadOnly, False),
        ("Neo.ClientError.Security.Unauthorized", StoreAuthFailed, False),
        ("Neo.ClientError.Security.AuthenticationRateLimit", StoreAuthFailed, False),
        ("Neo.ClientError.Security.CredentialsExpired", StoreAuthFailed, False),
        ("Neo.ClientError.Security.Forbidden", StoreAuthFailed, False),
        ("Neo.ClientError.Database.DatabaseNotFound", ConfigError, False),
        ("Neo.ClientError.Schema.ConstraintValidationFailed", StoreCorrupt, False),
        ("Neo.DatabaseError.Transaction.TransactionCommitFailed", StoreUnavailable, False),
        ("Neo.ClientError.Statement.SyntaxError", StoreError, False),
        ("Neo.SomethingNew.From.TheFuture", StoreError, False),
    ],
)
def test_the_servers_own_codes_have_names(code: str, kind: type[MatchmakerError], *, again: bool) -> None:
    error = from_server(code)
    named = fault_of(error, NOWHERE)
    assert type(named) is kind
    assert str(named).endswith(f"It says: {code}: as the server says it")
    assert is_worth_repeating(error) is again


def test_what_the_driver_itself_says_is_passed_on_in_one_line() -> None:
    error = driver_errors.ServiceUnavailable("Couldn't connect\nbecause of this and that")
    assert str(fault_of(error, NOWHERE)).endswith("try again. It says: Couldn't connect")
    assert str(fault_of(driver_errors.ServiceUnavailable(), NOWHERE)).endswith("It says: ServiceUnavailable")


def test_a_transaction_that_had_its_time_was_not_just_stopped() -> None:
    error = from_server("Neo.ClientError.Transaction.LockClientStopped")
    assert type(fault_of(error, NOWHERE)) is StoreUnavailable
    assert type(fault_of(error, NOWHERE, overdue=True)) is StoreTimeout
    refused = from_server("Neo.ClientError.Security.Unauthorized")
    assert type(fault_of(refused, NOWHERE, overdue=True)) is StoreAuthFailed


def test_a_closed_store_is_unavailable(bench: Bench) -> None:
    opened: GraphStore = bench.open()
    opened.close()
    opened.close()
    with pytest.raises(StoreUnavailable, match="is closed"):
        opened.revision()
