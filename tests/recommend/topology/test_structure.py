"""Measures of single nodes, and distances, against NetworkX."""

from itertools import combinations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.recommend.topology.relation import RelationGraph
from matchmaker.recommend.topology.structure import fit_structure, measure_distance

SIZE = 9
graphs = st.dictionaries(
    st.sampled_from(sorted(combinations(range(SIZE), 2))), st.sampled_from([0.5, 1.0, 3.0]), max_size=20
)


def both(ties: dict[tuple[int, int], float]) -> tuple[RelationGraph, networkx.Graph]:
    graph = networkx.Graph(list(ties))
    graph.add_nodes_from(range(SIZE))
    return RelationGraph.from_pairs(SIZE, [a for a, _ in ties], [b for _, b in ties], list(ties.values())), graph


@given(graphs)
def test_nodes_stand_where_networkx_sees_them(ties: dict[tuple[int, int], float]) -> None:
    graph, peer = both(ties)
    found = fit_structure(graph).columns()
    clustering, cores = networkx.clustering(peer), networkx.core_number(peer)
    means = networkx.average_neighbor_degree(peer)
    for node in range(SIZE):
        assert {name: float(values[node]) for name, values in found.items()} == pytest.approx(
            {
                "degree": peer.degree(node),
                "neighbour_degree": means[node],
                "clustering": clustering[node],
                "core": cores[node],
                "component": len(networkx.node_connected_component(peer, node)),
            }
        )


@given(graphs, st.sampled_from([2, 12]))
def test_distances_are_those_of_shortest_paths(ties: dict[tuple[int, int], float], most: int) -> None:
    graph, peer = both(ties)
    pairs = [(first, second) for first in range(SIZE) for second in range(SIZE)]
    found = measure_distance(graph, np.array(pairs)[:, 0], np.array(pairs)[:, 1], most)
    lengths = dict(networkx.all_pairs_shortest_path_length(peer))
    assert found.tolist() == [min(lengths[a][b], most) if b in lengths[a] else most + 1 for a, b in pairs]
