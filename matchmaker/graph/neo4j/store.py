"""The store in a Neo4j database, for a hub network with its own server and many workers."""

import datetime
from collections.abc import Callable, Iterator
from typing import Self

import neo4j

from matchmaker.errors import NotFound
from matchmaker.graph.applying import GraphReader, StoreState, effects_of
from matchmaker.graph.contents import Contents, Stored, Update
from matchmaker.graph.neo4j import reading
from matchmaker.graph.neo4j.connecting import Connections, Limits
from matchmaker.graph.neo4j.founding import prepare
from matchmaker.graph.neo4j.operations import Neo4jOperations
from matchmaker.graph.neo4j.state import lock, read_state
from matchmaker.graph.neo4j.statements import load_statement, run
from matchmaker.graph.neo4j.writing import write_effects
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot, make_snapshot
from matchmaker.graph.snapshot_columns import SnapshotColumns, read_columns
from matchmaker.graph.snapshot_file import SnapshotFiles, find_kept, keep
from matchmaker.graph.store import OperationsStore, Result, StoreHashes
from matchmaker.model.canonical import show_hash
from matchmaker.model.changes import Change, ChangeSet
from matchmaker.model.elements import Node, Record, Tie, TieKey
from matchmaker.model.ids import NodeId, Owner, RecordId, Revision, is_id
from matchmaker.model.vocabulary import Label, TieType

_RESTORING = load_statement("store/restoring")
_MARK = load_statement("store/mark")

DEFAULT_LIMITS = Limits()


class Neo4jStore:
    """`matchmaker.graph.store.GraphStore` in one database of a Neo4j server, 5.26 or newer.

    Writers follow each other behind the lock of one node; readers wait only while a batch is being committed. A store
    may be shared by threads. What it wrote, it reads. One server is what is tested; clusters are not.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._snapshots: SnapshotFiles | None = None
        self._operations = Neo4jOperations(connections)

    @classmethod
    def open(
        cls,
        uri: str,
        *,
        auth: tuple[str, str],
        database: str | None = None,
        create: bool = True,
        allow_incomplete: bool = False,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Self:
        """Open the store in a database, making it where the database is empty.

        Parameters
        ----------
        uri
            The server's address, without user and password.
        auth
            User and password.
        database
            The database's name; None is the user's own one.
        create
            Whether to make a new store.
        allow_incomplete
            Whether to open a store whose restore is unfinished.
        limits
            How long to wait.

        Raises
        ------
        ConfigError
            The address is malformed or holds a password, or there is no such database.
        StoreUnavailable
            The server can't be reached, or there is no store and none is to be made.
        StoreAuthFailed
            The server refused the user or the password.
        StoreReadOnly
            A store is to be made where nothing can be written.
        StoreSchemaError
            The database holds something else, or a store of a newer version.
        StoreIncomplete
            A restore into it is unfinished.
        Unsupported
            The server is older than 5.26.
        """
        connections = Connections.open(uri, auth, database, limits)
        try:
            prepare(connections, create=create, allow_incomplete=allow_incomplete)
        except BaseException:
            connections.close()
            raise
        return cls(connections)

    def apply(self, changes: ChangeSet) -> Revision:
        def apply(transaction: neo4j.Transaction) -> Revision:
            state = lock(transaction)
            reader = reading.Neo4jReader(transaction)
            effects = effects_of(changes, reader, state)
            if effects.changes:
                write_effects(transaction, reader, effects)
            return effects.state.revision

        return self._connections.writing(apply)

    def get_node(self, id: NodeId) -> Stored[Node]:
        found = self.find_node(id)
        if found is None:
            raise NotFound("node", id)
        return found

    def find_node(self, id: NodeId) -> Stored[Node] | None:
        if not is_id(id):
            return None
        return self._connections.settled(lambda transaction: reading.Neo4jReader(transaction).nodes([id]).get(id))

    def find_record(self, id: RecordId) -> Stored[Record] | None:
        if not is_id(id):
            return None
        return self._connections.settled(lambda transaction: reading.Neo4jReader(transaction).records([id]).get(id))

    def find_tie(self, key: TieKey) -> Stored[Tie] | None:
        if not (is_id(key.source) and is_id(key.target)):
            return None
        return self._connections.settled(lambda transaction: reading.Neo4jReader(transaction).ties([key]).get(key))

    def iter_nodes(self, label: Label | None = None) -> Iterator[Stored[Node]]:
        _, found = self._connections.stable(lambda transaction: reading.read_nodes(transaction, label))
        yield from found

    def iter_records(self, about: NodeId | None = None) -> Iterator[Stored[Record]]:
        if about is None:
            _, found = self._connections.stable(reading.read_records)
        elif is_id(about):
            found = self._connections.settled(lambda transaction: reading.read_records_about(transaction, about))
        else:
            return
        yield from found

    def iter_ties(self, type: TieType | None = None) -> Iterator[Stored[Tie]]:
        types = TieType if type is None else (type,)
        _, found = self._connections.stable(lambda transaction: reading.read_ties(transaction, types))
        yield from found

    def look_up(self, work: Callable[[GraphReader], Result]) -> Result:
        return self._connections.settled(lambda transaction: work(reading.Neo4jReader(transaction)))

    def revision(self) -> Revision:
        return self._connections.reading(read_state).revision

    def hashes(self) -> StoreHashes:
        state = self._connections.settled(read_state)
        return StoreHashes(show_hash(state.graph_sum), show_hash(state.content_sum))

    def changes_since(self, revision: Revision) -> Iterator[Change]:
        _, found = self._connections.stable(lambda transaction: reading.read_changes(transaction, revision))
        yield from found

    def update_since(self, revision: Revision) -> Update | None:
        return self._connections.settled(lambda transaction: reading.read_update(transaction, revision))

    def owners(self) -> frozenset[Owner]:
        _, found = self._connections.stable(reading.read_owners)
        return found

    def contents(self, owner: Owner | None) -> Contents:
        revision, elements = self._connections.stable(lambda transaction: reading.read_elements(transaction, owner))
        return Contents(revision, *elements)

    def snapshot(self, scope: Scope, as_of: datetime.date) -> Snapshot:
        kept = find_kept(self._snapshots, scope, as_of, self._connections.settled(read_state))
        if kept is not None:
            return kept

        def read(transaction: neo4j.Transaction) -> tuple[StoreState, SnapshotColumns]:
            return read_state(transaction), read_columns(reading.read_rows(transaction, scope.owner), scope, as_of)

        _, (state, columns) = self._connections.stable(read)
        built = make_snapshot(columns, scope, as_of, state.revision)
        keep(self._snapshots, built, state)
        return built

    def keep_snapshots(self, files: SnapshotFiles) -> None:
        """Keep large snapshots in files from now on, and take them from there."""
        self._snapshots = files

    def operations(self) -> OperationsStore:
        return self._operations

    def restoring(self) -> str | None:
        text: str | None = self._connections.reading(lambda transaction: run(transaction, _RESTORING)[0]["restoring"])
        return text

    def mark_restoring(self, text: str | None) -> None:
        self._connections.writing(lambda transaction: run(transaction, _MARK, {"restoring": text}))

    def close(self) -> None:
        self._connections.close()
