"""How many others have the words of a name: what two alike names tell is bounded by how many share them by chance.

Words of one name aren't independent: whoever has `boys` has `girls` and `club` as well, so that adding up what each
tells overstates what they tell together. Where enough names are at hand, those that hold all the words are counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log

from matchmaker.exchange.resolution.shares import USUAL_NAMES

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Namesakes:
    """The names in use of all partners at hand.

    Attributes
    ----------
    names
        The words of each partner's name.
    holders
        By word, the places in ``names`` of those that have it.
    """

    names: Sequence[Words]
    holders: Mapping[str, Sequence[int]]
    _counted: dict[Words, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def count_others(self, words: Iterable[str], pair: tuple[Words, Words]) -> int:
        """Count the partners whose names hold all the words, beside the two whose names are given.

        >>> names = [frozenset(text.split()) for text in ("elk club", "elk club", "elk club hall", "fox club")]
        >>> count_namesakes(names).count_others(["elk", "club"], (names[0], names[1]))
        1
        """
        held = frozenset(words)
        found = self._counted.get(held)
        if found is None:
            rarest = min((self.holders.get(word, ()) for word in held), key=len, default=())
            found = self._counted[held] = sum(held <= self.names[place] for place in rarest)
        return max(0, found - sum(held <= name for name in pair))

    def bound(self, told: float, others: int) -> float:
        """Return what shared words tell, in log-odds: ``told``, or less where others have the same words.

        The share of names that hold the words is expected to be ``exp(-told)``; as for single words, `USUAL_NAMES`
        names of that expectation are added to those at hand.
        """
        if not others or told <= 0:
            return told
        share = (USUAL_NAMES * exp(-told) + others) / (USUAL_NAMES + len(self.names))
        return min(told, -log(share))


def count_namesakes(names: Iterable[Words]) -> Namesakes:
    """Return the names of all partners, ready for counting those that share words."""
    held = tuple(names)
    holders: dict[str, list[int]] = defaultdict(list)
    for place, words in enumerate(held):
        for word in words:
            holders[word].append(place)
    return Namesakes(held, dict(holders))
