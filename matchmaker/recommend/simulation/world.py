"""The world of a simulation: who may be suggested to whom, and the planted chance of each link, which no list knows.

The chances are planted: log-odds of a fit that recorded facts show in part, of a hidden readiness of either side, and
of noise. They are drawn from a seed and have nothing to do with anybody's real openness.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.scoring.additive import PiecewiseTable

Floats = NDArray[np.float64]
Nodes = NDArray[np.int32]
Mask = NDArray[np.bool_]

BASE = -1.0
"""Log-odds that a link forms between two of average readiness whom nothing recorded speaks for or against."""

FACTS = 1.0
READINESS = 0.6
NOISE = 0.7
"""How much the facts of a pair, either side's hidden readiness (standard normal), and the pair's own noise count."""

TOPOLOGY: Mapping[str, str] = MappingProxyType(
    {
        "common_neighbours": "common_neighbours",
        "adamic_adar": "adamic_adar",
        "resource_allocation": "resource_allocation",
        "three_step_paths": "l3",
    }
)
"""The features that change as the graph grows, with the measure of paths that each is."""


@dataclass(frozen=True, slots=True)
class SimulatedWorld:
    """Partners and programs, the ties between them, and every pair that may be suggested.

    Attributes
    ----------
    first, second
        Shape (ties,): the ends of the ties there are.
    between
        Shape (nodes,): which nodes count as common neighbours.
    subjects, others
        Shape (pairs,): who would be shown whom, by subject, ascending.
    patterns
        Shape (pairs,): the kind of link, as a position in ``tables``.
    fixed
        Shape (pairs,): the score without the features of `TOPOLOGY`.
    tables
        For each kind of link the tables of these features.
    chances
        Shape (pairs,): the planted chance; the same whichever of the two is shown.
    newness
        Shape (nodes,): how lately each joined, 1 to 0.
    groups
        Shape (nodes, 2): each node's sector and county, as codes; -1 for none.
    active
        Shape (nodes,): the partners whose networks are compared.
    bands
        Which nodes are small, rural and new at the start.
    """

    first: Nodes
    second: Nodes
    between: Mask
    subjects: Nodes
    others: Nodes
    patterns: NDArray[np.int8]
    fixed: Floats
    tables: tuple[Mapping[str, PiecewiseTable], ...]
    chances: Floats
    newness: Floats
    groups: Nodes
    active: Mask
    bands: Mapping[str, Mask]

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.between)


def plant_chances(size: int, subjects: Nodes, others: Nodes, facts: Floats, seed: int) -> Floats:
    """Return the chance with which each pair's link would form; shape (pairs,), the same both ways round.

    Parameters
    ----------
    size
        The number of nodes.
    facts
        Shape (pairs,): log-odds that recorded facts speak for the pair with; the mean of both directions counts.

    >>> ends = np.array([0, 1], dtype=np.int32)
    >>> chances = plant_chances(2, ends, ends[::-1], np.array([0.5, 0.5]), seed=1)
    >>> bool(chances[0] == chances[1]), bool(0.0 < chances[0] < 1.0)
    (True, True)
    """
    stream = np.random.Generator(np.random.PCG64(seed))
    readiness = stream.standard_normal(size)
    pairs, inverse, counts = np.unique(pair_keys(size, subjects, others), return_inverse=True, return_counts=True)
    noise = stream.standard_normal(len(pairs))[inverse]
    shown = (np.bincount(inverse, weights=facts, minlength=len(pairs)) / counts)[inverse]
    odds = BASE + FACTS * shown + READINESS * (readiness[subjects] + readiness[others]) + NOISE * noise
    chances: Floats = 1.0 / (1.0 + np.exp(-odds))
    return chances


def pair_keys(size: int, subjects: Nodes, others: Nodes) -> NDArray[np.int64]:
    """Return one number for each pair, the same whichever of the two is the subject.

    >>> pair_keys(10, np.array([1, 2]), np.array([2, 1])).tolist()
    [12, 12]
    """
    low, high = np.minimum(subjects, others).astype(np.int64), np.maximum(subjects, others).astype(np.int64)
    keys: NDArray[np.int64] = low * size + high
    return keys
