"""A quick look at many pairs at once: which of them can't be one organization whatever a full comparison would find.

Estimates what names and place tell, in whole arrays, and always in favour of the pair: a name counts the words that
both have in full and the others lightly, and where two names look alike as a whole, a slip in every differing word is
granted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.sparse import csr_array

from matchmaker.exchange.resolution import weights
from matchmaker.exchange.resolution.comparison import Entry
from matchmaker.exchange.resolution.names import Name
from matchmaker.exchange.resolution.shares import WordShares
from matchmaker.graph.geography import EARTH_RADIUS_KM

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LOOKS_ALIKE = 78.0
"""How alike (0..100) two names are, letter by letter, for slips to be granted."""

PAIRS_AT_ONCE = 500_000


@dataclass(frozen=True, slots=True)
class _Form:
    """The names of all entries in one place of their lists: the first names, the second names."""

    words: csr_array
    """Shape (entries, words): the square root of what a word tells, so that rows' products add up to what both tell."""
    totals: Floats
    texts: Sequence[str]
    """Empty where an entry has no such name."""


@dataclass(frozen=True, slots=True)
class _Places:
    """Codes of places, 0 where unknown, and coordinates in radians, NaN where unknown."""

    zips: Ints
    regions: Ints
    cities: Ints
    counties: Ints
    states: Ints
    points: Floats


class Screen:
    """Everything about a list of entries that a quick look needs.

    Parameters
    ----------
    entries
        The entries; pairs are given as places in this list.
    shares
        How common words are.
    """

    def __init__(self, entries: Sequence[Entry], shares: WordShares) -> None:
        vocabulary = {word: 0 for entry in entries for name in entry.names for word in name.tokens}
        self._vocabulary = {word: number for number, word in enumerate(sorted(vocabulary))}
        self._shares = shares
        most = max((len(entry.names) for entry in entries), default=0)
        self._forms = [self._make_form(entries, place) for place in range(most)]
        self._places = _code_places(entries)

    def keep(self, firsts: Ints, seconds: Ints) -> Bools:
        """Say of each pair whether it is worth a full comparison. Cost: about a microsecond each."""
        parts = [
            self._keep_some(firsts[begin : begin + PAIRS_AT_ONCE], seconds[begin : begin + PAIRS_AT_ONCE])
            for begin in range(0, len(firsts), PAIRS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)

    def _keep_some(self, firsts: Ints, seconds: Ints) -> Bools:
        place = _tell_places(self._places, firsts, seconds)
        others = weights.SAME_TYPE + weights.SAME_PARENT + np.where(place > 0, weights.SAME_ADDRESS, 0.0)
        needed = -weights.PRIOR - place - others
        kept = np.zeros(len(firsts), dtype=bool)
        for one in self._forms:
            for other in self._forms:
                asked = np.flatnonzero((one.totals[firsts] > 0) & (other.totals[seconds] > 0) & ~kept)
                if len(asked):
                    kept[asked] = _tell_names(one, other, firsts[asked], seconds[asked]) >= needed[asked]
        return kept

    def _make_form(self, entries: Sequence[Entry], place: int) -> _Form:
        names = [entry.names[place] if place < len(entry.names) else None for entry in entries]
        held = [name.tokens if name else () for name in names]
        starts = np.cumsum([0, *(len(words) for words in held)])
        columns = np.array([self._vocabulary[word] for words in held for word in words], dtype=np.int64)
        told = np.array([self._shares.telling(word) for words in held for word in words], dtype=np.float64)
        shape = (len(entries), len(self._vocabulary))
        words = csr_array((np.sqrt(told), columns, starts), shape=shape)
        words.sort_indices()
        totals = np.asarray(words.multiply(words).sum(axis=1), dtype=np.float64)
        return _Form(words, totals, [_letters(name) if name else "" for name in names])


def _letters(name: Name) -> str:
    return "".join(sorted(name.tokens))


def _tell_names(one: _Form, other: _Form, firsts: Ints, seconds: Ints) -> Floats:
    """Return what names tell at most, in log-odds."""
    common = np.asarray(one.words[firsts].multiply(other.words[seconds]).sum(axis=1), dtype=np.float64)
    left, right = one.totals[firsts] - common, other.totals[seconds] - common
    told = weights.AGREED_WORD * common + weights.EXTRA_WORD * (left + right)
    unlike = np.flatnonzero((left > 0) & (right > 0))
    if len(unlike):
        texts = [one.texts[place] for place in firsts[unlike].tolist()]
        others = [other.texts[place] for place in seconds[unlike].tolist()]
        alike = process.cpdist(texts, others, scorer=fuzz.ratio, score_cutoff=LOOKS_ALIKE, workers=-1) > 0
        granted = unlike[np.asarray(alike, dtype=bool)]
        told[granted] += weights.AGREED_WORD * np.maximum(left[granted], right[granted])
        told[granted] -= weights.EXTRA_WORD * (left[granted] + right[granted])
    result: Floats = np.minimum(told, weights.MOST_OF_NAME)
    return result


def _code_places(entries: Sequence[Entry]) -> _Places:
    profiles = [entry.profile for entry in entries]
    points = [profile.position or (np.nan, np.nan) for profile in profiles]
    return _Places(
        zips=_code([profile.zip for profile in profiles]),
        regions=_code([profile.zip[:3] for profile in profiles]),
        cities=_code([profile.city for profile in profiles]),
        counties=_code([profile.county for profile in profiles]),
        states=_code([profile.state for profile in profiles]),
        points=np.radians(np.array(points, dtype=np.float64).reshape(-1, 2)),
    )


def _code(texts: Sequence[str]) -> Ints:
    """Return numbers that are equal where texts are, 0 for empty ones."""
    numbers = {text: number for number, text in enumerate(sorted({"", *texts}))}
    return np.array([numbers[text] for text in texts], dtype=np.int64)


def _tell_places(places: _Places, firsts: Ints, seconds: Ints) -> Floats:
    """Return what places tell at most, in log-odds, as `places.compare_places` weighs them."""
    told = np.full(len(firsts), -np.inf)
    least = np.zeros(len(firsts))
    finer = (
        (places.zips, weights.SAME_ZIP, -np.inf),
        (places.regions, weights.SAME_ZIP_REGION, weights.OTHER_ZIP),
        (places.cities, weights.SAME_CITY, weights.OTHER_CITY),
        (places.counties, weights.SAME_COUNTY, weights.OTHER_COUNTY),
        (places.states, weights.SAME_STATE, weights.OTHER_STATE),
    )
    for codes, same, different in finer:
        one, other = codes[firsts], codes[seconds]
        known = (one > 0) & (other > 0)
        value = np.where(one == other, same, different)
        told = np.where(known, np.maximum(told, value), told)
        least = np.where(known, np.minimum(least, np.where(np.isinf(value), 0.0, value)), least)
    near = _tell_distances(places.points[firsts], places.points[seconds])
    told = np.where(np.isnan(near), told, np.fmax(told, near))
    least = np.where(np.isnan(near), least, np.fmin(least, near))
    result: Floats = np.where(np.isinf(told), 0.0, np.where(told > weights.SAME_STATE, told, np.minimum(told, least)))
    return result


def _tell_distances(here: Floats, there: Floats) -> Floats:
    """Return what distances tell, NaN where one isn't known; haversine formula."""
    half = np.sin((there[:, 0] - here[:, 0]) / 2) ** 2
    half += np.cos(here[:, 0]) * np.cos(there[:, 0]) * np.sin((there[:, 1] - here[:, 1]) / 2) ** 2
    kilometres = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    limits = np.array([limit for limit, _ in weights.DISTANCES])
    told = np.array([weight for _, weight in weights.DISTANCES])
    level = np.searchsorted(limits, np.where(np.isnan(kilometres), 0.0, kilometres))
    result: Floats = np.where(np.isnan(kilometres), np.nan, told[level])
    return result
