"""The documentation of the bundle says what the reader does."""

import re
from pathlib import Path

import pytest

from matchmaker.exchange.bundle import FILES, columns_of
from matchmaker.exchange.bundle_page import bundle_page

DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "bundle.md"

FIRST_COLUMNS = {
    "partners.csv": ["id", "name", "organization_type"],
    "programs.csv": ["id", "name", "program_type"],
    "ecosystems.csv": ["id", "name"],
    "initiatives.csv": ["id", "name", "initiative_type"],
    "places.csv": ["id", "name", "kind"],
    "pathways.csv": ["id", "name"],
    "topics.csv": ["id", "name"],
    "occupations.csv": ["id", "name"],
    "needs.csv": ["subject", "resource"],
    "offers.csv": ["subject", "resource"],
    "counts.csv": ["subject", "kind", "year", "value"],
    "designations.csv": ["subject", "code", "basis", "year"],
    "contacts.csv": ["subject", "role"],
    "conditions.csv": ["subject", "condition", "requirement"],
    "criteria.csv": ["subject", "criterion", "status"],
    "quality_evidence.csv": ["subject", "tool", "assessed_by"],
    "ratings.csv": ["subject", "rater", "measure", "level"],
    "statistics.csv": ["subject", "kind", "year", "value"],
    "coverage.csv": ["subject", "covers", "share_answered", "as_of"],
    "ties.csv": ["source", "type", "target"],
}


def test_the_page_is_the_one_that_is_made() -> None:
    assert DOCS.read_text(encoding="utf-8") == bundle_page()


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_files_required_columns_are_marked(name: str) -> None:
    section = bundle_page().split(f"## {name}\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| \*\*`(\w+)`\*\* \(required\)", section, re.MULTILINE) == FIRST_COLUMNS[name]
    listed = re.findall(r"^\| \*{0,2}`(\w+)`\*{0,2}(?: \(required\))? \|", section.split("### ")[0], re.MULTILINE)
    assert listed == [column.name for column in columns_of(FILES[name])]


def test_every_file_of_the_format_is_known() -> None:
    assert set(FILES) == set(FIRST_COLUMNS)
