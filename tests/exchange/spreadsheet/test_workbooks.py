"""Workbooks: sheets, merged headers, and what spreadsheet programs make of numbers and days."""

import datetime
from pathlib import Path

import openpyxl

from matchmaker.exchange.mapping import Target
from matchmaker.exchange.readers.spreadsheet import propose_mapping
from matchmaker.testing.spreadsheets import read_sheet, write_workbook

HEAD = ["Organization", "Type", "ZIP"]
ZOO = ["Zoo Miami", "zoo", 33177]


def test_numbers_become_what_they_were(tmp_path: Path) -> None:
    head = [*HEAD, "NCES ID", "LEAID", "UNITID", "OPEID", "EIN"]
    rows = [
        head,
        ["A School", "school", 2139.0, 10000500870, 100005, "", "", 10263893],
        ["A College", "college", 33139, "", "", 133951.0, 963500, 650177616],
    ]
    read = read_sheet(write_workbook(tmp_path / "a.xlsx", {"Partners": rows}))
    school, college = read.partner("a-school-02139"), read.partner("a-college-33139")
    assert {name: school[name] for name in ("ncessch", "leaid", "ein")} == {
        "ncessch": "010000500870",
        "leaid": "0100005",
        "ein": "010263893",
    }
    assert {name: college[name] for name in ("unitid", "opeid", "ein")} == {
        "unitid": "133951",
        "opeid": "00963500",
        "ein": "650177616",
    }
    assert ("a-school-02139", "zip:02139") in read.ties("LOCATED_IN")
    assert {(where, value) for _, where, message, value in read.notes() if "leading zeros" in message} == {
        ("ZIP", "2139 → 02139"),
        ("NCES ID", "10000500870 → 010000500870"),
        ("LEAID", "100005 → 0100005"),
        ("EIN", "10263893 → 010263893"),
        ("OPEID", "963500 → 00963500"),
    }


def test_an_id_in_scientific_notation_is_lost(tmp_path: Path) -> None:
    rows = [[*HEAD, "NCES ID"], ["A School", "school", 33139, "1.2E+11"], ["B School", "school", 33139, 120039000401]]
    read = read_sheet(write_workbook(tmp_path / "a.xlsx", {"Partners": rows}))
    assert read.ids() == ["b-school-33139"]
    [(line, where, message, value)] = read.faults()
    assert (line, where, value) == (2, "NCES ID", "1.2E+11")
    assert message.startswith("was shortened by a spreadsheet program, so its digits are lost")


def test_days_and_grades_that_became_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEAD, "Grades served", "Last updated"])
    sheet.append([*ZOO, datetime.date(2024, 6, 8), datetime.date(2024, 3, 5)])
    book.save(tmp_path / "a.xlsx")
    read = read_sheet(tmp_path / "a.xlsx")
    assert read.ties("SERVES") == [("zoo-miami-33177", "grades_6_8")]
    assert read.partner("zoo-miami-33177")["observed_on"] == "2024-03-05"
    assert [message for _, where, message, _ in read.notes() if where == "Grades served"] == [
        "a spreadsheet had made a date of the grades 6-8"
    ]


def test_a_format_of_zeros_is_part_of_the_number(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD)
    sheet.append(["MIT Museum", "museum", 2139])
    sheet["C2"].number_format = "00000"
    book.save(tmp_path / "a.xlsx")
    read = read_sheet(tmp_path / "a.xlsx")
    assert read.ties("LOCATED_IN") == [("mit-museum-02139", "zip:02139")]
    assert read.notes() == []


def test_cells_with_errors_are_empty_and_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD)
    sheet.append(["Zoo Miami", "zoo", "#N/A"])
    sheet["C2"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    read = read_sheet(tmp_path / "a.xlsx")
    assert read.ids() == ["zoo-miami"]
    assert read.notes() == [(2, "ZIP", "the cell shows the error #N/A and is taken as empty", "")]


def test_a_formula_in_a_cell_is_text(tmp_path: Path) -> None:
    rows = [HEAD, ['=HYPERLINK("http://x.example","Zoo")', "zoo", 33177]]
    read = read_sheet(write_workbook(tmp_path / "a.xlsx", {"Partners": rows}))
    assert read.cells("partners.csv")[0]["name"] == '=HYPERLINK("http://x.example","Zoo")'


def test_the_first_visible_sheet_with_a_table_is_read_and_the_others_are_told(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a.xlsx",
        {"Read me": [["hello"]], "Partners": [HEAD, ZOO], "More": [HEAD, ["Lowe", "museum", 33146]]},
    )
    proposal = propose_mapping(path)
    assert proposal.sheet == "Partners"
    assert [(notice.message, notice.valid) for notice in proposal.notices] == [
        ("only the sheet Partners is read", "--sheet, one of Partners, More")
    ]
    assert read_sheet(path, sheet="More").ids() == ["lowe-33146"]


def test_a_sheet_that_is_not_there_lists_those_that_are(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"Partners": [HEAD, ZOO], "More": [HEAD, ZOO]})
    [finding] = propose_mapping(path, "Partner").findings
    assert (finding.message, finding.value, finding.valid) == ("there is no such sheet", "Partner", "Partners, More")


def test_merged_headers_above_and_below(tmp_path: Path) -> None:
    above = [["", "", "Contact", "", "Program", ""], ["Organization", "Type", "Name", "Email", "Name", "Type"]]
    path = write_workbook(
        tmp_path / "a.xlsx",
        {"Partners": [*above, ["Zoo", "zoo", "", "zoo@example.org", "Zoo class", "field trip"]]},
        [(0, 2, 0, 3, "Contact"), (0, 4, 0, 5, "Program")],
    )
    assert [(column.heading, column.target) for column in propose_mapping(path).columns] == [
        ("Organization", Target.NAME),
        ("Type", Target.TYPE),
        ("Contact / Name", Target.CONTACT_NAME),
        ("Contact / Email", Target.CONTACT_EMAIL),
        ("Program / Name", Target.PROGRAMS),
        ("Program / Type", Target.PROGRAM_TYPE),
    ]
    assert [cells["program_type"] for cells in read_sheet(path).cells("programs.csv")] == ["field_trip"]


def test_a_damaged_workbook_is_refused_in_words(tmp_path: Path) -> None:
    whole = write_workbook(tmp_path / "a.xlsx", {"Partners": [HEAD, ZOO]}).read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    assert len(propose_mapping(cut).findings) == 1
    older = tmp_path / "older.xls"
    older.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert len(propose_mapping(older).findings) == 1
