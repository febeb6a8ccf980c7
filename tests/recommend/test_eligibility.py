"""Every hard rule, met and failed, with its sentence; and that a list and an explanation agree."""

import datetime
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.model.canonical import Value
from matchmaker.model.vocabulary import Label, OrganizationType, PatternName, ProgramType, TieType
from matchmaker.recommend.candidates import find_rows, rows_of_pair
from matchmaker.recommend.eligibility import find_eligible, judge_pair
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.pipeline import explain, suggest
from matchmaker.recommend.pools import find_pools
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.roles import role_of
from matchmaker.recommend.rules.rule import RuleOutcome
from matchmaker.testing.world import World

N = PatternName


def failing(
    world: World, first: str, second: str, pattern: PatternName, ecosystem: str = "", day: str = "2026-09-01"
) -> list[RuleOutcome]:
    snapshot = world.snapshot(ecosystem, datetime.date.fromisoformat(day))
    found = [one for one in explain(snapshot, first, second).patterns if one.pattern is pattern]
    listed = suggest(snapshot, first, SuggestionRequest(pattern, limit=100)).suggestions
    assert any(second in {one.source, one.target} for one in listed) == any(one.eligible for one in found)
    return [rule for rule in found[0].rules if not rule.met]


def school_and_museum(**fields: Value) -> World:
    world = World()
    world.partner("school", "k12_school")
    world.partner("museum", "museum", **fields)
    return world


def names(rules: list[RuleOutcome]) -> list[str]:
    return [rule.name for rule in rules]


def test_two_of_whom_little_is_recorded_may_be_suggested() -> None:
    assert failing(school_and_museum(), "school", "museum", N.SCHOOL_INFORMAL) == []


def test_one_of_one_sector_is_not_suggested_where_two_are_joined() -> None:
    world = World()
    world.partner("library", "library")
    world.partner("museum", "museum")
    rules = failing(world, "library", "museum", N.CROSS_SECTOR)
    assert names(rules) == ["sectors_differ"]
    assert rules[0].sentence == "Both are in informal learning; this kind of link joins two sectors."


@pytest.mark.parametrize("type", [TieType.PARTNERS_WITH, TieType.HOSTS_WBL])
def test_those_who_are_linked_are_told_so_with_the_tie(type: TieType) -> None:
    world = school_and_museum(wbl_offered=("job_shadow",))
    tie = world.tie(type, "museum", "school")
    rules = failing(world, "school", "museum", N.SCHOOL_INFORMAL)
    assert names(rules) == ["not_linked"]
    assert tie in rules[0].facts[0].elements
    assert rules[0].sentence.startswith("They are linked already: ")


def test_an_ended_tie_links_no_longer() -> None:
    world = school_and_museum()
    world.tie(TieType.PARTNERS_WITH, "museum", "school", since="2026-03", until="2026-05")
    assert failing(world, "school", "museum", N.SCHOOL_INFORMAL) == []
    assert names(failing(world, "school", "museum", N.SCHOOL_INFORMAL, day="2026-04-01")) == ["not_linked"]


def test_a_program_is_linked_through_its_operator_its_host_and_the_district_s_schools() -> None:
    world = World()
    world.partner("district", "school_district")
    for school in ("school", "next-school"):
        world.partner(school, "k12_school")
        world.tie(TieType.PART_OF, school, "district", kind="district")
    world.partner("house", "afterschool_provider")
    world.program("club", "afterschool_program", "house")
    world.program("other-club", "afterschool_program", "house")
    world.tie(TieType.OFFERED_AT, "club", "school")
    pattern = N.SCHOOL_OUT_OF_SCHOOL
    assert names(failing(world, "school", "club", pattern)) == ["not_linked"]
    assert names(failing(world, "district", "club", pattern)) == ["not_linked"]
    assert failing(world, "next-school", "club", pattern) == []
    assert failing(world, "school", "other-club", pattern) == []
    world.tie(TieType.PARTNERS_WITH, "house", "next-school")
    assert names(failing(world, "next-school", "club", pattern)) == ["not_linked"]


def test_what_is_its_own_is_not_suggested() -> None:
    world = World()
    world.partner("university", "four_year_college", need_based_aid=True)
    world.partner("center", "university_center")
    world.tie(TieType.PART_OF, "center", "university", kind="university")
    world.program("pcsp", "pcsp", "center", stages=("grades_9_12",))
    assert names(failing(world, "pcsp", "university", N.PCSP_COLLEGE)) == ["not_own"]
    world.partner("works", "employer")
    world.program("internship", "internship", "works")
    assert names(failing(world, "internship", "works", N.PROGRAM_EMPLOYER)) == ["not_own"]
    world.program("first", "club", "works", stages=("grades_6_8",))
    world.program("second", "club", "works", stages=("grades_9_12",))
    assert names(failing(world, "first", "second", N.PROGRAM_NEXT_STEP)) == ["not_own"]


def test_who_is_too_far_is_told_how_far_and_the_reach_is_the_ecosystem_s_own() -> None:
    world = World()
    world.ecosystem("eco", country="US", reach_km=20.0)
    world.partner("school", "k12_school", north=0.0)
    world.partner("near", "museum", north=19.0)
    world.partner("far", "museum", north=21.0)
    world.participate("eco", "school", "near", "far")
    assert failing(world, "school", "near", N.SCHOOL_INFORMAL, "eco") == []
    rules = failing(world, "school", "far", N.SCHOOL_INFORMAL, "eco")
    assert names(rules) == ["within_reach"]
    assert rules[0].sentence == (
        "School and Far are about 13.0 miles apart (straight line, nearest sites). Within reach is 12.4 miles."
    )
    assert failing(world, "school", "far", N.SCHOOL_INFORMAL) == []


def test_the_same_county_counts_as_reach_and_an_unknown_place_excludes_nobody() -> None:
    world = World()
    world.place("county")
    world.partner("school", "k12_school", north=0.0)
    world.partner("far", "museum", north=90.0)
    world.partner("somewhere", "museum")
    assert names(failing(world, "school", "far", N.SCHOOL_INFORMAL)) == ["within_reach"]
    assert failing(world, "school", "somewhere", N.SCHOOL_INFORMAL) == []
    for end in ("school", "far"):
        world.tie(TieType.LOCATED_IN, end, "county")
    assert failing(world, "school", "far", N.SCHOOL_INFORMAL) == []


def test_in_an_ecosystem_who_is_not_placed_must_be_a_member_and_in_public_not_of_another_region() -> None:
    world = World()
    world.ecosystem("eco", country="US")
    world.partner("school", "k12_school", region="US-OR")
    world.partner("far-hub", "intermediary", region="US-NY")
    world.partner("hub", "intermediary", region="US-OR")
    world.partner("other-hub", "intermediary")
    world.participate("eco", "school", "hub")
    assert failing(world, "school", "hub", N.CROSS_SECTOR, "eco") == []
    rules = failing(world, "school", "other-hub", N.CROSS_SECTOR, "eco")
    assert names(rules) == ["within_reach"]
    assert rules[0].sentence.startswith("Nothing recorded puts the two within reach of each other")
    assert failing(world, "school", "other-hub", N.CROSS_SECTOR) == []
    assert names(failing(world, "school", "far-hub", N.CROSS_SECTOR)) == ["within_reach"]


def test_a_placed_partner_outside_is_out_of_reach_of_a_member_of_whom_no_place_is_recorded() -> None:
    world = World()
    world.ecosystem("eco", country="US")
    world.partner("school", "k12_school")
    world.partner("anchor", "museum", north=0.0)
    world.partner("far-college", "four_year_college", north=900.0)
    world.participate("eco", "school", "anchor")
    assert failing(world, "school", "anchor", N.SCHOOL_INFORMAL, "eco") == []
    assert names(failing(world, "school", "far-college", N.CROSS_SECTOR, "eco")) == ["within_reach"]


def test_an_ecosystem_without_members_reaches_its_own_region() -> None:
    world = World()
    world.ecosystem("eco", country="US", region="US-OR")
    for name, region in (("near", "US-OR"), ("far", "US-NY")):
        world.partner(f"house-{name}", "youth_organization", region=region)
        world.program(name, "pcsp", f"house-{name}", stages=("grades_9_12",))
    assert failing(world, "eco", "near", N.ECOSYSTEM_PCSP) == []
    assert names(failing(world, "eco", "far", N.ECOSYSTEM_PCSP)) == ["within_reach"]


def test_an_initiative_is_within_reach_where_a_member_is() -> None:
    world = World()
    world.ecosystem("eco", country="US")
    world.partner("school", "k12_school", north=0.0, region="US-OR")
    world.partner("member", "museum", north=5.0, region="US-OR")
    world.partner("far-member", "four_year_college", north=900.0, region="US-NY")
    world.participate("eco", "school", "member")
    world.initiative("near-circle", "member")
    world.initiative("far-circle", "far-member")
    world.initiative("empty-circle")
    assert failing(world, "school", "near-circle", N.PARTNER_INITIATIVE, "eco") == []
    assert failing(world, "school", "empty-circle", N.PARTNER_INITIATIVE, "eco") == []
    assert names(failing(world, "school", "far-circle", N.PARTNER_INITIATIVE, "eco")) == ["within_reach"]


def test_peers_are_elsewhere() -> None:
    world = World()
    for name, north in (("one", 0.0), ("two", 10.0), ("three", 400.0)):
        world.partner(f"house-{name}", "museum", north=north)
        world.program(name, "pcsp", f"house-{name}", stages=("grades_9_12",))
    assert names(failing(world, "one", "two", N.PCSP_PEER)) == ["elsewhere"]
    assert failing(world, "one", "three", N.PCSP_PEER) == []


def test_the_closed_the_paused_and_the_full_are_left_out_and_the_invited_named_as_not_yet_asked() -> None:
    assert names(failing(school_and_museum(closed_on="2026-09-01"), "school", "museum", N.SCHOOL_INFORMAL)) == ["open"]
    assert failing(school_and_museum(closed_on="2026-09-02"), "school", "museum", N.SCHOOL_INFORMAL) == []
    for fields in ({"capacity_status": "closed"}, {"capacity_available": 0}):
        assert names(failing(school_and_museum(**fields), "school", "museum", N.SCHOOL_INFORMAL)) == ["has_room"]
    world = school_and_museum()
    world.ecosystem("eco")
    world.participate("eco", "school")
    world.participate("eco", "museum", status="paused")
    assert names(failing(world, "school", "museum", N.SCHOOL_INFORMAL, "eco")) == ["open"]
    assert failing(world, "school", "museum", N.SCHOOL_INFORMAL) == []
    world = school_and_museum()
    world.ecosystem("eco")
    world.participate("eco", "school")
    world.participate("eco", "museum", status="invited")
    notes = suggest(world.snapshot("eco"), "school", SuggestionRequest()).suggestions[0].notes
    assert notes == ("Museum is not yet asked.",)


def test_staff_rules_on_a_pair_hold_until_their_day() -> None:
    for rule, sentence in (
        ("must_not_match", "Staff have ruled that the two are not to be matched."),
        ("already_met", "Staff have recorded that the two have met."),
    ):
        world = school_and_museum()
        world.ecosystem("eco")
        world.participate("eco", "school", "museum")
        world.fact("eco", Label.PAIR_RULE, "rule", first="museum", second="school", rule=rule)
        rules = failing(world, "school", "museum", N.SCHOOL_INFORMAL, "eco")
        assert [(one.name, one.sentence) for one in rules] == [("no_pair_rule", sentence)]
    world = school_and_museum()
    world.ecosystem("eco")
    world.participate("eco", "school", "museum")
    world.fact(
        "eco",
        Label.PAIR_RULE,
        "rule",
        first="museum",
        second="school",
        rule="rematch_after",
        rematch_after="2026-10-01",
    )
    assert names(failing(world, "school", "museum", N.SCHOOL_INFORMAL, "eco")) == ["no_pair_rule"]
    assert failing(world, "school", "museum", N.SCHOOL_INFORMAL, "eco", "2026-10-01") == []


def test_a_rule_on_an_operator_holds_for_its_programs() -> None:
    world = World()
    world.ecosystem("eco")
    world.partner("school", "k12_school")
    world.partner("house", "afterschool_provider")
    world.program("club", "afterschool_program", "house")
    world.participate("eco", "school", "house")
    world.fact("eco", Label.PAIR_RULE, "rule", first="house", second="school", rule="must_not_match")
    assert names(failing(world, "school", "club", N.SCHOOL_OUT_OF_SCHOOL, "eco")) == ["no_pair_rule"]


def test_no_more_requests_are_open_at_a_partner_than_it_accepts() -> None:
    def world_with(requests: int, **fields: Value) -> World:
        world = school_and_museum(**fields)
        world.ecosystem("eco")
        world.participate("eco", "school", "museum")
        for number in range(requests):
            world.partner(f"other-{number}", "k12_school")
            world.fact(
                "eco",
                Label.SUGGESTION,
                f"suggestion:{number}",
                pattern="school_informal",
                source=f"other-{number}",
                target="museum",
                state="asked",
            )
        return world

    assert failing(world_with(1), "school", "museum", N.SCHOOL_INFORMAL, "eco") == []
    assert names(failing(world_with(2), "school", "museum", N.SCHOOL_INFORMAL, "eco")) == ["accepts_requests"]
    assert failing(world_with(2, request_limit=3), "school", "museum", N.SCHOOL_INFORMAL, "eco") == []


def test_a_next_step_needs_stages_that_are_recorded_and_follow() -> None:
    world = World()
    for name, stages in (("young", ("k_2",)), ("older", ("grades_3_5",)), ("teens", ("grades_9_12",)), ("any", ())):
        world.partner(f"house-{name}", "youth_organization")
        world.program(name, "club", f"house-{name}", stages=stages)
    assert failing(world, "young", "older", N.PROGRAM_NEXT_STEP) == []
    rules = failing(world, "young", "teens", N.PROGRAM_NEXT_STEP)
    assert names(rules) == ["next_stage"]
    assert "No stage that Teens serves (grades 9 to 12) follows" in rules[0].sentence
    rules = failing(world, "young", "any", N.PROGRAM_NEXT_STEP)
    assert rules[0].sentence == "Which stages Any serves isn't recorded, so it can't be called a step."


def test_nobody_is_introduced_to_itself() -> None:
    world = school_and_museum()
    found = explain(world.snapshot(), "museum", "museum").patterns
    assert all(not one.eligible and not one.rules[0].met for one in found)
    assert found[0].rules[0].sentence == "Museum can't be introduced to itself."


def random_world(seed: int) -> World:
    draw, world = Random(seed), World()
    world.ecosystem("eco", country="US")
    world.place("county")
    partners = []
    for number in range(10):
        fields: dict[str, Value] = {}
        if draw.random() < 0.2:
            fields["capacity_status"] = draw.choice(["open", "closed", "limited"])
        if draw.random() < 0.2:
            fields["closed_on"] = draw.choice(["2020", "2030"])
        if draw.random() < 0.3:
            fields["stem_roles"] = ("17-2061",)
        north = draw.choice([None, None, 0.0, 30.0, 80.0])
        partners.append(world.partner(f"p{number}", draw.choice(list(OrganizationType)).value, north=north, **fields))
        if draw.random() < 0.3:
            world.tie(TieType.LOCATED_IN, partners[-1], "county")
    world.participate("eco", *draw.sample(partners, 6), status=draw.choice(["participating", "paused"]))
    programs = []
    for number in range(6):
        stages = tuple(draw.sample(["k_2", "grades_6_8", "grades_9_12"], draw.randint(0, 2)))
        type = draw.choice(list(ProgramType)).value
        programs.append(world.program(f"g{number}", type, draw.choice(partners), stages=stages))
    for _ in range(12):
        first, second = draw.sample(partners, 2)
        type_ = draw.choice([TieType.PARTNERS_WITH, TieType.PART_OF, TieType.FUNDS])
        world.tie(type_, first, second, episode=str(len(world.ties)))
        world.tie(TieType.OFFERED_AT, draw.choice(programs), first, episode=str(len(world.ties)))
    world.fact("eco", Label.PAIR_RULE, "rule", first="p0", second="p1", rule="must_not_match")
    return world


@given(st.integers(0, 10_000))
def test_whoever_is_listed_meets_every_rule_and_whoever_is_not_fails_one(seed: int) -> None:
    index = index_snapshot(random_world(seed).snapshot("eco"))
    for number in np.flatnonzero(index.organizations.is_partner)[:4]:
        kept = find_eligible(find_rows(index, np.array([number], dtype=np.int32)))
        listed = set(zip(kept.others.tolist(), kept.roles.tolist(), strict=True))
        judged = set()
        for pool in find_pools(index, int(number)):
            for other in pool.others.tolist():
                rows = rows_of_pair(index, int(number), other)
                row = rows.where(rows.roles == role_of(pool))
                if all(rule.met for rule in judge_pair(row)):
                    judged.add((other, role_of(pool)))
        assert listed == judged
