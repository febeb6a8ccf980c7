"""Finds the header of a table as people make it: under title rows, in one row or two merged ones."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from matchmaker.errors import Finding
from matchmaker.exchange.findings import shown
from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.readers.spreadsheet.headings import meaning_of
from matchmaker.exchange.readers.spreadsheet.lines import Line, Lines

LOOKED_AT = 25
"""How many lines are searched for the header."""
SAMPLED = 200
"""How many rows under it are looked at to tell what the columns hold."""
LONGEST_HEADING = 200


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table.

    Attributes
    ----------
    headings
        One for each column, as it is written; the two levels of a merged header are joined by " / ". A column without
        one is called "column 4".
    unnamed
        The indexes of columns without a heading.
    first, last
        The numbers of the lines that it takes.
    sample
        The first rows under it.
    findings
        What keeps the table from being read.
    notices
        What was passed over.
    """

    headings: tuple[str, ...]
    unnamed: frozenset[int]
    first: int
    last: int
    sample: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()


def find_header(lines: Lines) -> Header:
    """Return a table's header and the first rows under it."""
    seen = list(islice(lines.read(), LOOKED_AT + SAMPLED))
    candidates = [line for line in seen[:LOOKED_AT] if not line.fault and line.cells]
    if not candidates:
        why = next((line.fault for line in seen if line.fault), "the table is empty")
        return _none(lines, why, seen[0].number if seen else 1)
    best = max(range(len(candidates)), key=lambda index: (_likeness(candidates[index]), -index))
    if _likeness(candidates[best]) == 0:
        return _none(lines, "no row looks like a header with the columns' names", candidates[0].number)
    group, row, under = _levels(candidates, best)
    cells = _joined(group, row, under)
    first, last = (group or row).number, (under or row).number
    rest = tuple(line for line in seen if line.number > last and not line.fault)[:SAMPLED]
    return _named(lines, cells, (first, last), rest, seen)


def _none(lines: Lines, why: str, line: int) -> Header:
    finding = Finding(why, file=lines.title, line=line, valid="a header row with the columns' names")
    return Header((), frozenset(), line, line, findings=(finding,))


def _likeness(line: Line) -> float:
    """Say how much a line looks like a header: by words known as headings, then by how many short texts it has."""
    texts = [cell for cell in line.cells if cell]
    plain = [cell for cell in texts if len(cell) <= 60 and not cell[0].isdigit() and "@" not in cell]
    if not texts or len(plain) < 0.6 * len(texts):
        return 0.0
    known = sum(found[1] for cell in plain if (found := meaning_of(cell)) is not None)
    return (
        known + 0.01 * len(plain) * (len(set(map(fold_words, plain))) / len(texts)) if len(texts) > 1 or known else 0.0
    )


def _levels(lines: Sequence[Line], best: int) -> tuple[Line | None, Line, Line | None]:
    """Return the line above the header that groups its columns, the header, and the line that parts its groups."""
    row = lines[best]
    above = lines[best - 1] if best else None
    under = lines[best + 1] if best + 1 < len(lines) else None
    if above is not None and above.number == row.number - 1 and _groups(above, row):
        return above, row, None
    if under is not None and under.number == row.number + 1 and _parts(row, under):
        return None, row, under
    return None, row, None


def _groups(above: Line, row: Line) -> bool:
    """Say whether a line names groups of columns; a single text in the first column is a title."""
    filled = [index for index, cell in enumerate(above.cells) if cell]
    if not filled or (len(filled) == 1 and filled[0] <= 0) or len(filled) >= row.filled:
        return False
    texts = [above.cells[index] for index in filled]
    return all(len(text) <= 60 and not text[0].isdigit() for text in texts) and max(filled) < len(row.cells)


def _parts(row: Line, under: Line) -> bool:
    """Say whether the line under a header says what the columns of its groups are."""
    cells = list(zip(_padded(row.cells, len(under.cells)), _padded(under.cells, len(row.cells)), strict=True))
    parted = [low for high, low in cells if low and not high]
    whole = [high for high, low in cells if high and not low]
    texts = [low for _, low in cells if low]
    plain = all(len(text) <= 40 and not any(letter.isdigit() or letter == "@" for letter in text) for text in texts)
    return bool(parted and whole) and plain and any(meaning_of(text) for text in texts)


def _padded(cells: tuple[str, ...], length: int) -> tuple[str, ...]:
    return cells + ("",) * (length - len(cells))


def _joined(group: Line | None, row: Line, under: Line | None) -> list[str]:
    """Return the headings; a merged cell's text stands in its first column only, and holds for the empty ones after."""
    if group is None and under is None:
        return [" ".join(cell.split()) for cell in row.cells]
    high, low = group or row, row if group is not None or under is None else under
    width = max(len(high.cells), len(low.cells))
    joined, running = [], ""
    for top, bottom in zip(_padded(high.cells, width), _padded(low.cells, width), strict=True):
        running = top or (running if bottom else "")
        joined.append(" ".join(" / ".join(part for part in (running, bottom) if part).split()))
    return joined


def _named(
    lines: Lines, cells: list[str], place: tuple[int, int], sample: tuple[Line, ...], seen: Sequence[Line]
) -> Header:
    width = max([len(cells), *(len(line.cells) for line in sample)])
    written = [shown(cell) for cell in cells] + [""] * (width - len(cells))
    headings = tuple(cell or f"column {index}" for index, cell in enumerate(written, start=1))
    unnamed = frozenset(index for index, cell in enumerate(written) if not cell)
    return Header(
        headings,
        unnamed,
        *place,
        sample,
        tuple(_repeated(lines, headings, place[1])),
        tuple(_passed_over(lines, seen, place[0])),
    )


def _repeated(lines: Lines, headings: tuple[str, ...], line: int) -> list[Finding]:
    counted = Counter(fold_words(heading) or heading for heading in headings)
    twice = dict.fromkeys(heading for heading in headings if counted[fold_words(heading) or heading] > 1)
    return [
        Finding("the column is there more than once", heading, "", "one column of that name", lines.title, line)
        for heading in twice
    ]


def _passed_over(lines: Lines, seen: Sequence[Line], first: int) -> list[Finding]:
    above = [line for line in seen if line.number < first]
    if not above:
        return []
    words = (
        f"{len(above)} row{'s' if len(above) > 1 else ''} above the header {'are' if len(above) > 1 else 'is'} not read"
    )
    return [Finding(words, file=lines.title, line=above[0].number)]
