"""What the tests of other tools' formats share: what a reading says, and the example data as it may leave."""

import datetime
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from matchmaker.errors import Finding
from matchmaker.exchange.published import Published
from matchmaker.exchange.readers.bundle import read_bundle
from matchmaker.exchange.readers.rows import RowsReader, SoundRow
from matchmaker.exchange.reading import Reading, ReadOptions
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.ids import PUBLIC, EcosystemId, Owner
from matchmaker.model.vocabulary import Audience
from matchmaker.services.exporting import publish
from matchmaker.services.snapshots import SnapshotCache

FIXTURES: Final = Path(__file__).parents[3] / "fixtures"
ECOSYSTEMS: Final = {"tiny": "tiny", "riverbend": "riverbend", "portland": "portland-metro-stem"}


class Said:
    """What a reading says: parts as pairs of file and cells, elements, findings, notices."""

    def __init__(self, reading: Reading) -> None:
        assert reading.findings == ()
        reader = RowsReader(PUBLIC, reading.name)
        self.parts: list[tuple[str, dict[str, str]]] = []
        self.elements: list[Node | Record | Tie] = []
        self.findings: list[Finding] = []
        self.notices: list[Finding] = [*reading.notices]
        for row in reading.rows():
            self.parts += [(part.file, dict(part.cells)) for part in row.parts]
            self.findings += row.findings
            self.notices += row.notices
            read = reader.read(row) if row.parts else None
            if isinstance(read, SoundRow):
                self.elements += [element for part in read.parts for element in part.elements]
            elif read is not None:
                self.findings += read.findings

    def cells(self, file: str) -> list[dict[str, str]]:
        return [cells for name, cells in self.parts if name == file]

    def named(self, file: str) -> dict[str, dict[str, str]]:
        """The cells of a file's rows by name."""
        return {cells["name"]: cells for cells in self.cells(file)}

    def ties(self, type: str) -> set[tuple[str, str]]:
        return {(cells["source"], cells["target"]) for cells in self.cells("ties.csv") if cells["type"] == type}


@pytest.fixture
def say() -> Callable[[Reading], Said]:
    """What a reading says, each part read as the importing core reads it."""
    return Said


@pytest.fixture
def write_json(tmp_path: Path) -> Callable[..., Path]:
    """Write a JSON document and return its path."""

    def write(document: object, name: str = "our map.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Published]:
    """Each example's graph as its staff may take it away."""
    folder = tmp_path_factory.mktemp("published")
    found = {}
    for name, ecosystem in ECOSYSTEMS.items():
        store = SqliteStore.open(folder / f"{name}.db", durability=Durability.NORMAL)
        load(store, read_bundle(FIXTURES / name, ReadOptions()), Owner(ecosystem) if name == "riverbend" else PUBLIC)
        day = datetime.date(2026, 11, 1)
        found[name] = publish(SnapshotCache(store), EcosystemId(ecosystem), Audience.STAFF, day)
        store.close()
    return found


def load(store: SqliteStore, reading: Reading, owner: Owner) -> None:
    reader = RowsReader(owner, reading.name)
    elements: list[Node | Record | Tie] = []
    for row in reading.rows():
        read = reader.read(row)
        assert isinstance(read, SoundRow), read
        elements += [element for part in read.parts for element in part.elements]
    store.apply(
        ChangeSet(
            tuple(one for one in elements if isinstance(one, Node)),
            tuple(one for one in elements if isinstance(one, Record)),
            tuple(one for one in elements if isinstance(one, Tie)),
        )
    )
