"""HSDS's own examples are those of its specification (Open Referral, version 3.0)."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from matchmaker.exchange.mapping import ColumnMapping
from matchmaker.exchange.readers.hsds import is_document, is_package, read_json, read_tabular
from matchmaker.exchange.readers.hsds.tables import read_document
from matchmaker.exchange.reading import Reading, ReadOptions, Region
from matchmaker.exchange.recognition import probe_path
from matchmaker.model.vocabulary import ProgramType

Say = Callable[[Reading], Any]
WriteJson = Callable[..., Path]

ORGANIZATION: Final = "hsds:d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610"
SERVICE: Final = "hsds:ac148810-d857-441c-9679-408f346de14b"
AS_COURSES: Final = ReadOptions(mapping=ColumnMapping({}, program_type=ProgramType.COURSE))

LIBRARY: Final = {
    "id": "11111111-1111-4111-8111-111111111111",
    "name": "Multnomah County Library",
    "description": "Libraries",
    "website": "https://multcolib.org",
    "organization_identifiers": [
        {"id": "i1", "identifier_type": "EIN", "identifier": "93-6002309"},
        {"id": "i2", "identifier_scheme": "GB-COH", "identifier_type": "Company number", "identifier": "1"},
    ],
    "locations": [
        {
            "id": "22222222-2222-4222-8222-222222222222",
            "location_type": "physical",
            "name": "Central",
            "latitude": 45.519,
            "longitude": -122.683,
            "languages": [{"id": "l1", "code": "es"}, {"id": "l2", "code": "en"}, {"id": "l3", "code": "Klingon"}],
            "addresses": [
                {
                    "id": "a1",
                    "address_1": "801 SW 10th Ave",
                    "city": "Portland",
                    "state_province": "OR",
                    "postal_code": "97205",
                    "country": "US",
                    "address_type": "physical",
                }
            ],
        }
    ],
    "services": [
        {
            "id": "33333333-3333-4333-8333-333333333333",
            "name": "Tech Time",
            "description": "An after-school program with robots",
            "status": "active",
            "minimum_age": 11,
            "maximum_age": 14,
            "cost_options": [{"id": "c1", "amount": 0}],
            "email": "tech@example.org",
            "contacts": [
                {"id": "k1", "name": "Ann Persona", "title": "Volunteer Coordinator", "email": "volunteer@example.org"}
            ],
            "service_at_locations": [
                {
                    "id": "s1",
                    "location": {"id": "22222222-2222-4222-8222-222222222222", "location_type": "physical"},
                    "schedules": [
                        {"id": "t1", "byday": "TU,TH", "opens_at": "15:30:00", "closes_at": "17:00", "freq": "WEEKLY"}
                    ],
                }
            ],
        },
        {"id": "44444444-4444-4444-8444-444444444444", "name": "Old Robot Club", "status": "defunct"},
        {"id": "55555555-5555-4555-8555-555555555555", "name": "Book Loans", "status": "active"},
    ],
}


def test_an_organization_with_its_services(write_json: WriteJson, say: Say) -> None:
    path = write_json(LIBRARY, "library.json")
    assert is_document(probe_path(path))
    said = say(read_json(path, ReadOptions()))
    assert said.findings == []
    (partner,) = said.cells("partners.csv")
    assert partner == {
        "id": "hsds:11111111-1111-4111-8111-111111111111",
        "name": "Multnomah County Library",
        "organization_type": "library",
        "description": "Libraries",
        "website": "https://multcolib.org",
        "ein": "936002309",
        "latitude": "45.519",
        "longitude": "-122.683",
        "languages": "en|es",
        "address": "801 SW 10th Ave, Portland, OR 97205",
        "country": "US",
        "region": "US-OR",
        "source_row": "organization 11111111-1111-4111-8111-111111111111",
    }
    (program,) = said.cells("programs.csv")
    assert (program["program_type"], program["family_cost"]) == ("afterschool_program", "free")
    assert said.ties("LOCATED_IN") == {(partner["id"], "zip:97205")}
    assert said.ties("OPERATES") == {(partner["id"], program["id"])}
    (served,) = [row for row in said.cells("ties.csv") if row["type"] == "SERVES"]
    assert (served["target"], served["confidence"]) == ("grades_6_8", "inferred")
    (site,) = [row for row in said.cells("ties.csv") if row["type"] == "OFFERED_AT"]
    assert {name: site[name] for name in ("target", "days", "start", "end")} == {
        "target": partner["id"],
        "days": "tue|thu",
        "start": "15:30",
        "end": "17:00",
    }
    contacts = [(row["role"], row["email"]) for row in said.cells("contacts.csv")]
    assert contacts == [("general", "tech@example.org"), ("volunteer_coordinator", "volunteer@example.org")]
    assert "Persona" not in repr(said.parts)
    notices = [(notice.where, notice.message.split(";")[0]) for notice in said.notices]
    assert ("status", "the service isn't offered any more") in notices
    assert ("name", "nothing says what kind of program for learners this is") in notices
    assert ("organization_identifiers", "is a kind of identifier that isn't kept here") in notices


def test_a_region_leaves_out_organizations_and_their_services(write_json: WriteJson, say: Say) -> None:
    path = write_json(LIBRARY, "library.json")
    near = say(read_json(path, ReadOptions(region=Region((45.5, -122.7), 10))))
    far = say(read_json(path, ReadOptions(region=Region((25.8, -80.2), 10))))
    assert (len(near.cells("partners.csv")), far.parts, far.findings) == (1, [], [])


def test_parents_sites_and_unknown_organizations(write_json: WriteJson, say: Say) -> None:
    document = {
        "organizations": [
            {"id": "b", "name": "Branch", "description": "x", "parent_organization_id": "a"},
            {"id": "a", "name": "Whole", "description": "x", "parent_organization_id": "z"},
        ],
        "locations": [
            {"id": "l1", "location_type": "physical", "organization_id": "a"},
            {"id": "l2", "location_type": "virtual"},
            {"id": "l3", "location_type": "physical"},
        ],
        "addresses": [{"id": "a3", "location_id": "l3", "postal_code": "97205"}],
        "services": [
            {"id": "s", "organization_id": "b", "name": "Robotics Club", "status": "active"},
            {
                "id": "t",
                "organization_id": "66666666-6666-4666-8666-666666666666",
                "name": "Day Camp",
                "status": "active",
            },
        ],
        "service_at_locations": [{"id": f"x{n}", "service_id": "s", "location_id": f"l{n}"} for n in (1, 2, 3, 4)],
    }
    said = say(read_json(write_json(document, "lists.json"), ReadOptions()))
    assert said.findings == []
    ids = {name: row["id"] for name, row in (said.named("partners.csv") | said.named("programs.csv")).items()}
    assert said.ties("PART_OF") >= {(ids["Branch"], ids["Whole"])}
    assert said.ties("OFFERED_AT") == {(ids["Robotics Club"], ids["Whole"]), (ids["Robotics Club"], "zip:97205")}
    assert said.ties("OPERATES") == {
        (ids["Branch"], ids["Robotics Club"]),
        ("hsds:66666666-6666-4666-8666-666666666666", ids["Day Camp"]),
    }
    messages = {notice.message for notice in said.notices}
    assert "the parent organization isn't in this file, so the tie to it isn't taken" in messages
    assert "the location isn't in this file, so the site isn't taken" in messages
    assert "the location is neither a known organization's nor in a known ZIP area" in messages


@pytest.mark.parametrize(
    ("costs", "words", "expected"),
    [
        ([0], "", "free"),
        ([0, 20], "", "free_if_eligible"),
        ([20], "", "fee"),
        ([20], "Sliding scale", "sliding"),
        ([], "No cost.", "free"),
        ([], "Free if you qualify", ""),
    ],
)
def test_what_a_family_pays(write_json: WriteJson, say: Say, costs: list[int], words: str, expected: str) -> None:
    options = [{"id": f"c{n}", "amount": amount} for n, amount in enumerate(costs)]
    service = {"id": "s", "name": "Chess Club", "status": "active", "fees_description": words, "cost_options": options}
    said = say(read_json(write_json(service, "s.json"), ReadOptions()))
    assert said.cells("programs.csv")[0].get("family_cost", "") == expected


def test_wrong_types_are_findings(write_json: WriteJson, say: Say) -> None:
    document = {
        "organizations": [
            {"id": "a", "name": ["x"], "description": "x"},
            {"id": "b", "name": "B", "description": "x", "phones": 5},
            "c",
            {"id": "d", "description": "x", "legal_status": "x"},
            {
                "id": "e",
                "name": "E",
                "description": "x",
                "organization_identifiers": [{"identifier_type": "UNITID", "identifier": "12"}],
            },
        ]
    }
    said = say(read_json(write_json(document, "wrong.json"), ReadOptions()))
    assert [(finding.line, finding.where, finding.message) for finding in said.findings] == [
        (1, "name", "is no text"),
        (2, "phones", "is no list"),
        (3, "", "is no object with fields"),
        (4, "name", "is missing"),
        (5, "unitid", "is malformed"),
    ]
    nothing = read_json(write_json({"hello": 1}, "nothing.json"), ReadOptions())
    assert [finding.message for finding in nothing.findings] == ["there is something that isn't known here"]


def test_a_package_of_tables_in_a_zip_file(tmp_path: Path, say: Say) -> None:
    with zipfile.ZipFile(tmp_path / "package.zip", "w") as archive:
        archive.writestr("data/datapackage.json", "{}")
        archive.writestr("data/organization.csv", "id,name,description\no1,City Library,Books\no2,Too,many,cells\n")
        archive.writestr("data/service.csv", "id,organization_id,name,status\ns1,o1,Coding Club,active\n")
    assert is_package(probe_path(tmp_path / "package.zip"))
    said = say(read_tabular(tmp_path / "package.zip", ReadOptions()))
    assert [(finding.line, finding.message) for finding in said.findings] == [(3, "the row doesn't fit the header")]
    partner, program = said.named("partners.csv")["City Library"], said.named("programs.csv")["Coding Club"]
    assert (partner["organization_type"], program["program_type"]) == ("library", "club")
    assert said.ties("OPERATES") == {(partner["id"], program["id"])}


def test_a_bundle_is_no_package(tmp_path: Path) -> None:
    for name in ("partners.csv", "programs.csv", "organizations.csv"):
        (tmp_path / name).write_text("id,name\n", encoding="utf-8")
    assert not is_package(probe_path(tmp_path))


@pytest.mark.parametrize(
    ("file", "contacts"),
    [
        ("organization_full.json", 2),
        ("organization_list.json", 1),
        ("service_full.json", 2),
        ("service_list.json", 1),
        ("service_at_location_full.json", 2),
        ("tabular.json", 1),
    ],
)
def test_the_official_examples_in_json(real_data: Path, say: Say, file: str, contacts: int) -> None:
    path = real_data / "hsds" / "examples" / file
    assert is_document(probe_path(path))
    said = say(read_json(path, ReadOptions()))
    assert said.findings == []
    (partner,) = said.cells("partners.csv")
    assert (partner["id"], partner["name"], partner["aliases"]) == (
        ORGANIZATION,
        "Example Organization Inc.",
        "Example Org",
    )
    assert partner["organization_type"] == "community_organization"
    assert said.cells("programs.csv") == []
    assert len(said.cells("contacts.csv")) >= contacts - 1
    assert "Ann Persona" not in repr(said.parts)


def test_the_official_tabular_example(real_data: Path, tmp_path: Path, say: Say) -> None:
    folder = real_data / "hsds" / "examples" / "csv"
    assert is_package(probe_path(folder))
    said = say(read_tabular(folder, AS_COURSES))
    assert said.findings == []
    assert said.named("partners.csv")["Example Organization Inc."]["id"] == ORGANIZATION
    programs = said.named("programs.csv")
    assert programs["Community Counselling"] == {
        "id": SERVICE,
        "name": "Community Counselling",
        "program_type": "course",
        "description": programs["Community Counselling"]["description"],
        "website": "http://example.com/counselling",
        "family_cost": "fee",
        "languages": "ur",
        "accessibility": programs["Community Counselling"]["accessibility"],
        "source_row": "service ac148810-d857-441c-9679-408f346de14b",
        "observed_on": "2023-03-15",
    }
    assert said.ties("OPERATES") == {(ORGANIZATION, row["id"]) for row in programs.values()}
    assert "Ann Persona" not in repr(said.parts)
    shutil.make_archive(str(tmp_path / "csv"), "zip", folder)
    assert say(read_tabular(tmp_path / "csv.zip", AS_COURSES)).parts == said.parts


def test_nested_and_tabular_examples_say_the_same(real_data: Path) -> None:
    nested = read_document(real_data / "hsds" / "examples" / "service_full.json")
    (service,) = nested.rows("services")
    (organization,) = nested.rows("organizations")
    assert (service.get("organization_id"), organization.get("id")) == (ORGANIZATION.removeprefix("hsds:"),) * 2
    (site,) = nested.rows("service_at_locations")
    assert nested.find("locations", site.get("location_id")) is not None
