"""Reads a CSV bundle: a folder of files with known names, or one of them.

Here each row is taken as it stands. Whether it is sound, and whether what it names exists and fits, is for
`matchmaker.exchange.readers.rows` and `matchmaker.exchange.admission`.
"""

import difflib
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.bundle import FILES, FileSpec, columns_of, required_columns
from matchmaker.exchange.findings import Spot, shown
from matchmaker.exchange.readers.sheets import Row, Sheet, iter_rows, open_sheet
from matchmaker.exchange.reading import Format, Part, Probe, Reading, ReadOptions, SourceRow
from matchmaker.model.ids import is_id
from matchmaker.model.ontology import KEPT_PREFIX

READ_BLOCK = 1 << 20


def read_bundle(path: Path, options: ReadOptions) -> Reading:
    """Open a folder, or one CSV file with a known name; rows come in the order of loading.

    ``options.keep`` names unknown columns to keep as text, as ``x_<column>``; the others are dropped and reported.

    Raises
    ------
    InvalidInput
        There is nothing here that could be read. A fault inside a file is a finding of the reading instead.
    """
    files, unknown = _bundle_files(path)
    keep = frozenset(_column_name(column) for column in options.keep)
    opened = [_open_file(spec, files[spec.name], keep) for spec in FILES.values() if spec.name in files]
    kept = {column for file in opened for column in file.kept}
    notices = [*unknown, *(notice for file in opened for notice in file.notices), *_unused_keeps(keep, kept)]

    def rows() -> Iterator[SourceRow]:
        for file in opened:
            yield from file.rows()

    return Reading(
        "bundle",
        bundle_name(path),
        bundle_digest(path),
        rows,
        sum(count_lines(file.sheet.path) for file in opened),
        tuple(finding for file in opened for finding in file.findings),
        tuple(notices),
    )


def is_bundle(probe: Probe) -> bool:
    """Say whether it is a folder with a file of a bundle in it, or one of them.

    A hub's own sheet may be called ``partners.csv`` too; it has none of the bundle's columns.
    """
    if probe.path.is_dir():
        return any(name in FILES for name in probe.members)
    if probe.path.name not in FILES:
        return False
    known = {column.name for column in columns_of(FILES[probe.path.name])}
    return not any(probe.columns) or not known.isdisjoint(probe.columns)


FORMATS = (Format("bundle", "CSV bundle", is_bundle, read_bundle),)


def count_lines(path: Path) -> int:
    """Return how many line ends a file has: about how many rows, for showing progress."""
    try:
        with path.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(READ_BLOCK), b""))
    except OSError:
        return 0


def bundle_name(path: Path) -> str:
    """Return the name of the bundle's folder, of a single file that of the folder it stands in."""
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    return shown(folder.name) or "bundle"


def bundle_digest(path: Path) -> str:
    """Return the SHA-256 of the names and bytes of the files that would be read, as 64 hexadecimal digits."""
    files, _ = _bundle_files(path)
    total = hashlib.sha256()
    for name in sorted(files):
        state = hashlib.sha256()
        try:
            with files[name].open("rb") as file:
                while block := file.read(READ_BLOCK):
                    state.update(block)
        except OSError:
            state.update(b"unreadable")
        total.update(f"{name} {state.hexdigest()}\n".encode())
    return total.hexdigest()


def _bundle_files(path: Path) -> tuple[dict[str, Path], list[Finding]]:
    """Return the known files by name, and a notice for every other CSV file."""
    try:
        if path.is_dir():
            found = sorted(entry for entry in path.iterdir() if entry.suffix.lower() == ".csv")
        elif path.is_file():
            found = [path]
        else:
            raise InvalidInput([_finding("there is no such file or folder", path, "a folder of CSV files, or one")])
    except OSError as error:
        why = f"the folder can't be read ({error.strerror})"
        raise InvalidInput([_finding(why, path, "a readable folder")]) from error
    known = {entry.name: entry for entry in found if entry.name in FILES}
    unknown = [
        Finding("the file is ignored: no such file is part of a bundle", file=shown(entry.name), valid=_known_names())
        for entry in found
        if entry.name not in FILES
    ]
    if not known:
        raise InvalidInput([_finding("there is no file of a bundle here", path, _known_names())])
    return known, unknown


def _known_names() -> str:
    return "one of " + ", ".join(FILES)


def _finding(message: str, path: Path, valid: str) -> Finding:
    return Finding(message, where="the path", value=shown(str(path)), valid=valid)


def _column_name(text: str) -> str:
    return text.strip().lower()


def kept_name(column: str) -> str:
    """Return the property that an unknown column is kept as.

    >>> kept_name("grade band (2024)")
    'x_grade_band_2024'
    """
    safe = "".join(character if character.isascii() and character.isalnum() else "_" for character in column.lower())
    return (KEPT_PREFIX + "_".join(part for part in safe.split("_") if part))[:100]


def _unused_keeps(keep: frozenset[str], kept: set[str]) -> Iterator[Finding]:
    for name in sorted(keep - kept):
        yield Finding("no file has this column to keep", where=shown(name), valid="an unknown column's name")


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the bundle, its header read."""

    spec: FileSpec
    sheet: Sheet
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...]
    kept: Mapping[str, str]

    def rows(self) -> Iterator[SourceRow]:
        if not self.sheet.columns:
            return
        names = {column.name: column.name for column in columns_of(self.spec)} | dict(self.kept)
        for row in iter_rows(self.sheet):
            if self.findings:
                yield SourceRow(row.spot, (self._part(row, names),), refused=True)
            elif not row.fit:
                yield SourceRow(row.spot, (), row.findings)
            else:
                yield SourceRow(row.spot, (self._part(row, names),), row.findings)

    def _part(self, row: Row, names: Mapping[str, str]) -> Part:
        return Part(self.spec.name, {names[column]: cell for column, cell in row.cells.items() if column in names})


def _open_file(spec: FileSpec, path: Path, keep: frozenset[str]) -> _File:
    sheet = open_sheet(path)
    missing = _missing(spec, sheet) if not sheet.findings else []
    findings = (*sheet.findings, *missing)
    if findings:
        return _File(spec, sheet, findings, (), {})
    known = {column.name for column in columns_of(spec)}
    unknown = [name for name in dict.fromkeys(sheet.columns) if name not in known]
    wanted = {name: name if _is_kept(name) else kept_name(name) for name in unknown if name in keep or _is_kept(name)}
    unclear = {name for name, times in Counter(wanted.values()).items() if times > 1}
    kept = {column: name for column, name in wanted.items() if name not in unclear and name != KEPT_PREFIX}
    spot = Spot(sheet.path.name, 1)
    notices = [
        spot.finding("the column is dropped", name or "(no name)", valid=_drop_rule(spec, name, wanted=name in wanted))
        for name in unknown
        if name not in kept
    ]
    return _File(spec, sheet, (), tuple(notices), kept)


def _is_kept(name: str) -> bool:
    """Say whether a column holds what was kept from a sheet before: an export has such ones."""
    return name.startswith(KEPT_PREFIX) and is_id(name)


def _missing(spec: FileSpec, sheet: Sheet) -> list[Finding]:
    spot = Spot(sheet.path.name, 1)
    return [
        spot.finding("the column is missing, so no row is loaded", name, valid=_header_rule(spec))
        for name in required_columns(spec)
        if name not in sheet.columns
    ]


def _header_rule(spec: FileSpec) -> str:
    needed = ", ".join(required_columns(spec))
    return f"a header with at least {needed}; a sheet with other headings is loaded by itself, --format spreadsheet_csv"


def _drop_rule(spec: FileSpec, name: str, *, wanted: bool) -> str:
    if wanted:
        return "another name for one of the columns that would be kept under the same name"
    near = difflib.get_close_matches(name, [column.name for column in columns_of(spec)], n=2, cutoff=0.75)
    meant = f"; or is {' or '.join(near)} meant?" if near else ""
    return f"--keep with its name keeps it as {kept_name(name)}{meant}"
