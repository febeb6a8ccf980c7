"""The scoring page is made from the code."""

from pathlib import Path

from matchmaker.model.vocabulary import PatternName
from matchmaker.services.scoring_page import scoring_page

PAGE = Path(__file__).parents[2] / "docs" / "scoring.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == scoring_page()


def test_the_page_tells_every_pattern_and_what_the_bands_are() -> None:
    page = scoring_page()
    for name in PatternName:
        assert f"| `{name.value}` |" in page
    assert "*low* below 0.3, *medium* below 0.55" in page
    assert "| `three_step_paths` |" in page
