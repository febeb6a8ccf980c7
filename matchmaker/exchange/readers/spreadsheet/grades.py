"""Grades and stages as people write them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.readers.spreadsheet.days import MONTHS
from matchmaker.exchange.readers.spreadsheet.terms import STAGES
from matchmaker.exchange.readers.spreadsheet.values import says_nothing
from matchmaker.model.vocabulary import StageTerm

_GRADES: Mapping[str, int] = {
    "pk": -1,
    "prek": -1,
    "pre k": -1,
    "vpk": -1,
    "k": 0,
    "kg": 0,
    "kindergarten": 0,
} | dict.fromkeys(("kinder",), 0)
_BANDS = (
    (-1, -1, StageTerm.PREK),
    (0, 2, StageTerm.K_2),
    (3, 5, StageTerm.GRADES_3_5),
    (6, 8, StageTerm.GRADES_6_8),
    (9, 12, StageTerm.GRADES_9_12),
)
_GRADE = r"(?:vpk|pre\s?k|pk|kg|kindergarten|k|1[0-2]|0?[1-9])(?:st|nd|rd|th)?"
_SPAN = re.compile(rf"({_GRADE})\s*(?:to|thru|through|-)\s*({_GRADE})")
_ONE = re.compile(rf"({_GRADE})\+?")


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages that a cell names, in order, what was put right, and the words that weren't understood."""

    terms: tuple[StageTerm, ...]
    mended: str = ""
    unknown: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def read_stages(text: str) -> Stages:
    """Return the stages that grades or words for them stand for.

    A span of grades reaches every stage that it shares a grade with. A date is what spreadsheets make of "6-8".

    >>> [str(term) for term in read_stages("K-5").terms], read_stages("2024-06-08").mended
    (['k_2', 'grades_3_5'], 'a spreadsheet had made a date of the grades 6-8')
    >>> [str(term) for term in read_stages("Pre-K, 6th through 8th and high school").terms]
    ['prek', 'grades_6_8', 'grades_9_12']
    """
    dated = _grades_from_date(text.strip())
    if dated is not None:
        low, high = dated
        return Stages(_overlapping(low, high), f"a spreadsheet had made a date of the grades {low}-{high}")
    found: set[StageTerm] = set()
    unknown = []
    for item in re.split(r"[\n\r;|•·,/&]+|\s+(?:and|y)\s+", text):
        stages = _stages_of(item)
        found.update(stages)
        if not stages and not says_nothing(item):
            unknown.append(item.strip())
    return Stages(tuple(term for term in StageTerm if term in found), "", tuple(unknown))


def _stages_of(item: str) -> tuple[StageTerm, ...]:
    folded = fold_words(item)
    if folded in STAGES:
        return STAGES[folded]
    plain = re.sub(r"\b(grades?|gr|students|only)\b\.?", "", item.casefold().replace("–", "-").replace("—", "-"))
    plain = re.sub(r"\bpre-\s?k(?:indergarten)?\b", "prek", plain).strip(" .()")
    span = _SPAN.fullmatch(plain)
    if span:
        return _overlapping(_grade(span.group(1)), _grade(span.group(2)))
    if _ONE.fullmatch(plain):
        return _overlapping(_grade(plain.rstrip("+")), 12 if plain.endswith("+") else _grade(plain))
    return STAGES.get(fold_words(plain), ())


def _grade(word: str) -> int:
    bare = re.sub(r"(?<=\d)(st|nd|rd|th)$", "", word.strip())
    return int(bare) if bare.isdigit() else _GRADES[" ".join(bare.split())]


def _overlapping(low: int, high: int) -> tuple[StageTerm, ...]:
    return tuple(term for first, last, term in _BANDS if first <= high and last >= low)


def _grades_from_date(text: str) -> tuple[int, int] | None:
    iso = re.fullmatch(r"\d{4}-(\d{2})-(\d{2})", text)
    named = re.fullmatch(r"(\d{1,2})[- ]([A-Za-z]{3})|([A-Za-z]{3})[- ](\d{1,2})", text)
    if iso:
        low, high = int(iso.group(1)), int(iso.group(2))
    elif named and (named.group(2) or named.group(3)).casefold() in MONTHS:
        low, high = MONTHS[(named.group(2) or named.group(3)).casefold()], int(named.group(1) or named.group(4))
    else:
        return None
    return (low, high) if low <= high <= 12 else None
