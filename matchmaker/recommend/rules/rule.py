"""What a hard rule is."""

from collections.abc import Callable
from dataclasses import dataclass

from matchmaker.model.suggestion import Fact
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.patterns import Pool
from matchmaker.recommend.subject import Subject


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says of one pair, and the facts behind it."""

    sentence: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """One pair and whether it meets a rule."""

    subject: Subject
    pool: Pool
    other: int
    met: bool

    @property
    def index(self) -> SnapshotIndex:
        """The columns of the snapshot."""
        return self.subject.index

    @property
    def ends(self) -> tuple[int, int]:
        """Source and target."""
        return self.pool.ends(self.other)

    @property
    def names(self) -> tuple[str, str]:
        """The names of source and target."""
        source, target = self.ends
        return self.index.name(source), self.index.name(target)


@dataclass(frozen=True, slots=True)
class Rule:
    """One hard rule.

    Attributes
    ----------
    check
        Returns which of a pool's others meet it; shape (others,).
    say
        Says it of one pair.
    """

    name: str
    check: Callable[[Subject, Pool], Mask]
    say: Callable[[JudgedPair], Said]


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """One rule and one pair: whether it is met, in words."""

    name: str
    met: bool
    sentence: str
    facts: tuple[Fact, ...] = ()
