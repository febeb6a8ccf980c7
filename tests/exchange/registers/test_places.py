"""Where a partner is, from its ZIP code, and the regions that people ask for."""

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.exchange.counties import all_counties, find_county, find_county_named, region_of
from matchmaker.exchange.findings import Refusal, Spot
from matchmaker.exchange.places import PlaceBook, find_zip, zip_areas
from matchmaker.exchange.readers.rows import RowsReader
from matchmaker.exchange.reading import Region, SourceRow
from matchmaker.exchange.region import parse_region
from matchmaker.model.identifiers import is_identifier
from matchmaker.model.ids import PUBLIC

SAID = {"source": "a sheet", "source_row": "sheet.csv:2", "observed_on": "2026-05", "confidence": "stated"}


def test_the_first_partner_of_a_zip_brings_its_places() -> None:
    parts = PlaceBook().located("museum", "33139-1234", provenance=SAID)
    assert [(part.file, dict(part.cells)) for part in parts] == [
        (
            "places.csv",
            {
                "id": "county:12086",
                "name": "Miami-Dade County, FL",
                "kind": "county",
                "county_fips": "12086",
                "country": "US",
                "region": "US-FL",
                "source": "U.S. Census Bureau, county codes",
                "source_row": "county 12086",
                "confidence": "register",
            },
        ),
        (
            "places.csv",
            {
                "id": "zip:33139",
                "name": "Miami Beach, FL 33139",
                "kind": "zip",
                "zip": "33139",
                "country": "US",
                "region": "US-FL",
                "latitude": "25.7873",
                "longitude": "-80.1564",
                "source": "zipcodes (GeoNames)",
                "source_row": "zip 33139",
                "confidence": "register",
            },
        ),
        (
            "ties.csv",
            {
                "source": "zip:33139",
                "type": "PART_OF",
                "target": "county:12086",
                "asserted_by": "zipcodes (GeoNames)",
                "source_row": "zip 33139",
                "confidence": "register",
            },
        ),
        (
            "ties.csv",
            {
                "source": "museum",
                "type": "LOCATED_IN",
                "target": "zip:33139",
                "primary": "true",
                "asserted_by": "a sheet",
                "source_row": "sheet.csv:2",
                "observed_on": "2026-05",
                "confidence": "stated",
            },
        ),
    ]


def test_later_partners_bring_what_is_new_only() -> None:
    book = PlaceBook()
    book.located("one", "33199", provenance=SAID)
    again = book.located("two", "33199", county="MIAMI-DADE", provenance=SAID)
    assert [part.cells.get("target") for part in again] == ["zip:33199"]
    near = book.located("three", "33139", provenance=SAID)
    assert [part.cells.get("id", part.cells.get("target")) for part in near] == [
        "zip:33139",
        "county:12086",
        "zip:33139",
    ]


def test_a_county_that_the_source_states_otherwise_stands_beside() -> None:
    parts = PlaceBook().located("school", "33615", county_fips="12011", provenance=SAID)
    located = [part.cells for part in parts if part.cells.get("type") == "LOCATED_IN"]
    assert [(cells["target"], cells.get("primary")) for cells in located] == [
        ("zip:33615", "true"),
        ("county:12011", None),
    ]


@pytest.mark.parametrize(("zip", "fips", "targets"), [("", "", []), ("99999", "", []), ("", "12086", ["county:12086"])])
def test_an_unknown_zip_leaves_the_county_or_nothing(zip: str, fips: str, targets: list[str]) -> None:
    parts = PlaceBook().located("x", zip, county_fips=fips, provenance=SAID)
    assert [part.cells["target"] for part in parts if "target" in part.cells] == targets


def test_every_zip_of_the_country_makes_sound_rows() -> None:
    book, reader = PlaceBook(), RowsReader(PUBLIC, "test")
    for number, zip in enumerate(sorted(zip_areas())[::7]):
        row = SourceRow(Spot("sheet.csv", number), book.located("x", zip, provenance=SAID))
        assert not isinstance(reader.read(row), Refusal), zip


def test_nearly_every_zip_has_its_county() -> None:
    areas = zip_areas().values()
    assert len(areas) > 42_000
    unknown = [area for area in areas if area.county is None and area.position is not None]
    assert len(unknown) < 250
    wrong = [area for area in areas if area.county is not None and area.county.state != area.state]
    assert wrong == []


@pytest.mark.parametrize("text", ["3139", "33139-12", "ABCDE", "33139 12345", ""])
def test_what_is_no_zip_is_not_found(text: str) -> None:
    assert find_zip(text) is None


def test_military_post_offices_have_no_place() -> None:
    area = find_zip("09620")
    assert area is not None
    assert (area.position, area.county) == (None, None)
    cells = PlaceBook().located("x", "09620", provenance=SAID)[0].cells
    assert ("latitude" in cells, "region" in cells) == (False, False)


def test_counties_are_found_however_they_are_written() -> None:
    wanted = {
        ("DESOTO", "FL"): "12027",
        ("De Soto County", "FL"): "12027",
        ("ST. JOHNS", "FL"): "12109",
        ("Saint Johns County", "FL"): "12109",
        ("Doña Ana County", "NM"): "35013",
        ("Manatí  Municipio", "PR"): "72091",
        ("City and Borough of Juneau", "AK"): "02110",
        ("Richmond City", "VA"): "51760",
        ("Richmond County", "VA"): "51159",
        ("Baltimore city", "MD"): "24510",
    }
    found = {key: county.fips for key in wanted if (county := find_county_named(*key)) is not None}
    assert found == wanted
    assert find_county_named("Dade", "FL") is None


def test_the_table_of_counties_is_whole() -> None:
    counties = all_counties()
    assert len(counties) > 3_230
    assert [county.fips for county in counties if not is_identifier("county_fips", county.fips)] == []
    assert len({(county.state, county.name) for county in counties}) == len(counties)
    county = find_county("46102")
    assert county is not None
    assert county.title == "Oglala Lakota County, SD"
    assert {region_of(county.state)[0] for county in counties} == {"US"}


@pytest.mark.parametrize(
    ("near", "within", "states", "expected"),
    [
        ("", "", [], None),
        ("", "", ["fl", "Oregon"], Region(states=frozenset({"FL", "OR"}))),
        ("33139-1234", "60km", [], Region((25.7873, -80.1564), 60.0)),
        ("33139", "", [], Region((25.7873, -80.1564), 60.0)),
        ("33139", "100 mi", ["FL"], Region((25.7873, -80.1564), 160.9344, frozenset({"FL"}))),
        ("33139", "1.5 kilometers", [], Region((25.7873, -80.1564), 1.5)),
    ],
)
def test_a_region_is_parsed(near: str, within: str, states: list[str], expected: Region | None) -> None:
    assert parse_region(near, within, states) == expected


@pytest.mark.parametrize(
    ("near", "states"),
    [("Miami, FL", []), ("MIAMI, florida", []), ("Miami", ["FL"]), ("Miami-Dade County, FL", []), ("miami-dade", [])],
)
def test_a_place_is_where_its_zips_are(near: str, states: list[str]) -> None:
    region = parse_region(near, "60km", states)
    assert region is not None
    assert region.holds((25.7617, -80.1918), "FL")
    assert not region.holds((26.7153, -80.0534), "FL"), "West Palm Beach is further away"


@pytest.mark.parametrize(
    ("near", "within", "states", "findings"),
    [
        ("Miami", "60km", [], [("near", "is the name of several places: give the state", "Miami, FL; Miami, IN")]),
        ("Mimai, FL", "60km", [], [("near", "is no place that is known", "is Miami, FL")]),
        ("Miami, Nowhere", "", [], [("near", "is no place that is known", "ZIP code such as 33139")]),
        ("Miami, FL", "", ["OR"], [("near", "is no place that is known", "ZIP code such as 33139")]),
        ("00000", "", [], [("near", "is no ZIP code in use", "Miami, FL")]),
        ("09620", "", [], [("near", "is a ZIP code without a place", "Miami, FL")]),
        ("", "60km", [], [("within", "needs a place to measure from", "near: a ZIP code")]),
        (
            "33139",
            "60",
            ["Floridia", "ZZ"],
            [
                ("state", "is no state", "is Florida"),
                ("state", "is no state", "such as FL or Florida"),
                ("within", "is no distance", "60km or 40mi"),
            ],
        ),
        ("33139", "0km", [], [("within", "is out of range", "more than 0")]),
        ("33139", "30000 km", [], [("within", "is out of range", "20100")]),
    ],
)
def test_what_is_wrong_with_a_region_is_all_said(
    near: str, within: str, states: list[str], findings: list[tuple[str, str, str]]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_region(near, within, states)
    assert [(one.where, one.message) for one in refused.value.findings] == [(where, say) for where, say, _ in findings]
    for one, (_, _, hint) in zip(refused.value.findings, findings, strict=True):
        assert hint in one.valid
