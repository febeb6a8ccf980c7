"""The snapshot: one scope at one day, immutable, sorted by id, in arrays; all else is computed from it."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import NotFound
from matchmaker.graph.contents import Contents
from matchmaker.graph.geography import distance_km
from matchmaker.graph.scoping import Scope, ScopedGraph, scope_contents
from matchmaker.model.canonical import add_digests, show_hash
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.ids import NodeId, Revision
from matchmaker.model.vocabulary import Label, Sector, TieType

Indices = NDArray[np.int32]

Array = TypeVar("Array", NDArray[np.int8], NDArray[np.int32], NDArray[np.bool_])

LABEL_CODES: Mapping[Label, int] = {label: code for code, label in enumerate(Label)}
SECTOR_CODES: Mapping[Sector, int] = {sector: code for code, sector in enumerate(Sector)}


@dataclass(frozen=True, slots=True)
class Adjacency:
    """The ties of one type in one direction, in compressed sparse rows.

    Attributes
    ----------
    starts
        Shape (nodes + 1,): the ties of node ``i`` are ``starts[i]:starts[i + 1]``.
    others
        Shape (ties,): the index of the node at the other end, ascending within a row.
    ties
        Shape (ties,): the index of the tie in `Snapshot.ties`.
    """

    starts: Indices
    others: Indices
    ties: Indices

    def of(self, index: int) -> Indices:
        """Return the other ends of node ``index``'s ties, ascending; one that has two ties is there twice."""
        return self.others[self.starts[index] : self.starts[index + 1]]

    def ties_of(self, index: int) -> Indices:
        """Return the indices of node ``index``'s ties, in the order of `of`."""
        return self.ties[self.starts[index] : self.starts[index + 1]]

    def degrees(self) -> Indices:
        """Return how many ties each node has; shape (nodes,)."""
        return np.diff(self.starts).astype(np.int32)


class Snapshot:
    """What one scope sees at one day. Immutable; nodes are named by their index in id order.

    Attributes
    ----------
    scope, as_of, revision
        Whose view, of which day, read at which revision of the store.
    graph_hash
        Digest of every node and tie in it: equal for equal graphs, whichever store they come from.
    nodes, ties
        In id order.
    labels, sectors
        Shape (nodes,): codes of `LABEL_CODES` and `SECTOR_CODES`, -1 for no sector.
    member, reachable
        Shape (nodes,): whether a Partner or Program is the ecosystem's own, or in its counties or reach (members
        are). In the public scope every one is both.
    """

    def __init__(self, graph: ScopedGraph, scope: Scope, as_of: datetime.date, revision: Revision) -> None:
        self.scope, self.as_of, self.revision = scope, as_of, revision
        self.nodes: tuple[Node, ...] = graph.nodes
        self.ties: tuple[Tie, ...] = tuple(sorted(graph.ties, key=lambda tie: tie.key.id))
        self._index = {node.id: index for index, node in enumerate(self.nodes)}
        self._records, self._positions = graph.records, graph.positions
        self.labels = _frozen(np.array([LABEL_CODES[node.label] for node in self.nodes], dtype=np.int8))
        self.sectors = _frozen(np.array([_sector_code(node) for node in self.nodes], dtype=np.int8))
        self.member = _frozen(np.array([node.id in graph.members for node in self.nodes], dtype=bool))
        self.reachable = _frozen(np.array([node.id in graph.reachable for node in self.nodes], dtype=bool))
        digests = [node.graph_digest() for node in self.nodes] + [tie.graph_digest() for tie in self.ties]
        self.graph_hash = show_hash(add_digests(digests))
        self._forward, self._backward = self._adjacencies()

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.nodes)

    def index_of(self, id: str) -> int:
        """Return the index of a node, or raise `NotFound`."""
        index = self.find_index(id)
        if index is None:
            raise NotFound("node", id)
        return index

    def find_index(self, id: str) -> int | None:
        """Return the index of a node, or None where the scope doesn't hold it."""
        return self._index.get(NodeId(id))

    def get_node(self, id: str) -> Node:
        """Return a node by id, or raise `NotFound`."""
        return self.nodes[self.index_of(id)]

    def indices(self, label: Label) -> Indices:
        """Return the indices of a label's nodes, ascending."""
        return np.flatnonzero(self.labels == LABEL_CODES[label]).astype(np.int32)

    def iter_nodes(self, label: Label) -> Iterator[tuple[int, Node]]:
        """Yield (index, node) of a label, in id order."""
        for index in self.indices(label):
            yield int(index), self.nodes[index]

    def adjacency(self, type: TieType, *, backward: bool = False) -> Adjacency:
        """Return a tie type's adjacency; ``backward`` from target to source."""
        return (self._backward if backward else self._forward)[type]

    def targets(self, index: int, type: TieType) -> list[tuple[int, Tie]]:
        """Return (index of target, tie) for the ties of ``type`` that start at a node."""
        return self._pairs(self._forward[type], index)

    def sources(self, index: int, type: TieType) -> list[tuple[int, Tie]]:
        """Return (index of source, tie) for the ties of ``type`` that end at a node."""
        return self._pairs(self._backward[type], index)

    def both(self, index: int, type: TieType) -> list[tuple[int, Tie]]:
        """Return (index of the other end, tie) whichever way the ties of ``type`` point."""
        return self.targets(index, type) + self.sources(index, type)

    def facts(self, index: int, label: Label) -> list[Node]:
        """Return the repeating facts of a label that a node has, in id order."""
        found = [self.nodes[other] for other, _ in self.targets(index, TieType.HAS)]
        return [node for node in found if node.label is label]

    def records(self, id: str) -> tuple[Record, ...]:
        """Return the Records behind a node in this scope, in id order."""
        return self._records.get(NodeId(id), ())

    def sites(self, index: int) -> tuple[tuple[float, float], ...]:
        """Return where a partner or program is, as (latitude, longitude) in degrees; a program may have many sites."""
        return self._positions.get(self.nodes[index].id, ())

    def distance_km(self, first: int, second: int) -> float | None:
        """Return the straight-line distance between the nearest sites of two nodes in km; None where one is unknown."""
        pairs = [(one, other) for one in self.sites(first) for other in self.sites(second)]
        return min((distance_km(one, other) for one, other in pairs), default=None)

    def _pairs(self, adjacency: Adjacency, index: int) -> list[tuple[int, Tie]]:
        others, ties = adjacency.of(index), adjacency.ties_of(index)
        return [(int(other), self.ties[tie]) for other, tie in zip(others, ties, strict=True)]

    def _adjacencies(self) -> tuple[dict[TieType, Adjacency], dict[TieType, Adjacency]]:
        keys, codes = [tie.key for tie in self.ties], {type: code for code, type in enumerate(TieType)}
        types = np.array([codes[key.type] for key in keys], dtype=np.int8)
        sources = np.array([self._index[key.source] for key in keys], dtype=np.int32)
        targets = np.array([self._index[key.target] for key in keys], dtype=np.int32)
        forward, backward = {}, {}
        for type, code in codes.items():
            known = np.flatnonzero(types == code).astype(np.int32)
            forward[type] = _adjacency(len(self.nodes), sources[known], targets[known], known)
            backward[type] = _adjacency(len(self.nodes), targets[known], sources[known], known)
        return forward, backward


def build_snapshot(contents: Contents, scope: Scope, as_of: datetime.date) -> Snapshot:
    """Return the snapshot of a store's contents for a scope at a day."""
    return Snapshot(scope_contents(contents, scope, as_of), scope, as_of, contents.revision)


def _sector_code(node: Node) -> int:
    sector = node.get_text("sector")
    return SECTOR_CODES[Sector(sector)] if sector else -1


def _adjacency(size: int, here: Indices, there: Indices, numbers: Indices) -> Adjacency:
    order = np.lexsort((numbers, there, here))
    starts = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(np.bincount(here, minlength=size), out=starts[1:])
    return Adjacency(_frozen(starts), _frozen(there[order]), _frozen(numbers[order]))


def _frozen(array: Array) -> Array:
    array.setflags(write=False)
    return array
