"""The simulation: planted answers, equal links, and a graph that grows as evenly as the most even baseline."""

import datetime
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.ids import EcosystemId
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.policies import get_policy
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.scoring.prior import prior_model
from matchmaker.recommend.simulation.gathering import gather_world
from matchmaker.recommend.simulation.outcomes import gini, simulate
from matchmaker.recommend.simulation.rounds import Method, SimulationSettings, run_method
from matchmaker.recommend.simulation.world import TOPOLOGY, SimulatedWorld, pair_keys, plant_chances
from matchmaker.recommend.topology.paths import measure_paths
from matchmaker.recommend.topology.relation import RelationGraph
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.services.simulating import simulate_ecosystem
from matchmaker.testing.random_town import random_town

RIVERBEND = Path(__file__).resolve().parents[2] / "fixtures" / "riverbend"
SPREADING = get_policy("new_and_small")


@pytest.fixture(scope="module")
def riverbend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    store = SqliteStore.open(tmp_path_factory.mktemp("simulation") / "store.db", durability=Durability.NORMAL)
    own = EcosystemId("riverbend")
    import_file(store, RIVERBEND, ImportOptions(into=own), Runner("tests", clock=lambda: int(time.time())))
    yield store.snapshot(Scope(own), datetime.date(2026, 6, 30))
    store.close()


@pytest.fixture(scope="module")
def world(riverbend: Snapshot) -> SimulatedWorld:
    return gather_world(index_snapshot(riverbend), prior_model(), seed=1)


def test_the_coefficient_of_known_distributions() -> None:
    assert gini([2.0, 2.0]) == 0.0
    assert gini([0.0, 1.0]) == 0.5
    assert gini([1.0, 3.0]) == 0.25
    assert gini([0.0] * 9 + [1.0]) == 0.9
    assert gini([0.0, 0.0]) == 0.0


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_the_coefficient_is_half_the_mean_difference_over_the_mean(values: list[int]) -> None:
    total = sum(values)
    difference = sum(abs(one - other) for one in values for other in values)
    expected = difference / (2 * len(values) * total) if total else 0.0
    assert gini([float(value) for value in values]) == pytest.approx(expected, abs=1e-6)


@given(st.integers(0, 10_000))
def test_a_world_scores_pairs_as_lists_do(seed: int) -> None:
    snapshot = random_town(seed).snapshot("eco")
    index = index_snapshot(snapshot)
    world = gather_world(index, prior_model(), seed)
    graph = RelationGraph.from_pairs(len(world), world.first, world.second, between=world.between)
    values = measure_paths(graph, world.subjects, world.others, list(TOPOLOGY.values()))
    for subject in ("p0", "p1"):
        listed = suggest(snapshot, subject, SuggestionRequest(limit=200, policy="likely"))
        own = np.flatnonzero(world.subjects == snapshot.index_of(subject))
        found = {}
        for row in own.tolist():
            tables = world.tables[world.patterns[row]]
            grown = sum(
                float(tables[name].shares_of(values[row : row + 1, column])[0])
                for column, name in enumerate(TOPOLOGY)
                if name in tables
            )
            found[snapshot.nodes[world.others[row]].id] = world.fixed[row] + grown
        scores = {one.target if one.source == subject else one.source: one.score for one in listed.suggestions}
        assert found == pytest.approx(scores, abs=1e-8)


def test_chances_are_the_same_both_ways_and_for_the_same_seed(world: SimulatedWorld) -> None:
    keys = pair_keys(len(world), world.subjects, world.others)
    for key in np.unique(keys)[:200]:
        assert len(np.unique(world.chances[keys == key])) == 1
    again = plant_chances(len(world), world.subjects, world.others, world.fixed, 5)
    assert np.array_equal(again, plant_chances(len(world), world.subjects, world.others, world.fixed, 5))
    assert not np.array_equal(again, plant_chances(len(world), world.subjects, world.others, world.fixed, 6))


@pytest.mark.parametrize("method", Method)
def test_links_form_within_room_once_a_pair_and_only_where_planted(world: SimulatedWorld, method: Method) -> None:
    settings = SimulationSettings(rounds=8, seed=3, room=3, policy=SPREADING)
    run = run_method(world, settings, method)
    assert len(run.links) > 20
    assert np.bincount(run.links.ravel()).max() <= 3
    assert len({tuple(sorted(link)) for link in run.links.tolist()}) == len(run.links)
    assert np.all(np.diff(run.questions) > 0)
    assert np.all(np.diff(run.rounds) >= 0)
    again = run_method(world, settings, method)
    assert np.array_equal(run.links, again.links)
    offered = set(zip(world.subjects.tolist(), world.others.tolist(), strict=True))
    assert {tuple(link) for link in run.links.tolist()} <= offered


def test_where_nobody_would_say_yes_no_link_forms(world: SimulatedWorld) -> None:
    silent = replace(world, chances=np.zeros(len(world.chances)))
    outcome = simulate(silent, SimulationSettings(rounds=2, policy=SPREADING))
    assert outcome.links == 0
    assert {one.gini for one in outcome.methods} == {outcome.gini_before}


def test_methods_are_compared_at_equally_many_links(world: SimulatedWorld) -> None:
    outcome = simulate(world, SimulationSettings(seed=2, policy=SPREADING))
    assert outcome.links == min(one.formed for one in outcome.methods)
    assert outcome.partners == int(world.active.sum())
    assert [one.method for one in outcome.methods] == list(Method)
    small = [one.bands[0] for one in outcome.methods]
    assert {band.ties_before for band in small} == {small[0].ties_before}
    assert all(band.ties_after > band.ties_before for band in small)


def test_ours_ends_no_less_even_than_the_most_even_baseline(riverbend: Snapshot) -> None:
    outcomes = [simulate_ecosystem(riverbend, SimulationSettings(seed=seed, policy=SPREADING)) for seed in (1, 2, 3, 4)]
    means = {method: mean(outcome.get(method).gini for outcome in outcomes) for method in Method}
    assert means[Method.MATCHMAKER] <= min(means[method] for method in Method if method is not Method.MATCHMAKER)
    assert means[Method.MATCHMAKER] < outcomes[0].gini_before
    asked = {method: mean(outcome.get(method).questions for outcome in outcomes) for method in Method}
    assert asked[Method.MATCHMAKER] < asked[Method.RANDOM]


def test_a_popular_list_makes_the_popular_more_so(world: SimulatedWorld) -> None:
    outcome = simulate(world, SimulationSettings(seed=1, policy=SPREADING))
    popular, ours = outcome.get(Method.POPULARITY), outcome.get(Method.MATCHMAKER)
    assert popular.gini > ours.gini
    assert popular.top_share > ours.top_share


def test_settings_out_of_range_are_refused_all_at_once(riverbend: Snapshot) -> None:
    with pytest.raises(InvalidInput) as refused:
        simulate_ecosystem(riverbend, SimulationSettings(rounds=0, room=0))
    assert [finding.where for finding in refused.value.findings] == ["rounds", "room"]
