"""Examples of a small town, where one can say by hand which pairs a list would have named and what became of them."""

import datetime
from dataclasses import replace

import numpy as np
import pytest

from matchmaker.model.vocabulary import PatternName, TieType
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.learning.examples import Examples, Sampling, gather_examples, present_ids
from matchmaker.recommend.learning.windows import Part, Window, count_windows, make_windows
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.testing.world import World

N = PatternName
YEAR = Window(datetime.date(2020, 1, 1), datetime.date(2021, 1, 1), Part.FIT)
EVE, LAST, TODAY = datetime.date(2019, 12, 31), datetime.date(2020, 12, 31), datetime.date(2024, 1, 1)
SCHOOLS, MUSEUMS = ("school-a", "school-b", "school-c"), ("museum-a", "museum-b")


def town() -> World:
    world = World()
    world.ecosystem("eco")
    for place, school in enumerate(SCHOOLS):
        world.partner(school, "k12_school", north=float(place))
    for place, museum in enumerate(MUSEUMS):
        world.partner(museum, "museum", north=float(place))
    world.participate("eco", *SCHOOLS, *MUSEUMS)
    return world


def at(world: World, day: datetime.date) -> SnapshotIndex:
    always = [replace(record, provenance=replace(record.provenance, observed_on=None)) for record in world.records]
    return SnapshotIndex(World(world.nodes, always, world.ties).snapshot("eco", day))


def gather(world: World, sampling: Sampling | None = None) -> Examples:
    present = present_ids(at(world, TODAY))
    found = gather_examples(at(world, EVE), at(world, LAST), YEAR, present, sampling or Sampling())
    return found[N.SCHOOL_INFORMAL]


def formed(examples: Examples) -> set[tuple[str, str]]:
    return {
        (subject, other)
        for subject, other, yes in zip(examples.subjects, examples.others, examples.formed, strict=True)
        if yes
    }


def test_every_pair_that_a_list_names_is_an_example_and_those_tied_in_the_window_formed() -> None:
    world = town()
    world.tie(TieType.PARTNERS_WITH, "school-a", "museum-b", since="2020-05")
    examples = gather(world)
    assert len(examples) == 6
    assert formed(examples) == {("school-a", "museum-b")}
    assert examples.count() == examples.count(Part.FIT) == 1
    assert set(examples.groups.tolist()) == {f"2020-01-01 {school}" for school in SCHOOLS}
    listed = suggest(at(world, EVE).snapshot, "school-a", SuggestionRequest(N.SCHOOL_INFORMAL, limit=50))
    assert {one.target for one in listed.suggestions} == set(MUSEUMS)


def test_a_pair_is_measured_without_the_tie_that_it_forms() -> None:
    world = town()
    world.tie(TieType.PARTNERS_WITH, "school-a", "museum-a", since="2018")
    bare = gather(world)
    world.tie(TieType.PARTNERS_WITH, "school-b", "museum-a", since="2020")
    after = gather(world)
    rows = [np.flatnonzero((one.subjects == "school-b") & (one.others == "museum-a")) for one in (bare, after)]
    assert np.array_equal(bare.values[rows[0]], after.values[rows[1]], equal_nan=True)
    assert after.formed[rows[1]].tolist() == [True]
    paths = after.values[rows[1], list(FEATURES).index("three_step_paths")]
    assert paths.tolist() == [0.0]


@pytest.mark.parametrize("since", ["", "2019-12-31", "2018"])
def test_a_tie_of_unknown_beginning_or_from_before_makes_no_example(since: str) -> None:
    world = town()
    world.tie(TieType.PARTNERS_WITH, "school-a", "museum-b", since=since or None)
    examples = gather(world)
    assert len(examples) == 5
    assert formed(examples) == set()
    assert examples.count() == 0


def test_a_window_holds_its_first_day_and_not_the_day_after_it() -> None:
    world = town()
    world.tie(TieType.PARTNERS_WITH, "school-a", "museum-a", since="2020-01-01")
    world.tie(TieType.PARTNERS_WITH, "school-a", "museum-b", since="2020-12-31")
    world.tie(TieType.PARTNERS_WITH, "school-b", "museum-b", since="2021-01-01")
    assert formed(gather(world)) == {("school-a", "museum-a"), ("school-a", "museum-b")}


def test_a_partner_that_has_withdrawn_since_is_in_no_example() -> None:
    world = town()
    world.tie(TieType.PARTNERS_WITH, "school-a", "museum-b", since="2020-05")
    world.tie(TieType.PARTICIPATES_IN, "museum-b", "eco", status="withdrawn", since="2023", episode="left")
    assert "museum-b" not in present_ids(at(world, TODAY))
    examples = gather(world)
    assert "museum-b" not in {*examples.subjects.tolist(), *examples.others.tolist()}
    assert len(examples) == 3
    assert formed(examples) == set()


def test_what_is_another_ecosystems_own_is_in_no_example() -> None:
    world = town()
    world.ecosystem("rival")
    world.partner("secret-museum", "museum", north=0.5, owner="rival")
    world.tie(TieType.PARTNERS_WITH, "school-c", "museum-a", since="2020-03", owner="rival")
    examples = gather(world)
    assert "secret-museum" not in examples.others.tolist()
    assert formed(examples) == set()


def test_a_tie_that_links_several_pairs_counts_once_in_all() -> None:
    world = town()
    for number in range(2):
        world.program(f"club-{number}", "afterschool_program", "operator", stages=("grades_3_5",))
    world.partner("operator", "afterschool_provider", north=0.0)
    world.participate("eco", "operator")
    world.tie(TieType.PARTNERS_WITH, "school-a", "operator", since="2020-05")
    present = present_ids(at(world, TODAY))
    found = gather_examples(at(world, EVE), at(world, LAST), YEAR, present)[N.SCHOOL_OUT_OF_SCHOOL]
    assert formed(found) == {("school-a", "club-0"), ("school-a", "club-1")}
    assert found.count() == 1
    assert found.weights[found.formed].tolist() == [0.5, 0.5]


def test_of_too_many_that_formed_nothing_some_are_kept_and_count_for_all() -> None:
    world = town()
    for number in range(60):
        world.partner(f"museum-{number}-more", "museum", north=number / 10)
    world.tie(TieType.PARTNERS_WITH, "school-a", "museum-b", since="2020-05")
    whole = gather(world)
    assert len(whole) == 3 * 62
    some, other = gather(world, Sampling(1, 60)), gather(world, Sampling(2, 60))
    assert 30 < len(some) < 100
    assert formed(some) == formed(other) == {("school-a", "museum-b")}
    assert some.weights[~some.formed] == pytest.approx(185 / 60)
    assert set(some.others.tolist()) != set(other.others.tolist())
    again = gather(world, Sampling(1, 60))
    assert again.others.tolist() == some.others.tolist()


def test_windows_go_back_as_far_as_ties_do() -> None:
    until = datetime.date(2026, 1, 1)
    days = [datetime.date(year, 6, 1) for year in range(2019, 2026) for _ in range(5)]
    assert count_windows(until, days) == 6
    assert count_windows(until, []) == 3
    assert count_windows(until, [datetime.date(1990, 1, 1)] * 9) == 10
    windows = make_windows(until, 6)
    assert [one.start.year for one in windows] == [2020, 2021, 2022, 2023, 2024, 2025]
    assert [one.part for one in windows] == [Part.FIT] * 3 + [Part.CALIBRATE] + [Part.JUDGE] * 2
    leap = make_windows(datetime.date(2024, 2, 29), 3)
    assert [one.start for one in leap] == [datetime.date(year, 3, 1) for year in (2021, 2022, 2023)]
    assert leap[-1].end == datetime.date(2024, 2, 29)


def test_of_those_to_whom_nothing_happened_some_stand_for_all() -> None:
    world = town()
    for number in range(60):
        world.partner(f"school-{number}-more", "k12_school", north=number / 10)
    world.tie(TieType.PARTNERS_WITH, "school-a", "museum-b", since="2020-05")
    whole, some = gather(world), gather(world, Sampling(1, 20_000, 20))
    assert len(whole) == 63 * 2
    schools = set(some.subjects.tolist())
    assert "school-a" in schools
    assert 10 < len(schools) < 40
    assert formed(some) == {("school-a", "museum-b")}
    assert some.weights[some.subjects == "school-a"].tolist() == [1.0, 1.0]
    others = some.weights[some.subjects != "school-a"]
    assert others == pytest.approx(others[0])
    assert others[0] > 2.0
