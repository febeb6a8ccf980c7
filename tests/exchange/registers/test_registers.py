"""Registers in their official layouts, a dozen rows each.

The facts are those of the registers named in each test: IPEDS HD2020, IC2020 and the College Scorecard of 2013 (U.S.
Department of Education), HIFLD public schools of 2024 and the layout of the Common Core of Data (NCES), the Museum
Universe Data File 2014 Q3 and the Public Libraries Survey FY2017 (IMLS), fall membership 2023-24 (Oregon). What a test
changes in them is made up, to show a rule.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.exchange.findings import Refusal
from matchmaker.exchange.readers.registers import FORMATS
from matchmaker.exchange.readers.registers.names import parse_web_address, readable_name
from matchmaker.exchange.readers.rows import RowsReader
from matchmaker.exchange.reading import HEAD_BYTES, Format, Probe, Reading, ReadOptions, Region, SourceRow
from matchmaker.model.ids import PUBLIC

HD = (
    "UNITID INSTNM IALIAS ADDR CITY STABBR ZIP FIPS EIN OPEID WEBADDR SECTOR ICLEVEL CONTROL HLOFFER UGOFFER GROFFER "
    "DEGGRANT HBCU TRIBAL LOCALE ACT DEATHYR CLOSEDAT CYACTIVE POSTSEC COUNTYCD COUNTYNM LONGITUD LATITUDE"
)
COLLEGE = {
    "UNITID": "135717",
    "INSTNM": "Miami Dade College",
    "IALIAS": "MDC|MDCC|Miami-Dade Community College|Miami Dade",
    "ADDR": "300 NE 2nd Avenue",
    "CITY": "Miami",
    "STABBR": "FL",
    "ZIP": "33132-2204",
    "EIN": "591210485",
    "OPEID": "00150600",
    "WEBADDR": "www.mdc.edu/",
    "SECTOR": "1",
    "ICLEVEL": "1",
    "CONTROL": "1",
    "UGOFFER": "1",
    "GROFFER": "2",
    "DEGGRANT": "1",
    "HBCU": "2",
    "TRIBAL": "2",
    "LOCALE": "11",
    "ACT": "A ",
    "DEATHYR": "-2",
    "CLOSEDAT": "-2",
    "CYACTIVE": "1",
    "POSTSEC": "1",
    "COUNTYCD": "12086",
    "COUNTYNM": "Miami-Dade County",
    "LONGITUD": "-80.190856",
    "LATITUDE": "25.777717",
}
PARTNER = "partners.csv"
PROVENANCE = {"source", "asserted_by", "source_row", "observed_on", "confidence"}

Record = Mapping[str, str]


def write(path: Path, columns: str, *rows: Record, encoding: str = "latin-1") -> Path:
    """Write a file with the columns of an official one; cells that a row doesn't name are empty."""
    names = columns.split()
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, names, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows([{name: row.get(name, "") for name in names} for row in rows])
    return path


def format_of(path: Path) -> Format:
    """The one format that takes a file."""
    head = path.read_bytes()[:HEAD_BYTES]
    first = next(csv.reader([head.decode("latin-1").splitlines()[0]]))
    probe = Probe(path, head, tuple(cell.strip().lower() for cell in first))
    (only,) = [one for one in FORMATS if one.matches(probe)]
    return only


def read(path: Path, term: str, region: Region | None = None) -> list[SourceRow]:
    """Read a file by the format that takes it, twice, and check that both passes say the same and nothing unsound."""
    form = format_of(path)
    assert (form.term, form.public) == (term, True)
    reading: Reading = form.read(path, ReadOptions(region=region))
    rows = list(reading.rows())
    assert list(reading.rows()) == rows
    assert (reading.format, reading.name, len(reading.digest)) == (term, path.name, 64)
    reader = RowsReader(PUBLIC, "test")
    unsound = [sound for row in rows if row.parts and isinstance(sound := reader.read(row), Refusal)]
    assert unsound == []
    return rows


def said(rows: Sequence[SourceRow], file: str = PARTNER) -> list[dict[str, str]]:
    """The cells of all parts of one file, without their provenance."""
    ends = PROVENANCE - {"source"} if file == "ties.csv" else PROVENANCE
    parts = [part.cells for row in rows for part in row.parts if part.file == file]
    return [{name: text for name, text in cells.items() if name not in ends} for cells in parts]


def ties(rows: Sequence[SourceRow], *types: str) -> list[tuple[str, str, str]]:
    """The ties of some types as triples."""
    found = said(rows, "ties.csv")
    return [(tie["source"], tie["type"], tie["target"]) for tie in found if tie["type"] in types]


def findings(rows: Sequence[SourceRow]) -> list[tuple[int, str, str, str]]:
    return [(one.line, one.where, one.message, one.value) for row in rows for one in row.findings]


def notices(rows: Sequence[SourceRow]) -> list[tuple[int, str, str, str]]:
    return [(one.line, one.where, one.message, one.value) for row in rows for one in row.notices]


def test_a_college_is_read_whole(tmp_path: Path) -> None:
    rows = read(write(tmp_path / "hd2020.csv", HD, COLLEGE), "ipeds_hd")
    assert said(rows) == [
        {
            "id": "unitid:135717",
            "name": "Miami Dade College",
            "aliases": "MDC|MDCC|Miami-Dade Community College|Miami Dade",
            "organization_type": "four_year_college",
            "unitid": "135717",
            "control": "public",
            "degree_granting": "true",
            "website": "http://www.mdc.edu/",
            "web_domain": "mdc.edu",
            "latitude": "25.777717",
            "longitude": "-80.190856",
            "locale": "city",
            "country": "US",
            "region": "US-FL",
            "ein": "591210485",
            "opeid": "00150600",
            "address": "300 NE 2nd Avenue, Miami, FL 33132-2204",
        }
    ]
    assert ties(rows, "SERVES", "LOCATED_IN", "PART_OF") == [
        ("unitid:135717", "SERVES", "postsecondary_four_year"),
        ("zip:33132", "PART_OF", "county:12086"),
        ("unitid:135717", "LOCATED_IN", "zip:33132"),
    ]
    provenance = {name: rows[0].parts[0].cells[name] for name in ("source", "source_row", "observed_on", "confidence")}
    assert provenance == {
        "source": "IPEDS HD2020 (U.S. Department of Education, NCES)",
        "source_row": "hd2020.csv UNITID 135717",
        "observed_on": "2020",
        "confidence": "register",
    }
    assert findings(rows) == []
    assert notices(rows) == []


def test_statutory_missions_and_stages_come_from_the_flags(tmp_path: Path) -> None:
    waters = {**COLLEGE, "UNITID": "133526", "INSTNM": "Edward Waters College", "HBCU": "1", "GROFFER": "1"}
    tribal = {
        **COLLEGE,
        "UNITID": "200208",
        "INSTNM": "Cankdeska Cikana Community College",
        "TRIBAL": "1",
        "ICLEVEL": "2",
        "CONTROL": "2",
    }
    seminary = {**COLLEGE, "UNITID": "100001", "UGOFFER": "2", "GROFFER": "1", "CONTROL": "3"}
    barber = {**COLLEGE, "UNITID": "100002", "ICLEVEL": "3", "DEGGRANT": "2", "HBCU": "-2"}
    rows = read(write(tmp_path / "hd2020.csv", HD, waters, tribal, seminary, barber), "ipeds_hd")
    assert said(rows, "designations.csv") == [
        {"subject": "unitid:133526", "code": "hbcu", "basis": "statutory", "year": "2020"},
        {"subject": "unitid:200208", "code": "tribal", "basis": "statutory", "year": "2020"},
    ]
    assert [(one["organization_type"], one["control"], one["degree_granting"]) for one in said(rows)] == [
        ("four_year_college", "public", "true"),
        ("two_year_college", "private_nonprofit", "true"),
        ("four_year_college", "private_for_profit", "true"),
        ("two_year_college", "public", "false"),
    ]
    assert [(source[-6:], target) for source, _, target in ties(rows, "SERVES")] == [
        ("133526", "postsecondary_four_year"),
        ("133526", "graduate"),
        ("200208", "postsecondary_two_year"),
        ("100001", "graduate"),
        ("100002", "apprenticeship_or_credential"),
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"CLOSEDAT": "07/11/2020", "ACT": "D ", "DEATHYR": "2020", "CYACTIVE": "3"}, "2020-07-11"),
        ({"ACT": "C ", "DEATHYR": "2020", "CYACTIVE": "3"}, "2020"),
        ({"ACT": "M "}, "2020"),
        ({"ACT": "G ", "CYACTIVE": "3"}, None),
        ({"ACT": "N "}, None),
    ],
    ids=["a day", "combined", "this year", "reported with its main campus", "new"],
)
def test_a_closed_college_says_since_when(tmp_path: Path, changes: Record, expected: str | None) -> None:
    rows = read(write(tmp_path / "hd2020.csv", HD, {**COLLEGE, **changes}), "ipeds_hd")
    assert said(rows)[0].get("closed_on") == expected


def test_what_is_no_college_is_left_out_and_says_why(tmp_path: Path) -> None:
    office = {**COLLEGE, "SECTOR": "0"}
    center = {**COLLEGE, "POSTSEC": "2"}
    gone = {**COLLEGE, "SECTOR": "99", "ICLEVEL": "-3"}
    rows = read(write(tmp_path / "hd2020.csv", HD, office, center, gone), "ipeds_hd")
    assert [row.parts for row in rows] == [(), (), ()]
    assert notices(rows) == [
        (2, "SECTOR", "is left out: an administrative office of a system, with no learners of its own", "0"),
        (3, "POSTSEC", "is left out: not primarily a postsecondary institution", "2"),
        (4, "ICLEVEL", "is left out: no longer active, and its level isn't recorded", "-3"),
    ]
    assert findings(rows) == []


def test_malformed_values_refuse_a_college_and_lost_zeros_are_put_back(tmp_path: Path) -> None:
    bad = {**COLLEGE, "UNITID": "13571X", "EIN": "59-1210485", "LATITUDE": "257.8", "CLOSEDAT": "last summer"}
    lost = {**COLLEGE, "UNITID": "100004", "OPEID": "150600", "EIN": "-1", "WEBADDR": "none yet", "ZIP": "00000"}
    again = {**COLLEGE, "UNITID": "100004"}
    rows = read(write(tmp_path / "hd2020.csv", HD, bad, lost, again), "ipeds_hd")
    assert findings(rows) == [
        (2, "UNITID", "is malformed", "13571X"),
        (2, "LATITUDE", "is no degree", "257.8"),
        (2, "EIN", "is malformed", "59-1210485"),
        (2, "CLOSEDAT", "is no day", "last summer"),
        (4, "UNITID", "line 3 has this already", "100004"),
    ]
    assert notices(rows) == [
        (3, "WEBADDR", "is left out: it is no web address", "none yet"),
        (3, "OPEID", "leading zeros were put back: 00150600", "150600"),
        (3, "ZIP", "no such ZIP code is known, so it is left out", "00000"),
    ]
    (kept,) = said(rows)
    assert (kept["opeid"], "ein" in kept, "website" in kept) == ("00150600", False, False)
    assert ties(rows, "LOCATED_IN") == [("unitid:100004", "LOCATED_IN", "county:12086")]


def test_latin_letters_windows_marks_and_loose_quotes_are_read(tmp_path: Path) -> None:
    names = {"INSTNM": "Universidad Ana G. Méndez – Recinto de Gurabo", "STABBR": "PR", "ZIP": "00778"}
    path = write(tmp_path / "hd2020.csv", HD, {**COLLEGE, **names}, encoding="cp1252")
    loose = ",".join(f'"{COLLEGE.get(name, "")}"' for name in HD.split()).replace("MDC|", 'The "Dade" | ')
    path.write_bytes(path.read_bytes() + loose.replace("135717", "100004").encode() + b"\r\n")
    rows = read(path, "ipeds_hd")
    assert [one["name"] for one in said(rows)] == [names["INSTNM"], "Miami Dade College"]
    message = "a quote inside quoted text isn't written twice; the row was read as it stands"
    assert notices(rows) == [(3, "", message, "")]


def test_a_row_that_does_not_fit_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "hd2020.csv", HD, COLLEGE)
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\r\n1,2,3\r\n\r\n", 1))
    rows = read(path, "ipeds_hd")
    assert findings(rows) == [(2, "", "the row has 3 cells, the header has 30", "")]
    assert [one["id"] for one in said(rows)] == ["unitid:135717"]


def test_an_undated_file_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "colleges.csv", HD, {**COLLEGE, "HBCU": "1"})
    reading = format_of(path).read(path, ReadOptions())
    assert [notice.message for notice in reading.notices] == ["the file's name has no year, so its facts are undated"]
    rows = read(path, "ipeds_hd")
    assert "observed_on" not in rows[0].parts[0].cells
    assert said(rows, "designations.csv") == []


def test_a_column_twice_makes_the_file_unreadable(tmp_path: Path) -> None:
    path = write(tmp_path / "hd2020.csv", f"{HD} ZIP".replace("EIN", "ZIP"), COLLEGE)
    reading = format_of(path).read(path, ReadOptions())
    assert [(one.where, one.message) for one in reading.findings] == [("zip", "the column is there more than once")]


def test_a_file_without_its_columns_is_unreadable_as_a_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "hd2020.csv", HD.replace("OPEID ", "").replace("ICLEVEL", "LEVEL"), COLLEGE)
    reading = FORMATS[0].read(path, ReadOptions())
    message = "the column is missing, so no row is loaded"
    assert [(one.where, one.message) for one in reading.findings] == [("ICLEVEL", message), ("OPEID", message)]
    assert list(reading.rows()) == []


@pytest.mark.parametrize(
    ("old", "new", "encoding"),
    [
        ('","', '"\t"', "utf-8"),
        ('","', '";"', "cp1252"),
        ('","', '"|"', "utf-16"),
        ('"UNITID', '\r\n"UNITID', "utf-8-sig"),
    ],
    ids=["tabs", "semicolons", "bars in UTF-16", "a blank line before the header"],
)
def test_a_file_that_was_saved_another_way_says_the_same(tmp_path: Path, old: str, new: str, encoding: str) -> None:
    name = {"INSTNM": "Université d'État – Miami"}
    path = write(tmp_path / "hd2020.csv", HD, {**COLLEGE, **name}, encoding="utf-8")
    expected = said(read(path, "ipeds_hd"))
    assert expected[0]["name"] == name["INSTNM"]
    path.write_bytes(path.read_bytes().decode("utf-8").replace(old, new).encode(encoding))
    rows = list(FORMATS[0].read(path, ReadOptions()).rows())
    assert said(rows) == expected
    assert findings(rows) == []


def test_a_cell_without_end_is_refused_and_costs_no_memory(tmp_path: Path) -> None:
    path = write(tmp_path / "hd2020.csv", HD, COLLEGE, {**COLLEGE, "UNITID": "100004"})
    path.write_bytes(path.read_bytes() + b'"' + b"x" * (3 << 20) + b"\r\n" + b'"100005","open')
    rows = read(path, "ipeds_hd")
    assert [one["id"] for one in said(rows)] == ["unitid:135717", "unitid:100004"]
    assert {line for line, _, _, _ in findings(rows)} >= {4}
    assert all("can't be read" in message or "cells, the header has" in message for _, _, message, _ in findings(rows))


def test_a_file_that_is_gone_is_invalid_input(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="the file can't be read"):
        FORMATS[0].read(tmp_path / "hd2020.csv", ReadOptions())


def test_the_region_is_kept_to(tmp_path: Path) -> None:
    away = {**COLLEGE, "UNITID": "209807", "STABBR": "OR", "LATITUDE": "45.5114", "LONGITUD": "-122.6834"}
    unplaced = {**COLLEGE, "UNITID": "100004", "LATITUDE": "", "LONGITUD": ""}
    lost = {**COLLEGE, "UNITID": "100005", "LATITUDE": "", "LONGITUD": "", "ZIP": "", "SECTOR": "0"}
    path = write(tmp_path / "hd2020.csv", HD, COLLEGE, away, unplaced, lost)
    near = Region((25.7873, -80.1564), 10.0)
    rows = read(path, "ipeds_hd", near)
    assert [one["id"] for one in said(rows)] == ["unitid:135717", "unitid:100004"]
    assert [len(rows), notices(rows)] == [4, []]
    oregon = read(path, "ipeds_hd", Region(states=frozenset({"OR"})))
    assert [one["id"] for one in said(oregon)] == ["unitid:209807"]
    assert said(read(path, "ipeds_hd", Region((25.7873, -80.1564), 10.0, frozenset({"OR"})))) == []


def test_awards_add_stages_to_colleges_that_are_known(tmp_path: Path) -> None:
    columns = "UNITID PEO1ISTR LEVEL1 LEVEL1A LEVEL1B LEVEL2 LEVEL3 LEVEL4 LEVEL5 LEVEL7 LEVEL17 LEVEL18 LEVEL19"
    college = {"UNITID": "135717", "LEVEL1A": "1", "LEVEL3": "1", "LEVEL5": "1", "LEVEL7": "0", "LEVEL17": "-2"}
    path = write(tmp_path / "ic2020.csv", columns, college, {"UNITID": "100654", "LEVEL17": "1"}, {"UNITID": "1"})
    rows = read(path, "ipeds_ic", Region(states=frozenset({"FL"})))
    assert ties(rows, "SERVES") == [
        ("unitid:135717", "SERVES", "apprenticeship_or_credential"),
        ("unitid:135717", "SERVES", "postsecondary_two_year"),
        ("unitid:135717", "SERVES", "postsecondary_four_year"),
        ("unitid:100654", "SERVES", "graduate"),
    ]
    assert findings(rows) == [(4, "UNITID", "is malformed", "1")]


def test_the_joined_scorecard_adds_context_dated_by_itself(tmp_path: Path) -> None:
    columns = (
        "UNITID INSTNM IALIAS CITY STABBR ZIP COUNTYCD COUNTYNM SECTOR ICLEVEL CONTROL HLOFFER DEGGRANT HBCU_HD2020 "
        "TRIBAL_HD2020 LOCALE CYACTIVE LATITUDE LONGITUD WEBADDR HBCU PBI ANNHI TRIBAL AANAPII HSI NANTI UGDS PCTPELL "
        "PCIP01 PCIP11 PCIP26"
    )
    flags = {"HBCU_HD2020": "1", "TRIBAL_HD2020": "2", "HBCU": "1", "HSI": "1", "PBI": "0", "NANTI": "1"}
    shares = {"PCTPELL": "0.5801", "PCIP01": "0", "PCIP11": "0.0219", "PCIP26": "0.0045"}
    suppressed = {**COLLEGE, "UNITID": "100004", "PCTPELL": "PrivacySuppressed", "PCIP26": "NULL"}
    closed = {**COLLEGE, "UNITID": "100005", "CYACTIVE": "3"}
    wrong = {**COLLEGE, "UNITID": "100006", "PCTPELL": "58%"}
    rows = read(
        write(tmp_path / "joined.csv", columns, {**COLLEGE, **flags, **shares}, suppressed, closed, wrong),
        "ipeds_scorecard",
    )
    first, second = said(rows)
    assert (first["pell_share"], first["cip_fields"]) == ("0.5801", "11|26")
    assert ("pell_share" in second, "cip_fields" in second) == (False, False)
    assert [(one["code"], one["basis"], one["year"]) for one in said(rows, "designations.csv")] == [
        ("hbcu", "statutory", "2020"),
        ("hsi", "enrollment_threshold", "2013"),
        ("nasnti", "enrollment_threshold", "2013"),
    ]
    assert rows[0].parts[0].cells["observed_on"] == "2013"
    assert [line for line, _, message, _ in notices(rows) if "closed, merged" in message] == [4]
    assert findings(rows) == [(5, "PCTPELL", "is no share", "58%")]


HIFLD = (
    "Long Lat NCESID NAME ADDRESS CITY STATE ZIP ZIP4 TELEPHONE TYPE STATUS POPULATION COUNTY COUNTYFIPS COUNTRY "
    "LATITUDE LONGITUDE NAICS_CODE SOURCE SOURCE_DATE WEBSITE LEVEL_ ENROLLMENT ST_GRADE END_GRADE DISTRICTID "
    "FT_TEACHERS"
)
SCHOOL = {
    "NCESID": "120039000594",
    "NAME": "MIAMI BEACH SENIOR HIGH SCHOOL",
    "ADDRESS": "2231 PRAIRIE AVE",
    "CITY": "MIAMI BEACH",
    "STATE": "FL",
    "ZIP": "33139",
    "STATUS": "1",
    "COUNTY": "MIAMI-DADE",
    "COUNTYFIPS": "12086",
    "LATITUDE": "25.799597",
    "LONGITUDE": "-80.1321303",
    "SOURCE_DATE": "2024-01-31 00:00:00",
    "WEBSITE": "http://miamibeachhigh.dadeschools.net",
    "ENROLLMENT": "2175",
    "ST_GRADE": "09",
    "END_GRADE": "12",
    "DISTRICTID": "1200390",
}


def test_a_school_comes_with_its_district_its_stages_and_its_enrolment(tmp_path: Path) -> None:
    second = {
        **SCHOOL,
        "NCESID": "120039000474",
        "NAME": "NORTH BEACH ELEMENTARY SCHOOL",
        "ST_GRADE": "PK",
        "END_GRADE": "05",
    }
    rows = read(write(tmp_path / "schools.csv", HIFLD, SCHOOL, second), "hifld_schools")
    district, school, other = said(rows)
    assert district == {
        "id": "leaid:1200390",
        "name": "School district 1200390 (Miami-Dade County, FL)",
        "organization_type": "school_district",
        "leaid": "1200390",
        "country": "US",
        "region": "US-FL",
    }
    assert rows[0].parts[0].cells["confidence"] == "inferred"
    assert school == {
        "id": "ncessch:120039000594",
        "name": "Miami Beach Senior High School",
        "organization_type": "k12_school",
        "ncessch": "120039000594",
        "address": "2231 PRAIRIE AVE, MIAMI BEACH, FL 33139",
        "website": "http://miamibeachhigh.dadeschools.net",
        "web_domain": "miamibeachhigh.dadeschools.net",
        "latitude": "25.799597",
        "longitude": "-80.1321303",
        "country": "US",
        "region": "US-FL",
    }
    assert other["name"] == "North Beach Elementary School"
    assert ties(rows, "PART_OF", "SERVES") == [
        ("ncessch:120039000594", "PART_OF", "leaid:1200390"),
        ("ncessch:120039000594", "SERVES", "grades_9_12"),
        ("zip:33139", "PART_OF", "county:12086"),
        ("ncessch:120039000474", "PART_OF", "leaid:1200390"),
        ("ncessch:120039000474", "SERVES", "prek"),
        ("ncessch:120039000474", "SERVES", "k_2"),
        ("ncessch:120039000474", "SERVES", "grades_3_5"),
    ]
    assert said(rows, "counts.csv")[0] == {
        "subject": "ncessch:120039000594",
        "kind": "enrolled",
        "all_stages": "true",
        "year": "2022",
        "value": "2175",
    }


def test_schools_that_are_closed_planned_or_misplaced(tmp_path: Path) -> None:
    closed = {**SCHOOL, "STATUS": "2", "ENROLLMENT": "-999", "ST_GRADE": "M", "END_GRADE": "M"}
    planned = {**SCHOOL, "NCESID": "120039000416", "STATUS": "7"}
    odd = {**SCHOOL, "NCESID": "120039000417", "STATUS": "9", "ENROLLMENT": "many", "ST_GRADE": "K"}
    strange = {**SCHOOL, "NCESID": "120039000418", "DISTRICTID": "1200180"}
    short = {**SCHOOL, "NCESID": "10000500870", "DISTRICTID": "100005", "ZIP": "3570", "STATE": "AL", "WEBSITE": ""}
    rows = read(write(tmp_path / "schools.csv", HIFLD, closed, planned, odd, strange, short), "hifld_schools")
    assert [(one["id"], one.get("closed_on")) for one in said(rows) if "ncessch" in one] == [
        ("ncessch:120039000594", "2022"),
        ("ncessch:010000500870", None),
    ]
    assert findings(rows) == [
        (4, "STATUS", "is no status of the register", "9"),
        (4, "ST_GRADE", "is no grade", "K"),
        (4, "ENROLLMENT", "is no number of people", "many"),
        (5, "DISTRICTID", "isn't the district that the school's id starts with", "1200180"),
    ]
    assert notices(rows) == [
        (3, "STATUS", "is left out: not open yet", "7"),
        (6, "NCESID", "leading zeros were put back: 010000500870", "10000500870"),
        (6, "DISTRICTID", "leading zeros were put back: 0100005", "100005"),
        (6, "ZIP", "leading zeros were put back: 03570", "3570"),
    ]


CCD_SCHOOL = (
    "SCHOOL_YEAR FIPST STATENAME ST SCH_NAME LEA_NAME STATE_AGENCY_NO UNION ST_LEAID LEAID ST_SCHID NCESSCH SCHID "
    "MSTREET1 MCITY MSTATE MZIP LSTREET1 LCITY LSTATE LZIP LZIP4 PHONE WEBSITE SY_STATUS SY_STATUS_TEXT UPDATED_STATUS "
    "EFFECTIVE_DATE SCH_TYPE_TEXT SCH_TYPE GSLO GSHI LEVEL"
)
CCD_DISTRICT = (
    "SCHOOL_YEAR FIPST STATENAME ST LEA_NAME LEAID MSTREET1 MCITY MSTATE MZIP LSTREET1 LCITY LSTATE LZIP WEBSITE "
    "SY_STATUS SY_STATUS_TEXT EFFECTIVE_DATE LEA_TYPE LEA_TYPE_TEXT GSLO GSHI OPERATIONAL_SCHOOLS"
)
CCD = {
    "SCHOOL_YEAR": "2022-2023",
    "ST": "FL",
    "SCH_NAME": "MIAMI BEACH SENIOR HIGH SCHOOL",
    "LEA_NAME": "MIAMI-DADE",
    "LEAID": "1200390",
    "NCESSCH": "120039000594",
    "LSTREET1": "2231 PRAIRIE AVE",
    "LCITY": "MIAMI BEACH",
    "LSTATE": "FL",
    "LZIP": "33139",
    "SY_STATUS": "1",
    "GSLO": "09",
    "GSHI": "12",
    "LEVEL": "High",
}


def test_schools_of_the_common_core_name_their_district(tmp_path: Path) -> None:
    closed = {**CCD, "NCESSCH": "120039000999", "SY_STATUS": "2", "EFFECTIVE_DATE": "7/1/2022"}
    ungraded = {**CCD, "NCESSCH": "120039000998", "SY_STATUS": "6"}
    rows = read(write(tmp_path / "ccd_sch_029_2223.csv", CCD_SCHOOL, CCD, closed, ungraded), "nces_schools")
    assert [(one["id"], one["name"], one.get("closed_on")) for one in said(rows)] == [
        ("leaid:1200390", "Miami-Dade", None),
        ("ncessch:120039000594", "Miami Beach Senior High School", None),
        ("ncessch:120039000999", "Miami Beach Senior High School", "2022-07-01"),
    ]
    assert rows[0].parts[1].cells["source"] == "NCES Common Core of Data, public schools 2022-23"
    assert rows[0].parts[1].cells["observed_on"] == "2022"
    assert said(rows, "counts.csv") == []
    assert notices(rows) == [(4, "SY_STATUS", "is left out: temporarily closed", "6")]


def test_characteristics_of_schools_add_coordinates_county_and_members(tmp_path: Path) -> None:
    columns = f"{CCD_SCHOOL} ULOCALE NMCNTY CNTY MEMBER LATCOD LONCOD".replace("SCHOOL_YEAR", "SURVYEAR")
    more = {"SURVYEAR": "2022-2023", "ULOCALE": "12-City: Mid-size", "CNTY": "12011", "MEMBER": "2231"}
    place = {"LATCOD": "25.799597", "LONCOD": "-80.1321303"}
    rows = read(write(tmp_path / "characteristics.csv", columns, {**CCD, **more, **place}), "nces_schools")
    school = said(rows)[1]
    assert (school["locale"], school["latitude"], school["longitude"]) == ("city", "25.799597", "-80.1321303")
    assert [(one["year"], one["value"]) for one in said(rows, "counts.csv")] == [("2022", "2231")]
    assert [target for _, _, target in ties(rows, "LOCATED_IN")] == ["zip:33139", "county:12011"]


def test_districts_of_the_common_core(tmp_path: Path) -> None:
    district = {**CCD, "LEA_TYPE": "1", "GSLO": "PK", "GSHI": "12", "WEBSITE": "https://www.dadeschools.net"}
    service = {**CCD, "LEAID": "4100020", "LEA_NAME": "Clackamas ESD", "LEA_TYPE": "4", "GSLO": "N", "GSHI": "N"}
    wrong = {**CCD, "LEAID": "9912345", "LEA_NAME": "", "LEA_TYPE": "1", "GSLO": "PK", "GSHI": "12"}
    rows = read(write(tmp_path / "ccd_lea_029_2223.csv", CCD_DISTRICT, district, service, wrong), "nces_districts")
    assert [(one["id"], one["name"], one["organization_type"]) for one in said(rows)] == [
        ("leaid:1200390", "Miami-Dade", "school_district"),
        ("leaid:4100020", "Clackamas ESD", "education_service_district"),
    ]
    assert [target for _, _, target in ties(rows, "SERVES")] == [
        "prek",
        "k_2",
        "grades_3_5",
        "grades_6_8",
        "grades_9_12",
    ]
    assert [(where, message) for _, where, message, _ in findings(rows)] == [
        ("LEAID", "is malformed"),
        ("LEA_NAME", "is missing"),
    ]


MUDF = (
    "MID NAME ALTNAME ADDRESS CITY STATE ZIP ZIP5 ZIP4 PHONE WEBURL DISCIPL EIN LOCALE4 LATITUDE LONGITUDE FIPSST "
    "FIPSCO TRACT CNTRYCD"
)
MUSEUM = {
    "MID": "8401200162",
    "NAME": "FROST ART MUSEUM AT FIU",
    "ADDRESS": "11200 SW 8TH ST",
    "CITY": "MIAMI",
    "STATE": "FL",
    "ZIP": "33199",
    "ZIP5": "33199",
    "WEBURL": "http://www.frostartmuseum.org",
    "DISCIPL": "GMU",
    "LOCALE4": "2",
    "LATITUDE": "25.761015",
    "LONGITUDE": "-80.376598",
    "FIPSST": "12",
    "FIPSCO": "086",
}


def test_a_museum_is_read_whole(tmp_path: Path) -> None:
    rows = read(write(tmp_path / "mudf14q3pub.csv", MUDF, MUSEUM), "imls_museums")
    assert said(rows) == [
        {
            "id": "mid:8401200162",
            "name": "Frost Art Museum at FIU",
            "organization_type": "museum",
            "description": "Museum of a general or unclassified kind",
            "mid": "8401200162",
            "address": "11200 SW 8TH ST, MIAMI, FL 33199",
            "website": "http://www.frostartmuseum.org",
            "web_domain": "frostartmuseum.org",
            "latitude": "25.761015",
            "longitude": "-80.376598",
            "locale": "suburb",
            "country": "US",
            "region": "US-FL",
        }
    ]
    assert ties(rows, "LOCATED_IN", "ABOUT") == [("mid:8401200162", "LOCATED_IN", "zip:33199")]
    assert rows[0].parts[0].cells["observed_on"] == "2014-09"


def test_a_discipline_gives_the_type_and_infers_the_fields(tmp_path: Path) -> None:
    codes = ("SCI", "ZAW", "BOT", "NAT", "CMU", "HSC")
    made = [{**MUSEUM, "MID": f"840120020{n}", "DISCIPL": code} for n, code in enumerate(codes)]
    rows = read(write(tmp_path / "mudf14q3pub.csv", MUDF, *made, {**MUSEUM, "DISCIPL": "XYZ"}), "imls_museums")
    assert [one["organization_type"] for one in said(rows)] == [
        "science_center",
        "zoo_aquarium_garden",
        "zoo_aquarium_garden",
        "museum",
        "museum",
        "museum",
    ]
    assert [(source[-1], target) for source, _, target in ties(rows, "ABOUT")] == [
        ("0", "cip:15"),
        ("0", "cip:40"),
        ("1", "cip:26"),
        ("2", "cip:26"),
        ("3", "cip:26"),
        ("3", "cip:40"),
    ]
    about = [part.cells for row in rows for part in row.parts if part.cells.get("type") == "ABOUT"]
    assert {cells["confidence"] for cells in about} == {"inferred"}
    assert [one["id"] for one in said(rows, "topics.csv")] == ["cip:15", "cip:40", "cip:26"]
    assert findings(rows) == [(8, "DISCIPL", "is no discipline of the register", "XYZ")]


def test_another_name_of_a_museum_is_an_alias_unless_it_is_the_same(tmp_path: Path) -> None:
    zoo = {**MUSEUM, "MID": "8403600001", "NAME": "WILDLIFE CONSERVATION SOCIETY", "ALTNAME": "NEW YORK AQUARIUM"}
    same = {**MUSEUM, "MID": "8403600002", "ALTNAME": "FROST ART MUSEUM AT FIU", "EIN": "10282853"}
    rows = read(write(tmp_path / "mudf14q3pub.csv", MUDF, zoo, same), "imls_museums")
    assert [(one["name"], one.get("aliases"), one.get("ein")) for one in said(rows)] == [
        ("Wildlife Conservation Society", "New York Aquarium", None),
        ("Frost Art Museum at FIU", None, "010282853"),
    ]


OUTLET = (
    "Long Lat STABR FSCSKEY FSCS_SEQ LIBID LIBNAME ADDRESS CITY ZIP ZIP4 CNTY PHONE C_OUT_TY YR_SUB LONGITUD LATITUDE "
    "LOCALE Data_Year"
)
SYSTEM = (
    "STABR FSCSKEY LIBID LIBNAME ADDRESS CITY ZIP ZIP4 CNTY PHONE C_RELATN C_LEGBAS C_ADMIN YR_SUB LONGITUD LATITUDE "
    "LOCALE_ADD"
)
LIBRARY = {
    "STABR": "FL",
    "FSCSKEY": "FL0048",
    "FSCS_SEQ": "2",
    "LIBID": "FL0048-002",
    "LIBNAME": "MAY HILL RUSSELL LIBRARY",
    "ADDRESS": "700 FLEMING STREET",
    "CITY": "KEY WEST",
    "ZIP": "33040",
    "ZIP4": "6828",
    "CNTY": "MONROE",
    "C_OUT_TY": "CE",
    "C_ADMIN": "MO",
    "YR_SUB": "2017",
    "LONGITUD": "-81.800359",
    "LATITUDE": "24.55758",
    "LOCALE": "33",
    "LOCALE_ADD": "33",
}


def test_library_outlets_belong_to_their_system(tmp_path: Path) -> None:
    mobile = {**LIBRARY, "FSCS_SEQ": "9", "C_OUT_TY": "BS"}
    mail = {**LIBRARY, "FSCS_SEQ": "10", "C_OUT_TY": "BM"}
    branch = {**LIBRARY, "FSCS_SEQ": "7", "LIBNAME": "BIG PINE KEY BRANCH", "ZIP": "33043", "C_OUT_TY": "BR"}
    odd = {**LIBRARY, "FSCS_SEQ": "x", "C_OUT_TY": "ZZ"}
    rows = read(write(tmp_path / "outlets.csv", OUTLET, LIBRARY, mobile, mail, branch, odd), "pls_outlets")
    assert [(one["id"], one["name"], one["fscs"]) for one in said(rows)] == [
        ("fscs:fl0048", "Library system FL0048 (Monroe County, FL)", "FL0048"),
        ("fscs:fl0048-002", "May Hill Russell Library", "FL0048-002"),
        ("fscs:fl0048-007", "Big Pine Key Branch", "FL0048-007"),
    ]
    assert rows[0].parts[0].cells["confidence"] == "inferred"
    assert [tie for tie in ties(rows, "PART_OF") if tie[0].startswith("fscs")] == [
        ("fscs:fl0048-002", "PART_OF", "fscs:fl0048"),
        ("fscs:fl0048-007", "PART_OF", "fscs:fl0048"),
    ]
    assert notices(rows) == [
        (3, "C_OUT_TY", "is left out: a bookmobile, not a place", "BS"),
        (4, "C_OUT_TY", "is left out: books by mail only, not a place", "BM"),
    ]
    assert [where for _, where, _, _ in findings(rows)] == ["C_OUT_TY", "FSCS_SEQ"]


def test_library_systems_are_read_whole(tmp_path: Path) -> None:
    system = {**LIBRARY, "LIBNAME": "MONROE COUNTY PUBLIC LIBRARY SYSTEM"}
    rows = read(write(tmp_path / "systems.csv", SYSTEM, system), "pls_systems")
    assert said(rows) == [
        {
            "id": "fscs:fl0048",
            "name": "Monroe County Public Library System",
            "organization_type": "library",
            "fscs": "FL0048",
            "address": "700 FLEMING STREET, KEY WEST, FL 33040",
            "latitude": "24.55758",
            "longitude": "-81.800359",
            "locale": "town",
            "country": "US",
            "region": "US-FL",
        }
    ]
    assert rows[0].parts[0].cells["source"] == "IMLS Public Libraries Survey, FY2017"


def test_oregon_gives_totals_and_never_a_trait(tmp_path: Path) -> None:
    columns = (
        "district_id district_name campus_id campus_name asian black hispanic multiracial native_american "
        "pacific_islander total_enrollment white"
    )
    school = {
        "district_id": "1926",
        "district_name": "Oregon Trail SD 46",
        "campus_id": "100",
        "campus_name": "Sandy Grade School",
        "asian": "2.0",
        "total_enrollment": "339.0",
    }
    shared = {
        **school,
        "campus_id": "5200",
        "campus_name": "Washington School for the Blind",
        "total_enrollment": "1.0",
    }
    elsewhere = {**shared, "district_id": "1994", "district_name": "South Umpqua SD 19"}
    rows = read(write(tmp_path / "or_schools_2024.csv", columns, school, shared, elsewhere), "oregon_schools")
    assert [one["id"] for one in said(rows)] == ["or-district:1926", "or-school:100", "or-school:5200"]
    assert said(rows, "counts.csv") == [
        {"subject": "or-school:100", "kind": "enrolled", "all_stages": "true", "year": "2023", "value": "339"}
    ]
    assert ties(rows, "PART_OF") == [("or-school:100", "PART_OF", "or-district:1926")]
    assert [line for line, _, _, _ in notices(rows)] == [3, 4]
    district = {**school, "total_enrollment": "4298.0"}
    names = columns.replace("campus_id campus_name ", "")
    rows = read(write(tmp_path / "or_districts_2024.csv", names, district), "oregon_districts")
    assert [(one["subject"], one["value"]) for one in said(rows, "counts.csv")] == [("or-district:1926", "4298")]
    assert read(tmp_path / "or_districts_2024.csv", "oregon_districts", Region(states=frozenset({"WA"})))[0].parts == ()


@pytest.mark.parametrize(
    ("written", "readable"),
    [
        ("JESSIE PORTER'S HERITAGE HOUSE AND ROBERT FROST COTTAGE, INC", None),
        ("MAST ACADEMY", "Mast Academy"),
        ("WILLIAM A THOMPSON DREDGE MUSEUM", "William A Thompson Dredge Museum"),
        ("NAPLES BRANCH - COLLIER COUNTY (DISTRICT PROVIDED)", "Naples Branch - Collier County (District Provided)"),
        ("THE DAYS OF 76 MUSEUM", "The Days of 76 Museum"),
        ("LBJ HSTRCL FRNDS LLC", "LBJ Hstrcl Frnds LLC"),
        ("Café Museum ASHEVILLE", "Café Museum ASHEVILLE"),
        ("", ""),
    ],
)
def test_capitals_become_readable_and_keep_every_letter(written: str, readable: str | None) -> None:
    expected = readable if readable is not None else "Jessie Porter's Heritage House and Robert Frost Cottage, Inc"
    assert readable_name(written) == expected
    assert readable_name(written).upper() == written.upper()


@pytest.mark.parametrize(
    ("written", "website", "domain"),
    [
        ("HTTPS://WWW.Example.org/Visit?x=1", "https://www.example.org/Visit?x=1", "example.org"),
        ("example.org:8080/a", "http://example.org:8080/a", "example.org"),
        ("http:///www.example.org", "http://www.example.org", "example.org"),
        ("info@example.org", "", ""),
        ("www.example.org and example.com", "", ""),
        ("localhost", "", ""),
    ],
)
def test_web_addresses(written: str, website: str, domain: str) -> None:
    assert parse_web_address(written) == (website, domain)


def test_no_two_formats_take_one_header() -> None:
    assert len({form.term for form in FORMATS}) == len(FORMATS) == 11


OFFICIAL = [
    ("ipeds_hd", HD, COLLEGE, "INSTNM"),
    ("hifld_schools", HIFLD, SCHOOL, "NAME"),
    ("nces_schools", CCD_SCHOOL, CCD, "SCH_NAME"),
    ("nces_schools", CCD_SCHOOL, CCD, "LEA_NAME"),
    ("nces_districts", CCD_DISTRICT, {**CCD, "LEA_TYPE": "1"}, "LEA_NAME"),
    ("imls_museums", MUDF, MUSEUM, "NAME"),
    ("pls_outlets", OUTLET, LIBRARY, "LIBNAME"),
    ("pls_systems", SYSTEM, LIBRARY, "LIBNAME"),
]


@pytest.mark.parametrize(("term", "columns", "row", "name"), OFFICIAL)
def test_an_organization_without_a_name_is_refused(
    tmp_path: Path, term: str, columns: str, row: Record, name: str
) -> None:
    rows = read(write(tmp_path / "file-of-2020.csv", columns, {**row, name: " "}), term)
    assert said(rows) == []
    assert [(line, where, message) for line, where, message, _ in findings(rows)] == [(2, name, "is missing")]


@pytest.mark.parametrize(("term", "columns", "row", "name"), OFFICIAL)
def test_what_is_outside_the_region_is_passed_over_silently(
    tmp_path: Path, term: str, columns: str, row: Record, name: str
) -> None:
    path = write(tmp_path / "file-of-2020.csv", columns, {**row, name: ""})
    for region in (Region(states=frozenset({"OR"})), Region((45.5, -122.7), 60.0)):
        assert [(one.parts, one.findings, one.notices) for one in read(path, term, region)] == [((), (), ())]


def test_a_museum_file_of_another_name_is_undated(tmp_path: Path) -> None:
    path = write(tmp_path / "museums.csv", MUDF, MUSEUM)
    (notice,) = format_of(path).read(path, ReadOptions()).notices
    assert notice.message == "the file's name doesn't say which edition it is, so its facts are undated"
    assert "observed_on" not in read(path, "imls_museums")[0].parts[0].cells


def test_schools_without_a_source_date_have_no_enrolment(tmp_path: Path) -> None:
    path = write(tmp_path / "schools.csv", HIFLD, {**SCHOOL, "SOURCE_DATE": "NOT AVAILABLE"})
    (notice,) = format_of(path).read(path, ReadOptions()).notices
    assert "enrolment is left out" in notice.message
    assert said(read(path, "hifld_schools"), "counts.csv") == []


def test_a_museum_that_is_only_known_by_another_name_goes_by_it(tmp_path: Path) -> None:
    rows = read(
        write(tmp_path / "mudf14q3pub.csv", MUDF, {**MUSEUM, "NAME": "", "ALTNAME": "FROST ART MUSEUM"}), "imls_museums"
    )
    assert [(one["name"], one.get("aliases")) for one in said(rows)] == [("Frost Art Museum", None)]
