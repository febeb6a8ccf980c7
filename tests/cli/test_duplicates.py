"""Deciding about partners that may be one, on the command line."""

import json
from pathlib import Path

import pytest

from matchmaker.cli.exit_codes import INVALID, OK, SOME_REFUSED, UNSUPPORTED
from matchmaker.cli.main import run

REGISTER = (
    "id,name,organization_type,address,latitude,longitude,website,source,confidence\n"
    "mid:1,Old Mill Museum,museum,1 Mill Lane,40.1,-75.2,https://oldmill.example,Register,register\n"
    "mid:2,Harbor Light Aquarium,zoo_aquarium_garden,2 Pier,41.1,-74.2,https://harbor.example,Register,register\n"
)
SHEET = (
    "id,name,organization_type,address,latitude,longitude\n"
    "hub:old-mill,Old Mill Mus.,museum,1 Mill Ln,40.1,-75.2\n"
    "hub:odd,Odd Fellows Makerspace,makerspac,,,\n"
)
HUB = "id,name\nhub,The Hub\n"


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def sheet(store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A hub and its register are loaded; its sheet isn't yet."""
    for folder, files in (
        ("register", {"partners.csv": REGISTER, "ecosystems.csv": HUB}),
        ("sheet", {"partners.csv": SHEET}),
    ):
        (tmp_path / folder).mkdir()
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
    assert run(["import", str(tmp_path / "register"), "--store", store]) == OK
    capsys.readouterr()
    return str(tmp_path / "sheet")


def listed(store: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    capsys.readouterr()
    assert run(["duplicates", "list", "--into", "hub", "--json", "--store", store]) == OK
    return [(pair["first"], pair["second"]) for pair in json.loads(capsys.readouterr().out)["pairs"]]


def test_a_merge_that_is_taken_back_waits_again_and_a_split_one_stays_apart(
    store: str, sheet: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = ("hub:old-mill", "mid:1")
    assert run(["import", sheet, "--into", "hub", "--store", store]) == SOME_REFUSED
    assert listed(store, capsys) == [pair]
    assert run(["duplicates", "merge", *pair, "--into", "hub", "--store", store]) == OK
    assert "undo job-3" in capsys.readouterr().out
    assert listed(store, capsys) == []
    assert run(["duplicates", "keep-apart", *pair, "--into", "hub", "--store", store]) == UNSUPPORTED

    assert run(["undo", "job-3", "--store", store]) == OK
    assert listed(store, capsys) == [pair]

    assert run(["duplicates", "merge", *pair, "--into", "hub", "--store", store]) == OK
    capsys.readouterr()
    assert run(["duplicates", "split", pair[0], "--store", store]) == OK
    assert capsys.readouterr().out.startswith("hub:old-mill is back, apart from mid:1.")
    assert listed(store, capsys) == []
    assert run(["duplicates", "find", "--into", "hub", "--store", store]) == OK
    assert capsys.readouterr().out.startswith("0 merged, 0 wait")


def test_jobs_say_what_they_were_about(store: str, sheet: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", sheet, "--into", "hub", "--store", store]) == SOME_REFUSED
    assert run(["duplicates", "merge", "mid:1", "hub:old-mill", "--store", store]) == OK
    assert run(["ecosystem", "add", "other", "--name", "Other", "--store", store]) == OK
    capsys.readouterr()
    assert run(["jobs", "--store", store]) == OK
    assert [line.split("  ")[1] for line in capsys.readouterr().out.splitlines()] == [
        "import register",
        "import sheet",
        "merge hub:old-mill → mid:1",
        "ecosystem other",
    ]


def test_a_load_that_wrote_nothing_speaks_of_no_pairs(
    store: str, sheet: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", sheet, "--into", "hub", "--dry-run", "--store", store]) == SOME_REFUSED
    assert "To decide then: 1 pair that may be one" in capsys.readouterr().out
    assert run(["import", sheet, "--into", "hub", "--strict", "--store", store]) == SOME_REFUSED
    assert capsys.readouterr().out == "sheet: nothing was loaded, because --strict loads all or nothing.\n"


def test_a_sheet_whose_columns_are_not_confirmed_ends_with_6(
    store: str, sheet: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(sheet).parent / "ours.csv"
    file.write_text("Organization,Kind\nOld Mill,museum\n", encoding="utf-8")
    assert run(["import", str(file), "--into", "hub", "--store", store]) == INVALID
    printed = capsys.readouterr()
    assert printed.out == "ours: nothing was loaded.\n"
    assert 'mapping propose "ours.csv"' in printed.err
    assert run(["import", str(file), "--into", "hub", "--yes", "--store", store]) == OK


def test_a_sheet_may_have_the_name_of_a_bundles_file(
    store: str, sheet: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(sheet) / "partners.csv"
    file.write_text("Organization,Kind\nOld Mill,museum\n", encoding="utf-8")
    assert run(["import", str(file), "--into", "hub", "--store", store]) == INVALID
    assert "needs confirming" in capsys.readouterr().err
    assert run(["import", str(file), "--into", "hub", "--yes", "--store", store]) == OK
