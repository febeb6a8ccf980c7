"""What a hard rule is."""

from collections.abc import Callable
from dataclasses import dataclass

from matchmaker.model.suggestion import Fact
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.patterns import Pool
from matchmaker.recommend.subject import Subject


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says of one pair, and the facts behind it."""

    sentence: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One hard rule.

    Attributes
    ----------
    check
        Returns which of a pool's others meet it; shape (others,).
    say
        Says it of one pair of the pool: (subject, pool, other, met).
    """

    name: str
    check: Callable[[Subject, Pool], Mask]
    say: Callable[[Subject, Pool, int, bool], Said]


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """One rule and one pair: whether it is met, in words."""

    name: str
    met: bool
    sentence: str
    facts: tuple[Fact, ...] = ()


def names_of(subject: Subject, pool: Pool, other: int) -> tuple[str, str]:
    """Return the names of a pair's source and target."""
    source, target = pool.ends(other)
    return subject.index.name(source), subject.index.name(target)
