"""Kumu's own examples are of its documentation (docs.kumu.io, import guides); organizations' names are public facts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from matchmaker.exchange.mapping import ColumnMapping
from matchmaker.exchange.readers.kumu import is_blueprint, is_sheets, read_blueprint, read_sheets
from matchmaker.exchange.reading import Probe, Reading, ReadOptions
from matchmaker.exchange.recognition import probe_path
from matchmaker.model.vocabulary import OrganizationType

Say = Callable[[Reading], Any]
WriteJson = Callable[..., Path]

BLUEPRINT: Final[dict[str, list[dict[str, object]]]] = {
    "elements": [
        {"label": "Portland Community College", "type": "Higher Ed", "Website": "https://www.pcc.edu", "ZIP": "97219"},
        {"id": "e2", "label": "OMSI", "type": "Science Museum", "tags": ["Grades 6-8", "hands-on"], "needs": "Mentors"},
        {"label": "Robot Camp", "type": "Program", "description": "A summer camp"},
        {"label": "Beaverton School District", "type": "K-12"},
    ],
    "connections": [
        {"from": "e2", "to": "Robot Camp", "type": "runs", "direction": "directed"},
        {"from": "Portland Community College", "to": "e2", "type": "Partnership", "Since": "2019"},
        {"from": "Robot Camp", "to": "Beaverton School District", "type": "Recruits from", "direction": "directed"},
    ],
}


def test_a_blueprint_is_recognised_and_other_json_is_not(write_json: WriteJson) -> None:
    assert is_blueprint(probe_path(write_json(BLUEPRINT)))
    cytoscape = {"elements": {"nodes": [{"data": {"id": "a", "label": "A"}}]}}
    assert not is_blueprint(probe_path(write_json(cytoscape, "cytoscape.json")))
    assert not is_blueprint(Probe(Path("a.csv"), b"label,type"))


def test_elements_become_partners_and_programs_by_their_type(write_json: WriteJson, say: Say) -> None:
    said = say(read_blueprint(write_json(BLUEPRINT), ReadOptions()))
    assert said.findings == []
    partners = said.named("partners.csv")
    types = {name: cells["organization_type"] for name, cells in partners.items()}
    assert types == {
        "Portland Community College": "two_year_college",
        "OMSI": "science_center",
        "Beaverton School District": "school_district",
    }
    assert partners["Portland Community College"]["website"] == "https://www.pcc.edu"
    assert partners["OMSI"]["source_row"] == "element e2"
    assert said.named("programs.csv")["Robot Camp"]["program_type"] == "summer_program"
    omsi = partners["OMSI"]["id"]
    assert said.ties("SERVES") == {(omsi, "grades_6_8")}
    assert said.ties("LOCATED_IN") == {(partners["Portland Community College"]["id"], "zip:97219")}
    assert [(cells["subject"], cells["resource"]) for cells in said.cells("needs.csv")] == [(omsi, "mentors")]


def test_connections_become_ties_with_their_direction_and_fields(write_json: WriteJson, say: Say) -> None:
    said = say(read_blueprint(write_json(BLUEPRINT), ReadOptions()))
    ids = {name: cells["id"] for name, cells in (said.named("partners.csv") | said.named("programs.csv")).items()}
    assert said.ties("OPERATES") == {(ids["OMSI"], ids["Robot Camp"])}
    assert said.ties("RECRUITS_FROM") == {(ids["Robot Camp"], ids["Beaverton School District"])}
    (partnership,) = [cells for cells in said.cells("ties.csv") if cells["type"] == "PARTNERS_WITH"]
    assert partnership == {
        "source": ids["Portland Community College"],
        "type": "PARTNERS_WITH",
        "target": ids["OMSI"],
        "since": "2019",
        "source_row": "connection Portland Community College - e2",
    }


def test_a_project_export_reads_like_a_blueprint(write_json: WriteJson, say: Say) -> None:
    export = {
        "name": "Our ecosystem",
        "elements": [
            {
                "_id": "elem-0hw9igRX",
                "attributes": {"label": "OMSI", "element type": "Museum", "tags": ["high school"]},
            },
            {"_id": "elem-1I8Ol8yF", "attributes": {"label": "Intel Foundation", "element type": "Foundation"}},
        ],
        "connections": [
            {
                "_id": "conn-1",
                "direction": "directed",
                "delayed": False,
                "from": "elem-0hw9igRX",
                "to": "elem-1I8Ol8yF",
                "attributes": {"connection type": "funded by"},
            }
        ],
        "maps": [{"_id": "map-1", "elements": []}],
    }
    said = say(read_blueprint(write_json(export), ReadOptions()))
    assert (said.findings, said.notices) == ([], [])
    ids = {name: cells["id"] for name, cells in said.named("partners.csv").items()}
    assert said.ties("FUNDS") == {(ids["Intel Foundation"], ids["OMSI"])}
    assert said.ties("SERVES") == {(ids["OMSI"], "grades_9_12")}
    renamed = say(read_blueprint(write_json(export, "renamed.json"), ReadOptions()))
    assert renamed.named("partners.csv")["OMSI"]["id"] == ids["OMSI"]


def test_ids_do_not_depend_on_the_order_of_elements(write_json: WriteJson, say: Say) -> None:
    turned = {**BLUEPRINT, "elements": list(reversed(BLUEPRINT["elements"]))}
    first = say(read_blueprint(write_json(BLUEPRINT), ReadOptions()))
    second = say(read_blueprint(write_json(turned), ReadOptions()))
    assert sorted(map(repr, first.parts)) == sorted(map(repr, second.parts))


def test_ids_from_labels_are_an_ecosystems_own_and_lasting_ones_everybodys(write_json: WriteJson, say: Say) -> None:
    elements = [{"label": "OMSI", "type": "Museum"}, {"id": "e2", "label": "Zoo", "type": "Zoo"}]
    lasting = {"id": "elem-xY12abCd", "label": "Reed College", "type": "University"}
    connections = [{"from": "OMSI", "to": "Zoo", "type": "Partners with"}]
    path = write_json({"elements": [*elements, lasting], "connections": connections})
    ids = {}
    for namespace in ("", "miami", "tampa"):
        said = say(read_blueprint(path, ReadOptions(namespace=namespace)))
        ids[namespace] = {name: cells["id"] for name, cells in said.named("partners.csv").items()}
        assert said.ties("PARTNERS_WITH") == {(ids[namespace]["OMSI"], ids[namespace]["Zoo"])}
    for name in ("OMSI", "Zoo"):
        assert len({ids[namespace][name] for namespace in ids}) == 3
    assert len({ids[namespace]["Reed College"] for namespace in ids}) == 1


@pytest.mark.parametrize(
    ("type", "label", "valid"),
    [
        ("Wizard", "Oz", "science_center"),
        ("Higher Ed", "Reed", "four_year_college"),
        ("", "Something", "community_organization"),
        ("Program", "Kindness", "afterschool_program"),
        ("Initiative", "Hope", "community_of_practice"),
        ("Need", "Kindness", "mentors"),
        ("Stage", "Later", "grades_9_12"),
    ],
)
def test_an_element_whose_kind_cannot_be_told_is_refused_with_what_is_valid(
    write_json: WriteJson, say: Say, type: str, label: str, valid: str
) -> None:
    said = say(read_blueprint(write_json({"elements": [{"label": label, "type": type}]}), ReadOptions()))
    assert said.parts == []
    (finding,) = said.findings
    assert (finding.file, finding.line) == ("our map.json elements", 1)
    assert valid in finding.valid


def test_a_mapping_says_what_a_hubs_own_words_mean(write_json: WriteJson, say: Say) -> None:
    elements = [{"label": "Oz", "type": "Wizard"}, {"label": "Kansas", "type": "Farm"}]
    mapping = ColumnMapping({}, OrganizationType.EMPLOYER, words={"wizard": OrganizationType.HUB})
    said = say(read_blueprint(write_json({"elements": elements}), ReadOptions(mapping=mapping)))
    types = {name: cells["organization_type"] for name, cells in said.named("partners.csv").items()}
    assert types == {"Oz": "hub", "Kansas": "employer"}


def test_people_are_left_out_and_never_named(write_json: WriteJson, say: Say) -> None:
    document = {
        "elements": [{"label": "Ann Persona", "type": "Person"}, {"label": "OMSI", "type": "Museum"}],
        "connections": [{"from": "Ann Persona", "to": "OMSI", "type": "works at"}],
    }
    said = say(read_blueprint(write_json(document), ReadOptions()))
    assert [file for file, _ in said.parts] == ["partners.csv"]
    assert said.findings == []
    assert len(said.notices) == 2
    assert "Ann" not in " ".join(notice.sentence() for notice in said.notices)


def test_a_map_of_learners_is_refused_whole(write_json: WriteJson) -> None:
    elements = [
        {"label": f"L{n}", "type": "Student", "student id": str(n), "birth date": "2012-01-01"} for n in range(3)
    ]
    reading = read_blueprint(write_json({"elements": elements}), ReadOptions())
    (finding,) = reading.findings
    assert "student id" in finding.where
    assert list(reading.rows()) == []


def test_ends_that_are_not_there_and_ties_that_cannot_be(write_json: WriteJson, say: Say) -> None:
    document = {
        "elements": [
            {"label": "OMSI", "type": "Museum"},
            {"id": "a", "label": "Twin", "type": "Museum"},
            {"id": "b", "label": "Twin", "type": "Museum"},
            {"label": "Oz", "type": "Wizard"},
            {"label": "Club", "type": "Robotics club"},
        ],
        "connections": [
            {"from": "OMSI", "to": "Nowhere"},
            {"from": "OMSI", "to": "Twin"},
            {"from": "OMSI", "to": "Oz"},
            {"from": "OMSI", "to": "OMSI"},
            {"from": "OMSI"},
            {"from": "OMSI", "to": "Club", "type": "likes"},
            {"from": "OMSI", "to": "Club", "type": "part of"},
            {"from": "a", "to": "b", "type": "likes"},
            {"from": "unitid:209807", "to": "OMSI"},
        ],
    }
    said = say(read_blueprint(write_json(document), ReadOptions()))
    messages = [(finding.line, finding.message) for finding in said.findings if "connections" in finding.file]
    assert messages == [
        (1, "names no element of this map"),
        (2, "several elements are called so"),
        (3, "names an element that is refused itself"),
        (4, "ties a thing to itself"),
        (5, "is missing"),
        (6, "can't be told to be a tie between Partner and Program"),
        (7, "PART_OF can't tie Partner and Program"),
    ]
    assert "OPERATES" in next(finding.valid for finding in said.findings if finding.line == 6)
    assert len(said.ties("PARTNERS_WITH")) == 2
    assert ("unitid:209807", said.named("partners.csv")["OMSI"]["id"]) in said.ties("PARTNERS_WITH")
    (notice,) = said.notices
    assert notice.message == "is no kind of tie here; taken as PARTNERS_WITH"


def test_ties_are_turned_the_way_their_ends_allow_and_said_once(write_json: WriteJson, say: Say) -> None:
    document = {
        "elements": [{"label": "OMSI", "type": "Museum"}, {"label": "Club", "type": "Robotics club"}],
        "connections": [
            {"from": "Club", "to": "OMSI", "type": "operates", "direction": "directed"},
            {"from": "OMSI", "to": "Club", "type": "runs"},
        ],
    }
    said = say(read_blueprint(write_json(document), ReadOptions()))
    omsi, club = said.named("partners.csv")["OMSI"]["id"], said.named("programs.csv")["Club"]["id"]
    assert [(row["source"], row["type"], row["target"]) for row in said.cells("ties.csv")] == [(omsi, "OPERATES", club)]
    assert [notice.message for notice in said.notices] == [
        "OPERATES goes the other way, and is turned round",
        "an earlier connection says the same, so this one is left out",
    ]


def test_a_mutual_agreement_is_two_ties(write_json: WriteJson, say: Say) -> None:
    document = {
        "elements": [{"label": "A", "type": "School"}, {"label": "B", "type": "Library"}],
        "connections": [{"from": "A", "to": "B", "type": "MOU", "direction": "mutual"}],
    }
    said = say(read_blueprint(write_json(document), ReadOptions()))
    assert [row["kind"] for row in said.cells("ties.csv")] == ["mou", "mou"]
    assert len(said.ties("HAS_AGREEMENT_WITH")) == 2


def test_needs_and_offers_are_elements_that_connections_state(write_json: WriteJson, say: Say) -> None:
    document = {
        "elements": [
            {"label": "OMSI", "type": "Museum"},
            {"label": "Mentors", "type": "Need"},
            {"label": "Meeting space", "type": "Resource"},
        ],
        "connections": [
            {"from": "OMSI", "to": "Mentors"},
            {"from": "OMSI", "to": "Meeting space", "type": "provides"},
            {"from": "OMSI", "to": "Meeting space", "type": "seeks"},
        ],
    }
    said = say(read_blueprint(write_json(document), ReadOptions()))
    assert said.findings == []
    assert [row["resource"] for row in said.cells("needs.csv")] == ["mentors", "space"]
    assert [row["resource"] for row in said.cells("offers.csv")] == ["space"]


def test_unknown_fields_are_dropped_once_or_kept(write_json: WriteJson, say: Say) -> None:
    elements = [{"label": name, "type": "Museum", "Favorite dessert": "ice", "languages": "Klingon!"} for name in "AB"]
    path = write_json({"elements": elements})
    said = say(read_blueprint(path, ReadOptions()))
    assert [notice.where for notice in said.notices] == ["favorite dessert", "languages", "languages"]
    assert "languages" not in said.named("partners.csv")["A"]
    kept = say(read_blueprint(path, ReadOptions(keep=frozenset({"Favorite dessert"}))))
    assert kept.named("partners.csv")["B"]["x_favorite_dessert"] == "ice"
    assert kept.elements[0].properties["x_favorite_dessert"] == "ice"


def test_things_that_are_no_objects_are_refused_one_by_one(write_json: WriteJson, say: Say) -> None:
    document = {"elements": [5, None, {"label": "OMSI", "type": "Museum"}], "connections": ["x", {"from": 1, "to": {}}]}
    said = say(read_blueprint(write_json(document), ReadOptions()))
    assert [(finding.file[-8:], finding.line) for finding in said.findings] == [
        ("elements", 1),
        ("elements", 2),
        ("nections", 1),
        ("nections", 2),
        ("nections", 2),
    ]
    assert list(said.named("partners.csv")) == ["OMSI"]
    broken = read_blueprint(write_json({"elements": "x", "connections": []}), ReadOptions())
    assert [(finding.where, finding.message) for finding in broken.findings] == [("elements", "is no list")]


def test_sheets_of_elements_and_connections_in_one_folder(tmp_path: Path, say: Say) -> None:
    folder = tmp_path / "our map"
    folder.mkdir()
    elements = "Label,Type,Description,Tags\nOMSI,Museum,By the river,Grades 3-5|Grades 6-8\nA,School,,\nB,Library,,\n"
    (folder / "Elements.csv").write_text(elements, encoding="utf-8")
    (folder / "Connections.csv").write_text("From,To,Type\nOMSI,A|B,Partner\n", encoding="utf-8")
    assert is_sheets(probe_path(folder))
    said = say(read_sheets(folder, ReadOptions()))
    ids = {name: cells["id"] for name, cells in said.named("partners.csv").items()}
    assert said.findings == []
    assert said.ties("SERVES") == {(ids["OMSI"], "grades_3_5"), (ids["OMSI"], "grades_6_8")}
    assert said.ties("PARTNERS_WITH") == {(ids["OMSI"], ids["A"]), (ids["OMSI"], ids["B"])}


def test_one_sheet_alone_is_recognised_by_its_first_columns(tmp_path: Path) -> None:
    for name, text, fits in (
        ("a.csv", "Label,Type\nX,Museum\n", True),
        ("b.csv", "ID,From,To\n1,X,Y\n", True),
        ("c.csv", "Name,Label,Type\nX,Y,Z\n", False),
        ("d.csv", "Label,Price\nX,1\n", False),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert is_sheets(probe_path(tmp_path / name)) is fits, name


def test_a_workbook_with_sections_and_ignored_sheets(tmp_path: Path, say: Say) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Label", "Type", "Since"], ["OMSI", "Museum", 1944.0], ["PCC", "Community college", None], [], []):
        sheet.append(row)
    sheet.append(["From", "To", "Type"])
    sheet.append(["OMSI", "PCC", "Collaboration"])
    other = book.create_sheet("Notes (ignore)")
    other.append(["Label", "Type"])
    other.append(["Ghost", "Museum"])
    book.save(tmp_path / "map.xlsx")
    assert is_sheets(probe_path(tmp_path / "map.xlsx"))
    said = say(read_sheets(tmp_path / "map.xlsx", ReadOptions()))
    assert said.findings == []
    assert list(said.named("partners.csv")) == ["OMSI", "PCC"]
    assert said.named("partners.csv")["OMSI"]["since"] == "1944"
    assert len(said.ties("PARTNERS_WITH")) == 1
