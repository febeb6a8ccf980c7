"""An index that is kept, carried over or asked for many at once says the same as one built anew and asked for one."""

import datetime
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.graph.column_file import load_columns, save_columns
from matchmaker.graph.contents import Update
from matchmaker.graph.refreshing import refresh_snapshot
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node, Tie
from matchmaker.model.ids import Revision
from matchmaker.model.vocabulary import Label, OrganizationType, ProgramType, TieType
from matchmaker.recommend.batch import NOBODY, blocks_of, suggest_all
from matchmaker.recommend.candidates import Depth, find_rows
from matchmaker.recommend.eligibility import find_eligible
from matchmaker.recommend.features.geography import arc_km, on_globe, surely_apart
from matchmaker.recommend.index import SnapshotIndex, index_snapshot, keep_index
from matchmaker.recommend.measuring import measure_features
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.saving import index_arrays, load_index
from matchmaker.recommend.scored import score_subject
from matchmaker.recommend.scoring.prior import prior_model
from matchmaker.testing.world import World

WHOLE = SuggestionRequest(limit=200)
LIKELY = SuggestionRequest(limit=200, policy="likely")
SHALLOW = Depth(all_up_to=3, steps=4, near=2, offers=2)


def random_world(seed: int) -> World:
    draw, world = Random(seed), World()
    world.ecosystem("eco", country="US")
    world.place("county")
    partners = []
    for number in range(12):
        north = draw.choice([None, 0.0, 2.0, 9.0, 70.0])
        words = " ".join(draw.sample(("rivers", "robots", "stars", "maps", "music"), 3))
        type = draw.choice(list(OrganizationType)).value
        partners.append(world.partner(f"p{number}", type, north=north, description=words, region="US-OR"))
        if draw.random() < 0.4:
            world.tie(TieType.LOCATED_IN, partners[-1], "county")
        if draw.random() < 0.5:
            world.need(partners[-1], draw.choice(("mentors", "space")))
            world.offer(partners[-1], draw.choice(("mentors", "space")), stage=draw.choice(("k_2", "grades_6_8")))
    programs = []
    for number in range(6):
        type = draw.choice(list(ProgramType)).value
        programs.append(world.program(f"g{number}", type, draw.choice(partners), stages=("grades_6_8", "grades_9_12")))
    world.participate("eco", *partners)
    world.initiative("circle", *draw.sample(partners, 4))
    for first, second in draw.sample(sorted(combinations(partners, 2)), 12):
        world.tie(TieType.PARTNERS_WITH, first, second)
    return world


def subjects_of(snapshot: Snapshot) -> "np.ndarray[tuple[int], np.dtype[np.int32]]":
    labels = (Label.PARTNER, Label.PROGRAM, Label.ECOSYSTEM, Label.INITIATIVE)
    return np.concatenate([snapshot.indices(label) for label in labels])


@given(st.integers(0, 100_000), st.sampled_from([Depth(), SHALLOW]))
def test_a_batch_finds_what_each_finds_alone(seed: int, depth: Depth) -> None:
    index = index_snapshot(random_world(seed).snapshot("eco"))
    subjects = subjects_of(index.snapshot)
    together = find_eligible(find_rows(index, subjects, depth=depth))
    values = measure_features(together).values
    for subject in subjects.tolist():
        alone = find_eligible(find_rows(index, np.array([subject], dtype=np.int32), depth=depth))
        held = together.subjects == subject
        assert together.others[held].tolist() == alone.others.tolist()
        assert together.roles[held].tolist() == alone.roles.tolist()
        np.testing.assert_array_equal(values[held], measure_features(alone).values)


@given(st.integers(0, 100_000))
def test_the_best_of_all_are_the_best_of_each(seed: int) -> None:
    index, model = index_snapshot(random_world(seed).snapshot("eco")), prior_model()
    subjects = subjects_of(index.snapshot)
    Random(seed).shuffle(order := subjects.tolist())
    top = suggest_all(index, np.array(order, dtype=np.int32), model, SuggestionRequest(limit=4, policy="likely"))
    for row, subject in enumerate(order):
        best: dict[int, float] = {}
        for one in score_subject(index, subject, model):
            for other, score, sure in zip(
                one.candidates.others.tolist(),
                one.scores.scores.tolist(),
                one.candidates.confirmed.tolist(),
                strict=True,
            ):
                best[other] = max(best.get(other, -np.inf), score - (0.0 if sure else 1000.0))
        expected = sorted(best, key=lambda other: (-best[other], other))[:4]
        found = [other for other in top.others[row].tolist() if other != NOBODY]
        assert found == expected
        scores = [best[other] if best[other] > -500.0 else best[other] + 1000.0 for other in expected]
        assert top.scores[row, : len(found)].tolist() == scores
        assert np.isnan(top.scores[row, len(found) :]).all()


def test_the_best_of_nobody_are_none() -> None:
    index = index_snapshot(random_world(1).snapshot("eco"))
    nobody = suggest_all(index, np.zeros(0, dtype=np.int32), prior_model())
    assert nobody.others.shape == (0, 10)
    assert list(blocks_of(nobody.subjects)) == []


@given(st.integers(0, 100_000))
def test_kept_columns_say_the_same(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    snapshot = random_world(seed).snapshot("eco")
    built = SnapshotIndex(snapshot)
    path: Path = tmp_path_factory.mktemp("columns") / "index"
    save_columns(path, index_arrays(built), {"revision": 1})
    kept = load_columns(path, {"revision": 1})
    assert kept is not None
    keep_index(built)
    before = [suggest(snapshot, snapshot.nodes[one].id, WHOLE) for one in subjects_of(snapshot)[::4]]
    keep_index(load_index(snapshot, kept.arrays))
    assert index_snapshot(snapshot) is not built
    assert [suggest(snapshot, snapshot.nodes[one].id, WHOLE) for one in subjects_of(snapshot)[::4]] == before


def changed(world: World, seed: int) -> tuple[World, list[Tie], list[Tie]]:
    """Return the world with a tie more and a tie less, and these ties."""
    draw = Random(seed)
    gone = draw.choice([tie for tie in world.ties if tie.type is TieType.PARTNERS_WITH])
    after = World(list(world.nodes), list(world.records), [tie for tie in world.ties if tie.id != gone.id])
    taken = {frozenset((tie.source, tie.target)) for tie in world.ties}
    free = [pair for pair in combinations([f"p{n}" for n in range(12)], 2) if frozenset(pair) not in taken]
    after.tie(TieType.PARTNERS_WITH, *draw.choice(free), since="2026-02")
    return after, [after.ties[-1]], [gone]


def updated(snapshot: Snapshot, came: list[Tie], went: list[Tie], nodes: list[Node]) -> Snapshot:
    ties = {tie.id: tie for tie in came} | dict.fromkeys((tie.id for tie in went), None)
    update = Update(Revision(1), Revision(2), {node.id: node for node in nodes}, {}, {}, ties)
    found = refresh_snapshot(snapshot, update)
    assert found is not None
    return found


@given(st.integers(0, 100_000))
def test_a_carried_over_index_says_what_one_built_anew_says(seed: int) -> None:
    world = random_world(seed)
    after, came, went = changed(world, seed)
    before = world.snapshot("eco")
    index_snapshot(before)
    refreshed = updated(before, came, went, [])
    assert index_snapshot(refreshed).content is index_snapshot(before).content
    built = after.snapshot("eco")
    for number in subjects_of(built)[::3].tolist():
        id = built.nodes[number].id
        assert suggest(refreshed, id, LIKELY).suggestions == suggest(built, id, LIKELY).suggestions


def test_what_staff_rule_is_carried_over_and_what_alters_a_place_is_not() -> None:
    world = random_world(5)
    before = world.snapshot("eco")
    index = index_snapshot(before)
    world.fact("eco", Label.PAIR_RULE, "rule", first="p0", second="p1", rule="must_not_match")
    ruled = updated(before, [world.ties[-1]], [], [world.nodes[-1]])
    carried = index_snapshot(ruled)
    assert carried.places is index.places
    ends = before.index_of("p0"), before.index_of("p1")
    assert (dict(carried.ledger.ruled), dict(index.ledger.ruled)) == ({ends: len(before)}, {})
    assert carried.ledger_hash == SnapshotIndex(world.snapshot("eco")).ledger_hash != index.ledger_hash
    world.tie(TieType.HAS_AGREEMENT_WITH, "p2", "p3", kind="transfer", since="2026")
    agreed = updated(before, [world.ties[-1]], [], [])
    assert index.refreshed(agreed, agreed.differences_from(before) or ()) is None


def test_a_glance_never_parts_those_within_reach() -> None:
    draw = np.random.default_rng(3)
    world = World()
    for number in range(60):
        place = {"latitude": float(draw.uniform(-89, 89)), "longitude": float(draw.uniform(-180, 180))}
        world.partner(f"p{number:02d}", "museum", **place)
    snapshot = world.snapshot(as_of=datetime.date(2026, 9, 1))
    places = index_snapshot(snapshot).places
    first, second = (column.ravel() for column in np.meshgrid(*[snapshot.indices(Label.PARTNER)] * 2))
    for reach_km in (60.0, 1500.0, 4000.0):
        apart = surely_apart(places, reach_km, first, second)
        globe = on_globe(places.points)
        km = arc_km(globe[places.starts[first]], globe[places.starts[second]])
        assert not np.any(apart & (km <= reach_km))
        assert np.mean(apart[km > 1.5 * reach_km]) > 0.3
