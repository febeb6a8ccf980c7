"""What rows become: names and ids, what refuses a row, what is left out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.exchange.mapping import ColumnMapping, Target
from matchmaker.exchange.readers.spreadsheet import propose_mapping
from matchmaker.exchange.readers.spreadsheet.reader import read_spreadsheet
from matchmaker.exchange.reading import ReadOptions, Region
from matchmaker.model.vocabulary import Confidence, OrganizationType, ProgramType
from matchmaker.testing.spreadsheets import read_sheet

Write = Callable[..., Path]


def test_one_name_in_two_places_is_two_partners_whatever_the_order(text_file: Write) -> None:
    rows = ["Lincoln Elementary,school,33139", "Lincoln Elementary,school,97201", "Zoo,zoo,33177"]
    first = read_sheet(text_file("\n".join(["Organization,Type,ZIP", *rows])))
    second = read_sheet(text_file("\n".join(["Organization,Type,ZIP", *reversed(rows)])))
    assert sorted(first.ids()) == sorted(second.ids())
    assert first.ids()[2] == "zoo-33177"
    assert first.ids()[:2] == ["lincoln-elementary-33139", "lincoln-elementary-97201"]
    places = dict(first.ties("LOCATED_IN"))
    assert [places[id] for id in first.ids()] == ["zip:33139", "zip:97201", "zip:33177"]
    assert dict(second.ties("LOCATED_IN")) == places


def test_a_row_without_a_zip_joins_the_only_place_of_its_name(text_file: Write) -> None:
    read = read_sheet(text_file("Organization,Type,ZIP\nZoo,zoo,33177\nZoo,zoo,\n"))
    assert read.ids() == ["zoo-33177"]


def test_a_partner_goes_out_with_its_first_sound_row(text_file: Write) -> None:
    read = read_sheet(text_file("Organization,Type,ZIP,Programs\nZoo,zoo,abc,Zoo club\nZoo,zoo,33177,Zoo camp\n"))
    assert read.ids() == ["zoo-33177"]
    assert [cells["name"] for cells in read.cells("programs.csv")] == ["Zoo camp"]
    assert [(line, where) for line, where, _, _ in read.faults()] == [(2, "ZIP")]


def test_a_name_that_several_rows_have_ties_nobody(text_file: Write) -> None:
    text = "Organization,Type,ZIP,Partners\nLincoln,school,33139,\nLincoln,school,97201,\nZoo,zoo,33177,Lincoln; Zoo\n"
    read = read_sheet(text_file(text))
    assert read.ties("PARTNERS_WITH") == []
    assert [(line, message, value) for line, _, message, value in read.notes()] == [
        (4, "the tie is left out: several rows have that name", "Lincoln")
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("Coral Gables Senior High School,school,33134,", "Coral Gables Senior High"),
        ("Miami Dade College,college,33132,", "Miami-Dade Coll."),
        ("Florida International University (FIU),university,33199,", "F.I.U."),
        ("Florida International University (FIU),university,33199,", "Florida International Univ."),
        ("Florida International University,university,33199,FIU", "fiu"),
        ("Gulfstream Elem.,school,33189,", "Gulfstream Elementary School"),
        ("Girls Inc.,youth org,33030,", "Girls, Incorporated"),
    ],
)
def test_a_name_that_is_written_otherwise_means_the_same_partner(text_file: Write, row: str, told: str) -> None:
    read = read_sheet(text_file(f'Organization,Type,ZIP,Also known as,Partners\nZoo,zoo,33177,,"{told};"\n{row},\n'))
    zoo, other = read.ids()
    assert read.ties("PARTNERS_WITH") == [(other, zoo)]
    assert read.notes() == []


@pytest.mark.parametrize(
    ("first", "second", "told", "meant"),
    [
        ("Lincoln High School", "Lincoln Sr. High", "Lincoln High", 0),
        ("Lincoln High School", "Lincoln Sr. High", "Lincoln High School", 1),
        ("Miami University", "Barry University", "University of Miami", 0),
        ("Lincoln Elementary", "Lincoln Middle", "Lincoln High", 0),
        ("Lake Park Elementary School", "Zoo Friends", "Park Lakes Elementary School", 0),
    ],
)
def test_between_two_names_nobody_guesses(text_file: Write, first: str, second: str, told: str, meant: int) -> None:
    text = f"Organization,Type,Partners\nZoo,zoo,{told}\n{first},school,\n{second},school,\n"
    read = read_sheet(text_file(text))
    assert read.ties("PARTNERS_WITH") == [(read.ids()[1], "zoo")][:meant]
    assert len(read.notes()) == 1 - meant


def test_a_tie_that_both_sides_tell_is_told_by_the_later_word_whatever_the_order(text_file: Write) -> None:
    rows = ["Zoo,zoo,Lowe,2024-03", "Lowe,museum,Zoo,2024-05", "Frost,museum,Lowe; Zoo,", "Bay Lab,lab,Frost,"]
    found = []
    for order in (rows, rows[::-1]):
        read = read_sheet(text_file("\n".join(["Organization,Type,Partners,Last updated", *order])))
        ties = [cells for cells in read.cells("ties.csv") if cells["type"] == "PARTNERS_WITH"]
        found.append({(cells["source"], cells["target"]): cells["source_row"] for cells in ties})
        assert len(ties) == 4
    assert found[0] == found[1]
    assert found[0]["lowe", "zoo"] == "partners.csv, Lowe"


def test_ids_begin_with_the_ecosystem_that_the_sheet_is_loaded_into(text_file: Write) -> None:
    path = text_file("Organization,Type,ZIP,Programs,Partners\nZoo,zoo,33177,Zoo club,\nLowe,museum,,,ZOO\n")
    mapping = propose_mapping(path).mapping()
    for namespace, begins in (("miami", "miami:"), ("n" * 128, f"{'n' * 41}-bc9a53ab:")):
        rows = list(read_spreadsheet("s", path, ReadOptions(mapping=mapping, namespace=namespace)).rows())
        parts = [part for row in rows for part in row.parts]
        ids = [part.cells["id"] for part in parts if part.file in {"partners.csv", "programs.csv"}]
        assert ids == [f"{begins}zoo-33177", f"{begins}zoo-33177:zoo-club", f"{begins}lowe"]
        ends = [
            (part.cells["source"], part.cells["target"]) for part in parts if part.cells.get("type") == "PARTNERS_WITH"
        ]
        assert ends == [(ids[2], ids[0])]


@pytest.mark.parametrize(("namespace", "own"), [("", "riverbend-org"), ("hub", "hub:riverbend")])
def test_a_partner_never_gets_the_ecosystems_id_nor_do_its_ties(text_file: Write, namespace: str, own: str) -> None:
    path = text_file("Organization,Type,Partners\nRiverbend,nonprofit,\nZoo,zoo,Riverbend\n")
    mapping = replace(propose_mapping(path).mapping(), member_of="riverbend")
    rows = list(read_spreadsheet("s", path, ReadOptions(mapping=mapping, namespace=namespace)).rows())
    parts = [part.cells for row in rows for part in row.parts]
    assert next(cells["id"] for cells in parts if "name" in cells) == own
    assert [cells["source"] for cells in parts if cells.get("type") == "PARTNERS_WITH"] == [own]
    assert {cells["target"] for cells in parts if cells.get("type") == "MEMBER_OF"} == {"riverbend"}


def test_a_row_is_cited_by_its_id_or_name_not_by_its_number(text_file: Write) -> None:
    text = "Partner id,Organization,Type,Needs\nunitid:135717,Miami Dade College,college,\n,Zoo,zoo,mentors\n"
    read = read_sheet(text_file(text, name="partners (2).csv"))
    assert [cells["source_row"] for cells in read.cells("partners.csv")] == [
        "partners.csv, unitid:135717",
        "partners.csv, Zoo",
    ]
    assert read.cells("needs.csv")[0]["source_row"] == "partners.csv, Zoo"
    assert read.reading.name == "partners"


@pytest.mark.parametrize(
    ("word", "name", "type"),
    [
        ("Higher Ed", "Mt. Hood Community College", "two_year_college"),
        ("Higher Ed", "Reed", "four_year_college"),
        ("K-12", "Portland Public Schools", "school_district"),
        ("K-12", "Ockley Green", "k12_school"),
        ("Informal learning", "Multnomah County Library", "library"),
        ("Community", "City Library", "community_organization"),
    ],
)
def test_of_a_sector_the_name_may_say_the_type(text_file: Write, word: str, name: str, type: str) -> None:
    read = read_sheet(text_file(f"Organization,Type\n{name},{word}\n"))
    assert [cells["organization_type"] for cells in read.cells("partners.csv")] == [type]


def test_a_school_is_part_of_the_district_that_it_names(text_file: Write) -> None:
    text = "School,Type,District\nA School,school,Dade County Public Schools\nDade County Public Schools,district,\n"
    read = read_sheet(text_file(text))
    [tie] = [cells for cells in read.cells("ties.csv") if cells["type"] == "PART_OF"]
    assert (tie["source"], tie["target"], tie["kind"]) == ("a-school", "dade-county-public-schools", "district")


def test_names_in_other_scripts_have_stable_ids(text_file: Write) -> None:
    read = read_sheet(text_file("Organization,Type\nМузей науки,museum\n科学馆,museum\nمتحف,museum\n"))
    assert len(set(read.ids())) == 3
    assert all(id.startswith("org-") for id in read.ids())


@pytest.mark.parametrize("name", ["mentors", "Meals", "Public"])
def test_a_name_that_means_something_else_everywhere_gets_another_id(text_file: Write, name: str) -> None:
    assert read_sheet(text_file(f"Organization,Type\n{name},nonprofit\n")).ids() == [f"{name.lower()}-org"]


@pytest.mark.parametrize(
    ("target", "cell", "message"),
    [
        (Target.ZIP, "3313X", "is malformed"),
        (Target.ZIP, "331", "is malformed"),
        (Target.LATITUDE, "north", "is not a number of degrees"),
        (Target.LONGITUDE, "-219.5", "is out of range"),
        (Target.POSITION, "25.7", "is not a latitude and a longitude"),
        (Target.UNITID, "12", "is malformed"),
        (Target.ROR, "https://ror.org/0abc", "is malformed"),
        (Target.WEBSITE, "not a page", "is not the address of a page"),
        (Target.OBSERVED_ON, "2024-02-30", "is not a date"),
        (Target.CAPACITY_MAXIMUM, "plenty", "is not a whole number"),
        (Target.STATE, "Atlantis", "is not a state"),
        (Target.ID, "Not An Id", "is not an id"),
        (Target.TYPE, "blue", "is not a type of organization that is known here"),
    ],
)
def test_a_malformed_value_refuses_its_row_and_says_what_is_valid(
    text_file: Write, target: Target, cell: str, message: str
) -> None:
    columns = {"Organization": Target.NAME, "Column": target}
    read = read_sheet(text_file(f"Organization,Column\nRiverbend,{cell}\nLowe Museum,\n"), ColumnMapping(columns))
    faults = [fault for fault in read.faults() if fault[1]]
    assert faults == [(2, "Column", message, cell.lower() if target is Target.ID else cell)]
    assert all(finding.valid for row in read.rows for finding in row.findings)
    assert read.ids() == ["lowe-museum"]


def test_a_malformed_contact_is_not_repeated(text_file: Write) -> None:
    read = read_sheet(text_file("Organization,Type,E-mail\nZoo,zoo,maria at zoo\nLowe,museum,lowe@example.org\n"))
    assert read.faults() == [(2, "E-mail", "is not an e-mail address", "")]


def test_a_person_who_agreed_is_named(text_file: Write) -> None:
    heads = "Organization,Type,Contact name,Title,Email,Agreed on"
    text = f"{heads}\nZoo,zoo,Ana Pérez,Volunteer coordinator,a@zoo.example,3/1/2024\n"
    [contact] = read_sheet(text_file(text)).cells("contacts.csv")
    assert (contact["name"], contact["agreed_on"], contact["role"]) == (
        "Ana Pérez",
        "2024-03-01",
        "volunteer_coordinator",
    )


def test_what_holds_for_the_whole_sheet(text_file: Write) -> None:
    path = text_file("Organization,Programs,Member\nRiverbend Works,Tinkering,yes\nBay Works,Chess,no\n")
    mapping = replace(
        propose_mapping(path).mapping(),
        organization_type=OrganizationType.EMPLOYER,
        program_type=ProgramType.CLUB,
        confidence=Confidence.PARTNER,
        member_of="riverbend",
        source="spring survey",
    )
    read = read_sheet(path, mapping)
    assert {cells["organization_type"] for cells in read.cells("partners.csv")} == {"employer"}
    assert {(cells["source"], cells["confidence"]) for cells in read.cells("partners.csv")} == {
        ("spring survey", "partner")
    }
    assert read.ties("MEMBER_OF") == [("riverbend-works", "riverbend")]
    assert [cells["program_type"] for cells in read.cells("programs.csv")] == ["club", "club"]
    assert read.reading.name == "spring survey"


def test_capacity_seats_languages_populations_and_kept_columns(text_file: Write) -> None:
    text = (
        "Organization,Type,Programs,Seats,Open spots,Languages,Population served,Bus line,Address,City,State\n"
        "Zoo,zoo,Zoo club,25,2 visits,English / Kreyol,girls; Title I students; families,38,"
        "12400 SW 152 St,Miami,Florida\n"
    )
    path = text_file(text)
    mapping = propose_mapping(path).mapping().with_columns({"bus line": Target.KEPT})
    read = read_sheet(path, mapping)
    zoo = read.partner("zoo")
    assert {name: zoo[name] for name in zoo if name not in {"id", "source", "source_row", "confidence"}} == {
        "name": "Zoo",
        "organization_type": "zoo_aquarium_garden",
        "address": "12400 SW 152 St, Miami, FL",
        "region": "US-FL",
        "country": "US",
        "languages": "en|ht",
        "intends_to_serve": "families|girls_and_women|low_income",
        "capacity_available": "2",
        "capacity_unit": "visits",
        "x_bus_line": "38",
    }
    [offered] = [cells for cells in read.cells("ties.csv") if cells["type"] == "OFFERED_AT"]
    assert (offered["source"], offered["target"], offered["seats"]) == ("zoo:zoo-club", "zoo", "25")


def test_a_region_leaves_rows_outside_out(text_file: Write) -> None:
    path = text_file("Organization,Type,ZIP\nZoo,zoo,33177\nOMSI,science center,97214\nSomewhere,museum,\n")
    options = ReadOptions(mapping=propose_mapping(path).mapping(), region=Region((25.77, -80.19), 60))
    rows = list(read_spreadsheet("spreadsheet", path, options).rows())
    assert [bool(row.parts) for row in rows] == [True, False, False]


def test_without_a_mapping_nothing_is_read_and_it_says_how_to_confirm(text_file: Write) -> None:
    reading = read_spreadsheet("spreadsheet", text_file("Organization,Type\nZoo,zoo\n"), ReadOptions())
    assert list(reading.rows()) == []
    [finding] = reading.findings
    assert finding.message.endswith("what they mean needs confirming once")
    assert 'matchmaker mapping propose "partners.csv"' in finding.valid
    assert "import --yes" in finding.valid


def test_a_second_table_below_ends_the_reading(text_file: Write) -> None:
    text = "Organization,Type,ZIP\nZoo,zoo,33177\n\nProgram,Website,Phone\nZoo club,zoo.example.org,305-555-0100\n"
    read = read_sheet(text_file(text))
    assert read.ids() == ["zoo-33177"]
    assert [(line, message) for line, _, message, _ in read.faults()] == [
        (4, "a second table seems to begin here, so nothing from here on is read")
    ]


def test_a_list_of_learners_is_refused_whole_and_nothing_of_it_is_shown(text_file: Write) -> None:
    text = "Bus list spring\n\nStudent name,Grade,Date of birth,Guardian phone\nMaria Lopez,4,2014-02-03,305-555-0100\n"
    path = text_file(text)
    proposal = propose_mapping(path)
    assert len(proposal.findings) == 1
    assert proposal.columns == ()
    reading = read_spreadsheet("spreadsheet", path, ReadOptions(mapping=ColumnMapping({"Student name": Target.NAME})))
    assert list(reading.rows()) == []
    said = repr((proposal, reading.findings, reading.notices))
    assert [text for text in ("Lopez", "2014", "305-555") if text in said] == []


def test_a_mapping_that_misses_its_columns(text_file: Write) -> None:
    path = text_file("Organization,Type,Fax\nZoo,zoo,1\n")
    other = ColumnMapping({"Agency": Target.NAME})
    [finding] = read_spreadsheet("spreadsheet", path, ReadOptions(mapping=other)).findings
    assert finding.message == "the sheet has no column with the partner's name"
    older = ColumnMapping({"organization": Target.NAME, "TYPE": Target.TYPE, "Zip": Target.ZIP})
    reading = read_spreadsheet("spreadsheet", path, ReadOptions(mapping=older))
    assert [(notice.where, notice.message) for notice in reading.notices] == [
        ("Fax", "the column is new since the mapping was made, and is not read"),
        ("Zip", "the sheet has no such column any more (ZIP code)"),
    ]
    assert len([row for row in reading.rows() if row.parts]) == 1
