"""Fitted likeness against dense algebra written out."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matchmaker.recommend.topology.relation import RelationGraph
from matchmaker.recommend.topology.similarity import (
    adjacency,
    fit_ease,
    fit_item_neighbours,
    fit_spectral,
    measure_dot,
    measure_similarity,
)

SIZE = 8
Ties = dict[tuple[int, int], float]
ties_of_graphs = st.dictionaries(
    st.sampled_from(sorted(combinations(range(SIZE), 2))), st.sampled_from([0.5, 1.0, 2.0]), max_size=16
)


def relation(ties: Ties) -> RelationGraph:
    return RelationGraph.from_pairs(SIZE, [a for a, _ in ties], [b for _, b in ties], list(ties.values()))


def all_pairs() -> tuple[np.ndarray, np.ndarray]:
    pairs = np.array([(first, second) for first in range(SIZE) for second in range(SIZE) if first != second])
    return pairs[:, 0], pairs[:, 1]


def random_rows(seed: int, rows: int = 30) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return (np.random.default_rng(seed).random((rows, SIZE)) < 0.3).astype(float)


@given(st.integers(0, 1000), st.sampled_from([0.5, 10.0]))
def test_ease_gives_each_item_back_best_from_the_others(seed: int, ridge: float) -> None:
    rows = random_rows(seed)
    weights = fit_ease(csr_array(rows), ridge)
    assert np.all(np.diag(weights) == 0.0)
    for item in range(SIZE):
        rest = np.delete(rows, item, axis=1)
        best = np.linalg.solve(rest.T @ rest + ridge * np.eye(SIZE - 1), rest.T @ rows[:, item])
        assert np.delete(weights[:, item], item) == pytest.approx(best, abs=1e-9)


def test_ease_refuses_what_would_not_fit_in_memory() -> None:
    with pytest.raises(ValueError, match="8 items are more than the 5"):
        fit_ease(csr_array(random_rows(0)), 1.0, most=5)


@given(st.integers(0, 1000), st.sampled_from([0.0, 2.0]), st.sampled_from([1, 3, 500]))
def test_item_neighbours_are_the_highest_cosines(seed: int, shrinkage: float, at_once: int) -> None:
    rows = random_rows(seed)
    found = fit_item_neighbours(csr_array(rows), 3, shrinkage=shrinkage, rows=at_once).toarray()
    norms = np.sqrt((rows**2).sum(axis=0))
    for item in range(SIZE):
        both = rows.T @ rows[:, item]
        scores = [
            both[other] / (norms[item] * norms[other] + shrinkage) if both[other] and other != item else 0.0
            for other in range(SIZE)
        ]
        best = sorted(range(SIZE), key=lambda other: (-round(scores[other], 9), other))[:3]
        wanted = [scores[other] if other in best else 0.0 for other in range(SIZE)]
        assert found[item] == pytest.approx(wanted, abs=1e-12)


@given(ties_of_graphs, st.integers(0, 1000))
def test_likeness_to_the_neighbours_leaves_the_other_itself_out(ties: Ties, seed: int) -> None:
    similarity = np.random.default_rng(seed).random((SIZE, SIZE))
    similarity[similarity < 0.4] = 0.0
    graph, (subjects, others) = relation(ties), all_pairs()
    dense = measure_similarity(graph, subjects, others, similarity)
    sparse = measure_similarity(graph, subjects, others, csr_array(similarity))
    matrix = adjacency(graph).toarray()
    for value, first, second in zip(dense, subjects, others, strict=True):
        own = matrix[first].copy()
        own[second] = 0.0
        assert value == pytest.approx(own @ similarity[:, second], abs=1e-12)
    assert sparse == pytest.approx(dense, abs=1e-12)


def test_the_adjacency_is_the_graph() -> None:
    matrix = adjacency(relation({(0, 1): 2.0, (1, 3): 0.5})).toarray()
    wanted = np.zeros((SIZE, SIZE))
    wanted[0, 1] = wanted[1, 0] = 2.0
    wanted[1, 3] = wanted[3, 1] = 0.5
    assert matrix.tolist() == wanted.tolist()


@given(ties_of_graphs)
def test_all_dimensions_give_the_normalised_graph_back(ties: Ties) -> None:
    graph, (subjects, others) = relation(ties), all_pairs()
    left, right = fit_spectral(graph, SIZE)
    matrix, strengths = adjacency(graph).toarray(), np.where(graph.strengths > 0, graph.strengths, 1.0)
    wanted = matrix[subjects, others] / np.sqrt(strengths[subjects] * strengths[others])
    assert measure_dot(subjects, others, left, right) == pytest.approx(wanted, abs=1e-9)


def test_few_dimensions_of_a_large_graph_are_the_best_ones_every_time() -> None:
    rng = np.random.default_rng(0)
    sides = rng.integers(0, 2, 150)
    first, second = rng.integers(0, 150, 4000), rng.integers(0, 150, 4000)
    kept = (sides[first] == sides[second]) & (first != second)
    graph = RelationGraph.from_pairs(150, first[kept], second[kept])
    left, right = fit_spectral(graph, 2)
    again, _ = fit_spectral(graph, 2)
    assert left.tolist() == again.tolist()
    assert left.shape == right.shape == (150, 2)
    nodes = np.arange(150)
    products = measure_dot(np.zeros(150, dtype=int), nodes, left, right)
    assert products[sides == sides[0]].min() > products[sides != sides[0]].max() + 0.001
