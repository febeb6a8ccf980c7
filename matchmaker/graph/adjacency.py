"""The ties of one type in one direction, in compressed sparse rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int32]


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

    def padded(self, size: int) -> "Adjacency":
        """Return the same ties among ``size`` nodes, of which the last ones have none."""
        missing = size + 1 - len(self.starts)
        if missing <= 0:
            return self
        return Adjacency(frozen(np.pad(self.starts, (0, missing), mode="edge")), self.others, self.ties)

    def with_tie(self, at: int, index: int, other: int, tie: int) -> "Adjacency":
        """Return the rows with one more tie of node ``index``, at place ``at`` of ``others`` and ``ties``."""
        starts = self.starts.copy()
        starts[index + 1 :] += 1
        return Adjacency(
            frozen(starts), frozen(np.insert(self.others, at, other)), frozen(np.insert(self.ties, at, tie))
        )

    def without_tie(self, at: int, index: int) -> "Adjacency":
        """Return the rows without the tie of node ``index`` at place ``at`` of ``others`` and ``ties``."""
        starts = self.starts.copy()
        starts[index + 1 :] -= 1
        return Adjacency(frozen(starts), frozen(np.delete(self.others, at)), frozen(np.delete(self.ties, at)))

    def with_number(self, at: int, tie: int) -> "Adjacency":
        """Return the rows with the tie at place ``at`` by another number."""
        ties = self.ties.copy()
        ties[at] = tie
        return Adjacency(self.starts, self.others, frozen(ties))

    def place_of(self, index: int, tie: int) -> int:
        """Return where in ``others`` and ``ties`` a tie of node ``index`` is."""
        return int(self.starts[index]) + int(np.flatnonzero(self.ties_of(index) == tie)[0])


@dataclass(frozen=True, slots=True)
class Directions:
    """The ties of one type from their sources, and from their targets."""

    forward: Adjacency
    backward: Adjacency


def build_directions(
    size: int, types: NDArray[np.int8], sources: Indices, targets: Indices
) -> Mapping[int, Directions]:
    """Return the adjacencies of every type that has ties, by its code.

    Parameters
    ----------
    size
        How many nodes there are.
    types, sources, targets
        Shape (ties,): the code of each tie's type, and the indices of its ends.
    """
    found: dict[int, Directions] = {}
    for code in np.unique(types).tolist():
        known = np.flatnonzero(types == code).astype(np.int32)
        here, there = sources[known], targets[known]
        found[code] = Directions(_adjacency(size, here, there, known), _adjacency(size, there, here, known))
    return found


def no_ties(size: int) -> Adjacency:
    """Return the adjacency of a type without ties."""
    none = frozen(np.empty(0, dtype=np.int32))
    return Adjacency(frozen(np.zeros(size + 1, dtype=np.int32)), none, none)


def frozen(array: Indices) -> Indices:
    """Return an array, marked as one that isn't written to."""
    array.setflags(write=False)
    return array


def _adjacency(size: int, here: Indices, there: Indices, numbers: Indices) -> Adjacency:
    order = np.lexsort((numbers, there, here))
    starts = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(np.bincount(here, minlength=size), out=starts[1:])
    return Adjacency(frozen(starts), frozen(there[order]), frozen(numbers[order]))
