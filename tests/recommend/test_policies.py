"""Priority policies: their weights, what each of them moves, and what never moves anybody."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput
from matchmaker.model.ids import NodeId
from matchmaker.model.suggestion import SuggestionList
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.exposure import Exposure
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.policies import (
    POLICIES,
    WEIGHT_RANGES,
    PolicyWeight,
    check_policy,
    get_policy,
    joining_of,
    parse_weight,
)
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.testing.random_town import random_town
from matchmaker.testing.world import World

WHOLE = SuggestionRequest(limit=200)


def others(listed: SuggestionList) -> list[str]:
    return [one.target if one.source == listed.subject else one.source for one in listed.suggestions]


def three_museums() -> World:
    """A school, and three museums alike but for their ties (0, 1 and 3) and the day they joined."""
    world = World()
    world.ecosystem("eco", country="US")
    world.partner("school", "k12_school", north=0.0)
    for name, since in (("alone", "2020-01"), ("known", "2026-09-01"), ("popular", None)):
        world.partner(name, "museum", north=1.0)
        world.tie(TieType.PARTICIPATES_IN, name, "eco", status="participating", since=since)
    for number in range(3):
        world.partner(f"friend-{number}", "faith_organization")
        world.tie(TieType.PARTNERS_WITH, "popular", f"friend-{number}")
    world.tie(TieType.PARTNERS_WITH, "known", "friend-0")
    world.participate("eco", "school", *(f"friend-{number}" for number in range(3)))
    return world


def test_the_shipped_policies_and_their_weights() -> None:
    assert list(POLICIES) == ["balanced", "likely", "closes_gaps", "new_and_small"]
    assert get_policy("balanced").weights() == {
        "score": 1.0,
        "gap": 1.5,
        "new": 0.0,
        "small": 0.0,
        "popularity": 0.0,
        "exposure": 0.0,
    }
    for policy in POLICIES.values():
        assert check_policy(policy.name, policy.weights()) == []
        assert (policy.version, policy.used().label) == (1, policy.name)


def test_a_moved_weight_is_stated_with_a_digest_and_an_unmoved_one_is_not() -> None:
    moved = get_policy("balanced", {"gap": 2.0}).used()
    assert (moved.name, moved.weights["gap"], moved.weights["score"]) == ("balanced", 2.0, 1.0)
    assert moved.label == f"balanced-{moved.digest}"
    assert len(moved.digest) == 8
    assert get_policy("balanced", {"gap": 3.0}).used().digest != moved.digest
    assert get_policy("balanced", {"gap": 1.5}) == get_policy("balanced")


def test_everything_wrong_with_a_policy_is_said_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        get_policy("best", {"gap": 11.0, "quality": 1.0, "small": math.nan})
    assert [one.where for one in refused.value.findings] == ["policy", "weight gap", "weight", "weight small"]
    assert [one.valid for one in refused.value.findings] == [
        "balanced, closes_gaps, likely, new_and_small",
        "0 to 10",
        "score, gap, new, small, popularity, exposure",
        "0 to 3",
    ]


@pytest.mark.parametrize("text", ["gap", "gap=", "gap=much", ""])
def test_a_weight_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_weight(text)


def test_no_policy_weighs_quality_or_answers() -> None:
    assert set(WEIGHT_RANGES) == set(PolicyWeight)
    assert {weight.value for weight in PolicyWeight} == {"score", "gap", "new", "small", "popularity", "exposure"}


def test_priority_is_the_stated_sum() -> None:
    index = index_snapshot(three_museums().snapshot("eco"))
    nodes = np.array([index.snapshot.index_of(name) for name in ("alone", "known", "popular")], dtype=np.int32)
    score, gap = np.array([0.5, 0.5, 0.5]), np.array([0.0, 1.0, 0.0])
    policy = get_policy("new_and_small", {"exposure": 2.0})
    shown = Exposure("2026-q3", {NodeId("popular"): 1})
    found = policy.priorities(index, nodes, score, gap, shown)
    alone = 0.5 + 1.0 / (1 + 0)
    known = 0.5 + 1.0 + 1.0 + 1.0 / (1 + 1) - math.log(2)
    popular = 0.5 + 1.0 / (1 + 3) - math.log(4) - 2.0 * math.log(2)
    assert found == pytest.approx([alone, known, popular], abs=1e-9)
    assert get_policy("likely").priorities(index, nodes, score, gap, shown).tolist() == [0.5, 0.5, 0.5]


def test_when_joining_is_not_recorded_nobody_counts_as_new() -> None:
    snapshot = three_museums().snapshot("eco")
    nodes = np.array([snapshot.index_of(name) for name in ("alone", "known", "popular")], dtype=np.int32)
    assert joining_of(snapshot).newness_of(nodes).tolist() == [0.0, 1.0, 0.0]
    assert joining_of(three_museums().snapshot()).newness_of(nodes).tolist() == [0.0, 0.0, 0.0]


def test_small_and_new_ones_come_forward_and_likelihood_stays() -> None:
    snapshot = three_museums().snapshot("eco")
    plain = suggest(snapshot, "school", WHOLE)
    spread = suggest(snapshot, "school", SuggestionRequest(limit=200, policy="new_and_small"))
    museums = [name for name in others(spread) if name in {"alone", "known", "popular"}]
    assert museums == ["alone", "known", "popular"]
    assert {one.id: one.likelihood for one in plain.suggestions} == {
        one.id: one.likelihood for one in spread.suggestions
    }


@given(st.integers(0, 100_000), st.sampled_from(["declined", "expired", "snoozed", "suggested"]))
def test_declining_or_not_answering_elsewhere_moves_nobody_in_a_list(seed: int, state: str) -> None:
    world = random_town(seed)
    before = {name: suggest(world.snapshot("eco"), name, WHOLE) for name in ("p0", "p1")}
    for other in ("p2", "p3"):
        fields = {"pattern": "cross_sector", "source": "p4", "target": other, "round": 0}
        world.node(Label.SUGGESTION, f"suggestion:{other}", state=state, changed_on="2026-08-01", **fields)
    after = {name: suggest(world.snapshot("eco"), name, WHOLE) for name in ("p0", "p1")}
    for name, listed in before.items():
        assert [(one.id, one.priority, one.score) for one in after[name].suggestions] == [
            (one.id, one.priority, one.score) for one in listed.suggestions
        ]


@given(st.integers(0, 100_000), st.sampled_from(sorted(POLICIES)))
def test_every_policy_lists_the_same_pairs_with_the_same_scores(seed: int, policy: str) -> None:
    snapshot = random_town(seed).snapshot("eco")
    plain, other = (suggest(snapshot, "p0", SuggestionRequest(limit=200, policy=name)) for name in ("likely", policy))
    assert sorted(others(plain)) == sorted(others(other))
    priorities = [one.priority for one in other.suggestions if one.confirmed]
    assert priorities == sorted(priorities, reverse=True)
