"""Both kinds of store, for what must be the same on either."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from matchmaker.graph.neo4j import Neo4jStore
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.graph.store import GraphStore
from matchmaker.services.jobs import Runner
from matchmaker.testing.neo4j_server import Neo4jAccess


class Opener(Protocol):
    def __call__(self, *, allow_incomplete: bool = False) -> GraphStore: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A place that is empty at first; ``environment`` lets another process open the same store by ``url``."""

    url: str
    environment: Mapping[str, str]
    open: Opener


def sqlite_place(path: Path) -> Place:
    def open(*, allow_incomplete: bool = False) -> GraphStore:
        return SqliteStore.open(path, durability=Durability.NORMAL, allow_incomplete=allow_incomplete)

    return Place(f"sqlite:///{path}", dict(os.environ), open)


def neo4j_place(access: Neo4jAccess) -> Place:
    def open(*, allow_incomplete: bool = False) -> GraphStore:
        return Neo4jStore.open(
            access.uri,
            auth=(access.user, access.password),
            database=access.database,
            allow_incomplete=allow_incomplete,
        )

    environment = {
        **os.environ,
        "MATCHMAKER_NEO4J_USER": access.user,
        "MATCHMAKER_NEO4J_PASSWORD": access.password,
        **({"MATCHMAKER_NEO4J_DATABASE": access.database} if access.database else {}),
    }
    return Place(access.uri, environment, open)


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place of each kind of store in turn."""
    if request.param == "sqlite":
        return sqlite_place(tmp_path / "store.db")
    return neo4j_place(request.getfixturevalue("empty_neo4j"))


@pytest.fixture
def store(place: Place) -> Iterator[GraphStore]:
    """A new store of each kind in turn."""
    opened = place.open()
    yield opened
    opened.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[GraphStore]:
    """A new embedded store, where one kind will do."""
    opened = sqlite_place(tmp_path / "embedded.db").open()
    yield opened
    opened.close()


@pytest.fixture
def runner() -> Runner:
    """Somebody whose clock stands still."""
    return Runner("Ana", lambda: 1_700_000_000)


@pytest.fixture
def write_bundle(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Writes the files of a bundle called ``metro``, and returns its folder."""

    def write(files: Mapping[str, str]) -> Path:
        folder = tmp_path / "metro"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        return folder

    return write
