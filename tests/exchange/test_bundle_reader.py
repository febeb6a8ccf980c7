from dataclasses import dataclass
from pathlib import Path

import pytest

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.admission import Admission
from matchmaker.exchange.bundle import FILES, columns_of
from matchmaker.exchange.findings import Refusal
from matchmaker.exchange.readers.bundle import bundle_digest, kept_name, read_bundle
from matchmaker.exchange.readers.rows import BundleRow, RowsReader
from matchmaker.exchange.reading import ReadOptions
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie, statement_id
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.vocabulary import Confidence, Label, TieType

FROM_BUNDLE = {"partners.csv": "id,name,organization_type\na,Ada,museum\n"}


def bundle(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


@dataclass(frozen=True)
class BundleRead:
    """A bundle's rows as far as they can be judged by themselves."""

    name: str
    digest: str
    read: int
    rows: tuple[BundleRow, ...]
    refusals: tuple[Refusal, ...]
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...]


def read_whole(path: Path, owner: Owner = PUBLIC, keep: frozenset[str] = frozenset()) -> BundleRead:
    reading = read_bundle(path, ReadOptions(keep))
    reader, admission = RowsReader(owner, reading.name), Admission(owner)
    rows: list[BundleRow] = []
    refusals: list[Refusal] = []
    for row in reading.rows():
        sound = reader.read(row)
        taken = sound if isinstance(sound, Refusal) else admission.take(sound)
        if isinstance(taken, Refusal):
            refusals.append(taken)
        else:
            rows += taken.parts
    count = len(rows) + len(refusals)
    return BundleRead(
        reading.name, reading.digest, count, tuple(rows), tuple(refusals), reading.findings, reading.notices
    )


def read(folder: Path, files: dict[str, str], owner: Owner = PUBLIC, keep: frozenset[str] = frozenset()) -> BundleRead:
    return read_whole(bundle(folder / "metro", files), owner, keep)


def refused(reading: BundleRead) -> list[Finding]:
    assert reading.rows == ()
    return [finding for refusal in reading.refusals for finding in refusal.findings]


def test_a_partner_row_becomes_a_record_with_its_source(tmp_path: Path) -> None:
    text = (
        "id,name,organization_type,organization_types,latitude,degree_granting,source,source_row,observed_on,confidence\n"
        "unitid:1,Reed,four_year_college,accreditor|hub,45.5,true,IPEDS,row 7,2020-09,inferred\n"
    )
    (row,) = read(tmp_path, {"partners.csv": text}).rows
    assert row.record == Record(
        NodeId("unitid:1"),
        Label.PARTNER,
        {
            "name": "Reed",
            "organization_type": "four_year_college",
            "organization_types": ("accreditor", "four_year_college", "hub"),
            "latitude": 45.5,
            "degree_granting": True,
        },
        PUBLIC,
        Provenance("IPEDS", "row 7", "2020-09", Confidence.INFERRED),
    )
    assert (row.node, row.ties, str(row.spot)) == (None, (), "partners.csv:2")


def test_a_row_without_a_source_names_bundle_and_file(tmp_path: Path) -> None:
    (row,) = read(tmp_path, FROM_BUNDLE).rows
    assert row.record is not None
    assert row.record.provenance == Provenance("metro", "partners.csv")
    (alone,) = read_whole(tmp_path / "metro" / "partners.csv").rows
    assert alone.record == row.record


def test_a_source_without_a_row_keeps_the_row_empty(tmp_path: Path) -> None:
    (row,) = read(tmp_path, {"topics.csv": "id,name,source\ncip:11,Computing,NCES\n"}).rows
    assert row.node is not None
    assert row.node.provenance == Provenance("NCES", "")


def test_a_need_is_stated_by_its_subject_and_concerns_its_resource(tmp_path: Path) -> None:
    owner = Owner("metro-hub")
    text = "subject,resource,id,stage,quantity\na,mentors,,grades_9_12,4\n"
    (row,) = read(tmp_path, {"needs.csv": text}, owner).rows
    properties: dict[str, Value] = {"stage": "grades_9_12", "quantity": 4}
    id = statement_id("need", owner, "a", {**properties, "resource": "mentors"})
    said = Provenance("metro", "needs.csv")
    assert row.node == Node(id, Label.NEED, properties, owner, said)
    assert row.ties == (
        make_tie(TieType.STATES, ("a", id), None, owner, provenance=said),
        make_tie(TieType.CONCERNS, (id, "mentors"), None, owner, provenance=said),
    )
    assert row.references == (("subject", "a"),)


def test_needs_that_differ_in_the_resource_alone_are_two(tmp_path: Path) -> None:
    rows = read(tmp_path, {"needs.csv": "subject,resource\na,mentors\na,space\n"}).rows
    assert len({row.id for row in rows}) == 2


def test_a_count_without_a_stage_is_of_all_stages(tmp_path: Path) -> None:
    text = "subject,kind,stage,year,value\na,enrolled,,2023,410\na,enrolled,k_2,2023,90\n"
    first, second = read(tmp_path, {"counts.csv": text}).rows
    assert first.node is not None
    assert second.node is not None
    assert first.node.properties == {"kind": "enrolled", "year": 2023, "value": 410, "all_stages": True}
    assert second.node.properties == {"kind": "enrolled", "year": 2023, "value": 90, "stage": "k_2"}


def test_a_statement_refers_to_what_its_properties_name(tmp_path: Path) -> None:
    text = "subject,covers,place,share_answered,as_of\nhub,Partner,county:41051,1,2023\n"
    (row,) = read(tmp_path, {"coverage.csv": text}).rows
    assert row.references == (("subject", "hub"), ("place", "county:41051"))


def test_a_tie_is_stored_lower_id_first_with_both_sides_swapped(tmp_path: Path) -> None:
    text = (
        "source,type,target,episode,since,level_by_source,asserted_by,source_row\n"
        "b,PARTNERS_WITH,a,grant 7,2019,3,Hub,call\n"
    )
    (row,) = read(tmp_path, {"ties.csv": text}).rows
    said = Provenance("Hub", "call")
    expected = make_tie(TieType.PARTNERS_WITH, ("a", "b"), {"since": "2019", "level_by_target": 3}, episode="grant 7")
    assert row.ties == (Tie(expected.key, expected.properties, said),)


def test_ecosystems_are_public_whoever_loads_them(tmp_path: Path) -> None:
    (row,) = read(tmp_path, {"ecosystems.csv": "id,name\nhub,Hub\n"}, Owner("hub")).rows
    assert row.node is not None
    assert row.node.owner == PUBLIC


@pytest.mark.parametrize(
    ("file", "text", "column", "message", "value"),
    [
        ("partners.csv", "id,name,organization_type\nReed,R,museum\n", "id", "is not a valid id", "Reed"),
        ("partners.csv", "id,name,organization_type\na,,museum\n", "name", "is missing", ""),
        ("partners.csv", "id,name,organization_type\na,A,shop\n", "organization_type", "is not a known term", "shop"),
        (
            "partners.csv",
            "id,name,organization_type,latitude\na,A,museum,91\n",
            "latitude",
            "is out of range",
            "91",
        ),
        (
            "partners.csv",
            "id,name,organization_type,longitude\na,A,museum,nan\n",
            "longitude",
            "is not a finite number",
            "nan",
        ),
        ("partners.csv", "id,name,organization_type,leaid\na,A,museum,9900001\n", "leaid", "is malformed", "9900001"),
        (
            "partners.csv",
            "id,name,organization_type,degree_granting\na,A,museum,maybe\n",
            "degree_granting",
            "is neither true nor false",
            "maybe",
        ),
        (
            "partners.csv",
            "id,name,organization_type,since,until\na,A,museum,2020,2019\n",
            "until",
            "it ends before it starts",
            "2020 to 2019",
        ),
        (
            "partners.csv",
            "id,name,organization_type\na,A\x00B,museum\n",
            "name",
            "holds the control character U+0000",
            "A\x00B",
        ),
        (
            "partners.csv",
            "id,name,organization_type,observed_on\na,A,museum,2020-02-30\n",
            "observed_on",
            "is no day of the calendar (day is out of range for month)",
            "2020-02-30",
        ),
        (
            "partners.csv",
            "id,name,organization_type,confidence\na,A,museum,sure\n",
            "confidence",
            "is not a known term",
            "sure",
        ),
        ("needs.csv", "subject,resource\na,money\n", "resource", "is not a known term", "money"),
        (
            "contacts.csv",
            "subject,role,name\na,general,Kim\n",
            "agreed_on",
            "a person is named without their agreement",
            "",
        ),
        ("ties.csv", "source,type,target\na,KNOWS,b\n", "type", "is not a known tie type", "KNOWS"),
        ("ties.csv", "source,type,target\na,OPERATES,a\n", "target", "ties a thing to itself", ""),
        ("ties.csv", "source,type,target\na,,b\n", "type", "is missing", ""),
        ("ties.csv", "source,type,target,seats\na,OPERATES,b,3\n", "seats", "is not a property of OPERATES", "3"),
        ("ties.csv", "source,type,target,status\na,PARTICIPATES_IN,b,\n", "status", "is missing", ""),
        (
            "ties.csv",
            "source,type,target,level_by_source,level_by_target\na,PARTNERS_WITH,b,0,0\n",
            "level_by_source",
            "both sides rate it 0, so there is no tie",
            "",
        ),
        (
            "ties.csv",
            "source,type,target,level_by_source\na,PARTNERS_WITH,b,6\n",
            "level_by_source",
            "is out of range",
            "6",
        ),
    ],
)
def test_a_faulty_row_is_refused_with_place_value_and_what_is_valid(
    tmp_path: Path, file: str, text: str, column: str, message: str, value: str
) -> None:
    (finding,) = refused(read(tmp_path, {file: text}))
    assert (finding.message, finding.where, finding.value) == (message, column, value)
    assert (finding.file, finding.line) == (file, 2)
    assert finding.valid


def test_every_fault_of_a_row_is_reported(tmp_path: Path) -> None:
    text = "id,name,organization_type,latitude,since,until\nA B,,shop,91,2020,2019\n"
    found = refused(read(tmp_path, {"partners.csv": text}))
    assert [finding.where for finding in found] == ["id", "name", "organization_type", "latitude", "until"]


def test_of_two_rows_with_one_id_the_first_loads(tmp_path: Path) -> None:
    reading = read(tmp_path, {"partners.csv": "id,name,organization_type\na,First,museum\nb,B,hub\na,Second,museum\n"})
    assert [row.spot.line for row in reading.rows] == [2, 3]
    (refusal,) = reading.refusals
    assert refusal.findings == (Finding("line 2 has this already", "id", "a", "once", "partners.csv", 4),)


def test_an_undirected_tie_the_other_way_round_is_the_same_tie(tmp_path: Path) -> None:
    text = "source,type,target\na,PARTNERS_WITH,b\nb,PARTNERS_WITH,a\na,OPERATES,b\nb,OPERATES,a\n"
    reading = read(tmp_path, {"ties.csv": text})
    assert [row.spot.line for row in reading.rows] == [2, 4, 5]
    assert [refusal.spot.line for refusal in reading.refusals] == [3]


def test_unknown_columns_are_dropped_and_reported_once(tmp_path: Path) -> None:
    text = "id,name,organization_type,Grade Band,phone\na,A,museum,9-12,1\nb,B,museum,K-2,2\n"
    reading = read(tmp_path, {"partners.csv": text})
    assert [row.record.properties for row in reading.rows if row.record] == [
        {"name": name, "organization_type": "museum", "organization_types": ("museum",)} for name in ("A", "B")
    ]
    assert [(notice.message, notice.where, notice.line) for notice in reading.notices] == [
        ("the column is dropped", "grade band", 1),
        ("the column is dropped", "phone", 1),
    ]
    assert reading.refusals == ()


def test_a_column_that_is_almost_right_is_answered_with_the_right_one(tmp_path: Path) -> None:
    reading = read(tmp_path, {"partners.csv": "id,name,organization_type,organisation_types,web site\n"})
    assert [notice.valid for notice in reading.notices] == [
        "--keep with its name keeps it as x_organisation_types; or is organization_types or organization_type meant?",
        "--keep with its name keeps it as x_web_site; or is website meant?",
    ]


def test_a_kept_column_is_a_text_property(tmp_path: Path) -> None:
    text = "id,name,organization_type,Grade Band,phone\na,A,museum,9-12,1\n"
    reading = read(tmp_path, {"partners.csv": text}, keep=frozenset({"GRADE BAND", "colour"}))
    (row,) = reading.rows
    assert row.record is not None
    assert row.record.properties["x_grade_band"] == "9-12"
    assert [(notice.message, notice.where) for notice in reading.notices] == [
        ("the column is dropped", "phone"),
        ("no file has this column to keep", "colour"),
    ]


def test_kept_columns_that_would_become_one_are_dropped(tmp_path: Path) -> None:
    text = "id,name,organization_type,a b,a-b\na,A,museum,1,2\n"
    reading = read(tmp_path, {"partners.csv": text}, keep=frozenset({"a b", "a-b"}))
    assert kept_name("a b") == kept_name("a-b") == "x_a_b"
    (row,) = reading.rows
    assert row.record is not None
    assert "x_a_b" not in row.record.properties
    assert [notice.where for notice in reading.notices][:2] == ["a b", "a-b"]


def test_a_file_without_a_required_column_is_refused_whole(tmp_path: Path) -> None:
    reading = read(tmp_path, {"partners.csv": "id,name\na,A\nb,B\n", "topics.csv": "id,name\nt,T\n"})
    assert reading.read == 3
    assert [str(row.spot) for row in reading.rows] == ["topics.csv:2"]
    assert [(refusal.id, refusal.findings) for refusal in reading.refusals] == [("a", ()), ("b", ())]
    (finding,) = reading.findings
    assert (finding.where, finding.message) == ("organization_type", "the column is missing, so no row is loaded")


def test_other_files_are_reported_when_they_are_csv(tmp_path: Path) -> None:
    reading = read(tmp_path, {**FROM_BUNDLE, "README.md": "hello", "friends.csv": "a,b\n", "notes.txt": "x"})
    assert [(notice.file, notice.message) for notice in reading.notices] == [
        ("friends.csv", "the file is ignored: no such file is part of a bundle")
    ]


def test_nothing_to_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no such file or folder"):
        read_whole(tmp_path / "nowhere")
    with pytest.raises(InvalidInput, match="there is no file of a bundle here"):
        read_whole(bundle(tmp_path / "metro", {"README.md": "hello"}))
    with pytest.raises(InvalidInput, match=r"there is no file of a bundle here.*one of ecosystems\.csv, places\.csv"):
        read_whole(bundle(tmp_path / "metro", {"friends.csv": "a,b\n"}) / "friends.csv")


def test_things_come_before_statements_and_statements_before_ties(tmp_path: Path) -> None:
    files = {
        "ties.csv": "source,type,target\np,OPERATES,q\n",
        "needs.csv": "subject,resource\np,mentors\n",
        "programs.csv": "id,name,program_type\nq,Q,club\n",
        "partners.csv": "id,name,organization_type\np,P,museum\n",
    }
    rows = read(tmp_path, files).rows
    assert [row.spot.file for row in rows] == ["partners.csv", "programs.csv", "needs.csv", "ties.csv"]


def test_the_digest_is_of_names_and_bytes(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "metro", FROM_BUNDLE)
    before = bundle_digest(folder)
    bundle(folder, {"README.md": "not part of it"})
    assert bundle_digest(folder) == before == read_whole(folder).digest
    bundle(folder, {"partners.csv": FROM_BUNDLE["partners.csv"] + "\n"})
    assert bundle_digest(folder) != before


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_column_of_a_file_is_known_and_there_once(tmp_path: Path, name: str) -> None:
    names = [column.name for column in columns_of(FILES[name])]
    assert len(names) == len(set(names))
    reading = read(tmp_path, {name: ",".join(names) + "\n"})
    assert (reading.findings, reading.notices, reading.read) == ((), (), 0)
