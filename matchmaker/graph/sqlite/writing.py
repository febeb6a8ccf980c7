"""Writing what a batch does, inside its transaction."""

import sqlite3

from matchmaker.graph.applying import Effects
from matchmaker.graph.sqlite.rows import row_of_node, row_of_record, row_of_tie
from matchmaker.model.canonical import show_hash

PUT_NODE = """
    INSERT INTO nodes (id, label, owner, properties, source, source_row, observed_on, confidence, batch, version)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        label = excluded.label, owner = excluded.owner, properties = excluded.properties, source = excluded.source,
        source_row = excluded.source_row, observed_on = excluded.observed_on, confidence = excluded.confidence,
        batch = excluded.batch, version = excluded.version
"""
_PUT_RECORD = """
    INSERT INTO records (
        id, about, origin, label, owner, properties, source, source_row, observed_on, confidence, batch, version
    )
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        about = excluded.about, origin = excluded.origin, label = excluded.label, owner = excluded.owner,
        properties = excluded.properties, source = excluded.source, source_row = excluded.source_row,
        observed_on = excluded.observed_on, confidence = excluded.confidence, batch = excluded.batch,
        version = excluded.version
"""
_PUT_TIE = """
    INSERT INTO ties (
        id, type, source_id, target_id, owner, episode, properties, source, source_row, observed_on, confidence, batch,
        version
    )
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        properties = excluded.properties, source = excluded.source, source_row = excluded.source_row,
        observed_on = excluded.observed_on, confidence = excluded.confidence, batch = excluded.batch,
        version = excluded.version
"""
_REMOVE_NODE = "DELETE FROM nodes WHERE id = ?"
_REMOVE_RECORD = "DELETE FROM records WHERE id = ?"
_REMOVE_TIE = "DELETE FROM ties WHERE id = ?"
_LOG_CHANGE = "INSERT INTO changes (revision, kind, id, removed) VALUES (?, ?, ?, ?)"
_SET_STATE = "UPDATE state SET revision = ?, graph_sum = ?, content_sum = ? WHERE id = 1"
_MARK_RESTORING = "UPDATE state SET restoring = ? WHERE id = 1"


def write_effects(connection: sqlite3.Connection, effects: Effects) -> None:
    """Write everything a batch does."""
    revision = effects.state.revision
    for statement, rows in (
        (_REMOVE_TIE, [(key.id,) for key in effects.removed_ties]),
        (_REMOVE_RECORD, [(id,) for id in effects.removed_records]),
        (_REMOVE_NODE, [(id,) for id in effects.removed_nodes]),
        (PUT_NODE, [row_of_node(node, revision) for node in effects.nodes]),
        (_PUT_RECORD, [row_of_record(record, revision) for record in effects.records]),
        (_PUT_TIE, [row_of_tie(tie, revision) for tie in effects.ties]),
        (_LOG_CHANGE, [(change.revision, change.kind, change.id, int(change.removed)) for change in effects.changes]),
    ):
        connection.executemany(statement, rows)
    state = effects.state
    connection.execute(_SET_STATE, (revision, show_hash(state.graph_sum), show_hash(state.content_sum)))


def write_restoring(connection: sqlite3.Connection, text: str | None) -> None:
    """Set or clear the mark of an unfinished restore."""
    connection.execute(_MARK_RESTORING, (text,))
