"""Sets of codes of nodes as bits: how many codes two share is counted without looking at the codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_BITS = 64


@dataclass(frozen=True, slots=True, eq=False)
class CodeSets:
    """For each node a set of codes.

    Attributes
    ----------
    rows
        Shape (nodes,): which set a node has; 0 is the empty one.
    bits
        Shape (sets, words): each set as bits, 64 codes a word.
    """

    rows: NDArray[np.int32]
    bits: NDArray[np.uint64]

    def known(self, nodes: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Return which nodes have any code."""
        found: NDArray[np.bool_] = self.rows[nodes] > 0
        return found

    def shared(self, first: NDArray[np.integer], second: NDArray[np.integer]) -> Floats:
        """Return how many codes two share; shape (pairs,), NaN where either has none recorded.

        >>> sets = code_sets(3, {0: ["a", "b"], 1: ["b"]})
        >>> sets.shared(np.array([0, 0]), np.array([1, 2])).tolist()
        [1.0, nan]
        """
        one, other = self.rows[first], self.rows[second]
        known = np.flatnonzero((one > 0) & (other > 0))
        found = np.full(len(one), np.nan)
        both = self.bits[one[known]] & self.bits[other[known]]
        found[known] = np.bitwise_count(both).sum(axis=1)
        return found


def code_sets(size: int, held: Mapping[int, Iterable[str]]) -> CodeSets:
    """Return the sets of codes of ``size`` nodes; nodes that aren't named have none.

    The order of codes is that of their text, so that equal snapshots make equal columns.
    """
    wanted = {node: tuple(sorted(set(codes))) for node, codes in held.items()}
    order = {code: place for place, code in enumerate(sorted({code for codes in wanted.values() for code in codes}))}
    distinct = {codes: place for place, codes in enumerate(sorted({(), *wanted.values()}))}
    bits = np.zeros((len(distinct), max(1, -(-len(order) // _BITS))), dtype=np.uint64)
    for codes, row in distinct.items():
        for code in codes:
            word, bit = divmod(order[code], _BITS)
            bits[row, word] |= np.uint64(1) << np.uint64(bit)
    rows = np.zeros(size, dtype=np.int32)
    rows[list(wanted)] = [distinct[codes] for codes in wanted.values()]
    return CodeSets(rows, bits)


def mask_of(terms: Iterable[str], codes: Mapping[str, int]) -> int:
    """Return terms as bits; terms without a code are left out.

    >>> mask_of(["b", "c", "z"], {"a": 0, "b": 1, "c": 2})
    6
    """
    found = 0
    for term in terms:
        if term in codes:
            found |= 1 << codes[term]
    return found
