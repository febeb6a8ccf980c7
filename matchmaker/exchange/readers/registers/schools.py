"""What the files of the National Center for Education Statistics (NCES) about schools and districts share."""

import re
from collections.abc import Mapping

from matchmaker.exchange.readers.registers.drafting import Draft, place_cells
from matchmaker.exchange.readers.registers.grades import GRADE_RULE, is_grade, stages_between
from matchmaker.exchange.readers.registers.table import Entry
from matchmaker.model.vocabulary import CountKind, OrganizationType, TieType

MISSING = frozenset(
    {"", "M", "N", "-1", "-2", "-9", "-999", "NOT AVAILABLE", "NOT REPORTED", "NOT APPLICABLE", "\u2013"}
)
"""Missing, not applicable, suppressed."""

CLOSED = "2"
NOT_RUNNING = {"6": "temporarily closed", "7": "not open yet"}
STATUSES = frozenset("12345678")
"""The operational status: 1 open, 3 to 5 and 8 open and changed, 2, 6 and 7 as above."""

SCHOOL = OrganizationType.K12_SCHOOL.value
DISTRICT = OrganizationType.SCHOOL_DISTRICT.value
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_SCHOOL_YEAR = re.compile(r"(\d{4})\s*-\s*(?:\d{4}|\d{2})")


def school_year(text: str) -> str:
    """Return the year in which a school year starts.

    >>> school_year("2022-2023"), school_year("2022-23"), school_year("soon")
    ('2022', '2022', '')
    """
    found = _SCHOOL_YEAR.fullmatch(text.strip())
    return found.group(1) if found else ""


def standing(entry: Entry, column: str) -> str:
    """Say why a school or district is left out by its status; empty where it isn't."""
    return NOT_RUNNING.get(entry.text(column), "")


def closed_on(draft: Draft, column: str, year: str) -> str:
    """Return when a closed one closed: the day its status took effect, else the school year; empty where it is open."""
    status = draft.text(column)
    if status and status not in STATUSES:
        draft.refuse("is no status of the register", column, "1 to 8")
    if status != CLOSED:
        return ""
    found = _DAY.fullmatch(draft.text("effective_date"))
    if found is None:
        return year
    month, day = int(found.group(1)), int(found.group(2))
    return f"{found.group(3)}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else year


def add_stages(draft: Draft, id: str, lowest: str, highest: str) -> None:
    """Add the stages that a grade span covers."""
    for column in (lowest, highest):
        if not is_grade(draft.entry.text(column).upper()):
            draft.refuse("is no grade", column, GRADE_RULE)
    for stage in stages_between(draft.text(lowest).upper(), draft.text(highest).upper()):
        draft.tie(id, TieType.SERVES, stage)


def add_enrolment(draft: Draft, id: str, year: str, *columns: str) -> None:
    """Add the number of learners of all stages, where the file has it and says of which year."""
    column = next((name for name in columns if draft.text(name)), "")
    value = draft.count(column) if column else None
    if value is None or not year:
        return
    kind = CountKind.ENROLLED.value
    cells = {"subject": id, "kind": kind, "all_stages": "true", "year": year, "value": str(value)}
    draft.add("counts.csv", cells)


def add_district(draft: Draft, leaid: str, name: str, state: str, said: Mapping[str, str]) -> None:
    """Add a school's district."""
    cells = {
        "id": f"leaid:{leaid}",
        "name": name,
        "organization_type": DISTRICT,
        "leaid": leaid,
        **place_cells(None, "", state),
    }
    draft.add("partners.csv", cells, said)


def zip_of(draft: Draft, *columns: str) -> str:
    """Return a ZIP code; leading zeros that a spreadsheet program took are put back."""
    text = draft.text(*columns)
    if 3 <= len(text) < 5 and text.isascii() and text.isdigit():
        restored = text.zfill(5)
        draft.notices.append(draft.entry.spot.finding(f"leading zeros were put back: {restored}", "ZIP", text))
        return restored
    return text


def check_district(draft: Draft, ncessch: str, leaid: str, column: str) -> None:
    """Refuse a school whose district isn't the one that its own id starts with."""
    if ncessch and leaid and not ncessch.startswith(leaid):
        draft.refuse("isn't the district that the school's id starts with", column, ncessch[:7])
