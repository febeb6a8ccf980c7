"""A graph with changes laid over it that are never written to it: for saying what a load would do."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Self

from matchmaker.graph.applying import Effects, GraphReader, StoreState, effects_of
from matchmaker.graph.contents import Stored
from matchmaker.graph.sqlite.reading import SqliteReader
from matchmaker.graph.sqlite.rows import row_of_node
from matchmaker.graph.sqlite.schema import MIGRATIONS, statements_of
from matchmaker.graph.sqlite.writing import PUT_NODE, write_effects
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Record, Tie, TieKey
from matchmaker.model.ids import NodeId, RecordId, Revision
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import TieType

_NOWHERE = ""
"""The name of a private database that SQLite keeps in memory while small, else in a file that goes with it."""

_STATE = StoreState(Revision(0), 0, 0)


class Scratch:
    """Changes that are laid over a graph; memory stays flat however many they are. Use it with ``with``."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(_NOWHERE, isolation_level=None)
        for pragma in ("PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -16384"):
            self._connection.execute(pragma)
        for statement in statements_of(MIGRATIONS[0]):
            self._connection.execute(statement)
        self._removed: set[NodeId | RecordId | TieKey] = set()
        self._removed_before: set[NodeId | RecordId | TieKey] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def begin(self) -> None:
        """Begin a step; one that was begun and not kept is forgotten, so that a step may be tried again."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
            self._removed.clear()
            self._removed.update(self._removed_before)
        self._removed_before = set(self._removed)
        self._connection.execute("BEGIN")

    def keep(self) -> None:
        """Keep what was laid since `begin`."""
        self._connection.execute("COMMIT")

    def as_new_store(self) -> GraphReader:
        """Return the graph of a store that holds nothing but its reference data, kept here."""
        self._connection.executemany(PUT_NODE, [row_of_node(node, 0) for node in REFERENCE_NODES])
        return SqliteReader(self._connection)

    def over(self, beneath: GraphReader) -> GraphReader:
        """Return the graph that ``beneath`` reads, as it would be after the changes laid over it so far."""
        return _Overlay(beneath, SqliteReader(self._connection), self._removed)

    def lay(self, changes: ChangeSet, beneath: GraphReader) -> Effects:
        """Lay one more batch over the graph and return what it does; raise what a store would raise, nothing laid."""
        effects = effects_of(changes, self.over(beneath), _STATE)
        gone: set[NodeId | RecordId | TieKey] = {
            *effects.removed_nodes,
            *effects.removed_records,
            *effects.removed_ties,
        }
        put: set[NodeId | RecordId | TieKey] = {
            *(node.id for node in effects.nodes),
            *(record.id for record in effects.records),
            *(tie.key for tie in effects.ties),
        }
        if effects.changes:
            write_effects(self._connection, replace(effects, changes=()))
        if self._removed or gone:
            self._removed |= gone
            self._removed -= put
        return effects


class _Overlay:
    """What is laid over a graph comes first; what was removed isn't there."""

    def __init__(
        self, beneath: GraphReader, above: GraphReader, removed: Collection[NodeId | RecordId | TieKey]
    ) -> None:
        self._beneath, self._above, self._removed = beneath, above, removed

    def nodes(self, ids: Collection[NodeId]) -> Mapping[NodeId, Stored[Node]]:
        above = self._above.nodes(ids)
        rest = [id for id in ids if id not in above and id not in self._removed]
        return {**self._beneath.nodes(rest), **above}

    def records(self, ids: Collection[RecordId]) -> Mapping[RecordId, Stored[Record]]:
        above = self._above.records(ids)
        rest = [id for id in ids if id not in above and id not in self._removed]
        return {**self._beneath.records(rest), **above}

    def records_about(self, ids: Collection[NodeId]) -> Mapping[NodeId, Sequence[Stored[Record]]]:
        beneath = self._beneath.records_about(ids)
        # A Record that was moved to another node since is found above, about that one.
        known = [stored.element.id for about in beneath.values() for stored in about]
        changed = self._above.records(known)
        found = {
            id: [stored for stored in about if self._stays(stored.element.id) and stored.element.id not in changed]
            for id, about in beneath.items()
        }
        for id, about in self._above.records_about(ids).items():
            found[id] = [*found.get(id, ()), *about]
        return {id: about for id, about in found.items() if about}

    def ties(self, keys: Collection[TieKey]) -> Mapping[TieKey, Stored[Tie]]:
        above = self._above.ties(keys)
        rest = [key for key in keys if key not in above and key not in self._removed]
        return {**self._beneath.ties(rest), **above}

    def ties_between(self, keys: Collection[TieKey]) -> Sequence[Stored[Tie]]:
        return self._joined(self._beneath.ties_between(keys), self._above.ties_between(keys))

    def ties_at(self, ids: Collection[NodeId]) -> Sequence[Stored[Tie]]:
        return self._joined(self._beneath.ties_at(ids), self._above.ties_at(ids))

    def ties_from(self, ids: Collection[NodeId], type: TieType) -> Sequence[Stored[Tie]]:
        return self._joined(self._beneath.ties_from(ids, type), self._above.ties_from(ids, type))

    def _stays(self, id: RecordId) -> bool:
        return id not in self._removed

    def _joined(self, beneath: Sequence[Stored[Tie]], above: Sequence[Stored[Tie]]) -> Sequence[Stored[Tie]]:
        keys = {stored.element.key for stored in above}
        rest = [
            stored for stored in beneath if stored.element.key not in keys and stored.element.key not in self._removed
        ]
        return [*rest, *above]
