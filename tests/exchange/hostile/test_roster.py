"""Lists of people are refused whole, lists of organizations and their staff are not. All people here are invented."""

import csv
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from matchmaker.errors import Finding
from matchmaker.exchange.roster import check_columns, check_document, check_keys
from matchmaker.exchange.roster_gate import find_people
from matchmaker.exchange.roster_words import Sign, find_sign

Table = list[list[str]]

POWERSCHOOL: Table = [
    ["Student_Number", "LastFirst", "Grade_Level", "Home_Room", "DOB", "[39]Guardianemail", "Lunchstatus", "Gender"],
    ["100234", "Quimby, Zora", "5", "B12", "03/14/2015", "zq@mail.example", "F", "F"],
    ["100235", "Farrow, Abel", "5", "B12", "11/02/2014", "af@mail.example", "P", "M"],
]
CLASS_LIST: Table = [
    ["First name", "Last name", "Grade", "Teacher"],
    ["Zora", "Quimby", "5", "Mx. Holt"],
    ["Abel", "Farrow", "5", "Mx. Holt"],
]
CAMP: Table = [
    ["Timestamp", "Camper name", "Age", "Allergies", "T-shirt size", "Authorized pick-up", "Emergency contact"],
    ["6/1/2026 9:00", "Zora Quimby", "10", "peanuts", "YM", "Ida Quimby", "555-0100"],
]
BUS: Table = [
    ["Name", "Stop", "Bus #", "AM stop"],
    ["Zora Quimby", "SW 8th & 107th", "41", "7:05"],
    ["Abel Farrow", "Coral Way", "41", "7:12"],
    ["Noor El-Amin", "SW 24th", "12", "6:50"],
]
CASELOAD: Table = [
    ["Last, First", "Case manager", "IEP due", "Primary disability", "Minutes"],
    ["Quimby, Zora", "Holt", "2027-01-10", "SLD", "60"],
]
FORM: Table = [
    ["Timestamp", "Your e-mail", "Student's first name", "Student's last name", "What grade is the student in?"],
    ["2026-09-01", "ida@mail.example", "Zora", "Quimby", "5"],
]
SPANISH: Table = [
    ["Nombre del estudiante", "Apellido paterno", "Fecha de nacimiento", "Grado", "Teléfono del padre o tutor"],
    ["Zora", "Quimby", "14/03/2015", "5to", "555-0100"],
]
THIRD_ROW: Table = [
    ["Sunny Shores Elementary", "", "", ""],
    ["Robotics club, fall 2026", "", "", ""],
    ["Name", "Gr.", "Homeroom", "Parent/Guardian phone"],
    ["Zora Quimby", "5", "B12", "555-0100"],
]
HEADLESS: Table = [
    ["Zora Quimby", "2015-03-14", "5th"],
    ["Abel Farrow", "2014-11-02", "6th"],
    ["Noor El-Amin", "2016-07-30", "4th"],
    ["Ivo Marsh", "2015-12-01", "5th"],
]
UNNAMED: Table = [
    ["ID", "Gr", "Sex", "Ethnicity", "Lunch", "ELL"],
    ["100234", "5", "F", "H", "F", "Y"],
]
DISGUISED: Table = [
    ["Label", "Type", "Tags"],
    ["Zora Quimby", "Student", "robotics"],
    ["Abel Farrow", "Student", "robotics|chess"],
    ["Sunny Shores Elementary", "School", ""],
]
FAMILIES: Table = [
    ["Mother", "Father", "Home phone", "Siblings"],
    ["Ida Quimby", "Obed Quimby", "555-0100", "2"],
]

ROSTERS = {
    "powerschool": (POWERSCHOOL, {"Student_Number", "DOB", "[39]Guardianemail", "Grade_Level", "LastFirst"}),
    "class list": (CLASS_LIST, {"First name", "Last name", "Grade"}),
    "camp": (CAMP, {"Camper name", "Age", "Allergies", "Emergency contact"}),
    "bus": (BUS, {"Name", "Bus #", "Stop"}),
    "caseload": (CASELOAD, {"Last, First", "IEP due", "Primary disability", "Case manager"}),
    "form": (FORM, {"Student's first name", "Student's last name"}),
    "spanish": (SPANISH, {"Nombre del estudiante", "Fecha de nacimiento", "Grado", "Apellido paterno"}),
    "third row": (THIRD_ROW, {"Gr.", "Homeroom", "Parent/Guardian phone"}),
    "headless": (HEADLESS, {"column 1", "column 2", "column 3"}),
    "unnamed": (UNNAMED, {"Gr", "Sex", "Ethnicity", "Lunch", "ELL"}),
    "disguised": (DISGUISED, {"Label", "Type"}),
    "families": (FAMILIES, {"Mother", "Father"}),
}

STAFF: dict[str, Table] = {
    "work contacts": [
        ["Organization", "Contact name", "Title", "Work e-mail", "School"],
        ["Sunny Shores Elementary", "Ida Holt", "Principal", "ih@school.example", "Sunny Shores"],
    ],
    "staff directory": [
        ["First Name", "Last Name", "Position", "Department", "Email", "Grade"],
        ["Ida", "Holt", "Teacher", "Science", "ih@school.example", "5"],
    ],
    "partner list": [
        ["Partner", "Type", "Website", "Grades served", "Contact", "Phone", "ZIP"],
        ["Frost Museum of Science", "museum", "frostscience.org", "K-12", "Ida Holt", "555-0100", "33132"],
        ["Coral Reef Lab", "research", "reef.example", "6-12", "Abel Farrow", "555-0101", "33139"],
    ],
    "board": [
        ["Name", "Affiliation", "Role on board", "Term ends", "E-mail"],
        ["Ida Holt", "Port Authority", "chair", "2027-06-30", "ih@port.example"],
        ["Abel Farrow", "City College", "member", "2026-06-30", "af@college.example"],
    ],
    "school enrolment": [
        ["School", "Grade", "Gender", "Ethnicity", "Lunch status", "ELL", "Enrollment"],
        ["Sunny Shores Elementary", "5", "F", "Hispanic", "Free", "Y", "41"],
    ],
    "programs": [
        ["Program name", "Operator", "Ages served", "Number of students", "Season", "Bus provided", "Allergy policy"],
        ["Robotics club", "Sunny Shores", "8-12", "24", "fall", "yes", "peanut-free"],
    ],
    "schools": [
        ["Name", "School ID", "District", "Low grade", "High grade", "Grade", "Principal", "Student-teacher ratio"],
        ["Sunny Shores Elementary", "120039", "Miami-Dade", "PK", "5", "PK-5", "Ida Holt", "15.1"],
        ["Coral Gables Senior High", "120040", "Miami-Dade", "9", "12", "9-12", "Abel Farrow", "19.0"],
    ],
    "volunteer mentors": [
        ["Company", "Mentor", "Job title", "Work e-mail", "Grades preferred", "Background check required"],
        ["Reef Robotics Inc", "Ida Holt", "Engineer", "ih@reef.example", "6-8", "yes"],
    ],
    "funders": [
        ["Parent organization", "Foundation", "Program officer", "Award", "Start date", "End date"],
        ["Tide Bank", "Tide Foundation", "Ida Holt", "50000", "2024-01-01", "2025-01-01"],
        ["Tide Bank", "Reef Fund", "Abel Farrow", "9000", "2022-01-01", "2026-01-01"],
    ],
    "agreed contacts": [
        ["Name", "Contact person", "Agreed on", "Language", "Last updated"],
        ["Frost Museum of Science", "Ida Holt", "2024-03-02", "es", "2026-01-05"],
        ["Reef Robotics Inc", "Noor El-Amin", "2022-05-12", "en", "2025-01-05"],
        ["Tide Foundation", "Abel Farrow", "2023-09-30", "en", "2024-11-05"],
    ],
    "participants of a project": [
        ["Participant ID", "Participant name", "Country", "Type", "Project", "Coordinator"],
        ["999993468", "Reef University", "US", "HES", "118", "yes"],
        ["999993469", "Tide Bank Foundation", "US", "OTH", "118", "no"],
    ],
    "nothing": [[], []],
}


def refused(table: Sequence[Sequence[str]]) -> Finding | None:
    return check_columns(table[0], table[1:], "list.csv")


def values_of(table: Table, headings: int) -> set[str]:
    return {cell for row in table[headings:] for cell in row if len(cell) > 2}


@pytest.mark.parametrize("name", ROSTERS)
def test_a_list_of_people_is_refused_and_only_its_columns_are_named(name: str) -> None:
    table, expected = ROSTERS[name]
    finding = refused(table)
    assert finding is not None
    assert {column for column in expected if column not in finding.where} == set()
    assert finding.file == "list.csv"
    assert "list of people" in finding.message
    assert finding.value == ""
    headings = {"third row": 3, "headless": 0}.get(name, 1)
    told = finding.sentence()
    assert [value for value in values_of(table, headings) if value in told] == []


@pytest.mark.parametrize("name", STAFF)
def test_a_list_of_organizations_and_their_staff_passes(name: str) -> None:
    assert refused(STAFF[name]) is None


def as_table(table: Table, path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";" if path.suffix == ".txt" else ",").writerows(table)
    return path


def as_workbook(table: Table, path: Path) -> Path:
    book = xlsxwriter.Workbook(path)
    book.add_worksheet().write_row(0, 0, ["Name", "Website"])
    sheet = book.add_worksheet("Zora Quimby")
    for number, row in enumerate(table):
        sheet.write_row(number, 0, row)
    book.close()
    return path


@pytest.mark.parametrize("name", [*ROSTERS, *STAFF])
def test_files_of_any_kind_are_judged_alike(name: str, tmp_path: Path) -> None:
    table = ROSTERS[name][0] if name in ROSTERS else STAFF[name]
    (tmp_path / "folder").mkdir()
    paths = [
        as_table(table, tmp_path / "list.csv"),
        as_table(table, tmp_path / "list.txt"),
        as_workbook(table, tmp_path / "list.xlsx"),
        as_table(table, tmp_path / "folder" / "list.csv").parent,
    ]
    with zipfile.ZipFile(tmp_path / "list.zip", "w") as archive:
        archive.write(paths[0], "folder/list.csv")
    paths.append(tmp_path / "list.zip")
    for path in paths:
        finding = find_people(path)
        assert (finding is not None) is (name in ROSTERS), path
        assert finding is None or "Quimby" not in finding.sentence()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_learners_in_any_encoding_are_found(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("Número de matrícula,Nombre\n7,Zoë\n".encode(encoding))
    finding = find_people(path)
    assert finding is not None
    assert finding.where == "Número de matrícula"


def test_json_of_learners_is_refused_and_of_organizations_is_not() -> None:
    learners = {"data": {"students": [{"firstName": "Zora", "lastName": "Quimby", "gradeLevel": 5}]}}
    finding = check_document(learners, "export.json")
    assert finding is not None
    assert finding.where == "firstName, lastName, gradeLevel"
    assert "Quimby" not in finding.sentence()
    organizations = [{"name": "Tide Foundation", "contacts": [{"name": "Ida Holt", "title": "Officer"}]}]
    assert check_document(organizations, "export.json") is None
    assert check_document(json.loads("[1, null, [[]], {}]"), "export.json") is None


def test_elements_of_a_map_that_are_learners_are_refused() -> None:
    elements = [
        {"label": "Zora Quimby", "type": "Student", "attributes": {"grade": 5, "homeroom": "B12"}},
        {"label": "Abel Farrow", "type": "Student", "attributes": {"grade": 6, "homeroom": "B12"}},
        {"label": "Sunny Shores Elementary", "type": "School"},
    ]
    finding = check_document({"elements": elements, "connections": []}, "map.json")
    assert finding is not None
    assert finding.where == "label, grade, homeroom"
    assert check_document({"elements": [{"label": "Z", "type": "student", "grade": 5}]}, "map.json") is not None
    personas = [{"label": "Student", "type": "Student"}, {"label": "Reef Lab", "type": "Laboratory"}]
    assert check_document({"elements": personas}, "map.json") is None


def test_keys_alone_are_enough() -> None:
    finding = check_keys(["id", "studentId", "dateOfBirth", "school"], "graph.graphml")
    assert finding is not None
    assert finding.where == "studentId, dateOfBirth"
    assert check_keys(["id", "name", "title", "email", "school"], "graph.graphml") is None


def test_a_list_deep_in_a_long_document_is_found() -> None:
    clubs: list[object] = [{"name": f"Club {n}", "phones": [{"number": "1"}]} for n in range(500)]
    clubs.append({"name": "Last", "members": [{"student_id": "7", "dob": "2015-01-01"}] * 2})
    finding = check_document({"organizations": clubs}, "all.json")
    assert finding is not None
    assert finding.where == "student_id, dob"


@pytest.mark.parametrize(
    ("heading", "sign"),
    [
        ("Student\u2019s First Name", Sign.LEARNER),
        ("N\u00famero de matr\u00edcula", Sign.LEARNER),
        ("D.O.B.", Sign.BIRTH),
        ("SSN", Sign.BIRTH),
        ("Parent/Guardian 2 e-mail", Sign.FAMILY),
        ("504", Sign.SUPPORT),
        ("Grade (2026-27)", Sign.GRADE),
        ("Last, First", Sign.PERSON),
        ("Food allergies", Sign.HEALTH),
        ("Students", None),
        ("Number of students", None),
        ("Student population", None),
        ("Parent organization", None),
        ("Grades served", None),
        ("Contact first name", None),
        ("Ages", None),
        ("", None),
        ("\x00", None),
    ],
)
def test_what_headings_say(heading: str, sign: Sign | None) -> None:
    assert find_sign(heading) is sign


def test_a_very_long_or_strange_heading_is_no_trouble() -> None:
    headings = ["x" * 1_000_000, "\ud800", "\u202egrade", "a" * 50 + " names" * 100]
    assert check_columns(headings, [["y" * 1_000_000] * 4] * 3, "a.csv") is None


def test_titles_over_a_table_are_not_its_headings(tmp_path: Path) -> None:
    rows = "".join(f"Lab {n},lab,Ana Diaz,{n}@lab.example.org,2024-02-{n:02d}\n" for n in range(1, 25))
    path = tmp_path / "partners.csv"
    path.write_text(
        f"Partners in spring,,,,\n\nOrganization,Type,Contact,E-mail,Last updated\n{rows}", encoding="utf-8"
    )
    assert find_people(path) is None
    path.write_text(f"Bus list,,\n\nStudent name,Grade,Room\n{'Ana Diaz,4,12' * 3}\n", encoding="utf-8")
    found = find_people(path)
    assert found is not None
    assert found.where.startswith("Student name")
    path.write_text("Student name,,\nAna Diaz,x,y\nBo Lee,x,y\n", encoding="utf-8")
    assert find_people(path) is not None
