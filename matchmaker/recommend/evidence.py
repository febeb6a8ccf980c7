"""Evidence: what a feature saw in one pair, in words for each side, with the facts behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.model.suggestion import Fact


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a pair.

    Attributes
    ----------
    feature
        The family of features whose contributions it explains.
    to_source, to_target
        The sentence for each side, which it addresses as "you".
    facts
        What it rests on; the sentences say nothing that isn't in them.
    """

    feature: str
    to_source: str
    to_target: str
    facts: tuple[Fact, ...]


def joined(words: Sequence[str], limit: int = 3) -> str:
    """Return words as a list in a sentence; beyond ``limit`` the rest is counted.

    >>> joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"]), joined(["a", "b", "c", "d"])
    ('a', 'a and b', 'a, b and c', 'a, b and 2 others')
    """
    shown = list(words) if len(words) <= limit else [*words[: limit - 1], f"{len(words) - limit + 1} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
