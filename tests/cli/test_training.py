"""``matchmaker train`` and ``matchmaker models``, as people type them."""

import json
import re
import shutil
from pathlib import Path

import pytest

from matchmaker.cli.exit_codes import INVALID, NOT_FOUND
from matchmaker.cli.main import run

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with riverbend and a model trained on it."""
    path = tmp_path_factory.mktemp("cli") / "hub.db"
    store = f"sqlite:///{path}"
    assert run(["import", str(FIXTURES / "riverbend"), "--into", "riverbend", "--store", store, "--as", "test"]) == 0
    assert run([*_train(store), "--why", "spring", "--as", "Ana"]) == 0
    return path


@pytest.fixture
def store(loaded: Path, tmp_path: Path) -> str:
    """A copy of that store, for each test to change."""
    shutil.copy(loaded, tmp_path / "hub.db")
    return f"sqlite:///{tmp_path / 'hub.db'}"


def _train(store: str) -> list[str]:
    return ["train", "--ecosystem", "riverbend", "--until", "2026", "--store", store]


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert run(list(words)) == 0
    return capsys.readouterr().out


def listed(capsys: pytest.CaptureFixture[str], store: str) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(
        ask(capsys, "models", "list", "--ecosystem", "riverbend", "--store", store, "--json")
    )
    return found


def test_a_trained_model_is_kept_used_and_taken_back(capsys: pytest.CaptureFixture[str], store: str) -> None:
    kept = listed(capsys, store)
    [model] = kept["models"]
    assert model["in_use"] is True
    assert model["kept"] == {**model["kept"], "who": "Ana", "why": "spring"}  # type: ignore[dict-item]
    back = ["models", "roll-back", "--ecosystem", "riverbend", "--store", store, "--why", "worse"]
    assert ask(capsys, *back).strip() == f"prior-1 is used again; it was {model['id']}."
    after = listed(capsys, store)
    assert [one["in_use"] for one in after["models"]] == [False]
    assert [one["action"] for one in after["history"]] == ["use", "roll_back"]
    assert run(back) == NOT_FOUND
    use = ["models", "use", str(model["id"]), "--ecosystem", "riverbend", "--store", store]
    assert ask(capsys, *use).startswith(f"{model['id']} is used now")


def test_the_card_and_the_file_can_be_read(capsys: pytest.CaptureFixture[str], store: str, tmp_path: Path) -> None:
    id = str(listed(capsys, store)["models"][0]["id"])
    show = ["models", "show", id, "--ecosystem", "riverbend", "--store", store]
    card = ask(capsys, *show)
    assert card.startswith(f"# Model card: {id}")
    assert "## What it isn't for" in card
    assert re.search(r"\| partners of two sectors \| \d+, \d+, \d+ \|", card)
    figures = json.loads(ask(capsys, *show, "--json"))
    assert figures["patterns"]["pcsp_college"]["basis"] == "prior"
    assert figures["patterns"]["pcsp_college"]["refused"].endswith("50 are needed")
    file = tmp_path / "model.json"
    file.write_text(ask(capsys, *show, "--whole"), encoding="utf-8")
    assert json.loads(file.read_text("utf-8"))["format"] == "matchmaker scoring model 1"
    add = ["models", "add", str(file), "--ecosystem", "riverbend", "--store", store]
    assert ask(capsys, *add).startswith(f"{id} is kept.")
    file.write_text('{"format": "x"}', encoding="utf-8")
    assert run(add) == INVALID
    told = capsys.readouterr().err
    assert "patterns" in told
    assert "graph_hash" in told


def test_suggestions_say_which_model_and_call_only_local_ones_calibrated(
    capsys: pytest.CaptureFixture[str], store: str
) -> None:
    id = str(listed(capsys, store)["models"][0]["id"])
    words = ["suggest", "rb-fulmergarth-makerspace", "--store", store, "--limit", "20"]
    answer = json.loads(ask(capsys, *words, "--json"))
    assert answer["model"].startswith(f"{id}+")
    for one in answer["suggestions"]:
        assert (one["basis"] == "local") == (one["local"] is not None)
        if one["local"] is not None:
            assert 0.0 < one["local"]["low"] < one["likelihood"] < one["local"]["high"] < 1.0
            assert one["local"]["n"] >= 50
    for line in ask(capsys, *words).splitlines():
        if "likelihood" in line:
            assert ("calibrated on n = " in line) != ("(prior)" in line)


def test_a_dry_run_keeps_nothing(capsys: pytest.CaptureFixture[str], store: str) -> None:
    before = listed(capsys, store)
    told = ask(capsys, *_train(store), "--dry-run", "--pattern", "cross_sector")
    assert "Nothing was kept" in told
    assert told.count("\n  ") == 1
    assert listed(capsys, store) == before


def test_too_little_history_is_refused_with_reasons(capsys: pytest.CaptureFixture[str], store: str) -> None:
    early = ["train", "--ecosystem", "riverbend", "--until", "2012", "--store", store]
    capsys.readouterr()
    assert run(early) == INVALID
    told = capsys.readouterr().err
    assert "Nothing was done" in told
    assert "50 are needed" in told
