"""The commands: what they print where, and how they end."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.core
import typer.main

from matchmaker.asgi import check_host
from matchmaker.cli import importing
from matchmaker.cli.exit_codes import CONFIG, INTERRUPTED, INVALID, NOT_FOUND, OK, SOME_REFUSED, STORE, USAGE
from matchmaker.cli.main import app, run
from matchmaker.errors import ConfigError

REPOSITORY = Path(__file__).parents[2]
TINY = REPOSITORY / "fixtures" / "tiny"

Printed = tuple[int, str, str]


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def loaded(store: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["import", str(TINY), "--store", store, "--as", "test"]) == OK
    capsys.readouterr()
    return store


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> Printed:
    capsys.readouterr()
    code = run(list(words))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_importing_again_changes_nothing(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = json.loads(typed(capsys, "import", str(TINY), "--store", store, "--json")[1])
    assert first["loaded"] == first["read"] == first["added"] > 0
    before = json.loads(typed(capsys, "stats", "--store", store, "--json")[1])
    again = json.loads(typed(capsys, "import", str(TINY), "--store", store, "--json")[1])
    assert (again["loaded"], again["changed"], again["job"]) == (first["read"], 0, None)
    assert json.loads(typed(capsys, "stats", "--store", store, "--json")[1]) == before


def test_undo_takes_a_load_back(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    job = json.loads(typed(capsys, "import", str(TINY), "--store", store, "--json")[1])["job"]
    code, out, _ = typed(capsys, "undo", job, "--store", store)
    assert (code, out) == (OK, f"{job} is taken back; nothing of it is left.\n")
    counts = json.loads(typed(capsys, "stats", "--store", store, "--json")[1])
    assert counts["nodes"] == {"Stage": 11, "Resource": 25}
    assert counts["records"] == 0
    assert "cancelled" in typed(capsys, "jobs", "--store", store)[1]


def test_refused_rows_are_told_on_stderr_and_end_with_3(
    store: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "partners.csv").write_text("id,name,organization_type\na,A,museum\nb,B,musem\n", encoding="utf-8")
    code, out, err = typed(capsys, "import", str(bundle), "--store", store)
    assert code == SOME_REFUSED
    assert "partners.csv:3" in err
    assert "museum" in err
    assert "1 of 2 rows loaded" in out
    code, out, err = typed(capsys, "import", str(bundle), "--store", f"{store}2", "--strict", "--json")
    assert code == SOME_REFUSED
    assert json.loads(out)["written"] is False


def test_a_dry_run_makes_no_store(store: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = typed(capsys, "import", str(TINY), "--store", store, "--dry-run")
    assert code == OK
    assert "Nothing was written." in out
    assert not (tmp_path / "store.db").exists()


def test_reading_a_store_that_is_not_there_is_a_clear_error(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = typed(capsys, "stats", "--store", store)
    assert (code, out) == (STORE, "")
    assert "store.db" in err


def test_suggestions_name_both_sides_reasons(loaded: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = typed(capsys, "suggest", "s1", "--store", loaded)
    assert (code, err) == (OK, "")
    assert out.count("Why for") >= 2
    assert "likelihood" in out
    listed = json.loads(typed(capsys, "suggest", "s1", "--store", loaded, "--json")[1])
    assert listed["subject"]["id"] == "s1"


def test_every_data_command_prints_json_and_nothing_else(loaded: str, capsys: pytest.CaptureFixture[str]) -> None:
    ecosystem = json.loads(typed(capsys, "suggest", "s1", "--store", loaded, "--json")[1])["ecosystem"]
    for words in (
        ["stats"],
        ["suggest", "s1"],
        ["explain", "s1", "p1"],
        ["gaps", ecosystem],
        ["show", "s1"],
        ["partners"],
        ["why-fact", "s1", "name"],
        ["jobs"],
    ):
        code, out, err = typed(capsys, *words, "--store", loaded, "--json")
        assert (code, err) == (OK, ""), words
        assert json.loads(out), words
    assert json.loads(typed(capsys, "ontology", "--json")[1])["labels"]


def test_names_that_nothing_or_several_have(loaded: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = typed(capsys, "suggest", "nothing like this", "--store", loaded)
    assert (code, out) == (NOT_FOUND, "")
    assert "nothing like this" in err


def test_why_fact_tells_every_source(loaded: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(typed(capsys, "why-fact", "s1", "sector", "--store", loaded, "--json")[1])
    assert (told["value"], told["derived_from"]) == ("k12", "organization_type")
    assert [source["won"] for source in told["sources"]] == [True]
    code, _, err = typed(capsys, "why-fact", "s1", "colour", "--store", loaded)
    assert code == INVALID
    assert "website" in err


def test_a_contested_closing_is_asked_about(store: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    header = "id,name,organization_type,closed_on,source,source_row,observed_on,confidence\n"
    for name, row in (
        ("register", "m,Mill Museum,museum,2021-06,Register,row 9,2022,register\n"),
        ("visits", "m,The Mill Museum,museum,,Visits,row 4,2026-03,staff\n"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "partners.csv").write_text(header + row, encoding="utf-8")
        assert run(["import", str(tmp_path / name), "--store", store]) == OK
    question = "Is it still open? A register (Register) says that it closed on 2021-06, but hub staff's word (Visits)"
    page = typed(capsys, "show", "m", "--as-of", "2026-09-01", "--store", store)[1]
    assert page.startswith(f"The Mill Museum (partner, m)\n  ? {question} describes it later, on 2026-03.")
    assert "  organization type: museum  [2, 2026-03, fresh]\n" in page
    assert page.endswith("  [1] Register\n  [2] Visits\n")
    why = typed(capsys, "why-fact", "m", "closed_on", "--as-of", "2026-09-01", "--store", store)[1].splitlines()
    assert why[0] == "The Mill Museum: closed_on = not recorded"
    assert why[1].startswith(question)
    assert why[2:5] == [
        "    2021-06: Register (row 9)",
        "      2022 (ageing), register, public",
        "      not applied: hub staff's word (Visits) describes it later, on 2026-03",
    ]


def test_backup_and_restore(loaded: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file, copy = str(tmp_path / "store.backup"), f"sqlite:///{tmp_path / 'copy.db'}"
    made = json.loads(typed(capsys, "backup", file, "--store", loaded, "--json")[1])
    restored = json.loads(typed(capsys, "restore", file, "--store", copy, "--json")[1])
    assert made == restored
    code, _, err = typed(capsys, "restore", file, "--store", copy)
    assert code != OK
    assert err


@pytest.mark.parametrize(
    "words",
    [["suggest"], ["nonsense"], ["suggest", "x", "--limit", "0"], ["gaps", "x", "--kind", "nonsense"], ["--nonsense"]],
)
def test_words_typed_wrongly_end_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(capsys, *words)[0] == USAGE


@pytest.mark.parametrize("url", ["postgres://x", "neo4j://user:word@host", "sqlite://", "nonsense"])
def test_a_store_url_that_is_none_ends_with_8(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = typed(capsys, "stats", "--store", url)
    assert (code, out) == (CONFIG, "")
    assert "word" not in err.replace("password", "")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])  # noqa: S104 - refused
def test_serving_to_other_machines_is_refused(host: str, loaded: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = typed(capsys, "serve", "--host", host, "--store", loaded)
    assert code == CONFIG
    assert "no keys yet" in err
    with pytest.raises(ConfigError):
        check_host(host)


def test_the_date_and_the_system_user_are_checked(loaded: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = typed(capsys, "suggest", "s1", "--store", loaded, "--as-of", "yesterday")
    assert code == INVALID
    assert "2012-09" in err
    assert "test" in typed(capsys, "jobs", "--store", loaded)[1]


def commands_in(group: typer.core.TyperGroup, prefix: str = "") -> Iterator[tuple[str, typer.core.TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, typer.core.TyperGroup):
            yield from commands_in(command, f"{prefix}{name} ")
        else:
            assert isinstance(command, typer.core.TyperCommand)
            yield prefix + name, command


def test_the_page_of_commands_names_every_command_and_option() -> None:
    page = (REPOSITORY / "docs" / "cli.md").read_text(encoding="utf-8")
    whole = typer.main.get_command(app)
    assert isinstance(whole, typer.core.TyperGroup)
    commands = dict(commands_in(whole))
    assert {"import", "undo", "duplicates merge", "mapping propose", "ecosystem add"} <= commands.keys()
    assert [name for name in commands if not re.search(rf"^\| `matchmaker {name}[` ]", page, re.MULTILINE)] == []
    named = set(re.findall(r"`(--[a-z-]+)[` ]", page))
    options = {option for command in commands.values() for each in command.params for option in each.opts}
    assert {option for option in options if option.startswith("--")} <= named | {"--help"}
    assert named <= options | {"--help"}


def test_a_load_that_is_stopped_says_how_to_go_on(
    store: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "import_file", stopped)
    code, out, err = typed(capsys, "import", str(TINY), "--store", store)
    assert (code, out) == (INTERRUPTED, "")
    assert "matchmaker import --resume JOB" in err
    assert "matchmaker undo JOB" in err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = typed(capsys, "--version")
    assert code == OK
    assert re.fullmatch(r"matchmaker \d+\.\d+\.\d+\n", out)
