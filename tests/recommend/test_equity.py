"""What makes a college equity-focused: every rule, its words, and what is never enough."""

import datetime

import pytest

from matchmaker.model.canonical import Value
from matchmaker.model.vocabulary import Label, PatternName, TieType
from matchmaker.recommend.equity import EquityRule, EquityStanding, equity_standing
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.pipeline import explain, suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.testing.world import World

PATTERN = PatternName.PCSP_COLLEGE


def world_with(**fields: Value) -> World:
    world = World()
    world.partner("house", "youth_organization")
    world.program("pcsp", "pcsp", "house", stages=("grades_9_12",))
    world.partner("college", "four_year_college", **{"control": "public", "degree_granting": True, **fields})
    return world


def standing(world: World, day: str = "2026-09-01") -> EquityStanding:
    snapshot = world.snapshot(as_of=datetime.date.fromisoformat(day))
    organizations = index_snapshot(snapshot).organizations
    return equity_standing(snapshot, organizations, snapshot.index_of("college"), snapshot.index_of("pcsp"))


def designate(world: World, code: str, basis: str, year: int) -> str:
    return world.fact("college", Label.DESIGNATION, f"designation:{code}", code=code, basis=basis, year=year)


def test_nothing_recorded_is_not_enough_and_not_held_against_it() -> None:
    found = standing(world_with())
    assert (found.rule, found.qualifies) == (EquityRule.NONE, False)
    assert found.sentence == "No mission by statute, dated practice or context is recorded for College."


@pytest.mark.parametrize(
    ("code", "year", "words"),
    [
        ("hbcu", 2025, "a historically Black college, as recorded for 2025."),
        ("tribal", 2026, "a tribal college, as recorded for 2026."),
        ("hbcu", 2020, "a historically Black college, as recorded for 2020, more than two years ago."),
    ],
)
def test_a_mission_by_statute_is_enough_and_says_when_it_was_recorded(code: str, year: int, words: str) -> None:
    world = world_with()
    node = designate(world, code, "statutory", year)
    found = standing(world)
    assert (found.rule, found.confirmed) == (EquityRule.STATUTE, True)
    assert found.sentence == f"Equity-focused by statute: {words}"
    assert node in found.facts[0].elements


def commit(world: World, **fields: Value) -> None:
    world.initiative("pledge")
    world.tie(TieType.COMMITTED_TO, "college", "pledge", **fields)


def test_a_declared_commitment_needs_its_date_and_its_link() -> None:
    world = world_with()
    commit(world, link="https://college.example/pledge", since="2025-02")
    found = standing(world)
    assert found.rule is EquityRule.COMMITMENT
    assert found.sentence == (
        "Equity-focused by practice: a declared commitment to Pledge (2025-02, https://college.example/pledge)."
    )
    for fields in ({"since": "2025-02"}, {"link": "https://college.example/pledge", "observed_on": ""}):
        world = world_with()
        commit(world, **fields)
        assert standing(world).rule is EquityRule.NONE


@pytest.mark.parametrize(("kind", "counts"), [("transfer", True), ("bridge_program", True), ("facility_use", False)])
def test_a_transfer_or_bridge_agreement_is_practice(kind: str, counts: bool) -> None:
    world = world_with()
    world.partner("two-year", "two_year_college")
    world.tie(TieType.HAS_AGREEMENT_WITH, "two-year", "college", kind=kind, since="2024")
    assert (standing(world).rule is EquityRule.AGREEMENT) == counts


def test_need_based_aid_is_practice_with_the_date_of_its_record() -> None:
    found = standing(world_with(need_based_aid=True))
    assert (found.rule, found.sentence) == (
        EquityRule.NEED_BASED_AID,
        "Equity-focused by practice: it meets need with grants (2026-01).",
    )
    assert standing(world_with(need_based_aid=False)).rule is EquityRule.NONE


def test_recognition_of_another_operator_s_program_is_practice_but_not_of_its_own_or_of_this_one() -> None:
    world = world_with()
    world.partner("museum", "museum")
    world.program("other", "pcsp", "museum")
    world.tie(TieType.RECOGNIZES, "college", "other", since="2024")
    assert standing(world).rule is EquityRule.RECOGNITION
    world = world_with()
    world.program("own", "pcsp", "college")
    world.tie(TieType.RECOGNIZES, "college", "own", since="2024")
    world.tie(TieType.RECOGNIZES, "college", "pcsp", since="2024")
    assert standing(world).rule is EquityRule.NONE
    world = world_with()
    world.partner("center", "university_center")
    world.tie(TieType.PART_OF, "center", "college", kind="university")
    world.program("of-the-center", "pcsp", "center")
    world.tie(TieType.RECOGNIZES, "college", "of-the-center", since="2024")
    assert standing(world).rule is EquityRule.NONE


def test_a_minority_serving_grant_is_practice_while_it_is_fresh() -> None:
    world = world_with()
    designate(world, "hsi", "grantee", 2024)
    assert standing(world).rule is EquityRule.GRANT
    stale = standing(world, "2027-01-01")
    assert (stale.rule, stale.confirmed) == (EquityRule.CONTEXT, False)
    assert stale.sentence == "Enrolls many Hispanic students (HSI, grantee, 2024, stale); practice not confirmed."


def test_enrolment_alone_is_context_and_listed_after_all_others() -> None:
    world = world_with(cip_fields=("11",))
    designate(world, "hsi", "enrollment_threshold", 2025)
    found = standing(world)
    assert (found.rule, found.qualifies, found.confirmed) == (EquityRule.CONTEXT, True, False)
    assert found.sentence == (
        "Enrolls many Hispanic students (HSI, enrollment threshold, 2025); practice not confirmed."
    )
    world.partner("plain", "four_year_college", control="public", degree_granting=True, need_based_aid=True)
    world.tie(TieType.PARTNERS_WITH, "house", "college")
    snapshot = world.snapshot()
    listed = suggest(snapshot, "pcsp", SuggestionRequest(PATTERN)).suggestions
    assert [(one.target, one.confirmed) for one in listed] == [("plain", True), ("college", False)]
    assert listed[1].priority > listed[0].priority
    assert listed[1].notes == (found.sentence,)
    without = suggest(snapshot, "pcsp", SuggestionRequest(PATTERN, context_colleges=False)).suggestions
    assert [one.target for one in without] == ["plain"]


@pytest.mark.parametrize(("share", "listed"), [(0.5, True), (0.49, False)])
def test_a_large_pell_share_is_context(share: float, listed: bool) -> None:
    assert standing(world_with(pell_share=share)).qualifies is listed


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"control": "private_for_profit"}, "is run for profit"),
        ({"closed_on": "2026"}, "closed on 2026"),
        ({"degree_granting": False}, "grants no degrees"),
    ],
)
def test_some_never_count_whatever_else_is_recorded(fields: dict[str, Value], words: str) -> None:
    world = world_with(**{"need_based_aid": True, **fields})
    designate(world, "hbcu", "statutory", 2026)
    found = standing(world)
    assert (found.rule, found.qualifies) == (EquityRule.NEVER, False)
    assert found.sentence == f"College {words}, so it never counts as equity-focused."
    assert suggest(world.snapshot(), "pcsp", SuggestionRequest(PATTERN)).suggestions == ()


def test_the_field_has_to_match_where_both_are_recorded() -> None:
    world = world_with(need_based_aid=True, cip_fields=("26", "50"))
    world.about("pcsp", "11.0701", "computer science")
    explained = explain(world.snapshot(), "pcsp", "college").patterns
    found = next(one for one in explained if one.pattern is PATTERN)
    rules = {rule.name: rule for rule in found.rules}
    assert not rules["matching_field"].met
    world.about("pcsp", "26.0101", "biology")
    assert suggest(world.snapshot(), "pcsp", SuggestionRequest(PATTERN)).suggestions[0].target == "college"


def test_fields_that_are_not_recorded_exclude_nobody_and_are_named() -> None:
    world = world_with(need_based_aid=True)
    world.about("pcsp", "11.0701", "computer science")
    listed = suggest(world.snapshot(), "pcsp", SuggestionRequest(PATTERN)).suggestions
    assert "fields" in next(words for words in listed[0].unknowns if words.startswith("Not recorded for College"))
    world = world_with(need_based_aid=True, cip_fields=("50", "54"))
    assert suggest(world.snapshot(), "pcsp", SuggestionRequest(PATTERN)).suggestions == ()


def test_the_rule_is_printed_for_both_sides_and_falls_with_its_fact() -> None:
    world = world_with(need_based_aid=True)
    designate(world, "tribal", "statutory", 2026)
    one = suggest(world.snapshot(), "pcsp", SuggestionRequest(PATTERN)).suggestions[0]
    assert [reasons[0].feature for reasons in one.reasons.values()] == ["equity_rule", "equity_rule"]
    assert one.notes == ("Equity-focused by statute: a tribal college, as recorded for 2026.",)
    bare = world.without_node("designation:tribal")
    one = suggest(bare.snapshot(), "pcsp", SuggestionRequest(PATTERN)).suggestions[0]
    assert one.notes == ("Equity-focused by practice: it meets need with grants (2026-01).",)
