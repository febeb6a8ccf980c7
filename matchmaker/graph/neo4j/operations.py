"""The operations beside the graph, in the same database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import neo4j

from matchmaker.graph.entries import canonical_fields, check_collection, check_key, check_time, clamp, is_key, is_prefix
from matchmaker.graph.neo4j.connecting import Connections, Work
from matchmaker.graph.neo4j.encoding import decode_fields, encode_fields
from matchmaker.graph.neo4j.reading import CHUNK, chunks
from matchmaker.graph.neo4j.statements import load_statement, run
from matchmaker.graph.store import Entry, Fields
from matchmaker.model.ids import is_id

_LOCK = load_statement("collections/lock")
_SETTLE = load_statement("collections/settle")
_ADVANCE = load_statement("collections/advance")
_LIST_COLLECTIONS = load_statement("collections/list")
_FIND = load_statement("entries/find")
_PUT = load_statement("entries/put")
_REMOVE = load_statement("entries/remove")
_LIST_ENTRIES = load_statement("entries/list")
_EXPIRING = load_statement("entries/expiring")
_EXPIRE = load_statement("entries/expire")
_APPEND = load_statement("log/append")
_LIST_LOG = load_statement("log/list")

Result = TypeVar("Result")


class Neo4jOperations:
    """`matchmaker.graph.store.OperationsStore` in nodes of their own: ``Collection``, ``Operation``, ``LogEntry``.

    Every step holds the lock of its collection, so steps on one collection follow each other; those on different
    collections, and batches of the graph, don't wait for each other.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def put_new(self, collection: str, key: str, fields: Fields, expires_at: int | None = None) -> bool:
        entry = Entry(check_key(key), canonical_fields(fields), 1, check_time(expires_at))
        name = check_collection(collection)

        def put(transaction: neo4j.Transaction) -> bool:
            run(transaction, _LOCK, {"collection": name})
            if _find(transaction, name, key) is not None:
                return False
            _put(transaction, name, entry)
            return True

        return self._connections.writing(put)

    def find(self, collection: str, key: str) -> Entry | None:
        if not (is_id(collection) and is_key(key)):
            return None
        return self._reading(collection, lambda transaction: _find(transaction, collection, key))

    def compare_and_set(
        self, collection: str, key: str, version: int, fields: Fields, expires_at: int | None = None
    ) -> bool:
        entry = Entry(check_key(key), canonical_fields(fields), version + 1, check_time(expires_at))
        name = check_collection(collection)

        def replace(transaction: neo4j.Transaction) -> bool:
            run(transaction, _SETTLE, {"collection": name})
            found = _find(transaction, name, key)
            if found is None or found.version != version:
                return False
            _put(transaction, name, entry)
            return True

        return self._connections.writing(replace)

    def remove(self, collection: str, key: str) -> bool:
        if not (is_id(collection) and is_key(key)):
            return False

        def remove(transaction: neo4j.Transaction) -> bool:
            run(transaction, _SETTLE, {"collection": collection})
            found = _find(transaction, collection, key)
            run(transaction, _REMOVE, {"collection": collection, "key": key})
            return found is not None

        return self._connections.writing(remove)

    def iter_entries(self, collection: str, prefix: str = "") -> Iterator[Entry]:
        if not (is_id(collection) and is_prefix(prefix)):
            return
        given = {"collection": collection, "prefix": prefix}
        rows = self._reading(collection, lambda transaction: run(transaction, _LIST_ENTRIES, given))
        yield from sorted((_entry(row["properties"]) for row in rows), key=lambda entry: entry.key)

    def append(self, collection: str, entries: Sequence[Fields]) -> int:
        name, clean = check_collection(collection), [encode_fields(canonical_fields(fields)) for fields in entries]

        def append(transaction: neo4j.Transaction) -> int:
            last: int = run(transaction, _LOCK, {"collection": name})[0]["last"]
            rows = [
                fields | {"collection": name, "number": number} for number, fields in enumerate(clean, start=last + 1)
            ]
            for chunk in chunks(rows, CHUNK):
                run(transaction, _APPEND, {"rows": chunk})
            run(transaction, _ADVANCE, {"collection": name, "last": last + len(rows)})
            return last + len(rows)

        return self._connections.writing(append)

    def iter_log(self, collection: str, after: int = 0) -> Iterator[tuple[int, Fields]]:
        if not is_id(collection):
            return
        given = {"collection": collection, "after": clamp(after)}
        rows = self._reading(collection, lambda transaction: run(transaction, _LIST_LOG, given))
        for held in sorted((row["properties"] for row in rows), key=_number):
            yield held["number"], decode_fields(held)

    def expire(self, now: int) -> int:
        def expire(transaction: neo4j.Transaction) -> int:
            names = sorted(row["collection"] for row in run(transaction, _EXPIRING, {"now": clamp(now)}))
            return sum(_expire(transaction, name, clamp(now)) for name in names)

        return self._connections.writing(expire)

    def collections(self) -> Iterable[str]:
        rows = self._connections.reading(lambda transaction: run(transaction, _LIST_COLLECTIONS))
        return sorted(row["name"] for row in rows)

    def _reading(self, collection: str, work: Work[Result]) -> Result:
        return self._connections.locked(lambda transaction: run(transaction, _SETTLE, {"collection": collection}), work)


def _find(transaction: neo4j.Transaction, collection: str, key: str) -> Entry | None:
    rows = run(transaction, _FIND, {"collection": collection, "key": key})
    return _entry(rows[0]["properties"]) if rows else None


def _put(transaction: neo4j.Transaction, collection: str, entry: Entry) -> None:
    named = {"collection": collection, "key": entry.key}
    held = encode_fields(entry.fields) | named | {"version": entry.version, "expires_at": entry.expires_at}
    run(transaction, _PUT, named | {"properties": held})


def _expire(transaction: neo4j.Transaction, collection: str, now: int) -> int:
    # Names come in order, so that two that expire at once wait for each other rather than lock each other out.
    run(transaction, _SETTLE, {"collection": collection})
    removed: int = run(transaction, _EXPIRE, {"collection": collection, "now": now})[0]["removed"]
    return removed


def _entry(held: Mapping[str, Any]) -> Entry:
    return Entry(held["key"], decode_fields(held), held["version"], held.get("expires_at"))


def _number(held: Mapping[str, Any]) -> int:
    number: int = held["number"]
    return number
