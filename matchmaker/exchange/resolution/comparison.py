"""How alike two partners are: one weight and one sentence for every field."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import log

from matchmaker.exchange.resolution import weights
from matchmaker.exchange.resolution.name_comparison import NameAgreement, compare_names
from matchmaker.exchange.resolution.names import Name, parse_name, split_name
from matchmaker.exchange.resolution.namesakes import Namesakes, count_namesakes
from matchmaker.exchange.resolution.places import compare_places
from matchmaker.exchange.resolution.profiles import SHARED, UNIQUE, Profile
from matchmaker.exchange.resolution.shares import WordShares, count_words
from matchmaker.exchange.resolution.types import compare_types
from matchmaker.model.vocabulary import OrganizationType

MOST_NAMES = 8
"""Names of one partner that are compared."""

TITLES = {
    "leaid": "NCES district id",
    "ncessch": "NCES school id",
    "pss_id": "NCES private school id",
    "unitid": "IPEDS id",
    "mid": "museum id",
    "fscs": "library id",
    "ror": "ROR id",
    "ein": "tax number (EIN)",
    "opeid": "federal student aid id (OPEID)",
    "web_domain": "web domain",
}
"""What identifiers are called for people."""


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """What one field tells: its name, its log-odds, and words for people."""

    field: str
    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A profile with its names, ready to be compared."""

    profile: Profile
    names: tuple[Name, ...]

    @property
    def key(self) -> str:
        """The key of the name in use."""
        return self.names[0].key if self.names else ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What all fields of two partners tell.

    Attributes
    ----------
    fields
        The fields that tell something, by name.
    name
        What their names tell.
    same_name
        Whether the two names in use have the same words, give or take a slip.
    score
        The sum of `weights.PRIOR` and all fields' weights: log-odds.
    agreeing
        Schemes of identifiers of one organization that agree.
    proving
        Those of them that prove something: a center's IPEDS id is its university's.
    conflicting
        Such schemes that differ.
    shared
        Schemes of shared evidence that agree.
    unshared
        Those of them that nobody else has.
    """

    fields: tuple[FieldWeight, ...]
    name: NameAgreement
    same_name: bool
    score: float
    agreeing: tuple[str, ...]
    proving: tuple[str, ...]
    conflicting: tuple[str, ...]
    shared: tuple[str, ...]
    unshared: tuple[str, ...]

    def weight(self, field: str) -> float:
        """Return what a field tells, 0 where it tells nothing."""
        return sum(told.weight for told in self.fields if told.field == field)


@dataclass(frozen=True, slots=True)
class Population:
    """What comparisons need to know about all partners at hand.

    Attributes
    ----------
    shares
        How common words are.
    sharers
        By scheme and value, the keys of the names of those that have it.
    namesakes
        Who has which words in its name.
    size
        How many partners there are.
    """

    shares: WordShares
    sharers: Mapping[tuple[str, str], frozenset[str]]
    namesakes: Namesakes
    size: int


def make_entry(profile: Profile) -> Entry:
    """Return a profile with its names parsed: the name in use first, then aliases and former names in it."""
    texts = [part for name in (profile.name, *profile.aliases) for part in split_name(name)]
    names = (parse_name(text) for text in list(dict.fromkeys(texts))[:MOST_NAMES])
    return Entry(profile, tuple(name for name in dict.fromkeys(names) if name.tokens))


def count_population(entries: Iterable[Entry]) -> Population:
    """Count words, and who shares which identifier."""
    held = list(entries)
    sharers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in held:
        for scheme, value in entry.profile.evidence.items():
            sharers[scheme, value].add(entry.key)
    names = [frozenset(entry.names[0].tokens) for entry in held if entry.names]
    keys = {value: frozenset(keys) for value, keys in sharers.items()}
    return Population(count_words(names), keys, count_namesakes(names), len(held))


def compare(first: Entry, second: Entry, population: Population) -> Comparison:
    """Compare two partners field by field; swapping them changes nothing but the order of words."""
    one, other = first.profile, second.profile
    name, others = _count_namesakes(compare_all_names(first, second, population.shares), (first, second), population)
    fields = [FieldWeight("name", name.weight, _say_name(name, others)), *_compare_population(population)]
    fields += [FieldWeight(field, weight, words) for field, weight, words in compare_places(one, other)]
    fields += [FieldWeight("type", weight, words) for weight, words in compare_types(one, other)]
    agreeing, conflicting = _split_identifiers(one, other)
    fields += [FieldWeight(scheme, weights.SAME_IDENTIFIER, f"the same {TITLES[scheme]}") for scheme in agreeing]
    fields += [FieldWeight(scheme, weights.OTHER_IDENTIFIER, f"different {TITLES[scheme]}s") for scheme in conflicting]
    evidence = [_compare_evidence(scheme, (first, second), population) for scheme in SHARED]
    fields += [told for told, _ in evidence if told]
    fields += _compare_parents(one, other)
    if one.closed != other.closed:
        fields.append(FieldWeight("closed", weights.ONE_CLOSED, "one is recorded as closed"))
    telling = tuple(sorted((told for told in fields if told.weight), key=lambda told: told.field))
    return Comparison(
        fields=telling,
        name=name,
        same_name=_have_same_name(first, second, population.shares),
        score=round(weights.PRIOR + sum(told.weight for told in telling), 9),
        agreeing=agreeing,
        proving=tuple(scheme for scheme in agreeing if not (scheme == "unitid" and _are_centers(one, other))),
        conflicting=conflicting,
        shared=tuple(scheme for scheme in SHARED if _agree(scheme, one, other)),
        unshared=tuple(scheme for scheme, (_, alone) in zip(SHARED, evidence, strict=True) if alone),
    )


def can_match(first: Entry, second: Entry, shares: WordShares) -> bool:
    """Say whether anything could be concluded, looking at much less than `compare`.

    They share an identifier, or their names are alike enough for the best of places.
    """
    one, other = first.profile, second.profile
    if any(one.identifiers[scheme] == other.identifiers.get(scheme) for scheme in one.identifiers):
        return True
    if any(_agree(scheme, one, other) for scheme in one.evidence):
        return True
    return compare_all_names(first, second, shares).weight >= weights.LEAST_NAME


def compare_all_names(first: Entry, second: Entry, shares: WordShares) -> NameAgreement:
    """Return what the most alike of two partners' names tell."""
    best: NameAgreement | None = None
    for place, one in enumerate(first.names):
        for position, other in enumerate(second.names):
            found = compare_names(one, other, shares)
            if place or position:
                found = _as_alias(found)
            if best is None or found.weight > best.weight:
                best = found
    return best or NameAgreement(0.0, 0.0, ((), ()))


def _have_same_name(first: Entry, second: Entry, shares: WordShares) -> bool:
    if not first.names or not second.names:
        return False
    found = compare_names(first.names[0], second.names[0], shares)
    return found.identical and not found.contrast


def _as_alias(found: NameAgreement) -> NameAgreement:
    return replace(found, weight=found.weight + weights.ALIAS)


def _count_namesakes(
    name: NameAgreement, pair: tuple[Entry, Entry], population: Population
) -> tuple[NameAgreement, int]:
    """Return what names tell beside all others with the same words, and how many others there are."""
    one, other = (frozenset(entry.names[0].tokens) if entry.names else frozenset[str]() for entry in pair)
    others = population.namesakes.count_others(name.words, (one, other)) if name.words else 0
    less = name.gain - population.namesakes.bound(name.gain, others)
    return replace(name, weight=max(weights.LEAST_OF_NAME, name.weight - less)), others if less else 0


def _compare_population(population: Population) -> list[FieldWeight]:
    """Return what it tells to be one of more partners than the prior was judged for: chance finds more look-alikes."""
    told = -log(max(1.0, population.size / weights.PRIOR_SIZE))
    return [FieldWeight("population", told, f"among {population.size:,} partners, some look alike by chance")]


def _say_name(name: NameAgreement, others: int) -> str:
    said = _say_words(name)
    return f"{said}; {others:,} more have the words that both have" if others else said


def _say_words(name: NameAgreement) -> str:
    if name.contrast:
        return f"the names tell them apart: {name.contrast}"
    if not name.agreed:
        return "the names share no word"
    left, right = (", ".join(words) for words in name.extra)
    if left and right:
        return f"the names differ in: {min(left, right)}; {max(left, right)}"
    if left or right:
        return f"one name has more: {left or right}"
    return "the names agree"


def _split_identifiers(one: Profile, other: Profile) -> tuple[tuple[str, ...], tuple[str, ...]]:
    both = [scheme for scheme in UNIQUE if scheme in one.identifiers and scheme in other.identifiers]
    agreeing = tuple(scheme for scheme in both if one.identifiers[scheme] == other.identifiers[scheme])
    return agreeing, tuple(scheme for scheme in both if scheme not in agreeing)


def _are_centers(*profiles: Profile) -> bool:
    return any(OrganizationType.UNIVERSITY_CENTER in profile.types for profile in profiles)


def _agree(scheme: str, one: Profile, other: Profile) -> bool:
    return scheme in one.evidence and one.evidence[scheme] == other.evidence.get(scheme)


_AGREEMENT = {
    "ein": (weights.SAME_EIN, weights.OTHER_EIN),
    "opeid": (weights.SAME_OPEID, weights.OTHER_OPEID),
    "web_domain": (weights.SAME_DOMAIN, weights.OTHER_DOMAIN),
}


def _compare_evidence(
    scheme: str, pair: tuple[Entry, Entry], population: Population
) -> tuple[FieldWeight | None, bool]:
    """Return what shared evidence tells, and whether it agrees and nobody else has it."""
    one, other = (entry.profile.evidence.get(scheme, "") for entry in pair)
    if not one or not other:
        return None, False
    same, different = _AGREEMENT[scheme]
    if one != other:
        return FieldWeight(scheme, different, f"different {TITLES[scheme]}s"), False
    others = len(population.sharers.get((scheme, one), frozenset()) - {entry.key for entry in pair})
    told = max(0.0, same + weights.EACH_SHARER * log(1 + others))
    words = f"the same {TITLES[scheme]}" + (f", which {others} more share" if others else "")
    return FieldWeight(scheme, told, words), not others


def _compare_parents(one: Profile, other: Profile) -> list[FieldWeight]:
    if not one.parents or not other.parents:
        return []
    if one.parents & other.parents:
        return [FieldWeight("part_of", weights.SAME_PARENT, "part of the same organization")]
    if all(any(id.startswith("leaid:") for id in profile.parents) for profile in (one, other)):
        return [FieldWeight("part_of", weights.OTHER_DISTRICT, "in different school districts")]
    return [FieldWeight("part_of", weights.OTHER_PARENT, "part of different organizations")]
