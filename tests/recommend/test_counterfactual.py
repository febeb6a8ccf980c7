"""Counterfactuals: what is said would move somebody up does move it there, and says nothing it shouldn't."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.model.elements import Record
from matchmaker.model.suggestion import Counterfactual, SuggestionList
from matchmaker.model.vocabulary import PatternName, TieType
from matchmaker.recommend.counterfactual import ordinal, share_at
from matchmaker.recommend.pipeline import explain, suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.scoring.additive import PiecewiseTable
from matchmaker.testing.random_town import random_town
from matchmaker.testing.world import World

TEN = SuggestionRequest(limit=10)
STAGES = {"kindergarten to grade 2": "k_2", "grades 6 to 8": "grades_6_8", "grades 9 to 12": "grades_9_12"}
STAGES |= {"four-year college": "postsecondary_four_year"}
FORBIDDEN = re.compile(r"rating|trust|level|declin|answer|population|race|income|enrol|resident", re.IGNORECASE)


def others(listed: SuggestionList) -> list[str]:
    return [one.target if one.source == listed.subject else one.source for one in listed.suggestions]


def told(listed: SuggestionList) -> list[Counterfactual]:
    near = [one.counterfactual for one in listed.just_below]
    return [one.counterfactual for one in listed.suggestions if one.counterfactual is not None] + near


def with_fields(world: World, id: str, **fields: str) -> World:
    kept = [
        Record(one.about, one.label, {**one.properties, **fields}, one.owner, one.provenance)
        if one.about == id
        else one
        for one in world.records
    ]
    return World(list(world.nodes), kept, list(world.ties))


def changed(world: World, told: Counterfactual) -> World | None:
    """The world in which what is told has happened; None where it happened to somebody's operator instead."""
    if told.feature.startswith("capacity"):
        return with_fields(world, told.about, capacity_status="open", capacity_updated_on="2026-08")
    if told.feature == "stage_fit":
        stage = next(stage for words, stage in STAGES.items() if words in told.sentence)
        grown = World(list(world.nodes), list(world.records), list(world.ties))
        grown.serve(told.about, stage)
        return grown
    if told.feature.endswith("needs_met"):
        words = re.findall(r"offered (.+), which", told.sentence)[0]
        grown = World(list(world.nodes), list(world.records), list(world.ties))
        grown.offer(told.about, words.replace(" ", "_"))
        return grown
    return None


@given(st.integers(0, 100_000))
def test_what_is_told_comes_true(seed: int) -> None:
    world = random_town(seed, programs=0)
    listed = suggest(world.snapshot("eco"), "p0", TEN)
    for one in told(listed):
        then = changed(world, one)
        if then is None or "could" in one.sentence or "those who run it" in one.sentence:
            continue
        after = suggest(then.snapshot("eco"), "p0", TEN)
        # A change may bring the pair under another kind of link that fits it better still.
        assert others(after).index(one.about) + 1 <= one.position
        before = others(listed).index(one.about) + 1 if one.about in others(listed) else 11
        assert one.position < before


@given(st.integers(0, 100_000))
def test_nothing_that_nobody_should_change_is_told(seed: int) -> None:
    listed = suggest(random_town(seed).snapshot("eco"), "p0", TEN)
    for one in told(listed):
        assert FORBIDDEN.search(one.sentence) is None
        assert ordinal(one.position) in one.sentence
        assert one.to_party.startswith("You would stand higher for P0 if ") or one.to_party.startswith("You could")
        assert not re.search(r"\d", one.to_party.replace("P0", "").replace("grade", "")[:40])
    first = listed.suggestions[0] if listed.suggestions else None
    assert first is None or first.counterfactual is None


def street() -> World:
    """A school, and two museums of which the nearer one stands first."""
    world = World()
    world.ecosystem("eco", country="US")
    world.partner("school", "k12_school", north=0.0)
    world.serve("school", "grades_6_8")
    world.partner("near", "museum", north=2.0)
    world.partner("far", "museum", north=9.0)
    world.participate("eco", "school", "near", "far")
    return world


SCHOOL = SuggestionRequest(PatternName.SCHOOL_INFORMAL)


def test_the_change_that_takes_the_least_is_told_of_those_that_bring_as_much() -> None:
    listed = suggest(street().snapshot("eco"), "school", SCHOOL)
    assert others(listed) == ["near", "far"]
    [one] = told(listed)
    assert (one.feature, one.about, one.position) == ("stage_fit", "far", 1) or one.feature == "capacity_target"
    assert one.sentence.startswith("Far would stand first if it ")


def test_seats_in_the_stages_that_a_school_serves_would_bring_a_museum_first() -> None:
    world = street()
    for museum in ("near", "far"):
        world = with_fields(world, museum, capacity_status="open", capacity_updated_on="2026-08")
    [one] = told(suggest(world.snapshot("eco"), "school", SCHOOL))
    assert (one.feature, one.position) == ("stage_fit", 1)
    assert one.sentence == "Far would stand first if it served grades 6 to 8."
    assert one.to_party == "You would stand higher for School if you served grades 6 to 8."


def test_a_place_that_is_not_recorded_is_told_as_what_could_be() -> None:
    world = street().without_node("near")
    world.partner("nowhere", "museum")
    world.participate("eco", "nowhere")
    for museum in ("far", "nowhere"):
        world = with_fields(world, museum, capacity_status="open", capacity_updated_on="2026-08")
        world.serve(museum, "grades_6_8")
    listed = suggest(world.snapshot("eco"), "school", SCHOOL)
    assert others(listed) == ["far", "nowhere"]
    [one] = told(listed)
    assert (one.feature, one.position) == ("distance_km", 1)
    assert one.sentence == "Nowhere could stand first if its exact place were recorded and turned out to be near."


def test_an_offer_of_what_is_needed_is_told_with_the_need() -> None:
    world = street()
    for museum in ("near", "far"):
        world = with_fields(world, museum, capacity_status="open", capacity_updated_on="2026-08")
        world.serve(museum, "grades_6_8")
    world.need("school", "mentors")
    [one] = told(suggest(world.snapshot("eco"), "school", SCHOOL))
    assert one.sentence == "Far would stand first if it offered mentors, which School needs."
    assert one.to_party == "You would stand higher for School if you offered mentors."
    assert [fact.sentence for fact in one.facts] == ["School needs mentors."]


def test_nobody_else_can_say_what_an_initiative_or_an_ownerless_program_takes_on() -> None:
    world = street()
    world.initiative("circle", "near")
    world.program("club", "afterschool_program", stages=("grades_6_8",))
    world.tie(TieType.OFFERED_AT, "club", "near")
    listed = suggest(world.snapshot("eco"), "school", TEN)
    assert {"circle", "club"} & set(others(listed))
    assert [one for one in told(listed) if one.about in {"circle", "club"} and "capacity" in one.feature] == []


def test_an_explanation_says_where_a_pair_stands_and_what_would_help() -> None:
    world = street()
    found = explain(world.snapshot("eco"), "school", "far", SCHOOL)
    assert (found.place, found.patterns[0].suggestion.showing.position) == (2, 2)
    assert found.patterns[0].suggestion.counterfactual is not None
    full = with_fields(world, "far", capacity_status="closed")
    excluded = explain(full.snapshot("eco"), "school", "far", SCHOOL)
    assert (excluded.place, excluded.best) == (0, None)
    assert excluded.patterns[0].would_help == "It could be suggested if that one said that it can take on more."


def test_two_rules_in_the_way_promise_nothing() -> None:
    world = with_fields(street(), "far", capacity_status="closed", closed_on="2020-01-01")
    excluded = explain(world.snapshot("eco"), "school", "far", SCHOOL)
    assert excluded.patterns[0].would_help == ""


def test_those_just_below_are_told_with_their_place() -> None:
    world = street()
    for number in range(4):
        world.partner(f"further-{number}", "museum", north=12.0 + number)
        world.participate("eco", f"further-{number}")
    listed = suggest(world.snapshot("eco"), "school", replace(SCHOOL, limit=2))
    assert others(listed) == ["near", "far"]
    assert [(one.other, one.place) for one in listed.just_below] == [("further-0", 3), ("further-1", 4)]
    assert all(one.counterfactual.position <= 2 for one in listed.just_below)


@pytest.mark.parametrize(
    ("number", "words"), [(1, "first"), (10, "tenth"), (11, "11th"), (12, "12th"), (22, "22nd"), (103, "103rd")]
)
def test_places_in_words(number: int, words: str) -> None:
    assert ordinal(number) == words


def test_a_share_at_one_value_is_the_table_s() -> None:
    table = PiecewiseTable((0.0, 10.0), (0.0, 1.0), log=True)
    assert share_at(table, 10.0) == 1.0
    assert share_at(table, float("nan")) == 0.0
