"""Exposure: everyone is shown once a cycle where the slots allow, what that costs, and draws with their chances."""

import datetime
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput
from matchmaker.model.ids import NodeId
from matchmaker.model.suggestion import SuggestionList
from matchmaker.recommend.exposure import (
    KEPT_SHARE,
    UNRECORDED,
    Exposure,
    cycle_of,
    explore,
    exploring_stream,
    exposure_notes,
    exposure_penalty,
    hash_with_exposure,
    keep_slots,
    kept_slots,
    times_shown,
)
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.testing.random_town import random_town

TEN = SuggestionRequest(limit=10)


def others(listed: SuggestionList) -> list[NodeId]:
    return [one.target if one.source == listed.subject else one.source for one in listed.suggestions]


@pytest.mark.parametrize(
    ("day", "cycle"),
    [((2026, 1, 1), "2026-q1"), ((2026, 3, 31), "2026-q1"), ((2026, 4, 1), "2026-q2"), ((2026, 12, 31), "2026-q4")],
)
def test_a_cycle_is_a_quarter(day: tuple[int, int, int], cycle: str) -> None:
    assert cycle_of(datetime.date(*day)) == cycle


def test_the_penalty_is_the_logarithm_of_ties_and_one_more() -> None:
    found = exposure_penalty(np.array([0, 1, 9]), 2.0)
    assert found == pytest.approx([0.0, 2.0 * np.log(2), 2.0 * np.log(10)])
    assert exposure_penalty(np.array([5]), 0.0).tolist() == [0.0]


def test_one_slot_in_five_is_kept() -> None:
    assert KEPT_SHARE == 0.2
    assert [kept_slots(limit) for limit in (1, 4, 5, 9, 10, 15, 200)] == [0, 0, 1, 1, 2, 3, 40]


def test_the_last_who_were_shown_give_way_to_the_first_who_were_not() -> None:
    unseen = np.array([True, False, False, False, False, False, True, True])
    waiting = np.array([5, 6, 7])
    assert keep_slots([0, 1, 2, 3, 4], waiting, unseen, 1) == ([], [])
    assert keep_slots([0, 1, 2, 3, 4], waiting, unseen, 2) == ([4], [6])
    assert keep_slots([0, 1, 2, 3, 4], waiting, unseen, 4) == ([4, 3], [6, 7])
    nobody = np.zeros(8, dtype=bool)
    assert keep_slots([0, 1], waiting, nobody, 1) == ([], [])


@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(1, 14), st.integers(5, 15))
def test_whoever_has_enough_kept_slots_is_shown_in_one_pass(seed: int, lists: int, partners: int, limit: int) -> None:
    """Where the kept slots of the lists that may show somebody number at least all who compete in them."""
    draw = np.random.default_rng(seed)
    may_show = draw.random((lists, partners)) < draw.uniform(0.2, 1.0)
    seen = np.zeros(partners, dtype=bool)
    seen[draw.random(partners) < 0.3] = True
    before = seen.copy()
    for row in may_show:
        eligible = draw.permutation(np.flatnonzero(row))
        chosen = list(range(min(limit, len(eligible))))
        waiting = np.arange(len(chosen), len(eligible))
        give_way, let_in = keep_slots(chosen, waiting, ~seen[eligible], kept_slots(limit))
        assert len(give_way) == len(let_in)
        seen[eligible[sorted((set(chosen) - set(give_way)) | set(let_in))]] = True
    for one in np.flatnonzero(~seen & may_show.any(axis=0)):
        own = may_show[:, one]
        competing = (may_show[own].any(axis=0) & ~before).sum()
        assert own.sum() * kept_slots(limit) < competing


@given(st.integers(0, 10_000))
def test_over_a_cycle_of_lists_every_eligible_partner_is_shown(seed: int) -> None:
    """Lists long enough that the kept slots of all of them number more than all partners and programs."""
    snapshot = random_town(seed, partners=10, programs=4).snapshot("eco")
    counts: Counter[NodeId] = Counter()
    eligible: dict[NodeId, set[str]] = defaultdict(set)
    subjects = [f"p{number}" for number in range(10)] + [f"g{number}" for number in range(4)]
    for subject in subjects:
        for other in others(suggest(snapshot, subject, SuggestionRequest(limit=200))):
            eligible[other].add(subject)
        listed = suggest(snapshot, subject, replace(TEN, exposure=Exposure("2026-q3", dict(counts))))
        counts.update(others(listed))
    waiting = {other for other in eligible if not counts[other]}
    assert all(len(eligible[other]) * kept_slots(10) < len(eligible) for other in waiting)
    again = [subject for other in waiting for subject in sorted(eligible[other])]
    for subject in again * 3:
        listed = suggest(snapshot, subject, replace(TEN, exposure=Exposure("2026-q3", dict(counts))))
        counts.update(others(listed))
    assert [other for other in eligible if not counts[other]] == []


def test_a_kept_slot_says_so_and_its_cost_is_the_score_that_gave_way() -> None:
    snapshot = random_town(3, partners=20).snapshot("eco")
    plain = suggest(snapshot, "p0", SuggestionRequest(limit=5))
    shown = dict.fromkeys(others(suggest(snapshot, "p0", SuggestionRequest(limit=8))), 1)
    listed = suggest(snapshot, "p0", SuggestionRequest(limit=5, exposure=Exposure("2026-q3", shown)))
    [kept] = [one for one in listed.suggestions if one.showing.kept]
    assert kept.showing.times_shown == 0
    assert [one.showing.times_shown for one in listed.suggestions if not one.showing.kept] == [1, 1, 1, 1]
    gone = set(others(plain)) - set(others(listed))
    assert len(gone) == 1
    before, after = (sum(one.score for one in each.suggestions) for each in (plain, listed))
    assert listed.kept_cost == pytest.approx(before - after, abs=1e-9)
    [note] = exposure_notes(listed)
    assert note.startswith("One place is kept for those who haven't been shown in 2026-q3 yet; this takes ")
    assert note.endswith(f"{listed.kept_cost:.2f} off the sum of the list's scores.")
    assert (plain.kept_cost, exposure_notes(plain)) == (0.0, ())


def test_what_was_shown_is_part_of_the_ledger_s_hash_and_of_the_list_s_id() -> None:
    snapshot = random_town(5).snapshot("eco")
    plain, again = suggest(snapshot, "p0", TEN), suggest(snapshot, "p0", TEN)
    unshown = suggest(snapshot, "p0", replace(TEN, exposure=Exposure("2026-q3", {NodeId("p1"): 0})))
    shown = suggest(snapshot, "p0", replace(TEN, exposure=Exposure("2026-q3", {NodeId("p1"): 1})))
    assert plain.id == again.id
    assert unshown.ledger_hash == plain.ledger_hash == hash_with_exposure(plain.ledger_hash, UNRECORDED)
    assert shown.ledger_hash != plain.ledger_hash
    assert shown.id != plain.id
    assert Exposure("2026-q3", {NodeId("p1"): 1}).digest != Exposure("2026-q4", {NodeId("p1"): 1}).digest


def test_who_was_shown_how_often_by_node() -> None:
    snapshot = random_town(5).snapshot("eco")
    nodes = np.array([snapshot.index_of(name) for name in ("p3", "p1", "p2")], dtype=np.int32)
    exposure = Exposure("2026-q3", {NodeId("p1"): 4, NodeId("p2"): 1, NodeId("gone"): 9})
    assert times_shown(snapshot, nodes, exposure).tolist() == [0.0, 4.0, 1.0]


def test_draws_follow_their_propensities() -> None:
    priorities, waiting = np.array([9.0, 1.0, 0.0, -1.0]), [1, 2, 3]
    drawn = [explore(priorities, waiting, 1, exploring_stream(seed, "p0", "2026-q3"))[0] for seed in range(4000)]
    counts = Counter(one.place for one in drawn)
    chances = {one.place: one.propensity for one in drawn}
    expected = np.exp([1.0, 0.0, -1.0]) / np.exp([1.0, 0.0, -1.0]).sum()
    assert [chances[place] for place in waiting] == pytest.approx(expected, abs=1e-9)
    for place in waiting:
        spread = np.sqrt(4000 * chances[place] * (1 - chances[place]))
        assert abs(counts[place] - 4000 * chances[place]) < 4 * spread


def test_several_slots_are_drawn_one_after_the_other_without_repeating() -> None:
    drawn = explore(np.zeros(6), [2, 3, 4, 5], 3, exploring_stream(1, "p0", ""))
    assert len({one.place for one in drawn}) == 3
    assert [one.propensity for one in drawn] == pytest.approx([1 / 4, 1 / 3, 1 / 2])
    assert explore(np.zeros(2), [], 3, exploring_stream(1, "p0", "")) == []


@given(st.integers(0, 10_000), st.integers(0, 5))
def test_exploring_is_the_same_for_the_same_seed_and_logged(seed: int, slots: int) -> None:
    snapshot = random_town(seed).snapshot("eco")
    request = SuggestionRequest(limit=10, seed=seed, explore=slots, exposure=Exposure("2026-q3"))
    listed = suggest(snapshot, "p0", request)
    assert suggest(snapshot, "p0", request) == listed
    drawn = [one for one in listed.suggestions if one.showing.drawn]
    assert len(drawn) <= slots
    assert all(0.0 < one.showing.propensity <= 1.0 for one in drawn)
    assert all(one.showing.propensity == 1.0 for one in listed.suggestions if not one.showing.drawn)
    assert [one.showing.position for one in listed.suggestions] == list(range(1, len(listed.suggestions) + 1))
    assert len(set(others(listed))) == len(listed.suggestions)


def test_other_seeds_subjects_and_cycles_draw_otherwise() -> None:
    streams = [("p0", "2026-q3", 0), ("p1", "2026-q3", 0), ("p0", "2026-q4", 0), ("p0", "2026-q3", 1)]
    assert len({exploring_stream(seed, subject, cycle).random() for subject, cycle, seed in streams}) == 4


@pytest.mark.parametrize(("limit", "slots"), [(10, 6), (1, 1), (10, -1)])
def test_at_most_half_of_a_list_is_drawn(limit: int, slots: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        SuggestionRequest(limit=limit, explore=slots).get_policy()
    assert [finding.where for finding in refused.value.findings] == ["explore"]
