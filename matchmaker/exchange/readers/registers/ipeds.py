"""IPEDS, the federal register of colleges: the header file (HD) and institutional characteristics (IC).

U.S. Department of Education, National Center for Education Statistics; codes as in the dictionaries of 2020.
"""

import re
from dataclasses import replace

from matchmaker.errors import Finding
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
from matchmaker.exchange.readers.registers.reading import RowRule, register_format, undated, year_in
from matchmaker.exchange.readers.registers.table import Entry, Table
from matchmaker.exchange.reading import Format, ReadOptions, SourceRow
from matchmaker.model.properties import join_list
from matchmaker.model.vocabulary import (
    CollegeControl,
    DesignationBasis,
    DesignationCode,
    OrganizationType,
    StageTerm,
    TieType,
)

MISSING = frozenset({"", "-1", "-2", "-3", "."})
"""Not reported, not applicable, not available."""

TYPE_OF_LEVEL = {
    "1": OrganizationType.FOUR_YEAR_COLLEGE.value,
    "2": OrganizationType.TWO_YEAR_COLLEGE.value,
    "3": OrganizationType.TWO_YEAR_COLLEGE.value,
}
CONTROLS = {
    "1": CollegeControl.PUBLIC.value,
    "2": CollegeControl.PRIVATE_NONPROFIT.value,
    "3": CollegeControl.PRIVATE_FOR_PROFIT.value,
}
STAGES_OF_LEVEL = {
    "1": StageTerm.POSTSECONDARY_FOUR_YEAR.value,
    "2": StageTerm.POSTSECONDARY_TWO_YEAR.value,
    "3": StageTerm.APPRENTICESHIP_OR_CREDENTIAL.value,
}
STAGES_OF_AWARDS = {
    StageTerm.APPRENTICESHIP_OR_CREDENTIAL.value: ("level1", "level1a", "level1b", "level2", "level4"),
    StageTerm.POSTSECONDARY_TWO_YEAR.value: ("level3",),
    StageTerm.POSTSECONDARY_FOUR_YEAR.value: ("level5",),
    StageTerm.GRADUATE.value: ("level7", "level17", "level18", "level19"),
}
"""The columns of IC that say which awards are given, by the stage they are earned in."""

_CLOSED_ACTS = frozenset({"C", "D", "M"})
"""Combined with another, out of business, closed in the year."""

_SEPARATORS = re.compile(r"[|;\r\n]|\s{2,}")
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


class Colleges:
    """What the rows of HD mean, and the part of it that a joined file repeats."""

    def __init__(self, table: Table, options: ReadOptions) -> None:
        self.file, self.region = table.name, options.region
        self.year = year_in(table.name)
        self.source = f"IPEDS HD{self.year} (U.S. Department of Education, NCES)"
        self.book = PlaceBook()
        self.seen: dict[str, int] = {}

    def read(self, entry: Entry) -> SourceRow:
        """Return what a row of HD says."""
        position = parse_position(entry, "latitude", "longitud")
        if not is_inside(self.region, position, entry.text("stabbr"), entry.text("zip")):
            return SourceRow(entry.spot, ())
        why = out_of_scope(entry)
        if why:
            return left_out(entry, *why)
        said = provenance(self.source, f"{self.file} UNITID {entry.text('unitid')}", self.year)
        draft = Draft(entry, said, MISSING)
        id = f"unitid:{draft.identifier('unitid', 'unitid', required=True)}"
        draft.unrepeated(id, self.seen, "unitid")
        draft.add("partners.csv", {"id": id, **college_cells(draft), **evidence_cells(draft)})
        add_stages(draft, id)
        for code, column in ((DesignationCode.HBCU, "hbcu"), (DesignationCode.TRIBAL, "tribal")):
            if entry.text(column) == "1" and self.year:
                add_designation(draft, id, code, self.year)
        place_college(draft, self.book, id)
        return draft.row()


def out_of_scope(entry: Entry) -> tuple[str, str] | None:
    """Say why a row is no college that one could work with, and by which column; None where it is one."""
    if entry.text("sector") == "0":
        return "an administrative office of a system, with no learners of its own", "sector"
    if entry.text("postsec") == "2":
        return "not primarily a postsecondary institution", "postsec"
    if entry.text("iclevel") not in TYPE_OF_LEVEL:
        return "no longer active, and its level isn't recorded", "iclevel"
    return None


def college_cells(draft: Draft) -> dict[str, str]:
    """Return the cells that every file with HD's columns gives."""
    name = " ".join(draft.text("instnm").split())
    if not name:
        draft.refuse("is missing", "instnm", "the institution's name")
    degree = {"1": "true", "2": "false"}.get(draft.text("deggrant"), "")
    return {
        "name": name,
        "aliases": join_list(parse_aliases(draft.text("ialias"), name)),
        "organization_type": TYPE_OF_LEVEL[draft.text("iclevel")],
        "unitid": draft.text("unitid"),
        "control": CONTROLS.get(draft.text("control"), ""),
        "degree_granting": degree,
        **draft.web("webaddr"),
        **place_cells(draft.position("latitude", "longitud"), draft.text("locale"), draft.text("stabbr")),
    }


def evidence_cells(draft: Draft) -> dict[str, str]:
    """Return the cells that HD alone gives: shared identifiers, the address, and whether it closed."""
    text = draft.text
    return {
        "ein": draft.identifier("ein", "ein", digits=9),
        "opeid": draft.identifier("opeid", "opeid", digits=8),
        "address": one_line_address(text("addr"), text("city"), text("stabbr"), text("zip")),
        "closed_on": closed_on(draft),
    }


def closed_on(draft: Draft) -> str:
    """Return the day, or else the year, on which a college closed or was combined with another; empty while open.

    A campus whose figures are reported with its main campus (ACT is G) is open.
    """
    day = draft.text("closedat")
    if day:
        found = _DAY.fullmatch(day)
        if found is None:
            draft.refuse("is no day", "closedat", "MM/DD/YYYY")
            return ""
        return f"{found.group(3)}-{found.group(1)}-{found.group(2)}"
    if draft.text("act") in _CLOSED_ACTS:
        return draft.text("deathyr") or draft.provenance["observed_on"]
    return ""


def parse_aliases(text: str, name: str) -> list[str]:
    """Return other names: the register separates them by ``|`` and ``;``, or by several blanks.

    >>> parse_aliases("SU|Salisbury; SU", "Salisbury University")
    ['SU', 'Salisbury']
    """
    parts = (" ".join(part.split()) for part in _SEPARATORS.split(text))
    return list(dict.fromkeys(part for part in parts if part and part != name))


def add_stages(draft: Draft, id: str) -> None:
    """Add the stages that a college's level says it serves."""
    stages = [STAGES_OF_LEVEL[draft.text("iclevel")]]
    if draft.text("groffer") == "1":
        stages = [*stages, StageTerm.GRADUATE.value] if draft.text("ugoffer") == "1" else [StageTerm.GRADUATE.value]
    for stage in stages:
        draft.tie(id, TieType.SERVES, stage)


def add_designation(draft: Draft, id: str, code: DesignationCode, year: str) -> None:
    """Add a mission that a statute gives."""
    cells = {"subject": id, "code": code.value, "basis": DesignationBasis.STATUTORY.value, "year": year}
    draft.add("designations.csv", cells, {**draft.provenance, "observed_on": year})


def place_college(draft: Draft, book: PlaceBook, id: str) -> None:
    """Add where a college is."""
    if draft.findings:
        return
    county = draft.text("countycd")
    draft.place(book, id, draft.text("zip"), {"fips": county.zfill(5) if county else "", "name": ""})


class Awards:
    """What the rows of IC add to colleges that are known: the stages in which awards are earned."""

    def __init__(self, table: Table) -> None:
        self.file, self.year = table.name, year_in(table.name)
        self.source = f"IPEDS IC{self.year} (U.S. Department of Education, NCES)"
        self.seen: dict[str, int] = {}

    def read(self, entry: Entry) -> SourceRow:
        """Return what a row of IC says."""
        said = provenance(self.source, f"{self.file} UNITID {entry.text('unitid')}", self.year)
        draft = Draft(entry, said, MISSING)
        id = f"unitid:{draft.identifier('unitid', 'unitid', required=True)}"
        draft.unrepeated(id, self.seen, "unitid")
        for stage, columns in STAGES_OF_AWARDS.items():
            if any(entry.text(column) == "1" for column in columns):
                draft.tie(id, TieType.SERVES, stage)
        return replace(draft.row(), if_known=True)


def _colleges(table: Table, options: ReadOptions) -> RowRule:
    return Colleges(table, options).read


def _awards(table: Table, _: ReadOptions) -> RowRule:
    return Awards(table).read


def _placeless(table: Table) -> list[Finding]:
    message = "the file has no names and no places: it adds to colleges that are known, whatever region is asked for"
    return [*undated(table), Finding(message, file=table.name)]


FORMATS: tuple[Format, ...] = (
    register_format(
        "ipeds_hd",
        "IPEDS HD: colleges",
        "unitid instnm iclevel control act opeid",
        _colleges,
        notices=undated,
    ),
    register_format(
        "ipeds_ic",
        "IPEDS IC: awards that colleges give",
        "unitid peo1istr level5",
        _awards,
        without="instnm",
        notices=_placeless,
    ),
)
