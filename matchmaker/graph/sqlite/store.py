"""The embedded store: one file, nothing to install."""

import datetime
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from matchmaker.errors import NotFound, StoreIncomplete, StoreReadOnly, StoreUnavailable, Unsupported
from matchmaker.graph.applying import GraphReader, effects_of
from matchmaker.graph.contents import Contents, Stored, Update
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot, build_from_rows
from matchmaker.graph.snapshot_file import SnapshotFiles, find_kept, keep
from matchmaker.graph.sqlite import reading
from matchmaker.graph.sqlite.connecting import BUSY_TIMEOUT_S, Access, Connections, Durability
from matchmaker.graph.sqlite.faults import mapped
from matchmaker.graph.sqlite.operations import SqliteOperations
from matchmaker.graph.sqlite.schema import OLDEST_SQLITE, prepare
from matchmaker.graph.sqlite.writing import write_effects, write_restoring
from matchmaker.graph.store import OperationsStore, Result, StoreHashes
from matchmaker.model.canonical import show_hash
from matchmaker.model.changes import Change, ChangeSet
from matchmaker.model.elements import Node, Record, Tie, TieKey
from matchmaker.model.ids import PUBLIC, NodeId, Owner, RecordId, Revision, is_id
from matchmaker.model.vocabulary import Label, TieType


class SqliteStore:
    """`matchmaker.graph.store.GraphStore` in one SQLite file with a write-ahead log.

    One process or thread writes at a time, the others wait for it; any number read meanwhile, each what was whole when
    it began. A store may be shared by threads. It doesn't survive a fork: a child process opens the file again. The
    file has to lie on a local disk. An iterator holds the revision it began with until it is exhausted or dropped.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._snapshots: SnapshotFiles | None = None
        self._operations = SqliteOperations(connections)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        durability: Durability = Durability.FULL,
        create: bool = True,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        allow_incomplete: bool = False,
    ) -> Self:
        """Open the store in a file, making it where it isn't there; an older schema is brought up to date.

        A file or folder that takes no writes is opened for reading.

        Parameters
        ----------
        path
            The file; its folder must be there.
        durability
            ``full``: every batch survives a power cut. ``normal``: the newest ones may be lost in one, whole.
        create
            Whether to make a new store.
        busy_timeout_s
            How long a writer waits for another one before `StoreTimeout`.
        allow_incomplete
            Whether to open a store whose restore is unfinished.

        Raises
        ------
        StoreUnavailable
            There is no such file or folder, or it can't be opened.
        StoreReadOnly
            It is to be made or renewed where nothing can be written, or can't even be read there.
        StoreSchemaError
            It isn't a matchmaker store, or was written by a newer version.
        StoreIncomplete
            A restore into it is unfinished.
        StoreTimeout
            Someone else kept it locked.
        """
        access = _access(path, durability, busy_timeout_s, create=create)
        with mapped(path), _kindly_unreadable(access), closing(access.connect(create=create)) as connection:
            prepare(connection, access)
            restoring = reading.read_restoring(connection)
        if restoring is not None and not allow_incomplete:
            raise StoreIncomplete(f"A restore into the store {path} is unfinished: {restoring}. Finish it or drop it.")
        return cls(Connections(access))

    def apply(self, changes: ChangeSet) -> Revision:
        with self._connections.writing() as connection:
            effects = effects_of(changes, reading.SqliteReader(connection), reading.read_state(connection))
            if effects.changes:
                write_effects(connection, effects)
        return effects.state.revision

    def get_node(self, id: NodeId) -> Stored[Node]:
        found = self.find_node(id)
        if found is None:
            raise NotFound("node", id)
        return found

    def find_node(self, id: NodeId) -> Stored[Node] | None:
        if not is_id(id):
            return None
        with self._connections.reading() as connection:
            return reading.read_node(connection, id)

    def find_record(self, id: RecordId) -> Stored[Record] | None:
        if not is_id(id):
            return None
        with self._connections.reading() as connection:
            return reading.read_record(connection, id)

    def find_tie(self, key: TieKey) -> Stored[Tie] | None:
        with self._connections.reading() as connection:
            return reading.SqliteReader(connection).ties({key}).get(key)

    def iter_nodes(self, label: Label | None = None) -> Iterator[Stored[Node]]:
        with self._connections.reading() as connection:
            yield from reading.read_nodes(connection, label)

    def iter_records(self, about: NodeId | None = None) -> Iterator[Stored[Record]]:
        if about is not None and not is_id(about):
            return
        with self._connections.reading() as connection:
            yield from reading.read_records(connection, about)

    def iter_ties(self, type: TieType | None = None) -> Iterator[Stored[Tie]]:
        with self._connections.reading() as connection:
            yield from reading.read_ties(connection, type)

    def look_up(self, work: Callable[[GraphReader], Result]) -> Result:
        with self._connections.reading() as connection:
            return work(reading.SqliteReader(connection))

    def revision(self) -> Revision:
        with self._connections.reading() as connection:
            return reading.read_state(connection).revision

    def hashes(self) -> StoreHashes:
        with self._connections.reading() as connection:
            state = reading.read_state(connection)
        return StoreHashes(show_hash(state.graph_sum), show_hash(state.content_sum))

    def changes_since(self, revision: Revision) -> Iterator[Change]:
        with self._connections.reading() as connection:
            yield from reading.read_changes(connection, revision)

    def update_since(self, revision: Revision) -> Update | None:
        with self._connections.reading() as connection:
            return reading.read_update_since(connection, revision)

    def owners(self) -> frozenset[Owner]:
        with self._connections.reading() as connection:
            return reading.read_owners(connection)

    def contents(self, owner: Owner | None) -> Contents:
        known = owner if owner is None or is_id(owner) else PUBLIC
        with self._connections.reading() as connection:
            return reading.read_contents(connection, known)

    def snapshot(self, scope: Scope, as_of: datetime.date) -> Snapshot:
        owner = scope.owner if is_id(scope.owner) else PUBLIC
        with self._connections.reading() as connection:
            state = reading.read_state(connection)
            kept = find_kept(self._snapshots, scope, as_of, state)
            if kept is not None:
                return kept
            built = build_from_rows(reading.read_rows(connection, owner), state.revision, scope, as_of)
        keep(self._snapshots, built, state)
        return built

    def keep_snapshots(self, files: SnapshotFiles) -> None:
        """Keep large snapshots in files from now on, and take them from there."""
        self._snapshots = files

    def operations(self) -> OperationsStore:
        return self._operations

    def restoring(self) -> str | None:
        with self._connections.reading() as connection:
            return reading.read_restoring(connection)

    def mark_restoring(self, text: str | None) -> None:
        with self._connections.writing() as connection:
            write_restoring(connection, text)

    def close(self) -> None:
        self._connections.close()


def _access(path: Path, durability: Durability, busy_timeout_s: float, *, create: bool) -> Access:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise Unsupported(f"This Python brings SQLite {sqlite3.sqlite_version}; matchmaker needs {oldest} or newer.")
    if path.is_dir():
        raise StoreUnavailable(f"{path} is a folder; a store is a file.")
    if not path.parent.is_dir():
        raise StoreUnavailable(f"There is no folder {path.parent} for the store {path.name}.")
    there = path.exists()
    if not there and not create:
        raise StoreUnavailable(f"There is no store at {path}.")
    writable = os.access(path.parent, os.W_OK) and (not there or os.access(path, os.W_OK))
    if not there and not writable:
        raise StoreReadOnly(f"No store can be made at {path}: its folder takes no writes.")
    return Access(path.absolute(), durability, busy_timeout_s, read_only=not writable)


@contextmanager
def _kindly_unreadable(access: Access) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if access.read_only and error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
            raise StoreReadOnly(
                f"The store {access.path} can't be read: its folder takes no writes, and SQLite keeps two files beside "
                "a store (-wal and -shm) even to read it. Copy the store, or allow writing to the folder."
            ) from error
        raise
