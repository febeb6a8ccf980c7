"""The node that holds the store's state, and the two locks that keep batches and readers apart."""

import neo4j

from matchmaker.errors import StoreSchemaError
from matchmaker.graph.applying import StoreState
from matchmaker.graph.neo4j.statements import Statement, load_statement, run
from matchmaker.model.canonical import show_hash
from matchmaker.model.ids import Revision

_LOCK = load_statement("store/lock")
_SETTLE = load_statement("store/settle")
_STATE = load_statement("store/state")
_SAVE = load_statement("store/save")


def lock(transaction: neo4j.Transaction) -> StoreState:
    """Wait for other writers, keep them waiting until the transaction ends, and return the state."""
    return _state(transaction, _LOCK)


def settle(transaction: neo4j.Transaction) -> Revision:
    """Wait for a batch that is being committed, let none be until the transaction ends, and return the revision."""
    return _state(transaction, _SETTLE).revision


def read_state(transaction: neo4j.Transaction) -> StoreState:
    """Return the state."""
    return _state(transaction, _STATE)


def save(transaction: neo4j.Transaction, state: StoreState) -> None:
    """Write the state; from here to the end of the commit readers wait."""
    sums = {"graph_sum": show_hash(state.graph_sum), "content_sum": show_hash(state.content_sum)}
    run(transaction, _SAVE, {"revision": state.revision, **sums})


def _state(transaction: neo4j.Transaction, statement: Statement) -> StoreState:
    rows = run(transaction, statement)
    if not rows or rows[0]["revision"] is None:
        raise StoreSchemaError("The matchmaker store has gone from this database; was it emptied by other means?")
    row = rows[0]
    return StoreState(Revision(row["revision"]), int(row["graph_sum"], 16), int(row["content_sum"], 16))
