"""HSDS as tables: nested JSON is taken apart into the rows of the tabular form, each naming what it belongs to."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final

from matchmaker.errors import Finding
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.readers.documents import fields_of, items_of, text_of
from matchmaker.exchange.roster import check_document
from matchmaker.exchange.safety import load_json, open_file, open_zip, parse_json

TERMS_TAXONOMY: Final = "matchmaker"
"""The taxonomy of attributes that an export from here adds, so that reading it again gives the same ids and types."""

ID_CODE: Final = "id"

_SINGULAR: Final = MappingProxyType(
    {
        "organization": "organizations",
        "program": "programs",
        "service": "services",
        "service at location": "service_at_locations",
        "location": "locations",
        "address": "addresses",
        "physical address": "addresses",
        "phone": "phones",
        "contact": "contacts",
        "schedule": "schedules",
        "language": "languages",
        "accessibility": "accessibility",
        "cost option": "cost_options",
        "organization identifier": "organization_identifiers",
        "attribute": "attributes",
        "taxonomy term": "taxonomy_terms",
    }
)
_TABLES: Final = MappingProxyType(
    {word: table for one, table in _SINGULAR.items() for word in (one, fold_words(table), f"{one}s")}
)
_LISTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "organizations": {
            "services": "organization_id",
            "locations": "organization_id",
            "phones": "organization_id",
            "contacts": "organization_id",
            "programs": "organization_id",
            "organization_identifiers": "organization_id",
            "attributes": "link_id",
        },
        "services": {
            "phones": "service_id",
            "schedules": "service_id",
            "service_at_locations": "service_id",
            "languages": "service_id",
            "cost_options": "service_id",
            "contacts": "service_id",
            "attributes": "link_id",
        },
        "service_at_locations": {
            "contacts": "service_at_location_id",
            "phones": "service_at_location_id",
            "schedules": "service_at_location_id",
        },
        "locations": {
            "addresses": "location_id",
            "phones": "location_id",
            "contacts": "location_id",
            "accessibility": "location_id",
            "languages": "location_id",
            "schedules": "location_id",
        },
        "programs": {"attributes": "link_id"},
        "contacts": {"phones": "contact_id"},
        "phones": {"languages": "phone_id"},
    }
)
_SINGLES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = MappingProxyType(
    {
        "services": {"organization": ("organizations", "organization_id"), "program": ("programs", "program_id")},
        "programs": {"organization": ("organizations", "organization_id")},
        "service_at_locations": {"location": ("locations", "location_id"), "service": ("services", "service_id")},
        "attributes": {"taxonomy_term": ("taxonomy_terms", "taxonomy_term_id")},
    }
)
_OF_ORGANIZATIONS: Final = frozenset(
    {
        *("legal_status", "tax_status", "tax_id", "parent_organization_id", "organization_identifiers"),
        *("year_incorporated", "services", "website", "logo"),
    }
)
_OF_SERVICES: Final = frozenset({"status", "service_at_locations", "organization", "organization_id", "cost_options"})
_WHOLE: Final = frozenset({"organizations", "services", "locations", "programs", "taxonomy_terms"})
"""Tables whose rows are one thing wherever they are nested; rows of the others belong to what they are nested in."""

_TEXTS: Final = frozenset(
    {"id", "name", "alternate_name", "description", "website", "url", "email", "status", "number"}
)


@dataclass(slots=True)
class Line:
    """One row of a table: where it stands, its filled cells, and what is wrong with it as a row."""

    spot: Spot
    cells: dict[str, str]
    findings: list[Finding] = field(default_factory=list)

    def get(self, column: str) -> str:
        """Return a cell, empty where it isn't filled."""
        return self.cells.get(column, "")


class Tables:
    """The tables of one file.

    A row that stands in several places (an organization in each of its services) is one row with all cells taken
    together, those of the first place first.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._rows: dict[str, list[Line]] = {}
        self._known: dict[tuple[str, ...], Line] = {}
        self._indexes: dict[tuple[str, str], dict[str, list[Line]]] = {}

    def rows(self, table: str) -> Sequence[Line]:
        """Return a table's rows in the order of the file."""
        return self._rows.get(table, ())

    def where(self, table: str, column: str, key: str) -> Sequence[Line]:
        """Return the rows that have a value in a column, none for an empty value."""
        if (table, column) not in self._indexes:
            index: dict[str, list[Line]] = {}
            for line in self.rows(table):
                if line.get(column):
                    index.setdefault(line.get(column), []).append(line)
            self._indexes[table, column] = index
        return self._indexes[table, column].get(key, ()) if key else ()

    def find(self, table: str, key: str) -> Line | None:
        """Return the row with an id, or None."""
        found = self.where(table, "id", key)
        return found[0] if found else None

    def add(self, table: str, line: Line, parent: tuple[str, str] = ("", "")) -> Line:
        """Add a row that belongs to what ``parent`` names (a column and an id); return it or the one it is already."""
        column, owner = parent
        if column:
            line.cells.setdefault(column, owner)
        key = (table, line.get("id"), *(parent if table not in _WHOLE else ()))
        known = self._known.get(key) if line.get("id") else None
        if known is not None:
            known.cells.update({name: text for name, text in line.cells.items() if name not in known.cells})
            return known
        self._known[key] = line
        self._rows.setdefault(table, []).append(line)
        self._indexes.clear()
        return line

    def add_object(self, table: str, value: object, parent: tuple[str, str] = ("", "")) -> str:
        """Add an object with everything nested in it; return its id, made from its place where it has none."""
        spot = Spot(f"{self.file} {table}", len(self.rows(table)) + 1)
        fields = fields_of(value)
        line = Line(spot, {name: text for name, item in fields.items() if (text := text_of(item))})
        if not isinstance(value, dict):
            line.findings.append(spot.finding("is no object with fields", valid='such as {"id": "…", "name": "…"}'))
        line.findings += [
            spot.finding("is no text", name, valid="text")
            for name in sorted(_TEXTS & set(fields))
            if isinstance(fields[name], list | dict)
        ]
        if parent[0] and not line.get("id"):
            line.cells["id"] = f"{parent[1]}/{table}/{spot.line}"
        line = self.add(table, line, parent)
        self._add_nested(table, line, fields)
        return line.get("id")

    def _add_nested(self, table: str, line: Line, fields: Mapping[str, object]) -> None:
        for name, (other, column) in _SINGLES.get(table, {}).items():
            if isinstance(fields.get(name), dict):
                key = self.add_object(other, fields[name])
                line.cells.setdefault(column, key)
            elif fields.get(name) is not None:
                line.findings.append(line.spot.finding("is no object with fields", name, valid="an object"))
        for name, column in _LISTS.get(table, {}).items():
            nested = fields.get(name)
            if nested is not None and not isinstance(nested, list):
                line.findings.append(line.spot.finding("is no list", name, valid="a list of objects"))
                continue
            for item in items_of(nested):
                self.add_object(name, item, (column, line.get("id")))


def table_of(name: str) -> str:
    """Return the table that a file or list is by its name, singular or plural; empty where it is none.

    >>> table_of("data/service_at_location.csv"), table_of("Organizations"), table_of("partners.csv")
    ('service_at_locations', 'organizations', '')
    """
    return _TABLES.get(fold_words(name.rpartition("/")[2].removesuffix(".csv").removesuffix(".json")), "")


def read_document(path: Path) -> Tables:
    """Return the tables of a JSON file: one object, a list, a page of a list, or lists by table.

    Raises
    ------
    InvalidInput
        It isn't JSON, or not within the limits of `matchmaker.exchange.safety`.
    """
    tables = Tables(path.name)
    document = load_json(path)
    roster = check_document(document, path.name)
    if roster is not None:
        tables.findings.append(roster)
    else:
        add_document(tables, document, "")
    return tables


def add_document(tables: Tables, document: object, table: str) -> None:
    """Add what a document says; ``table`` is what its objects are, empty where they show it themselves."""
    fields = fields_of(document)
    by_table = {table_of(name): value for name, value in fields.items() if table_of(name) and isinstance(value, list)}
    if isinstance(document, list):
        listed: Sequence[object] = document
    elif isinstance(fields.get("contents"), list):
        listed = items_of(fields["contents"])
    elif by_table and "id" not in fields:
        for name, items in by_table.items():
            for item in items_of(items):
                tables.add_object(name, item)
        return
    else:
        listed = [document]
    for item in listed:
        kind = table or kind_of(fields_of(item))
        if kind:
            tables.add_object(kind, item)
        else:
            valid = "an organization, service, location, or service at a location"
            tables.findings.append(Finding("there is something that isn't known here", valid=valid, file=tables.file))
            return


def kind_of(fields: Mapping[str, object]) -> str:
    """Return the table that an object belongs to, by its fields; empty where they don't show it."""
    names = set(fields)
    if "location_type" in names:
        return "locations"
    if "location" in names or "service" in names:
        return "service_at_locations"
    if names & _OF_SERVICES and "organization_identifiers" not in names and "legal_status" not in names:
        return "services"
    if names & _OF_ORGANIZATIONS or {"id", "name", "description"} == names:
        return "organizations"
    return ""


def read_package(path: Path) -> Tables:
    """Return the tables of a folder, a zip file, or one CSV file; JSON lists in it are read as `read_document` does.

    Raises
    ------
    InvalidInput
        It can't be read, or not within the limits of `matchmaker.exchange.safety`.
    """
    tables = Tables(path.name)
    if path.suffix.lower() == ".csv":
        with open_file(path) as stream:
            _add_csv(tables, table_of(path.name) or "organizations", stream, path.name)
        return tables
    with open_zip(path) as archive:
        for name in archive.names:
            table = table_of(name)
            if not table:
                continue
            if name.lower().endswith(".csv"):
                with archive.open(name) as stream:
                    _add_csv(tables, table, stream, f"{path.name} {name.rpartition('/')[2]}")
            elif name.lower().endswith(".json"):
                add_document(tables, parse_json(archive.read(name), name), table)
    return tables


def _add_csv(tables: Tables, table: str, stream: BinaryIO, file: str) -> None:
    for line in _iter_csv(stream, file):
        tables.add(table, line)


def _iter_csv(stream: BinaryIO, file: str) -> Iterator[Line]:
    """Yield the rows under the header; a row that doesn't fit it has a finding."""
    with io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="") as text:
        reader = csv.reader(text, strict=True)
        columns: list[str] | None = None
        while True:
            spot = Spot(file, reader.line_num + 1)
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Line(spot, {}, [spot.finding("the row can't be read", valid="a row of comma-separated cells")])
                continue
            if not any(cells):
                continue
            if columns is None:
                columns = [cell.strip().lower() for cell in cells]
            else:
                yield _line(spot, columns, cells)


def _line(spot: Spot, columns: Sequence[str], cells: Sequence[str]) -> Line:
    if len(cells) != len(columns):
        valid = f"{len(columns)} cells, as many as the header has"
        return Line(spot, {}, [spot.finding("the row doesn't fit the header", "", f"{len(cells)} cells", valid)])
    return Line(spot, {name: cell.strip() for name, cell in zip(columns, cells, strict=True) if cell.strip()})
