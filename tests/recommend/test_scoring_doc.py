"""The page on scoring holds the tables that the code scores by."""

from pathlib import Path

import pytest

from matchmaker.recommend.candidates import ALL_UP_TO
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.ranking import POLICIES
from matchmaker.recommend.scoring.additive import BANDS
from matchmaker.recommend.scoring.prior import PRIOR, PRIOR_ID, TABLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scoring.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def row_of(page: str, heading: str, name: str) -> list[str]:
    """Return the cells of a table's row in the section under a heading."""
    section = page.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    line = next(line for line in section.splitlines() if line.startswith(f"| `{name}` |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("name", list(FEATURES))
def test_every_feature_is_described_as_in_the_code(page: str, name: str) -> None:
    feature = FEATURES[name]
    assert row_of(page, "The features", name) == [f"`{name}`", feature.unit, feature.tag.value, feature.about]


@pytest.mark.parametrize("name", list(TABLES))
def test_every_contribution_is_the_one_that_is_used(page: str, name: str) -> None:
    table = TABLES[name]
    points = ", ".join(f"{point:g} → {share:+g}" for point, share in zip(table.points, table.shares, strict=True))
    cell = row_of(page, "What each feature contributes", name)[1]
    assert cell.removesuffix(" (interpolated in ln(1 + km))") == points
    assert cell.endswith("km))") == table.log


@pytest.mark.parametrize("name", list(PRIOR))
def test_every_judgement_is_the_one_that_is_used(page: str, name: str) -> None:
    prior = next(prior for pattern, prior in PRIOR.items() if pattern.value == name)
    weights = ", ".join(f"`{key}` × {weight:g}" for key, weight in prior.weights.items() if weight) or "none"
    left_out = ", ".join(f"`{key}`" for key, weight in prior.weights.items() if not weight) or "none"
    expected = [f"`{name}`", f"{prior.intercept:g}", weights, left_out, prior.why]
    assert row_of(page, "The prior", name) == expected


def test_the_bands_the_policies_and_the_limits_are_the_ones_that_are_used(page: str) -> None:
    (low, first), (medium, second) = BANDS
    text = " ".join(page.split())
    assert f"*{low.value}* (below {first:g}), *{medium.value}* (below {second:g})" in text
    assert f"Policy `balanced`: score + {POLICIES['balanced'].gap_weight:g} × gap value" in text
    assert f"Up to {ALL_UP_TO:,} eligible are all compared" in text
    assert f"## The prior, `{PRIOR_ID}`" in page
