import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.elements import Node, Provenance, Record, Tie, TieKey
from matchmaker.model.ids import NodeId, Owner
from matchmaker.model.vocabulary import Confidence, Label, TieType
from matchmaker.testing.store_contract import StoreContract, StorePlace


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
            Node(NodeId(row["id"]), Label(row["label"]), properties(row), Owner(row["owner"]), provenance(row))
            for row in self.rows("SELECT * FROM nodes")
        ]

    def raw_records(self) -> Sequence[Record]:
        return [
            Record(
                NodeId(row["about"]),
                Label(row["label"]),
                properties(row),
                Owner(row["owner"]),
                provenance(row),
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
                properties(row),
                provenance(row),
            )
            for row in self.rows("SELECT * FROM ties")
        ]

    def rows(self, statement: str) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(statement).fetchall()


def properties(row: sqlite3.Row) -> dict[str, Any]:
    held = json.loads(row["properties"])
    return {name: tuple(value) if isinstance(value, list) else value for name, value in held.items()}


def provenance(row: sqlite3.Row) -> Provenance:
    return Provenance(row["source"], row["source_row"], row["observed_on"], Confidence(row["confidence"]), row["batch"])


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> StorePlace:
        return SqlitePlace(tmp_path)
