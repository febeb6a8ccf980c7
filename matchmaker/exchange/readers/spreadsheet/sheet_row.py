"""One row of a sheet by target: cells read as what they mean, and what is wrong or was put right."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from matchmaker.errors import Finding
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.mapping import TARGETS, ColumnMapping, Target, fold_words
from matchmaker.exchange.readers.spreadsheet.naming import RowKey
from matchmaker.exchange.readers.spreadsheet.table import TableRow
from matchmaker.exchange.readers.spreadsheet.terms import RESOURCES, find_term
from matchmaker.exchange.readers.spreadsheet.values import (
    IDENTIFIER_READERS,
    Cell,
    read_zip,
    says_nothing,
    split_items,
)
from matchmaker.exchange.readers.type_words import ORGANIZATIONS, PROGRAMS, find_organization_type, is_sector
from matchmaker.model.vocabulary import OrganizationType, ProgramType, ResourceTerm

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Named(Generic[Found]):
    """Something read from a column."""

    heading: str
    text: str
    found: Found


@dataclass(slots=True)
class SheetRow:
    """A row with its cells by target, being read.

    Attributes
    ----------
    spot
        Where it stands.
    cells
        Its filled cells by target, each with its heading; those that say nothing, such as "n/a", are left out.
    findings, notices
        What is wrong with it, and what was put right or left out, so far.
    """

    spot: Spot
    cells: Mapping[Target, Sequence[tuple[str, str]]]
    findings: list[Finding] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)

    def text(self, target: Target) -> str:
        """Return the cell of a target that one column has, empty where there is none."""
        return self.cells[target][0][1] if target in self.cells else ""

    def heading(self, target: Target) -> str:
        """Return the heading of a target's first filled cell."""
        return self.cells[target][0][0] if target in self.cells else ""

    def read(self, target: Target, reader: Callable[[str], Cell]) -> str:
        """Return a cell as its reader has it; what is wrong refuses the row."""
        if target not in self.cells:
            return ""
        heading, text = self.cells[target][0]
        return self.settled(heading, text, reader(text), personal=TARGETS[target].personal)

    def settled(self, heading: str, text: str, cell: Cell, *, personal: bool = False) -> str:
        """Return what was read from a cell, with its finding or notice."""
        shown = "" if personal else text
        if cell.wrong:
            self.findings.append(self.spot.finding(cell.wrong, heading, shown, cell.valid))
            return ""
        if cell.mended:
            self.note(cell.mended, heading, "" if personal else f"{text} → {cell.text}")
        return cell.text

    def note(self, message: str, heading: str, value: str = "", valid: str = "") -> None:
        """Add a notice."""
        self.notices.append(self.spot.finding(message, heading, value, valid))

    def identifier(self, target: Target) -> str:
        """Return an identifier; lost zeros are restored where the rule is sure."""
        return self.read(target, IDENTIFIER_READERS[target.value])

    def items(self, target: Target, split: Callable[[str], list[str]] = split_items) -> Iterator[tuple[str, str]]:
        """Yield the items of a list, of all columns that have the target, each with its heading."""
        for heading, text in self.cells.get(target, ()):
            for item in split(text):
                yield heading, item


KEY_TARGETS = frozenset({Target.NAME, Target.ALIASES, Target.TYPE, Target.ZIP, Target.ID})
"""What tells which partner a row is."""

TIE_TARGETS = KEY_TARGETS | {Target.PARTNERS, Target.PART_OF, Target.OBSERVED_ON, Target.SOURCE}
"""What tells to whom a row's partner is tied."""


class RowSorter:
    """Sorts the cells of a table's rows by what their columns mean.

    Parameters
    ----------
    headings, mapping
        The columns, and what they mean.
    wanted
        The targets that are looked at; others count as ignored.
    """

    def __init__(
        self, headings: Sequence[str], mapping: ColumnMapping, wanted: frozenset[Target] = frozenset(Target)
    ) -> None:
        targets = {heading: mapping.target_of(heading) or Target.IGNORED for heading in headings}
        self._targets = {heading: target for heading, target in targets.items() if target in wanted}
        self._words = {fold_words(word): term for word, term in mapping.words.items()}

    def sort(self, row: TableRow) -> SheetRow:
        """Return a row by target."""
        cells: dict[Target, list[tuple[str, str]]] = {}
        for heading, text in row.cells.items():
            target = self._targets.get(heading, Target.IGNORED)
            if target is not Target.IGNORED and not says_nothing(text):
                cells.setdefault(target, []).append((heading, text))
        return SheetRow(row.spot, cells, list(row.findings), list(row.notices))

    def stated_type(self, text: str, name: str = "") -> OrganizationType | None:
        """Return the type of organization that a cell states: by the hub's own words, else by common ones.

        Where it states a sector only, the organization's name may say which type within it.
        """
        own = self._words.get(fold_words(text)) if self._words else None
        if own is None and name and names_sector(text):
            told = find_organization_type(text, name)
            own = OrganizationType(told) if told else None
        return own or organization_type(text)

    def key(self, row: SheetRow) -> RowKey:
        """Return what tells a row from others with its name."""
        zip = read_zip(row.text(Target.ZIP)).text[:5] if Target.ZIP in row.cells else ""
        stated = self.stated_type(row.text(Target.TYPE), row.text(Target.NAME)) if Target.TYPE in row.cells else None
        return RowKey(zip, stated.value if stated is not None else "")


@lru_cache(maxsize=4096)
def organization_type(text: str) -> OrganizationType | None:
    """Return the type of organization that common words for it mean; kept in mind, as a sheet has few of them."""
    return find_term(text, ORGANIZATIONS)


@lru_cache(maxsize=4096)
def names_sector(text: str) -> bool:
    """Say whether a cell names a whole sector."""
    return is_sector(text)


@lru_cache(maxsize=4096)
def program_type(text: str) -> ProgramType | None:
    """Return the type of program that common words for it mean."""
    return find_term(text, PROGRAMS)


@lru_cache(maxsize=4096)
def resource_term(text: str) -> ResourceTerm | None:
    """Return the thing that common words for it mean."""
    return find_term(text, RESOURCES)
