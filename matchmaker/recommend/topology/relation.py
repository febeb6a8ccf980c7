"""The relation graph as arrays: one row of neighbours per node, and what expands many rows at once."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matchmaker.recommend.topology.ranges import slots_in

Floats = NDArray[np.float64]
Nodes = NDArray[np.int32]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
Scalar = TypeVar("Scalar", bound=np.generic)

SLACK = 0.02
"""Free slots kept at the tail for rows that change, as a share of the slots in use."""

LEAST_SLACK = 1024
_FEW_ROWS = 48


class Tail:
    """Where the free slots of a pair of arrays begin; shared by all graphs that hold rows in them."""

    __slots__ = ("_lock", "used")

    def __init__(self, used: int) -> None:
        self.used = used
        self._lock = threading.Lock()

    def take(self, count: int, size: int) -> int | None:
        """Reserve slots and return the first; None where fewer are free."""
        with self._lock:
            if self.used + count > size:
                return None
            first = self.used
            self.used += count
            return first


@dataclass(frozen=True, slots=True, eq=False)
class RelationGraph:
    """A simple undirected weighted graph, as one row of neighbours per node.

    A graph is never changed: `with_row` and `with_tie` return another one that shares the slots of all other rows.

    Attributes
    ----------
    starts, ends
        Shape (nodes,): node ``i`` has the slots ``starts[i]:ends[i]``. Rows may stand in any order, with gaps.
    others
        Shape (slots,): the neighbour in each slot; ascending within a row.
    weights
        Shape (slots,): the weight of the tie in each slot, above 0.
    degrees
        Shape (nodes,): how many neighbours a node has.
    strengths
        Shape (nodes,): the sum of the weights of its ties.
    between
        Shape (nodes,): which nodes count as a middle of two-step paths; None where all do. Three-step paths may
        lead over every node.
    tail
        Where the free slots begin.
    """

    starts: Places
    ends: Places
    others: Nodes
    weights: Floats
    degrees: Nodes
    strengths: Floats
    between: Mask | None = None
    tail: Tail = field(default_factory=lambda: Tail(1 << 62))

    @classmethod
    def from_pairs(
        cls,
        size: int,
        first: ArrayLike,
        second: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        between: Mask | None = None,
    ) -> Self:
        """Return the graph of some ties.

        Parameters
        ----------
        size
            The number of nodes.
        first, second
            Shape (ties,): the ends. A tie may be given either way round; ties given several times add up.
        weights
            Shape (ties,), above 0; 1 for every distinct pair where not given.
        between
            Shape (nodes,): which nodes count as a middle of two-step paths; all where not given.

        Raises
        ------
        ValueError
            An end outside the graph, or a weight that isn't a number above 0. Ties of a node with itself are left out.

        Examples
        --------
        >>> graph = RelationGraph.from_pairs(4, [0, 2, 1], [1, 1, 0], [1.0, 2.0, 0.5])
        >>> graph.neighbours(1).tolist(), graph.degrees.tolist(), graph.strengths.tolist()
        ([0, 2], [1, 2, 1, 0], [1.5, 3.5, 2.0, 0.0])
        """
        low, high, mass = _checked(size, first, second, weights)
        keys = np.concatenate([low * size + high, high * size + low])
        distinct, inverse = np.unique(keys, return_inverse=True)
        summed = sum_by(inverse, np.concatenate([mass, mass]), len(distinct))
        if weights is None:
            summed = np.ones(len(distinct))
        counts = np.bincount(distinct // size, minlength=size) if size else np.zeros(0, dtype=np.int64)
        room = max(LEAST_SLACK, int(len(distinct) * SLACK))
        others, slots = np.zeros(len(distinct) + room, dtype=np.int32), np.zeros(len(distinct) + room)
        others[: len(distinct)], slots[: len(distinct)] = distinct % max(size, 1), summed
        ends = np.cumsum(counts).astype(np.int64)
        strengths = sum_by(distinct // max(size, 1), summed, size)
        degrees = counts.astype(np.int32)
        return cls(ends - counts, ends, others, slots, degrees, strengths, between, Tail(len(distinct)))

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.starts)

    def neighbours(self, node: int) -> Nodes:
        """Return the neighbours of a node, ascending; a view."""
        return self.others[self.starts[node] : self.ends[node]]

    def neighbour_weights(self, node: int) -> Floats:
        """Return the weights of a node's ties, in the order of `neighbours`; a view."""
        return self.weights[self.starts[node] : self.ends[node]]

    def find_weight(self, first: int, second: int) -> float:
        """Return the weight of the tie between two nodes; 0 where there is none."""
        row = self.neighbours(first)
        place = int(np.searchsorted(row, second))
        return float(self.neighbour_weights(first)[place]) if place < len(row) and row[place] == second else 0.0

    def with_row(self, node: int, others: ArrayLike, weights: ArrayLike) -> Self:
        """Return the graph with one node's row replaced; the neighbours' own rows are left as they are.

        Parameters
        ----------
        others
            The new neighbours, ascending.
        weights
            Of the same shape.

        Notes
        -----
        The new row goes to the free slots at the tail and only ``starts, ends, degrees, strengths`` are copied. Where
        no slot is free, all rows are written anew, with room. Use `with_tie` to keep both ends of a tie in step.
        """
        return self._with_rows({node: (np.asarray(others, dtype=np.int32), np.asarray(weights, dtype=np.float64))})

    def _with_rows(self, rows: Mapping[int, tuple[Nodes, Floats]]) -> Self:
        """Return the graph with some rows replaced; the columns are copied once for all of them."""
        needed = sum(len(row) for row, _ in rows.values())
        graph, first = self, self.tail.take(needed, len(self.others))
        if first is None:
            graph = self.compacted(needed)
            first = graph.tail.take(needed, len(graph.others)) or 0
        starts, ends = graph.starts.copy(), graph.ends.copy()
        degrees, strengths = graph.degrees.copy(), graph.strengths.copy()
        for node, (row, mass) in rows.items():
            graph.others[first : first + len(row)] = row
            graph.weights[first : first + len(row)] = mass
            starts[node], ends[node], degrees[node] = first, first + len(row), len(row)
            strengths[node] = sum_by(np.zeros(len(row), dtype=np.int64), mass, 1)[0]
            first += len(row)
        return replace(graph, starts=starts, ends=ends, degrees=degrees, strengths=strengths)

    def with_tie(self, first: int, second: int, weight: float) -> Self:
        """Return the graph with the weight of one tie set; 0 takes the tie away. A node has no tie with itself.

        >>> graph = RelationGraph.from_pairs(4, [0, 1], [1, 2]).with_tie(0, 3, 2.0).with_tie(1, 2, 0.0)
        >>> [graph.neighbours(node).tolist() for node in range(4)]
        [[1, 3], [0], [], [0]]
        """
        if first == second:
            return self
        return self._with_rows(
            {first: self._row_with(first, second, weight), second: self._row_with(second, first, weight)}
        )

    def with_between(self, between: Mask | None) -> Self:
        """Return the graph with another choice of the nodes that count as a middle of two-step paths."""
        return replace(self, between=between)

    def compacted(self, room: int = 0) -> Self:
        """Return the same graph with its rows in order and fresh free slots at the tail, at least ``room``."""
        slots = slots_of(self, np.arange(len(self), dtype=np.int64))
        spare = max(LEAST_SLACK, int(len(slots) * SLACK), room)
        others, weights = np.zeros(len(slots) + spare, dtype=np.int32), np.zeros(len(slots) + spare)
        others[: len(slots)], weights[: len(slots)] = self.others[slots], self.weights[slots]
        ends = np.cumsum(self.degrees, dtype=np.int64)
        return replace(
            self, starts=ends - self.degrees, ends=ends, others=others, weights=weights, tail=Tail(len(slots))
        )

    def _row_with(self, node: int, other: int, weight: float) -> tuple[Nodes, Floats]:
        row, mass = self.neighbours(node), self.neighbour_weights(node)
        place = int(np.searchsorted(row, other))
        held = place < len(row) and int(row[place]) == other
        after = place + 1 if held else place
        added = [other] if weight > 0.0 else []
        return (
            np.concatenate([row[:place], np.array(added, dtype=np.int32), row[after:]]),
            np.concatenate([mass[:place], np.array([weight] * len(added)), mass[after:]]),
        )


def slots_of(graph: RelationGraph, nodes: NDArray[np.integer]) -> Places:
    """Return the slots of the rows of some nodes, one row after the other; shape (sum of their degrees,)."""
    return slots_in(graph.starts[nodes], graph.degrees[nodes])


def expand(graph: RelationGraph, nodes: NDArray[np.integer]) -> Nodes:
    """Return the neighbours of some nodes, one row after the other; shape (sum of their degrees,).

    A single row is a view, not to be written to. Cost: about a nanosecond a slot where the rows are few and long,
    about four otherwise.

    >>> graph = RelationGraph.from_pairs(4, [0, 1, 2], [1, 2, 3])
    >>> expand(graph, np.array([1, 3, 1])).tolist()
    [0, 2, 2, 0, 2]
    """
    return _rows(graph, graph.others, nodes)


def expand_weights(graph: RelationGraph, nodes: NDArray[np.integer]) -> Floats:
    """Return the weights that stand beside `expand`."""
    return _rows(graph, graph.weights, nodes)


def _rows(graph: RelationGraph, slots: NDArray[Scalar], nodes: NDArray[np.integer]) -> NDArray[Scalar]:
    if len(nodes) == 1:
        return slots[graph.starts[nodes[0]] : graph.ends[nodes[0]]]
    if 0 < len(nodes) <= _FEW_ROWS:
        rows = zip(graph.starts[nodes].tolist(), graph.ends[nodes].tolist(), strict=True)
        return np.concatenate([slots[start:end] for start, end in rows])
    return slots[slots_of(graph, nodes)]


def sum_by(places: NDArray[np.integer], values: Floats, count: int) -> Floats:
    """Return the sum of the values at each of ``count`` places, added in the order in which they stand.

    >>> sum_by(np.array([1, 0, 1]), np.array([0.5, 2.0, 1.0]), 3).tolist()
    [2.0, 1.5, 0.0]
    """
    return np.asarray(np.bincount(places, weights=values, minlength=count), dtype=np.float64)


def _checked(
    size: int, first: ArrayLike, second: ArrayLike, weights: ArrayLike | None
) -> tuple[Places, Places, Floats]:
    low, high = np.asarray(first, dtype=np.int64).ravel(), np.asarray(second, dtype=np.int64).ravel()
    mass = np.ones(len(low)) if weights is None else np.asarray(weights, dtype=np.float64).ravel()
    if not len(low) == len(high) == len(mass):
        raise ValueError("The ends and the weights of the ties differ in number.")
    if len(low) and (min(low.min(), high.min()) < 0 or max(low.max(), high.max()) >= size):
        raise ValueError(f"A tie has an end outside of the graph's {size} nodes.")
    if not np.all(np.isfinite(mass) & (mass > 0.0)):
        raise ValueError("The weight of a tie is a number above 0.")
    proper = low != high
    return low[proper], high[proper], mass[proper]
