"""Where a store under test is kept, and how its elements are read around it."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import pytest

from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import add_digests, show_hash
from matchmaker.model.elements import Node, Record, Tie


class RawReader(Protocol):
    """Reads what is kept without the store's code: by SQL, by Cypher, in any order, everything decoded."""

    def raw_nodes(self) -> Sequence[Node]:
        """Return every node as kept, resolved ones and reference data among them."""

    def raw_records(self) -> Sequence[Record]:
        """Return every Record as kept."""

    def raw_ties(self) -> Sequence[Tie]:
        """Return every tie as kept."""


class StorePlace(RawReader, Protocol):
    """One place that keeps a store: a file, a database. It is empty when a test gets it."""

    def open(self, *, allow_incomplete: bool = False) -> GraphStore:
        """Open the store that is kept here, making a new one where there is none.

        May be called again while an earlier one is open: then both are the same store, as two processes would see it.
        """

    def clear(self) -> None:
        """Make the place empty again. Every store that was opened here is closed before."""


class PlaceContract:
    """What every part of the contract uses. A subclass gives the fixture ``place`` and nothing else."""

    @pytest.fixture
    def place(self) -> StorePlace:
        """Return an empty place of the store under test."""
        raise NotImplementedError("the test class of a store gives the fixture `place`")

    @pytest.fixture
    def store(self, place: StorePlace) -> Iterator[GraphStore]:
        """Open a new store, and close it after the test."""
        opened = place.open()
        yield opened
        opened.close()


def raw_hashes(raw: RawReader) -> tuple[str, str]:
    """Return the graph hash and the content hash, added up from what is kept."""
    nodes, records, ties = raw.raw_nodes(), raw.raw_records(), raw.raw_ties()
    graph = add_digests([node.graph_digest() for node in nodes] + [tie.graph_digest() for tie in ties])
    content = add_digests(
        [node.content_digest() for node in nodes]
        + [record.content_digest() for record in records]
        + [tie.content_digest() for tie in ties]
    )
    return show_hash(graph), show_hash(content)


def raw_picture(raw: RawReader) -> tuple[list[Node], list[Record], list[Tie]]:
    """Return all that is kept, each in id order, to compare before and after."""
    return (
        sorted(raw.raw_nodes(), key=lambda node: node.id),
        sorted(raw.raw_records(), key=lambda record: record.id),
        sorted(raw.raw_ties(), key=lambda tie: tie.id),
    )
