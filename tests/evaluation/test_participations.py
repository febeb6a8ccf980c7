"""Reading participations, and the graph that is made of them."""

import datetime
import gzip
from pathlib import Path

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.evaluation.participations import make_snapshot, read_participations, read_parts
from matchmaker.recommend.features.joint_work import JointWork, build_joint_work

HEAD = "rcn,role,pic,type,country,start_date,extra\n"
ROWS = (
    "1,coordinator,900,HES,ES,2016-01-01,x\n"
    "1,participant,901,PRC,ES,2016-01-01,x\n"
    "1,participant,901,PRC,ES,2016-01-01,again\n"
    "1,partner,902,REC,NA,2016-01-01,x\n"
    "2,coordinator,901,PRC,ES,2017-06-01,x\n"
    "2,participant,903,PUB,PT,2017-06-01,x\n"
    "3,coordinator,900,HES,ES,2016-03-01,alone\n"
    "4,coordinator,904,OTH,PT,NA,undated\n"
)
PARTS = "rcn,programme_part\n1,SC4\n1,LEIT\n3,ERC\n2,NA\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return a packed file of participations and one of parts."""
    participations, parts = tmp_path / "participations.csv.gz", tmp_path / "parts.csv"
    with gzip.open(participations, "wt", encoding="utf-8") as file:
        file.write(HEAD + ROWS)
    parts.write_text(PARTS, encoding="utf-8")
    return participations, parts


@pytest.fixture
def work(files: tuple[Path, Path]) -> JointWork:
    """Return the joint work of all rows."""
    rows, parts = read_participations(files[0]), read_parts(files[1])
    return build_joint_work(make_snapshot(rows, parts, datetime.date(2018, 1, 1)))


def test_each_pair_of_project_and_organization_is_read_once(files: tuple[Path, Path]) -> None:
    rows = read_participations(files[0])
    assert [(row.project, row.organization) for row in rows] == [
        *(("1", "900"), ("1", "901"), ("1", "902"), ("2", "901"), ("2", "903"), ("3", "900")),
    ]
    assert rows[2].country == ""
    assert rows[0].role == "coordinator"
    assert read_parts(files[1]) == {"1": ("LEIT", "SC4"), "3": ("ERC",)}


def test_projects_are_initiatives_and_organizations_their_members(files: tuple[Path, Path]) -> None:
    snapshot = make_snapshot(read_participations(files[0]), read_parts(files[1]), datetime.date(2018, 1, 1))
    assert [snapshot.ids[index] for index in snapshot.indices(Label.INITIATIVE)] == ["rcn:1", "rcn:2", "rcn:3"]
    college = snapshot.get_node("pic:900")
    assert college.get_text("organization_type") == "four_year_college"
    tie = next(tie for _, tie in snapshot.targets(snapshot.index_of("pic:900"), TieType.MEMBER_OF))
    assert dict(tie.properties) == {"since": "2016-01-01", "role": "coordinator"}
    assert len(snapshot.targets(snapshot.index_of("pic:900"), TieType.ABOUT)) == 3


def test_only_projects_of_two_or_more_are_joint_work(work: JointWork) -> None:
    assert work.began.tolist() == [datetime.date(2016, 1, 1).toordinal(), datetime.date(2017, 6, 1).toordinal()]
    assert work.counts.tolist() == [3, 2]
    assert work.amounts[work.kinds >= 0].tolist() == [1.0, 2.0, 1.0, 1.0]
    assert sorted(work.memberships.roles.tolist()) == [-1, 0, 0, 1, 1]
    assert work.region_names == ("ES", "PT")
    assert work.topics == 3
    assert len(work.statements.nodes) == 7  # two topics for each member of project 1, one for project 3


def test_a_project_of_too_many_says_nothing(files: tuple[Path, Path]) -> None:
    rows, parts = read_participations(files[0]), read_parts(files[1])
    snapshot = make_snapshot(rows, parts, datetime.date(2018, 1, 1))
    assert build_joint_work(snapshot, most=2).counts.tolist() == [2]


def test_what_began_later_is_not_in_the_graph(files: tuple[Path, Path]) -> None:
    rows = read_participations(files[0])
    snapshot = make_snapshot(rows, {}, datetime.date(2017, 1, 1))
    assert [snapshot.ids[index] for index in snapshot.indices(Label.INITIATIVE)] == ["rcn:1", "rcn:3"]
    assert snapshot.find_index("pic:903") is None


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("rcn,pic,type,country\n1,2,HES,ES\n", "column start_date"),
        (HEAD + "1,x,2,HES,ES,soon,\n", "row 2, start_date"),
        (HEAD + "1,x,2,XYZ,ES,2016-01-01,\n", "row 2, type"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as raised:
        read_participations(path)
    assert [finding.where for finding in raised.value.findings] == [where]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_parts(tmp_path / "none.csv.gz")
    assert raised.value.findings[0].value == "none.csv.gz"
