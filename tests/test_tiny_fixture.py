"""The tiny bundle: every number that its README works out by hand, against the product and against NetworkX."""

import datetime
from collections import Counter
from collections.abc import Iterator
from math import log, pi, sqrt
from pathlib import Path
from typing import Final

import networkx as nx
import numpy as np
import pytest

from matchmaker.gaps.detect import detect
from matchmaker.gaps.network import sector_pairs
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.sqlite.store import SqliteStore
from matchmaker.model.gap import Gap
from matchmaker.model.ids import EcosystemId
from matchmaker.model.vocabulary import GapKind, Knowledge, Label, Sector, TieType
from matchmaker.recommend.features.topology import TOPOLOGY_FEATURES, build_topology, measure_topology
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions

BUNDLE: Final = Path(__file__).resolve().parent.parent / "fixtures" / "tiny"
AS_OF: Final = datetime.date(2026, 7, 1)
HUNDREDTH_KM: Final = 6371.0088 * pi / 180 / 100

DEGREES: Final = {"a1": 3, "a2": 1, "d1": 2, "e1": 1, "m1": 2, "p1": 1, "s1": 2, "s2": 1, "u1": 3}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """A store with the bundle in it."""
    store = SqliteStore.open(tmp_path_factory.mktemp("tiny") / "tiny.db")
    outcome = import_file(store, BUNDLE, ImportOptions(strict=True), Runner("a test", lambda: 0))
    assert (outcome.read, outcome.loaded, outcome.refused) == (116, 116, 0)
    yield store
    store.close()


@pytest.fixture(scope="module")
def tiny(store: SqliteStore) -> Snapshot:
    return store.snapshot(Scope(EcosystemId("tiny")), AS_OF)


@pytest.fixture(scope="module")
def shore(store: SqliteStore) -> Snapshot:
    return store.snapshot(Scope(EcosystemId("tiny-shore")), AS_OF)


def network(snapshot: Snapshot) -> "nx.Graph[str]":
    """The partnerships of members as NetworkX has them."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(node.id for index, node in snapshot.iter_nodes(Label.PARTNER) if snapshot.member[index])
    graph.add_edges_from((tie.source, tie.target) for tie in snapshot.ties if tie.type is TieType.PARTNERS_WITH)
    return graph


def known(snapshot: Snapshot) -> dict[tuple[str, ...], Gap]:
    found = detect(snapshot)
    return {(gap.kind, *gap.subject): gap for gap in found if gap.knowledge is Knowledge.KNOWN}


def test_the_network_has_nine_partners_and_eight_ties(tiny: Snapshot) -> None:
    adjacency = (tiny.adjacency(TieType.PARTNERS_WITH), tiny.adjacency(TieType.PARTNERS_WITH, backward=True))
    degrees = {
        node.id: int(sum(len(way.of(index)) for way in adjacency))
        for index, node in tiny.iter_nodes(Label.PARTNER)
        if tiny.member[index]
    }
    graph = network(tiny)
    assert degrees == DEGREES == dict(graph.degree())
    assert sum(DEGREES.values()) == 16
    assert nx.density(graph) == pytest.approx(8 / 36)
    assert Counter(tiny.nodes[index].get_text("sector") for index in map(tiny.index_of, DEGREES)) == {
        "k12": 3,
        "out_of_school_time": 3,
        "higher_education": 1,
        "industry": 1,
        "informal_learning": 1,
    }


def test_two_steps_over_partnerships_are_as_worked_out(tiny: Snapshot) -> None:
    graph = network(tiny)
    assert sorted(nx.common_neighbors(graph, "s1", "m1")) == ["a1"]
    [(_, _, allocation)] = nx.resource_allocation_index(graph, [("s1", "m1")])
    [(_, _, adamic_adar)] = nx.adamic_adar_index(graph, [("s1", "m1")])
    assert allocation == pytest.approx(1 / 3, abs=1e-12)
    assert adamic_adar == pytest.approx(1 / log(3), abs=1e-12)
    paths = [path for path in nx.all_simple_paths(graph, "s1", "u1", cutoff=3) if len(path) == 4]
    assert paths == [["s1", "a1", "m1", "u1"]]
    assert 1 / sqrt(graph.degree("a1") * graph.degree("m1")) == pytest.approx(0.4082, abs=5e-5)


def test_steps_over_every_relation_are_as_worked_out(tiny: Snapshot) -> None:
    columns = build_topology(tiny)
    museum, university = tiny.index_of("m1"), tiny.index_of("u1")
    others = np.array([museum, university])
    table = measure_topology(columns, np.full(2, tiny.index_of("s1")), others, TOPOLOGY_FEATURES)
    measured = {
        name: dict(zip((museum, university), column, strict=True))
        for name, column in zip(TOPOLOGY_FEATURES, table.T, strict=True)
    }
    assert int(columns.degrees[tiny.index_of("a1")]) == 4
    assert int(columns.degrees[museum]) == 3
    assert measured["common_neighbours"][museum] == 1.0
    assert measured["resource_allocation"][museum] == pytest.approx(1 / 4, abs=1e-12)
    assert measured["adamic_adar"][museum] == pytest.approx(1 / log(4), abs=1e-12)
    assert measured["three_step_paths"][university] == pytest.approx(1 / sqrt(4 * 3), abs=1e-12)
    assert measured["common_neighbours"][university] == 0.0


def test_ties_between_sectors_are_compared_with_chance(tiny: Snapshot) -> None:
    pairs = {(pair.first, pair.second): (pair.observed, pair.expected) for pair in sector_pairs(tiny)}
    k12, after, higher = Sector.K12, Sector.OUT_OF_SCHOOL_TIME, Sector.HIGHER_EDUCATION
    informal, industry = Sector.INFORMAL_LEARNING, Sector.INDUSTRY
    third, ninth = pytest.approx(2 / 3, abs=1e-12), pytest.approx(2 / 9, abs=1e-12)
    assert pairs == {
        (k12, after): (1, pytest.approx(2.0, abs=1e-12)),
        (k12, higher): (0, third),
        (k12, informal): (0, third),
        (k12, industry): (0, third),
        (after, higher): (1, third),
        (after, informal): (1, third),
        (after, industry): (0, third),
        (higher, informal): (1, ninth),
        (higher, industry): (1, ninth),
        (informal, industry): (0, ninth),
        (k12, k12): (2, third),
        (after, after): (1, third),
        (higher, higher): (0, 0.0),
        (informal, informal): (0, 0.0),
        (industry, industry): (0, 0.0),
    }
    inside = sum(observed for (first, second), (observed, _) in pairs.items() if first is second)
    assert ((8 - inside) - inside) / 8 == 0.25


@pytest.mark.parametrize(
    ("first", "second", "hundredths"),
    [("g4", "g1", 2), ("g1", "g2", 3), ("g2", "g3", 26), ("zip:t4", "a2", 12), ("a1", "e1", 29), ("p1", "u1", 0)],
)
def test_distances_are_differences_of_latitude(tiny: Snapshot, first: str, second: str, hundredths: int) -> None:
    distance = tiny.distance_km(tiny.index_of(first), tiny.index_of(second))
    assert distance == pytest.approx(hundredths * HUNDREDTH_KM, abs=1e-6)


def test_the_valley_has_one_gap_of_four_kinds(tiny: Snapshot) -> None:
    found = known(tiny)
    assert {subject: (gap.size, gap.unit, gap.learners) for subject, gap in found.items()} == {
        (GapKind.STAGE_COVERAGE, "county:tiny", "prek"): (1.0, "providers", 60),
        (GapKind.TRANSITION, "g2", "grades_6_8"): (12.0, "seats", None),
        (GapKind.PLACE_ACCESS, "zip:t4"): (40.0, "seats", 40),
        (GapKind.UNMET_NEED, "s2.needs-translation"): (2.0, "translation", None),
    }
    assert all(gap.knowledge is Knowledge.KNOWN for gap in detect(tiny))


def test_the_shore_has_one_gap_of_the_two_others(shore: Snapshot) -> None:
    found = known(shore)
    assert {subject: (gap.size, gap.expected, gap.observed) for subject, gap in found.items()} == {
        (GapKind.SECTOR_PAIR, "early_learning", "industry"): (1.6, 1.6, 0.0),
        (GapKind.ISOLATION, "i1"): (1.0, None, 0.0),
    }
    graph = network(shore)
    assert (graph.number_of_edges(), graph.number_of_nodes()) == (6, 6)
    assert list(nx.isolates(graph)) == ["i1"]


def test_what_the_shore_does_not_say_is_not_known(shore: Snapshot) -> None:
    unknown = [gap for gap in detect(shore) if gap.knowledge is Knowledge.NOT_KNOWN]
    assert [(gap.kind, gap.subject, gap.size) for gap in unknown] == [
        (GapKind.STAGE_COVERAGE, ("county:shore",), None),
    ]
