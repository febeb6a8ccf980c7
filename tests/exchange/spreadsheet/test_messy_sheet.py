"""A realistic sheet of Miami-Dade partners, as text and as a workbook."""

from dataclasses import replace
from pathlib import Path

from matchmaker.exchange.mapping import Target
from matchmaker.exchange.readers.spreadsheet import mentioned_names, propose_mapping
from matchmaker.exchange.reading import ReadOptions
from matchmaker.model.vocabulary import OrganizationType
from matchmaker.testing.spreadsheets import read_sheet

MEANT = {
    "Org Name": Target.NAME,
    "Sector/type": Target.TYPE,
    "Zip Code": Target.ZIP,
    "Web site": Target.WEBSITE,
    "Contact / Name": Target.CONTACT_NAME,
    "Contact / E-mail": Target.CONTACT_EMAIL,
    "Contact / Phone": Target.CONTACT_PHONE,
    "Grades served": Target.STAGES,
    "Programs": Target.PROGRAMS,
    "Partner with": Target.PARTNERS,
    "Needs": Target.NEEDS,
    "Offers": Target.OFFERS,
    "NCES ID": Target.NCESSCH,
    "IPEDS": Target.UNITID,
    "Last updated": Target.OBSERVED_ON,
    "Notes": Target.IGNORED,
}


def test_every_column_is_understood(messy_text: Path) -> None:
    proposal = propose_mapping(messy_text)
    assert proposal.findings == ()
    assert {column.heading: column.target for column in proposal.columns} == MEANT
    assert proposal.header_line == 5
    assert proposal.unknown_types == ("STEM shop",)


def test_no_example_of_a_column_about_people_is_shown(messy_text: Path) -> None:
    examples = {column.heading: column.examples for column in propose_mapping(messy_text).columns}
    assert [heading for heading in examples if heading.startswith("Contact") and examples[heading]] == []
    assert examples["Zip Code"] == ("33145", "33149", "33127")
    assert examples["Org Name"] == ("Coral Way K-8 Center", "MAST Academy", "José de Diego Middle School")


def test_the_sheet_becomes_partners_and_what_hangs_on_them(messy_text: Path) -> None:
    read = read_sheet(messy_text)
    assert len(read.ids()) == len(set(read.ids())) == 57
    assert [(line, where, value) for line, where, _, value in read.faults()] == [
        (23, "Zip Code", "331"),
        (50, "Sector/type", "STEM shop"),
    ]
    school = read.partner("design-and-architecture-senior-high-33137")
    assert {name: school[name] for name in ("name", "organization_type", "ncessch", "website", "observed_on")} == {
        "name": "Design & Architecture Senior High",
        "organization_type": "k12_school",
        "ncessch": "120039002736",
        "website": "http://www.dashschool.org",
        "observed_on": "2024-01-10",
    }
    assert read.partner("florida-international-university-fiu-33199")["unitid"] == "133951"
    assert read.partner("naranja-branch-library-33032")["organization_type"] == "library"
    assert ("mast-academy-33149", "zip:33149") in read.ties("LOCATED_IN")
    assert [target for source, target in read.ties("SERVES") if source == "mast-academy-33149"] == [
        "grades_6_8",
        "grades_9_12",
    ]


def test_programs_needs_offers_and_contacts_of_one_row(messy_text: Path) -> None:
    read = read_sheet(messy_text)
    makers = "manatee-makers-invented-33127"
    programs = [cells for cells in read.cells("programs.csv") if cells["id"].startswith(f"{makers}:")]
    assert [(cells["name"], cells["program_type"]) for cells in programs] == [
        ("Open Lab Club", "club"),
        ("Summer Maker Camp", "summer_program"),
    ]
    assert (makers, f"{makers}:open-lab-club") in read.ties("OPERATES")
    needs = [cells["resource"] for cells in read.cells("needs.csv") if cells["subject"] == makers]
    offers = [cells["resource"] for cells in read.cells("offers.csv") if cells["subject"] == makers]
    assert (needs, offers) == (["mentors", "equipment"], ["space", "guest_speakers"])
    contact = next(cells for cells in read.cells("contacts.csv") if cells["subject"] == makers)
    assert (contact["role"], contact["email"], contact["phone"]) == (
        "general",
        "rosa@manatee.example.org",
        "305-555-0101",
    )


def test_no_person_is_named_without_a_day_on_which_they_agreed(messy_text: Path) -> None:
    read = read_sheet(messy_text)
    said = repr(read.rows)
    assert [name for name in ("Quintero", "Okafor", "Fernández", "Pat Lee", "Marc Joseph") if name in said] == []
    assert sum(1 for _, _, message, _ in read.notes() if message.startswith("the name of a person is left out")) == 5


def test_partners_are_tied_by_name_also_to_later_rows_and_by_initials(messy_text: Path) -> None:
    read = read_sheet(messy_text)
    ties = read.ties("PARTNERS_WITH")
    assert len(ties) == len(set(ties)) == 18
    assert ("florida-international-university-fiu-33199", "manatee-makers-invented-33127") in ties
    assert ("coral-tech-works-invented-33131", "manatee-makers-invented-33127") in ties
    assert ("caribbean-k-8-center-33177", "ninos-primero-stem-invented-33135") in ties
    assert [value for _, where, _, value in read.notes() if where == "Partner with"] == [
        "Sunset Elementary (not listed)"
    ]


def test_names_that_are_no_rows_are_listed_and_can_be_given_an_id(messy_text: Path) -> None:
    mapping = propose_mapping(messy_text).mapping()
    unknown = "Sunset Elementary (not listed)"
    assert mentioned_names(messy_text, ReadOptions(mapping=mapping)) == (unknown,)
    named = replace(mapping, names={unknown: "ncessch:120039000551"})
    assert mentioned_names(messy_text, ReadOptions(mapping=named)) == ()
    ties = read_sheet(messy_text, named).ties("PARTNERS_WITH")
    assert ("ncessch:120039000551", "sunset-chamber-invented-33173") in ties


def test_two_rows_of_one_partner_are_one_partner_with_both_programs(messy_text: Path) -> None:
    read = read_sheet(messy_text)
    coders = "liberty-city-coders-invented-33147"
    assert read.ids().count(coders) == 1
    assert [target for source, target in read.ties("OPERATES") if source == coders] == [
        f"{coders}:coding-bootcamp",
        f"{coders}:summer-hackathon",
    ]
    assert [cells["resource"] for cells in read.cells("needs.csv") if cells["subject"] == coders] == [
        "equipment",
        "mentors",
    ]
    assert ("website", "miami_partners.csv:22 says nothing, which stays") in {
        (where, message) for line, where, message, _ in read.notes() if line == 67
    }


def test_a_hubs_own_word_makes_its_rows_readable(messy_text: Path) -> None:
    mapping = replace(propose_mapping(messy_text).mapping(), words={"STEM shop": OrganizationType.YOUTH_ORGANIZATION})
    read = read_sheet(messy_text, mapping)
    assert read.partner("aventura-tutoring-academy-invented-33180")["organization_type"] == "youth_organization"


def test_totals_footnotes_and_headers_inside_are_left_out(messy_text: Path) -> None:
    notes = {line: message for line, where, message, _ in read_sheet(messy_text).notes() if not where}
    assert notes == {
        47: "the row is left out: it is the header again",
        68: "the row is left out: it is a total",
        69: "the row is left out: it is a footnote",
    }


def test_the_workbook_says_the_same_as_the_text(messy_text: Path, messy_workbook: Path) -> None:
    text, book = read_sheet(messy_text), read_sheet(messy_workbook)
    files = ("partners.csv", "programs.csv", "needs.csv", "offers.csv", "contacts.csv", "ties.csv", "places.csv")
    for file in files:
        assert [dict(cells, source_row="") for cells in book.cells(file)] == [
            dict(cells, source_row="") for cells in text.cells(file)
        ]
    assert book.partner("mast-academy-33149")["source_row"] == "miami_partners.xlsx[Partners 2024], MAST Academy"
    assert book.reading.name == text.reading.name == "miami_partners"


def test_the_order_of_rows_changes_nothing(messy_text: Path, tmp_path: Path) -> None:
    lines = messy_text.read_text(encoding="utf-8").splitlines()
    turned = tmp_path / "miami_partners.csv"
    turned.write_text("\n".join([*lines[:5], *reversed(lines[5:])]), encoding="utf-8")
    first, second = read_sheet(messy_text), read_sheet(turned)
    assert sorted(second.ids()) == sorted(first.ids())
    for type in ("PARTNERS_WITH", "OPERATES", "SERVES", "LOCATED_IN"):
        assert sorted(second.ties(type)) == sorted(first.ties(type))


def test_reading_again_gives_the_same_rows(messy_text: Path) -> None:
    reading = read_sheet(messy_text).reading
    assert list(reading.rows()) == list(reading.rows())
    assert len(reading.digest) == 64
