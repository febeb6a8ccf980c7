"""Candidates by paths of two and three steps, for many subjects at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.topology.pairs import SHARES
from matchmaker.recommend.topology.reach import FirstStep, KeySet, Runs, SecondStep, step_once, step_twice
from matchmaker.recommend.topology.relation import Floats, Mask, Nodes, Places, RelationGraph, expand

DIGITS = 9
"""Scores are rounded to this many decimals before they are compared."""

BREADTH = 400
"""Over how many second nodes three-step paths are followed, at most, for one subject."""

REACH = 20_000
"""How many ends of three-step paths are looked at, at most, for one subject."""


@dataclass(frozen=True, slots=True, eq=False)
class Retrieved:
    """What was found for some subjects.

    Attributes
    ----------
    starts
        Shape (subjects + 1,): what was found for subject ``i`` stands at ``starts[i]:starts[i + 1]``.
    others
        Shape (found,): the nodes; best first, equal ones by node.
    scores
        Shape (found,): above 0, rounded to 1e-9.
    """

    starts: Places
    others: Nodes
    scores: Floats

    def subjects(self, subjects: NDArray[np.integer]) -> NDArray[np.integer]:
        """Return the subject of each node found; shape (found,)."""
        return np.repeat(subjects, np.diff(self.starts))


def retrieve_two_steps(
    graph: RelationGraph,
    subjects: NDArray[np.integer],
    limit: int,
    *,
    share: str = "log_degree",
    allowed: Mask | None = None,
) -> Retrieved:
    """Return the nodes with the best paths of two steps, at most ``limit`` for each subject.

    Parameters
    ----------
    subjects
        Shape (subjects,).
    limit
        At most so many for each.
    share
        How the middle counts: ``one`` (common neighbours), ``log_degree`` (Adamic–Adar), ``degree`` (resource
        allocation).
    allowed
        Shape (nodes,): which nodes may be found; all where not given. The subject and those tied to it never are.

    Notes
    -----
    Cost: for each subject the slots within two steps, about 15 ns each, and no more memory than these.

    Examples
    --------
    >>> graph = RelationGraph.from_pairs(5, [0, 1, 2, 0, 3], [1, 2, 3, 3, 4])
    >>> found = retrieve_two_steps(graph, np.array([0, 4]), 2)
    >>> found.starts.tolist(), found.others.tolist(), found.scores.round(3).tolist()
    ([0, 2, 4], [2, 4, 0, 2], [2.353, 0.91, 0.91, 0.91])
    """
    parts = []
    for first in _blocks(graph, subjects):
        second = step_twice(first)
        values = SHARES[share](graph, first.nodes)
        if graph.between is not None:
            values = values * graph.between[first.nodes]
        found = _Found(second.sum(values), second.nodes, second.bounds())
        parts += _best(first, second.reached, found, limit, allowed)
    return _joined(parts)


def retrieve_three_steps(
    graph: RelationGraph,
    subjects: NDArray[np.integer],
    limit: int,
    *,
    allowed: Mask | None = None,
    breadth: int = BREADTH,
    reach: int = REACH,
) -> Retrieved:
    """Return the nodes with the best paths of three steps, normalised by degree, at most ``limit`` for each subject.

    Parameters
    ----------
    subjects
        Shape (subjects,).
    limit
        At most so many for each.
    allowed
        Shape (nodes,): which nodes may be found; all where not given. The subject and those tied to it never are.
    breadth
        Paths are followed over so many second nodes at most, those first whose paths count most, equal ones by node.
    reach
        The rows of the second nodes are followed until they hold so many slots, so that hubs don't set the cost.

    Notes
    -----
    The score is that of `measure_l3` where neither bound is met, and a lower bound of it otherwise. It serves to find;
    what is found is measured exactly afterwards.

    Examples
    --------
    >>> graph = RelationGraph.from_pairs(5, [0, 1, 2, 3], [1, 2, 3, 4])
    >>> found = retrieve_three_steps(graph, np.array([0, 1]), 2)
    >>> found.starts.tolist(), found.others.tolist(), found.scores.tolist()
    ([0, 1, 2], [3, 4], [0.5, 0.5])
    """
    parts = []
    for first in _blocks(graph, subjects):
        middle = _middle(step_twice(first), breadth, reach)
        nodes, lengths = expand(graph, middle.nodes), graph.degrees[middle.nodes]
        runs = np.repeat(np.arange(len(first.subjects)), np.diff(middle.bounds))
        keys = np.repeat(runs * len(graph), lengths) + nodes
        reached = KeySet(keys, len(first.subjects) * len(graph), "second")
        bounds = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])[middle.bounds]
        found = _Found(reached.sum(np.repeat(middle.scores, lengths)), nodes, bounds)
        parts += _best(first, reached, found, limit, allowed)
    return _joined(parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Nodes with their scores, those of subject ``i`` at ``bounds[i]:bounds[i + 1]``; 0 for all but one of a node's."""

    scores: Floats
    nodes: Nodes
    bounds: Places

    def iter_leading(self, limit: int, digits: int) -> Iterator[tuple[Places, Floats]]:
        """Yield for each subject the places of the highest scores above 0, and these scores; equal ones by node.

        Only what may reach the last score that counts is rounded and sorted.
        """
        for start, end in pairwise(self.bounds.tolist()):
            part = self.scores[start:end]
            least = 0.0
            if end - start > 2 * limit:
                place = end - start - limit
                least = max(0.0, float(np.partition(part, place)[place]) - 10.0**-digits)
            places = np.flatnonzero(part > least) + start
            rounded = self.scores[places].round(digits)
            order = np.lexsort((self.nodes[places], -rounded))[:limit]
            order = order[rounded[order] > 0.0]
            yield places[order], rounded[order]


def _blocks(graph: RelationGraph, subjects: NDArray[np.integer]) -> Iterator[FirstStep]:
    each = Runs(np.asarray(subjects, dtype=np.int64), np.arange(len(subjects) + 1))
    for runs, _ in each.split(graph):
        yield step_once(graph, runs.subjects)


def _middle(second: SecondStep, breadth: int, reach: int) -> _Found:
    """Return the second nodes that paths are followed over, and what each path over them counts.

    A walk subject–u–v–u is left out by what follows, since those tied to the subject are never found.
    """
    graph, first = second.first.graph, second.first
    flow = second.sum(SHARES["root_degree"](graph, first.nodes)) * SHARES["root_degree"](graph, second.nodes)
    _blank(flow, second.reached, first.subjects + np.arange(len(first.subjects)) * len(graph))
    parts, counts = [], [0]
    for places, scores in _Found(flow, second.nodes, second.bounds()).iter_leading(breadth, DIGITS + 3):
        nodes = second.nodes[places]
        kept = int(np.searchsorted(np.cumsum(graph.degrees[nodes]), reach)) + 1
        parts.append((scores[:kept], nodes[:kept]))
        counts.append(min(kept, len(nodes)))
    flows, nodes = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _Found(flows, nodes, np.cumsum(counts))


def _best(
    first: FirstStep, reached: KeySet, found: _Found, limit: int, allowed: Mask | None
) -> list[tuple[Nodes, Floats]]:
    """Return for each subject the best of what was found, and the scores."""
    _blank(found.scores, reached, first.held.keys)
    _blank(found.scores, reached, first.subjects + np.arange(len(first.subjects)) * len(first.graph))
    if allowed is not None:
        found.scores[~allowed[found.nodes]] = 0.0
    return [(found.nodes[places], scores) for places, scores in found.iter_leading(limit, DIGITS)]


def _blank(scores: Floats, reached: KeySet, keys: Places) -> None:
    """Set the scores of some keys to 0, where they were reached."""
    places = reached.find(keys)
    scores[places[places >= 0]] = 0.0


def _joined(parts: list[tuple[Nodes, Floats]]) -> Retrieved:
    if not parts:
        return Retrieved(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0))
    counts = [len(nodes) for nodes, _ in parts]
    others, scores = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Retrieved(np.concatenate([[0], np.cumsum(counts)]), others, scores)
