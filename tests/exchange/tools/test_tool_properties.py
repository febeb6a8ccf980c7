"""Whatever stands in a JSON document, reading it gives rows and findings, and raises nothing but `InvalidInput`."""

import copy
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput
from matchmaker.exchange.readers.ctdl import read_ctdl
from matchmaker.exchange.readers.hsds import read_json
from matchmaker.exchange.readers.kumu import read_blueprint
from matchmaker.exchange.readers.rows import RowsReader
from matchmaker.exchange.reading import Reading, ReadOptions
from matchmaker.model.ids import PUBLIC

KUMU: Final = {
    "elements": [
        {"id": "a", "label": "Museum", "type": "Museum", "tags": ["high school"], "zip": "97219", "needs": ["mentors"]},
        {"_id": "elem-b", "attributes": {"label": "Camp", "element type": "Summer camp", "website": "x"}},
        {"label": "Mentors", "type": "Need"},
    ],
    "connections": [
        {"from": "a", "to": "elem-b", "type": "runs", "direction": "mutual"},
        {"from": "a", "to": "Mentors"},
    ],
}
HSDS: Final = {
    "id": "11111111-1111-4111-8111-111111111111",
    "name": "Library",
    "description": "x",
    "organization_identifiers": [{"id": "i", "identifier_type": "EIN", "identifier": "123456789"}],
    "locations": [
        {
            "id": "l",
            "location_type": "physical",
            "latitude": 45.5,
            "longitude": -122.6,
            "addresses": [{"postal_code": "97205", "state_province": "OR", "country": "US"}],
        }
    ],
    "phones": [{"id": "p", "number": "1", "extension": 5, "languages": [{"code": "en"}]}],
    "contacts": [{"id": "k", "title": "Principal", "email": "x@example.org"}],
    "attributes": [
        {"id": "t", "value": "library", "taxonomy_term": {"id": "u", "name": "Type", "taxonomy": "matchmaker"}}
    ],
    "services": [
        {
            "id": "s",
            "name": "Chess Club",
            "status": "active",
            "minimum_age": 8,
            "maximum_age": 12,
            "cost_options": [{"id": "c", "amount": 0}],
            "service_at_locations": [
                {"id": "x", "location": {"id": "l"}, "schedules": [{"byday": "MO", "opens_at": "15:00"}]}
            ],
        }
    ],
}
CTDL: Final = {
    "@graph": [
        {
            "@id": "p",
            "@type": "ceterms:Pathway",
            "ceterms:name": {"en": "P"},
            "ceterms:hasPart": ["a", {"@id": "b"}],
            "ceterms:occupationType": [{"ceterms:codedNotation": "15-1252", "ceterms:targetNodeName": {"en": "D"}}],
        },
        {"@id": "a", "@type": "ceterms:CourseComponent", "ceterms:name": "A", "ceterms:precedes": ["b"]},
        {
            "@id": "b",
            "@type": ["ceterms:CredentialComponent"],
            "ceterms:credentialType": "ceterms:Certificate",
            "ceterms:hasCondition": [{"@type": "ceterms:ComponentCondition", "ceterms:targetComponent": ["a"]}],
        },
    ]
}
READERS: Final[Mapping[str, tuple[Callable[[Path, ReadOptions], Reading], object]]] = {
    "kumu": (read_blueprint, KUMU),
    "hsds": (read_json, HSDS),
    "ctdl": (read_ctdl, CTDL),
}

SCALARS: Final = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["a", "p", "elem-b", "Museum", "l", "matchmaker", "id", "|", "\u0000", "zip:1"])
)
VALUES: Final = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


TYPES: Final[tuple[object, ...]] = (None, 5, "x\u0000", [], [5], {"id": []})


def list_places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in list_places(item, (*path, key)))]


def replaced(document: object, place: tuple[Any, ...], value: object) -> object:
    if not place:
        return value
    changed: Any = copy.deepcopy(document)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    return changed


def read_all(reader: Callable[[Path, ReadOptions], Reading], document: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        try:
            reading = reader(path, ReadOptions())
        except InvalidInput:
            return
        rows = list(reading.rows())
        assert rows == list(reading.rows())
        judge = RowsReader(PUBLIC, reading.name)
        for row in rows:
            assert not (row.findings and row.parts)
            if row.parts:
                judge.read(row)


@pytest.mark.parametrize("name", sorted(READERS))
def test_every_value_may_be_of_any_type(name: str) -> None:
    reader, document = READERS[name]
    for place in list_places(document):
        for value in TYPES:
            read_all(reader, replaced(document, place, value))


@pytest.mark.parametrize("name", sorted(READERS))
@given(data=st.data())
def test_any_values_in_any_places_are_read_or_refused(name: str, data: st.DataObject) -> None:
    reader, document = READERS[name]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(list_places(document)))
        document = replaced(document, place, data.draw(VALUES))
    read_all(reader, document)
