"""What every reader gives: the rows of a file in the words of the bundle, whatever format they come in.

A reader knows one format. It says what each row means as rows of the bundle's files (`matchmaker.exchange.bundle`) and
leaves the rest to what comes after it: checking, admission, duplicates, writing.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matchmaker.errors import Finding
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.mapping import ColumnMapping
from matchmaker.graph.geography import distance_km

HEAD_BYTES = 1 << 16
"""How much of a file is looked at to recognise its format."""


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Part:
    """What a row says, as one row of a file of the bundle.

    Attributes
    ----------
    file
        The name of that file, such as ``partners.csv``.
    cells
        The filled cells by column, as text; lists are joined by `matchmaker.model.properties.join_list`.
    """

    file: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row (or node, feature, entry) of a source.

    Attributes
    ----------
    spot
        Where it stands.
    parts
        What it says, ends before ties; it goes in whole or not at all. What a part names is in this row, in an earlier
        one, or in the store. Empty: the row is left out without harm, such as one outside the region asked for.
    findings
        What the reader itself finds wrong; the row is then refused.
    notices
        What the reader mended or left out without harm.
    refused
        The row is refused for what is said about its whole file.
    if_known
        The row only adds to what is there: where what it names isn't, it is left out without harm.
    """

    spot: Spot
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()
    refused: bool = False
    if_known: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """Which part of a national file is read: within a distance of a point, or in some states, or both.

    Attributes
    ----------
    centre
        Latitude and longitude in degrees; None: no distance is asked for.
    within_km
        The distance in kilometres.
    states
        Postal codes of states such as ``FL``; empty: all.
    """

    centre: tuple[float, float] | None = None
    within_km: float = 0.0
    states: frozenset[str] = frozenset()

    def holds(self, position: tuple[float, float] | None, state: str) -> bool:
        """Say whether something at a position (None: unknown) in a state is inside; what can't be told isn't.

        >>> Region((45.5, -122.7), 60).holds((45.6, -122.6), "OR"), Region((45.5, -122.7), 60).holds(None, "OR")
        (True, False)
        """
        if self.states and state not in self.states:
            return False
        if self.centre is None:
            return True
        return position is not None and distance_km(self.centre, position) <= self.within_km


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is read.

    Attributes
    ----------
    keep
        Unknown columns to keep as ``x_<column>``.
    region
        Which part of a national file; None: all of it.
    sheet
        Which sheet of a workbook; empty: the first one with rows.
    mapping
        What the columns of a spreadsheet become; None where the format needs none.
    namespace
        What begins the ids that are made from names, so that two ecosystems' own partners of one name stay apart;
        empty: nothing.
    """

    keep: frozenset[str] = frozenset()
    region: Region | None = None
    sheet: str = ""
    mapping: ColumnMapping | None = None
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was recognised, ready to be read.

    Attributes
    ----------
    format
        The term of its format, such as ``ipeds_hd``.
    name
        The source of rows that name none.
    digest
        The SHA-256 of what is read, as 64 hexadecimal digits.
    rows
        Gives the rows anew with every call, one at a time; never the whole file in memory.
    estimate
        About how many rows there are, for showing progress.
    findings
        What makes it unreadable as a whole; there are no rows then.
    notices
        What is left out without harm.
    """

    format: str
    name: str
    digest: str
    rows: Callable[[], Iterator[SourceRow]]
    estimate: int = 0
    findings: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """What is looked at to recognise a format.

    Attributes
    ----------
    path
        A file or a folder.
    head
        The first `HEAD_BYTES` of a file; empty for a folder.
    columns
        The cells of the first line, in lower case and stripped, where it is delimited text; else empty.
    members
        The names inside a zip file (a workbook is one) or a folder; else empty.
    """

    path: Path
    head: bytes = b""
    columns: tuple[str, ...] = ()
    members: tuple[str, ...] = field(default=())

    @property
    def suffix(self) -> str:
        """The end of the file's name in lower case, with its dot."""
        return self.path.suffix.lower()


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read.

    Attributes
    ----------
    term
        Its name for machines, such as ``ipeds_hd``.
    title
        Its name for people.
    matches
        Says whether a file is of this format.
    read
        Opens it. A fault inside the file is a finding of the reading; `InvalidInput` where nothing can be read.
    public
        A register: what it says is public, whoever loads it.
    """

    term: str
    title: str
    matches: Callable[[Probe], bool]
    read: Callable[[Path, ReadOptions], Reading]
    public: bool = False
