"""Which format a file is of: told by its header, its members or its first bytes, never by asking people."""

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.findings import shown
from matchmaker.exchange.readers import (
    bundle,
    ctdl,
    geojson,
    gexf,
    graphml,
    hsds,
    kumu,
    registers,
    workbook_bundle,
    zipped_bundle,
)
from matchmaker.exchange.readers.spreadsheet import reader as spreadsheet
from matchmaker.exchange.reading import HEAD_BYTES, Format, Probe
from matchmaker.exchange.roster_gate import find_people
from matchmaker.exchange.safety import open_zip

FORMATS: tuple[Format, ...] = (
    *hsds.FORMATS,
    *bundle.FORMATS,
    *zipped_bundle.FORMATS,
    *registers.FORMATS,
    *workbook_bundle.FORMATS,
    *kumu.FORMATS,
    *ctdl.FORMATS,
    *graphml.FORMATS,
    *gexf.FORMATS,
    *geojson.FORMATS,
    *spreadsheet.FORMATS,
)
"""Every format that can be read, the most particular first."""

_DELIMITERS = ",;\t|"


def recognize(path: Path, wanted: str = "", formats: Sequence[Format] = FORMATS) -> Format:
    """Return the format of a file or folder.

    Parameters
    ----------
    wanted
        The term of a format that people ask for; empty: whichever fits.

    Raises
    ------
    InvalidInput
        There is nothing there, it can't be read, it holds people rather than organizations, or no format fits.
    """
    people = find_people(path) if path.exists() else None
    if people is not None:
        raise InvalidInput([people])
    probe = probe_path(path)
    if wanted:
        known = {format.term: format for format in formats}
        if wanted not in known:
            raise InvalidInput([Finding("is not a format", "--format", wanted, ", ".join(sorted(known)))])
        return known[wanted]
    for format in formats:
        if format.matches(probe):
            return format
    raise InvalidInput([_finding("its format isn't recognised", path, _rule(formats))])


def probe_path(path: Path) -> Probe:
    """Look at a file or folder, however large, and return what tells its format."""
    try:
        if path.is_dir():
            return Probe(path, members=tuple(sorted(entry.name for entry in path.iterdir())))
        if path.is_symlink():
            path.stat()
        if not path.is_file():
            raise InvalidInput([_finding("there is no such file or folder", path, "a file or folder to load")])
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise InvalidInput([_finding(f"it can't be read ({error.strerror})", path, "a readable file")]) from error
    if head.startswith(b"PK\x03\x04") or zipfile.is_zipfile(path):
        return Probe(path, head, (), _members(path))
    return Probe(path, head, _first_cells(head))


def _members(path: Path) -> tuple[str, ...]:
    try:
        with open_zip(path) as archive:
            return tuple(archive.names)
    except InvalidInput:
        return ()


def _first_cells(head: bytes) -> tuple[str, ...]:
    """Return the cells of the first line that isn't blank, split at whichever delimiter gives most."""
    encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    text = head.decode(encoding, "replace")
    line = next((line for line in text.splitlines() if line.strip()), "")
    rows = []
    for delimiter in _DELIMITERS:
        try:
            rows.append(next(csv.reader(io.StringIO(line), delimiter=delimiter), []))
        except csv.Error:
            continue
    best = max(rows, key=len, default=[])
    return tuple(cell.strip().lower() for cell in best)


def _rule(formats: Sequence[Format]) -> str:
    return "one of: " + "; ".join(dict.fromkeys(format.title for format in formats))


def _finding(message: str, path: Path, valid: str) -> Finding:
    return Finding(message, where="the path", value=shown(str(path)), valid=valid)
