"""Reads who took part in which funded project, and makes a snapshot of it: projects are initiatives.

The columns are those of CORDIS, the European Commission's register of research projects.
"""

import csv
import datetime
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from matchmaker.errors import Finding, InvalidInput
from matchmaker.graph.contents import Contents
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot, build_snapshot
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie
from matchmaker.model.ids import NodeId, Revision
from matchmaker.model.vocabulary import InitiativeType, Label, OrganizationType, TieType

ORGANIZATION_TYPES: Mapping[str, OrganizationType] = MappingProxyType(
    {
        "HES": OrganizationType.FOUR_YEAR_COLLEGE,
        "PRC": OrganizationType.EMPLOYER,
        "REC": OrganizationType.RESEARCH_LABORATORY,
        "PUB": OrganizationType.GOVERNMENT_AGENCY,
        "OTH": OrganizationType.COMMUNITY_ORGANIZATION,
    }
)
"""What the register's kinds of organizations are here."""

NEEDED = ("rcn", "pic", "type", "country", "start_date")
PARTS_NEEDED = ("rcn", "programme_part")
NOT_KNOWN = ("", "NA")


@dataclass(frozen=True, slots=True)
class Participation:
    """One organization in one project.

    Attributes
    ----------
    project, organization
        Their numbers in the register.
    type
        Of `ORGANIZATION_TYPES`.
    country
        The register's code; empty where it isn't known.
    start
        The day on which the project started.
    role
        What the organization is in the project; empty where it isn't known.
    """

    project: str
    organization: str
    type: OrganizationType
    country: str
    start: datetime.date
    role: str


def read_participations(path: Path) -> tuple[Participation, ...]:
    """Return the rows of a file of participations, each pair of project and organization once: its first row.

    Rows without a start date are left out, and columns that aren't needed.

    Raises
    ------
    InvalidInput
        The file can't be read, lacks a column, or has values of another kind.
    """
    found: dict[tuple[str, str], Participation] = {}
    findings: list[Finding] = []
    for number, row in enumerate(_rows(path, NEEDED), 2):
        key = row["rcn"], row["pic"]
        if key in found or row["start_date"] in NOT_KNOWN:
            continue
        try:
            start = datetime.date.fromisoformat(row["start_date"])
        except ValueError:
            findings.append(Finding("is no date", f"row {number}, start_date", row["start_date"], "such as 2017-01-31"))
            continue
        if row["type"] not in ORGANIZATION_TYPES:
            valid = ", ".join(ORGANIZATION_TYPES)
            findings.append(Finding("is no type of organization", f"row {number}, type", row["type"], valid))
            continue
        country = "" if row["country"] in NOT_KNOWN else row["country"]
        kind, role = ORGANIZATION_TYPES[row["type"]], row.get("role") or ""
        found[key] = Participation(*key, kind, country, start, "" if role in NOT_KNOWN else role)
    if findings:
        raise InvalidInput(findings[:20])
    return tuple(found.values())


def read_parts(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the programme parts of each project, sorted.

    Raises
    ------
    InvalidInput
        The file can't be read or lacks a column.
    """
    parts: defaultdict[str, set[str]] = defaultdict(set)
    for row in _rows(path, PARTS_NEEDED):
        if row["programme_part"] not in NOT_KNOWN:
            parts[row["rcn"]].add(row["programme_part"])
    return {project: tuple(sorted(held)) for project, held in parts.items()}


def make_snapshot(
    rows: tuple[Participation, ...], parts: Mapping[str, tuple[str, ...]], until: datetime.date
) -> Snapshot:
    """Return the graph of all projects that started before a day, as of its eve.

    Organizations are Partners, projects Initiatives that they are members of since the project's start. What a
    project's programme parts are, its members' work is about since then: a tie to the Topic for each of their projects.
    """
    held = [row for row in rows if row.start < until]
    firsts = {row.organization: row for row in reversed(held)}
    records = [_partner(row) for _, row in sorted(firsts.items())]
    projects = sorted({row.project for row in held})
    nodes = [_initiative(project) for project in projects]
    nodes += [_topic(part) for part in sorted({part for project in projects for part in parts.get(project, ())})]
    ties = [tie for row in held for tie in _ties(row, parts.get(row.project, ()))]
    contents = Contents(
        Revision(1),
        tuple(sorted(nodes, key=lambda node: node.id)),
        tuple(sorted(records, key=lambda record: record.id)),
        tuple(sorted(ties, key=lambda tie: tie.id)),
    )
    return build_snapshot(contents, Scope(), until - datetime.timedelta(days=1))


def partner_id(organization: str) -> NodeId:
    """Return the id of an organization's node."""
    return NodeId(f"pic:{organization.lower()}")


_SOURCE = Provenance("CORDIS")


def _partner(row: Participation) -> Record:
    kind = row.type.value
    properties: dict[str, Value] = {
        "name": row.organization,
        "organization_type": kind,
        "organization_types": (kind,),
    }
    if row.country:
        properties["country"] = row.country
    return Record(partner_id(row.organization), Label.PARTNER, properties, provenance=_SOURCE)


def _initiative(project: str) -> Node:
    properties = {"name": project, "initiative_type": InitiativeType.FUNDED_PROJECT.value}
    return Node(NodeId(f"rcn:{project.lower()}"), Label.INITIATIVE, properties, provenance=_SOURCE)


def _topic(part: str) -> Node:
    return Node(_topic_id(part), Label.TOPIC, {"name": part}, provenance=_SOURCE)


def _topic_id(part: str) -> NodeId:
    return NodeId("part:" + "".join(letter if letter.isalnum() else "-" for letter in part.lower()))


def _ties(row: Participation, parts: tuple[str, ...]) -> Iterator[Tie]:
    partner, since = partner_id(row.organization), row.start.isoformat()
    held = {"since": since, "role": row.role} if row.role else {"since": since}
    yield make_tie(TieType.MEMBER_OF, (partner, f"rcn:{row.project.lower()}"), held, provenance=_SOURCE)
    for part in parts:
        about = partner, _topic_id(part)
        yield make_tie(TieType.ABOUT, about, {"since": since}, episode=row.project, provenance=_SOURCE)


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file, packed by gzip where its name says so."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8", newline="")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8", newline="") as file
        ):
            reader = csv.DictReader(file)
            lacking = [name for name in needed if name not in (reader.fieldnames or ())]
            if lacking:
                raise InvalidInput([Finding("is missing", f"column {name}", path.name) for name in lacking])
            yield from reader
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput([Finding("can't be read", "file", path.name, str(error))]) from error
