from collections.abc import Iterator, Sequence
from typing import Any

import neo4j
import pytest

from matchmaker.graph.neo4j import Neo4jStore
from matchmaker.model.elements import Node, Provenance, Record, Tie, TieKey
from matchmaker.model.ids import NodeId, Owner
from matchmaker.model.vocabulary import Confidence, Label, TieType
from matchmaker.testing.neo4j_server import Neo4jAccess
from matchmaker.testing.store_contract import StoreContract, StorePlace

MARKER = "MatchmakerTestDatabase"
ABOUT_THE_ELEMENT = {
    "id",
    "label",
    "owner",
    "source",
    "source_row",
    "observed_on",
    "confidence",
    "batch",
    "version",
    "about",
    "origin",
    "episode",
}


class Neo4jPlace:
    """The one database of a server, emptied for each test; read with a driver of its own."""

    def __init__(self, access: Neo4jAccess, driver: neo4j.Driver) -> None:
        self.access, self.driver = access, driver
        self.marked = False

    def open(self, *, allow_incomplete: bool = False) -> Neo4jStore:
        store = Neo4jStore.open(
            self.access.uri,
            auth=(self.access.user, self.access.password),
            database=self.access.database,
            allow_incomplete=allow_incomplete,
        )
        # The mark by which tests know a database of their own would be a foreign node to a store that is to be made.
        if self.marked:
            self.rows("MERGE (:MatchmakerTestDatabase)")
        return store

    def clear(self) -> None:
        self.marked = self.marked or bool(self.rows("MATCH (n:MatchmakerTestDatabase) RETURN 1"))
        self.rows("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS")

    def raw_nodes(self) -> Sequence[Node]:
        return [
            Node(NodeId(held["id"]), label_of(labels), properties(held), Owner(held["owner"]), provenance(held))
            for labels, held in self.rows("MATCH (n:Entity) RETURN labels(n), properties(n)")
        ]

    def raw_records(self) -> Sequence[Record]:
        rows = self.rows("MATCH (r:Record)-[:DESCRIBES]->(n) RETURN n.id, labels(n), properties(r)")
        assert len(rows) == self.rows("MATCH (r:Record) RETURN count(r)")[0][0]
        return [
            Record(
                NodeId(about),
                label_of(labels),
                properties(held),
                Owner(held["owner"]),
                provenance(held),
                NodeId(held["origin"]) if "origin" in held else None,
            )
            for about, labels, held in rows
        ]

    def raw_ties(self) -> Sequence[Tie]:
        statement = "MATCH (a:Entity)-[r]->(b:Entity) RETURN type(r), a.id, b.id, properties(r)"
        return [
            Tie(
                TieKey(TieType(type), NodeId(source), NodeId(target), Owner(held["owner"]), held.get("episode", "")),
                properties(held),
                provenance(held),
            )
            for type, source, target, held in self.rows(statement)
        ]

    def rows(self, statement: str) -> list[list[Any]]:
        with self.driver.session(database=self.access.database) as session:
            return session.run(statement).values()


def label_of(labels: Sequence[str]) -> Label:
    (label,) = set(labels) - {"Entity", "Employer"}
    return Label(label)


def properties(held: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in held.items() if name not in ABOUT_THE_ELEMENT}
    listed = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return {"source" if name == "source_" else name: listed[name] for name in sorted(listed)}


def provenance(held: dict[str, Any]) -> Provenance:
    return Provenance(
        held.get("source", ""),
        held.get("source_row", ""),
        held.get("observed_on"),
        Confidence(held.get("confidence", "stated")),
        held.get("batch", ""),
    )


@pytest.fixture(scope="module")
def driver(neo4j_server: Neo4jAccess) -> Iterator[neo4j.Driver]:
    auth = (neo4j_server.user, neo4j_server.password)
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=auth, notifications_min_severity="OFF") as opened:
        yield opened


@pytest.fixture
def emptied(neo4j_server: Neo4jAccess, driver: neo4j.Driver) -> Neo4jPlace:
    place = Neo4jPlace(neo4j_server, driver)
    place.clear()
    return place


class TestNeo4jStore(StoreContract):
    @pytest.fixture
    def place(self, emptied: Neo4jPlace) -> StorePlace:
        return emptied
