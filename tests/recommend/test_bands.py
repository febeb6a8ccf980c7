"""Bands for reports: by ties, by stated size, by locale; what isn't recorded is a band of its own."""

import numpy as np
import pytest

from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.bands import UNKNOWN, bands_of, by_ties
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.testing.world import World


def town() -> World:
    world = World()
    world.partner("small", "k12_school", locale="rural")
    world.partner("large", "four_year_college", locale="city")
    world.partner("plain", "museum")
    world.program("club", "club", "small")
    world.fact("small", Label.COUNT, "count:1", kind="enrolled", all_stages=True, year=2024, value=99)
    world.fact("large", Label.COUNT, "count:2", kind="enrolled", all_stages=True, year=2020, value=90)
    world.fact("large", Label.COUNT, "count:3", kind="enrolled", all_stages=True, year=2023, value=2000)
    world.fact("large", Label.COUNT, "count:4", kind="enrolled", all_stages=True, year=2023, value=700)
    for number in range(3):
        world.partner(f"friend-{number}", "employer")
        world.tie(TieType.PARTNERS_WITH, "large", f"friend-{number}")
    return world


def test_bands_by_ties_size_and_locale() -> None:
    index = index_snapshot(town().snapshot())
    ties, size, locale = bands_of(index)
    rows = {name: index.snapshot.index_of(name) for name in ("small", "large", "plain", "club")}
    assert [banding.name for banding in (ties, size, locale)] == ["ties", "size", "locale"]
    assert {name: ties.band(row) for name, row in rows.items()} == {
        "small": "1 to 2 ties",
        "large": "3 to 9 ties",
        "plain": "no ties",
        "club": "1 to 2 ties",
    }
    assert {name: size.band(row) for name, row in rows.items()} == {
        "small": "under 100",
        "large": "2,000 or more",
        "plain": UNKNOWN,
        "club": "under 100",
    }
    assert {name: locale.band(row) for name, row in rows.items()} == {
        "small": "rural",
        "large": "city",
        "plain": UNKNOWN,
        "club": "rural",
    }


@pytest.mark.parametrize(
    ("ties", "band"), [(0, "no ties"), (1, "1 to 2 ties"), (3, "3 to 9 ties"), (10, "10 or more ties")]
)
def test_every_band_starts_where_the_last_one_ends(ties: int, band: str) -> None:
    assert by_ties(np.array([ties])).band(0) == band


def test_bands_move_nobody_in_a_list() -> None:
    world = town()
    listed = suggest(world.snapshot(), "plain", SuggestionRequest(limit=50))
    world.fact("plain", Label.COUNT, "count:9", kind="enrolled", all_stages=True, year=2024, value=5)
    world.fact("large", Label.COUNT, "count:8", kind="enrolled", all_stages=True, year=2025, value=90_000)
    after = suggest(world.snapshot(), "plain", SuggestionRequest(limit=50))
    assert [(one.id, one.priority) for one in after.suggestions] == [
        (one.id, one.priority) for one in listed.suggestions
    ]
