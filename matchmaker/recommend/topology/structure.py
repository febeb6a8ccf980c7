"""Where single nodes stand in a graph, and how far two are apart: measures fitted to a whole graph.

They use every tie of the graph that they are given. Where a pair's own tie must not count, as in training, fit without
it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components, dijkstra

from matchmaker.recommend.topology.relation import Floats, RelationGraph, expand, sum_by
from matchmaker.recommend.topology.similarity import adjacency

Ends = NDArray[np.integer]

FAR_APART = 12
"""The distance that stands for this many steps and more, and for no way at all one more."""

_ROWS = 256


@dataclass(frozen=True, slots=True, eq=False)
class NodeStructure:
    """Measures of single nodes; each of shape (nodes,).

    Attributes
    ----------
    degree
        Neighbours.
    neighbour_degree
        The mean degree of the neighbours; 0 where there are none.
    clustering
        The share of pairs of neighbours that are tied (D. Watts and S. Strogatz, Nature 393, 1998); 0 where there are
        fewer than two.
    core
        The largest k so that the node is in a part in which everyone has k neighbours (S. Seidman, *Network structure
        and minimum degree*, Social Networks 5, 1983).
    component
        Nodes that can be reached, itself among them.
    """

    degree: Floats
    neighbour_degree: Floats
    clustering: Floats
    core: Floats
    component: Floats

    def columns(self) -> dict[str, Floats]:
        """Return the measures by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def fit_structure(graph: RelationGraph) -> NodeStructure:
    """Return the measures of all nodes.

    Examples
    --------
    A triangle 0, 1, 2 with 3 hanging on 2, and 4 alone.

    >>> found = fit_structure(RelationGraph.from_pairs(5, [0, 1, 2, 2], [1, 2, 0, 3]))
    >>> found.clustering.round(3).tolist(), found.core.tolist(), found.component.tolist()
    ([1.0, 1.0, 0.333, 0.0, 0.0], [2.0, 2.0, 2.0, 1.0, 0.0], [4.0, 4.0, 4.0, 4.0, 1.0])
    """
    size, degrees = len(graph), graph.degrees.astype(np.float64)
    nodes = np.arange(size)
    rows, others = np.repeat(nodes, graph.degrees), expand(graph, nodes)
    ties = adjacency(graph)
    ties.data = np.ones(len(ties.data))
    closed = np.asarray((ties @ ties).multiply(ties).sum(axis=1)).ravel()
    reach = sum_by(rows, degrees[others], size)
    labels = connected_components(ties, directed=False)[1]
    return NodeStructure(
        degrees,
        np.divide(reach, degrees, out=np.zeros(size), where=degrees > 0.0),
        np.divide(closed, degrees * (degrees - 1.0), out=np.zeros(size), where=degrees > 1.0),
        _core_numbers(graph),
        np.bincount(labels)[labels].astype(np.float64) if size else np.zeros(0),
    )


def _core_numbers(graph: RelationGraph) -> Floats:
    """Return the core number of each node, by taking those with the fewest neighbours away again and again."""
    left, found = graph.degrees.astype(np.int64), np.zeros(len(graph))
    alive = np.ones(len(graph), dtype=np.bool_)
    level = 0
    while np.any(alive):
        level = max(level, int(left[alive].min()))
        gone = np.flatnonzero(alive & (left <= level))
        found[gone] = level
        alive[gone] = False
        left -= np.bincount(expand(graph, gone), minlength=len(graph))
    return found


def measure_distance(graph: RelationGraph, subjects: Ends, others: Ends, most: int = FAR_APART) -> Floats:
    """Return how many steps lead from one to the other, ``most`` for more, ``most + 1`` for no way; shape (pairs,).

    Cost: the whole graph for each distinct subject; it is meant for small graphs.

    >>> graph = RelationGraph.from_pairs(5, [0, 1, 2], [1, 2, 3])
    >>> measure_distance(graph, np.array([0, 0, 0]), np.array([1, 3, 4])).tolist()
    [1.0, 3.0, 13.0]
    """
    asked, which = np.unique(np.asarray(subjects), return_inverse=True)
    ties, found = adjacency(graph), np.zeros(len(which))
    for first in range(0, len(asked), _ROWS):
        steps = dijkstra(ties, directed=False, indices=asked[first : first + _ROWS], unweighted=True)
        pairs = np.flatnonzero((which >= first) & (which < first + _ROWS))
        away = steps[which[pairs] - first, np.asarray(others)[pairs]]
        found[pairs] = np.where(np.isinf(away), most + 1, np.minimum(away, most))
    return found
