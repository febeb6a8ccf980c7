"""Oregon's schools and districts by fall membership: names, the state's ids, and total enrolment.

The files also split enrolment by race, in cells as small as one learner; none of that is read.
"""

from matchmaker.exchange.counties import region_of
from matchmaker.exchange.readers.registers.drafting import Draft, is_inside, left_out, provenance
from matchmaker.exchange.readers.registers.reading import RowRule, register_format, undated, year_in
from matchmaker.exchange.readers.registers.schools import DISTRICT, SCHOOL, add_enrolment
from matchmaker.exchange.readers.registers.table import Entry, Table
from matchmaker.exchange.reading import Format, ReadOptions, SourceRow
from matchmaker.model.vocabulary import PartKind, TieType

STATE = "OR"
MISSING = frozenset({"", "*", "-", "--"})


class Membership:
    """What both files share; a file's name has the year in which its school year ends.

    A campus that stands under several districts is one where they place a few learners each, such as a school for the
    blind: it is no part of any of them, and their shares of its learners say nothing of its size.
    """

    def __init__(self, table: Table, options: ReadOptions) -> None:
        self.file, self.region = table.name, options.region
        ends = year_in(table.name.replace("_", " "))
        self.year = str(int(ends) - 1) if ends else ""
        edition = f" {self.year}-{int(ends) % 100:02d}" if ends else ""
        self.source = f"Oregon Department of Education, fall membership{edition}"
        self.seen: dict[str, int] = {}
        self.districts: set[str] = set()
        self.shared = shared_campuses(table)

    def read_district(self, entry: Entry) -> SourceRow:
        """Return what a row of the district file says."""
        if not is_inside(self.region, None, STATE, ""):
            return SourceRow(entry.spot, ())
        draft = self._draft(entry, "district_id")
        number = self._number(draft, "district_id")
        id = f"or-district:{number}"
        draft.unrepeated(id, self.seen, "district_id")
        self._add(draft, id, DISTRICT, "district_name")
        add_enrolment(draft, id, self.year, "total_enrollment")
        return draft.row()

    def read_school(self, entry: Entry) -> SourceRow:
        """Return what a row of the school file says."""
        if not is_inside(self.region, None, STATE, ""):
            return SourceRow(entry.spot, ())
        campus = entry.text("campus_id")
        if campus in self.shared and campus in self.seen:
            return left_out(entry, "a campus shared by several districts stands there already", "campus_id")
        draft = self._draft(entry, "campus_id")
        number, district = self._number(draft, "campus_id"), self._number(draft, "district_id")
        id = f"or-school:{number}"
        draft.unrepeated(number, self.seen, "campus_id")
        if not draft.findings and district not in self.districts:
            self.districts.add(district)
            said = {**draft.provenance, "source_row": f"{self.file} district_id {district}"}
            self._add(draft, f"or-district:{district}", DISTRICT, "district_name", said)
        self._add(draft, id, SCHOOL, "campus_name")
        if number in self.shared:
            draft.notice(
                "stands under several districts, so it is part of none, and its total is left out", "campus_id"
            )
        else:
            draft.tie(id, TieType.PART_OF, f"or-district:{district}", kind=PartKind.DISTRICT.value)
            add_enrolment(draft, id, self.year, "total_enrollment")
        return draft.row()

    def _draft(self, entry: Entry, key: str) -> Draft:
        row = f"{self.file} {key} {entry.text(key)}"
        return Draft(entry, provenance(self.source, row, self.year), MISSING)

    def _number(self, draft: Draft, column: str) -> str:
        text = draft.text(column)
        if not (text.isascii() and text.isdigit()):
            draft.refuse("is no number of the state's", column, "digits")
        return text

    def _add(self, draft: Draft, id: str, type: str, column: str, said: dict[str, str] | None = None) -> None:
        name = " ".join(draft.text(column).split())
        if not name:
            draft.refuse("is missing", column, "a name")
        country, region = region_of(STATE)
        cells = {"id": id, "name": name, "organization_type": type, "country": country, "region": region}
        draft.add("partners.csv", cells, said)


def shared_campuses(table: Table) -> frozenset[str]:
    """Return the numbers of campuses that stand under more than one district."""
    under: dict[str, set[str]] = {}
    for entry in table.iter_entries() if "campus_id" in table.columns else ():
        under.setdefault(entry.text("campus_id"), set()).add(entry.text("district_id"))
    return frozenset(campus for campus, districts in under.items() if len(districts) > 1)


def _districts(table: Table, options: ReadOptions) -> RowRule:
    return Membership(table, options).read_district


def _schools(table: Table, options: ReadOptions) -> RowRule:
    return Membership(table, options).read_school


FORMATS: tuple[Format, ...] = (
    register_format(
        "oregon_districts",
        "Oregon fall membership: districts",
        "district_id district_name total_enrollment native_american multiracial",
        _districts,
        without="campus_id",
        notices=undated,
    ),
    register_format(
        "oregon_schools",
        "Oregon fall membership: schools",
        "district_id campus_id campus_name total_enrollment native_american multiracial",
        _schools,
        notices=undated,
    ),
)
