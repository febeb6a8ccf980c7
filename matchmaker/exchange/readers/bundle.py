"""Reads a CSV bundle: a folder of files with known names, or one of them.

Here each row is judged by itself. Whether what it names exists and fits is for `matchmaker.exchange.admission`.
"""

import difflib
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.bundle import FILES, FileSpec, columns_of, required_columns
from matchmaker.exchange.findings import Refusal, Spot, shown
from matchmaker.exchange.readers.rows import BundleRow, RowReader
from matchmaker.exchange.readers.sheets import Row, Sheet, iter_rows, open_sheet
from matchmaker.model.ids import Owner
from matchmaker.model.ontology import KEPT_PREFIX

READ_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class BundleReading:
    """What a bundle says.

    Attributes
    ----------
    name
        The bundle's name: that of its folder. The source of rows that name none.
    digest
        The SHA-256 of its files' names and bytes.
    read
        How many rows there are, the header and blank rows apart.
    rows
        The rows that are sound by themselves, in the order of loading.
    refusals
        The others.
    findings
        What is wrong with whole files; their rows are among the refusals.
    notices
        What is left out without harm: unknown files and columns.
    """

    name: str
    digest: str
    read: int
    rows: tuple[BundleRow, ...]
    refusals: tuple[Refusal, ...]
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...]


def read_bundle(path: Path, owner: Owner, keep: frozenset[str] = frozenset()) -> BundleReading:
    """Read a bundle's rows as elements of ``owner``.

    Parameters
    ----------
    path
        A folder, or one CSV file with a known name.
    owner
        Whose statements they are. Rows of ``ecosystems.csv`` are always public: that a hub exists is no secret.
    keep
        Unknown columns to keep as text, as ``x_<column>``; the others are dropped and reported.

    Raises
    ------
    InvalidInput
        There is nothing here that could be read. A fault inside a file is a finding of the reading instead.
    """
    files, unknown = _bundle_files(path)
    name = bundle_name(path)
    reading = _Reading(owner, name, frozenset(_column_name(column) for column in keep))
    for spec in FILES.values():
        if spec.name in files:
            reading.read_file(spec, files[spec.name])
    notices = [*unknown, *reading.notices, *reading.unused_keeps()]
    return BundleReading(
        name,
        bundle_digest(path),
        reading.read,
        tuple(reading.rows),
        tuple(reading.refusals),
        tuple(reading.findings),
        tuple(notices),
    )


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


class _Reading:
    """A bundle being read: what its files gave so far."""

    def __init__(self, owner: Owner, name: str, keep: frozenset[str]) -> None:
        self.owner, self.name, self.keep = owner, name, keep
        self.read = 0
        self.rows: list[BundleRow] = []
        self.refusals: list[Refusal] = []
        self.findings: list[Finding] = []
        self.notices: list[Finding] = []
        self.kept: set[str] = set()

    def read_file(self, spec: FileSpec, path: Path) -> None:
        sheet = open_sheet(path)
        missing = self._missing(spec, sheet) if not sheet.findings else []
        unreadable = [*sheet.findings, *missing]
        self.findings += unreadable
        if not sheet.columns:
            return
        kept = self._kept_columns(spec, sheet) if not unreadable else {}
        reader = RowReader(spec, self.owner, self.name, kept)
        seen: dict[str, Spot] = {}
        for row in iter_rows(sheet):
            self.read += 1
            if unreadable:
                self.refusals.append(Refusal(row.spot, row.cells.get("id", ""), ()))
            else:
                self._take(reader, row, seen)

    def _take(self, reader: RowReader, row: Row, seen: dict[str, Spot]) -> None:
        taken = reader.read(row)
        if isinstance(taken, Refusal):
            self.refusals.append(taken)
        elif taken.key in seen:
            first = seen[taken.key]
            finding = row.spot.finding(f"line {first.line} has this already", taken.key_column, taken.key, "once")
            self.refusals.append(Refusal(row.spot, taken.id, (finding,)))
        else:
            seen[taken.key] = row.spot
            self.rows.append(taken)

    def _missing(self, spec: FileSpec, sheet: Sheet) -> list[Finding]:
        spot = Spot(sheet.path.name, 1)
        return [
            spot.finding("the column is missing, so no row is loaded", name, valid=_header_rule(spec))
            for name in required_columns(spec)
            if name not in sheet.columns
        ]

    def _kept_columns(self, spec: FileSpec, sheet: Sheet) -> dict[str, str]:
        """Return the columns to keep with the properties they become; report the ones dropped."""
        known = {column.name for column in columns_of(spec)}
        unknown = [name for name in dict.fromkeys(sheet.columns) if name not in known]
        wanted = {name: kept_name(name) for name in unknown if name in self.keep}
        unclear = {name for name, times in Counter(wanted.values()).items() if times > 1}
        kept = {column: name for column, name in wanted.items() if name not in unclear and name != KEPT_PREFIX}
        self.kept |= set(kept)
        spot = Spot(sheet.path.name, 1)
        self.notices += [
            spot.finding(
                "the column is dropped", name or "(no name)", valid=_drop_rule(spec, name, wanted=name in wanted)
            )
            for name in unknown
            if name not in kept
        ]
        return kept

    def unused_keeps(self) -> Iterator[Finding]:
        for name in sorted(self.keep - self.kept):
            yield Finding("no file has this column to keep", where=shown(name), valid="an unknown column's name")


def _header_rule(spec: FileSpec) -> str:
    needed = ", ".join(required_columns(spec))
    return f"a header with at least {needed}"


def _drop_rule(spec: FileSpec, name: str, *, wanted: bool) -> str:
    if wanted:
        return "another name for one of the columns that would be kept under the same name"
    near = difflib.get_close_matches(name, [column.name for column in columns_of(spec)], n=2, cutoff=0.75)
    meant = f"; or is {' or '.join(near)} meant?" if near else ""
    return f"--keep with its name keeps it as {kept_name(name)}{meant}"
