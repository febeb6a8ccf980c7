"""A register's file as rows of cells: delimited text in UTF-8 or, as older federal files are, Windows' Latin-1."""

import codecs
import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.findings import Spot, shown

READ_BLOCK = 1 << 20
_WINDOWS_CHARACTERS = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
"""What is meant by control characters that stand where text in Windows' Latin-1 was read as Latin-1."""

LONGEST_LINE = 1 << 20
"""A line that is longer, in characters, is read in pieces, which then don't fit the header."""

DELIMITERS = ",;\t|"
LOOSE_QUOTE = "a quote inside quoted text isn't written twice; the row was read as it stands"

_UTF_8, _UTF_16, _WINDOWS, _LATIN = "utf-8-sig", "utf-16", "cp1252", "latin-1"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a register.

    Attributes
    ----------
    spot
        Where it starts.
    values
        Its cells as they stand, and an empty one at the end for columns that the file doesn't have.
    index
        Where each column is, by its name in lower case.
    fault
        Why the row can't be read; empty where it can.
    mended
        What had to be mended to read it; empty where nothing had.
    """

    spot: Spot
    values: list[str]
    index: Mapping[str, int]
    fault: str = ""
    mended: str = ""

    def text(self, column: str) -> str:
        """Return a cell, stripped; empty where the file has no such column."""
        return self.values[self.index.get(column, -1)].strip()

    def first(self, *columns: str) -> str:
        """Return the first filled cell of several columns."""
        return next((text for column in columns if (text := self.text(column))), "")


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read row by row, as often as one likes.

    Attributes
    ----------
    path
        The file.
    digest
        The SHA-256 of its bytes.
    encoding, delimiter
        How its text is written, and what stands between cells.
    columns
        The names of its columns in lower case, in order.
    lines
        How many lines it has, about as many as rows.
    findings
        What makes it unreadable as a whole.
    """

    path: Path
    digest: str
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    lines: int
    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """The file's name, as it may be shown."""
        return shown(self.path.name)

    def iter_entries(self) -> Iterator[Entry]:
        """Yield the rows under the header; blank ones are passed over."""
        index = {name: position for position, name in enumerate(self.columns)}
        width, name = len(self.columns), self.name
        unreadable = [""] * (width + 1)
        with self.path.open(encoding=self.encoding, newline="") as file:
            lines = _Remembered(file)
            reader = csv.reader(lines, strict=True, delimiter=self.delimiter)
            _skip_header(reader)
            while True:
                spot, mended = Spot(name, reader.line_num + 1), ""
                lines.taken.clear()
                try:
                    values = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    values, mended = _reread(lines.taken, str(error), self.delimiter), LOOSE_QUOTE
                    if len(values) != width:
                        yield Entry(spot, unreadable, index, f"the row can't be read ({shown(str(error))})")
                        continue
                if len(values) != width:
                    if any(value.strip() for value in values):
                        fault = f"the row has {len(values)} cells, the header has {width}"
                        yield Entry(spot, unreadable, index, fault)
                    continue
                values.append("")
                yield Entry(spot, values, index, mended=mended)


class _Remembered:
    """The lines of a file, and those that the row being read has taken so far."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        if not line.isascii():
            line = line.translate(_WINDOWS_CHARACTERS)
        self.taken.append(line)
        return line


def _skip_header(reader: Iterator[list[str]]) -> None:
    """Pass the first line that isn't blank."""
    for cells in reader:
        if any(cell.strip() for cell in cells):
            return


def _reread(lines: list[str], error: str, delimiter: str) -> list[str]:
    """Return the cells of a row whose inner quotes aren't written twice; none where something else is wrong with it."""
    if "expected after" not in error:
        return []
    rows = list(csv.reader(lines, delimiter=delimiter))
    return rows[0] if len(rows) == 1 else []


def open_table(path: Path) -> Table:
    """Read a file once for its digest, its encoding and its header.

    Raises
    ------
    InvalidInput
        The file can't be opened.
    """
    try:
        digest, lines, encoding = _scan(path)
        with path.open(encoding=encoding, newline="") as file:
            first = next((line for line in _Remembered(file) if line.strip()), "")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "its text is cut off or in no known encoding"
        finding = Finding(f"the file can't be read ({why})", where="the path", value=shown(str(path)))
        raise InvalidInput([finding]) from error
    delimiter, header = max(map(partial(_split, first), DELIMITERS), key=_width)
    columns = tuple(cell.strip().lower() for cell in header)
    spot = Spot(shown(path.name), 1)
    twice = sorted(name for name, times in Counter(columns).items() if name and times > 1)
    findings = tuple(spot.finding("the column is there more than once", name, valid="once") for name in twice)
    return Table(path, digest, encoding, delimiter, columns, max(lines - 1, 0), findings)


def _split(line: str, delimiter: str) -> tuple[str, list[str]]:
    try:
        return delimiter, next(csv.reader([line], strict=True, delimiter=delimiter), [])
    except csv.Error:
        return delimiter, []


def _width(split: tuple[str, list[str]]) -> int:
    return len(split[1])


def _scan(path: Path) -> tuple[str, int, str]:
    """Return the digest, the number of lines and the encoding: the first that fits all of the file."""
    state, lines = hashlib.sha256(), 0
    decoders = {encoding: codecs.getincrementaldecoder(encoding)() for encoding in (_UTF_8, _WINDOWS)}
    marked = False
    with path.open("rb") as file:
        while True:
            block = file.read(READ_BLOCK)
            marked = marked or (not lines and block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)))
            state.update(block)
            lines += block.count(b"\n")
            for encoding, decoder in list(decoders.items()):
                if not _decodes(decoder, block):
                    del decoders[encoding]
            if not block:
                return state.hexdigest(), lines, _UTF_16 if marked else next(iter(decoders), _LATIN)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    try:
        decoder.decode(block, final=not block)
    except UnicodeDecodeError:
        return False
    return True
