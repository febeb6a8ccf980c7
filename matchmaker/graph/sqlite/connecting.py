"""Connections to one file: how they are set up, shared between threads, and used for one transaction each."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from matchmaker.errors import StoreTimeout, StoreUnavailable
from matchmaker.graph.sqlite.faults import mapped

BUSY_TIMEOUT_S = 30.0
"""How long a writer waits for another one by default."""


class Durability(StrEnum):
    """What a power cut may cost. A killed process costs nothing in either."""

    FULL = "full"
    NORMAL = "normal"


_SETUP = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",
)
_SYNCHRONOUS = {
    Durability.FULL: "PRAGMA synchronous = FULL",
    Durability.NORMAL: "PRAGMA synchronous = NORMAL",
}


@dataclass(frozen=True, slots=True)
class Access:
    """How a file is opened.

    Attributes
    ----------
    path
        The file, absolute.
    durability
        ``full``: every batch survives a power cut; ``normal``: the newest batches may be lost in one, whole.
    busy_timeout_s
        How long to wait for another writer, in seconds.
    read_only
        The file, or the folder that holds SQLite's two companions of it, takes no writes.
    """

    path: Path
    durability: Durability = Durability.FULL
    busy_timeout_s: float = BUSY_TIMEOUT_S
    read_only: bool = False

    def connect(self, *, create: bool = False) -> sqlite3.Connection:
        """Return a new connection, set up; the caller maps errors and closes it."""
        mode = "ro" if self.read_only else "rwc" if create else "rw"
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?mode={mode}",
            timeout=self.busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            uri=True,
        )
        try:
            for statement in (*_SETUP, _SYNCHRONOUS[self.durability]):
                connection.execute(statement)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


class Connections:
    """The connections of one store in one process.

    Each transaction has a connection to itself, taken from those that lie idle or made new; so any number of threads
    may read at once. Writers of this process queue for a lock, then for the file's. A connection doesn't survive a
    fork: a child process opens the store again.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        self._idle: list[sqlite3.Connection] = []
        self._guard, self._write_lock = threading.Lock(), threading.Lock()
        self._closed = False
        self._process = os.getpid()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection inside a read transaction: everything read in it is of one revision."""
        with mapped(self.access.path), self._borrowed() as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection inside a write transaction; it is committed at the end, or undone by any exception."""
        with mapped(self.access.path), self._only_writer(), self._borrowed() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close what lies idle now, and what is in use when it comes back."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        with mapped(self.access.path):
            for connection in idle:
                connection.close()

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        if not self._write_lock.acquire(timeout=self.access.busy_timeout_s):
            raise StoreTimeout(f"The store {self.access.path} is being written by another thread for too long.")
        try:
            yield
        finally:
            self._write_lock.release()

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        connection = self._take()
        try:
            yield connection
        finally:
            self._give_back(connection)

    def _take(self) -> sqlite3.Connection:
        with self._guard:
            if self._closed:
                raise StoreUnavailable(f"The store {self.access.path} is closed.")
            if self._process != os.getpid():
                raise StoreUnavailable(f"The store {self.access.path} was opened by another process; open it here.")
            if self._idle:
                return self._idle.pop()
        return self.access.connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.close()
            raise
        with self._guard:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()
