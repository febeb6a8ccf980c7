"""What lies within two steps of some nodes, summed without an array of the graph's size per question.

The sums are kept by *sparse sets* (P. Briggs and L. Torczon, *An efficient representation for sparse sets*, ACM Letters
on Programming Languages and Systems 2, 1993): a scratch array that each thread keeps says where a key stands in a short
list, the list says whether that is so, and therefore the scratch array is never cleared.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.topology.relation import (
    Floats,
    Nodes,
    Places,
    RelationGraph,
    expand,
    expand_weights,
    sum_by,
)

CELLS = 1 << 20
"""Cells of scratch space a thread uses: blocks of subjects are as large as that allows, and at least one subject."""

SLOTS = 1 << 20
"""About how many slots are expanded at once."""


class _Scratch(threading.local):
    def __init__(self) -> None:
        self.held: dict[str, NDArray[np.int32]] = {}

    def get(self, name: str, size: int) -> NDArray[np.int32]:
        found = self.held.get(name)
        if found is None or len(found) < size:
            found = self.held[name] = np.zeros(max(size, 1), dtype=np.int32)
        return found


_SCRATCH = _Scratch()


class KeySet:
    """Distinct keys of a list that may repeat them, and where each of some other keys stands in it.

    Only the newest set of a name may be asked, since all sets of that name share the thread's scratch array.

    Parameters
    ----------
    keys
        Shape (keys,), each in 0..universe-1.
    universe
        How many keys are possible.
    name
        Which of the thread's scratch arrays to use.

    Attributes
    ----------
    places
        Shape (keys,): the one place that stands for all places with this key.
    """

    __slots__ = ("_scratch", "keys", "places")

    def __init__(self, keys: Places, universe: int, name: str) -> None:
        self.keys = keys
        self._scratch = _SCRATCH.get(name, universe)
        self._scratch[keys] = np.arange(len(keys), dtype=np.int32)
        self.places = self._scratch[keys].astype(np.int64)

    def sum(self, values: Floats) -> Floats:
        """Return the sum of the values of each key, at the place that stands for it; shape (keys,)."""
        return sum_by(self.places, values, len(self.keys))

    def distinct(self) -> Places:
        """Return the places that stand for the distinct keys, ascending."""
        return np.flatnonzero(self.places == np.arange(len(self.keys)))

    def find(self, keys: Places) -> Places:
        """Return the place of each key; -1 where it isn't in the set."""
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        found = np.minimum(self._scratch[keys].astype(np.int64), len(self.keys) - 1)
        found[self.keys[found] != keys] = -1
        return found

    def pick(self, values: Floats, keys: Places) -> Floats:
        """Return for each key the value at the place that stands for it; 0 where it isn't in the set."""
        if not len(self.keys):
            return np.zeros(len(keys))
        places = np.minimum(self._scratch[keys], len(self.keys) - 1)
        found = values[places]
        found[self.keys[places] != keys] = 0.0
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Pairs that stand together because they have one subject.

    Attributes
    ----------
    subjects
        Shape (runs,).
    starts
        Shape (runs + 1,): where each run begins, and where the last one ends.
    """

    subjects: Places
    starts: Places

    def split(self, graph: RelationGraph) -> Iterator[tuple["Runs", slice]]:
        """Yield blocks of runs that fit the scratch space, with the pairs of each."""
        whole = max(1, min(256, CELLS // max(1, len(graph))))
        for first in range(0, len(self.subjects), whole):
            last = min(first + whole, len(self.subjects))
            yield from self._lighter(graph, first, last)

    def _lighter(self, graph: RelationGraph, first: int, last: int) -> Iterator[tuple["Runs", slice]]:
        if last - first > 1 and _two_step_slots(graph, self.subjects[first:last]) > SLOTS:
            middle = (first + last) // 2
            yield from self._lighter(graph, first, middle)
            yield from self._lighter(graph, middle, last)
            return
        starts = self.starts[first : last + 1]
        yield Runs(self.subjects[first:last], starts - starts[0]), slice(int(starts[0]), int(starts[-1]))

    def of_pairs(self) -> Places:
        """Return the run of each pair; shape (pairs,)."""
        return np.repeat(np.arange(len(self.subjects)), np.diff(self.starts))


def runs_of(subjects: NDArray[np.integer]) -> Runs:
    """Return the runs of equal subjects.

    >>> runs = runs_of(np.array([4, 4, 2, 7, 7]))
    >>> runs.subjects.tolist(), runs.starts.tolist()
    ([4, 2, 7], [0, 2, 3, 5])
    """
    count = len(subjects)
    if count == 0:
        return Runs(np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64))
    begins = np.concatenate([[0], np.flatnonzero(subjects[1:] != subjects[:-1]) + 1]).astype(np.int64)
    return Runs(subjects[begins].astype(np.int64), np.append(begins, count))


def chunks(lengths: Nodes, most: int = SLOTS) -> Iterator[slice]:
    """Yield slices over rows whose lengths add up to about ``most`` each; a longer row stands alone.

    >>> [(part.start, part.stop) for part in chunks(np.array([3, 3, 9, 1]), most=6)]
    [(0, 2), (2, 3), (3, 4)]
    """
    ends = np.cumsum(lengths, dtype=np.int64)
    if not len(ends) or ends[-1] <= most:
        yield slice(0, len(ends))
        return
    bounds = [0]
    while bounds[-1] < len(ends):
        before = int(ends[bounds[-1] - 1]) if bounds[-1] else 0
        bounds.append(max(bounds[-1] + 1, int(np.searchsorted(ends, before + most, side="right"))))
    yield from (slice(first, last) for first, last in pairwise(bounds))


@dataclass(frozen=True, slots=True, eq=False)
class FirstStep:
    """The neighbours of some subjects.

    Attributes
    ----------
    graph
        What was stepped through.
    subjects
        Shape (runs,).
    nodes, weights
        Shape (first,): the neighbours of one subject after those of the other, and the weights of these ties.
    runs
        Shape (first,): the subject's place among the subjects.
    held
        The set of (subject, neighbour), as keys ``run * nodes + neighbour``.
    """

    graph: RelationGraph
    subjects: Places
    nodes: Nodes
    weights: Floats
    runs: Places
    held: KeySet

    def tie_weights(self, keys: Places) -> Floats:
        """Return the weight of the tie of a subject with a node, by key; 0 where there is none."""
        return self.held.pick(self.weights, keys)


@dataclass(frozen=True, slots=True, eq=False)
class SecondStep:
    """All ends of the walks of two steps from some subjects.

    Attributes
    ----------
    first
        The first step of these walks.
    nodes
        Shape (walks,): the ends, grouped by subject and by first step.
    lengths
        Shape (first,): how many walks go over each first step.
    reached
        The set of (subject, end).
    """

    first: FirstStep
    nodes: Nodes
    lengths: Places
    reached: KeySet

    def sum(self, per_first: Floats, *, weighted: bool = False) -> Floats:
        """Return Σ over walks of a value of their first step, times the second tie's weight where asked.

        The result stands at the places of ``reached``; shape (walks,).
        """
        values = np.repeat(per_first, self.lengths)
        if weighted:
            values *= expand_weights(self.first.graph, self.first.nodes)
        return self.reached.sum(values)

    def bounds(self) -> Places:
        """Return where each subject's walks begin, and where the last one's end; shape (subjects + 1,)."""
        if len(self.first.subjects) == 1:
            return np.array([0, len(self.nodes)])
        ends = np.concatenate([[0], np.cumsum(self.lengths)])
        return np.asarray(ends[np.searchsorted(self.first.runs, np.arange(len(self.first.subjects) + 1))])


def step_once(graph: RelationGraph, subjects: Places) -> FirstStep:
    """Return the first step from some subjects, which are a block of `Runs.split`."""
    nodes = expand(graph, subjects)
    runs = np.repeat(np.arange(len(subjects)), graph.degrees[subjects])
    held = KeySet(runs * len(graph) + nodes, len(subjects) * len(graph), "first")
    return FirstStep(graph, subjects, nodes, expand_weights(graph, subjects), runs, held)


def step_twice(first: FirstStep) -> SecondStep:
    """Return the second step after the first."""
    graph = first.graph
    lengths = graph.degrees[first.nodes].astype(np.int64)
    nodes = expand(graph, first.nodes)
    keys = np.repeat(first.runs * len(graph), lengths) + nodes
    return SecondStep(first, nodes, lengths, KeySet(keys, len(first.subjects) * len(graph), "second"))


def _two_step_slots(graph: RelationGraph, subjects: Places) -> int:
    return int(graph.degrees[expand(graph, subjects)].sum(dtype=np.int64))
