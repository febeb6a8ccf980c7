"""Days as people write them."""

import datetime
import re
from functools import lru_cache

from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.readers.spreadsheet.values import Cell, whole_digits
from matchmaker.model.canonical import ValueRefused
from matchmaker.model.dates import DATE_RULE, canonical_date

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may may",
            "jun june",
            "jul july",
            "aug august",
            "sep september sept",
            "oct october",
            "nov november",
            "dec december",
        ],
        start=1,
    )
    for name in names.split()
}
_DAY_ONE = datetime.date(1899, 12, 30)


@lru_cache(maxsize=4096)
def read_date(text: str) -> Cell:
    """Return a date as ISO: written so, as month/day/year, in words, or as a spreadsheet's number of days.

    Where month and day can't be told apart, the month comes first, as in the United States.

    >>> [read_date(text).text for text in ("2024-03-05", "3/5/24", "31/12/2023", "March 2024", "5 Mar 2024", "45356")]
    ['2024-03-05', '2024-03-05', '2023-12-31', '2024-03', '2024-03-05', '2024-03-05']
    """
    cleaned = text.strip().rstrip(".")
    cleaned = re.sub(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([AaPp][Mm]|Z)?$", "", cleaned)
    try:
        return _read_date(cleaned)
    except (ValueRefused, ValueError):
        return Cell(wrong="is not a date", valid=DATE_RULE)


def _read_date(text: str) -> Cell:
    serial = whole_digits(text)
    if serial.isascii() and serial.isdigit() and len(serial) == 5 and 30_000 <= int(serial) <= 60_000:
        day = _DAY_ONE + datetime.timedelta(days=int(serial))
        return Cell(day.isoformat(), "a spreadsheet's number of days was turned into a date")
    slashed = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", text)
    if slashed:
        first, second, year = (int(part) for part in slashed.groups())
        month, number = (second, first) if first > 12 else (first, second)
        return Cell(datetime.date(_full_year(year), month, number).isoformat())
    yearly = re.fullmatch(r"(\d{1,2})/(\d{4})", text)
    if yearly:
        return Cell(canonical_date(f"{yearly.group(2)}-{int(yearly.group(1)):02d}"))
    words = fold_words(text).split()
    named = next((word for word in words if word in MONTHS), "")
    if named:
        return _date_in_words([word for word in words if word != named], MONTHS[named])
    return Cell(canonical_date(whole_digits(text).replace("/", "-")))


def _date_in_words(rest: list[str], month: int) -> Cell:
    numbers = [re.sub(r"(?<=\d)(st|nd|rd|th)$", "", word) for word in rest]
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if len(years) != 1 or len(days) > 1 or len(years) + len(days) != len(numbers):
        raise ValueRefused("is not a date")
    ending = f"-{int(days[0]):02d}" if days else ""
    return Cell(canonical_date(f"{years[0]}-{month:02d}{ending}"))


def _full_year(year: int) -> int:
    return year if year > 99 else year + (2000 if year < 70 else 1900)
