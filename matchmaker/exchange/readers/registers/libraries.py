"""The Public Libraries Survey (PLS) of IMLS: outlets, and the systems they belong to."""

from collections import Counter

from matchmaker.exchange.counties import STATE_NAMES, find_county_named
from matchmaker.exchange.places import PlaceBook
from matchmaker.exchange.readers.registers.drafting import (
    Draft,
    is_inside,
    left_out,
    one_line_address,
    parse_position,
    place_cells,
    provenance,
)
from matchmaker.exchange.readers.registers.names import readable_name
from matchmaker.exchange.readers.registers.reading import RowRule, register_format
from matchmaker.exchange.readers.registers.table import Entry, Table
from matchmaker.exchange.reading import Format, ReadOptions, SourceRow
from matchmaker.model.vocabulary import Confidence, OrganizationType, PartKind, TieType

MISSING = frozenset({"", "-1", "-3", "-4", "-9", "M"})
"""Missing, closed or not applicable, and ZIP+4 codes that were not reported."""

NO_PLACE = {"BS": "a bookmobile, not a place", "BM": "books by mail only, not a place"}
OUTLETS = frozenset({"CE", "BR"})
MOSTLY = 0.9
"""A system is named after the county of at least this share of its outlets, where the file doesn't name it."""


class Libraries:
    """What both files share."""

    def __init__(self, table: Table, options: ReadOptions) -> None:
        self.file, self.region = table.name, options.region
        self.book = PlaceBook()
        self.seen: dict[str, int] = {}

    def is_outside(self, entry: Entry) -> bool:
        """Say whether a row is outside the region asked for."""
        position = parse_position(entry, "latitude", "longitud")
        return not is_inside(self.region, position, entry.text("stabr"), entry.text("zip"))

    def draft(self, entry: Entry, fscs: str) -> Draft:
        """Return a draft with the row's provenance."""
        year = entry.first("yr_sub", "data_year")
        source = f"IMLS Public Libraries Survey, FY{year}" if year else "IMLS Public Libraries Survey"
        return Draft(entry, provenance(source, f"{self.file} FSCS {fscs}", year), MISSING)

    def cells(self, draft: Draft, fscs: str) -> dict[str, str]:
        """Return the cells of a library or system."""
        name = readable_name(draft.text("libname"))
        if not name:
            draft.refuse("is missing", "libname", "the library's name")
        text = draft.text
        return {
            "name": name,
            "organization_type": OrganizationType.LIBRARY.value,
            "fscs": fscs,
            "address": one_line_address(text("address"), text("city"), text("stabr"), text("zip")),
            **place_cells(
                draft.position("latitude", "longitud"), text("locale", "locale_add", "locale_mod"), text("stabr")
            ),
        }

    def add_place(self, draft: Draft, id: str) -> None:
        """Add where it is."""
        if not draft.findings:
            draft.place(self.book, id, draft.text("zip"), {"name": draft.text("cnty")})


class Outlets(Libraries):
    """What the rows of the outlet file mean."""

    def __init__(self, table: Table, options: ReadOptions) -> None:
        super().__init__(table, options)
        self.systems: set[str] = set()
        self.counties = counties_of_systems(table)

    def read(self, entry: Entry) -> SourceRow:
        """Return what a row says."""
        if self.is_outside(entry):
            return SourceRow(entry.spot, ())
        kind = entry.text("c_out_ty")
        if kind in NO_PLACE:
            return left_out(entry, NO_PLACE[kind], "c_out_ty")
        fscs = outlet_id(entry)
        draft = self.draft(entry, fscs)
        key = draft.identifier("fscs", "fscskey", required=True)
        if kind not in OUTLETS:
            draft.refuse("is no kind of outlet", "c_out_ty", "CE, BR, BS or BM")
        if not entry.text("fscs_seq").isdigit():
            draft.refuse("is no number of an outlet", "fscs_seq", "1 to 3 digits")
        id = f"fscs:{fscs.lower()}"
        draft.unrepeated(id, self.seen, "fscs_seq")
        if key and not draft.findings:
            self._add_system(draft, key)
        draft.add("partners.csv", {"id": id, **self.cells(draft, fscs)})
        draft.tie(id, TieType.PART_OF, f"fscs:{key.lower()}", kind=PartKind.SYSTEM.value)
        self.add_place(draft, id)
        return draft.row()

    def _add_system(self, draft: Draft, key: str) -> None:
        """Add an outlet's system once: the file doesn't name it, so the system file's own name wins."""
        if key in self.systems:
            return
        self.systems.add(key)
        state = draft.text("stabr")
        where = self.counties.get(key, "") or STATE_NAMES.get(state, state)
        cells = {
            "id": f"fscs:{key.lower()}",
            "name": f"Library system {key} ({where})",
            "organization_type": OrganizationType.LIBRARY.value,
            "fscs": key,
            **place_cells(None, "", state),
        }
        said = {
            **draft.provenance,
            "source_row": f"{self.file} FSCSKEY {key}",
            "confidence": Confidence.INFERRED.value,
        }
        draft.add("partners.csv", cells, said)


class Systems(Libraries):
    """What the rows of the system file mean."""

    def read(self, entry: Entry) -> SourceRow:
        """Return what a row says."""
        if self.is_outside(entry):
            return SourceRow(entry.spot, ())
        key = entry.text("fscskey").upper()
        draft = self.draft(entry, key)
        draft.identifier("fscs", "fscskey", required=True)
        id = f"fscs:{key.lower()}"
        draft.unrepeated(id, self.seen, "fscskey")
        draft.add("partners.csv", {"id": id, **self.cells(draft, key)})
        self.add_place(draft, id)
        return draft.row()


def outlet_id(entry: Entry) -> str:
    """Return an outlet's id as the survey makes it: the system's key and the outlet's number with three digits."""
    return f"{entry.text('fscskey').upper()}-{entry.text('fscs_seq').zfill(3)}"


def counties_of_systems(table: Table) -> dict[str, str]:
    """Return the county that nearly all outlets of a system are in, by the system's key."""
    found: dict[str, Counter[str]] = {}
    for entry in table.iter_entries():
        county = find_county_named(entry.text("cnty"), entry.text("stabr"))
        if county is not None:
            found.setdefault(entry.text("fscskey"), Counter())[county.title] += 1
    tops = {key: (counts.most_common(1)[0], counts.total()) for key, counts in found.items()}
    return {key: title for key, ((title, times), total) in tops.items() if times >= MOSTLY * total}


def _outlets(table: Table, options: ReadOptions) -> RowRule:
    return Outlets(table, options).read


def _systems(table: Table, options: ReadOptions) -> RowRule:
    return Systems(table, options).read


FORMATS: tuple[Format, ...] = (
    register_format(
        "pls_outlets",
        "Public Libraries Survey: outlets",
        "fscskey fscs_seq libname c_out_ty",
        _outlets,
    ),
    register_format(
        "pls_systems",
        "Public Libraries Survey: systems",
        "fscskey libname c_admin",
        _systems,
        without="c_out_ty",
    ),
)
