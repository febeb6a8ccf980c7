"""What a hard rule is."""

from collections.abc import Callable
from dataclasses import dataclass

from matchmaker.model.suggestion import Fact
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.pairs import RoleRows
from matchmaker.recommend.patterns import LinkPattern
from matchmaker.recommend.roles import ROLES


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says of one pair, and the facts behind it."""

    sentence: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class JudgedPair:
    """One pair under one role, and whether it meets a rule.

    ``rows`` holds this pair only.
    """

    rows: RoleRows
    met: bool

    @property
    def index(self) -> SnapshotIndex:
        """The columns of the snapshot."""
        return self.rows.index

    @property
    def pattern(self) -> LinkPattern:
        """The pattern."""
        return ROLES[int(self.rows.roles[0])].pattern

    @property
    def ends(self) -> tuple[int, int]:
        """Source and target."""
        source, target = self.rows.ends()
        return int(source[0]), int(target[0])

    @property
    def names(self) -> tuple[str, str]:
        """The names of source and target."""
        source, target = self.ends
        return self.index.name(source), self.index.name(target)

    @property
    def distance_km(self) -> float:
        """Straight-line distance of nearest sites; NaN where not recorded."""
        return float(self.rows.measure("distance_km")[0])


@dataclass(frozen=True, slots=True)
class Rule:
    """One hard rule.

    Attributes
    ----------
    check
        Returns which rows meet it; shape (rows,).
    say
        Says it of one pair.
    """

    name: str
    check: Callable[[RoleRows], Mask]
    say: Callable[[JudgedPair], Said]


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """One rule and one pair: whether it is met, in words."""

    name: str
    met: bool
    sentence: str
    facts: tuple[Fact, ...] = ()
