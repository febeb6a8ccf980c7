"""What stands in a Kumu file: its elements and connections, as fields by name, whatever form the file has."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Final

import openpyxl

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.readers.documents import cell_of, fields_of, find_member
from matchmaker.exchange.readers.sheets import iter_rows, open_sheet
from matchmaker.exchange.roster import check_columns, check_document
from matchmaker.exchange.safety import check_workbook, load_json, open_zip
from matchmaker.model.properties import split_list

IGNORED_SHEET: Final = "(ignore)"
SAMPLE: Final = 50
"""Elements that are looked at to tell a list of people."""

_TYPE_FIELDS: Final = ("element type", "connection type", "type")
_NOT_DATA: Final = frozenset({"_id", "id", "attributes", "direction", "delayed", "reversed", "from", "to", "fake"})
_ELEMENT_HEADS: Final = (("label",), ("id", "label"))
_CONNECTION_HEADS: Final = (("from", "to"), ("id", "from", "to"))
_TEXT_WITH_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]00:00:00")


@dataclass(frozen=True, slots=True)
class Entry:
    """An element or a connection.

    Attributes
    ----------
    spot
        Where it stands: its place in the list, or its line in a sheet.
    key
        The id it has in the file; empty where it has none.
    fields
        Its filled fields by name in lower case, lists joined; the type is ``type``.
    whole
        Whether it is an object at all; nothing can be said about one that isn't.
    """

    spot: Spot
    key: str
    fields: Mapping[str, str]
    whole: bool = True

    @property
    def label(self) -> str:
        """Its label."""
        return self.fields.get("label", "")


@dataclass(frozen=True, slots=True)
class KumuFile:
    """A file in any of Kumu's forms.

    Attributes
    ----------
    elements, connections
        Give the entries anew with every call, one at a time.
    splits_ends
        Several ends of a connection may stand in one cell, separated by ``|``.
    findings
        What makes it unreadable as a whole.
    """

    elements: Callable[[], Iterator[Entry]]
    connections: Callable[[], Iterator[Entry]]
    splits_ends: bool = False
    findings: tuple[Finding, ...] = ()


def open_blueprint(path: Path) -> KumuFile:
    """Open a JSON blueprint or a project's export, which holds the same in ``attributes``; it is read whole.

    Raises
    ------
    InvalidInput
        It isn't JSON, or not within the limits of `matchmaker.exchange.safety`.
    """
    whole = load_json(path)
    roster = check_document(whole, path.name)
    document = fields_of(whole)
    findings = [roster] if roster is not None else []
    for name in ("elements", "connections"):
        if not isinstance(document.get(name, []), list):
            valid = "a list of objects"
            findings.append(Finding("is no list", where=name, valid=valid, file=path.name))
    if not findings and not (document.get("elements") or document.get("connections")):
        valid = 'an object with "elements" and "connections"'
        findings.append(Finding("there are neither elements nor connections", valid=valid, file=path.name))

    def entries(name: str) -> Callable[[], Iterator[Entry]]:
        listed = document.get(name, [])
        return lambda: _iter_objects(listed if isinstance(listed, list) else [], f"{path.name} {name}")

    return KumuFile(entries("elements"), entries("connections"), findings=tuple(findings))


def _iter_objects(objects: Sequence[object], file: str) -> Iterator[Entry]:
    for number, item in enumerate(objects, start=1):
        spot = Spot(file, number)
        fields = fields_of(item)
        attributes = fields_of(fields.get("attributes"))
        flat = {name: value for name, value in fields.items() if name.lower() not in _NOT_DATA} | dict(attributes)
        given = {name: fields.get(name) for name in ("from", "to", "direction")}
        key = cell_of(fields.get("_id")) or cell_of(fields.get("id")) or cell_of(flat.pop("id", None))
        yield Entry(spot, key, _named({**flat, **given}), whole=isinstance(item, dict))


def _named(fields: Mapping[str, object]) -> dict[str, str]:
    """Return the filled fields by name in lower case, the type under one name."""
    named: dict[str, str] = {}
    for name, value in fields.items():
        text = cell_of(value)
        if text:
            named.setdefault(" ".join(name.lower().split()), text)
    types = [named.pop(name) for name in _TYPE_FIELDS if name in named]
    return {**named, "type": types[0]} if types else named


def is_element_head(columns: Sequence[str]) -> bool:
    """Say whether a sheet's first columns are those of elements."""
    return any(tuple(columns[: len(head)]) == head for head in _ELEMENT_HEADS)


def is_connection_head(columns: Sequence[str]) -> bool:
    """Say whether a sheet's first columns are those of connections."""
    return any(tuple(columns[: len(head)]) == head for head in _CONNECTION_HEADS)


def open_delimited(path: Path) -> KumuFile:
    """Open a CSV file of elements or of connections, or a folder with one of each.

    Raises
    ------
    InvalidInput
        It can't be read.
    """
    paths = [path]
    if path.is_dir():
        with open_zip(path) as folder:
            names = [find_member(folder.names, wanted) for wanted in ("elements", "connections")]
        paths = [path / name for name in names if name]
    sheets = [open_sheet(one) for one in paths]
    findings = tuple(finding for sheet in sheets for finding in sheet.findings)

    def entries(fits: Callable[[Sequence[str]], bool]) -> Callable[[], Iterator[Entry]]:
        def read() -> Iterator[Entry]:
            for sheet in sheets:
                if fits(sheet.columns):
                    for row in iter_rows(sheet):
                        yield _from_cells(row.spot, row.cells, whole=row.fit)

        return read

    file = KumuFile(entries(is_element_head), entries(is_connection_head), splits_ends=True)
    return replace(file, findings=(*findings, *_rosters(file, path)))


def _rosters(file: KumuFile, path: Path) -> Iterator[Finding]:
    """Yield what shows that the elements are people, by their fields and the first rows."""
    sample = [entry.fields for entry in islice(file.elements(), SAMPLE)]
    names = list(dict.fromkeys(name for fields in sample for name in fields))
    finding = check_columns(names, [[fields.get(name, "") for name in names] for fields in sample], path.name)
    if finding is not None:
        yield finding


def _from_cells(spot: Spot, cells: Mapping[str, str], *, whole: bool = True) -> Entry:
    fields = dict(cells)
    key = fields.pop("id", "")
    return Entry(spot, key, _named(fields), whole)


def open_workbook(path: Path) -> KumuFile:
    """Open an XLSX workbook: every sheet whose first columns are those of elements or of connections.

    Sheets with ``(ignore)`` in their name are passed over, and two blank rows begin a new section with a header of its
    own, as in Kumu.

    Raises
    ------
    InvalidInput
        It can't be read, or not within the limits of `matchmaker.exchange.safety`.
    """
    check_workbook(path)

    def entries(fits: Callable[[Sequence[str]], bool]) -> Callable[[], Iterator[Entry]]:
        return lambda: (entry for columns, entry in _iter_workbook(path) if fits(columns))

    file = KumuFile(entries(is_element_head), entries(is_connection_head), splits_ends=True)
    return replace(file, findings=tuple(_rosters(file, path)))


def list_heads(path: Path) -> list[tuple[str, ...]]:
    """Return the first row of every sheet of a workbook; none where it can't be read."""
    try:
        check_workbook(path)
    except InvalidInput:
        return []
    book = openpyxl.load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True)
    heads = []
    for sheet in book.worksheets:
        first = next(sheet.iter_rows(min_row=1, max_row=1, values_only=True), ())
        heads.append(tuple(_cell(value).lower() for value in first))
    book.close()
    return heads


def _iter_workbook(path: Path) -> Iterator[tuple[tuple[str, ...], Entry]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            if IGNORED_SHEET not in sheet.title.lower():
                rows = (tuple(_cell(value) for value in row) for row in sheet.iter_rows(values_only=True))
                yield from _iter_sections(rows, f"{path.name} {sheet.title}")
    finally:
        book.close()


def _iter_sections(rows: Iterator[tuple[str, ...]], file: str) -> Iterator[tuple[tuple[str, ...], Entry]]:
    columns: tuple[str, ...] = ()
    blank = 0
    for number, cells in enumerate(rows, start=1):
        if not any(cells):
            blank += 1
            continue
        if not columns or blank >= 2:
            columns = tuple(cell.lower() for cell in cells)
        else:
            filled = {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell}
            yield columns, _from_cells(Spot(file, number), filled)
        blank = 0


def _cell(value: object) -> str:
    """Return a cell's text; whole numbers without a decimal point, days without a time."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    day = _TEXT_WITH_DAY.fullmatch(text)
    return day.group(1) if day else text


def ends_of(cell: str, *, splits: bool) -> list[str]:
    """Return the ends that a cell of a connection names."""
    return split_list(cell) if splits else [cell] if cell else []
