"""The contract on a real Neo4j, and what only this store promises: its layout, its locks, its constraints."""

from collections.abc import Callable, Sequence
from typing import Any

import neo4j
import pytest

from matchmaker.graph.neo4j import Neo4jStore
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.testing.neo4j_server import Neo4jAccess
from matchmaker.testing.store_contract import RawReader, StoreContract, StorePlace

RawReading = Callable[[neo4j.Driver, str], RawReader]


class Neo4jPlace:
    """The one database of a server, emptied for each test."""

    def __init__(self, access: Neo4jAccess, driver: neo4j.Driver, raw: RawReader) -> None:
        self.access, self.driver, self.raw = access, driver, raw
        self.marked = False

    def open(self, *, allow_incomplete: bool = False) -> Neo4jStore:
        store = Neo4jStore.open(
            self.access.uri,
            auth=(self.access.user, self.access.password),
            database=self.access.database,
            allow_incomplete=allow_incomplete,
        )
        # The mark by which tests know a database of their own would be a foreign node where a store is to be made.
        if self.marked:
            self.rows("MERGE (:MatchmakerTestDatabase)")
        return store

    def clear(self) -> None:
        self.marked = self.marked or bool(self.rows("MATCH (n:MatchmakerTestDatabase) RETURN n.id"))
        self.rows("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS")

    def raw_nodes(self) -> Sequence[Node]:
        return self.raw.raw_nodes()

    def raw_records(self) -> Sequence[Record]:
        return self.raw.raw_records()

    def raw_ties(self) -> Sequence[Tie]:
        return self.raw.raw_ties()

    def rows(self, statement: str) -> list[list[Any]]:
        with self.driver.session(database=self.access.database) as session:
            return session.run(statement).values()


@pytest.fixture
def emptied(neo4j_server: Neo4jAccess, neo4j_driver: neo4j.Driver, raw_neo4j: RawReading) -> Neo4jPlace:
    place = Neo4jPlace(neo4j_server, neo4j_driver, raw_neo4j(neo4j_driver, neo4j_server.database))
    place.clear()
    return place


class TestNeo4jStore(StoreContract):
    @pytest.fixture
    def place(self, emptied: Neo4jPlace) -> StorePlace:
        return emptied
