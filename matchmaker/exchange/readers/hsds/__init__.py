"""Reads the Human Services Data Specification (HSDS) 3.x: JSON as its API gives it, and tabular packages.

What becomes of which table and column stands in ``docs/other-tools.md``.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from matchmaker.errors import Finding
from matchmaker.exchange.readers.documents import file_digest, source_name
from matchmaker.exchange.readers.hsds.context import Context
from matchmaker.exchange.readers.hsds.organizations import iter_organizations
from matchmaker.exchange.readers.hsds.services import iter_services
from matchmaker.exchange.readers.hsds.tables import Tables, read_document, read_package, table_of
from matchmaker.exchange.reading import Format, Probe, Reading, ReadOptions, SourceRow

_MARKS: Final = re.compile(
    rb'"(?:organization_id|parent_organization_id|service_at_locations|organization_identifiers|legal_status|tax_status|'
    rb'location_type|eligibility_description|application_process|organizations(?:\.csv)?)"\s*:'
)
_HEADS: Final = frozenset(
    {"alternate_name", "legal_status", "tax_status", "tax_id", "year_incorporated", "parent_organization_id"}
)
READ_TABLES: Final = ("organizations", "programs", "services")


def is_document(probe: Probe) -> bool:
    """Say whether a file is HSDS in JSON."""
    return probe.suffix == ".json" and bool(_MARKS.search(probe.head))


def is_package(probe: Probe) -> bool:
    """Say whether a folder or zip file holds the tables of HSDS, or a CSV file is one of organizations."""
    if probe.members:
        tables = {table_of(name) for name in probe.members if name.lower().endswith((".csv", ".json"))}
        foreign = {name.rpartition("/")[2] for name in probe.members} & {"partners.csv", "ties.csv"}
        return not foreign and "organizations" in tables
    return {"id", "name", "description"} <= set(probe.columns) and len(_HEADS & set(probe.columns)) >= 2


def read_json(path: Path, options: ReadOptions) -> Reading:
    """Read HSDS in JSON: an organization, service, location, a list, a page of one, or lists by table."""
    return _reading("hsds_json", path, options, read_document)


def read_tabular(path: Path, options: ReadOptions) -> Reading:
    """Read a tabular package: a folder, a zip file, or a CSV file of organizations."""
    return _reading("hsds_tabular", path, options, read_package)


def _reading(term: str, path: Path, options: ReadOptions, opener: Callable[[Path], Tables]) -> Reading:
    digest, name = file_digest(path), source_name(path)
    tables = opener(path)
    count = sum(len(tables.rows(table)) for table in READ_TABLES)

    def rows() -> Iterator[SourceRow]:
        context = Context(tables, name, options)
        yield from iter_organizations(context)
        yield from iter_services(context)

    findings = list(tables.findings)
    if not count and not findings:
        valid = "organizations, programs or services"
        findings.append(Finding("there is nothing here that could be read", valid=valid, file=path.name))
    if findings:
        return Reading(term, name, digest, lambda: iter(()), findings=tuple(findings))
    return Reading(term, name, digest, rows, count)


FORMATS: Final[tuple[Format, ...]] = (
    Format("hsds_json", "HSDS 3 (JSON)", is_document, read_json),
    Format("hsds_tabular", "HSDS 3 (tabular)", is_package, read_tabular),
)
