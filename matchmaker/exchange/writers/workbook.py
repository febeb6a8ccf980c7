"""Writes a published graph as an Excel workbook for people: a sheet for each label, and one about it all."""

import datetime
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.bundle import Shape
from matchmaker.exchange.cells import guard_cell
from matchmaker.exchange.graph_rows import find_spec
from matchmaker.exchange.published import Published
from matchmaker.exchange.reading import Part
from matchmaker.exchange.writers.tables import Table, about, tables_of
from matchmaker.model.ids import NodeId
from matchmaker.model.properties import Kind, PropertySpec

MARK = "matchmaker_bundle"
"""The document property that says that a workbook is such a one."""

ABOUT_SHEET = "About"
CELL_CHARACTERS = 32_767
"""What a cell of a workbook holds."""

SHEET_ROWS = 1_048_576
WIDEST = 60
_ACRONYMS = frozenset(
    [
        "id",
        "zip",
        "cip",
        "soc",
        "naics",
        "isic",
        "isco",
        "ein",
        "opeid",
        "ror",
        "leaid",
        "ncessch",
        "unitid",
        "mid",
        "fscs",
        "pss",
        "fips",
        "wbl",
        "stem",
    ]
)
_EXACT_INTEGER = 10**15
_MADE = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - the file format knows no zones; equal graphs give equal files


def heading_of(column: str) -> str:
    """Return a column's heading for people.

    >>> heading_of("organization_types"), heading_of("county_fips")
    ('Organization types', 'County FIPS')
    """
    words = [word.upper() if word in _ACRONYMS else word for word in column.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def column_of(heading: str) -> str:
    """Return the column that `heading_of` named.

    >>> column_of("County FIPS")
    'county_fips'
    """
    return heading.strip().lower().replace(" ", "_")


def sheet_of(file: str) -> str:
    """Return the name of the sheet that holds a file of the bundle.

    >>> sheet_of("quality_evidence.csv")
    'Quality evidence'
    """
    return file.removesuffix(".csv").replace("_", " ").capitalize()


NAME_COLUMNS = ("source_name", "target_name", "subject_name")
"""Columns for people only: what ids are called. They are left out on reading."""


def write_workbook(published: Published, path: Path) -> None:
    """Write the workbook: numbers are numbers, everything else is text, and nothing is a formula or a link.

    Raises
    ------
    InvalidInput
        A text is longer than `CELL_CHARACTERS`, or there are more rows of a kind than a sheet holds.
    """
    tables = tables_of(published)
    _check_sizes(tables)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"title": published.title, "created": _MADE})
        workbook.set_custom_property(MARK, "1")
        sheet = _Sheets(workbook, published)
        sheet.write_about()
        for table in tables:
            sheet.write_table(table)


class _Sheets:
    """A workbook being written."""

    def __init__(self, workbook: xlsxwriter.Workbook, published: Published) -> None:
        self._workbook, self._published = workbook, published
        self._names: Mapping[NodeId, str] = {id: node.name for id, node in published.by_id.items()}
        self._title: Format = workbook.add_format({"bold": True, "font_size": 16})
        self._bold: Format = workbook.add_format({"bold": True, "valign": "top"})
        self._head: Format = workbook.add_format({"bold": True, "bg_color": "#DDE6F0", "bottom": 1, "valign": "top"})
        self._text: Format = workbook.add_format({"valign": "top"})
        self._quoted: Format = workbook.add_format({"valign": "top", "quote_prefix": True})

    def write_about(self) -> None:
        sheet = self._workbook.add_worksheet(ABOUT_SHEET)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 90)
        sheet.write_string(0, 0, self._published.title, self._title)
        for row, (name, value) in enumerate(about(self._published)[1:], start=2):
            sheet.write_string(row, 0, name, self._bold)
            sheet.write_string(row, 1, value, self._text)
        row += 2
        sheet.write_string(row, 0, "Sheets", self._bold)
        for place, table in enumerate(tables_of(self._published)):
            words = f"{sheet_of(table.spec.name)} ({len(table.rows):,}): {table.spec.about}"
            sheet.write_string(row + place, 1, words, self._text)

    def write_table(self, table: Table) -> None:
        sheet = self._workbook.add_worksheet(sheet_of(table.spec.name))
        columns = _with_names(table)
        widths = [len(heading_of(column)) + 4 for column in columns]
        for place, column in enumerate(columns):
            sheet.write_string(0, place, heading_of(column), self._head)
        for number, row in enumerate(table.rows, start=1):
            for place, column in enumerate(columns):
                text = self._cell(row, column)
                if text:
                    self._write_cell(sheet, (number, place), text, find_spec(row, column))
                    widths[place] = max(widths[place], min(len(text) + 2, WIDEST))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, 2 if table.spec.shape is Shape.THING else 0)
        sheet.autofilter(0, 0, len(table.rows), len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def _cell(self, row: Part, column: str) -> str:
        if column in NAME_COLUMNS:
            return self._names.get(NodeId(row.cells.get(column.removesuffix("_name"), "")), "")[:CELL_CHARACTERS]
        return row.cells.get(column, "")

    def _write_cell(self, sheet: Worksheet, place: tuple[int, int], text: str, spec: PropertySpec | None) -> None:
        number = _number(text, spec)
        if number is not None:
            sheet.write_number(*place, number, self._text)
        elif spec is not None and spec.kind is Kind.BOOLEAN and not spec.many:
            sheet.write_boolean(*place, text == "true", self._text)
        else:
            sheet.write_string(*place, text, self._text if guard_cell(text) == text else self._quoted)


def _with_names(table: Table) -> tuple[str, ...]:
    """Return the columns with one for the name behind each id that a row starts from."""
    named = {"source": "source_name", "target": "target_name"} if table.spec.shape is Shape.TIE else {}
    named |= {"subject": "subject_name"} if table.spec.shape is Shape.STATEMENT else {}
    return tuple(each for column in table.columns for each in (column, named.get(column, "")) if each)


def _number(text: str, spec: PropertySpec | None) -> int | float | None:
    """Return the number that a cell is, where the file format keeps all of its digits; else it goes as text."""
    if spec is None or spec.many:
        return None
    if spec.kind is Kind.INTEGER:
        return int(text) if abs(int(text)) < _EXACT_INTEGER else None
    if spec.kind is Kind.FLOAT:
        number = float(text)
        return number if float(f"{number:.16G}") == number else None
    return None


def _check_sizes(tables: tuple[Table, ...]) -> None:
    findings = [
        Finding("has more rows than a sheet holds", table.spec.name, str(len(table.rows)), f"{SHEET_ROWS - 1} at most")
        for table in tables
        if len(table.rows) >= SHEET_ROWS
    ]
    findings += [
        Finding(
            f"{column} is longer than a cell holds",
            f"{table.spec.name} {row.cells.get('id', '')}".strip(),
            f"{len(text)} characters",
            f"{CELL_CHARACTERS} characters, or another format",
        )
        for table in tables
        for row in table.rows
        for column, text in row.cells.items()
        if len(text) > CELL_CHARACTERS
    ]
    if findings:
        raise InvalidInput(findings)
