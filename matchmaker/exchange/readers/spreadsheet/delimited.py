"""Text files with delimiters: which encoding, which delimiter, and their lines."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path

from charset_normalizer import from_bytes

from matchmaker.errors import Finding
from matchmaker.exchange.findings import shown
from matchmaker.exchange.readers.sheets import iter_delimited
from matchmaker.exchange.readers.spreadsheet.lines import MAXIMUM_COLUMNS, Line, Lines, refused, trimmed

BLOCK = 1 << 20
SAMPLE_BYTES = 1 << 18
SAMPLE_LINES = 50
DELIMITERS = ",;\t|"
DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSED = [
    "cp1252",
    "latin_1",
    "mac_roman",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1255",
    "cp1256",
    "shift_jis",
    "gb18030",
    "big5",
]
_ENCODING_RULE = "a text file saved as UTF-8"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a text file is written.

    Attributes
    ----------
    name
        Its codec.
    breaks
        How many line breaks there are, about.
    guessed
        It isn't UTF-8 and has no byte order mark: this is what fits best.
    fault
        Why no text can be made of it; empty where it can.
    """

    name: str
    breaks: int = 0
    guessed: bool = False
    fault: str = ""


def find_encoding(path: Path) -> Encoding:
    """Return a text file's encoding: by its byte order mark, else UTF-8 where all of it is, else what fits best.

    The whole file is looked at, in blocks.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _checked(path, Encoding(name))
    if b"\0" in head:
        return _checked(path, Encoding(_by_zeros(head), guessed=True)) if _by_zeros(head) else Encoding("", fault=_NUL)
    found = _checked(path, Encoding("utf-8"))
    return found if not found.fault else _checked(path, Encoding(_by_likeness(path), guessed=True))


_NUL = "the file holds NUL bytes, so it isn't a text file"


def _checked(path: Path, encoding: Encoding) -> Encoding:
    """Return the encoding with its line breaks counted, or with the fault that the file isn't written so."""
    decoder = codecs.getincrementaldecoder(encoding.name)()
    breaks = 0
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                text = decoder.decode(block)
                breaks += max(text.count("\n"), text.count("\r"))
                if "\0" in text:
                    return Encoding(encoding.name, fault=_NUL)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return Encoding(encoding.name, fault=f"the file can't be read as {encoding.name.upper()}")
    return Encoding(encoding.name, breaks + 1, encoding.guessed)


def _by_zeros(head: bytes) -> str:
    """Return the kind of UTF-16 that a text without byte order mark is in: ASCII has a zero in every other byte."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.1 else ""


def _by_likeness(path: Path) -> str:
    """Return the one-byte encoding that makes the likeliest text of the lines that aren't ASCII."""
    sample = b""
    with path.open("rb") as file:
        for line in iter(partial(file.readline, BLOCK), b""):
            if not line.isascii():
                sample += line
            if len(sample) > SAMPLE_BYTES:
                break
    best = from_bytes(sample, cp_isolation=_GUESSED, threshold=0.5).best()
    named = str(best.encoding) if best is not None else "cp1252"
    # Latin-1 and Windows-1252 differ only where Latin-1 has control characters, which nobody types.
    return "cp1252" if named in {"latin_1", "mac_roman", "cp1250"} and _fits_cp1252(sample) else named


def _fits_cp1252(sample: bytes) -> bool:
    try:
        text = sample.decode("cp1252")
    except UnicodeError:
        return False
    letters = [character for character in text if ord(character) > 127]
    likely = sum(1 for letter in letters if letter in "áéíóúüñÁÉÍÓÚÜÑàèâêîôûçëïãõäöß–—‘’“”•°®©¡¿ªº\xa0")
    return likely >= 0.9 * len(letters)


def find_delimiter(sample: str) -> str:
    r"""Return the delimiter that cuts the first lines into the same number of cells most often.

    >>> find_delimiter("name;zip\nZoo, Miami;33177\n"), find_delimiter("name\nZoo\n")
    (';', ',')
    """
    best, delimiter = (0.0, 0), ","
    for candidate in DELIMITERS:
        widths = _widths(sample, candidate)
        if not widths:
            continue
        width, times = max(
            Counter(width for width in widths if width > 1).items(), key=lambda i: i[::-1], default=(0, 0)
        )
        if width > 1 and (times / len(widths), width) > best:
            best, delimiter = (times / len(widths), width), candidate
    return delimiter


def _widths(sample: str, delimiter: str) -> list[int]:
    widths: list[int] = []
    try:
        for cells in csv.reader(StringIO(sample, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in cells):
                widths.append(len(cells))
            if len(widths) >= SAMPLE_LINES:
                break
    except csv.Error:
        return widths
    return widths[:-1] if len(widths) > 2 else widths


def open_delimited(path: Path) -> Lines:
    """Open a text file with commas, semicolons, tabs or bars; what is wrong with it is a finding."""
    file = shown(path.name)
    try:
        encoding = find_encoding(path)
        if encoding.fault:
            return refused(file, "", Finding(encoding.fault, file=file, valid=_ENCODING_RULE))
        with path.open(encoding=encoding.name, newline="") as text:
            delimiter = find_delimiter(text.read(SAMPLE_BYTES))
    except OSError as error:
        return refused(file, "", Finding(f"the file can't be read ({error.strerror})", file=file, valid=_ENCODING_RULE))
    notices = []
    if encoding.guessed:
        words = f"the file is not UTF-8; it was read as {_encoding_words(encoding.name)}"
        notices.append(Finding(words, file=file, valid="look at the names with accents, or save it as UTF-8"))
    if delimiter != ",":
        notices.append(Finding(f"its cells are separated by {DELIMITER_NAMES[delimiter]}", file=file))
    return Lines(file, "", partial(_iter_lines, path, encoding.name, delimiter), encoding.breaks, (), tuple(notices))


def _encoding_words(name: str) -> str:
    known = {"cp1252": "Windows-1252 (Western European, as Latin-1)", "mac_roman": "Mac Roman"}
    return known.get(name, name.upper().replace("_", "-"))


def _iter_lines(path: Path, encoding: str, delimiter: str) -> Iterator[Line]:
    for line in iter_delimited(path, encoding, delimiter):
        if line.fault:
            yield Line(line.number, (), line.fault)
        elif len(line.cells) > MAXIMUM_COLUMNS:
            yield Line(line.number, (), f"the line has {len(line.cells):,} cells, more than {MAXIMUM_COLUMNS:,}")
        elif kept := trimmed(line.cells):
            yield Line(line.number, kept)
