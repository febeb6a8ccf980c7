"""IPEDS HD joined with the College Scorecard of 2013: minority-serving designations, Pell and field shares."""

import re

from matchmaker.errors import Finding
from matchmaker.exchange.places import PlaceBook
from matchmaker.exchange.readers.registers.drafting import Draft, is_inside, left_out, parse_position, provenance
from matchmaker.exchange.readers.registers.ipeds import (
    MISSING,
    add_designation,
    add_stages,
    college_cells,
    out_of_scope,
    place_college,
)
from matchmaker.exchange.readers.registers.reading import RowRule, register_format
from matchmaker.exchange.readers.registers.table import Entry, Table
from matchmaker.exchange.reading import Format, ReadOptions, SourceRow
from matchmaker.model.properties import join_list
from matchmaker.model.vocabulary import DesignationBasis, DesignationCode

HD_YEAR, SCORECARD_YEAR = "2020", "2013"
SOURCE = f"College Scorecard {SCORECARD_YEAR}, joined with IPEDS HD{HD_YEAR} (U.S. Department of Education)"

STATUTORY = {"hbcu_hd2020": DesignationCode.HBCU, "tribal_hd2020": DesignationCode.TRIBAL}
BY_ENROLMENT = {
    "hsi": DesignationCode.HSI,
    "aanapii": DesignationCode.AANAPISI,
    "pbi": DesignationCode.PBI,
    "annhi": DesignationCode.ANNH,
    "nanti": DesignationCode.NASNTI,
}
_MISSING = MISSING | {"NULL", "PrivacySuppressed"}
_FIELD = re.compile(r"pcip(\d\d)")


class ScoredColleges:
    """What the rows of the joined file mean.

    A record is dated by the older of the two sources, so that a share of 2013 never looks like one of 2020, and HD
    itself wins wherever it is loaded too.
    """

    def __init__(self, table: Table, options: ReadOptions) -> None:
        self.file, self.region = table.name, options.region
        self.fields = {name: found.group(1) for name in table.columns if (found := _FIELD.fullmatch(name))}
        self.book = PlaceBook()
        self.seen: dict[str, int] = {}

    def read(self, entry: Entry) -> SourceRow:
        """Return what a row says."""
        position = parse_position(entry, "latitude", "longitud")
        if not is_inside(self.region, position, entry.text("stabbr"), entry.text("zip")):
            return SourceRow(entry.spot, ())
        why = out_of_scope(entry)
        if why is None and entry.text("cyactive") == "3":
            why = ("closed, merged, or reported with its main campus; the HD file tells which", "cyactive")
        if why is not None:
            return left_out(entry, *why)
        said = provenance(SOURCE, f"{self.file} UNITID {entry.text('unitid')}", SCORECARD_YEAR)
        draft = Draft(entry, said, _MISSING)
        id = f"unitid:{draft.identifier('unitid', 'unitid', required=True)}"
        draft.unrepeated(id, self.seen, "unitid")
        draft.add("partners.csv", {"id": id, **college_cells(draft), **self._shares(draft)})
        add_stages(draft, id)
        self._designate(draft, id)
        place_college(draft, self.book, id)
        return draft.row()

    def _shares(self, draft: Draft) -> dict[str, str]:
        pell = draft.text("pctpell")
        if pell and _share(pell) is None:
            draft.refuse("is no share", "pctpell", "a number from 0 to 1")
        taught = [field for column, field in self.fields.items() if (_share(draft.text(column)) or 0.0) > 0.0]
        return {"pell_share": pell, "cip_fields": join_list(sorted(taught))}

    def _designate(self, draft: Draft, id: str) -> None:
        for column, code in STATUTORY.items():
            if draft.text(column) == "1":
                add_designation(draft, id, code, HD_YEAR)
        for column, code in BY_ENROLMENT.items():
            if draft.text(column) == "1":
                basis = DesignationBasis.ENROLLMENT_THRESHOLD.value
                draft.add(
                    "designations.csv", {"subject": id, "code": code.value, "basis": basis, "year": SCORECARD_YEAR}
                )


def _share(text: str) -> float | None:
    try:
        share = float(text)
    except ValueError:
        return None
    return share if 0.0 <= share <= 1.0 else None


def _scored(table: Table, options: ReadOptions) -> RowRule:
    return ScoredColleges(table, options).read


def _notices(table: Table) -> list[Finding]:
    message = "designations by enrolment, Pell and field shares are of 2013: context, and stale"
    return [Finding(message, file=table.name)]


FORMATS: tuple[Format, ...] = (
    register_format(
        "ipeds_scorecard",
        "IPEDS HD 2020 joined with the College Scorecard of 2013",
        "unitid instnm iclevel hbcu_hd2020 hsi pctpell",
        _scored,
        notices=_notices,
    ),
)
