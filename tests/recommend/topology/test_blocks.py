"""Block affinity against counts written out."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.recommend.topology.blocks import fit_block_affinity
from matchmaker.recommend.topology.relation import RelationGraph

SIZE = 8
Ties = dict[tuple[int, int], float]
ties_of_graphs = st.dictionaries(
    st.sampled_from(sorted(combinations(range(SIZE), 2))), st.sampled_from([0.5, 1.0, 2.0]), max_size=18
)


def relation(ties: Ties) -> RelationGraph:
    return RelationGraph.from_pairs(SIZE, [a for a, _ in ties], [b for _, b in ties], list(ties.values()))


def counted(ties: Ties, blocks: list[int], first: int, second: int, shrinkage: float) -> float:
    rest = [
        (here, there, weight)
        for (a, b), weight in ties.items()
        if {a, b} != {first, second}
        for here, there in ((a, b), (b, a))
    ]
    ends = blocks[first], blocks[second]
    between = sum(weight for a, b, weight in rest if (blocks[a], blocks[b]) == ends and min(blocks[a], blocks[b]) >= 0)
    known = [(a, b, weight) for a, b, weight in rest if min(blocks[a], blocks[b]) >= 0]
    strength = [sum(weight for a, _, weight in known if blocks[a] == block) for block in ends]
    whole = sum(weight for _, _, weight in known)
    expected = strength[0] * strength[1] / whole if whole else 0.0
    return math.log((between + shrinkage) / (expected + shrinkage))


@given(ties_of_graphs, st.lists(st.integers(-1, 2), min_size=SIZE, max_size=SIZE), st.sampled_from([0.5, 5.0]))
def test_affinity_is_observed_over_expected_without_the_pairs_own_tie(
    ties: Ties, blocks: list[int], shrinkage: float
) -> None:
    graph = relation(ties)
    affinity = fit_block_affinity(graph, np.array(blocks), shrinkage=shrinkage)
    for first, second in combinations(range(SIZE), 2):
        own = graph.find_weight(first, second) if min(blocks[first], blocks[second]) >= 0 else 0.0
        for ends in ((first, second), (second, first)):
            found = affinity.measure(np.array([ends[0]]), np.array([ends[1]]), np.array([own]))[0]
            if min(blocks[first], blocks[second]) < 0:
                assert math.isnan(found)
            else:
                assert found == pytest.approx(counted(ties, blocks, *ends, shrinkage), abs=1e-9)


def test_little_seen_says_little() -> None:
    ties = {(0, 1): 1.0, (2, 3): 1.0}
    blocks = np.array([0, 1, 2, 3, 0, 1, 2, 3])
    pair = np.array([4]), np.array([5])
    bold = fit_block_affinity(relation(ties), blocks, shrinkage=0.1).measure(*pair)[0]
    shy = fit_block_affinity(relation(ties), blocks, shrinkage=50.0).measure(*pair)[0]
    assert bold == pytest.approx(math.log(1.1 / 0.35), abs=1e-12)
    assert 0.0 < shy < 0.02


def test_a_graph_without_ties_says_nothing() -> None:
    affinity = fit_block_affinity(relation({}), np.array([0, 1] * 4))
    assert affinity.measure(np.array([0, 0]), np.array([1, 2])).tolist() == [0.0, 0.0]
    nobody = fit_block_affinity(relation({}), np.full(SIZE, -1))
    assert math.isnan(nobody.measure(np.array([0]), np.array([1]))[0])
