"""Examples made up with known tables, so that what a fit should find is known."""

from collections.abc import Callable

import numpy as np
import pytest

from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.learning.examples import PART_CODES, Examples
from matchmaker.recommend.learning.windows import Part

NAMES = tuple(FEATURES)
YEARS = {Part.FIT: "2020-01-01", Part.CALIBRATE: "2021-01-01", Part.JUDGE: "2022-01-01"}

MakeExamples = Callable[..., Examples]


@pytest.fixture(scope="session")
def make_examples() -> MakeExamples:
    """Make pairs whose links form by a truth: log-odds of -1, ``per_km`` for each of up to 40 km, and ``needs``."""

    def make(count: int = 3000, seed: int = 1, per_km: float = -0.1, needs: float = 1.0) -> Examples:
        draw = np.random.default_rng(seed)
        values = np.full((count, len(NAMES)), np.nan)
        km, met = draw.uniform(0.0, 40.0, count), draw.integers(0, 2, count) * 1.0
        values[:, NAMES.index("distance_km")], values[:, NAMES.index("source_needs_met")] = km, met
        chance = 1.0 / (1.0 + np.exp(-(-1.0 + per_km * km + needs * met)))
        formed = draw.uniform(size=count) < chance
        parts = draw.choice(list(PART_CODES.values()), count, p=[0.6, 0.2, 0.2]).astype(np.int8)
        names = list(PART_CODES)
        subjects = np.array([f"p{number % 40}" for number in range(count)])
        others = np.array([f"q{number}" for number in range(count)])
        years = np.array([YEARS[names[part]] for part in parts])
        # The windows that are fitted on are two, by turns.
        years = np.where((parts == PART_CODES[Part.FIT]) & (draw.uniform(size=count) < 0.5), "2019-01-01", years)
        groups = np.char.add(np.char.add(years, " "), subjects)
        ties = {part: frozenset(others[formed & (parts == code)].tolist()) for part, code in PART_CODES.items()}
        return Examples(values, formed, np.ones(count), parts, groups, subjects, others, ties)

    return make
