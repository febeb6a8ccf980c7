"""One server's connections: transactions that are tried again for a while, and reads that see whole batches only."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import SystemRandom
from typing import TypeVar
from urllib.parse import urlsplit

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from matchmaker.errors import ConfigError, StoreAuthFailed, StoreReadOnly, StoreTimeout, StoreUnavailable, Unsupported
from matchmaker.graph.neo4j.faults import fault_of, is_worth_repeating, mapped
from matchmaker.graph.neo4j.state import read_state, settle
from matchmaker.graph.neo4j.statements import Statement, run
from matchmaker.model.ids import Revision

OLDEST_SERVER = (5, 26)
"""The release that brought dynamic labels and types into every statement."""

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
READING_ATTEMPTS = 3
FETCH_ROWS = 2_000

Result = TypeVar("Result")
Work = Callable[[neo4j.Transaction], Result]
"""What is done in one transaction; it may be done again in another one, so it changes nothing else."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the store waits.

    Attributes
    ----------
    retry_s
        For how long a transaction that failed for a passing reason is begun again.
    connect_s
        For a connection to the server, or a free one from the pool.
    transaction_s
        For one transaction, waiting for locks included; the server ends it then.
    """

    retry_s: float = 15.0
    connect_s: float = 10.0
    transaction_s: float = 300.0


def check_address(uri: str) -> str:
    """Return the address of a server, or raise `ConfigError`; one that holds a user or a password is refused."""
    try:
        parts = urlsplit(uri)
        name, port = parts.hostname, parts.port
        known = parts.scheme in SCHEMES and bool(name) and port != 0
    except ValueError:
        known = False
    if not known:
        raise ConfigError(f"That is no address of a Neo4j server; valid: {', '.join(SCHEMES)}, then ://host[:port].")
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            "The address of the Neo4j server holds a user or a password, where logs and lists of processes would show "
            "them. Leave them out; they have settings of their own."
        )
    if parts.path not in {"", "/"}:
        raise ConfigError("The address of the Neo4j server names a path; the database has a setting of its own.")
    if parts.query or parts.fragment:
        raise ConfigError("The address of the Neo4j server takes no options behind ? or #.")
    return uri


class Connections:
    """The driver of one server, used for one transaction at a time and thread.

    Transactions are begun here rather than by the driver's managed functions: those would also repeat a commit that
    failed because the memory pool is exhausted: that calls itself transient, and no unit of work can keep them from it.
    Apart from that the rules are theirs: what the driver calls retryable is begun again, with growing pauses, until the
    time is up.
    """

    def __init__(self, driver: neo4j.Driver, place: str, database: str | None, limits: Limits) -> None:
        self.place = place
        self._driver, self._database, self._limits = driver, database, limits
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()
        self._closed = False

    @classmethod
    def open(cls, uri: str, auth: tuple[str, str], database: str | None, limits: Limits) -> "Connections":
        """Connect to a server and see whether it is one that can be used."""
        place = check_address(uri)
        with mapped(place):
            driver = neo4j.GraphDatabase.driver(
                uri,
                auth=auth,
                connection_timeout=limits.connect_s,
                connection_acquisition_timeout=2 * limits.connect_s,
                notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
                user_agent="matchmaker",
            )
            try:
                check_server(driver.get_server_info().agent, place)
            except BaseException:
                driver.close()
                raise
        return cls(driver, place, database, limits)

    def reading(self, work: Work[Result]) -> Result:
        """Return what ``work`` returns in a read transaction. A batch that is being committed may be half visible."""
        return self._repeated(neo4j.READ_ACCESS, work)

    def writing(self, work: Work[Result]) -> Result:
        """Return what ``work`` returns in a write transaction, which is committed then, or undone by any exception."""
        return self._repeated(neo4j.WRITE_ACCESS, work)

    def settled(self, work: Work[Result]) -> Result:
        """Return what ``work`` reads while no batch can be committed: for reads that are short."""
        return self.locked(settle, work)

    def locked(self, lock: Work[object], work: Work[Result]) -> Result:
        """Return what ``work`` reads behind the lock that ``lock`` takes; without one where nothing can be written."""

        def read_behind_lock(transaction: neo4j.Transaction) -> Result:
            lock(transaction)
            return work(transaction)

        try:
            return self.writing(read_behind_lock)
        except (StoreReadOnly, StoreAuthFailed):
            return self.reading(work)

    def stable(self, work: Work[Result]) -> tuple[Revision, Result]:
        """Return a revision and what ``work`` reads at it: for reads that are long and mustn't keep batches waiting.

        Neo4j reads what is committed, statement by statement, and a commit becomes visible piece by piece. So the
        revision is read before and after, each time behind the lock that a committing batch holds: the same twice means
        that nothing came in between. After a few attempts the lock is held throughout.
        """
        for _ in range(READING_ATTEMPTS):
            before = self.settled(read_state)
            found = self.reading(work)
            if self.settled(read_state) == before:
                return before.revision, found
        try:
            return self.writing(lambda transaction: (settle(transaction), work(transaction)))
        except (StoreReadOnly, StoreAuthFailed) as error:
            raise StoreTimeout(
                f"The Neo4j server {self.place} changes faster than it can be read, and this user can't hold it still."
            ) from error

    def run_alone(self, statement: Statement) -> list[neo4j.Record]:
        """Return the rows of a statement that can't share a transaction with others: a change of the schema."""
        return self.writing(lambda transaction: run(transaction, statement))

    def close(self) -> None:
        """Close all connections; closing twice is no error."""
        self._closed = True
        with mapped(self.place):
            self._driver.close()

    def _repeated(self, access: str, work: Work[Result]) -> Result:
        give_up_at, pauses = time.monotonic() + self._limits.retry_s, _pauses()
        while True:
            if self._closed:
                raise StoreUnavailable(f"The store at {self.place} is closed.")
            pause_s, began_at = next(pauses), time.monotonic()
            try:
                return self._once(access, work)
            except (DriverError, Neo4jError) as error:
                now = time.monotonic()
                if not is_worth_repeating(error) or now + pause_s > give_up_at:
                    raise fault_of(error, self.place, overdue=now - began_at >= self._limits.transaction_s) from error
            time.sleep(pause_s)

    def _once(self, access: str, work: Work[Result]) -> Result:
        with self._driver.session(
            database=self._database,
            default_access_mode=access,
            bookmark_manager=self._bookmarks,
            fetch_size=FETCH_ROWS,
        ) as session:
            transaction = session.begin_transaction(timeout=self._limits.transaction_s)
            try:
                result = work(transaction)
                transaction.commit()
            finally:
                transaction.close()
            return result


def _pauses() -> Iterator[float]:
    """Yield how long to wait before each further attempt, in seconds: longer each time, and never quite the same."""
    random = SystemRandom()
    pause_s = 0.1
    while True:
        yield pause_s * random.uniform(0.8, 1.2)
        pause_s = min(2 * pause_s, 3.0)


def check_server(agent: str, place: str) -> None:
    """See that a server, by the name it gives itself (``Neo4j/5.26.12``), is one that knows our statements."""
    name, _, version = agent.partition("/")
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    if name != "Neo4j" or numbers < OLDEST_SERVER:
        oldest = ".".join(map(str, OLDEST_SERVER))
        raise Unsupported(f"The server {place} is {agent}; matchmaker needs Neo4j {oldest} or newer.")
