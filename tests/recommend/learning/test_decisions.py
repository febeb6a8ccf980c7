"""What of people's decisions teaches, and how much."""

import datetime
import itertools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from matchmaker.model.canonical import Value
from matchmaker.model.ids import NodeId
from matchmaker.model.suggestion import suggestion_id
from matchmaker.model.vocabulary import DeclineReason, Label, PatternName, SuggestionState
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.learning.decisions import (
    TAUGHT_BY,
    ShownPair,
    decision_examples,
    examination,
    find_decisions,
    find_passed_over,
)
from matchmaker.recommend.learning.examples import present_ids
from matchmaker.recommend.learning.windows import Part, make_windows
from matchmaker.testing.world import World

N = PatternName
UNTIL = datetime.date(2026, 1, 1)


def town(*suggested: Mapping[str, Value]) -> World:
    world = World()
    world.ecosystem("eco")
    world.partner("school", "k12_school", north=0.0)
    world.partner("museum", "museum", north=3.0)
    world.partner("library", "library", north=1.0)
    world.participate("eco", "school", "museum", "library")
    for number, fields in enumerate(suggested):
        held: dict[str, Value] = {
            "pattern": "school_informal",
            "source": "school",
            "target": "museum",
            "suggested_on": "2025-05-04",
            "owner": "eco",
        }
        world.node(Label.SUGGESTION, f"suggestion-{number}", **{**held, **fields})
    always = [replace(record, provenance=replace(record.provenance, observed_on=None)) for record in world.records]
    return World(world.nodes, always, world.ties)


def decisions_of(*suggested: Mapping[str, Value]) -> list[tuple[bool, float]]:
    return [(one.agreed, one.weight) for one in find_decisions(town(*suggested).snapshot("eco", UNTIL))]


@pytest.mark.parametrize("state", [SuggestionState.AGREED, SuggestionState.ACTIVE, SuggestionState.ENDED])
def test_who_agreed_teaches_in_full(state: SuggestionState) -> None:
    assert decisions_of({"state": state.value}) == [(True, 1.0)]


@pytest.mark.parametrize(("reason", "weight"), TAUGHT_BY.items())
def test_a_decline_teaches_by_its_reason(reason: DeclineReason, weight: float) -> None:
    expected = [(False, weight)] if weight else []
    assert decisions_of({"state": "declined", "decline_reason": reason.value}) == expected


def test_every_reason_has_a_weight_and_none_counts_half() -> None:
    assert set(TAUGHT_BY) == set(DeclineReason)
    assert decisions_of({"state": "declined"}) == [(False, 0.5)]


@pytest.mark.parametrize("state", ["suggested", "shortlisted", "asked", "introduced", "met", "snoozed", "expired"])
def test_what_is_open_or_was_put_off_or_went_unanswered_teaches_nothing(state: str) -> None:
    assert decisions_of({"state": state}) == []


def test_what_was_drawn_by_chance_counts_for_those_that_were_not() -> None:
    assert decisions_of({"state": "agreed", "propensity": 0.25}) == [(True, 4.0)]
    assert decisions_of({"state": "agreed", "propensity": 0.001}) == [(True, 10.0)]


def shown(position: int, day: datetime.date, other: str = "museum", **more: float) -> ShownPair:
    id = suggestion_id("eco", N.SCHOOL_INFORMAL, ("school", other))
    return ShownPair(id, NodeId("school"), NodeId(other), day, position, **more)


def test_what_was_passed_over_counts_as_far_as_it_was_looked_at() -> None:
    spring = datetime.date(2025, 4, 1)
    found = find_passed_over("eco", [shown(7, spring), shown(3, spring, "library")], (), UNTIL)
    weights = {one.ends[1]: one.weight for one in found}
    assert weights == pytest.approx({"museum": 0.1 / 3, "library": 0.05})
    assert {one.pattern for one in found} == {N.SCHOOL_INFORMAL}
    assert not any(one.agreed or one.decided for one in found)
    drawn = find_passed_over("eco", [shown(1, spring, propensity=0.5)], (), UNTIL)
    assert drawn[0].weight == pytest.approx(0.2)


def test_shown_often_counts_once_where_it_stood_highest_and_acted_on_not_at_all() -> None:
    spring = datetime.date(2025, 4, 1)
    [once] = find_passed_over("eco", [shown(5, spring), shown(1, spring), shown(9, spring)], (), UNTIL)
    assert once.weight == pytest.approx(0.1)
    assert find_passed_over("eco", [shown(1, spring)], {once.id}, UNTIL) == []
    assert find_passed_over("eco", [shown(1, datetime.date(2025, 11, 1))], (), UNTIL) == []
    strange = ShownPair("suggestion:unknown", NodeId("school"), NodeId("museum"), spring, 1)
    assert find_passed_over("eco", [strange], (), UNTIL) == []


def test_lower_positions_are_looked_at_less() -> None:
    seen = [examination(position) for position in range(1, 30)]
    assert seen[0] == 1.0
    assert all(after < before for before, after in itertools.pairwise(seen))


def test_examples_are_measured_as_of_the_quarters_eve_and_fall_into_their_window() -> None:
    world = town({"state": "active"}, {"state": "declined", "target": "library", "suggested_on": "2023-08"})
    today = SnapshotIndex(world.snapshot("eco", UNTIL))
    asked: list[datetime.date] = []

    def index_at(day: datetime.date) -> SnapshotIndex:
        asked.append(day)
        return SnapshotIndex(world.snapshot("eco", day))

    windows = make_windows(UNTIL, 4)
    found = decision_examples(find_decisions(today.snapshot), index_at, windows, present_ids(today))
    examples = found[N.SCHOOL_INFORMAL]
    assert asked == [datetime.date(2023, 6, 30), datetime.date(2025, 3, 31)]
    assert examples.formed.tolist() == [False, True]
    assert examples.weights.tolist() == [0.5, 1.0]
    assert {part: len(ids) for part, ids in examples.ties.items() if ids} == {Part.FIT: 1, Part.JUDGE: 1}
    assert np.isfinite(examples.values).any(axis=1).all()


def test_the_other_way_round_is_the_same_pair() -> None:
    usual, turned = town({"state": "active"}), town({"state": "active", "source": "museum", "target": "school"})

    def values_of(world: World) -> NDArray[np.float64]:
        index = SnapshotIndex(world.snapshot("eco", UNTIL))
        windows, present = make_windows(UNTIL, 3), present_ids(index)
        return decision_examples(find_decisions(index.snapshot), lambda _: index, windows, present)[
            N.SCHOOL_INFORMAL
        ].values

    assert np.array_equal(values_of(usual), values_of(turned), equal_nan=True)


def test_a_partner_that_has_withdrawn_since_teaches_nothing() -> None:
    index = SnapshotIndex(town({"state": "active"}).snapshot("eco", UNTIL))
    found = find_decisions(index.snapshot)
    present = present_ids(index) - {NodeId("museum")}
    assert len(found) == 1
    assert decision_examples(found, lambda _: index, make_windows(UNTIL, 3), present) == {}
