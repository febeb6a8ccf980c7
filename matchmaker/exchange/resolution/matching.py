"""Which partners are the same, may be the same, or are parts of one another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import exp

import numpy as np

from matchmaker.exchange.resolution import weights
from matchmaker.exchange.resolution.blocking import find_candidates
from matchmaker.exchange.resolution.clusters import find_contradicting
from matchmaker.exchange.resolution.comparison import (
    Comparison,
    Entry,
    FieldWeight,
    Population,
    can_match,
    compare,
    count_population,
    make_entry,
)
from matchmaker.exchange.resolution.profiles import Profile
from matchmaker.exchange.resolution.types import find_whole
from matchmaker.model.ids import PUBLIC

MOST_SHARING = 4
"""Organizations that share a tax number at most for two of them to be proposed as related by it alone."""


class Verdict(StrEnum):
    """What is concluded about two partners."""

    SAME = "same"
    """One organization: an identifier agrees, and nothing speaks against it."""
    POSSIBLE = "possible"
    """Perhaps one organization: a person decides."""
    PART_OF = "part_of"
    """Two organizations, one of which is probably part of the other or acts for it: a person decides."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two partners of which something is concluded.

    Attributes
    ----------
    first, second
        Their ids, the lower first.
    score
        Log-odds that they are one organization: `weights.PRIOR` and the weights of all fields.
    probability
        The score as a chance.
    verdict
        What is concluded.
    fields
        What each field tells, in the order of the fields' names.
    whole
        For `Verdict.PART_OF`: the id of the one that the other is part of; empty where it can't be told.
    """

    first: str
    second: str
    score: float
    probability: float
    verdict: Verdict
    fields: tuple[FieldWeight, ...]
    whole: str = ""


def find_matches(profiles: Iterable[Profile], among: Iterable[Profile] = ()) -> list[Match]:
    """Return what is concluded about new partners, among themselves and with known ones.

    Parameters
    ----------
    profiles
        New partners. One whose id is known replaces the known one.
    among
        All known partners.

    Returns
    -------
    list of Match
        Each pair once, the highest score first, then in the order of ids. The order of what is given changes nothing.
        Pairs of which nothing is concluded aren't in it, nor are pairs of two ecosystems' own partners: neither may
        learn of the other's.

    Notes
    -----
    Time grows with the pairs that share a key, memory with the partners: ``benchmarks/bench_duplicates.py`` measures.
    """
    new = {profile.id: profile for profile in profiles}
    held = {profile.id: profile for profile in among} | new
    entries = [make_entry(held[id]) for id in sorted(held)]
    are_new = np.array([entry.profile.id in new for entry in entries], dtype=bool)
    population = count_population(entries)
    family = {entry.profile.id: entry.profile.parents for entry in entries}
    found = (
        _conclude((entries[one], entries[other]), population, family)
        for one, other in find_candidates(entries, are_new, population.shares).tolist()
    )
    matches = _ask_where_contradicting([match for match in found if match], held)
    return sorted(matches, key=lambda match: (-match.score, match.first, match.second))


def _ask_where_contradicting(matches: list[Match], held: Mapping[str, Profile]) -> list[Match]:
    """Return matches of which those that may be merged by themselves fit together."""
    pairs = [(match.first, match.second) for match in matches if match.verdict is Verdict.SAME]
    asked = find_contradicting(pairs, {id: held[id].identifiers for pair in pairs for id in pair})
    return [
        replace(match, verdict=Verdict.POSSIBLE) if (match.first, match.second) in asked else match for match in matches
    ]


def _conclude(pair: tuple[Entry, Entry], population: Population, family: Mapping[str, frozenset[str]]) -> Match | None:
    one, other = (entry.profile for entry in pair)
    if PUBLIC not in {one.owner, other.owner} and one.owner != other.owner:
        return None
    if not can_match(*pair, population.shares):
        return None
    if _is_within(one.id, other.id, family) or _is_within(other.id, one.id, family):
        return None
    comparison = compare(*pair, population)
    probability = 1 / (1 + exp(-comparison.score))
    verdict = judge(comparison, probability)
    whole = ""
    if verdict is not Verdict.SAME:
        related, whole = _relate(pair, comparison, population)
        one_kind = bool(comparison.agreeing) and comparison.weight("type") > 0
        kinds_differ = comparison.name.kind_differs and not one_kind
        if related and (verdict is None or find_whole(one, other) or kinds_differ):
            verdict = Verdict.PART_OF
        else:
            whole = ""
    if verdict is None:
        return None
    return Match(one.id, other.id, comparison.score, round(probability, 9), verdict, comparison.fields, whole)


def judge(comparison: Comparison, probability: float) -> Verdict | None:
    """Conclude whether two are the same; None where they aren't likely to be.

    An identifier of one organization that agrees makes it at least possible, whatever the name: organizations are
    renamed. Where place and name both speak against it, it is the identifier that was mistyped. One that differs tells
    them apart, unless all else says that a register has counted one twice. Nothing is the same by name and place alone,
    nor by evidence that others share, nor against what the place tells, nor where both names have words of their own.
    """
    if comparison.conflicting:
        twice = (
            comparison.name.identical and not comparison.name.contrast and comparison.weight("place") > weights.SAME_ZIP
        )
        likely = probability >= weights.POSSIBLE_AT
        return Verdict.POSSIBLE if twice and likely else None
    place = comparison.weight("place")
    # Campuses share domains and tax numbers: what many may share proves nothing about another place or another name.
    by_evidence = comparison.unshared and place >= weights.SAME_ZIP and comparison.same_name
    by_identifier = comparison.proving and place >= 0 and not all(comparison.name.extra)
    named_alike = comparison.name.weight > 0 and not comparison.name.contrast
    fits = named_alike and not comparison.name.kind_differs and comparison.weight("type") >= 0
    if (by_identifier or by_evidence) and fits and probability >= weights.SAME_AT:
        return Verdict.SAME
    mistyped = place <= weights.OTHER_STATE and comparison.name.weight <= 0
    if (comparison.agreeing and not mistyped) or (named_alike and probability >= weights.POSSIBLE_AT):
        return Verdict.POSSIBLE
    return None


def _is_within(part: str, whole: str, family: Mapping[str, frozenset[str]]) -> bool:
    """Say whether one is part of the other by what is recorded, over at most four steps."""
    reached = {part}
    for _ in range(4):
        reached = {parent for id in reached for parent in family.get(id, frozenset())}
        if whole in reached:
            return True
    return False


def _relate(pair: tuple[Entry, Entry], comparison: Comparison, population: Population) -> tuple[bool, str]:
    """Say whether what two share suggests that one is part of the other, and which of them is the whole."""
    one, other = (entry.profile for entry in pair)
    if one.parents & other.parents or not (comparison.shared or comparison.agreeing):
        return False, ""
    whole = find_whole(one, other)
    if whole:
        return True, whole.id
    by_ein = "ein" in comparison.shared
    if comparison.conflicting and not by_ein:
        return False, ""
    left = comparison.name.extra[0]
    in_words = comparison.name.contained and comparison.name.agreed
    if in_words and (comparison.name.kind_differs or not comparison.name.contrast):
        return True, other.id if left else one.id
    # Two of one register that share a number only are branches of a third, which the register knows.
    few = by_ein and len(population.sharers["ein", one.evidence["ein"]]) <= MOST_SHARING
    return few and not comparison.conflicting, ""
