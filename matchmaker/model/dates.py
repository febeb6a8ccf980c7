"""Valid time with partial dates.

A date is ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``. As an instant a partial date is its first day, so an interval
``[since, until)`` given in years runs from the first of January of the one to the first of January of the other.
"""

import datetime
import re

from matchmaker.model.canonical import ValueRefused

DATE_RULE = "a year 2012, a month 2012-09 or a day 2012-09-30"
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def canonical_date(text: str) -> str:
    """Return a partial date as it is, or refuse it.

    >>> canonical_date("2012-09")
    '2012-09'
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueRefused("is not an ISO date")
    first_day(match.group(0))
    return match.group(0)


def first_day(text: str) -> datetime.date:
    """Return the first day of a partial date.

    >>> first_day("2012-09")
    datetime.date(2012, 9, 1)
    """
    parts = [int(part) for part in text.split("-")]
    try:
        return datetime.date(*[*parts, 1, 1][:3])
    except ValueError as error:
        raise ValueRefused(f"is no day of the calendar ({error})") from error


def day_of(text: object) -> int:
    """Return the first day of a partial date as an ordinal; 0 where there is none.

    >>> day_of("0001-01-02"), day_of(None)
    (2, 0)
    """
    return first_day(text).toordinal() if isinstance(text, str) else 0


def is_present(since: str | None, until: str | None, as_of: datetime.date) -> bool:
    """Say whether something valid in ``[since, until)`` is present at ``as_of``; unknown bounds are open.

    >>> is_present("2012", "2016", datetime.date(2015, 12, 31)), is_present("2012", "2016", datetime.date(2016, 1, 1))
    (True, False)
    """
    if since is not None and first_day(since) > as_of:
        return False
    return until is None or as_of < first_day(until)


def overlap(first: tuple[str | None, str | None], second: tuple[str | None, str | None]) -> bool:
    """Say whether two ``(since, until)`` intervals may share a day; unknown bounds are open.

    >>> overlap(("2012", "2014"), ("2014", None)), overlap((None, None), ("2014", None))
    (False, True)
    """
    return _begins_before_end(first, second) and _begins_before_end(second, first)


def _begins_before_end(first: tuple[str | None, str | None], second: tuple[str | None, str | None]) -> bool:
    since, until = first[0], second[1]
    return since is None or until is None or first_day(since) < first_day(until)
