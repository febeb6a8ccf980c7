"""What measures of pairs share: sums over the paths of two and three steps between the two ends."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.topology.reach import FirstStep, Runs, SecondStep, chunks, step_once, step_twice
from matchmaker.recommend.topology.relation import Floats, Places, RelationGraph, expand, expand_weights, sum_by

Ends = NDArray[np.integer]

_NOTHING = 1e-12


def _inverse(values: Floats) -> Floats:
    return np.divide(1.0, values, out=np.zeros(len(values)), where=values > 0.0)


SHARES: Mapping[str, Callable[[RelationGraph, Ends], Floats]] = MappingProxyType(
    {
        "one": lambda _, nodes: np.ones(len(nodes)),
        "log_degree": lambda graph, nodes: 1.0 / np.log(np.maximum(graph.degrees[nodes], 2)),
        "degree": lambda graph, nodes: 1.0 / np.maximum(graph.degrees[nodes], 1),
        "root_degree": lambda graph, nodes: 1.0 / np.sqrt(np.maximum(graph.degrees[nodes], 1)),
        "log_strength": lambda graph, nodes: _inverse(np.log1p(graph.strengths[nodes])),
        "strength": lambda graph, nodes: _inverse(graph.strengths[nodes]),
        "root_strength": lambda graph, nodes: _inverse(np.sqrt(graph.strengths[nodes])),
    }
)
"""By how much a node on a path is weighed, by name."""


class PairPaths:
    """The paths between the ends of a block of pairs. One block is finished before the next is begun.

    Parameters
    ----------
    graph
        The relation graph.
    runs
        The subjects of the block.
    others
        Shape (pairs,): the other end of each pair.
    far
        Whether three-step measures will be asked for.
    """

    def __init__(self, graph: RelationGraph, runs: Runs, others: Ends, *, far: bool) -> None:
        self.graph = graph
        self.subjects = runs.subjects
        self.runs = runs.of_pairs()
        self.others = others
        self.keys = self.runs * len(graph) + others
        self.first: FirstStep = step_once(graph, runs.subjects)
        self.own = self.first.tie_weights(self.keys)
        near = int(graph.degrees[others].sum(dtype=np.int64))
        reach = int(graph.degrees[self.first.nodes].sum(dtype=np.int64))
        self.second: SecondStep | None = step_twice(self.first) if far or 2 * reach < near else None
        self._met: tuple[Places, Places, Floats] | None = None
        self._two: dict[tuple[str, bool, bool], Floats] = {}
        self._three: dict[tuple[str, bool], Floats] = {}

    def degrees(self) -> tuple[Floats, Floats]:
        """Return the degrees of both ends without the pair's own tie; each of shape (pairs,)."""
        tied = (self.own > 0.0).astype(np.float64)
        degrees = self.graph.degrees
        return degrees[self.subjects[self.runs]] - tied, degrees[self.others] - tied

    def strengths(self) -> tuple[Floats, Floats]:
        """Return the strengths of both ends without the pair's own tie; each of shape (pairs,)."""
        strengths = self.graph.strengths
        return strengths[self.subjects[self.runs]] - self.own, strengths[self.others] - self.own

    def two_steps(self, share: str, *, near: bool = False, far: bool = False) -> Floats:
        """Return Σ share(z) over paths s–z–o, times the weight of s–z (``near``) and of z–o (``far``)."""
        found = self._two.get((share, near, far))
        if found is None:
            found = self._two[share, near, far] = self._sum_two_steps(share, near=near, far=far)
        return found

    def _sum_two_steps(self, share: str, *, near: bool, far: bool) -> Floats:
        first, between = self.first, self.graph.between
        values = SHARES[share](self.graph, first.nodes)
        if near:
            values = values * first.weights
        if between is not None:
            values = values * between[first.nodes]
        if self.second is not None:
            return self.second.reached.pick(self.second.sum(values, weighted=far), self.keys)
        if self._met is None:
            self._met = self._meet()
        pairs, places, weights = self._met
        met = values[places] * weights if far else values[places]
        return sum_by(pairs, met, len(self.others))

    def _meet(self) -> tuple[Places, Places, Floats]:
        """Return the rows of the others as far as they meet the first step: pair, place in it, weight of the tie."""
        parts = []
        for part in chunks(self.graph.degrees[self.others]):
            others = self.others[part]
            pairs = np.repeat(np.arange(part.start, part.stop), self.graph.degrees[others])
            places = self.first.held.find(self.runs[pairs] * len(self.graph) + expand(self.graph, others))
            met = np.flatnonzero(places >= 0)
            parts.append((pairs[met], places[met], expand_weights(self.graph, others)[met]))
        pairs, places, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
        return pairs, places, weights

    def three_steps(self, share: str, *, weighted: bool = False) -> Floats:
        """Return Σ share(u) share(v) over paths s–u–v–o of four nodes, times the three weights where asked."""
        found = self._three.get((share, weighted))
        if found is None:
            found = self._three[share, weighted] = self._sum_three_steps(share, weighted=weighted)
        return found

    def _sum_three_steps(self, share: str, *, weighted: bool) -> Floats:
        graph, second = self.graph, self._second()
        values = SHARES[share](graph, self.first.nodes)
        flow = second.sum(values * self.first.weights if weighted else values, weighted=weighted)
        tied = bool(np.any(self.own > 0.0))
        back = SHARES[share](graph, self.others) * (self.own if weighted else self.own > 0.0) if tied else None
        sums = np.zeros(len(self.others))
        for part in chunks(graph.degrees[self.others]):
            others = self.others[part]
            lengths = graph.degrees[others]
            nodes = expand(graph, others)
            arrived = second.reached.pick(flow, np.repeat(self.runs[part] * len(graph), lengths) + nodes)
            weights = expand_weights(graph, others) if weighted else None
            # Walks that come to v over the other end itself, and those that come back to the subject, are no paths.
            if back is not None:
                arrived -= np.repeat(back[part], lengths) * (1.0 if weights is None else weights)
                arrived[arrived < _NOTHING] = 0.0
            arrived[nodes == np.repeat(self.subjects[self.runs[part]], lengths)] = 0.0
            arrived *= SHARES[share](graph, nodes)
            if weights is not None:
                arrived *= weights
            sums[part] = sum_by(np.repeat(np.arange(len(others)), lengths), arrived, len(others))
        return sums

    def _second(self) -> SecondStep:
        if self.second is None:
            self.second = step_twice(self.first)
        return self.second

    def walks(self, steps: int, beta: float) -> Floats:
        """Return the chance to walk from the subject to the other in 2 or 3 steps, over its strength to ``beta``."""
        if steps == 3:
            sums = self.three_steps("strength", weighted=True)
        else:
            sums = self.two_steps("strength", near=True, far=True)
        here, there = self.strengths()
        return np.divide(sums, here * there**beta, out=np.zeros(len(sums)), where=sums > 0.0)
