"""Every feature on worlds of two or three, worked out by hand."""

import datetime
import math

import numpy as np
import pytest

from matchmaker.graph.geography import distance_km
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.canonical import Value
from matchmaker.model.vocabulary import Label, PatternName, Side, TieType
from matchmaker.recommend.candidates import rows_of_pair
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.features.need_offer import Statement, match_weight
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.measuring import measure_features
from matchmaker.recommend.roles import ROLES
from matchmaker.testing.world import KM_NORTH, World


def values(snapshot: Snapshot, source: str, target: str, pattern: PatternName) -> dict[str, float]:
    """Measure a pair with the source as subject, and again with the target; both must agree."""
    index = index_snapshot(snapshot)
    numbers = snapshot.index_of(source), snapshot.index_of(target)
    found = []
    for own, other, side in ((*numbers, Side.SOURCE), (*numbers[::-1], Side.TARGET)):
        rows = rows_of_pair(index, own, other)
        roles = [ROLES[role] for role in rows.roles]
        places = [place for place, role in enumerate(roles) if role.pattern.name is pattern]
        place = next((place for place in places if roles[place].side is side), places[0])
        table = measure_features(rows.where(np.array([place])))
        found.append(dict(zip(table.names, table.values[0].tolist(), strict=True)))
    first, second = found
    assert list(first) == list(FEATURES)
    assert second == pytest.approx(first, nan_ok=True, abs=1e-12)
    return first


def school_and_museum(**fields: Value) -> World:
    world = World()
    world.partner("school", "k12_school")
    world.partner("museum", "museum", **fields)
    return world


SCHOOL_INFORMAL = PatternName.SCHOOL_INFORMAL


def test_two_of_whom_nothing_is_recorded_have_no_value_but_their_ties() -> None:
    found = values(school_and_museum().snapshot(), "school", "museum", SCHOOL_INFORMAL)
    counted = {
        "common_neighbours",
        "adamic_adar",
        "resource_allocation",
        "three_step_paths",
        "shared_initiatives",
        "agreement_in_place",
    }
    assert {name for name, value in found.items() if not math.isnan(value)} == counted
    assert all(found[name] == 0.0 for name in counted)


@pytest.mark.parametrize(
    ("need", "offer", "weight"),
    [
        (("mentors", "", ""), ("mentors", "", ""), 0.6),
        (("mentors", "", ""), ("space", "", ""), 0.0),
        (("mentors", "k_2", ""), ("mentors", "", ""), 0.6),
        (("mentors", "k_2", ""), ("mentors", "k_2", ""), 0.8),
        (("mentors", "k_2", ""), ("mentors", "grades_6_8", ""), 0.0),
        (("mentors", "", "11.0701"), ("mentors", "", "11"), 0.8),
        (("mentors", "k_2", "11.0701"), ("mentors", "k_2", "11.0701"), 1.0),
        (("mentors", "k_2", "11.0701"), ("mentors", "k_2", "26.0101"), 0.0),
    ],
)
def test_a_need_is_met_by_how_specifically_an_offer_fits(
    need: tuple[str, str, str], offer: tuple[str, str, str], weight: float
) -> None:
    assert match_weight(Statement(*need, 0, 0), Statement(*offer, 1, 1)) == pytest.approx(weight)


def test_needs_count_once_for_each_kind_of_thing_and_both_ways() -> None:
    world = school_and_museum()
    world.need("school", "guest_speakers")
    world.need("school", "guest_speakers", stage="grades_6_8")
    world.need("school", "space")
    world.offer("museum", "guest_speakers", stage="grades_6_8")
    world.offer("museum", "space")
    found = values(world.snapshot(), "school", "museum", SCHOOL_INFORMAL)
    assert found["source_needs_met"] == pytest.approx(0.8 + 0.6)
    assert math.isnan(found["target_needs_met"])
    world.need("museum", "learners")
    world.offer("school", "learners")
    world.offer("school", "data")
    found = values(world.snapshot(), "school", "museum", SCHOOL_INFORMAL)
    assert found["target_needs_met"] == pytest.approx(0.6)


def test_recorded_needs_that_nothing_meets_are_a_zero_and_not_unknown() -> None:
    world = school_and_museum()
    world.need("school", "space")
    world.offer("museum", "mentors")
    assert values(world.snapshot(), "school", "museum", SCHOOL_INFORMAL)["source_needs_met"] == 0.0


def test_a_program_has_its_operator_s_offers_and_an_employer_what_it_offers_at_work() -> None:
    world = World()
    world.partner("club-house", "youth_organization")
    world.program("club", "club", "club-house")
    world.partner("works", "employer", wbl_offered=("guest_speaker", "workplace_tour"))
    world.need("club-house", "guest_speakers")
    world.need("club", "field_sites")
    found = values(world.snapshot(), "club", "works", PatternName.PROGRAM_EMPLOYER)
    assert found["source_needs_met"] == pytest.approx(1.2)


def test_shared_stages_are_counted_over_those_of_the_one_with_fewer() -> None:
    world = school_and_museum()
    world.serve("school", "grades_6_8", "grades_9_12")
    world.serve("museum", "k_2", "grades_3_5", "grades_6_8")
    assert values(world.snapshot(), "school", "museum", SCHOOL_INFORMAL)["stage_fit"] == pytest.approx(1 / 2)


def test_a_next_step_is_the_share_of_stages_that_lead_on() -> None:
    world = World()
    world.partner("house", "youth_organization")
    world.program("first", "club", "house", stages=("grades_3_5", "grades_6_8"))
    world.partner("other-house", "youth_organization")
    world.program("second", "club", "other-house", stages=("grades_9_12",))
    snapshot = world.snapshot()
    assert values(snapshot, "first", "second", PatternName.PROGRAM_NEXT_STEP)["stage_fit"] == pytest.approx(1 / 2)
    assert values(snapshot, "second", "first", PatternName.PROGRAM_NEXT_STEP)["stage_fit"] == 0.0


def test_a_district_serves_what_its_schools_serve_and_a_college_what_its_type_says() -> None:
    world = school_and_museum()
    world.partner("district", "school_district")
    world.tie(TieType.PART_OF, "school", "district", kind="district")
    world.serve("school", "grades_6_8")
    world.serve("museum", "grades_6_8")
    world.partner("college", "two_year_college")
    snapshot = world.snapshot()
    assert values(snapshot, "district", "museum", SCHOOL_INFORMAL)["stage_fit"] == 1.0
    stages = index_snapshot(snapshot).stages
    assert stages.known(snapshot.index_of("college"))


def test_distance_is_to_the_nearest_site_in_a_straight_line() -> None:
    world = World()
    world.partner("school", "k12_school", north=0.0)
    world.partner("host", "k12_school", north=10.0)
    world.partner("house", "youth_organization", north=100.0)
    world.program("club", "afterschool_program", "house")
    world.tie(TieType.OFFERED_AT, "club", "host")
    found = values(world.snapshot(), "school", "club", PatternName.SCHOOL_OUT_OF_SCHOOL)
    assert found["distance_km"] == pytest.approx(distance_km((0.0, 0.0), (10 * KM_NORTH, 0.0)), abs=1e-9)
    assert found["distance_km"] == pytest.approx(10.0, abs=0.01)


def test_counties_are_shared_through_a_zip_a_district_or_a_host() -> None:
    world = school_and_museum()
    world.place("county")
    world.place("other-county")
    world.place("zip", "zip", inside="county")
    world.partner("district", "school_district")
    world.tie(TieType.PART_OF, "school", "district", kind="district")
    world.tie(TieType.LOCATED_IN, "district", "county")
    world.tie(TieType.LOCATED_IN, "museum", "zip")
    world.partner("far-museum", "museum")
    world.tie(TieType.LOCATED_IN, "far-museum", "other-county")
    snapshot = world.snapshot()
    assert values(snapshot, "school", "museum", SCHOOL_INFORMAL)["same_county"] == 1.0
    assert values(snapshot, "school", "far-museum", SCHOOL_INFORMAL)["same_county"] == 0.0
    world.program("visit", "summer_program", "far-museum")
    world.tie(TieType.OFFERED_AT, "visit", "museum")
    found = values(world.snapshot(), "school", "visit", PatternName.SCHOOL_OUT_OF_SCHOOL)
    assert found["same_county"] == 1.0


def test_an_agreement_of_a_district_covers_its_schools() -> None:
    world = school_and_museum()
    world.partner("district", "school_district")
    world.tie(TieType.PART_OF, "school", "district", kind="district")
    assert values(world.snapshot(), "school", "museum", SCHOOL_INFORMAL)["agreement_in_place"] == 0.0
    world.tie(TieType.HAS_AGREEMENT_WITH, "museum", "district", kind="facility_use")
    assert values(world.snapshot(), "school", "museum", SCHOOL_INFORMAL)["agreement_in_place"] == 1.0


def test_a_school_s_own_agreement_covers_neither_its_district_nor_its_neighbours() -> None:
    world = school_and_museum()
    world.partner("district", "school_district")
    world.partner("next-school", "k12_school")
    for school in ("school", "next-school"):
        world.tie(TieType.PART_OF, school, "district", kind="district")
    world.tie(TieType.HAS_AGREEMENT_WITH, "museum", "school", kind="facility_use")
    snapshot = world.snapshot()
    assert values(snapshot, "school", "museum", SCHOOL_INFORMAL)["agreement_in_place"] == 1.0
    for other in ("next-school", "district"):
        assert values(snapshot, other, "museum", SCHOOL_INFORMAL)["agreement_in_place"] == 0.0


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"capacity_status": "open", "capacity_updated_on": "2026-08-01"}, 1.0),
        ({"capacity_status": "limited", "capacity_updated_on": "2026-08"}, 0.5),
        ({"capacity_status": "open"}, math.nan),
        ({"capacity_status": "open", "capacity_updated_on": "2025-08-01"}, math.nan),
        ({"capacity_status": "open", "capacity_updated_on": "2026-10-01"}, math.nan),
        ({"capacity_status": "waitlist", "capacity_updated_on": "2026-08-01"}, math.nan),
        ({"capacity_status": "unknown", "capacity_updated_on": "2026-08-01"}, math.nan),
        ({"capacity_available": 5, "capacity_updated_on": "2026-08-01"}, math.nan),
    ],
)
def test_capacity_counts_where_it_is_recorded_dated_and_not_old(fields: dict[str, Value], expected: float) -> None:
    found = values(school_and_museum(**fields).snapshot(), "school", "museum", SCHOOL_INFORMAL)
    assert found["capacity_target"] == pytest.approx(expected, nan_ok=True)
    assert math.isnan(found["capacity_source"])


def test_service_initiatives_fields_and_occupations_are_counted() -> None:
    world = World()
    world.partner("house", "youth_organization", intends_to_serve=("girls_and_women", "low_income"))
    world.program("club", "club", "house")
    world.partner("works", "employer", intends_to_serve=("girls_and_women", "rural"), stem_roles=("17-2061",))
    world.initiative("circle", "house", "works")
    world.initiative("other-circle", "club")
    world.about("club", "11.0701", "computer science")
    world.about("works", "11.0101", "computing")
    world.node(Label.OCCUPATION, "soc:17-2061", name="Computer hardware engineers", code="17-2061")
    world.tie(TieType.PREPARES_FOR, "club", "soc:17-2061")
    found = values(world.snapshot(), "club", "works", PatternName.PROGRAM_EMPLOYER)
    assert (found["intends_to_serve"], found["shared_initiatives"]) == (1.0, 1.0)
    assert (found["shared_fields"], found["shared_occupations"]) == (1.0, 1.0)


def test_content_is_compared_only_where_both_describe_themselves() -> None:
    world = school_and_museum(description="Robotics and rockets for families")
    assert math.isnan(values(world.snapshot(), "school", "museum", SCHOOL_INFORMAL)["content_likeness"])
    world = World()
    world.partner("school", "k12_school", description="A school with a robotics class")
    world.partner("museum", "museum", description="Robotics and rockets for families")
    world.partner("garden", "zoo_aquarium_garden", description="Flowers, bees and butterflies")
    snapshot = world.snapshot()
    assert 0.0 < values(snapshot, "school", "museum", SCHOOL_INFORMAL)["content_likeness"] < 1.0
    assert values(snapshot, "school", "garden", SCHOOL_INFORMAL)["content_likeness"] == 0.0


def test_a_tie_that_has_ended_is_no_longer_counted() -> None:
    world = school_and_museum()
    world.partner("library", "library")
    world.tie(TieType.PARTNERS_WITH, "school", "library", since="2020", until="2026-09-02")
    world.tie(TieType.PARTNERS_WITH, "museum", "library")
    before = world.snapshot(as_of=datetime.date(2026, 9, 1))
    after = world.snapshot(as_of=datetime.date(2026, 9, 2))
    assert values(before, "school", "museum", SCHOOL_INFORMAL)["common_neighbours"] == 1.0
    assert values(after, "school", "museum", SCHOOL_INFORMAL)["common_neighbours"] == 0.0
