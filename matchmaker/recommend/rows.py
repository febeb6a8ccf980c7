"""Rows of numbers in compressed form: for each node a few others, in two arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Adjacency
from matchmaker.recommend.topology.ranges import slots_in

Numbers = NDArray[np.int32]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
_FEW = 64


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """For each of some things a row of numbers.

    Attributes
    ----------
    starts
        Shape (rows + 1,): row ``i`` stands at ``starts[i]:starts[i + 1]``.
    values
        Shape (values,).
    """

    starts: Places
    values: Numbers

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> tuple[int, ...]:
        """Return a row as Python numbers."""
        return tuple(self.of(row).tolist())

    def of(self, row: int) -> Numbers:
        """Return a row; a view."""
        return self.values[self.starts[row] : self.starts[row + 1]]

    def lengths(self, rows: NDArray[np.integer]) -> Places:
        """Return how many numbers each of some rows has."""
        lengths: Places = self.starts[rows + 1] - self.starts[rows]
        return lengths

    def expand(self, rows: NDArray[np.integer]) -> tuple[Places, Numbers]:
        """Return, for every number of some rows, the place of its row among them, and the number.

        >>> rows_of([[1, 2], [], [3]]).expand(np.array([2, 0]))
        (array([0, 1, 1]), array([3, 1, 2], dtype=int32))
        """
        slots, places = spread(self.starts[rows], self.lengths(rows))
        return places, self.values[slots]

    def holding(self) -> Mask:
        """Return which rows hold something."""
        return np.diff(self.starts) > 0


def spread(starts: NDArray[np.integer], lengths: NDArray[np.integer]) -> tuple[Places, Places]:
    """Return the numbers of some ranges, one after the other, and the range of each.

    >>> spread(np.array([5, 9, 2]), np.array([2, 0, 1]))
    (array([5, 6, 2]), array([0, 0, 2]))
    """
    return slots_in(starts, lengths), np.repeat(np.arange(len(lengths)), lengths)


def among(keys: NDArray[np.integer], found: NDArray[np.integer]) -> Mask:
    """Return which keys are among some others; shape (keys,).

    >>> among(np.array([4, 7, 9]), np.array([9, 4])).tolist()
    [True, False, True]
    """
    if not len(found):
        return np.zeros(len(keys), dtype=bool)
    ordered = np.sort(found)
    places = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    held: Mask = ordered[places] == keys
    return held


def rows_of(found: Iterable[Sequence[int]]) -> Rows:
    """Return rows from sequences.

    >>> rows_of([[4], [], [1, 2]])[2]
    (1, 2)
    """
    held = list(found)
    starts = np.zeros(len(held) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in held], out=starts[1:])
    values = np.fromiter((value for row in held for value in row), dtype=np.int32, count=int(starts[-1]))
    return Rows(starts, values)


def rows_of_pairs(size: int, keys: NDArray[np.integer], values: NDArray[np.integer]) -> Rows:
    """Return ``size`` rows that hold the distinct pairs of (row, number), ascending.

    >>> rows_of_pairs(3, np.array([2, 0, 2, 2]), np.array([5, 1, 4, 5]))[2]
    (4, 5)
    """
    if not len(keys):
        return Rows(np.zeros(size + 1, dtype=np.int64), np.zeros(0, dtype=np.int32))
    width = int(values.max()) + 1
    ordered = np.sort(keys.astype(np.int64) * width + values)
    distinct = ordered[np.append(True, ordered[1:] != ordered[:-1])]
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(distinct // width, minlength=size), out=starts[1:])
    return Rows(starts, (distinct % width).astype(np.int32))


def rows_of_adjacency(adjacency: Adjacency, kept: Mask | None = None) -> Rows:
    """Return the distinct other ends of each node's ties, ascending; none for nodes that aren't kept."""
    size = len(adjacency.starts) - 1
    places = np.repeat(np.arange(size), np.diff(adjacency.starts))
    others = adjacency.others
    if kept is not None:
        held = kept[places]
        places, others = places[held], others[held]
    return rows_of_pairs(size, places, others)


def pairs_of(rows: Rows) -> tuple[Places, Numbers]:
    """Return all (row, number)."""
    return np.repeat(np.arange(len(rows)), np.diff(rows.starts)), rows.values


def united(*several: Rows) -> Rows:
    """Return rows that hold what any of some rows of the same number does, ascending."""
    parts = [pairs_of(rows) for rows in several]
    return rows_of_pairs(len(several[0]), np.concatenate([part[0] for part in parts]), _joined(parts))


def chained(first: Rows, second: Rows) -> Rows:
    """Return, for each row of the first, what the second holds for its numbers; ascending.

    >>> chained(rows_of([[0, 1], [1]]), rows_of([[7], [5, 6]]))[0]
    (5, 6, 7)
    """
    keys, middle = pairs_of(first)
    places, values = second.expand(middle)
    return rows_of_pairs(len(first), keys[places], values)


def inverted(rows: Rows, size: int) -> Rows:
    """Return, for each of ``size`` numbers, the rows that hold it; ascending."""
    keys, values = pairs_of(rows)
    return rows_of_pairs(size, values, keys)


def identity(size: int) -> Rows:
    """Return rows that hold themselves."""
    return Rows(np.arange(size + 1, dtype=np.int64), np.arange(size, dtype=np.int32))


def only_where(rows: Rows, kept: Mask) -> Rows:
    """Return the rows, empty where they aren't kept."""
    keys, values = pairs_of(rows)
    held = kept[keys]
    starts = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(np.where(kept, np.diff(rows.starts), 0), out=starts[1:])
    return Rows(starts, values[held])


def rows_where(rows: Rows, kept: Mask) -> Rows:
    """Return the rows with those numbers only that are kept."""
    keys, values = pairs_of(rows)
    held = kept[values]
    return rows_of_pairs(len(rows), keys[held], values[held])


def crossed(
    first: Rows, these: NDArray[np.integer], second: Rows, those: NDArray[np.integer]
) -> tuple[Places, Numbers, Numbers]:
    """Return, for every pair of rows, each number of the one with each number of the other.

    >>> rows = rows_of([[1, 2], [3]])
    >>> [found.tolist() for found in crossed(rows, np.array([0, 1]), rows, np.array([0, 1]))]
    [[0, 0, 0, 0, 1], [1, 1, 2, 2, 3], [1, 2, 1, 2, 3]]
    """
    theirs = second.lengths(those)
    slots, pairs = spread(np.zeros(len(these), dtype=np.int64), first.lengths(these) * theirs)
    here = first.values[first.starts[these][pairs] + slots // theirs[pairs]]
    there = second.values[second.starts[those][pairs] + slots % theirs[pairs]]
    return pairs, here, there


def first_known(rows: Rows, codes: Numbers) -> Numbers:
    """Return for each row the first of its numbers' codes that isn't 0; 0 where there is none."""
    keys, values = pairs_of(rows)
    found = codes[values]
    known = np.flatnonzero(found)[::-1]
    result = np.zeros(len(rows), dtype=np.int32)
    result[keys[known]] = found[known]
    return result


def _joined(parts: list[tuple[Places, Numbers]]) -> Numbers:
    return np.concatenate([part[1] for part in parts])
