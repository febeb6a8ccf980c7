"""``matchmaker mapping``: propose, correct, save, show, list, remove."""

import json
from pathlib import Path

import pytest
import typer

from matchmaker.cli.mapping import register
from matchmaker.errors import InvalidInput, NotFound

TEXT = (
    "Org,Sector,Zip,Who,Bus line\nZoo Miami,Zoo,33177,zoo@example.org,38\nTinker Shop,STEM shop,33127,t@example.org,9\n"
)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "partners.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    capsys.readouterr()
    try:
        app(args=list(words), prog_name="matchmaker", standalone_mode=True)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    else:
        code = 0
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_proposal_says_what_each_column_is_and_why(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = typed(capsys, "mapping", "propose", str(sheet))
    assert code == 0
    assert "Org → partner name (95%): its heading is a word for partner name" in out
    assert "such as Zoo Miami; Tinker Shop" in out
    assert "Who → work contact's e-mail (80%): 100% of its values look like work contact's e-mail" in out
    assert "zoo@example.org" not in out
    assert "Bus line → ignored: neither its heading nor its values are known" in out
    assert "Types that aren't understood (--word WORD=TYPE): STEM shop" in out


def test_a_corrected_proposal_is_saved_shown_listed_and_removed(
    sheet: Path, store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    corrected = ["--set", "Bus line=kept", "--word", "STEM shop=makerspace", "--type", "employer", "--source", "spring"]
    saving = ["mapping", "propose", str(sheet), *corrected, "--save", "hub-sheet", "--store", store, "--json"]
    code, out, _ = typed(capsys, *saving)
    proposed = json.loads(out)
    assert code == 0
    assert proposed["saved_as"] == "hub-sheet"
    assert {column["heading"]: column["target"] for column in proposed["columns"]} == {
        "Org": "name",
        "Sector": "organization_type",
        "Zip": "zip",
        "Who": "contact_email",
        "Bus line": "kept",
    }
    assert proposed["unknown_types"] == []
    shown = json.loads(typed(capsys, "mapping", "show", "hub-sheet", "--store", store, "--json")[1])
    assert (shown["organization_type"], shown["words"], shown["source"]) == (
        "employer",
        {"STEM shop": "makerspace"},
        "spring",
    )
    assert typed(capsys, "mapping", "list", "--store", store)[1] == "hub-sheet: 5 of 5 columns are read\n"
    assert "Bus line → kept" in typed(capsys, "mapping", "show", "hub-sheet", "--store", store)[1]
    assert typed(capsys, "mapping", "remove", "hub-sheet", "--store", store)[1] == "hub-sheet is removed.\n"
    assert json.loads(typed(capsys, "mapping", "list", "--store", store, "--json")[1]) == []
    with pytest.raises(NotFound, match="No mapping called 'hub-sheet'"):
        typed(capsys, "mapping", "show", "hub-sheet", "--store", store)


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("--set", "Nope=name", "the sheet has no such column"),
        ("--set", "Org=colour", "there is no such meaning of a column"),
        ("--set", "Org", "is not understood"),
        ("--word", "STEM shop=shop", "is not a type of organization"),
        ("--name", "FIU=Not An Id", "not a valid id"),
    ],
)
def test_what_is_not_understood_is_refused(
    sheet: Path, capsys: pytest.CaptureFixture[str], option: str, text: str, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        typed(capsys, "mapping", "propose", str(sheet), option, text)


def test_words_are_saved_without_a_sheet(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = ["--word", "STEM shop=makerspace", "--program-type", "club"]
    code, out, _ = typed(capsys, "mapping", "words", "our-words", *said, "--store", store)
    assert (code, out) == (
        0,
        "Programs that state no type are of type club.\n“STEM shop” stands for makerspace.\nSaved as our-words.\n",
    )
    assert typed(capsys, "mapping", "list", "--store", store)[1] == "our-words: words and types, no columns\n"
    shown = json.loads(typed(capsys, "mapping", "show", "our-words", "--store", store, "--json")[1])
    assert (shown["columns"], shown["words"], shown["program_type"]) == ({}, {"STEM shop": "makerspace"}, "club")
    with pytest.raises(InvalidInput, match="nothing is said that could be saved"):
        typed(capsys, "mapping", "words", "other", "--store", store)


def test_a_mapping_that_cannot_be_used_is_not_saved(
    sheet: Path, store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["mapping", "propose", str(sheet), "--set", "Org=ignored", "--save", "hub-sheet", "--store", store]
    code, _, err = typed(capsys, *words)
    assert code == 6
    assert "no column is the partner's name" in err
    assert not Path(store.removeprefix("sqlite:///")).exists()
