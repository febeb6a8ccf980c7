"""Lists: one pattern a pair, a stable order, and the diversity of sectors, places, patterns and organizations."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.model.suggestion import SuggestionList
from matchmaker.model.vocabulary import PatternName, TieType
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.ranking import Group, choose
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.testing.random_town import random_town
from matchmaker.testing.world import World


def others(listed: SuggestionList) -> list[str]:
    return [one.target if one.source == listed.subject else one.source for one in listed.suggestions]


def two_counties(here: int, there: int) -> World:
    """A school, and museums in its county (nearer) and in the next."""
    world = World()
    world.ecosystem("eco", country="US")
    for county in ("here-county", "there-county"):
        world.place(county)
    world.partner("school", "k12_school", north=0.0)
    names = [*(f"here-{number}" for number in range(here)), *(f"there-{number}" for number in range(there))]
    for number, name in enumerate(names):
        world.partner(name, "museum", north=1.0 + number)
        world.tie(TieType.LOCATED_IN, name, f"{name.partition('-')[0]}-county")
    world.participate("eco", "school", *names)
    return world


def test_three_quarters_of_a_list_at_most_are_in_one_county() -> None:
    request = SuggestionRequest(PatternName.SCHOOL_INFORMAL, limit=4)
    mixed = others(suggest(two_counties(6, 4).snapshot("eco"), "school", request))
    # Half of a list is of one sector and one pattern at most; all are museums here, so the rest fills up in order.
    assert mixed == ["here-0", "here-1", "here-2", "here-3"]
    wide = SuggestionRequest(limit=4)
    world = two_counties(6, 0)
    for number, type in enumerate(("employer", "library", "faith_organization")):
        world.partner(f"other-{number}", type, north=20.0 + number)
        world.participate("eco", f"other-{number}")
    found = others(suggest(world.snapshot("eco"), "school", wide))
    assert found[:2] == ["here-0", "here-1"]
    assert sum(name.startswith("here") for name in found) == 2


def test_whose_county_is_not_recorded_counts_towards_none() -> None:
    def groups(place: int) -> dict[Group, int]:
        return {("county", "a"): 1} if place < 3 else {}

    assert choose(6, 4, groups) == [0, 3, 4, 5]
    assert choose(4, 4, groups) == [0, 1, 2, 3]
    assert choose(0, 4, groups) == []


@given(st.integers(0, 100_000), st.integers(1, 12))
def test_the_rules_hold_as_long_as_others_are_left(seed: int, limit: int) -> None:
    snapshot = random_town(seed, partners=16, programs=8).snapshot("eco")
    index = index_snapshot(snapshot)
    whole = others(suggest(snapshot, "p0", SuggestionRequest(limit=200)))
    listed = suggest(snapshot, "p0", SuggestionRequest(limit=limit))
    names = others(listed)
    assert len(names) == min(limit, len(whole))
    bodies = Counter(body for name in names for body in index.organizations.bodies(snapshot.index_of(name)))
    left = {body for name in whole for body in index.organizations.bodies(snapshot.index_of(name))}
    if len(left) > 3 * limit:
        assert max(bodies.values()) == 1
    places = [whole.index(name) for name in names]
    confirmed = [one.confirmed for one in listed.suggestions]
    assert confirmed == sorted(confirmed, reverse=True)
    assert places[0] == 0
    assert places == sorted(places)


@given(st.integers(0, 100_000))
def test_a_longer_list_holds_the_first_of_a_shorter_one(seed: int) -> None:
    snapshot = random_town(seed).snapshot("eco")
    first = [others(suggest(snapshot, "p0", SuggestionRequest(limit=limit)))[:1] for limit in (1, 5, 20)]
    assert first[0] == first[1] == first[2]


def test_a_ranking_puts_a_pair_together_when_it_is_looked_at() -> None:
    snapshot = two_counties(3, 0).snapshot("eco")
    listed = suggest(snapshot, "school", SuggestionRequest(PatternName.SCHOOL_INFORMAL, limit=3))
    scores = np.array([one.score for one in listed.suggestions])
    assert np.all(np.diff(scores) < 0.0)
    assert [one.showing.position for one in listed.suggestions] == [1, 2, 3]
