"""Windows of time: what formed in each is learned from what was known when it began."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.errors import Finding, InvalidInput

MONTHS = 12
"""How long a window is: an answer is the chance that a link forms within a year."""

FEWEST, MOST = 3, 10
"""How many windows there are at least (one to fit on, one to calibrate on, one to judge by), and at most."""

JUDGED_SHARE = 0.25
"""Which share of the windows, the latest ones, is kept for judging."""


class Part(StrEnum):
    """What a window is for. Later parts never look into earlier ones' future: they are in this order in time."""

    FIT = "fit"
    CALIBRATE = "calibrate"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Window:
    """A year of history: features as of its first day, outcomes until its last.

    Attributes
    ----------
    start, end
        From the one day to before the other.
    part
        What it is for.
    """

    start: datetime.date
    end: datetime.date
    part: Part


def make_windows(until: datetime.date, count: int) -> tuple[Window, ...]:
    """Return ``count`` years up to a day, the oldest first; the last quarter judges, the one before it calibrates.

    >>> [(one.start.year, one.part.value) for one in make_windows(datetime.date(2025, 1, 1), 4)]
    [(2021, 'fit'), (2022, 'fit'), (2023, 'calibrate'), (2024, 'judge')]

    Raises
    ------
    InvalidInput
        There are too few to fit on, calibrate on and judge by, or too many.
    """
    if not FEWEST <= count <= MOST:
        raise InvalidInput([Finding("is no number of windows", "windows", str(count), f"{FEWEST} to {MOST}")])
    days = [_years_before(until, years) for years in range(count, -1, -1)]
    judged = max(1, round(count * JUDGED_SHARE))
    parts = [Part.FIT] * (count - judged - 1) + [Part.CALIBRATE] + [Part.JUDGE] * judged
    return tuple(Window(*ends) for ends in zip(days[:-1], days[1:], parts, strict=True))


def count_windows(until: datetime.date, since: Iterable[datetime.date]) -> int:
    """Return how many years back dated ties go, `FEWEST` to `MOST`; years before the first few ties don't count.

    Parameters
    ----------
    since
        The days on which ties began.
    """
    days = sorted(day for day in since if day < until)
    if not days:
        return FEWEST
    first = days[len(days) // 20]
    years = sum(1 for years in range(1, MOST + 1) if _years_before(until, years) >= first)
    return min(max(years, FEWEST), MOST)


def _years_before(day: datetime.date, years: int) -> datetime.date:
    """Return the same day some years before; the first of March for the last of February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return datetime.date(day.year - years, 3, 1)
