"""The operations beside the graph, in the same file."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from matchmaker.graph.entries import (
    canonical_fields,
    check_collection,
    check_key,
    check_time,
    clamp,
    is_key,
    is_prefix,
)
from matchmaker.graph.sqlite.connecting import Connections
from matchmaker.graph.sqlite.rows import decode_fields, encode_fields
from matchmaker.graph.store import Entry, Fields
from matchmaker.model.ids import is_id

_PUT_NEW = """
    INSERT INTO entries (collection, key, fields, version, expires_at) VALUES (?, ?, ?, 1, ?)
    ON CONFLICT (collection, key) DO NOTHING
"""
_FIND = "SELECT key, fields, version, expires_at FROM entries WHERE collection = ? AND key = ?"
_SET = """
    UPDATE entries SET fields = ?, version = version + 1, expires_at = ?
    WHERE collection = ? AND key = ? AND version = ?
"""
_REMOVE = "DELETE FROM entries WHERE collection = ? AND key = ?"
_FROM_KEY = """
    SELECT key, fields, version, expires_at FROM entries WHERE collection = ? AND key >= ? ORDER BY key
"""
_LAST_NUMBER = "SELECT coalesce(max(number), 0) FROM logs WHERE collection = ?"
_APPEND = "INSERT INTO logs (collection, number, fields) VALUES (?, ?, ?)"
_LOG = "SELECT number, fields FROM logs WHERE collection = ? AND number > ? ORDER BY number"
_EXPIRE = "DELETE FROM entries WHERE expires_at <= ?"
_COLLECTIONS = "SELECT collection FROM entries UNION SELECT collection FROM logs ORDER BY 1"


class SqliteOperations:
    """`matchmaker.graph.store.OperationsStore` in the tables ``entries`` and ``logs``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def put_new(self, collection: str, key: str, fields: Fields, expires_at: int | None = None) -> bool:
        text = encode_fields(canonical_fields(fields))
        row = (check_collection(collection), check_key(key), text, check_time(expires_at))
        with self._connections.writing() as connection:
            return connection.execute(_PUT_NEW, row).rowcount == 1

    def find(self, collection: str, key: str) -> Entry | None:
        if not (is_id(collection) and is_key(key)):
            return None
        with self._connections.reading() as connection:
            row = connection.execute(_FIND, (collection, key)).fetchone()
        return None if row is None else _entry(*row)

    def compare_and_set(
        self, collection: str, key: str, version: int, fields: Fields, expires_at: int | None = None
    ) -> bool:
        text = encode_fields(canonical_fields(fields))
        row = (text, check_time(expires_at), check_collection(collection), check_key(key), clamp(version))
        with self._connections.writing() as connection:
            return connection.execute(_SET, row).rowcount == 1

    def remove(self, collection: str, key: str) -> bool:
        if not (is_id(collection) and is_key(key)):
            return False
        with self._connections.writing() as connection:
            return connection.execute(_REMOVE, (collection, key)).rowcount == 1

    def iter_entries(self, collection: str, prefix: str = "") -> Iterator[Entry]:
        if not (is_id(collection) and is_prefix(prefix)):
            return
        with self._connections.reading() as connection:
            for row in _from_key(connection, collection, prefix):
                if not row[0].startswith(prefix):
                    return
                yield _entry(*row)

    def append(self, collection: str, entries: Sequence[Fields]) -> int:
        name, texts = check_collection(collection), [encode_fields(canonical_fields(fields)) for fields in entries]
        with self._connections.writing() as connection:
            last: int = connection.execute(_LAST_NUMBER, (name,)).fetchone()[0]
            rows = [(name, number, text) for number, text in enumerate(texts, start=last + 1)]
            connection.executemany(_APPEND, rows)
        return last + len(texts)

    def iter_log(self, collection: str, after: int = 0) -> Iterator[tuple[int, Fields]]:
        if not is_id(collection):
            return
        with self._connections.reading() as connection:
            for number, text in connection.execute(_LOG, (collection, clamp(after))):
                yield number, decode_fields(text)

    def expire(self, now: int) -> int:
        with self._connections.writing() as connection:
            return connection.execute(_EXPIRE, (clamp(now),)).rowcount

    def collections(self) -> Iterable[str]:
        with self._connections.reading() as connection:
            return [name for (name,) in connection.execute(_COLLECTIONS)]


def _from_key(connection: sqlite3.Connection, collection: str, prefix: str) -> Iterator[tuple[str, str, int, int]]:
    return connection.execute(_FROM_KEY, (collection, prefix))


def _entry(key: str, fields: str, version: int, expires_at: int | None) -> Entry:
    return Entry(key, decode_fields(fields), version, expires_at)
