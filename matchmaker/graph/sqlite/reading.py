"""Reading the graph inside a transaction. Lists of ids travel as one JSON parameter, so no list is too long."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from matchmaker.errors import StoreCorrupt
from matchmaker.graph.applying import StoreState
from matchmaker.graph.contents import Contents, Stored, Update
from matchmaker.graph.entries import clamp
from matchmaker.graph.snapshot_columns import Rows
from matchmaker.graph.sqlite.rows import Row, node_of_row, record_of_row, tie_of_row
from matchmaker.graph.updating import MOST_CHANGES, UpdateReader, read_update
from matchmaker.model.changes import Change
from matchmaker.model.elements import Node, Record, Tie, TieKey
from matchmaker.model.ids import PUBLIC, NodeId, Owner, RecordId, Revision, TieId
from matchmaker.model.vocabulary import RECORD_LABELS, Label, TieType

_STATE = "SELECT revision, graph_sum, content_sum FROM state WHERE id = 1"
_RESTORING = "SELECT restoring FROM state WHERE id = 1"

_NODE = """
    SELECT id, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    FROM nodes WHERE id = ?
"""
_NODES = """
    SELECT id, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    FROM nodes WHERE id IN (SELECT value FROM json_each(?))
"""
_ALL_NODES = """
    SELECT id, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    FROM nodes ORDER BY id
"""
_NODES_OF_LABEL = """
    SELECT id, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    FROM nodes WHERE label = ? ORDER BY id
"""
_OWN_NODES = """
    SELECT id, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    FROM nodes
    WHERE label NOT IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR owner IN (?2, ?3))
    ORDER BY id
"""
_RECORD = """
    SELECT id, about, origin, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    FROM records WHERE id = ?
"""
_RECORDS = """
    SELECT id, about, origin, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    FROM records WHERE id IN (SELECT value FROM json_each(?))
"""
_RECORDS_ABOUT = """
    SELECT id, about, origin, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    FROM records WHERE about IN (SELECT value FROM json_each(?))
"""
_RECORDS_ABOUT_ONE = """
    SELECT id, about, origin, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    FROM records WHERE about = ? ORDER BY id
"""
_ALL_RECORDS = """
    SELECT id, about, origin, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    FROM records ORDER BY id
"""
_OWN_RECORDS = """
    SELECT id, about, origin, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    FROM records WHERE ?1 IS NULL OR owner IN (?1, ?2) ORDER BY id
"""
_TIES = """
    SELECT id, type, source_id, target_id, owner, episode, properties, source, source_row, observed_on, confidence,
        batch, version
    FROM ties WHERE id IN (SELECT value FROM json_each(?))
"""
_TIES_BETWEEN = """
    SELECT tie.id, tie.type, tie.source_id, tie.target_id, tie.owner, tie.episode, tie.properties, tie.source,
        tie.source_row, tie.observed_on, tie.confidence, tie.batch, tie.version
    FROM json_each(?) AS asked CROSS JOIN ties AS tie
    WHERE tie.source_id = json_extract(asked.value, '$[0]') AND tie.type = json_extract(asked.value, '$[1]')
        AND tie.target_id = json_extract(asked.value, '$[2]') AND tie.owner = json_extract(asked.value, '$[3]')
"""
_TIES_AT = """
    SELECT id, type, source_id, target_id, owner, episode, properties, source, source_row, observed_on, confidence,
        batch, version
    FROM ties WHERE source_id IN (SELECT value FROM json_each(?1))
    UNION
    SELECT id, type, source_id, target_id, owner, episode, properties, source, source_row, observed_on, confidence,
        batch, version
    FROM ties WHERE target_id IN (SELECT value FROM json_each(?1))
"""
_TIES_FROM = """
    SELECT id, type, source_id, target_id, owner, episode, properties, source, source_row, observed_on, confidence,
        batch, version
    FROM ties WHERE source_id IN (SELECT value FROM json_each(?1)) AND type = ?2
"""
_ALL_TIES = """
    SELECT id, type, source_id, target_id, owner, episode, properties, source, source_row, observed_on, confidence,
        batch, version
    FROM ties ORDER BY id
"""
_TIES_OF_TYPE = """
    SELECT id, type, source_id, target_id, owner, episode, properties, source, source_row, observed_on, confidence,
        batch, version
    FROM ties WHERE type = ? ORDER BY id
"""
_OWN_TIES = """
    SELECT id, type, source_id, target_id, owner, episode, properties, source, source_row, observed_on, confidence,
        batch, version
    FROM ties WHERE ?1 IS NULL OR owner IN (?1, ?2) ORDER BY id
"""
_NODE_ROWS = """
    SELECT id, label, owner, properties, source, source_row, observed_on, confidence, batch
    FROM nodes WHERE label NOT IN (SELECT value FROM json_each(?1)) AND owner IN (?2, ?3)
"""
_RECORD_ROWS = """
    SELECT id, about, origin, label, owner, properties, source, source_row, observed_on, confidence, batch
    FROM records WHERE owner IN (?1, ?2)
"""
_TIE_ROWS = """
    SELECT id, type, source_id, target_id, owner, episode, properties, source, source_row, observed_on, confidence,
        batch
    FROM ties WHERE owner IN (?1, ?2)
"""
_SOME_CHANGES = """
    SELECT revision, kind, id, removed FROM changes WHERE revision > ? ORDER BY revision, kind, id LIMIT ?
"""
_OWNERS = """
    SELECT owner FROM nodes WHERE label NOT IN (SELECT value FROM json_each(?))
    UNION SELECT owner FROM records
    UNION SELECT owner FROM ties
"""
_CHANGES = "SELECT revision, kind, id, removed FROM changes WHERE revision > ? ORDER BY revision, kind, id"

_RECORD_LABELS = json.dumps(sorted(label.value for label in RECORD_LABELS))

Element = TypeVar("Element", Node, Record, Tie)


class SqliteReader:
    """The graph behind one connection, as `matchmaker.graph.applying.effects_of` reads it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def nodes(self, ids: Collection[NodeId]) -> Mapping[NodeId, Stored[Node]]:
        return {stored.element.id: stored for stored in self._listed(_NODES, ids, node_of_row)}

    def records(self, ids: Collection[RecordId]) -> Mapping[RecordId, Stored[Record]]:
        return {stored.element.id: stored for stored in self._listed(_RECORDS, ids, record_of_row)}

    def records_about(self, ids: Collection[NodeId]) -> Mapping[NodeId, Sequence[Stored[Record]]]:
        found: dict[NodeId, list[Stored[Record]]] = defaultdict(list)
        for stored in self._listed(_RECORDS_ABOUT, ids, record_of_row):
            found[stored.element.about].append(stored)
        return dict(found)

    def ties(self, keys: Collection[TieKey]) -> Mapping[TieKey, Stored[Tie]]:
        listed = self._listed(_TIES, [key.id for key in keys], tie_of_row)
        return {stored.element.key: stored for stored in listed}

    def ties_by_id(self, ids: Collection[TieId]) -> Sequence[Stored[Tie]]:
        """Return ties by their ids."""
        return list(self._listed(_TIES, ids, tie_of_row))

    def ties_between(self, keys: Collection[TieKey]) -> Sequence[Stored[Tie]]:
        asked = sorted({(key.source, key.type.value, key.target, key.owner) for key in keys})
        return list(self._listed(_TIES_BETWEEN, asked, tie_of_row))

    def ties_at(self, ids: Collection[NodeId]) -> Sequence[Stored[Tie]]:
        return list(self._listed(_TIES_AT, ids, tie_of_row))

    def ties_from(self, ids: Collection[NodeId], type: TieType) -> Sequence[Stored[Tie]]:
        return list(self._listed(_TIES_FROM, ids, tie_of_row, type.value))

    def _listed(
        self, statement: str, asked: Collection[object], decode: Callable[[Row], Stored[Element]], *given: str
    ) -> Iterator[Stored[Element]]:
        if asked:
            yield from map(decode, self._connection.execute(statement, (json.dumps(list(asked)), *given)))


def read_state(connection: sqlite3.Connection) -> StoreState:
    """Return the store's counters, or raise `StoreCorrupt`."""
    row = connection.execute(_STATE).fetchone()
    if row is None:
        raise StoreCorrupt("The store has lost its state; restore a backup.")
    return StoreState(Revision(row[0]), int(row[1], 16), int(row[2], 16))


def read_restoring(connection: sqlite3.Connection) -> str | None:
    """Return the mark of an unfinished restore."""
    row = connection.execute(_RESTORING).fetchone()
    return None if row is None else row[0]


def read_node(connection: sqlite3.Connection, id: NodeId) -> Stored[Node] | None:
    """Return one node, or None."""
    row = connection.execute(_NODE, (id,)).fetchone()
    return None if row is None else node_of_row(row)


def read_record(connection: sqlite3.Connection, id: RecordId) -> Stored[Record] | None:
    """Return one Record, or None."""
    row = connection.execute(_RECORD, (id,)).fetchone()
    return None if row is None else record_of_row(row)


def read_nodes(connection: sqlite3.Connection, label: Label | None) -> Iterator[Stored[Node]]:
    """Yield nodes in id order."""
    asked = (_ALL_NODES, ()) if label is None else (_NODES_OF_LABEL, (label.value,))
    return map(node_of_row, connection.execute(*asked))


def read_records(connection: sqlite3.Connection, about: NodeId | None) -> Iterator[Stored[Record]]:
    """Yield Records in id order."""
    asked = (_ALL_RECORDS, ()) if about is None else (_RECORDS_ABOUT_ONE, (about,))
    return map(record_of_row, connection.execute(*asked))


def read_ties(connection: sqlite3.Connection, type: TieType | None) -> Iterator[Stored[Tie]]:
    """Yield ties in the order of their ids."""
    asked = (_ALL_TIES, ()) if type is None else (_TIES_OF_TYPE, (type.value,))
    return map(tie_of_row, connection.execute(*asked))


def read_changes(connection: sqlite3.Connection, after: Revision) -> Iterator[Change]:
    """Yield what changed after a revision."""
    for revision, kind, id, removed in connection.execute(_CHANGES, (clamp(after),)):
        yield Change(Revision(revision), kind, id, bool(removed))


def read_update_since(connection: sqlite3.Connection, after: Revision) -> Update | None:
    """Return what changed after a revision, or None where it is too much or the revision isn't reached."""
    now = read_state(connection).revision
    rows = connection.execute(_SOME_CHANGES, (clamp(after), MOST_CHANGES + 1)).fetchall()
    if now < after or len(rows) > MOST_CHANGES:
        return None
    changes = [Change(Revision(revision), kind, id, bool(removed)) for revision, kind, id, removed in rows]
    reader = SqliteReader(connection)
    return read_update(changes, after, now, UpdateReader(reader, reader.ties_by_id))


def read_owners(connection: sqlite3.Connection) -> frozenset[Owner]:
    """Return everyone who owns anything."""
    return frozenset(Owner(owner) for (owner,) in connection.execute(_OWNERS, (_RECORD_LABELS,)))


def read_contents(connection: sqlite3.Connection, owner: Owner | None) -> Contents:
    """Return everything visible to an owner (None: to all owners)."""
    nodes = connection.execute(_OWN_NODES, (_RECORD_LABELS, owner, PUBLIC))
    records = connection.execute(_OWN_RECORDS, (owner, PUBLIC))
    ties = connection.execute(_OWN_TIES, (owner, PUBLIC))
    return Contents(
        read_state(connection).revision,
        _elements(map(node_of_row, nodes)),
        _elements(map(record_of_row, records)),
        _elements(map(tie_of_row, ties)),
    )


def read_rows(connection: sqlite3.Connection, owner: Owner) -> Rows:
    """Return the rows visible to an owner, in any order, read as they are asked for."""
    return Rows(
        connection.execute(_NODE_ROWS, (_RECORD_LABELS, owner, PUBLIC)),
        connection.execute(_RECORD_ROWS, (owner, PUBLIC)),
        connection.execute(_TIE_ROWS, (owner, PUBLIC)),
    )


def _elements(stored: Iterable[Stored[Element]]) -> tuple[Element, ...]:
    return tuple(kept.element for kept in stored)
