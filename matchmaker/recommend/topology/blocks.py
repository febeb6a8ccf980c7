"""How much oftener kinds of nodes are tied than their numbers of ties alone would make them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.topology.relation import Floats, Places, RelationGraph, expand, expand_weights, sum_by

Ends = NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class BlockAffinity:
    """The ties between blocks of nodes, fitted to a graph; a value that belongs to a model's version.

    Attributes
    ----------
    blocks
        Shape (nodes,): each node's block, from 0; -1 where it has none.
    keys, observed
        Shape (block pairs,): ``first block * blocks + second block``, ascending, and the weight of the ties from one
        to the other. Ties inside a block count from both their ends.
    strengths
        Shape (blocks,): the weight of all ties from a block.
    shrinkage
        Added to what is observed and to what is expected, in ties.
    """

    blocks: NDArray[np.int64]
    keys: Places
    observed: Floats
    strengths: Floats
    shrinkage: float

    def measure(self, subjects: Ends, others: Ends, own: Floats | None = None) -> Floats:
        """Return ln (observed + shrinkage) / (expected + shrinkage) of the blocks of pairs; shape (pairs,).

        Expected is what the configuration model expects of two blocks with their strengths (M. Newman, *Modularity and
        community structure in networks*, PNAS 103, 2006).

        Parameters
        ----------
        subjects, others
            Shape (pairs,).
        own
            Shape (pairs,): the weight of each pair's own tie, which is left out; 0 where there is none.

        Returns
        -------
        NDArray
            0 where ties are as many as expected, and where nothing is known; NaN where an end has no block.
        """
        here, there = self.blocks[subjects], self.blocks[others]
        known = (here >= 0) & (there >= 0)
        own = np.zeros(len(here)) if own is None else own
        key = here * len(self.strengths) + there
        place = np.minimum(np.searchsorted(self.keys, key), max(len(self.keys) - 1, 0))
        seen = np.where(self.keys[place] == key, self.observed[place], 0.0) if len(self.keys) else np.zeros(len(key))
        inside = here == there
        seen = seen - own * np.where(inside, 2.0, 1.0)
        away = own * np.where(inside, 2.0, 1.0)
        whole = self.strengths.sum() - 2.0 * own
        expected = (self.strengths[here] - away) * (self.strengths[there] - away) / np.where(whole > 0.0, whole, 1.0)
        found = np.log((np.maximum(seen, 0.0) + self.shrinkage) / (np.maximum(expected, 0.0) + self.shrinkage))
        return np.where(known, found, np.nan)


def fit_block_affinity(graph: RelationGraph, blocks: Ends, *, shrinkage: float = 5.0) -> BlockAffinity:
    """Return how much oftener the blocks of a graph are tied than expected.

    Parameters
    ----------
    blocks
        Shape (nodes,): each node's block, from 0; -1 where it has none. Sector × place are blocks as good as any.
    shrinkage
        How many ties of neither more nor less than expected are added, above 0: with little seen, 0 is answered.

    Examples
    --------
    Two schools (block 0) and two museums (block 1); every tie joins a school and a museum.

    >>> graph = RelationGraph.from_pairs(4, [0, 0, 1], [2, 3, 2])
    >>> affinity = fit_block_affinity(graph, np.array([0, 0, 1, 1]), shrinkage=1.0)
    >>> affinity.measure(np.array([1, 0]), np.array([3, 1])).round(3).tolist()
    [0.47, -0.916]
    """
    held: Places = np.asarray(blocks, dtype=np.int64)
    nodes = np.arange(len(graph))
    here, there, weights = np.repeat(held, graph.degrees), held[expand(graph, nodes)], expand_weights(graph, nodes)
    known = (here >= 0) & (there >= 0)
    count = int(held.max(initial=0)) + 1
    keys, places = np.unique(here[known] * count + there[known], return_inverse=True)
    return BlockAffinity(
        held,
        keys.astype(np.int64),
        sum_by(places, weights[known], len(keys)),
        sum_by(here[known], weights[known], count),
        shrinkage,
    )
