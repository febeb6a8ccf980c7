"""The registers as published: how many rows each gives, known organizations value by value, nothing unsound."""

import csv
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from matchmaker.exchange.findings import Refusal
from matchmaker.exchange.readers.registers import FORMATS
from matchmaker.exchange.readers.rows import RowsReader
from matchmaker.exchange.reading import HEAD_BYTES, Probe, ReadOptions, Region, SourceRow
from matchmaker.exchange.region import parse_region
from matchmaker.model.ids import PUBLIC

PARTNER: Final = "partners.csv"


def rows_of(path: Path, term: str, region: Region | None = None) -> list[SourceRow]:
    head = path.read_bytes()[:HEAD_BYTES]
    first = next(csv.reader([head.decode("utf-8-sig").splitlines()[0]]))
    probe = Probe(path, head, tuple(cell.strip().lower() for cell in first))
    (form,) = [one for one in FORMATS if one.matches(probe)]
    assert form.term == term
    reading = form.read(path, ReadOptions(region=region))
    assert reading.findings == ()
    return list(reading.rows())


def partners(rows: list[SourceRow]) -> dict[str, Mapping[str, str]]:
    return {part.cells["id"]: part.cells for row in rows for part in row.parts if part.file == PARTNER}


@pytest.mark.parametrize(
    ("file", "term", "rows", "partners_of_rows", "refused"),
    [
        ("colleges/hd2020.csv", "ipeds_hd", 6440, 6285, 0),
        ("colleges/hd2020_with_scorecard2013.csv", "ipeds_scorecard", 6440, 6242, 0),
        ("colleges/ic2020.csv", "ipeds_ic", 6264, 0, 0),
        ("museums/mudf14q3pub.csv", "imls_museums", 35144, 35135, 9),
        ("schools_florida/fl_public_schools_hifld.csv", "hifld_schools", 4337, 4370, 0),
        ("libraries_florida/pls_outlets_fl_2017.csv", "pls_outlets", 551, 616, 0),
        ("libraries_florida/pls_systems_fl_2017.csv", "pls_systems", 81, 81, 0),
        ("schools_oregon/or_districts_2024.csv", "oregon_districts", 210, 210, 0),
    ],
)
def test_every_row_is_sound_refused_or_left_out(
    real_data: Path, file: str, term: str, rows: int, partners_of_rows: int, refused: int
) -> None:
    read = rows_of(real_data / file, term)
    reader = RowsReader(PUBLIC, "test")
    unsound = [sound for row in read if row.parts and isinstance(sound := reader.read(row), Refusal)]
    assert unsound == []
    assert (len(read), len(partners(read)), sum(1 for row in read if row.findings)) == (rows, partners_of_rows, refused)
    silent = [row.spot for row in read if not (row.parts or row.findings or row.notices or term == "ipeds_ic")]
    assert silent == []


def test_ends_come_before_the_ties_that_name_them(real_data: Path) -> None:
    stages = {"prek", "k_2", "grades_3_5", "grades_6_8", "grades_9_12"}
    known = set(stages)
    for row in rows_of(real_data / "schools_florida" / "fl_public_schools_hifld.csv", "hifld_schools"):
        for part in row.parts:
            ends = ("source", "target") if part.file == "ties.csv" else ("subject",)
            named = {part.cells[end] for end in ends if end in part.cells}
            if part.file in {PARTNER, "places.csv"}:
                known.add(part.cells["id"])
            else:
                assert named <= known, row.spot


def test_oregon_schools_under_several_districts_stand_once(real_data: Path) -> None:
    read = rows_of(real_data / "schools_oregon" / "or_schools_2024.csv", "oregon_schools")
    with (real_data / "schools_oregon" / "or_schools_2024.csv").open(encoding="utf-8-sig") as file:
        source = list(csv.DictReader(file))
    schools = {id for id in partners(read) if id.startswith("or-school:")}
    assert schools == {f"or-school:{row['campus_id']}" for row in source}
    assert [row.spot for row in read if row.findings] == []
    counted = [part.cells["subject"] for row in read for part in row.parts if part.file == "counts.csv"]
    times = Counter(row["campus_id"] for row in source)
    assert sorted(counted) == sorted(f"or-school:{campus}" for campus, number in times.items() if number == 1)


def test_miami_dade_college_value_by_value(real_data: Path) -> None:
    rows = rows_of(real_data / "colleges" / "hd2020.csv", "ipeds_hd")
    assert dict(partners(rows)["unitid:135717"]) == {
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
        "source": "IPEDS HD2020 (U.S. Department of Education, NCES)",
        "source_row": "hd2020.csv UNITID 135717",
        "observed_on": "2020",
        "confidence": "register",
    }
    closed = partners(rows)["unitid:208488"]
    assert (closed["name"], closed["closed_on"]) == ("Concordia University-Portland", "2020-07-11")


def test_designations_equal_the_flags(real_data: Path) -> None:
    rows = rows_of(real_data / "colleges" / "hd2020_with_scorecard2013.csv", "ipeds_scorecard")
    cells = [part.cells for row in rows for part in row.parts if part.file == "designations.csv"]
    found = Counter((one["code"], one["basis"], one["year"]) for one in cells)
    known = partners(rows)
    with (real_data / "colleges" / "hd2020_with_scorecard2013.csv").open(encoding="utf-8") as file:
        kept = [row for row in csv.DictReader(file) if f"unitid:{row['UNITID']}" in known]
    columns = {"hsi": "HSI", "aanapisi": "AANAPII", "pbi": "PBI", "annh": "ANNHI", "nasnti": "NANTI"}
    for code, column in columns.items():
        assert found[code, "enrollment_threshold", "2013"] == sum(row[column] == "1" for row in kept) > 0
    assert found["hbcu", "statutory", "2020"] == sum(row["HBCU_HD2020"] == "1" for row in kept) > 90
    hsi = {one["subject"] for one in cells if one["code"] == "hsi"}
    assert "unitid:135717" in hsi, "Miami Dade College"


def test_stages_of_awards(real_data: Path) -> None:
    rows = rows_of(real_data / "colleges" / "ic2020.csv", "ipeds_ic")
    stages = [part.cells["target"] for row in rows for part in row.parts if part.cells["source"] == "unitid:135717"]
    assert stages == ["apprenticeship_or_credential", "postsecondary_two_year", "postsecondary_four_year"]


def test_known_museums_and_libraries(real_data: Path) -> None:
    museums = partners(rows_of(real_data / "museums" / "mudf14q3pub.csv", "imls_museums"))
    frost = museums["mid:8401200162"]
    assert (frost["name"], frost["organization_type"]) == ("Frost Art Museum at FIU", "museum")
    types = Counter(cells["organization_type"] for cells in museums.values())
    assert types == {"museum": 33382, "zoo_aquarium_garden": 1354, "science_center": 399}
    outlets = partners(rows_of(real_data / "libraries_florida" / "pls_outlets_fl_2017.csv", "pls_outlets"))
    systems = partners(rows_of(real_data / "libraries_florida" / "pls_systems_fl_2017.csv", "pls_systems"))
    assert set(systems) == {id for id in outlets if "-" not in id}
    assert outlets["fscs:fl0025"]["name"] == "Library system FL0025 (Miami-Dade County, FL)"
    assert systems["fscs:fl0025"]["name"] == "Miami-Dade Public Library System"


def test_enrolment_equals_the_register(real_data: Path) -> None:
    path = real_data / "schools_florida" / "fl_public_schools_hifld.csv"
    rows = rows_of(path, "hifld_schools")
    with path.open(encoding="utf-8-sig") as file:
        source = {f"ncessch:{row['NCESID']}": row["ENROLLMENT"] for row in csv.DictReader(file)}
    counted = {
        part.cells["subject"]: part.cells["value"] for row in rows for part in row.parts if part.file == "counts.csv"
    }
    assert counted == {id: value for id, value in source.items() if value != "-999"}
    dade = partners(rows)["leaid:1200390"]
    assert (dade["name"], dade["confidence"]) == ("School district 1200390 (Miami-Dade County, FL)", "inferred")


def test_miami_within_sixty_kilometres(real_data: Path) -> None:
    region = parse_region("33139", "60km", [])
    files = {
        "colleges/hd2020.csv": "ipeds_hd",
        "museums/mudf14q3pub.csv": "imls_museums",
        "schools_florida/fl_public_schools_hifld.csv": "hifld_schools",
        "libraries_florida/pls_outlets_fl_2017.csv": "pls_outlets",
    }
    found = {term: partners(rows_of(real_data / file, term, region)) for file, term in files.items()}
    assert {"unitid:135717", "unitid:133951"} <= set(found["ipeds_hd"])
    assert {"leaid:1200390", "leaid:1200180"} <= set(found["hifld_schools"]), "Miami-Dade and Broward"
    assert "fscs:fl0025" in found["pls_outlets"]
    for kept in found.values():
        assert 50 < len(kept) < 1500
        placed = [cells for cells in kept.values() if "latitude" in cells]
        assert all(25.2 < float(cells["latitude"]) < 26.4 for cells in placed)


def test_reading_streams_and_costs_little(real_data: Path) -> None:
    """The time of a bare pass over the cells is the measure, so that a slow machine doesn't matter."""
    path = real_data / "museums" / "mudf14q3pub.csv"
    start = time.process_time()
    with path.open(encoding="utf-8") as file:
        rows = sum(1 for row in csv.DictReader(file) if [cell.strip() for cell in row.values()])
    bare = time.process_time() - start
    (form,) = [one for one in FORMATS if one.term == "imls_museums"]
    reading = form.read(path, ReadOptions())
    start = time.process_time()
    assert sum(1 for _ in reading.rows()) == rows == 35144
    assert time.process_time() - start < 25 * bare
