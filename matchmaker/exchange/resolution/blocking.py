"""Which pairs are worth comparing: those that share a rare word, an identifier, or a place and the start of a word.

Comparing 50,000 partners with 50,000 others one by one would be 2.5 billion comparisons. Each partner gets keys
instead; pairs that share a key are candidates, and a quick look at their names and places leaves the few that are
compared in full. A key that too many partners have (`MOST_IN_BLOCK`) tells nothing and is passed over: every pair has
finer keys as well.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import floor

import numpy as np
from numpy.typing import NDArray

from matchmaker.exchange.resolution.comparison import Entry
from matchmaker.exchange.resolution.profiles import SHARED, UNIQUE, Profile
from matchmaker.exchange.resolution.screening import Screen
from matchmaker.exchange.resolution.shares import WordShares
from matchmaker.model.ids import short_number

MOST_IN_BLOCK = 60
"""Entries that share a word or place key at most."""

MOST_WITH_VALUE = 30
"""Entries that share an identifier, evidence, or a whole name in one state at most."""

RARE_WORDS = 4
"""How many of a name's words, the rarest first, make keys."""

RARE_SHARE = 2e-3
"""The share of names up to which a word makes a key by itself, and slips in it are looked for."""

SHORTEST_SLIPPED = 5

PAIRS_AT_ONCE = 1_000_000

FEW_AMONG = 4
"""How many times as many known entries there are where new ones are few."""

_KeysOf = Callable[[Entry], Iterator[str]]

Ints = NDArray[np.int64]
Pairs = NDArray[np.int64]
"""Shape (pairs, 2): places in the list of entries, the smaller first."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """Keys of many entries: the key's number and the entry's place, side by side."""

    numbers: Ints
    places: Ints


def find_candidates(entries: Sequence[Entry], are_new: NDArray[np.bool_], shares: WordShares) -> Pairs:
    """Return the pairs worth comparing in which at least one is new, each once, in order.

    Takes memory in proportion to the entries and to the pairs that remain, never to all pairs. Only keys that a new
    entry has matter, so that few new ones among many known take little.
    """
    new = np.flatnonzero(are_new).tolist()
    few = len(new) * FEW_AMONG <= len(entries)
    kinds: tuple[tuple[_KeysOf, int], ...] = (
        (_iter_certain_keys, MOST_WITH_VALUE),
        (lambda entry: _iter_likely_keys(entry, shares), MOST_IN_BLOCK),
    )
    certain, likely = (
        _pair_up(_collect(entries, keys_of, new if few else None), are_new, len(entries), limit)
        for keys_of, limit in kinds
    )
    likely = likely[~np.isin(likely, certain, assume_unique=True)]
    asked, numbers = np.unique(np.concatenate((likely // len(entries), likely % len(entries))), return_inverse=True)
    screen = Screen([entries[place] for place in asked.tolist()], shares)
    kept = likely[screen.keep(numbers[: len(likely)], numbers[len(likely) :])]
    codes = np.union1d(certain, kept)
    return np.stack((codes // len(entries), codes % len(entries)), axis=1)


def _collect(entries: Sequence[Entry], keys_of: _KeysOf, new: Sequence[int] | None) -> _Keys:
    """Return the keys of all entries, or only those that one of a few new entries has."""
    wanted = None if new is None else {key for place in new for key in keys_of(entries[place])}
    found = (
        part
        for place, entry in enumerate(entries)
        for key in keys_of(entry)
        if wanted is None or key in wanted
        for part in (short_number(key), place)
    )
    flat = np.fromiter(found, dtype=np.int64).reshape(-1, 2)
    flat = np.unique(flat, axis=0) if len(flat) else flat
    return _Keys(flat[:, 0], flat[:, 1])


def _iter_certain_keys(entry: Entry) -> Iterator[str]:
    profile = entry.profile
    for schemes, held in ((UNIQUE, profile.identifiers), (SHARED, profile.evidence)):
        if held:
            for scheme in schemes:
                if scheme in held:
                    yield f"{scheme}|{held[scheme]}"
    for name in entry.names:
        yield f"name|{name.key}|{profile.state}"
        if len(name.tokens) == 1:
            yield f"initials|{name.tokens[0]}|{profile.state}"
        elif name.initials:
            yield f"initials|{name.initials}|{profile.state}"


def _iter_likely_keys(entry: Entry, shares: WordShares) -> Iterator[str]:
    for name in entry.names:
        words = sorted(name.tokens, key=shares.rank)[:RARE_WORDS]
        yield from _word_keys(words, shares)
        yield from _place_keys(words, entry.profile)
        yield f"name|{name.key}"


def _word_keys(words: list[str], shares: WordShares) -> Iterator[str]:
    for one, other in combinations(sorted(words), 2):
        yield f"both|{one}|{other}"
    for word in words[:2]:
        if shares.share(word) <= RARE_SHARE:
            yield f"word|{word}"
            if len(word) >= SHORTEST_SLIPPED:
                for cut in range(len(word)):
                    yield f"word|{word[:cut]}{word[cut + 1 :]}"
    if len(words) > 1:
        yield f"word|{words[0]}{words[1]}"
        yield f"word|{words[1]}{words[0]}"


def _place_keys(words: list[str], profile: Profile) -> Iterator[str]:
    starts = [word[:4] for word in words]
    areas = [area for area in (f"z{profile.zip}", f"c{profile.city}|{profile.state}", f"f{profile.county}") if area[1:]]
    if profile.state:
        areas.append(f"s|{profile.state}")
    for area in areas:
        for start in starts:
            yield f"in|{area}|{start}"
    for cell in _cells(profile.position):
        for start in starts[:3]:
            yield f"at|{cell}|{start}"
    if profile.address and profile.address.number:
        for word in profile.address.street[:3]:
            yield f"street|{profile.zip or profile.city}|{profile.address.number}|{word}"


def _cells(position: tuple[float, float] | None) -> list[str]:
    """Return the cells of two overlapping grids, about 2 km wide: near points share at least one cell, mostly."""
    if position is None:
        return []
    north, east = position[0] * 50, position[1] * 50
    shifts = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))
    return [f"{floor(north + up)},{floor(east + right)},{up},{right}" for up, right in shifts]


def _pair_up(keys: _Keys, are_new: NDArray[np.bool_], size: int, limit: int) -> Ints:
    """Return the codes ``smaller place * size + greater place`` of pairs that share a key, each once, sorted."""
    order = np.lexsort((keys.places, keys.numbers))
    numbers, places = keys.numbers[order], keys.places[order]
    starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]]) if len(numbers) else np.empty(0, dtype=np.int64)
    lengths = np.diff(np.r_[starts, len(numbers)])
    found = np.empty(0, dtype=np.int64)
    pending: list[Ints] = []
    waiting = 0
    for length in np.unique(lengths[(lengths > 1) & (lengths <= limit)]):
        firsts, seconds = np.triu_indices(int(length), 1)
        blocks = starts[lengths == length]
        step = max(1, PAIRS_AT_ONCE // len(firsts))
        for begin in range(0, len(blocks), step):
            members = blocks[begin : begin + step, None]
            one, other = places[members + firsts], places[members + seconds]
            codes = (one * size + other)[are_new[one] | are_new[other]]
            pending.append(np.unique(codes))
            waiting += len(pending[-1])
            if waiting > 4 * PAIRS_AT_ONCE:
                found, pending, waiting = _unite([found, *pending]), [], 0
    return _unite([found, *pending])


def _unite(parts: Sequence[Ints]) -> Ints:
    return np.unique(np.concatenate(parts))
