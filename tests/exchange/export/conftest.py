"""What the tests of exports share: stores of the example data, and loading a file into an empty store."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from matchmaker.exchange.readers.bundle import read_bundle
from matchmaker.exchange.readers.rows import RowsReader, SoundRow
from matchmaker.exchange.reading import Reading, ReadOptions
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import MAXIMUM_ELEMENTS, ChangeSet
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.ids import PUBLIC, EcosystemId, Owner
from matchmaker.services.snapshots import SnapshotCache

Loader = Callable[[GraphStore, Reading], None]

FIXTURES: Final = Path(__file__).parents[3] / "fixtures"
OWNERS: Final = {"tiny": PUBLIC, "riverbend": Owner("riverbend"), "portland": PUBLIC}
ECOSYSTEMS: Final = {"tiny": "tiny", "riverbend": "riverbend", "portland": "portland-metro-stem"}


def put_all(store: GraphStore, elements: Sequence[Node | Record | Tie]) -> None:
    """Put elements in their order, ends before ties."""
    for start in range(0, len(elements), MAXIMUM_ELEMENTS):
        some = elements[start : start + MAXIMUM_ELEMENTS]
        store.apply(
            ChangeSet(
                tuple(one for one in some if isinstance(one, Node)),
                tuple(one for one in some if isinstance(one, Record)),
                tuple(one for one in some if isinstance(one, Tie)),
            )
        )


def load_as(store: GraphStore, reading: Reading, owner: Owner = PUBLIC) -> None:
    """Load everything that a file says; a single fault fails the test."""
    assert reading.findings == ()
    reader = RowsReader(owner, reading.name)
    elements: list[Node | Record | Tie] = []
    for row in reading.rows():
        read = reader.read(row)
        assert isinstance(read, SoundRow), read
        elements += [element for part in read.parts for element in part.elements]
    put_all(store, elements)


@pytest.fixture(scope="session")
def load() -> Loader:
    """Load a file into a store; a single fault fails the test."""
    return load_as


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, SnapshotCache]]:
    """The snapshots of each example's store, as the demo loads it."""
    folder = tmp_path_factory.mktemp("examples")
    stores = {name: SqliteStore.open(folder / f"{name}.db", durability=Durability.NORMAL) for name in sorted(OWNERS)}
    for name, store in stores.items():
        load_as(store, read_bundle(FIXTURES / name, ReadOptions()), OWNERS[name])
    yield {name: SnapshotCache(store) for name, store in stores.items()}
    for store in stores.values():
        store.close()


@pytest.fixture(params=sorted(ECOSYSTEMS))
def example(request: pytest.FixtureRequest, examples: dict[str, SnapshotCache]) -> tuple[SnapshotCache, EcosystemId]:
    """Each example in turn: its snapshots, and its ecosystem."""
    return examples[request.param], EcosystemId(ECOSYSTEMS[request.param])


@pytest.fixture
def day() -> datetime.date:
    """A day on which the examples are whole."""
    return datetime.date(2026, 11, 1)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[GraphStore]:
    """A new store."""
    store = SqliteStore.open(tmp_path / "empty.db", durability=Durability.NORMAL)
    yield store
    store.close()
