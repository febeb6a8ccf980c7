"""The Museum Universe Data File of the Institute of Museum and Library Services (IMLS), as of 2014."""

import re

from matchmaker.errors import Finding
from matchmaker.exchange.places import PlaceBook
from matchmaker.exchange.readers.registers.drafting import (
    Draft,
    is_inside,
    one_line_address,
    parse_position,
    place_cells,
    provenance,
)
from matchmaker.exchange.readers.registers.names import readable_name
from matchmaker.exchange.readers.registers.reading import RowRule, register_format
from matchmaker.exchange.readers.registers.table import Entry, Table
from matchmaker.exchange.reading import Format, Part, ReadOptions, SourceRow
from matchmaker.model.properties import join_list
from matchmaker.model.vocabulary import Confidence, OrganizationType, TieType

_MUSEUM = OrganizationType.MUSEUM.value
TYPE_OF_DISCIPLINE = {
    "ART": _MUSEUM,
    "BOT": OrganizationType.ZOO_AQUARIUM_GARDEN.value,
    "CMU": _MUSEUM,
    "GMU": _MUSEUM,
    "HSC": _MUSEUM,
    "HST": _MUSEUM,
    "NAT": _MUSEUM,
    "SCI": OrganizationType.SCIENCE_CENTER.value,
    "ZAW": OrganizationType.ZOO_AQUARIUM_GARDEN.value,
}
DISCIPLINES = {
    "ART": "Art museum",
    "BOT": "Arboretum, botanical garden or nature center",
    "CMU": "Children's museum",
    "GMU": "Museum of a general or unclassified kind",
    "HSC": "Historical society or historic preservation",
    "HST": "History museum",
    "NAT": "Natural history or natural science museum",
    "SCI": "Science or technology museum, or planetarium",
    "ZAW": "Zoo, aquarium or wildlife conservation",
}
FIELDS_OF_DISCIPLINE = {"BOT": ("26",), "NAT": ("26", "40"), "SCI": ("15", "40"), "ZAW": ("26",)}
"""The STEM fields (CIP families) that a discipline is about: our reading of it, so inferred."""

FIELD_NAMES = {
    "15": "Engineering technologies",
    "26": "Biological and biomedical sciences",
    "40": "Physical sciences",
}
CIP_SOURCE = "Classification of Instructional Programs 2020 (NCES)"

_EDITION = re.compile(r"mudf(\d\d)q([1-4])", re.IGNORECASE)
_LAST_MONTHS = {"1": "03", "2": "06", "3": "09", "4": "12"}


class Museums:
    """What the rows of the file mean."""

    def __init__(self, table: Table, options: ReadOptions) -> None:
        self.file, self.region = table.name, options.region
        self.source, self.observed_on = edition(table.name)
        self.book = PlaceBook()
        self.seen: dict[str, int] = {}
        self.fields: set[str] = set()

    def read(self, entry: Entry) -> SourceRow:
        """Return what a row says."""
        position = parse_position(entry, "latitude", "longitude")
        if not is_inside(self.region, position, entry.text("state"), entry.first("zip5", "zip")):
            return SourceRow(entry.spot, ())
        said = provenance(self.source, f"{self.file} MID {entry.text('mid')}", self.observed_on)
        draft = Draft(entry, said)
        id = f"mid:{draft.identifier('mid', 'mid', required=True)}"
        draft.unrepeated(id, self.seen, "mid")
        draft.add("partners.csv", {"id": id, **self._cells(draft)})
        if draft.findings:
            return draft.row()
        self._add_fields(draft, id)
        state, county = entry.text("fipsst"), entry.text("fipsco")
        draft.place(self.book, id, zip_of(entry), {"fips": state + county} if county else None)
        return draft.row()

    def _cells(self, draft: Draft) -> dict[str, str]:
        text = draft.text
        name, other = readable_name(text("name", "altname")), readable_name(text("altname"))
        discipline = text("discipl").upper()
        if not name:
            draft.refuse("is missing", "name", "the museum's name")
        if discipline not in TYPE_OF_DISCIPLINE:
            draft.refuse("is no discipline of the register", "discipl", ", ".join(TYPE_OF_DISCIPLINE))
        return {
            "name": name,
            "aliases": join_list([other]) if other.upper() != name.upper() else "",
            "organization_type": TYPE_OF_DISCIPLINE.get(discipline, ""),
            "description": DISCIPLINES.get(discipline, ""),
            "mid": text("mid"),
            "ein": draft.identifier("ein", "ein", digits=9),
            "address": one_line_address(text("address"), text("city"), text("state"), zip_of(draft.entry)),
            **draft.web("weburl"),
            **place_cells(draft.position("latitude", "longitude"), text("locale4"), text("state")),
        }

    def _add_fields(self, draft: Draft, id: str) -> None:
        """Tie a museum of a STEM-like discipline to its fields; a field goes out with the first that needs it."""
        inferred = {**draft.provenance, "confidence": Confidence.INFERRED.value}
        for field in FIELDS_OF_DISCIPLINE.get(draft.text("discipl").upper(), ()):
            if field not in self.fields:
                self.fields.add(field)
                cells = {"id": f"cip:{field}", "name": FIELD_NAMES[field], "code": field, "source": CIP_SOURCE}
                draft.parts.append(Part("topics.csv", {**cells, "confidence": Confidence.REGISTER.value}))
            draft.add("ties.csv", {"source": id, "type": TieType.ABOUT.value, "target": f"cip:{field}"}, inferred)


def zip_of(entry: Entry) -> str:
    """Return the first five digits of a ZIP code; the register's ZIP column has lost leading zeros, ZIP5 has not."""
    return entry.first("zip5", "zip")[:5]


def edition(name: str) -> tuple[str, str]:
    """Return the source and the month of a file by its name; undated where the name doesn't say.

    >>> edition("mudf14q3pub.csv")
    ('IMLS Museum Universe Data File, 2014 Q3', '2014-09')
    """
    found = _EDITION.search(name)
    if found is None:
        return "IMLS Museum Universe Data File", ""
    year, quarter = f"20{found.group(1)}", found.group(2)
    return f"IMLS Museum Universe Data File, {year} Q{quarter}", f"{year}-{_LAST_MONTHS[quarter]}"


def _museums(table: Table, options: ReadOptions) -> RowRule:
    return Museums(table, options).read


def _notices(table: Table) -> list[Finding]:
    if edition(table.name)[1]:
        return []
    message = "the file's name doesn't say which edition it is, so its facts are undated"
    return [Finding(message, valid="a name such as mudf14q3pub.csv", file=table.name)]


FORMATS: tuple[Format, ...] = (
    register_format(
        "imls_museums",
        "IMLS Museum Universe Data File",
        "mid discipl name altname fipsst",
        _museums,
        notices=_notices,
    ),
)
