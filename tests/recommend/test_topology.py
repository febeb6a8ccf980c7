"""Topology features against NetworkX and brute force, and that none uses the pair's own tie."""

import math
from itertools import combinations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.features.topology import (
    TOPOLOGY_FEATURES,
    best_path,
    build_topology,
    common_neighbours,
    joining,
    measure_topology,
)
from matchmaker.testing.world import World

Edges = frozenset[tuple[int, int]]
SIZE = 9

graphs = st.frozensets(st.sampled_from(sorted(combinations(range(SIZE), 2))), max_size=24)


def world_of(edges: Edges) -> World:
    world = World()
    for number in range(SIZE):
        world.partner(f"p{number}", "k12_school" if number % 2 else "museum")
    for first, second in sorted(edges):
        world.tie(TieType.PARTNERS_WITH, f"p{first}", f"p{second}")
    return world


def measured(snapshot: Snapshot, first: str, second: str) -> dict[str, float]:
    ends = np.array([snapshot.index_of(first)]), np.array([snapshot.index_of(second)])
    found = measure_topology(build_topology(snapshot), *ends, TOPOLOGY_FEATURES)
    return dict(zip(TOPOLOGY_FEATURES, found[0].tolist(), strict=True))


def graph_of(edges: Edges) -> networkx.Graph:
    graph = networkx.Graph()
    graph.add_nodes_from(range(SIZE))
    graph.add_edges_from(edges)
    return graph


def three_steps(graph: networkx.Graph, first: int, second: int) -> float:
    """Every simple path of three steps, written out; an edge between the two is taken away first."""
    bare = graph.copy()
    if bare.has_edge(first, second):
        bare.remove_edge(first, second)
    return sum(
        1 / math.sqrt(bare.degree(path[1]) * bare.degree(path[2]))
        for path in networkx.all_simple_paths(bare, first, second, cutoff=3)
        if len(path) == 4
    )


@given(graphs)
def test_two_steps_agree_with_networkx(edges: Edges) -> None:
    snapshot, graph = world_of(edges).snapshot(), graph_of(edges)
    pairs = list(combinations(range(SIZE), 2))
    adamic_adar = {(u, v): p for u, v, p in networkx.adamic_adar_index(graph, pairs)}
    allocation = {(u, v): p for u, v, p in networkx.resource_allocation_index(graph, pairs)}
    for first, second in pairs:
        found = measured(snapshot, f"p{first}", f"p{second}")
        assert found["common_neighbours"] == len(list(networkx.common_neighbors(graph, first, second)))
        assert found["adamic_adar"] == pytest.approx(adamic_adar[first, second], abs=1e-12)
        assert found["resource_allocation"] == pytest.approx(allocation[first, second], abs=1e-12)


@given(graphs)
def test_three_step_paths_agree_with_brute_force_and_don_t_depend_on_the_side(edges: Edges) -> None:
    snapshot, graph = world_of(edges).snapshot(), graph_of(edges)
    for first, second in combinations(range(SIZE), 2):
        there = measured(snapshot, f"p{first}", f"p{second}")
        back = measured(snapshot, f"p{second}", f"p{first}")
        assert there["three_step_paths"] == pytest.approx(three_steps(graph, first, second), abs=1e-9)
        assert there == pytest.approx(back, abs=1e-12)


@given(graphs, st.sampled_from(sorted(combinations(range(SIZE), 2))))
def test_a_pair_s_own_tie_changes_none_of_its_features(edges: Edges, pair: tuple[int, int]) -> None:
    ends = f"p{pair[0]}", f"p{pair[1]}"
    tied = measured(world_of(edges | {pair}).snapshot(), *ends)
    untied = measured(world_of(edges - {pair}).snapshot(), *ends)
    assert tied == pytest.approx(untied, abs=1e-9)


def test_a_square_by_hand() -> None:
    """a–b, b–c, c–d, d–a, and e at b: a and c share b (3 ties) and d (2); a to c has no path of three steps."""
    world = World()
    for name in "abcde":
        world.partner(name, "museum")
    for first, second in ("ab", "bc", "cd", "da", "be"):
        world.tie(TieType.PARTNERS_WITH, first, second)
    found = measured(world.snapshot(), "a", "c")
    assert found["common_neighbours"] == 2.0
    assert found["adamic_adar"] == pytest.approx(1 / math.log(3) + 1 / math.log(2))
    assert found["resource_allocation"] == pytest.approx(1 / 3 + 1 / 2)
    assert found["three_step_paths"] == 0.0
    between = measured(world.snapshot(), "e", "d")
    assert between["three_step_paths"] == pytest.approx(2 / math.sqrt(3 * 2))


def test_initiatives_carry_three_steps_but_are_no_common_neighbours() -> None:
    world = World()
    for name in "abc":
        world.partner(name, "museum")
    world.initiative("circle", "a", "b")
    world.tie(TieType.PARTNERS_WITH, "b", "c")
    snapshot = world.snapshot()
    assert measured(snapshot, "a", "b")["common_neighbours"] == 0.0
    assert measured(snapshot, "a", "c")["three_step_paths"] == pytest.approx(1 / 2)
    path = best_path(build_topology(snapshot), snapshot.index_of("a"), snapshot.index_of("c"))
    assert path == (snapshot.index_of("circle"), snapshot.index_of("b"))


def test_belonging_to_the_ecosystem_leads_nowhere() -> None:
    world = World()
    world.ecosystem("eco")
    for name in "ab":
        world.partner(name, "museum")
        world.tie(TieType.MEMBER_OF, name, "eco")
    world.participate("eco", "a", "b")
    assert measured(world.snapshot("eco"), "a", "b") == dict.fromkeys(TOPOLOGY_FEATURES, 0.0)


def test_several_ties_between_two_count_once() -> None:
    world = World()
    for name in "abc":
        world.partner(name, "funder" if name == "b" else "museum")
    for type in (TieType.PARTNERS_WITH, TieType.FUNDS, TieType.HAS_AGREEMENT_WITH):
        world.tie(type, "b", "a", **({"kind": "data_sharing"} if type is TieType.HAS_AGREEMENT_WITH else {}))
    world.tie(TieType.FUNDS, "b", "c")
    snapshot = world.snapshot()
    columns = build_topology(snapshot)
    assert measured(snapshot, "a", "c")["resource_allocation"] == pytest.approx(1 / 2)
    assert common_neighbours(columns, snapshot.index_of("a"), snapshot.index_of("c")) == [snapshot.index_of("b")]
    ties = joining(snapshot, columns, snapshot.index_of("a"), snapshot.index_of("b"))
    assert [tie.type for tie in ties] == [TieType.PARTNERS_WITH, TieType.FUNDS, TieType.HAS_AGREEMENT_WITH]


def test_an_empty_world_measures_nothing() -> None:
    world = World()
    world.partner("a", "museum")
    snapshot = world.snapshot()
    alone = np.array([snapshot.index_of("a")])
    assert measure_topology(build_topology(snapshot), alone, alone, TOPOLOGY_FEATURES).tolist() == [[0.0] * 4]
    assert int(snapshot.indices(Label.PARTNER).size) == 1
