"""Looks for lists of people in a file of any format, before any reader takes a value from it."""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import openpyxl

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.reading import HEAD_BYTES
from matchmaker.exchange.roster import SAMPLE_ROWS, check_columns, check_document, check_keys
from matchmaker.exchange.safety import SafeArchive, check_workbook, load_json, open_zip, parse_json, read_head

DELIMITERS = ",;\t|"
OFFICE_MEMBER = "[Content_Types].xml"
_DECLARED = re.compile(rb"""<(?:\w+:)?(?:key|attribute)\s[^<>]*?(?:attr\.name|title)\s*=\s*["']([^"'<>]{1,200})""")
_TABLES = (".csv", ".tsv", ".tab", ".txt")


def find_people(path: Path) -> Finding | None:
    """Say whether a file or folder holds a list of people rather than organizations.

    Tables are judged by their headings and first rows (every sheet of a workbook, every table of a zip file or folder),
    JSON documents by their objects, GraphML and GEXF by the attributes that they declare. Nothing read is kept.

    Returns
    -------
    Finding or None
        It names the columns, never a value; None also for a picture or anything else that is neither.

    Raises
    ------
    InvalidInput
        The file isn't safe to open; see `matchmaker.exchange.safety`.
    """
    head = read_head(path)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if path.is_dir() or head.startswith(b"PK\x03\x04"):
        return _of_archive(path)
    if start.startswith((b"{", b"[")):
        return check_document(load_json(path), path.name)
    if start.startswith(b"<"):
        return check_keys([name.decode("utf-8", "replace") for name in _DECLARED.findall(head)], path.name)
    return _of_table(head, path.name)


def _of_archive(path: Path) -> Finding | None:
    with open_zip(path) as archive:
        office = OFFICE_MEMBER in archive.names
        findings = () if office else _iter_members(archive)
        found = next(iter(findings), None)
    return _of_workbook(path) if office else found


def _iter_members(archive: SafeArchive) -> Iterator[Finding]:
    for name in archive.names:
        lower = name.lower()
        found = None
        if lower.endswith(_TABLES):
            with archive.open(name) as member:
                found = _of_table(member.read(HEAD_BYTES), name)
        elif lower.endswith(".json"):
            found = _of_json_member(archive, name)
        if found is not None:
            yield found


def _of_json_member(archive: SafeArchive, name: str) -> Finding | None:
    try:
        return check_document(parse_json(archive.read(name), name), name)
    except InvalidInput:
        # One that its reader needs is refused by the reader; any other does no harm.
        return None


def _of_workbook(path: Path) -> Finding | None:
    check_workbook(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError):
        # What openpyxl can't open its reader refuses, in better words than could be found here.
        return None
    try:
        return next(_iter_sheets(book, path.name), None)
    finally:
        book.close()


def _iter_sheets(book: openpyxl.Workbook, file: str) -> Iterator[Finding]:
    for number, sheet in enumerate(book.worksheets, start=1):
        try:
            rows = list(itertools.islice(sheet.iter_rows(values_only=True), SAMPLE_ROWS))
        except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError):
            continue
        found = _of_rows(["" if cell is None else str(cell) for cell in row] for row in rows)
        if found is not None:
            yield Finding(found.message, found.where, valid=found.valid, file=f"{file} (sheet {number})")


def _of_table(head: bytes, file: str) -> Finding | None:
    rows = max((_rows(_decoded(head), delimiter) for delimiter in DELIMITERS), key=_cells, default=[])
    return _of_rows(rows, file)


def _of_rows(rows: Iterable[list[str]], file: str = "") -> Finding | None:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    widest = max(map(_filled, filled), default=0)
    # Titles over a table have a cell or two; under them its columns are named.
    table = list(itertools.dropwhile(lambda row: 2 * _filled(row) < min(widest, 4), filled))
    above = (check_columns(row, [], file) for row in filled[: len(filled) - len(table)])
    found = next(filter(None, above), None)
    return found or (check_columns(table[0], table[1:], file) if table else None)


def _filled(row: list[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _decoded(head: bytes) -> str:
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return head.decode("utf-16", "replace")
    if b"\x00" in head[:4]:
        return head.decode("utf-16-le" if head[1:2] == b"\x00" else "utf-16-be", "replace")
    try:
        return head.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        # The head may end within a character; elsewhere it is another encoding.
        if error.start > len(head) - 4:
            return head[: error.start].decode("utf-8").lstrip("\ufeff")
        return head.decode("latin-1")


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Return the first rows; those that can't be told apart are for the reader to refuse."""
    lines = io.StringIO(text.replace("\x00", ""), newline="")
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[list[str]] = []
    while len(rows) <= SAMPLE_ROWS:
        try:
            rows.append(next(reader))
        except (StopIteration, csv.Error):
            break
    return rows


def _cells(rows: list[list[str]]) -> int:
    return sum(len(row) for row in rows[:20])
