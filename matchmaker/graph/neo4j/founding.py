"""Finding the store in a database, or making it there."""

import re
import time
from dataclasses import dataclass

import neo4j
from neo4j.exceptions import Neo4jError

from matchmaker.errors import StoreError, StoreIncomplete, StoreSchemaError, StoreUnavailable
from matchmaker.graph.applying import StoreState, founding_state
from matchmaker.graph.neo4j.connecting import Connections
from matchmaker.graph.neo4j.encoding import Row
from matchmaker.graph.neo4j.statements import Statement, load_statement, load_statements, run
from matchmaker.graph.neo4j.writing import write_nodes
from matchmaker.model.canonical import show_hash
from matchmaker.model.reference import REFERENCE_NODES

PRODUCT = "matchmaker"
SCHEMA_VERSION = 1
"""The version of this layout of labels, properties and constraints."""

CONSTRAINTS = load_statements("constraints/")
_EXISTING = load_statement("server/constraints")
_INSPECT = load_statement("store/inspect")
CLAIM = load_statement("store/claim")
FOUND = load_statement("store/found")
JOIN_STAGES = load_statement("stages/join")
STAGE_STEPS = [{"stage": node.id, "following": id} for node in REFERENCE_NODES for id in node.get_texts("next")]
"""The rows that ``stages/join`` takes."""

_ATTEMPTS, _PAUSE_S = 20, 0.1
_DEFINITION = re.compile(
    r"^CREATE CONSTRAINT (?P<name>\w+) IF NOT EXISTS\s+FOR \S*?[(\[]\w+:(?P<of>\w+)[)\]]\S* REQUIRE (?P<properties>.+)"
    r" IS UNIQUE$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A uniqueness constraint: of the nodes with a label or the relationships of a type, over these properties."""

    entity: str
    of: str
    properties: tuple[str, ...]

    @classmethod
    def of_statement(cls, statement: Statement) -> "Constraint":
        """Return what a statement of ``constraints/`` makes."""
        found = _DEFINITION.search(statement.text)
        if found is None:
            raise ValueError(f"{statement.name} is no uniqueness constraint")
        entity = "RELATIONSHIP" if "-[" in found[0] else "NODE"
        return cls(entity, found["of"], tuple(re.findall(r"\w\.(\w+)", found["properties"])))

    def words(self) -> str:
        """Name the constraint for people."""
        kind = "relationships" if self.entity == "RELATIONSHIP" else "nodes"
        return f"{', '.join(self.properties)} of {kind} {self.of}"


@dataclass(frozen=True, slots=True)
class Look:
    """What a first look at the database finds; ``product`` is None where no store is."""

    product: str | None
    schema: int | None
    restoring: str | None
    nodes: int


def prepare(connections: Connections, *, create: bool, allow_incomplete: bool) -> None:
    """See that the database holds a store of our version, making one in an empty database where that is asked for.

    Raises
    ------
    StoreUnavailable
        The database is empty and no store is to be made.
    StoreSchemaError
        It holds something else, a store of a newer version, or a constraint that stands in the way of ours.
    StoreIncomplete
        A restore into the store is unfinished.
    """
    look = _look(connections)
    if look.product is None:
        if not create:
            raise StoreUnavailable(f"There is no store in the database at {connections.place}; it is empty.")
        _make_constraints(connections)
        connections.writing(lambda transaction: _found(transaction, connections.place))
        return
    if look.schema is None or look.schema > SCHEMA_VERSION:
        raise StoreSchemaError(
            f"The store at {connections.place} was written by a newer version of matchmaker (its schema is "
            f"{look.schema}, this one knows up to {SCHEMA_VERSION}). Install that version, or restore a backup made "
            "with this one."
        )
    _make_constraints(connections)
    if look.restoring is not None and not allow_incomplete:
        raise StoreIncomplete(
            f"A restore into the store at {connections.place} is unfinished: {look.restoring}. Finish it or drop it."
        )


def _look(connections: Connections) -> Look:
    # While another process is making the store, its nodes may show before the one that says what they are.
    for _ in range(_ATTEMPTS):
        look = connections.reading(lambda transaction: Look(*run(transaction, _INSPECT)[0].values()))
        if look.product == PRODUCT or look.nodes == 0:
            return look
        time.sleep(_PAUSE_S)
    raise _holds_something_else(connections.place)


def _found(transaction: neo4j.Transaction, place: str) -> None:
    (claimed,) = run(transaction, CLAIM)
    if claimed["product"] == PRODUCT:
        return
    # The node that was claimed just now is in the count.
    if claimed["nodes"] > 1:
        raise _holds_something_else(place)
    state = founding_state()
    run(transaction, FOUND, {"state": state_row(state)})
    write_nodes(transaction, REFERENCE_NODES, state.revision)
    run(transaction, JOIN_STAGES, {"rows": STAGE_STEPS})


def state_row(state: StoreState) -> Row:
    """Return what ``store/found`` takes: what the store is, and its state."""
    return {
        "product": PRODUCT,
        "schema": SCHEMA_VERSION,
        "revision": state.revision,
        "graph_sum": show_hash(state.graph_sum),
        "content_sum": show_hash(state.content_sum),
    }


def _make_constraints(connections: Connections) -> None:
    """Make the constraints that aren't there; one of the same meaning serves, whatever its name."""
    existing = _existing(connections)
    wanted = {Constraint.of_statement(statement): statement for statement in CONSTRAINTS}
    missing = [statement for constraint, statement in wanted.items() if constraint not in existing]
    if not missing:
        return
    for statement in missing:
        _make_constraint(connections, statement)
    still = sorted(constraint.words() for constraint in wanted.keys() - _existing(connections))
    if still:
        raise StoreSchemaError(
            f"The database at {connections.place} has constraints of the names that matchmaker uses, but of another "
            f"meaning, so these can't be made unique: {'; '.join(still)}. Drop those, or use another database."
        )


def _make_constraint(connections: Connections, statement: Statement) -> None:
    try:
        connections.run_alone(statement)
    except StoreError as error:
        cause = error.__cause__
        if not isinstance(cause, Neo4jError) or ".Schema." not in (cause.code or ""):
            raise
        words = Constraint.of_statement(statement).words()
        raise StoreSchemaError(
            f"The database at {connections.place} can't keep unique the {words}. It says: {cause.message}"
        ) from error


def _existing(connections: Connections) -> frozenset[Constraint]:
    rows = connections.reading(lambda transaction: run(transaction, _EXISTING))
    return frozenset(
        Constraint(row["entity"], row["names"][0], tuple(row["properties"])) for row in rows if len(row["names"]) == 1
    )


def _holds_something_else(place: str) -> StoreSchemaError:
    return StoreSchemaError(
        f"The database at {place} holds something else, not a matchmaker store. Give an empty database."
    )
