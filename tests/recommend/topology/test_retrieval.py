"""Candidates of two and three steps against the exact measures of all pairs."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.recommend.topology import reach
from matchmaker.recommend.topology.paths import measure_paths
from matchmaker.recommend.topology.relation import RelationGraph
from matchmaker.recommend.topology.retrieval import Retrieved, retrieve_three_steps, retrieve_two_steps

SIZE = 10
graphs = st.frozensets(st.sampled_from(sorted(combinations(range(SIZE), 2))), max_size=22)
Edges = frozenset[tuple[int, int]]


def relation(edges: Edges) -> RelationGraph:
    return RelationGraph.from_pairs(SIZE, [edge[0] for edge in edges], [edge[1] for edge in edges])


def found_by_measuring(graph: RelationGraph, subject: int, limit: int, name: str, allowed: set[int]) -> list[int]:
    others = [
        node
        for node in range(SIZE)
        if node != subject and node in allowed and node not in graph.neighbours(subject).tolist()
    ]
    scores = measure_paths(graph, np.full(len(others), subject), np.array(others, dtype=int), [name])[:, 0].round(9)
    ranked = sorted((-score, node) for score, node in zip(scores.tolist(), others, strict=True) if score > 0)
    return [node for _, node in ranked[:limit]]


def rows(found: Retrieved) -> list[list[int]]:
    return [found.others[start:end].tolist() for start, end in zip(found.starts, found.starts[1:], strict=False)]


@pytest.mark.parametrize(
    ("share", "name"), [("one", "common_neighbours"), ("log_degree", "adamic_adar"), ("degree", "resource_allocation")]
)
@given(edges=graphs, limit=st.integers(1, 4), allowed=st.sets(st.integers(0, SIZE - 1)))
def test_two_steps_find_what_measuring_every_pair_finds(
    share: str, name: str, edges: Edges, limit: int, allowed: set[int]
) -> None:
    graph, subjects = relation(edges), np.arange(SIZE)[::-1]
    mask = np.isin(np.arange(SIZE), list(allowed))
    found = retrieve_two_steps(graph, subjects, limit, share=share, allowed=mask)
    assert rows(found) == [found_by_measuring(graph, subject, limit, name, allowed) for subject in subjects.tolist()]


@given(edges=graphs, limit=st.integers(1, 4))
def test_three_steps_find_what_measuring_every_pair_finds(edges: Edges, limit: int) -> None:
    graph, subjects = relation(edges), np.arange(SIZE)
    found = retrieve_three_steps(graph, subjects, limit)
    everyone = set(range(SIZE))
    assert rows(found) == [found_by_measuring(graph, subject, limit, "l3", everyone) for subject in subjects.tolist()]


@given(edges=graphs, cells=st.sampled_from([1, 25]), slots=st.sampled_from([1, 9]))
def test_blocks_of_any_size_find_the_same(edges: Edges, cells: int, slots: int) -> None:
    graph, subjects = relation(edges), np.arange(SIZE)
    whole = retrieve_two_steps(graph, subjects, 3), retrieve_three_steps(graph, subjects, 3, breadth=2)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reach, "CELLS", cells)
        patched.setattr(reach, "SLOTS", slots)
        parts = retrieve_two_steps(graph, subjects, 3), retrieve_three_steps(graph, subjects, 3, breadth=2)
    for one, other in zip(whole, parts, strict=True):
        assert one.starts.tolist() == other.starts.tolist()
        assert one.others.tolist() == other.others.tolist()
        assert one.scores.tolist() == other.scores.tolist()


def test_equal_scores_go_by_node_and_the_limit_cuts_among_equals() -> None:
    spokes = frozenset((0, node) for node in range(1, SIZE))
    found = retrieve_two_steps(relation(spokes), np.array([7, 1]), 3)
    assert rows(found) == [[1, 2, 3], [2, 3, 4]]
    assert found.scores == pytest.approx([1 / np.log(SIZE - 1)] * 6, abs=1e-9)
    assert found.subjects(np.array([7, 1])).tolist() == [7, 7, 7, 1, 1, 1]


def test_bounds_of_three_steps_follow_the_paths_that_count_most() -> None:
    # 0 reaches 2 over 1; from 2 on there are 3 and 4; 5 is a longer way: 1 and 5 also lead to the hub 6.
    graph = relation(frozenset([(0, 1), (1, 2), (2, 3), (2, 4), (1, 6), (6, 7), (6, 8), (6, 9), (5, 6)]))
    assert rows(retrieve_three_steps(graph, np.array([0]), 9)) == [[3, 4, 5, 7, 8, 9]]
    assert rows(retrieve_three_steps(graph, np.array([0]), 9, breadth=1)) == [[3, 4]]
    assert rows(retrieve_three_steps(graph, np.array([0]), 9, reach=3)) == [[3, 4]]
    assert rows(retrieve_three_steps(graph, np.array([0]), 9, reach=4)) == [[3, 4, 5, 7, 8, 9]]


def test_only_those_between_lead_anywhere() -> None:
    graph = relation(frozenset([(0, 1), (1, 2), (0, 3), (3, 4)]))
    between = np.ones(SIZE, dtype=bool)
    between[1] = False
    assert rows(retrieve_two_steps(graph.with_between(between), np.array([0]), 5)) == [[4]]


def test_nobody_asked_for_finds_nobody() -> None:
    found = retrieve_two_steps(relation(frozenset()), np.zeros(0, dtype=np.int32), 5)
    assert (found.starts.tolist(), found.others.tolist()) == ([0], [])
    assert rows(retrieve_two_steps(relation(frozenset()), np.array([1, 2]), 5)) == [[], []]
    assert rows(retrieve_three_steps(relation(frozenset()), np.array([1, 2]), 5)) == [[], []]
