"""The measures of pairs against sums written out over NetworkX's graph without the pair's own tie."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.recommend.topology import reach
from matchmaker.recommend.topology.paths import (
    MEASURES,
    measure_adamic_adar,
    measure_common_neighbours,
    measure_jaccard,
    measure_katz,
    measure_l3,
    measure_local_path,
    measure_paths,
    measure_preferential_attachment,
    measure_resource_allocation,
    measure_resource_flow,
    measure_weighted_resource_allocation,
)
from matchmaker.recommend.topology.relation import RelationGraph

SIZE = 9
Ties = dict[tuple[int, int], float]

ties_of_graphs = st.dictionaries(
    st.sampled_from(sorted(combinations(range(SIZE), 2))), st.sampled_from([0.25, 0.5, 1.0, 2.0, 3.5]), max_size=26
)


def relation(ties: Ties, between: np.ndarray[tuple[int], np.dtype[np.bool_]] | None = None) -> RelationGraph:
    first, second = [pair[0] for pair in ties], [pair[1] for pair in ties]
    return RelationGraph.from_pairs(SIZE, first, second, list(ties.values()), between=between)


def bare_graph(ties: Ties, first: int, second: int) -> networkx.Graph:
    graph = networkx.Graph()
    graph.add_nodes_from(range(SIZE))
    graph.add_weighted_edges_from((u, v, weight) for (u, v), weight in ties.items() if {u, v} != {first, second})
    return graph


def paths_of(graph: networkx.Graph, first: int, second: int, steps: int) -> list[list[int]]:
    found = networkx.all_simple_paths(graph, first, second, cutoff=steps)
    return [path for path in found if len(path) == steps + 1]


def expected(ties: Ties, first: int, second: int, middles: set[int]) -> dict[str, float]:
    graph = bare_graph(ties, first, second)
    degree = dict(graph.degree())
    strength = dict(graph.degree(weight="weight"))
    common = [path[1] for path in paths_of(graph, first, second, 2) if path[1] in middles]
    far = [path[1:3] for path in paths_of(graph, first, second, 3)]
    here, there = degree[first], degree[second]
    count, union = len(common), here + there - len(common)
    joint = [(graph[first][z]["weight"], graph[z][second]["weight"], z) for z in common]
    three = [
        graph[first][u]["weight"] * graph[u][v]["weight"] * graph[v][second]["weight"] / math.sqrt(strength[u])
        / math.sqrt(strength[v])
        for u, v in far
    ]  # fmt: skip
    return {
        "subject_degree": here,
        "other_degree": there,
        "preferential_attachment": here * there,
        "common_neighbours": count,
        "adamic_adar": sum(1 / math.log(degree[z]) for z in common),
        "resource_allocation": sum(1 / degree[z] for z in common),
        "jaccard": count / union if union else 0.0,
        "sorensen": 2 * count / (here + there) if here + there else 0.0,
        "salton": count / math.sqrt(here * there) if here * there else 0.0,
        "hub_promoted": count / min(here, there) if here * there else 0.0,
        "hub_depressed": count / max(here, there) if max(here, there) else 0.0,
        "leicht_holme_newman": count / (here * there) if here * there else 0.0,
        "weighted_common_neighbours": sum(a + b for a, b, _ in joint),
        "weighted_adamic_adar": sum((a + b) / math.log(1 + strength[z]) for a, b, z in joint),
        "weighted_resource_allocation": sum((a + b) / strength[z] for a, b, z in joint),
        "resource_flow": sum(a * b / strength[z] for a, b, z in joint),
        "three_step_paths": len(far),
        "rp3beta": walks_of(graph, first, second, far),
        "l3": sum(1 / math.sqrt(degree[u] * degree[v]) for u, v in far),
        "weighted_l3": sum(three),
        "local_path": count + 0.01 * len(far),
        "katz": 0.05**2 * count + 0.05**3 * len(far),
    }


def walks_of(graph: networkx.Graph, first: int, second: int, far: list[list[int]]) -> float:
    strength = dict(graph.degree(weight="weight"))
    chance = sum(
        graph[first][u]["weight"] / strength[first]
        * graph[u][v]["weight"] / strength[u]
        * graph[v][second]["weight"] / strength[v]
        for u, v in far
    )  # fmt: skip
    return float(chance / strength[second] ** 0.6) if far else 0.0


def all_pairs() -> tuple[np.ndarray, np.ndarray]:
    pairs = [(first, second) for first in range(SIZE) for second in range(SIZE) if first != second]
    return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])


@given(ties_of_graphs, st.sets(st.integers(0, SIZE - 1)))
def test_every_measure_agrees_with_sums_over_paths_without_the_pairs_own_tie(ties: Ties, middles: set[int]) -> None:
    between = np.isin(np.arange(SIZE), list(middles))
    subjects, others = all_pairs()
    found = measure_paths(relation(ties, between), subjects, others, list(MEASURES))
    for row, (first, second) in enumerate(zip(subjects, others, strict=True)):
        wanted = expected(ties, first, second, middles)
        assert dict(zip(MEASURES, found[row], strict=True)) == pytest.approx(wanted, abs=1e-12)


@given(ties_of_graphs, st.sampled_from(sorted(MEASURES)), st.sampled_from([1, 7, 1 << 20]))
def test_a_batch_is_the_same_as_one_pair_at_a_time_to_the_last_bit(ties: Ties, name: str, slots: int) -> None:
    graph = relation(ties)
    subjects, others = all_pairs()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reach, "SLOTS", slots)
        patched.setattr(reach.chunks, "__defaults__", (slots,))
        batch = measure_paths(graph, subjects, others, [name])[:, 0]
    alone = [float(measure_paths(graph, subjects[[row]], others[[row]], [name])[0, 0]) for row in range(len(others))]
    assert batch.tolist() == alone


@given(ties_of_graphs, st.sampled_from(sorted(MEASURES)))
def test_the_weight_of_the_pairs_own_tie_changes_nothing(ties: Ties, name: str) -> None:
    for (first, second), weight in ties.items():
        pair = np.array([first]), np.array([second])
        held = measure_paths(relation(ties), *pair, [name])[0, 0]
        heavier = measure_paths(relation({**ties, (first, second): weight * 8}), *pair, [name])[0, 0]
        gone = {key: value for key, value in ties.items() if key != (first, second)}
        without = measure_paths(relation(gone), *pair, [name])[0, 0]
        assert held == pytest.approx(without, abs=1e-12)
        assert heavier == pytest.approx(without, abs=1e-12)


@pytest.mark.parametrize(
    ("measure", "name"),
    [
        (measure_common_neighbours, "common_neighbours"),
        (measure_adamic_adar, "adamic_adar"),
        (measure_resource_allocation, "resource_allocation"),
        (measure_weighted_resource_allocation, "weighted_resource_allocation"),
        (measure_resource_flow, "resource_flow"),
        (measure_jaccard, "jaccard"),
        (measure_preferential_attachment, "preferential_attachment"),
        (measure_l3, "l3"),
        (measure_local_path, "local_path"),
        (measure_katz, "katz"),
    ],
)
def test_each_function_is_the_measure_of_its_name(measure: Callable[..., np.ndarray], name: str) -> None:
    ties = {(0, 1): 1.0, (1, 2): 2.0, (2, 3): 1.0, (0, 3): 0.5, (3, 4): 3.0, (1, 4): 1.0, (0, 4): 1.0}
    subjects, others = all_pairs()
    found = measure(relation(ties), subjects, others)
    assert found == pytest.approx(measure_paths(relation(ties), subjects, others, [name])[:, 0], abs=1e-15)
    assert found.max() > 0.0


def test_no_pairs_give_no_numbers_and_a_graph_without_ties_gives_zeros() -> None:
    none = np.zeros(0, dtype=np.int32)
    assert measure_paths(relation({(0, 1): 1.0}), none, none, ["adamic_adar", "l3"]).shape == (0, 2)
    found = measure_paths(relation({}), np.array([0, 0]), np.array([1, 2]), sorted(MEASURES))
    assert found.tolist() == [[0.0] * len(MEASURES)] * 2


def test_threads_don_t_disturb_each_other() -> None:
    rng = np.random.default_rng(5)
    graph = RelationGraph.from_pairs(400, rng.integers(0, 400, 3000), rng.integers(0, 400, 3000))
    tasks = [(np.full(200, subject), rng.integers(0, 400, 200)) for subject in range(60)]
    names = ["adamic_adar", "l3", "rp3beta"]
    alone = [measure_paths(graph, *task, names) for task in tasks]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda task: measure_paths(graph, task[0], task[1], names), tasks))
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))
