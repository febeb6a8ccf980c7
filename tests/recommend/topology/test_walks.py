"""Random walks and pushed PageRank against dense algebra on the graph without the pair's own tie."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.recommend.topology.relation import RelationGraph
from matchmaker.recommend.topology.walks import measure_pagerank, measure_random_walk, push_pagerank

SIZE = 7
Ties = dict[tuple[int, int], float]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
ties_of_graphs = st.dictionaries(
    st.sampled_from(sorted(combinations(range(SIZE), 2))), st.sampled_from([0.25, 1.0, 2.0]), max_size=16
)


def relation(ties: Ties) -> RelationGraph:
    return RelationGraph.from_pairs(SIZE, [a for a, _ in ties], [b for _, b in ties], list(ties.values()))


def steps_of(ties: Ties, first: int, second: int) -> tuple[Matrix, Matrix]:
    """The chances of a step, and the strengths, in the graph without the tie between two."""
    matrix = np.zeros((SIZE, SIZE))
    for (here, there), weight in ties.items():
        if {here, there} != {first, second}:
            matrix[here, there] = matrix[there, here] = weight
    strengths = matrix.sum(axis=1)
    return matrix / np.where(strengths > 0, strengths, 1.0)[:, None], strengths


def all_pairs() -> tuple[np.ndarray, np.ndarray]:
    pairs = np.array([(first, second) for first in range(SIZE) for second in range(SIZE) if first != second])
    return pairs[:, 0], pairs[:, 1]


@given(ties_of_graphs, st.sampled_from([2, 3]), st.sampled_from([0.0, 0.6, 1.0]))
def test_walks_of_two_and_three_steps_are_powers_of_the_step(ties: Ties, steps: int, beta: float) -> None:
    subjects, others = all_pairs()
    found = measure_random_walk(relation(ties), subjects, others, steps=steps, beta=beta)
    for value, first, second in zip(found, subjects, others, strict=True):
        step, strengths = steps_of(ties, first, second)
        chance = np.linalg.matrix_power(step, steps)[first, second]
        wanted = chance / strengths[second] ** beta if chance else 0.0
        assert value == pytest.approx(wanted, abs=1e-12)


def pagerank(step: Matrix, subject: int, restart: float) -> np.ndarray:
    """Solve p = restart e + (1 - restart) p step; a walk with nowhere to go stays."""
    whole = step.copy()
    stuck = whole.sum(axis=1) == 0
    whole[stuck] = np.eye(SIZE)[stuck]
    begun = restart * np.eye(SIZE)[subject]
    return np.linalg.solve((np.eye(SIZE) - (1 - restart) * whole).T, begun)


@given(ties_of_graphs, st.sampled_from([0.1, 0.5]))
def test_pagerank_is_the_solution_of_its_equation_without_the_pairs_own_tie(ties: Ties, restart: float) -> None:
    subjects, others = all_pairs()
    found = measure_pagerank(relation(ties), subjects, others, restart=restart, tolerance=1e-11)
    for value, first, second in zip(found, subjects, others, strict=True):
        step, _ = steps_of(ties, first, second)
        assert value == pytest.approx(pagerank(step, first, restart)[second], abs=1e-8)


@given(ties_of_graphs, st.lists(st.integers(0, SIZE - 1), max_size=9))
def test_many_walks_are_pushed_as_one_is(ties: Ties, subjects: list[int]) -> None:
    graph = relation(ties)
    whole = push_pagerank(graph, np.array(subjects, dtype=np.int64), tolerance=1e-6)
    for row, subject in enumerate(subjects):
        alone = push_pagerank(graph, np.array([subject]), tolerance=1e-6)
        part = slice(whole.starts[row], whole.starts[row + 1])
        assert whole.nodes[part].tolist() == alone.nodes.tolist() == sorted(alone.nodes.tolist())
        assert whole.chances[part].tolist() == alone.chances.tolist()
        step, _ = steps_of(ties, -1, -1)
        assert alone.chances.sum() <= 1.0 + 1e-12
        dense = np.zeros(SIZE)
        dense[alone.nodes] = alone.chances
        assert dense == pytest.approx(pagerank(step, subject, 0.15), abs=2e-4)


def test_a_larger_tolerance_reaches_fewer_nodes_and_never_more_chance() -> None:
    ring = {(node, node + 1): 1.0 for node in range(SIZE - 1)}
    fine = push_pagerank(relation(ring), np.array([0]), tolerance=1e-9)
    rough = push_pagerank(relation(ring), np.array([0]), tolerance=0.2)
    assert fine.nodes.tolist() == list(range(SIZE))
    assert rough.nodes.tolist() == [0, 1]
    # All from 0 to 1; half of what 1 passes on is back at 0 and enough to be pushed once more, the rest isn't.
    assert rough.chances.tolist() == pytest.approx([0.15 + 0.15 * 0.85**2 / 2, 0.15 * 0.85], abs=1e-12)


def test_other_numbers_of_steps_are_refused() -> None:
    with pytest.raises(ValueError, match="two or of three"):
        measure_random_walk(relation({}), np.array([0]), np.array([1]), steps=4)


def test_no_subjects_reach_nothing() -> None:
    found = push_pagerank(relation({(0, 1): 1.0}), np.zeros(0, dtype=np.int64))
    assert (found.starts.tolist(), found.nodes.tolist()) == ([0], [])
    none = np.zeros(0, dtype=np.int64)
    assert measure_pagerank(relation({(0, 1): 1.0}), none, none).shape == (0,)
