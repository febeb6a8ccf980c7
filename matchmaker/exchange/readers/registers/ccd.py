"""The Common Core of Data (CCD) of NCES: the directory files of public schools and of districts.

Also the files of school and district characteristics that NCES makes from them, which add coordinates and enrolment.
"""

from matchmaker.exchange.places import PlaceBook
from matchmaker.exchange.readers.registers.drafting import (
    Draft,
    Position,
    is_inside,
    left_out,
    one_line_address,
    parse_position,
    place_cells,
    provenance,
)
from matchmaker.exchange.readers.registers.names import readable_name
from matchmaker.exchange.readers.registers.reading import RowRule, register_format
from matchmaker.exchange.readers.registers.schools import (
    DISTRICT,
    MISSING,
    NOT_RUNNING,
    SCHOOL,
    add_district,
    add_enrolment,
    add_stages,
    check_district,
    closed_on,
    school_year,
    zip_of,
)
from matchmaker.exchange.readers.registers.table import Entry, Table
from matchmaker.exchange.reading import Format, ReadOptions, SourceRow
from matchmaker.model.vocabulary import OrganizationType, PartKind, TieType

_SERVICE = OrganizationType.EDUCATION_SERVICE_DISTRICT.value
TYPE_OF_AGENCY = {"3": _SERVICE, "4": _SERVICE}
"""Supervisory unions and regional service agencies; every other type of agency is a school district."""

_MEMBERS = ("member", "total")
_ZIPS = ("lzip", "mzip")


class Agencies:
    """What schools and districts of the CCD share."""

    KIND = "schools"

    def __init__(self, table: Table, options: ReadOptions) -> None:
        self.file, self.region = table.name, options.region
        self.latitude = next((name for name in ("latcod", "lat", "latitude") if name in table.columns), "latcod")
        self.longitude = next(
            (name for name in ("loncod", "long", "lon", "longitude") if name in table.columns), "loncod"
        )
        self.book = PlaceBook()
        self.seen: dict[str, int] = {}

    def is_outside(self, entry: Entry) -> bool:
        """Say whether a row is outside the region asked for."""
        position = parse_position(entry, self.latitude, self.longitude)
        return not is_inside(self.region, position, state_of_entry(entry), entry.first(*_ZIPS).zfill(5))

    def draft(self, entry: Entry, key: str) -> tuple[Draft, str]:
        """Return a draft with the row's provenance, and the year in which its school year starts."""
        year = school_year(entry.first("school_year", "survyear"))
        edition = f" {year}-{(int(year) + 1) % 100:02d}" if year else ""
        source = f"NCES Common Core of Data, public {self.KIND}{edition}"
        row = f"{self.file} {key.upper()} {entry.text(key)}"
        return Draft(entry, provenance(source, row, year), MISSING), year

    def where(self, draft: Draft) -> dict[str, str]:
        """Return the cells about where it is."""
        text, position = draft.text, self.position(draft)
        return {
            "address": one_line_address(
                text("lstreet1", "mstreet1"), text("lcity", "mcity"), text("lstate", "st"), text(*_ZIPS)
            ),
            **place_cells(position, text("ulocale", "locale"), state_of_entry(draft.entry)),
        }

    def position(self, draft: Draft) -> Position | None:
        """Return its coordinates, which only some of the files have."""
        return draft.position(self.latitude, self.longitude)

    def add_place(self, draft: Draft, id: str) -> None:
        """Add the ZIP area and county it is in."""
        if not draft.findings:
            county = {"fips": draft.text("coid", "cnty"), "name": draft.text("nmcnty", "coname")}
            draft.place(self.book, id, zip_of(draft, *_ZIPS), county)


class Schools(Agencies):
    """What the rows of the school file mean."""

    def __init__(self, table: Table, options: ReadOptions) -> None:
        super().__init__(table, options)
        self.districts: set[str] = set()

    def read(self, entry: Entry) -> SourceRow:
        """Return what a row says."""
        if self.is_outside(entry):
            return SourceRow(entry.spot, ())
        if entry.text("sy_status") in NOT_RUNNING:
            return left_out(entry, NOT_RUNNING[entry.text("sy_status")], "sy_status")
        draft, year = self.draft(entry, "ncessch")
        ncessch = draft.identifier("ncessch", "ncessch", digits=12, required=True)
        leaid = draft.identifier("leaid", "leaid", digits=7) or ncessch[:7]
        check_district(draft, ncessch, leaid, "leaid")
        id = f"ncessch:{ncessch}"
        draft.unrepeated(id, self.seen, "ncessch")
        name = readable_name(draft.text("sch_name"))
        if not name:
            draft.refuse("is missing", "sch_name", "the school's name")
        self._add_district(draft, leaid)
        cells = {
            "id": id,
            "name": name,
            "organization_type": SCHOOL,
            "ncessch": ncessch,
            "closed_on": closed_on(draft, "sy_status", year),
            **draft.web("website"),
            **self.where(draft),
        }
        draft.add("partners.csv", cells)
        draft.tie(id, TieType.PART_OF, f"leaid:{leaid}", kind=PartKind.DISTRICT.value)
        add_stages(draft, id, "gslo", "gshi")
        add_enrolment(draft, id, year, *_MEMBERS)
        self.add_place(draft, id)
        return draft.row()

    def _add_district(self, draft: Draft, leaid: str) -> None:
        name = readable_name(draft.text("lea_name"))
        if not name:
            draft.refuse("is missing", "lea_name", "the district's name")
        if draft.findings or leaid in self.districts:
            return
        self.districts.add(leaid)
        said = {**draft.provenance, "source_row": f"{self.file} LEAID {leaid}"}
        add_district(draft, leaid, name, state_of_entry(draft.entry), said)


class Districts(Agencies):
    """What the rows of the district file mean."""

    KIND = "districts"

    def read(self, entry: Entry) -> SourceRow:
        """Return what a row says."""
        if self.is_outside(entry):
            return SourceRow(entry.spot, ())
        if entry.text("sy_status") in NOT_RUNNING:
            return left_out(entry, NOT_RUNNING[entry.text("sy_status")], "sy_status")
        draft, year = self.draft(entry, "leaid")
        leaid = draft.identifier("leaid", "leaid", digits=7, required=True)
        id = f"leaid:{leaid}"
        draft.unrepeated(id, self.seen, "leaid")
        name = readable_name(draft.text("lea_name"))
        if not name:
            draft.refuse("is missing", "lea_name", "the district's name")
        cells = {
            "id": id,
            "name": name,
            "organization_type": TYPE_OF_AGENCY.get(draft.text("lea_type"), DISTRICT),
            "leaid": leaid,
            "closed_on": closed_on(draft, "sy_status", year),
            **draft.web("website"),
            **self.where(draft),
        }
        draft.add("partners.csv", cells)
        add_stages(draft, id, "gslo", "gshi")
        add_enrolment(draft, id, year, *_MEMBERS)
        self.add_place(draft, id)
        return draft.row()


def state_of_entry(entry: Entry) -> str:
    """Return the postal code of the state that a row is in."""
    return entry.first("lstate", "st", "stabr", "mstate")


def _schools(table: Table, options: ReadOptions) -> RowRule:
    return Schools(table, options).read


def _districts(table: Table, options: ReadOptions) -> RowRule:
    return Districts(table, options).read


FORMATS: tuple[Format, ...] = (
    register_format(
        "nces_schools",
        "NCES Common Core of Data: public schools",
        "ncessch leaid sch_name lea_name gslo gshi",
        _schools,
    ),
    register_format(
        "nces_districts",
        "NCES Common Core of Data: districts",
        "leaid lea_name lea_type gslo gshi",
        _districts,
        without="ncessch sch_name",
    ),
)
