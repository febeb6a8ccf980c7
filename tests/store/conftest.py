"""What the tests of the stores share: raw reads around each of them."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import neo4j
import pytest

from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.elements import Node, Provenance, Record, Tie, TieKey
from matchmaker.model.ids import NodeId, Owner
from matchmaker.model.vocabulary import Confidence, Label, TieType
from matchmaker.testing.neo4j_server import Neo4jAccess
from matchmaker.testing.store_contract import RawReader

ABOUT_THE_ELEMENT: Final = frozenset(
    {"id", "label", "owner", "source", "source_row", "observed_on", "confidence", "batch", "version"}
    | {"about", "origin", "episode"}
)


class RawNeo4j:
    """Reads the layout of labels and properties as any Cypher user would, sharing no code with the store."""

    def __init__(self, driver: neo4j.Driver, database: str) -> None:
        self.driver, self.database = driver, database

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
        return [
            Tie(
                TieKey(TieType(type), NodeId(source), NodeId(target), Owner(held["owner"]), held.get("episode", "")),
                properties(held),
                provenance(held),
            )
            for type, source, target, held in self.rows(
                "MATCH (a:Entity)-[r:!NEXT]->(b:Entity) RETURN type(r), a.id, b.id, properties(r)"
            )
        ]

    def rows(self, statement: str) -> list[list[Any]]:
        with self.driver.session(database=self.database) as session:
            return session.run(statement).values()


def label_of(labels: Sequence[str]) -> Label:
    (label,) = set(labels) - {"Entity", "Employer"}
    return Label(label)


def properties(held: dict[str, Any]) -> dict[str, Any]:
    kept = {name: held[name] for name in sorted(held) if name not in ABOUT_THE_ELEMENT}
    # A suggestion says where it comes from, and so does the node that it is.
    named = {"source" if name == "source_" else name: value for name, value in kept.items()}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in named.items()}


def provenance(held: dict[str, Any]) -> Provenance:
    return Provenance(
        held.get("source", ""),
        held.get("source_row", ""),
        held.get("observed_on"),
        Confidence(held.get("confidence", "stated")),
        held.get("batch", ""),
    )


@pytest.fixture(scope="module")
def neo4j_driver(neo4j_server: Neo4jAccess) -> Iterator[neo4j.Driver]:
    """A driver of the test's own for the shared server."""
    auth = (neo4j_server.user, neo4j_server.password)
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=auth, notifications_min_severity="OFF") as opened:
        yield opened


@pytest.fixture(scope="session")
def raw_neo4j() -> Callable[[neo4j.Driver, str], RawReader]:
    """Make a reader of a database around the store."""
    return RawNeo4j


class SqlitePlace:
    """A file in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "store.db"

    def open(self, *, allow_incomplete: bool = False) -> SqliteStore:
        return SqliteStore.open(self.path, durability=Durability.NORMAL, allow_incomplete=allow_incomplete)

    def clear(self) -> None:
        for file in sorted(self.folder.glob("store.db*")):
            file.unlink()

    def raw_nodes(self) -> Sequence[Node]:
        return [
            Node(
                NodeId(row["id"]),
                Label(row["label"]),
                sqlite_properties(row),
                Owner(row["owner"]),
                sqlite_provenance(row),
            )
            for row in self.rows("SELECT * FROM nodes")
        ]

    def raw_records(self) -> Sequence[Record]:
        return [
            Record(
                NodeId(row["about"]),
                Label(row["label"]),
                sqlite_properties(row),
                Owner(row["owner"]),
                sqlite_provenance(row),
                NodeId(row["origin"]) if row["origin"] is not None else None,
            )
            for row in self.rows("SELECT * FROM records")
        ]

    def raw_ties(self) -> Sequence[Tie]:
        return [
            Tie(
                TieKey(
                    TieType(row["type"]),
                    NodeId(row["source_id"]),
                    NodeId(row["target_id"]),
                    Owner(row["owner"]),
                    row["episode"],
                ),
                sqlite_properties(row),
                sqlite_provenance(row),
            )
            for row in self.rows("SELECT * FROM ties")
        ]

    def rows(self, statement: str) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(statement).fetchall()


def sqlite_properties(row: sqlite3.Row) -> dict[str, Any]:
    held = json.loads(row["properties"])
    return {name: tuple(value) if isinstance(value, list) else value for name, value in held.items()}


def sqlite_provenance(row: sqlite3.Row) -> Provenance:
    return Provenance(row["source"], row["source_row"], row["observed_on"], Confidence(row["confidence"]), row["batch"])


@pytest.fixture
def sqlite_place(tmp_path: Path) -> SqlitePlace:
    """An empty folder for a store in ``store.db``."""
    return SqlitePlace(tmp_path)
