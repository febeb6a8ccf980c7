"""The Portland bundle as files: real facts only, each with its source, and equal to the registers it cites.

The files are read with the `csv` module alone, so that a fault of the importer can't hide a fault of the data.
"""

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

import pytest

BUNDLE: Final = Path(__file__).resolve().parent.parent / "fixtures" / "portland"
HUB: Final = "portland-metro-stem"
LARGEST_NUMBER_OF_COORDINATES: Final = 250
SMALLEST_COUNT: Final = 10

FILES: Final = {
    "partners": ["id", "name", "organization_type"],
    "programs": ["id", "name", "program_type"],
    "ecosystems": ["id", "name", "region", "country"],
    "initiatives": ["id", "name", "initiative_type"],
    "places": ["id", "name", "kind"],
    "counts": ["subject", "kind", "year", "value"],
    "designations": ["subject", "code", "basis", "year"],
    "coverage": ["subject", "covers", "share_answered", "as_of"],
    "ties": ["source", "type", "target"],
}
NODE_FILES: Final = {
    "partners": "Partner",
    "programs": "Program",
    "ecosystems": "Ecosystem",
    "initiatives": "Initiative",
    "places": "Place",
}
STAGES: Final = (
    "prek",
    "k_2",
    "grades_3_5",
    "grades_6_8",
    "grades_9_12",
    "apprenticeship_or_credential",
    "postsecondary_two_year",
    "postsecondary_four_year",
    "graduate",
    "early_career",
    "incumbent_worker",
)
ALLOWED_ENDS: Final = {
    "PARTNERS_WITH": ("Partner", "Partner"),
    "OPERATES": ("Partner", "Program"),
    "OFFERED_AT": ("Program", "Partner Place"),
    "SERVES": ("Partner Program", "Stage"),
    "HOSTS_WBL": ("Partner", "Program Partner"),
    "FUNDS": ("Partner", "Partner Program Initiative Ecosystem"),
    "HAS_AGREEMENT_WITH": ("Partner", "Partner"),
    "MEMBER_OF": ("Partner Program Ecosystem", "Ecosystem Initiative"),
    "LOCATED_IN": ("Partner Program", "Place"),
    "PART_OF": ("Partner", "Partner"),
}
SECTORS: Final = {
    "k12": "school_district k12_school private_school education_service_district",
    "higher_education": "two_year_college four_year_college university_center",
    "informal_learning": "museum science_center zoo_aquarium_garden library makerspace",
    "out_of_school_time": "afterschool_provider summer_provider youth_organization",
    "industry": "employer research_laboratory chamber_or_industry_association labor_organization",
}
ID: Final = re.compile(r"[a-z0-9][a-z0-9._:-]{0,127}")
PARTIAL_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")

Row = dict[str, str]


def read(name: str) -> list[Row]:
    with (BUNDLE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def read_source(path: Path, encoding: str = "utf-8-sig") -> list[Row]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def partners_by_id() -> dict[str, Row]:
    return {row["id"]: row for row in read("partners")}


def labels_by_id() -> dict[str, str]:
    labels = {row["id"]: label for name, label in NODE_FILES.items() for row in read(name)}
    return labels | dict.fromkeys(STAGES, "Stage")


def ties_of(type: str) -> list[Row]:
    return [tie for tie in read("ties") if tie["type"] == type]


def words(row: Row) -> set[str]:
    """Every name that a partner goes by, folded."""
    return {name.strip().casefold() for name in [row["name"], *row["aliases"].split("|")] if name.strip()}


def folded(name: str) -> str:
    return " ".join(name.split()).casefold()


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_has_its_columns_and_a_source_in_every_row(name: str) -> None:
    rows = read(name)
    said_by = "asserted_by" if name == "ties" else "source"
    assert rows
    for row in rows:
        assert None not in row, "a row has more cells than the header"
        assert all(row[column] for column in FILES[name]), row
        assert row[said_by], row
        assert row["source_row"], row
        assert row.get("confidence", "") in {"", "stated", "inferred"}
        assert PARTIAL_DATE.fullmatch(row.get("observed_on") or "2020"), row


def test_nothing_is_said_that_only_the_organization_itself_could_say() -> None:
    files = {path.name for path in BUNDLE.iterdir()}
    assert files == {f"{name}.csv" for name in FILES} | {"README.md"}
    header = set(read("partners")[0]) | set(read("programs")[0]) | set(read("ties")[0])
    own_words = {
        "capacity_available",
        "capacity_maximum",
        "request_limit",
        "status",
        "seats",
        "email",
    }
    assert not header & own_words
    assert not [column for column in header if column.startswith(("level_by", "trust_by", "value_by", "capacity_"))]
    unstated = {"RECOGNIZES", "PARTICIPATES_IN", "ACCREDITS", "COMMITTED_TO", "STATES", "COACHES"}
    assert not unstated & {tie["type"] for tie in read("ties")}


def test_ids_are_well_formed_and_unique_across_files() -> None:
    ids = [row["id"] for name in NODE_FILES for row in read(name)]
    assert [id for id in ids if not ID.fullmatch(id)] == []
    assert [id for id, count in Counter(ids).items() if count > 1] == []


@pytest.mark.parametrize("name", sorted(FILES))
def test_files_are_sorted(name: str) -> None:
    columns = {
        "counts": ["subject", "kind", "year"],
        "designations": ["subject", "code", "year"],
        "coverage": ["subject", "covers", "sectors"],
        "ties": ["source", "type", "target", "episode"],
    }.get(name, ["id"])
    keys = [tuple(row[column] for column in columns) for row in read(name)]
    assert keys == sorted(set(keys))


def test_every_tie_ends_at_something_known_and_allowed() -> None:
    labels = labels_by_id()
    partners = partners_by_id()
    for tie in read("ties"):
        sources, targets = ALLOWED_ENDS[tie["type"]]
        assert labels[tie["source"]] in sources.split(), tie
        assert labels[tie["target"]] in targets.split(), tie
        assert not (tie["since"] and tie["until"]) or tie["since"] < tie["until"], tie
        if tie["type"] == "PARTNERS_WITH":
            assert tie["source"] < tie["target"], tie
        if tie["type"] == "HOSTS_WBL":
            assert partners[tie["source"]]["organization_type"] == "employer", tie


def test_facts_about_a_subject_are_about_something_in_the_bundle() -> None:
    labels = labels_by_id()
    for name in ("counts", "designations"):
        assert {labels[row["subject"]] for row in read(name)} == {"Partner"}
    assert {row["subject"] for row in read("coverage")} == {HUB}


def test_the_hub_is_an_ecosystem_and_a_partner_of_the_same_name() -> None:
    [ecosystem] = [row for row in read("ecosystems") if row["id"] == HUB]
    partner = partners_by_id()["portland-metro-stem-partnership"]
    assert ecosystem["name"] == partner["name"] == "Portland Metro STEM Partnership"
    assert (ecosystem["region"], partner["organization_type"]) == ("US-OR", "hub")


def test_the_ecosystem_is_as_large_as_it_should_be() -> None:
    partners = partners_by_id()
    of_type = Counter(row["organization_type"] for row in partners.values())
    of_sector = {sector: sum(of_type[type] for type in types.split()) for sector, types in SECTORS.items()}
    colleges = [row for id, row in partners.items() if id.startswith("unitid:")]
    assert of_type["k12_school"] >= 150
    assert of_type["school_district"] >= 25
    assert of_type["education_service_district"] == 3
    assert len(colleges) >= 20
    assert of_sector["informal_learning"] >= 20
    assert of_sector["out_of_school_time"] >= 8
    assert of_sector["industry"] >= 5
    assert of_type["workforce_board"] == 1
    assert {"intel", "worksystems", "saturday-academy", "oregon-mesa", "mid:8404100328"} <= set(partners)


def test_the_initiatives_of_the_field_are_there() -> None:
    initiatives = {row["id"]: row["initiative_type"] for row in read("initiatives")}
    assert initiatives["collaboratory"] == "educator_collaboratory"
    assert initiatives["stem-equity-ally"] == "workshop_series"
    assert initiatives["career-connected-learning"] == "career_connected_learning"
    assert {"stem-beyond-school", "math-in-real-life", "stem-push-network"} <= set(initiatives)
    members = Counter(tie["target"] for tie in ties_of("MEMBER_OF"))
    assert set(initiatives) <= set(members)
    assert members[HUB] >= 12


def test_the_founding_districts_have_their_full_names_and_their_short_ones() -> None:
    partners = partners_by_id()
    founders = {
        "2180": ("Portland School District 1J", "portland public schools"),
        "2181": ("Parkrose School District 3", "parkrose sd 3"),
        "2239": ("Hillsboro School District 1J", "hillsboro sd 1j"),
        "2241": ("Forest Grove School District 15", "forest grove sd 15"),
        "2243": ("Beaverton School District 48J", "beaverton sd 48j"),
    }
    since = {tie["source"]: tie["since"] for tie in ties_of("MEMBER_OF") if tie["target"] == HUB}
    for number, (name, alias) in founders.items():
        district = partners[f"or-district:{number}"]
        assert district["name"] == name
        assert alias in words(district)
        assert since[district["id"]] == "2012"


def test_every_school_is_part_of_a_district_and_has_no_coordinates() -> None:
    partners = partners_by_id()
    districts: dict[str, list[str]] = defaultdict(list)
    for tie in ties_of("PART_OF"):
        if tie["kind"] == "district":
            districts[tie["source"]].append(tie["target"])
    schools = {id for id, row in partners.items() if row["organization_type"] == "k12_school"}
    assert set(districts) == schools
    assert all(partners[id]["latitude"] == partners[id]["longitude"] == "" for id in schools)
    kinds = {partners[target]["organization_type"] for targets in districts.values() for target in targets}
    assert kinds == {"school_district", "education_service_district"}


def test_stages_of_schools_are_read_from_names_and_say_so() -> None:
    partners = partners_by_id()
    stages: dict[str, set[str]] = defaultdict(set)
    for tie in ties_of("SERVES"):
        if tie["source"].startswith("or-school:"):
            assert tie["confidence"] == "inferred", tie
            stages[partners[tie["source"]]["name"]].add(tie["target"])
    assert stages["Aloha High School"] == {"grades_9_12"}
    assert stages["Vose Elementary School"] == {"k_2", "grades_3_5"}
    assert stages["Five Oaks Middle School"] == {"grades_6_8"}
    assert stages["Groner K-8"] == {"k_2", "grades_3_5", "grades_6_8"}
    assert stages["Gaston Jr/Sr High School"] == {"grades_6_8", "grades_9_12"}
    named = re.compile(r"Elementary|Middle School|Jr|High School|K-8")
    assert [name for name in stages if not named.search(name)] == []


def test_only_known_positions_are_given_and_not_too_many() -> None:
    partners = read("partners")
    placed = [row for row in partners if row["latitude"] or row["longitude"]]
    assert 60 <= len(placed) <= LARGEST_NUMBER_OF_COORDINATES
    assert all(row["id"].startswith(("unitid:", "mid:")) for row in placed)
    for row in placed:
        assert 17 <= float(row["latitude"]) <= 72
        assert -180 <= float(row["longitude"]) <= -60
    assert not {"latitude", "longitude"} & set(read("programs")[0])


def test_counts_are_one_total_each_and_none_is_small() -> None:
    counts = read("counts")
    assert {(row["kind"], row["stage"], row["population"], row["year"]) for row in counts} == {
        ("enrolled", "", "", "2023")
    }
    assert min(int(row["value"]) for row in counts) >= SMALLEST_COUNT
    subjects = Counter(row["subject"] for row in counts)
    assert max(subjects.values()) == 1
    assert sum(subject.startswith("or-district:") for subject in subjects) >= 28


def test_no_small_number_can_be_had_by_subtraction() -> None:
    values = {row["subject"]: int(row["value"]) for row in read("counts")}
    inside: Counter[str] = Counter()
    for tie in ties_of("PART_OF"):
        inside[tie["target"]] += values.get(tie["source"], 0)
    rests = {id: values[id] - inside[id] for id in values if id.startswith("or-district:")}
    assert {id: rest for id, rest in rests.items() if rest < 0 or 0 < rest < SMALLEST_COUNT} == {}


def test_colleges_say_what_eligibility_needs() -> None:
    colleges = [row for row in read("partners") if row["id"].startswith("unitid:")]
    for row in colleges:
        assert row["unitid"] == row["id"].removeprefix("unitid:")
        assert row["control"] in {"public", "private_nonprofit", "private_for_profit"}
        assert row["degree_granting"] in {"true", "false"}
        assert not row["pell_share"] or 0 <= float(row["pell_share"]) <= 1
        assert re.fullmatch(r"(\d{2}(\|\d{2})*)?", row["cip_fields"]), row["cip_fields"]
        if row["cip_fields"] or row["pell_share"]:
            assert "2013" in row["source"]
    assert sum(row["control"] == "private_for_profit" for row in colleges) >= 3
    assert sum(row["degree_granting"] == "false" for row in colleges) >= 1
    assert {row["closed_on"] for row in colleges} == {"", "2020-05-08", "2020-07-11"}


def test_designations_are_dated_and_say_what_they_rest_on() -> None:
    designations = read("designations")
    by_basis = defaultdict(set)
    for row in designations:
        by_basis[row["basis"], row["year"]].add(row["code"])
    assert dict(by_basis) == {
        ("statutory", "2020"): {"hbcu", "tribal"},
        ("enrollment_threshold", "2013"): {"aanapisi", "hsi", "nasnti", "pbi"},
    }
    assert Counter(row["code"] for row in designations)["hbcu"] == 10


def test_pre_college_programs_have_one_operator_each_and_two_share_a_name() -> None:
    pcsps = {row["id"]: row["name"] for row in read("programs") if row["program_type"] == "pcsp"}
    operators = Counter(tie["target"] for tie in ties_of("OPERATES"))
    assert len(pcsps) == 20
    assert [id for id, name in pcsps.items() if name == "MESA program"] == [
        "pcsp:mesa-program-university-of-arizona",
        "pcsp:mesa-program-university-of-california",
    ]
    assert {operators[row["id"]] for row in read("programs")} == {1}


def test_membership_in_one_initiative_is_not_a_partnership() -> None:
    partnerships = {(tie["source"], tie["target"]) for tie in ties_of("PARTNERS_WITH")}
    assert ("portland-metro-stem-partnership", "unitid:209542") in partnerships
    assert ("intel", "portland-metro-stem-partnership") in partnerships
    assert ("or-district:2239", "or-district:2243") not in partnerships
    assert len(partnerships) <= 20


def test_coverage_claims_no_more_than_registers_can_say() -> None:
    claims = {(row["covers"], row["sectors"]): (row["share_answered"], row["as_of"]) for row in read("coverage")}
    assert claims == {("Partner", "higher_education"): ("1.0", "2020"), ("PART_OF", "k12"): ("1.0", "2023")}


def test_enrolment_and_names_equal_the_state_files(real_data: Path) -> None:
    partners = partners_by_id()
    values = {row["subject"]: int(row["value"]) for row in read("counts")}
    districts = read_source(real_data / "schools_oregon" / "or_districts_2024.csv")
    schools = read_source(real_data / "schools_oregon" / "or_schools_2024.csv")
    totals = {f"or-district:{row['district_id']}": row for row in districts}
    for id in (id for id in partners if id.startswith("or-district:")):
        assert folded(totals[id]["district_name"]) in words(partners[id])
        assert values[id] == float(totals[id]["total_enrollment"])
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in schools:
        rows[f"or-school:{row['campus_id']}"].append(row)
    part_of = {(tie["source"], tie["target"]) for tie in ties_of("PART_OF")}
    for id in (id for id in partners if id.startswith("or-school:")):
        listed = [row for row in rows[id] if f"or-district:{row['district_id']}" in partners]
        assert folded(partners[id]["name"]) in {folded(row["campus_name"]) for row in listed}
        assert {(id, f"or-district:{row['district_id']}") for row in listed} <= part_of
        if id in values:
            assert [values[id]] == [float(row["total_enrollment"]) for row in listed]


def test_colleges_equal_the_federal_file_and_none_of_the_three_counties_is_missing(real_data: Path) -> None:
    colleges = {id: row for id, row in partners_by_id().items() if id.startswith("unitid:")}
    register = {f"unitid:{row['UNITID']}": row for row in read_source(real_data / "colleges" / "hd2020.csv", "cp1252")}
    for id, row in colleges.items():
        source = register[id]
        assert folded(source["INSTNM"]) == folded(row["name"])
        assert (float(row["latitude"]), float(row["longitude"])) == (
            float(source["LATITUDE"]),
            float(source["LONGITUD"]),
        )
        assert (row["degree_granting"] == "true") == (source["DEGGRANT"].strip() == "1")
    metro = {
        id
        for id, source in register.items()
        if source["COUNTYCD"].strip() in {"41005", "41051", "41067"} and source["DEGGRANT"].strip() == "1"
    }
    assert len(metro) >= 20
    assert metro <= set(colleges)
    flags = {"hbcu": "HBCU", "tribal": "TRIBAL"}
    for fact in read("designations"):
        if fact["code"] in flags:
            assert register[fact["subject"]][flags[fact["code"]]].strip() == "1"


def test_context_of_colleges_equals_the_scorecard(real_data: Path) -> None:
    path = real_data / "colleges" / "hd2020_with_scorecard2013.csv"
    scorecard = {f"unitid:{row['UNITID']}": row for row in read_source(path)}
    for row in read("partners"):
        if row["pell_share"]:
            assert float(row["pell_share"]) == float(scorecard[row["id"]]["PCTPELL"])
        for family in filter(None, row["cip_fields"].split("|")):
            assert float(scorecard[row["id"]][f"PCIP{family}"]) >= 0.01
    columns = {"hsi": "HSI", "pbi": "PBI", "aanapisi": "AANAPII", "annh": "ANNHI", "nasnti": "NANTI"}
    for fact in read("designations"):
        if fact["code"] in columns:
            assert scorecard[fact["subject"]][columns[fact["code"]]] == "1"


def test_museums_equal_the_federal_file(real_data: Path) -> None:
    register = {f"mid:{row['MID']}": row for row in read_source(real_data / "museums" / "mudf14q3pub.csv")}
    museums = [row for row in read("partners") if row["id"].startswith("mid:")]
    assert len(museums) >= 30
    for row in museums:
        source = register[row["id"]]
        assert folded(source["NAME"]) in words(row)
        assert (row["latitude"], row["longitude"]) == (source["LATITUDE"], source["LONGITUDE"])


def test_every_known_partnership_and_network_is_there(real_data: Path) -> None:
    networks = real_data / "networks"
    cited = " ".join(tie["source_row"] for tie in ties_of("MEMBER_OF"))
    for row in read_source(networks / "portland_known_partnerships.csv"):
        citation = f"initiative {row['initiative']}, organisation {row['organisation']}"
        [tie] = [tie for tie in ties_of("MEMBER_OF") if tie["source_row"].endswith(citation)]
        assert tie["since"] == row["start_year"]
    for row in read_source(networks / "stem_push_programs.csv"):
        assert f"program {row['program']}, host {row['host']}" in cited
    names = {row["name"] for row in read("ecosystems")}
    assert names == {row["hub"] for row in read_source(networks / "oregon_stem_hubs.csv")} | {
        row["name"] for row in read_source(networks / "stem_learning_ecosystems.csv")
    }
