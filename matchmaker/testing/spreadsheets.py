"""Spreadsheets for tests: written in their official formats, and read with every row checked."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from matchmaker.exchange.mapping import ColumnMapping
from matchmaker.exchange.readers.rows import RowsReader, SoundRow
from matchmaker.exchange.readers.spreadsheet import propose_mapping
from matchmaker.exchange.readers.spreadsheet.reader import read_spreadsheet
from matchmaker.exchange.reading import Reading, ReadOptions
from matchmaker.model.ids import Owner

Merged = tuple[int, int, int, int, str]
"""Cells that are merged: first row and column, last row and column (from 0), and the text in them."""

Told = tuple[int, str, str, str]
"""A finding: its line, column, message and value."""


class ReadSheet:
    """A reading with its rows, each checked as the rows of a bundle are."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.rows = list(reading.rows())
        checker = RowsReader(Owner("hub"), reading.name)
        checked = [checker.read(row) for row in self.rows if row.parts and not row.findings]
        assert [row for row in checked if not isinstance(row, SoundRow)] == []

    def cells(self, file: str) -> list[Mapping[str, str]]:
        """Return the rows of a file of the bundle."""
        return [part.cells for row in self.rows if not row.findings for part in row.parts if part.file == file]

    def partner(self, id: str) -> Mapping[str, str]:
        """Return the row of a partner."""
        return next(cells for cells in self.cells("partners.csv") if cells["id"] == id)

    def ids(self) -> list[str]:
        """Return the ids of the partners, in the order of the sheet."""
        return [cells["id"] for cells in self.cells("partners.csv")]

    def ties(self, type: str) -> list[tuple[str, str]]:
        """Return the ends of the ties of a type."""
        return [(cells["source"], cells["target"]) for cells in self.cells("ties.csv") if cells["type"] == type]

    def notes(self) -> list[Told]:
        """Return what was put right or left out."""
        return [(note.line, note.where, note.message, note.value) for row in self.rows for note in row.notices]

    def faults(self) -> list[Told]:
        """Return what refused rows."""
        return [(fault.line, fault.where, fault.message, fault.value) for row in self.rows for fault in row.findings]


def read_sheet(path: Path, mapping: ColumnMapping | None = None, sheet: str = "") -> ReadSheet:
    """Read a sheet by a mapping, or by the one that is proposed for it."""
    if mapping is None:
        proposal = propose_mapping(path, sheet)
        assert proposal.findings == ()
        mapping = proposal.mapping()
    return ReadSheet(read_spreadsheet("spreadsheet", path, ReadOptions(mapping=mapping, sheet=sheet)))


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Any]], merged: Iterable[Merged] = ()) -> Path:
    """Write a workbook; ``merged`` cells are those of its last sheet."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(number, column, value)
    for first_row, first_column, last_row, last_column, text in merged:
        sheet.merge_range(first_row, first_column, last_row, last_column, text)
    book.close()
    return path
