"""Reads the workbook that an export writes: every sheet is a file of the bundle, with headings for people."""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from openpyxl import load_workbook

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.bundle import FILES, FileSpec, columns_of
from matchmaker.exchange.cells import cell_text, unescape_xml
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.reading import Format, Part, Probe, Reading, ReadOptions, SourceRow, digest_of_file
from matchmaker.exchange.safety import check_workbook, open_zip
from matchmaker.exchange.writers.workbook import ABOUT_SHEET, MARK, NAME_COLUMNS, column_of, sheet_of
from matchmaker.model.ids import is_id
from matchmaker.model.ontology import KEPT_PREFIX

_PROPERTIES = "docProps/custom.xml"
_PROPERTIES_BYTES = 1 << 16
_SHEETS = {sheet_of(name): spec for name, spec in FILES.items()}


def is_workbook_bundle(probe: Probe) -> bool:
    """Say whether a workbook was written as a bundle: it says so among its own properties."""
    if probe.path.is_dir() or _PROPERTIES not in probe.members:
        return False
    try:
        with open_zip(probe.path) as archive:
            return MARK.encode() in archive.read(_PROPERTIES, _PROPERTIES_BYTES)
    except InvalidInput:
        return False


def read_workbook_bundle(path: Path, _options: ReadOptions) -> Reading:
    """Open a workbook; its rows come sheet by sheet in the order of loading. Unknown sheets and columns are reported.

    Raises
    ------
    InvalidInput
        It is no harmless workbook.
    """
    check_workbook(path)
    with closing(load_workbook(path, read_only=True, data_only=True)) as workbook:
        names = list(workbook.sheetnames)
        headings = {name: _headings(next(iter(workbook[name].iter_rows(values_only=True)), ())) for name in names}
        estimate = sum(workbook[name].max_row or 0 for name in names if name in _SHEETS)
    notices = [
        Finding("the sheet is left out: no such sheet is part of a bundle", where=name, file=path.name)
        for name in names
        if name not in _SHEETS and name != ABOUT_SHEET
    ]
    notices += [
        Finding("the column is dropped", where=column or "(no name)", file=f"{path.name} {name}", line=1)
        for name, columns in headings.items()
        if name in _SHEETS
        for column in columns
        if column not in NAME_COLUMNS and not _is_known(_SHEETS[name], column)
    ]
    return Reading(
        "workbook_bundle",
        path.stem,
        digest_of_file(path),
        lambda: _iter_rows(path, headings),
        estimate,
        notices=tuple(notices),
    )


FORMATS = (Format("workbook_bundle", "exported Excel workbook", is_workbook_bundle, read_workbook_bundle),)


def _iter_rows(path: Path, headings: dict[str, tuple[str, ...]]) -> Iterator[SourceRow]:
    with closing(load_workbook(path, read_only=True, data_only=True)) as workbook:
        for name, spec in _SHEETS.items():
            if name not in headings:
                continue
            columns = [column if _is_known(spec, column) else "" for column in headings[name]]
            rows = workbook[name].iter_rows(min_row=2, values_only=True)
            for number, cells in enumerate(rows, start=2):
                filled = {
                    column: text
                    for column, cell in zip(columns, cells, strict=False)
                    if column and (text := _text(cell))
                }
                if filled:
                    yield SourceRow(Spot(f"{path.name} {name}", number), (Part(spec.name, filled),))


def _headings(cells: Sequence[object]) -> tuple[str, ...]:
    return tuple(column_of(_text(cell)) for cell in cells)


def _is_known(spec: FileSpec, column: str) -> bool:
    if column.startswith(KEPT_PREFIX):
        return is_id(column)
    return any(known.name == column for known in columns_of(spec))


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, str):
        return unescape_xml(cell).strip()
    return cell_text(cell) if isinstance(cell, bool | int | float) else str(cell)
