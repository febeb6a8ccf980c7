"""Names of organizations as they can be compared: folded, spelled out, without what says nothing."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from matchmaker.exchange.resolution.shares import USUAL_SHARE
from matchmaker.exchange.resolution.words import (
    ABBREVIATIONS,
    BRANCH_WORDS,
    EMPTY_WORDS,
    ENDINGS,
    KINDS,
    LEGAL_FORMS,
    LEVELS,
    NUMBER_WORDS,
    SIDES,
)

LONGEST_NAME = 400
"""Characters of a name that are looked at."""

_FORMER = re.compile(
    r"\s*[(,;/-]?\s*(?:(?<=\()now|\b(?:formerly(?: known as)?|f/?k/?a|d/?b/?a|doing business as|a/?k/?a"
    r"|also known as))\b[:.]?\s*",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"\b(?:[a-z]\.\s?){2,}")
_POSSESSIVE = re.compile(r"['’`´]s\b")
_APOSTROPHE = re.compile(r"['’`´ʻ]")
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+")
_MAIN_CAMPUS = re.compile(r"[-(,–—\s]+(?:the\s+)?main\s+campus\b\)?", re.IGNORECASE)
_SCHOOL_WORDS = frozenset(["school", "academy", "elementary", "kindergarten", "preschool"])


@dataclass(frozen=True, slots=True)
class Name:
    """A name, ready to be compared.

    Attributes
    ----------
    tokens
        The words that matter, folded and spelled out, in their order; repeated words once.
    numbers
        The digits in the name, such as of ``PS 12``.
    levels
        For which ages a school is, by its name.
    sides
        Words such as ``north`` and ``upper``.
    kinds
        Words that say what kind of organization it is.
    branch
        Whether the name means one place of a larger organization.
    initials
        The first letters of its words; empty below three.
    """

    tokens: tuple[str, ...]
    numbers: frozenset[str]
    levels: frozenset[str]
    sides: frozenset[str]
    kinds: frozenset[str]
    branch: bool
    initials: str

    @property
    def key(self) -> str:
        """The tokens in the order of the alphabet: equal for names that differ in order or abbreviation only."""
        return " ".join(sorted(self.tokens))


def split_name(text: str) -> tuple[str, ...]:
    """Return a name and the other names that it mentions.

    >>> split_name("Portland SD 1J (formerly Multnomah SD 1)")
    ('Portland SD 1J', 'Multnomah SD 1')
    """
    parts = (part.strip(" \t()[],;-–—") for part in _FORMER.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


@lru_cache(maxsize=200_000)
def parse_name(text: str) -> Name:
    """Return a name in its comparable form; one without letters or digits has no tokens.

    >>> parse_name("Univ. of St. Thomas").tokens
    ('university', 'saint', 'thomas')
    >>> parse_name("Kansas St. Univ.").tokens
    ('kansas', 'state', 'university')
    >>> parse_name("The Lincoln Elem. & P.S. 12, Inc.").tokens
    ('lincoln', 'elementary', 'ps', '12')
    """
    tokens = _tokens(text)
    held = frozenset(tokens)
    return Name(
        tokens=tokens,
        numbers=frozenset(match.lstrip("0") or "0" for token in tokens for match in _NUMBER.findall(token)),
        levels=_levels(tokens, held),
        sides=held & frozenset(SIDES),
        kinds=held & KINDS,
        branch=bool(held & BRANCH_WORDS),
        initials="".join(token[0] for token in tokens) if len(tokens) > 2 else "",
    )


def fold(text: str) -> str:
    """Return text without case, accents and forms of a letter.

    >>> fold("Museo de Arte de Ponce — Peñón ﬁ")
    'museo de arte de ponce — penon fi'
    """
    if text.isascii():
        return text[:LONGEST_NAME].lower()
    apart = unicodedata.normalize("NFKD", text[:LONGEST_NAME].casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _tokens(text: str) -> tuple[str, ...]:
    folded = fold(_MAIN_CAMPUS.sub(" ", text)).replace("&", " and ").replace("+", " and ")
    folded = _INITIALS.sub(lambda found: found.group().replace(".", "").replace(" ", "") + " ", folded)
    folded = _APOSTROPHE.sub("", _POSSESSIVE.sub("s", folded))
    words = _without_legal_form(_WORD.findall(folded))
    spelled = [token for place in range(len(words)) for token in _spell(words, place)]
    district = _name_district([_singular(token) for token in _join_schools(spelled)])
    kept = [token for token in district if token not in EMPTY_WORDS] or district
    return tuple(dict.fromkeys(kept))


def _without_legal_form(words: list[str]) -> list[str]:
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words = words[:-1]
    return [word for word in words if word not in {"inc", "llc"}] or words


def _spell(words: list[str], place: int) -> tuple[str, ...]:
    """Return what one word stands for among its neighbours."""
    word = words[place]
    last = place == len(words) - 1
    if word == "st":
        following = "" if last else words[place + 1]
        means_state = place > 0 and (last or following in {"university", "univ", "college", "coll", "u", "park"})
        return ("state",) if means_state else ("saint",)
    if word == "u" and (last or place == 0):
        return ("university",)
    if last and place and word in ENDINGS:
        return ENDINGS[word]
    if word == "ste" and not last:
        return ("saint",)
    if word in NUMBER_WORDS:
        return (NUMBER_WORDS[word],)
    return ABBREVIATIONS.get(word, (word,))


def _join_schools(tokens: list[str]) -> list[str]:
    """Read ``… Public Schools`` and ``… County Schools`` as a school district."""
    if len(tokens) > 1 and tokens[-1] == "schools":
        start = tokens[:-2] if tokens[-2] == "public" else tokens[:-1]
        return [*start, "school", "district"] if start else tokens
    return tokens


def _name_district(tokens: list[str]) -> list[str]:
    """Leave out ``no`` before a number."""
    return [
        token
        for place, token in enumerate(tokens)
        if not (token in {"no", "num", "number"} and place + 1 < len(tokens) and tokens[place + 1][:1].isdigit())
    ]


def _singular(token: str) -> str:
    """Return a common word without its plural ``s``; James, Evans and Texas are left alone."""
    singular = f"{token[:-3]}y" if token.endswith("ies") else token.removesuffix("s")
    return singular if singular in USUAL_SHARE else token


def _levels(tokens: tuple[str, ...], held: frozenset[str]) -> frozenset[str]:
    # "Senior center", "high desert", "primary care" and "junior achievement" are no school levels.
    if not held & _SCHOOL_WORDS and not (tokens and tokens[-1] in LEVELS):
        return frozenset()
    levels = {LEVELS[token] for token in held if token in LEVELS}
    if "junior" in held and "high" in held and "senior" not in held:
        levels.discard("high")
    return frozenset(levels)
