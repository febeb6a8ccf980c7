"""JSON documents of other tools, whatever they hold: values as text, the ids made from them, rows of them."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from matchmaker.errors import Finding
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.reading import Part, Region, SourceRow
from matchmaker.exchange.safety import open_zip
from matchmaker.model.ids import digest_of, is_id
from matchmaker.model.properties import join_list

NO_FIELDS: Final[Mapping[str, object]] = {}
_COPY_MARK: Final = re.compile(r"\s*\(\d{1,2}\)$")
_READ_BLOCK: Final = 1 << 20


def text_of(value: object) -> str:
    """Return a text, number or truth value as text; empty for anything else.

    >>> text_of(" a "), text_of(12), text_of(1.5), text_of(True), text_of(["a"]), text_of(None)
    ('a', '12', '1.5', 'true', '', '')
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def items_of(value: object) -> Sequence[object]:
    """Return the items of a list, a single value as a list of one, nothing for null."""
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def texts_of(value: object) -> list[str]:
    """Return the filled texts of a list or of a single value."""
    return [text for item in items_of(value) if (text := text_of(item))]


def fields_of(value: object) -> Mapping[str, object]:
    """Return an object's fields; none where it is no object."""
    return value if isinstance(value, dict) else NO_FIELDS


def cell_of(value: object) -> str:
    """Return the text of one cell: a list joined, anything else as `text_of`."""
    return join_list(texts_of(value)) if isinstance(value, list) else text_of(value)


def number_of(value: object) -> float | None:
    """Return a number that is written as such or as text; None where it is none."""
    try:
        return float(text_of(value).replace("_", "x"))
    except ValueError:
        return None


def minted_id(prefix: str, *keys: str) -> str:
    """Return a stable id from a source's own key: as it is where it may be an id, else the digest of the keys.

    >>> minted_id("hsds", "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610")
    'hsds:d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610'
    >>> minted_id("kumu", "a map", "e1")
    'kumu:f9dc0b5e72c6bd8f3d63fea63e082ec2'
    """
    plain = f"{prefix}:{keys[0]}"
    return plain if len(keys) == 1 and is_id(plain) else f"{prefix}:{digest_of(*keys)[:32]}"


def part(file: str, cells: Mapping[str, str]) -> Part:
    """Return a part with the filled cells only."""
    return Part(file, {name: text for name, text in cells.items() if text})


def tie(source: str, type: str, target: str, **cells: str) -> Part:
    """Return a row of ``ties.csv``."""
    return part("ties.csv", {"source": source, "type": type, "target": target, **cells})


def source_name(path: Path) -> str:
    """Return the name that a file's statements go by: without its ending and the mark of a second download.

    >>> source_name(Path("our map (2).json")), source_name(Path("our map (2024).json"))
    ('our map', 'our map (2024)')
    """
    return _COPY_MARK.sub("", path.resolve().stem).strip() or "file"


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of the names and contents of a folder's files, as 64 hexadecimal digits.

    Raises
    ------
    InvalidInput
        It can't be read.
    """
    total = hashlib.sha256()
    if not path.is_dir():
        with path.open("rb") as file:
            while block := file.read(_READ_BLOCK):
                total.update(block)
        return total.hexdigest()
    with open_zip(path) as folder:
        for name in folder.names:
            state = hashlib.sha256()
            with folder.open(name) as member:
                while block := member.read(_READ_BLOCK):
                    state.update(block)
            total.update(f"{name} {state.hexdigest()}\n".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


@dataclass(slots=True)
class RowDraft:
    """One row being put together: its parts, and what is to be said about it."""

    spot: Spot
    parts: list[Part] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)

    def refuse(self, message: str, column: str = "", value: str = "", valid: str = "") -> None:
        """Add a finding, with which the row is refused."""
        self.findings.append(self.spot.finding(message, column, value, valid))

    def note(self, message: str, column: str = "", value: str = "", valid: str = "") -> None:
        """Add a notice."""
        self.notices.append(self.spot.finding(message, column, value, valid))

    def leave_out(self, message: str, column: str = "", value: str = "", valid: str = "") -> None:
        """Drop what was gathered, and say why without refusing anything."""
        self.parts.clear()
        self.note(f"{message}; it is left out", column, value, valid)

    def row(self) -> SourceRow:
        """Return the row; one with findings has no parts."""
        parts = () if self.findings else tuple(self.parts)
        return SourceRow(self.spot, parts, tuple(self.findings), tuple(self.notices))


RowSource = Callable[[], Iterator[SourceRow]]


def is_inside(region: Region | None, position: tuple[float, float] | None, state: str) -> bool:
    """Say whether something is in the region asked for; everything is where none is asked for."""
    return region is None or region.holds(position, state)


def find_member(names: Sequence[str], wanted: str) -> str:
    """Return the member of an archive whose name without folders and ending is the wanted one; empty: none."""
    found = [name for name in names if fold_words(name.rpartition("/")[2].rpartition(".")[0]) == fold_words(wanted)]
    return min(found, key=lambda name: (name.count("/"), name), default="")
