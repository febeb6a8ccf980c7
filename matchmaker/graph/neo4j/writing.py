"""Writing what a batch does, inside its transaction."""

from collections.abc import Iterable, Sequence

import neo4j

from matchmaker.graph.applying import Effects
from matchmaker.graph.neo4j.encoding import Row, row_of_key, row_of_node, row_of_record, row_of_tie
from matchmaker.graph.neo4j.reading import CHUNK, Neo4jReader, chunks
from matchmaker.graph.neo4j.state import save
from matchmaker.graph.neo4j.statements import Statement, load_statement, run
from matchmaker.model.changes import Change
from matchmaker.model.elements import Node

CHANGES_A_NODE = 1_000
"""How many changes one node of the change log lists."""

CHANGES_A_STATEMENT = 10
"""How many of those nodes one statement makes."""

PUT_NODES = load_statement("nodes/put")
_REMOVE_NODES = load_statement("nodes/remove")
PUT_RECORDS = load_statement("records/put")
CREATE_TIES = load_statement("ties/create")
_REPLACE_TIES = load_statement("ties/replace")
_REMOVE_TIES = load_statement("ties/remove")
APPEND_CHANGES = load_statement("changes/append")


def write_effects(transaction: neo4j.Transaction, reader: Neo4jReader, effects: Effects) -> None:
    """Write everything a batch does; the state comes last, and its lock makes readers wait for the commit.

    Nodes come before the Records that describe them. What goes, goes last: after a removal, finding anything takes the
    server longer with everything that was removed.
    """
    state = effects.state
    there = reader.ties({tie.key for tie in effects.ties})
    created = [tie for tie in effects.ties if tie.key not in there]
    replaced = [tie for tie in effects.ties if tie.key in there]
    _write(transaction, _REMOVE_TIES, "rows", [row_of_key(key) for key in effects.removed_ties])
    write_nodes(transaction, effects.nodes, state.revision)
    _write(transaction, PUT_RECORDS, "rows", [row_of_record(record, state.revision) for record in effects.records])
    _write(transaction, CREATE_TIES, "rows", [row_of_tie(tie, state.revision) for tie in created])
    _write(transaction, _REPLACE_TIES, "rows", [row_of_tie(tie, state.revision) for tie in replaced])
    if effects.removed_records or effects.removed_nodes:
        gone = {"records": list(effects.removed_records), "nodes": list(effects.removed_nodes)}
        run(transaction, _REMOVE_NODES, gone)
    _write(transaction, APPEND_CHANGES, "rows", list(change_rows(effects.changes)), CHANGES_A_STATEMENT)
    save(transaction, state)


def write_nodes(transaction: neo4j.Transaction, nodes: Iterable[Node], version: int) -> None:
    """Insert nodes, or replace them whole."""
    _write(transaction, PUT_NODES, "rows", [row_of_node(node, version) for node in nodes])


def _write(
    transaction: neo4j.Transaction, statement: Statement, name: str, rows: Sequence[object], size: int = CHUNK
) -> None:
    for chunk in chunks(rows, size):
        run(transaction, statement, {name: list(chunk)})


def change_rows(changes: tuple[Change, ...]) -> Iterable[Row]:
    """Yield the nodes of the change log that list a revision's changes."""
    for part, chunk in enumerate(chunks(changes, CHANGES_A_NODE)):
        yield {
            "revision": chunk[0].revision,
            "part": part,
            "kinds": [change.kind for change in chunk],
            "ids": [change.id for change in chunk],
            "removed": [change.removed for change in chunk],
        }
