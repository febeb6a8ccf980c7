"""The arrays of a relation graph, and how one changed tie gives another graph."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.recommend.topology.relation import LEAST_SLACK, RelationGraph, Tail, expand, expand_weights

SIZE = 8
PAIRS = sorted(combinations(range(SIZE), 2))
ties_of_graphs = st.dictionaries(st.sampled_from(PAIRS), st.sampled_from([0.5, 1.0, 3.0]), max_size=16)
changes = st.lists(st.tuples(st.sampled_from(PAIRS), st.sampled_from([0.0, 0.25, 2.0]), st.booleans()), max_size=12)


def relation(ties: dict[tuple[int, int], float]) -> RelationGraph:
    first, second = [pair[0] for pair in ties], [pair[1] for pair in ties]
    return RelationGraph.from_pairs(SIZE, first, second, list(ties.values()))


def rows(graph: RelationGraph) -> list[tuple[list[int], list[float], int, float]]:
    return [
        (
            graph.neighbours(node).tolist(),
            graph.neighbour_weights(node).tolist(),
            int(graph.degrees[node]),
            round(float(graph.strengths[node]), 12),
        )
        for node in range(len(graph))
    ]


@given(ties_of_graphs, changes, st.sampled_from([LEAST_SLACK, 2]))
def test_changing_ties_one_by_one_gives_the_graph_of_the_changed_ties(
    ties: dict[tuple[int, int], float], done: list[tuple[tuple[int, int], float, bool]], slack: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("matchmaker.recommend.topology.relation.LEAST_SLACK", slack)
        graph = relation(ties)
        before, held = rows(graph), dict(ties)
        changed = graph
        for (first, second), weight, turned in done:
            ends = (second, first) if turned else (first, second)
            changed = changed.with_tie(*ends, weight)
            held.pop((first, second), None)
            if weight:
                held[first, second] = weight
        assert rows(changed) == rows(relation(held))
        assert rows(changed.compacted()) == rows(relation(held))
        assert rows(graph) == before


def test_two_graphs_made_from_one_don_t_write_over_each_other() -> None:
    graph = relation({(0, 1): 1.0})
    here, there = graph.with_tie(0, 2, 5.0), graph.with_tie(0, 3, 7.0)
    assert here.neighbours(0).tolist() == [1, 2]
    assert there.neighbours(0).tolist() == [1, 3]
    assert (here.find_weight(0, 2), there.find_weight(0, 2), there.find_weight(3, 0)) == (5.0, 0.0, 7.0)
    assert here.others is graph.others
    assert rows(graph.with_tie(3, 3, 2.0)) == rows(graph)


def test_a_graph_on_arrays_that_can_t_be_written_is_written_anew_at_the_first_change() -> None:
    whole = relation({(0, 1): 1.0, (1, 2): 2.0})
    columns = (whole.starts, whole.ends, whole.others[:4], whole.weights[:4], whole.degrees, whole.strengths)
    for column in columns:
        column.setflags(write=False)
    changed = RelationGraph(*columns).with_tie(0, 2, 4.0)
    assert changed.neighbours(2).tolist() == [0, 1]
    assert changed.strengths.tolist()[:3] == [5.0, 3.0, 6.0]
    assert whole.neighbours(2).tolist() == [1]


def test_ties_may_be_given_either_way_round_and_add_up() -> None:
    graph = RelationGraph.from_pairs(3, [0, 1, 2, 2], [1, 0, 1, 2], [1.0, 0.5, 2.0, 9.0])
    assert rows(graph) == [([1], [1.5], 1, 1.5), ([0, 2], [1.5, 2.0], 2, 3.5), ([1], [2.0], 1, 2.0)]
    assert RelationGraph.from_pairs(2, [0, 1], [1, 0]).strengths.tolist() == [1.0, 1.0]
    assert len(RelationGraph.from_pairs(0, [], [])) == 0


@pytest.mark.parametrize(
    ("first", "second", "weights", "says"),
    [
        ([0], [3], None, "outside of the graph's 3 nodes"),
        ([-1], [1], None, "outside"),
        ([0, 1], [1], None, "differ in number"),
        ([0], [1], [0.0], "above 0"),
        ([0], [1], [float("nan")], "above 0"),
    ],
)
def test_what_is_no_tie_is_refused(first: list[int], second: list[int], weights: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        RelationGraph.from_pairs(3, first, second, weights)


@given(ties_of_graphs, st.lists(st.integers(0, SIZE - 1), max_size=120))
def test_rows_of_few_and_of_many_nodes_stand_one_after_the_other(
    ties: dict[tuple[int, int], float], nodes: list[int]
) -> None:
    graph, asked = relation(ties), np.array(nodes, dtype=np.int32)
    assert expand(graph, asked).tolist() == [other for node in nodes for other in graph.neighbours(node)]
    assert expand_weights(graph, asked).tolist() == [mass for node in nodes for mass in graph.neighbour_weights(node)]


def test_slots_are_given_out_once() -> None:
    tail = Tail(3)
    assert (tail.take(4, 10), tail.take(4, 10), tail.take(3, 10), tail.take(0, 10)) == (3, None, 7, 10)
