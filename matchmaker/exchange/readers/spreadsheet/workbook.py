"""Sheets of a workbook (XLSX): which one, and its rows as lines of text."""

import datetime
import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.findings import shown
from matchmaker.exchange.readers.spreadsheet.lines import MAXIMUM_COLUMNS, Line, Lines, refused, trimmed
from matchmaker.exchange.safety.workbooks import check_workbook

LOOKED_AT = 20
"""Rows of a sheet that are looked at to see whether it holds a table."""

_WORKBOOK_RULE = "a workbook saved as .xlsx"
_DAMAGED = (
    InvalidFileException,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    ParseError,
)
"""What openpyxl raises on files that aren't workbooks, or damaged ones."""

EXACT = 10**15
"""Spreadsheet programs keep fifteen digits of a number: a longer one has lost some."""

Workbook = Any
"""An openpyxl workbook, whose read-only sheets have no public type."""


class SheetCell(Protocol):
    """What is read of a cell of a workbook."""

    value: object
    data_type: str
    number_format: str


def open_workbook(path: Path, sheet: str = "") -> Lines:
    """Open a sheet of a workbook: the one that is named, else the first visible one that holds a table.

    What is wrong with the file is a finding; a sheet that isn't there, with the list of those that are.
    """
    file = shown(path.name)
    try:
        check_workbook(path)
    except InvalidInput as unsafe:
        return refused(file, sheet, *unsafe.findings)
    try:
        return _opened(path, file, sheet)
    except _DAMAGED:
        return refused(
            file, sheet, Finding("the workbook can't be opened; it is damaged", file=file, valid=_WORKBOOK_RULE)
        )


def _opened(path: Path, file: str, sheet: str) -> Lines:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        visible = [each.title for each in book.worksheets if each.sheet_state == "visible"]
        names = [each.title for each in book.worksheets]
        if sheet and sheet not in names:
            return refused(
                file, sheet, Finding("there is no such sheet", "sheet", shown(sheet), ", ".join(names), file)
            )
        holding = [sheet] if sheet else [name for name in visible if _holds_table(book, name)]
        if not holding:
            return refused(file, "", Finding("no sheet holds a table", "sheet", "", f"one of {', '.join(names)}", file))
        estimate = book[holding[0]].max_row or 0
    finally:
        book.close()
    notices = []
    if len(holding) > 1:
        words = f"only the sheet {holding[0]} is read"
        notices.append(Finding(words, "sheet", "", f"--sheet, one of {', '.join(holding)}", file))
    return Lines(file, holding[0], partial(_iter_lines, path, holding[0]), estimate, (), tuple(notices))


def _holds_table(book: Workbook, name: str) -> bool:
    """Say whether at least two of the first rows of a sheet have two filled cells."""
    rows = book[name].iter_rows(values_only=True, max_row=LOOKED_AT, max_col=MAXIMUM_COLUMNS)
    return sum(1 for row in rows if sum(1 for cell in row if cell not in {None, ""}) > 1) > 1


def _iter_lines(path: Path, sheet: str) -> Iterator[Line]:
    number = 0
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            # What a sheet says about its own size is often wrong.
            book[sheet].reset_dimensions()
            for number, row in enumerate(book[sheet].iter_rows(), start=1):
                line = _line(number, row)
                if line.cells or line.fault:
                    yield line
        finally:
            book.close()
    except _DAMAGED:
        yield Line(number + 1, (), "the sheet is damaged here, so nothing after it can be read")


def _line(number: int, row: Sequence[Any]) -> Line:
    if len(row) > MAXIMUM_COLUMNS and any(cell.value is not None for cell in islice(row, MAXIMUM_COLUMNS, None)):
        return Line(number, (), f"the row has {len(row):,} cells, more than {MAXIMUM_COLUMNS:,}")
    cells = list(islice(row, MAXIMUM_COLUMNS))
    mended = tuple(
        (index, f"the cell shows the error {shown(str(cell.value))} and is taken as empty")
        for index, cell in enumerate(cells)
        if cell.value is not None and cell.data_type == "e"
    )
    return Line(number, trimmed([_cell_text(cell) for cell in cells]), "", mended)


def _cell_text(cell: SheetCell) -> str:
    """Return a cell as the text that a person would have typed."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return _number_text(value, cell.number_format) if isinstance(value, int | float) else str(value)


def _number_text(value: float, number_format: str) -> str:
    """Return a number as text; a format of zeros, as for ZIP codes, is part of what the person saw.

    >>> _number_text(33139.0, "General"), _number_text(2139, "00000"), _number_text(0.25, "0%"), _number_text(1e16, "0")
    ('33139', '02139', '0.25', '1.000000E+16')
    """
    if abs(value) >= EXACT:
        return f"{value:.6E}"
    if not float(value).is_integer():
        return repr(value)
    digits = str(int(value))
    return digits if number_format.strip("0") else digits.zfill(len(number_format))
