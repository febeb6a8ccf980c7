"""Public schools as the Homeland Infrastructure Foundation-Level Data (HIFLD) publish them, from NCES."""

import datetime
import re
from collections import Counter

from matchmaker.errors import Finding
from matchmaker.exchange.counties import STATE_NAMES, find_county
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
from matchmaker.exchange.readers.registers.schools import (
    MISSING,
    NOT_RUNNING,
    SCHOOL,
    add_district,
    add_enrolment,
    add_stages,
    check_district,
    closed_on,
    zip_of,
)
from matchmaker.exchange.readers.registers.table import Entry, Table
from matchmaker.exchange.reading import Format, ReadOptions, SourceRow
from matchmaker.model.vocabulary import Confidence, PartKind, TieType

SOURCE = "HIFLD public schools, from NCES"
MOSTLY = 0.9
"""A district is named after the county of at least this share of its schools."""

NEW_YEAR_MONTH = 10
"""From October on, NCES shows the school year that ended in that year's summer."""

_DAY = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})(?:\D.*)?")


class Schools:
    """What the rows of the file mean."""

    def __init__(self, table: Table, options: ReadOptions) -> None:
        self.file, self.region = table.name, options.region
        self.book = PlaceBook()
        self.seen: dict[str, int] = {}
        self.districts: set[str] = set()
        self.counties = counties_of_districts(table)

    def read(self, entry: Entry) -> SourceRow:
        """Return what a row says."""
        position = parse_position(entry, "latitude", "longitude")
        if not is_inside(self.region, position, entry.text("state"), entry.text("zip").zfill(5)):
            return SourceRow(entry.spot, ())
        if entry.text("status") in NOT_RUNNING:
            return left_out(entry, NOT_RUNNING[entry.text("status")], "status")
        day = published_on(entry)
        draft = Draft(entry, provenance(SOURCE, f"{self.file} NCESID {entry.text('ncesid')}", day), MISSING)
        ncessch = draft.identifier("ncessch", "ncesid", digits=12, required=True)
        leaid = draft.identifier("leaid", "districtid", digits=7) or ncessch[:7]
        check_district(draft, ncessch, leaid, "districtid")
        id = f"ncessch:{ncessch}"
        draft.unrepeated(id, self.seen, "ncesid")
        year = year_shown(day)
        cells = self._cells(draft, ncessch, year)
        self._add_district(draft, leaid)
        draft.add("partners.csv", {"id": id, **cells})
        draft.tie(id, TieType.PART_OF, f"leaid:{leaid}", kind=PartKind.DISTRICT.value)
        add_stages(draft, id, "st_grade", "end_grade")
        add_enrolment(draft, id, year, "enrollment")
        if not draft.findings:
            draft.place(self.book, id, zip_of(draft, "zip"), {"fips": draft.text("countyfips").zfill(5)})
        return draft.row()

    def _cells(self, draft: Draft, ncessch: str, year: str) -> dict[str, str]:
        text, name = draft.text, readable_name(draft.text("name"))
        if not name:
            draft.refuse("is missing", "name", "the school's name")
        return {
            "name": name,
            "organization_type": SCHOOL,
            "ncessch": ncessch,
            "address": one_line_address(text("address"), text("city"), text("state"), text("zip")),
            "closed_on": closed_on(draft, "status", year),
            **draft.web("website"),
            **place_cells(draft.position("latitude", "longitude"), "", text("state")),
        }

    def _add_district(self, draft: Draft, leaid: str) -> None:
        """Add a school's district once: the file doesn't name it, so the name that any other source has wins."""
        if draft.findings or leaid in self.districts:
            return
        self.districts.add(leaid)
        state = draft.text("state")
        where = self.counties.get(leaid, "") or STATE_NAMES.get(state, state)
        said = {
            **draft.provenance,
            "source_row": f"{self.file} DISTRICTID {leaid}",
            "confidence": Confidence.INFERRED.value,
        }
        add_district(draft, leaid, f"School district {leaid} ({where})", state, said)


def counties_of_districts(table: Table) -> dict[str, str]:
    """Return the county that nearly all schools of a district are in, by the district's id."""
    found: dict[str, Counter[str]] = {}
    for entry in table.iter_entries():
        found.setdefault(entry.text("districtid").zfill(7), Counter())[entry.text("countyfips").zfill(5)] += 1
    named = {}
    for leaid, counts in found.items():
        fips, times = counts.most_common(1)[0]
        county = find_county(fips)
        if county is not None and times >= MOSTLY * counts.total():
            named[leaid] = county.title
    return named


def published_on(entry: Entry) -> str:
    """Return the day of the source; empty where the row has none."""
    found = _DAY.fullmatch(entry.text("source_date") or entry.text("sourcedate"))
    return "-".join(found.groups()) if found else ""


def year_shown(day: str) -> str:
    """Return the year in which the school year starts that NCES showed on a day; empty where the day isn't known.

    The file has no school year. NCES brings out a school year's figures in the autumn after it.

    >>> year_shown("2024-01-31"), year_shown("2023-11-01"), year_shown("2023-08-01"), year_shown("")
    ('2022', '2022', '2021', '')
    """
    try:
        date = datetime.date.fromisoformat(day)
    except ValueError:
        return ""
    return str(date.year - (1 if date.month >= NEW_YEAR_MONTH else 2))


def _schools(table: Table, options: ReadOptions) -> RowRule:
    return Schools(table, options).read


def _notices(table: Table) -> list[Finding]:
    first = next(table.iter_entries(), None) if not table.findings else None
    year = year_shown(published_on(first)) if first is not None else ""
    said = f"enrolment is taken as that of the school year from {year} on" if year else "enrolment is left out"
    message = f"the file has no school year: {said}, by its SOURCE_DATE; nor names of districts"
    return [Finding(message, valid="the district file of the Common Core of Data names them", file=table.name)]


FORMATS: tuple[Format, ...] = (
    register_format(
        "hifld_schools",
        "HIFLD public schools (from NCES)",
        "ncesid name st_grade end_grade districtid enrollment",
        _schools,
        notices=_notices,
    ),
)
