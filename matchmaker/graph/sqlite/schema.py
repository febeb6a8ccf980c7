"""The version of a file's tables, and the way from an older one to ours."""

import sqlite3
import time
from collections.abc import Iterator
from importlib import resources

from matchmaker.errors import StoreReadOnly, StoreSchemaError, StoreUnavailable
from matchmaker.graph.applying import founding_state
from matchmaker.graph.sqlite.connecting import Access
from matchmaker.graph.sqlite.rows import row_of_node
from matchmaker.graph.sqlite.writing import PUT_NODE
from matchmaker.model.canonical import show_hash
from matchmaker.model.reference import REFERENCE_NODES

APPLICATION_ID = 1_836_344_168
"""What `PRAGMA application_id` says of a matchmaker store: the letters ``mtch``."""

MIGRATIONS = ("0001_graph.sql", "0002_operations.sql")
"""The step to each version of the schema, from version 1."""

SCHEMA_VERSION = len(MIGRATIONS)
OLDEST_SQLITE = (3, 38, 0)
"""STRICT tables came with 3.37, JSON functions without being asked for with 3.38."""

_FOUND = "INSERT INTO state (id, revision, graph_sum, content_sum) VALUES (1, ?, ?, ?)"
_RETRY_S = 0.02


def prepare(connection: sqlite3.Connection, access: Access) -> None:
    """Bring the file behind a connection to our version: make the tables of an empty one, migrate an older one.

    Raises
    ------
    StoreSchemaError
        It holds something else, or was written by a newer version.
    StoreReadOnly
        It is older and takes no writes.
    """
    version = _check_at_once(connection, access)
    if access.read_only:
        if version < SCHEMA_VERSION:
            raise StoreReadOnly(f"The store {access.path} is of an older version and takes no writes to be renewed.")
        return
    _use_wal(connection, access)
    if version == SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    # Another process may have done it between the first look and the lock.
    for number in range(_check(connection, access), SCHEMA_VERSION):
        for statement in statements_of(MIGRATIONS[number]):
            connection.execute(statement)
        if number == 0:
            _found(connection)
    connection.execute("COMMIT")


def statements_of(name: str) -> Iterator[str]:
    """Yield the statements of a migration one by one: a script run at once would commit between them."""
    text = resources.files("matchmaker.graph.sqlite").joinpath("migrations", name).read_text(encoding="utf-8")
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _check_at_once(connection: sqlite3.Connection, access: Access) -> int:
    """Return the version of the file as one read sees it, whoever may be making the file meanwhile."""
    connection.execute("BEGIN")
    try:
        return _check(connection, access)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _check(connection: sqlite3.Connection, access: Access) -> int:
    """Return the version of the file, 0 where it is empty."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if (application, version, tables) == (0, 0, 0):
        return 0
    if application != APPLICATION_ID or version < 1:
        raise StoreSchemaError(f"{access.path} is a database of something else, not a matchmaker store.")
    if version > SCHEMA_VERSION:
        raise StoreSchemaError(
            f"The store {access.path} was written by a newer version of matchmaker (its schema is {version}, this one "
            f"knows up to {SCHEMA_VERSION}). Install that version, or restore a backup made with this one."
        )
    return version


def _use_wal(connection: sqlite3.Connection, access: Access) -> None:
    """Switch to write-ahead logging. SQLite doesn't wait for a lock here, so this does."""
    give_up_at = time.monotonic() + access.busy_timeout_s
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
            time.sleep(_RETRY_S)
            continue
        if mode != "wal":
            raise StoreUnavailable(
                f"The store {access.path} lies where SQLite can't keep a write-ahead log (a network folder?); "
                "put it on a local disk."
            )
        return


def _found(connection: sqlite3.Connection) -> None:
    state = founding_state()
    connection.execute(_FOUND, (state.revision, show_hash(state.graph_sum), show_hash(state.content_sum)))
    connection.executemany(PUT_NODE, [row_of_node(node, 0) for node in REFERENCE_NODES])
