"""Reading the graph inside one transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import neo4j

from matchmaker.graph.contents import Stored, Update
from matchmaker.graph.entries import clamp
from matchmaker.graph.neo4j.encoding import (
    flat_node,
    flat_record,
    flat_tie,
    node_of_row,
    record_of_row,
    row_of_key,
    tie_of_row,
)
from matchmaker.graph.neo4j.state import read_state
from matchmaker.graph.neo4j.statements import Statement, load_statement, run, stream
from matchmaker.graph.snapshot_columns import Rows
from matchmaker.graph.updating import MOST_CHANGES, UpdateReader
from matchmaker.graph.updating import read_update as make_update
from matchmaker.model.changes import Change
from matchmaker.model.elements import Node, Record, Tie, TieKey
from matchmaker.model.ids import PUBLIC, NodeId, Owner, RecordId, Revision, TieId, is_id
from matchmaker.model.vocabulary import RECORD_LABELS, Label, TieType

CHUNK = 2_000
"""Rows that one statement is given: few enough that it needs little of the server's memory beside the transaction."""

_FIND_NODES = load_statement("nodes/find")
_LIST_NODES = load_statement("nodes/list")
_FIND_RECORDS = load_statement("records/find")
_RECORDS_ABOUT = load_statement("records/about")
_LIST_RECORDS = load_statement("records/list")
_FIND_TIES = load_statement("ties/find")
_TIES_BETWEEN = load_statement("ties/between")
_TIES_AT = load_statement("ties/at")
_TIES_FROM = load_statement("ties/from")
_LIST_TIES = load_statement("ties/list")
_TIES_BY_ID = load_statement("ties/identified")
_OWNERS = (load_statement("nodes/owners"), load_statement("records/owners"), load_statement("ties/owners"))
_LIST_CHANGES = load_statement("changes/list")

_DESCRIBED = sorted(label.value for label in RECORD_LABELS)

NOTHING: Mapping[str, object] = MappingProxyType({})

Item = TypeVar("Item")


class Neo4jReader:
    """The graph behind one transaction, as `matchmaker.graph.applying.effects_of` reads it.

    Ties are remembered once they were looked for, since whoever writes them asks again which of them are there.
    """

    def __init__(self, transaction: neo4j.Transaction) -> None:
        self._transaction = transaction
        self._ties: dict[TieKey, Stored[Tie] | None] = {}

    def nodes(self, ids: Collection[NodeId]) -> Mapping[NodeId, Stored[Node]]:
        rows = self._listed(_FIND_NODES, "ids", _possible(ids))
        found = (node_of_row(row["labels"], row["properties"]) for row in rows)
        return {stored.element.id: stored for stored in found}

    def records(self, ids: Collection[RecordId]) -> Mapping[RecordId, Stored[Record]]:
        found = (record_of_row(row["properties"]) for row in self._listed(_FIND_RECORDS, "ids", _possible(ids)))
        return {stored.element.id: stored for stored in found}

    def records_about(self, ids: Collection[NodeId]) -> Mapping[NodeId, Sequence[Stored[Record]]]:
        found: dict[NodeId, list[Stored[Record]]] = defaultdict(list)
        for row in self._listed(_RECORDS_ABOUT, "ids", _possible(ids)):
            stored = record_of_row(row["properties"])
            found[stored.element.about].append(stored)
        return dict(found)

    def ties(self, keys: Collection[TieKey]) -> Mapping[TieKey, Stored[Tie]]:
        unknown = [key for key in keys if key not in self._ties]
        self._ties |= dict.fromkeys(unknown)
        for stored in self._tied(_FIND_TIES, "rows", map(row_of_key, unknown)):
            self._ties[stored.element.key] = stored
        known = ((key, self._ties[key]) for key in keys)
        return {key: stored for key, stored in known if stored is not None}

    def ties_by_id(self, ids: Collection[TieId]) -> Sequence[Stored[Tie]]:
        """Return ties by their ids."""
        return list(self._tied(_TIES_BY_ID, "ids", _possible(ids)))

    def ties_between(self, keys: Collection[TieKey]) -> Sequence[Stored[Tie]]:
        ends = {(key.type, key.source, key.target, key.owner): key for key in keys}
        return list(self._tied(_TIES_BETWEEN, "rows", map(row_of_key, ends.values())))

    def ties_at(self, ids: Collection[NodeId]) -> Sequence[Stored[Tie]]:
        # A tie between two of the nodes is found at both.
        given = {"types": [type.value for type in TieType]}
        found = {stored.element.key: stored for stored in self._tied(_TIES_AT, "ids", _possible(ids), given)}
        return list(found.values())

    def ties_from(self, ids: Collection[NodeId], type: TieType) -> Sequence[Stored[Tie]]:
        return list(self._tied(_TIES_FROM, "ids", _possible(ids), {"type": type.value}))

    def _tied(
        self, statement: Statement, name: str, asked: Iterable[object], given: Mapping[str, object] = NOTHING
    ) -> Iterator[Stored[Tie]]:
        for row in self._listed(statement, name, asked, given):
            yield tie_of_row(row["type"], row["source"], row["target"], row["properties"])

    def _listed(
        self, statement: Statement, name: str, asked: Iterable[object], given: Mapping[str, object] = NOTHING
    ) -> Iterator[neo4j.Record]:
        for chunk in chunks(list(asked), CHUNK):
            yield from run(self._transaction, statement, {name: chunk, **given})


def read_nodes(transaction: neo4j.Transaction, label: Label | None) -> list[Stored[Node]]:
    """Return the nodes of a label (None: of any), in id order."""
    labels = None if label is None else [label.value]
    return _sorted_nodes(run(transaction, _LIST_NODES, {"labels": labels, "others": [], "owners": None}))


def read_records(transaction: neo4j.Transaction, owner: Owner | None = None) -> list[Stored[Record]]:
    """Return the Records visible to an owner (None: all), in id order."""
    rows = run(transaction, _LIST_RECORDS, {"owners": _owners(owner)})
    return _sorted_records(record_of_row(row["properties"]) for row in rows)


def read_records_about(transaction: neo4j.Transaction, id: NodeId) -> list[Stored[Record]]:
    """Return the Records about one node, in id order."""
    return _sorted_records(Neo4jReader(transaction).records_about([id]).get(id, ()))


def read_ties(
    transaction: neo4j.Transaction, types: Iterable[TieType], owner: Owner | None = None
) -> list[Stored[Tie]]:
    """Return the ties of some types visible to an owner (None: all), in order of their ids."""
    given = {"types": sorted(type.value for type in types), "owners": _owners(owner)}
    found = [
        (row["properties"]["id"], tie_of_row(row["type"], row["source"], row["target"], row["properties"]))
        for row in run(transaction, _LIST_TIES, given)
    ]
    return [stored for _, stored in sorted(found, key=lambda pair: pair[0])]


def read_elements(
    transaction: neo4j.Transaction, owner: Owner | None
) -> tuple[tuple[Node, ...], tuple[Record, ...], tuple[Tie, ...]]:
    """Return the nodes that no Records add up to, the Records and the ties visible to an owner (None: all)."""
    given = {"labels": None, "others": _DESCRIBED, "owners": _owners(owner)}
    nodes = _sorted_nodes(run(transaction, _LIST_NODES, given))
    records = read_records(transaction, owner)
    ties = read_ties(transaction, TieType, owner)
    return (
        tuple(stored.element for stored in nodes),
        tuple(stored.element for stored in records),
        tuple(stored.element for stored in ties),
    )


def read_rows(transaction: neo4j.Transaction, owner: Owner) -> Rows:
    """Return the rows visible to an owner, in any order, read as they are asked for."""
    owners = _owners(owner)
    nodes = {"labels": None, "others": _DESCRIBED, "owners": owners}
    ties = {"types": sorted(type.value for type in TieType), "owners": owners}
    return Rows(
        (flat_node(row["labels"], row["properties"]) for row in stream(transaction, _LIST_NODES, nodes)),
        (flat_record(row["properties"]) for row in stream(transaction, _LIST_RECORDS, {"owners": owners})),
        (
            flat_tie(row["type"], row["source"], row["target"], row["properties"])
            for row in stream(transaction, _LIST_TIES, ties)
        ),
    )


def read_update(transaction: neo4j.Transaction, after: Revision) -> Update | None:
    """Return what changed after a revision, or None where it is too much or the revision isn't reached."""
    now = read_state(transaction).revision
    if now < after:
        return None
    changes = read_changes(transaction, after)
    if len(changes) > MOST_CHANGES:
        return None
    reader = Neo4jReader(transaction)
    return make_update(changes, after, now, UpdateReader(reader, reader.ties_by_id))


def read_owners(transaction: neo4j.Transaction) -> frozenset[Owner]:
    """Return everyone who owns anything."""
    of_nodes, of_records, of_ties = _OWNERS
    rows = run(transaction, of_nodes, {"others": _DESCRIBED}) + run(transaction, of_records)
    rows += run(transaction, of_ties, {"types": sorted(type.value for type in TieType)})
    return frozenset(Owner(row["owner"]) for row in rows)


def read_changes(transaction: neo4j.Transaction, after: Revision) -> list[Change]:
    """Return what changed after a revision, oldest first and by kind and id within one."""
    parts = sorted(
        run(transaction, _LIST_CHANGES, {"revision": clamp(after)}), key=lambda row: (row["revision"], row["part"])
    )
    return [
        Change(Revision(row["revision"]), kind, id, removed)
        for row in parts
        for kind, id, removed in zip(row["kinds"], row["ids"], row["removed"], strict=True)
    ]


def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the items in order, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _possible(ids: Iterable[str]) -> list[str]:
    # What can't be an id is in no store, and needn't be text that the server takes.
    return [id for id in ids if is_id(id)]


def _owners(owner: Owner | None) -> list[str] | None:
    return None if owner is None else sorted({PUBLIC, *_possible([owner])})


def _sorted_nodes(rows: Iterable[neo4j.Record]) -> list[Stored[Node]]:
    found = [node_of_row(row["labels"], row["properties"]) for row in rows]
    return sorted(found, key=lambda stored: stored.element.id)


def _sorted_records(found: Iterable[Stored[Record]]) -> list[Stored[Record]]:
    return [stored for _, stored in sorted((stored.element.id, stored) for stored in found)]
