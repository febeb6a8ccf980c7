"""The words of gaps: provision, never people; assets first; nothing of another vocabulary."""

import re
from string import Formatter

import pytest

from matchmaker.gaps import wording
from matchmaker.gaps.detect import DETECTORS
from matchmaker.model.freshness import Dated, Freshness
from matchmaker.model.reference import STAGE_NAMES
from matchmaker.model.vocabulary import ResourceTerm, Sector, StageTerm

REFUSED = re.compile(
    r"\b(deserts?|at.risk|disadvantaged|hard.to.reach|low.performing|weak|under.?served|needy|fail\w*|poor\w*|deficien\w*|lack\w*|vulnerable|minority)\b",
    re.IGNORECASE,
)
PHRASES = (
    wording.PRESENT,
    wording.COMPLETE,
    wording.NOT_STATED,
    wording.ONLY_INFERRED,
    wording.STAGES_UNCLEAR,
    wording.SEATS_UNCLEAR,
    wording.POSITION_UNCLEAR,
)
WORDS = (
    *wording.TEMPLATES.values(),
    *PHRASES,
    *wording.SECTOR_WORDS.values(),
    *wording.COVERED_WORDS.values(),
    *STAGE_NAMES.values(),
    *map(wording.resource_words, ResourceTerm),
)


@pytest.mark.parametrize("text", WORDS)
def test_no_template_speaks_of_people_as_a_problem(text: str) -> None:
    assert REFUSED.search(text) is None


def test_the_scan_would_find_what_it_looks_for() -> None:
    for text in ("a science desert", "at-risk youth", "Disadvantaged", "hard to reach", "a weak partner", "lacks"):
        assert REFUSED.search(text), text


@pytest.mark.parametrize("kind", DETECTORS)
def test_every_kind_says_what_would_help_and_what_is_not_known(kind: str) -> None:
    assert "What would help: " in wording.TEMPLATES[kind]
    assert wording.TEMPLATES[f"{kind}_not_known"].startswith("Not known: ")


def test_the_vocabularys_own_words_are_used() -> None:
    assert "not yet connected" in wording.TEMPLATES["isolation"]
    assert "ew seats within reach" in wording.TEMPLATES["place_access"]


def test_no_sentence_has_room_for_a_number_of_learners() -> None:
    fields = {
        name for text in wording.TEMPLATES.values() for _, name, _, _ in Formatter().parse(text) if name is not None
    }
    assert fields & {"learners", "size", "count", "enrolled"} == set()


def test_every_sector_stage_and_resource_has_words() -> None:
    assert set(wording.SECTOR_WORDS) == set(Sector)
    assert wording.stage_words([StageTerm.GRADES_6_8, StageTerm.PREK], "or") == "preschool or grades 6 to 8"
    assert wording.resource_words(ResourceTerm.GUEST_SPEAKERS) == "guest speakers"


def test_sentences_are_filled_in_whole() -> None:
    said = wording.sentence(
        "isolation", partner="The Garden", complete=wording.complete_words(Dated("2026", Freshness.FRESH))
    )
    assert said == (
        "The Garden is a member and not yet connected. What would help: a first introduction to another partner; "
        "the records were stated to be complete as of 2026."
    )
    with pytest.raises(KeyError):
        wording.sentence("isolation", partner="The Garden")
