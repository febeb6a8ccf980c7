"""Recorded ties, the episodes of a partnership, and what each side says of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from matchmaker.model.vocabulary import TieType
from matchmaker.testing.ecosystem.chances import PairChance
from matchmaker.testing.ecosystem.draws import Draws

FIRST_YEAR, LAST_YEAR = 2015, 2025


@dataclass(frozen=True, slots=True)
class Link:
    """One recorded tie: its period and whatever else it says."""

    type: TieType
    source: str
    target: str
    since: str = ""
    until: str = ""
    episode: str = ""
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def is_current(self) -> bool:
        """Whether it goes on."""
        return not self.until


@dataclass(slots=True)
class History:
    """All recorded ties between partners and programs, and the truth about every pair that was tried."""

    links: list[Link] = field(default_factory=list)
    pairs: list[PairChance] = field(default_factory=list)
    partners: dict[tuple[str, str], list[Link]] = field(default_factory=dict)

    def has_current(self, first: str, second: str) -> bool:
        """Say whether two partners work together now."""
        return any(link.is_current for link in self.partners.get(ordered(first, second), ()))

    def put_partners(self, links: Sequence[Link]) -> None:
        """Record the episodes of one partnership, unless one is there already."""
        key = ordered(links[0].source, links[0].target)
        if key not in self.partners:
            self.partners[key] = list(links)


def ordered(first: str, second: str) -> tuple[str, str]:
    """Return two ids, the lower first."""
    return (first, second) if first < second else (second, first)


class Episodes:
    """When partnerships began and ended, and what each side says of them.

    Parameters
    ----------
    draws
        Where chance comes from.
    """

    def __init__(self, draws: Draws) -> None:
        self.draws = draws

    def since(self, *name: object) -> tuple[int, int]:
        """Return the year and month in which something began."""
        year = self.draws.whole(FIRST_YEAR, LAST_YEAR, "year", *name)
        return year, self.draws.whole(1, 12, "month", *name)

    def ended(self, first: str, second: str) -> list[Link]:
        """Return the one episode of a partnership that is over."""
        year, month = self.since(first, second)
        year = min(year, LAST_YEAR - 2)
        until = f"{year + self.draws.whole(1, 2, 'lasted', first, second)}-{month:02d}"
        return [_partners(first, second, f"{year}-{month:02d}", until)]

    def lasting(self, first: str, second: str) -> list[Link]:
        """Return the episodes of a good partnership: most go on, some are over, some were taken up again."""
        fate = self.draws.share("fate", first, second)
        if fate < 0.08:
            return self.ended(first, second)
        if fate < 0.14:
            [ended] = self.ended(first, second)
            again = f"{min(int(ended.until[:4]) + 1, LAST_YEAR)}-{ended.until[5:]}"
            cells = self._ratings(first, second)
            return [
                Link(ended.type, first, second, ended.since, ended.until, "first"),
                Link(ended.type, first, second, again, "", "resumed", cells),
            ]
        year, month = self.since(first, second)
        since = "" if fate > 0.97 else f"{year}-{month:02d}"
        return [Link(TieType.PARTNERS_WITH, first, second, since, "", "", self._ratings(first, second))]

    def _ratings(self, first: str, second: str) -> dict[str, str]:
        """Return what each side says of it; the two agree within one, and either may have said nothing."""
        low, high = ordered(first, second)
        true = self.draws.whole(1, 5, "level", low, high)
        cells = {}
        for side, share in (("source", 0.7), ("target", 0.6)):
            own = max(1, min(5, true + self.draws.whole(-1, 1, "own level", low, high, side)))
            if self.draws.chance(share, "rated", low, high, side):
                cells[f"level_by_{side}"] = str(own)
                if self.draws.chance(0.4, "trusted", low, high, side):
                    cells[f"trust_by_{side}"] = str(max(0, own - self.draws.whole(0, 2, "trust", low, high, side)))
                    cells[f"value_by_{side}"] = str(min(5, own + self.draws.whole(0, 1, "value", low, high, side)))
        if self.draws.chance(0.3, "intents", low, high):
            cells["intents"] = self.draws.pick(
                ["co_deliver", "exchange|learn", "recruit_learners", "share_data"], low, high
            )
        return cells


def _partners(first: str, second: str, since: str, until: str) -> Link:
    return Link(TieType.PARTNERS_WITH, first, second, since, until)
