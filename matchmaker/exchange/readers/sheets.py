"""A CSV file as rows of named cells, whatever is in it: a row that can't be read is a fault, never an exception."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matchmaker.errors import Finding
from matchmaker.exchange.cells import unguard_cell
from matchmaker.exchange.findings import Spot, shown

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
ENCODING_RULE = "a CSV file saved as UTF-8"


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line of a file: where it starts, its cells, and why they can't be read (empty where they can)."""

    number: int
    cells: tuple[str, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands, its filled cells by column, stripped and unguarded, and what is wrong with it as a row.

    Where it isn't ``fit``, no cell can be told from another, and nothing more is to be said about it.
    """

    spot: Spot
    cells: dict[str, str]
    findings: tuple[Finding, ...] = ()
    fit: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's header.

    Attributes
    ----------
    columns
        One name for each cell of a row, in lower case and stripped; empty where the header has none.
    headings
        The same as they were written.
    findings
        What makes the file unreadable as a whole.
    """

    path: Path
    columns: tuple[str, ...]
    headings: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def open_sheet(path: Path) -> Sheet:
    """Read a file's header."""
    spot = Spot(path.name, 1)
    try:
        with path.open("rb") as file:
            first = file.read(2)
        if first in UTF_16_MARKS:
            return _unreadable(path, spot.finding("the file is UTF-16", valid=ENCODING_RULE))
        header = next(iter_lines(path), None)
    except OSError as error:
        return _unreadable(path, spot.finding(f"the file can't be read ({error.strerror})", valid=ENCODING_RULE))
    if header is None:
        return _unreadable(path, spot.finding("the file is empty", valid="a header row with the columns' names"))
    spot = Spot(path.name, header.number)
    if header.fault:
        return _unreadable(path, spot.finding(header.fault, valid="a header row with the columns' names"))
    columns = tuple(cell.strip().lower() for cell in header.cells)
    twice = sorted(name for name, times in Counter(columns).items() if name and times > 1)
    findings = tuple(spot.finding("the column is there more than once", name, valid="once") for name in twice)
    return Sheet(path, columns, tuple(cell.strip() for cell in header.cells), findings)


def iter_rows(sheet: Sheet) -> Iterator[Row]:
    """Yield the rows under the header, one at a time; rows without any filled cell are left out."""
    lines = iter_lines(sheet.path)
    next(lines, None)
    for line in lines:
        spot = Spot(sheet.path.name, line.number)
        if line.fault:
            yield Row(spot, {}, (spot.finding(line.fault, valid="a row of comma-separated cells"),), fit=False)
            continue
        if len(line.cells) != len(sheet.columns):
            got, valid = f"{len(line.cells)} cells", f"{len(sheet.columns)} cells, as many as the header has"
            yield Row(spot, {}, (spot.finding("the row doesn't fit the header", "", got, valid),), fit=False)
            continue
        cells = {
            name: unguard_cell(text)
            for name, cell in zip(sheet.columns, line.cells, strict=False)
            if (text := cell.strip())
        }
        findings = [
            spot.finding("is not UTF-8 text", name, cell, ENCODING_RULE)
            for name, cell in cells.items()
            if not cell.isascii() and any("\ud800" <= character <= "\udfff" for character in cell)
        ]
        yield Row(spot, cells, tuple(findings))


def iter_lines(path: Path) -> Iterator[Line]:
    """Yield the file's logical lines that aren't blank."""
    lines = iter_delimited(path, "utf-8-sig", errors="surrogateescape")
    return (line for line in lines if line.fault or any(cell.strip() for cell in line.cells))


def iter_delimited(path: Path, encoding: str, delimiter: str = ",", errors: str = "strict") -> Iterator[Line]:
    """Yield the logical lines of a file, also blank ones, as they are written."""
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Line(number, (), _fault_words(str(error)))
                continue
            yield Line(number, tuple(cells))


def _fault_words(error: str) -> str:
    if "unexpected end of data" in error:
        return "a quoted cell is opened and never closed, so nothing after it can be read"
    if "field limit" in error:
        return "a cell is too long to be read (is a quote left open?)"
    if "expected after" in error:
        return "there is text after a closing quote (a quote inside quoted text is written twice)"
    return f"the row can't be read ({shown(error)})"


def _unreadable(path: Path, finding: Finding) -> Sheet:
    return Sheet(path, (), (), (finding,))
