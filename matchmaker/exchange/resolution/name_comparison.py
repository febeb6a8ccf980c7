"""How alike two names are, in log-odds and in words."""

from dataclasses import dataclass

from rapidfuzz.distance import OSA

from matchmaker.exchange.resolution import weights
from matchmaker.exchange.resolution.names import Name
from matchmaker.exchange.resolution.shares import USUAL_SHARE, WordShares
from matchmaker.exchange.resolution.words import SATELLITES

_SHORTEST_SLIP = 4
"""Letters that a word has at least for a slip in it to be recognised."""
_SHORTEST_STUB = 3
_SHORTEST_INITIALS = 3
_MOST_INITIALS = 5
_SHORTENED = 0.8
_SAME_START = 5
_OTHER_ENDING = 4
"""Letters at the end in which two forms of a word differ at most, such as history and historical."""
_LONG_WORD = 8
"""Letters from which two slips are one word."""
_TWO_SLIPS = 0.5


@dataclass(frozen=True, slots=True)
class NameAgreement:
    """What the comparison of two names tells.

    Attributes
    ----------
    weight
        In log-odds.
    agreed
        What the shared words tell, before anything is taken off.
    extra
        Words that only the first, and only the second name has.
    contrast
        Why the names can't mean one organization, in words; empty where nothing speaks against it.
    kind_differs
        Whether they name different kinds of organization, or one names a branch.
    words
        The shared words; of two spellings, the more common one.
    gain
        What of ``weight`` the shared words make up.
    """

    weight: float
    agreed: float
    extra: tuple[tuple[str, ...], tuple[str, ...]]
    contrast: str = ""
    kind_differs: bool = False
    words: tuple[str, ...] = ()
    gain: float = 0.0

    @property
    def contained(self) -> bool:
        """Whether one name has all words of the other, and more."""
        return bool(self.extra[0]) != bool(self.extra[1])

    @property
    def identical(self) -> bool:
        """Whether both have the same words, give or take a slip."""
        return not self.extra[0] and not self.extra[1]


def compare_names(first: Name, second: Name, shares: WordShares) -> NameAgreement:
    """Compare two names; the order of the two changes nothing but the order of ``extra``.

    What agreed words tell (`WordShares.telling`), less what words tell that only one has, less what contrasts tell.
    """
    if not first.tokens or not second.tokens:
        return NameAgreement(0.0, 0.0, (first.tokens, second.tokens))
    initials = _agree_on_initials(first, second)
    if initials:
        return NameAgreement(initials, initials, ((), ()))
    agreed, words, left, right = _align(first.tokens, second.tokens, shares)
    if first.levels and second.levels:
        # Elementary says school.
        left, right = (tuple(word for word in side if word != "school") for side in (left, right))
    each = weights.EXCHANGED_WORD if left and right else weights.EXTRA_WORD
    missing = each * (_sum_telling(left, shares) + _sum_telling(right, shares))
    contrast, contrasting = _contrast(first, second, (left, right))
    kind = _differ_in_kind(first, second, (left, right))
    gain = min(weights.MOST_OF_NAME, weights.AGREED_WORD * agreed)
    bounded = max(weights.LEAST_OF_NAME, gain + missing + contrasting + kind)
    kind_differs = kind <= weights.TELLING_KIND_MISSING or first.branch != second.branch or _supports(left, right)
    return NameAgreement(bounded, agreed, (left, right), contrast, kind_differs, words, gain)


def _sum_telling(words: tuple[str, ...], shares: WordShares) -> float:
    return sum(shares.telling(word) for word in sorted(words))


def _agree_on_initials(first: Name, second: Name) -> float:
    """Return what it tells where one name is an abbreviation made of the other's first letters, else 0."""
    for short, long in ((first, second), (second, first)):
        if len(short.tokens) == 1 and short.tokens[0] == long.initials and len(long.initials) >= _SHORTEST_INITIALS:
            return weights.INITIAL * min(len(long.initials), _MOST_INITIALS)
    return 0.0


def _align(
    first: tuple[str, ...], second: tuple[str, ...], shares: WordShares
) -> tuple[float, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return what the agreed words tell, those words, and the words left over on either side."""
    common = set(first) & set(second)
    agreed = sorted(common)
    total = sum(shares.telling(word) for word in agreed)
    left = [word for word in first if word not in common]
    right = [word for word in second if word not in common]
    if left and right:
        for one, other in ((left, right), (right, left)):
            joined = _pair_joined(one, other)
            total += sum(shares.telling(word) for word in joined)
            agreed += joined
        told, similar = _pair_similar(left, right, shares)
        total += told
        agreed += similar
    return total, tuple(sorted(agreed)), tuple(left), tuple(right)


def _pair_joined(left: list[str], right: list[str]) -> list[str]:
    """Take out two neighbouring words that the other side writes as one; return what it writes."""
    found = []
    for place in range(len(left) - 2, -1, -1):
        joined = "".join(left[place : place + 2])
        if joined in right and place + 1 < len(left):
            right.remove(joined)
            del left[place : place + 2]
            found.append(joined)
    return found


def _pair_similar(left: list[str], right: list[str], shares: WordShares) -> tuple[float, list[str]]:
    """Take out the most similar words first, one from each side; return what they tell, and the usual spellings."""
    found = [
        (_similarity(one, other, shares), min(one, other), max(one, other), one, other)
        for one in left
        for other in right
    ]
    total, usual = 0.0, []
    for similarity, _, _, one, other in sorted(found, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if similarity and one in left and other in right:
            left.remove(one)
            right.remove(other)
            total += weights.SIMILAR_WORD * max(shares.telling(one), shares.telling(other)) * similarity
            usual.append(min(one, other, key=lambda word: (shares.telling(word), word)))
    return total, usual


def _similarity(one: str, other: str, shares: WordShares) -> float:
    """Return 1 for a slip of the keyboard, less for two or a shortened word, 0 for different words."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if not (short.isalpha() and long.isalpha()):
        return 0.0
    if (
        len(short) >= _SHORTEST_STUB
        and long.startswith(short)
        and (long in USUAL_SHARE or len(short) == _SHORTEST_STUB)
    ):
        return _SHORTENED
    if len(short) < _SHORTEST_SLIP or shares.are_words(one, other):
        alike = _same_start(one, other) >= max(_SAME_START, len(long) - _OTHER_ENDING)
        return _SHORTENED if alike and one in USUAL_SHARE and other in USUAL_SHARE else 0.0
    if one[0] != other[0]:
        # People seldom mistype the first letter, and Alder isn't Elder.
        return 0.0
    allowed = 2 if len(short) >= _LONG_WORD else 1
    slips = OSA.distance(one, other, score_cutoff=allowed)
    if slips > allowed:
        return 0.0
    return 1.0 if slips <= 1 else _TWO_SLIPS


def _same_start(one: str, other: str) -> int:
    """Return how many letters two words have in common at their start."""
    place = 0
    while place < min(len(one), len(other)) and one[place] == other[place]:
        place += 1
    return place


def _contrast(first: Name, second: Name, extra: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[str, float]:
    """Return what can't be one organization, in words, and what contrasts tell."""
    told = 0.0
    against = []
    if first.levels and second.levels and first.levels != second.levels:
        if first.levels & second.levels:
            told += weights.OVERLAPPING_LEVEL
        else:
            told += weights.OTHER_LEVEL
            against.append("schools for different ages")
    if first.numbers != second.numbers:
        if first.numbers and second.numbers and not (first.numbers < second.numbers or second.numbers < first.numbers):
            told += weights.OTHER_NUMBER
            against.append("different numbers")
        else:
            told += weights.NUMBER_MISSING
    # North in both names says nothing; it is what only one has that counts.
    left, right = first.sides.intersection(extra[0]), second.sides.intersection(extra[1])
    if left and right:
        told += weights.OTHER_SIDE
        against.append(f"{min(left)} and {min(right)}")
    elif left or right:
        told += weights.SIDE_MISSING
    if _supports(*extra):
        told += weights.SATELLITE
        against.append("one supports the other")
    if first.branch != second.branch:
        told += weights.BRANCH_OF
        against.append("one is a branch")
    return ", ".join(sorted(against)), told


def _supports(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Say whether a word that only one name has means an organization that supports another."""
    return bool(SATELLITES.intersection((*left, *right)))


def _differ_in_kind(first: Name, second: Name, extra: tuple[tuple[str, ...], tuple[str, ...]]) -> float:
    left, right = first.kinds.intersection(extra[0]), second.kinds.intersection(extra[1])
    told = 0.0
    if left and right:
        told = weights.OTHER_KIND
    elif (left or right) and first.kinds and second.kinds:
        telling = (left | right) & weights.TELLING_KINDS
        told = weights.TELLING_KIND_MISSING if telling else weights.KIND_MISSING
    return told
