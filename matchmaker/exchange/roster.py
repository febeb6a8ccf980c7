"""Refuses lists of people: learners and their families are never stored, only organizations with their work contacts.

What is found is told by the names of the columns. No value of such a sheet is stored, shown or logged.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from matchmaker.errors import Finding
from matchmaker.exchange.findings import shown
from matchmaker.exchange.roster_words import (
    COUNTED,
    DECISIVE,
    KIND,
    LEARNER_VALUE,
    NAMING,
    ORGANIZATION,
    TRAITS,
    WORK,
    Sign,
    find_sign,
    fold,
)

SAMPLE_ROWS = 200
HEADING_ROWS = 10
"""How far down the headings may stand."""
SHARE = 0.6
"""Which part of a column's filled cells makes it a column of names, grades or dates."""
ENOUGH_TRAITS = 4
"""So many traits of people are a list of people even without their names, unless it counts them."""
TABLES_OF_A_SHAPE = 20
"""How many lists with the same fields are looked at in one document."""
MESSAGE = "the sheet is a list of people, so all of it is refused and none of it is kept"
VALID = (
    "a list of organizations or programs, with work contacts only; of learners and families give numbers, not rows. "
    "The columns that tell are named here"
)

_NAME_WORD = r"[^\W\d_][^\W\d_.'’-]*(?:[.'’-][^\W\d_]+)*\.?"
_PERSON_NAME = re.compile(rf"{_NAME_WORD}(?:,? {_NAME_WORD}){{1,3}}")
_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?:[ T]00:00:00)?|\d{1,2}[/.-]\d{1,2}[/.-](?:\d\d|(?:19|20)\d\d)")
_GRADE = re.compile(
    r"(?:grade |gr ?|grado )?(?:pre ?-?k|pk|tk|kg?|kinder(?:garten)?|(?:0?[1-9]|1[0-2])(?:st|nd|rd|th|o|ro|to|mo)?)"
    r"(?: grade| grado)?"
)
_DIGITS = re.compile(r"\d+")
_BARE_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: its name for messages, and what it says about a person."""

    name: str
    sign: Sign


def check_columns(headings: Sequence[str], sample: Sequence[Sequence[str]], file: str) -> Finding | None:
    """Say whether a table lists people rather than organizations.

    A table is refused where a column is a learner's id or name, a birth date, a social security number, a family's
    contact or a support plan; where a column of people's names stands beside a trait of theirs (a grade, an age, a
    gender, a homeroom, meals, health, a bus…) and no column about their work; or where four such traits stand together
    without a count. Names, grades and birth dates are also known by the cells.

    Parameters
    ----------
    headings
        The names of the columns as they are written; the first row where nobody knows yet which one it is.
    sample
        Some rows under it, the first `SAMPLE_ROWS` of which are looked at. Headings may stand among the first ten.
    file
        The name of the file.

    Returns
    -------
    Finding or None
        It names columns only (one whose heading is missing or a value by its number), never a value.
    """
    rows = [list(row) for row in islice(sample, SAMPLE_ROWS)]
    for skipped in range(-1, min(HEADING_ROWS, len(rows))):
        at = list(headings) if skipped < 0 else rows[skipped]
        if skipped >= 0 and not _looks_like_headings(at):
            continue
        found = _find_columns(at, rows[skipped + 1 :])
        if found:
            return _refusal([column.name for column in found], file)
    return None


def check_keys(keys: Iterable[str], file: str) -> Finding | None:
    """Say whether the names of an object's fields are those of a person's record, as `check_columns` does."""
    return check_columns(list(keys), [], file)


def check_document(document: object, file: str) -> Finding | None:
    """Say whether a JSON document, as `matchmaker.exchange.safety.load_json` gives it, lists people anywhere."""
    times: Counter[frozenset[str]] = Counter()
    for objects in _iter_tables(document):
        shape = frozenset(key for entry in islice(objects, SAMPLE_ROWS) for key in entry)
        times[shape] += 1
        if times[shape] > TABLES_OF_A_SHAPE:
            continue
        flat = [_flattened(entry) for entry in islice(objects, SAMPLE_ROWS)]
        keys = list(dict.fromkeys(key for entry in flat for key in entry))
        finding = check_columns(keys, [[entry.get(key, "") for key in keys] for entry in flat], file)
        if finding is not None:
            return finding
    return None


def _refusal(columns: Sequence[str], file: str) -> Finding:
    names = ", ".join(dict.fromkeys(columns))
    return Finding(MESSAGE, where=shown(names), valid=VALID, file=shown(file))


def _looks_like_headings(cells: Sequence[str]) -> bool:
    """Whether a row among the others holds at least two words that are headings of a list of people, and no values."""
    filled = [cell for cell in cells if cell.strip()]
    signs = [sign for cell in filled if (sign := find_sign(cell)) is not None]
    return len(signs) >= 2 and not any(_is_date(cell) or re.fullmatch(r"\d+", cell.strip()) for cell in filled)


def _find_columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[_Column]:
    """Return the columns that make a table a list of people; none where it isn't one."""
    columns = list(_iter_signs(headings, rows))
    decisive = [column for column in columns if column.sign in DECISIVE]
    if decisive:
        return [column for column in columns if column.sign in DECISIVE | TRAITS or column.sign is Sign.PERSON]
    folded = [fold(heading) for heading in headings]
    people = [column for column in columns if column.sign is Sign.PERSON]
    traits = [column for column in columns if column.sign in TRAITS]
    if people and traits and not any(WORK.fullmatch(words) for words in folded):
        return [*people, *traits]
    if len({column.sign for column in traits}) >= ENOUGH_TRAITS and not any(COUNTED.fullmatch(w) for w in folded):
        return traits
    return _find_marked(headings, folded, rows, traits)


def _iter_signs(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[_Column]:
    headless = any(_is_date(heading) or _is_grade(heading) for heading in headings)
    width = max([len(headings), *(len(row) for row in rows)], default=0)
    for place in range(width):
        heading = headings[place] if place < len(headings) else ""
        sign = find_sign(heading)
        cells = [row[place].strip() for row in rows if place < len(row) and row[place].strip()]
        if sign is not None:
            yield _Column(heading.strip(), sign)
        elif (told := _sign_of_cells(heading, cells, headless=headless)) is not None:
            yield _Column(_safe_name(heading, place, headless=headless), told)


def _sign_of_cells(heading: str, cells: Sequence[str], *, headless: bool) -> Sign | None:
    """Tell names, grades and birth dates by their cells, where the heading doesn't say that they are something else."""
    words = fold(heading)
    is_value = headless and _is_value(heading)
    filled = [*cells, heading] if is_value else cells
    unnamed = is_value or not words or re.fullmatch(r"(?:column|field|unnamed|col|columna) ?\w*", words) is not None
    if len(filled) < 2:
        return None
    if (unnamed or NAMING.fullmatch(words)) and _share(filled, _is_person_name) >= SHARE:
        return Sign.PERSON
    if (unnamed or words in {"class", "year", "level", "nivel", "clase"}) and _share(filled, _is_grade) >= SHARE:
        return Sign.GRADE
    if (unnamed or words in {"date", "fecha"}) and _share(filled, _is_date) >= SHARE and _spans_years(filled):
        return Sign.AGE
    return None


def _spans_years(cells: Sequence[str]) -> bool:
    """Whether dates are of three years or more, as birth dates are and the dates of visits seldom."""
    years = {
        found[-1][-2:] if len(found[0]) < 4 else found[0][-2:] for cell in cells if (found := _DIGITS.findall(cell))
    }
    return len(years) >= 3


def _find_marked(
    headings: Sequence[str], folded: Sequence[str], rows: Sequence[Sequence[str]], traits: list[_Column]
) -> list[_Column]:
    """Find rows that are called students and have traits or bear people's names, as elements of a map may."""
    kinds = [place for place, words in enumerate(folded) if KIND.fullmatch(words)]
    names = [place for place, words in enumerate(folded) if NAMING.fullmatch(words)]
    for kind in kinds:
        marked = [row for row in rows if kind < len(row) and LEARNER_VALUE.fullmatch(fold(row[kind]))]
        column = _Column(headings[kind].strip(), Sign.LEARNER)
        if marked and traits:
            return [column, *traits]
        for name in names:
            cells = [row[name] for row in marked if name < len(row) and row[name].strip()]
            if len(cells) >= 2 and _share(cells, _is_person_name) >= SHARE:
                return [_Column(headings[name].strip(), Sign.PERSON), column]
    return []


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(test(cell) for cell in cells) / len(cells)


def _is_person_name(cell: str) -> bool:
    text = " ".join(cell.split())
    if len(text) > 60 or not _PERSON_NAME.fullmatch(text):
        return False
    words = re.findall(r"[^\W\d_]+", text)
    cased = [word for word in words if word.upper() != word.lower()]
    starts_small = sum(word[0].islower() for word in cased) > 1
    return not starts_small and not any(word.lower() in ORGANIZATION for word in words)


def _is_date(cell: str) -> bool:
    return _DATE.fullmatch(cell.strip()) is not None


def _is_grade(cell: str) -> bool:
    return _GRADE.fullmatch(cell.strip().lower()) is not None


def _is_value(heading: str) -> bool:
    """Whether what stands as a heading is a value, as in a sheet without headings."""
    text = heading.strip()
    if not text or find_sign(text) is not None or NAMING.fullmatch(fold(text)):
        return False
    return _is_date(text) or _is_grade(text) or bool(_BARE_NUMBER.fullmatch(text)) or _is_person_name(text)


def _safe_name(heading: str, place: int, *, headless: bool) -> str:
    """Return a column's name, or its number where what stands there may be a value."""
    return heading.strip() if heading.strip() and not headless else f"column {place + 1}"


def _flattened(entry: Mapping[str, object]) -> dict[str, str]:
    """Return an object's plain fields as text, with those of the objects in it."""
    flat: dict[str, str] = {}
    for key, value in entry.items():
        if isinstance(value, Mapping):
            flat.update({str(inner): str(text) for inner, text in value.items() if _is_plain(text)})
        elif _is_plain(value):
            flat[key] = str(value)
    return flat


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _iter_tables(document: object) -> Iterator[list[Mapping[str, object]]]:
    """Yield the lists of objects in a document, and its single objects as lists of one, outermost first."""
    waiting = deque([document])
    while waiting:
        value = waiting.popleft()
        if isinstance(value, Mapping):
            yield [value]
            waiting.extend(inner for inner in value.values() if isinstance(inner, Mapping | list))
        elif isinstance(value, list):
            objects = [entry for entry in value if isinstance(entry, Mapping)]
            if objects:
                yield objects
            for entry in value:
                inside = entry.values() if isinstance(entry, Mapping) else [entry]
                waiting.extend(inner for inner in inside if isinstance(inner, Mapping | list))
