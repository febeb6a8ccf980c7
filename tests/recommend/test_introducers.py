"""Introducers: who is tied to both, may say so, and wouldn't compete for the same answer."""

from matchmaker.model.canonical import Value
from matchmaker.model.suggestion import Introducer
from matchmaker.model.vocabulary import Audience, Label, PatternName, TieType
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.disclosure import disclose
from matchmaker.testing.world import World

SCHOOL_INFORMAL = SuggestionRequest(PatternName.SCHOOL_INFORMAL)


def town(*between: tuple[str, str]) -> World:
    """A school, a museum, and some who work with both; all take part."""
    world = World()
    world.ecosystem("eco", country="US")
    world.partner("school", "k12_school", north=0.0)
    world.partner("museum", "museum", north=1.0)
    for name, type in between:
        world.partner(name, type)
        world.tie(TieType.PARTNERS_WITH, name, "school")
        world.tie(TieType.PARTNERS_WITH, name, "museum")
    world.participate("eco", "school", "museum", *(name for name, _ in between))
    return world


def introducer(world: World) -> Introducer | None:
    [one] = [
        found
        for found in suggest(world.snapshot("eco"), "school", SCHOOL_INFORMAL).suggestions
        if found.target == "museum"
    ]
    return one.introducer


def named(world: World) -> str:
    found = introducer(world)
    return found.id if found is not None else ""


def test_a_partner_tied_to_both_is_named_with_its_two_ties() -> None:
    found = introducer(town(("church", "faith_organization")))
    assert found is not None
    assert (found.id, found.name) == ("church", "Church")
    assert found.to_source == "Church is tied to both of you and could introduce you to Museum."
    assert found.to_target == "Church is tied to both of you and could introduce you to School."
    assert [fact.sentence for fact in found.facts] == ["Church works with School.", "Church works with Museum."]
    assert all("church" in fact.elements for fact in found.facts)


def test_nobody_tied_to_one_of_them_only_is() -> None:
    world = town(("church", "faith_organization")).without_tie(TieType.PARTNERS_WITH, "church", "museum")
    assert introducer(world) is None


def test_whoever_would_compete_for_the_same_answer_is_not() -> None:
    assert named(town(("library", "library"))) == ""
    assert named(town(("other-school", "private_school"))) == ""
    assert named(town(("library", "library"), ("company", "employer"))) == "company"


def test_the_deepest_then_the_most_recent_ties_win() -> None:
    world = town(("a-church", "faith_organization"), ("b-house", "community_organization"), ("c-fund", "funder"))
    assert named(world) == "a-church"
    for end in ("school", "museum"):
        world = world.without_tie(TieType.PARTNERS_WITH, "b-house", end)
        world.tie(TieType.PARTNERS_WITH, "b-house", end, since="2025-01")
    assert named(world) == "b-house"
    for end in ("school", "museum"):
        world = world.without_tie(TieType.PARTNERS_WITH, "c-fund", end)
        world.tie(TieType.PARTNERS_WITH, "c-fund", end, since="2015-01", level_by_source=4, level_by_target=3)
    assert named(world) == "c-fund"


def test_a_strong_tie_to_one_does_not_make_up_for_a_weak_one_to_the_other() -> None:
    world = town(("a-church", "faith_organization"), ("b-house", "community_organization"))
    world = world.without_tie(TieType.PARTNERS_WITH, "b-house", "school")
    world.tie(TieType.PARTNERS_WITH, "b-house", "school", level_by_source=5, level_by_target=5)
    assert named(world) == "a-church"


def test_of_equal_ones_the_one_that_is_asked_least_is() -> None:
    world = town(("a-church", "faith_organization"), ("b-house", "community_organization"))
    world.partner("zoo", "museum")
    world.participate("eco", "zoo")
    fields: dict[str, Value | None] = {
        "pattern": "cross_sector",
        "source": "a-church",
        "target": "zoo",
        "round": 0,
        "changed_on": "2026-08-30",
    }
    world.node(
        Label.SUGGESTION,
        "suggestion:1",
        state="asked",
        source_asked_on=("2026-08-30",),
        waiting_for=("source",),
        asked_on="2026-08-30",
        **fields,
    )
    assert named(world) == "b-house"


def test_who_has_closed_paused_or_does_not_take_part_is_not() -> None:
    world = town(("church", "faith_organization"))
    closed = World(list(world.nodes), [one for one in world.records if one.about != "church"], list(world.ties))
    closed.partner("church", "faith_organization", closed_on="2020-01-01")
    assert introducer(closed) is None
    paused = world.without_tie(TieType.PARTICIPATES_IN, "church", "eco")
    paused.participate("eco", "church", status="paused")
    assert introducer(paused) is None


def test_an_operator_is_no_introducer_of_its_own_program() -> None:
    world = town()
    world.partner("house", "youth_organization", north=1.0)
    world.program("club", "afterschool_program", "house")
    world.participate("eco", "house")
    world.tie(TieType.HAS_AGREEMENT_WITH, "house", "school", kind="data sharing")
    listed = suggest(world.snapshot("eco"), "school", SuggestionRequest(PatternName.SCHOOL_OUT_OF_SCHOOL))
    assert [(one.target, one.introducer) for one in listed.suggestions] == [("club", None)]


def test_partners_are_told_of_an_introducer_whose_ties_they_may_see() -> None:
    world = town(("church", "faith_organization"))
    snapshot = world.snapshot("eco")
    shown = disclose(suggest(snapshot, "school", SCHOOL_INFORMAL), snapshot, Audience.PARTNER)
    assert [one.introducer.id for one in shown.suggestions if one.introducer is not None] == ["church"]
    hidden = town(("church", "faith_organization")).without_tie(TieType.PARTNERS_WITH, "church", "museum")
    hidden.tie(TieType.PARTNERS_WITH, "church", "museum", visibility="staff")
    snapshot = hidden.snapshot("eco")
    assert introducer(hidden) is not None
    shown = disclose(suggest(snapshot, "school", SCHOOL_INFORMAL), snapshot, Audience.PARTNER)
    assert [one.introducer for one in shown.suggestions] == [None]
