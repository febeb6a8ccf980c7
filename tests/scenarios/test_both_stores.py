"""The whole way on both stores, by the command line: the same files give the same answers, byte for byte."""

import json
import random
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from matchmaker.cli.main import run
from matchmaker.testing.neo4j_server import Neo4jAccess

FIXTURES = Path(__file__).parents[2] / "fixtures"
DAY = "2026-11-01"
QUESTIONS = {
    "district": ["suggest", "Beaverton School District 48J", "--limit", "20"],
    "museum": ["suggest", "Oregon Museum of Science and Industry", "--limit", "20"],
    "employer": ["suggest", "Intel", "--limit", "20"],
    "ecosystem": ["suggest", "portland-metro-stem", "--limit", "10"],
    "pair": ["explain", "Beaverton School District 48J", "Intel"],
    "portland": ["gaps", "portland-metro-stem"],
    "riverbend": ["gaps", "riverbend"],
    "partner": ["show", "Intel"],
    "list": ["partners", "science", "--limit", "50"],
}


def ask(capsys: pytest.CaptureFixture[str], store: str, *words: str) -> str:
    capsys.readouterr()
    dated = [] if words[0] in {"import", "stats"} else ["--as-of", DAY]
    assert run([*words, *dated, "--store", store, "--json"]) == 0
    return capsys.readouterr().out


def answers(capsys: pytest.CaptureFixture[str], store: str) -> Mapping[str, str]:
    told = {name: ask(capsys, store, *words) for name, words in QUESTIONS.items()}
    counts = json.loads(ask(capsys, store, "stats"))
    del counts["revision"]
    return {**told, "stats": json.dumps(counts)}


def load(capsys: pytest.CaptureFixture[str], store: str, fixtures: Path) -> None:
    ask(capsys, store, "import", str(fixtures / "riverbend"), "--into", "riverbend", "--as", "test")
    ask(capsys, store, "import", str(fixtures / "portland"), "--as", "test")


def shuffled(folder: Path, seed: int) -> Path:
    """Copy the fixtures with the rows of every file in another order."""
    order = random.Random(seed)
    for name in ("riverbend", "portland"):
        shutil.copytree(FIXTURES / name, folder / name)
        for file in sorted((folder / name).glob("*.csv")):
            header, *rows = file.read_text(encoding="utf-8").splitlines(keepends=True)
            order.shuffle(rows)
            file.write_text(header + "".join(rows), encoding="utf-8")
    return folder


@pytest.mark.neo4j
def test_both_stores_give_the_same_answers(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    empty_neo4j: Neo4jAccess,
) -> None:
    monkeypatch.setenv("MATCHMAKER_NEO4J_USER", empty_neo4j.user)
    monkeypatch.setenv("MATCHMAKER_NEO4J_PASSWORD", empty_neo4j.password)
    embedded, server = f"sqlite:///{tmp_path / 'one.db'}", empty_neo4j.uri
    load(capsys, embedded, FIXTURES)
    load(capsys, server, shuffled(tmp_path, 7))
    first, second = answers(capsys, embedded), answers(capsys, server)
    for name, told in first.items():
        assert told == second[name], name
    assert len(json.loads(first["district"])["suggestions"]) == 20


def test_the_order_of_rows_does_not_matter(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    one, other = f"sqlite:///{tmp_path / 'one.db'}", f"sqlite:///{tmp_path / 'other.db'}"
    load(capsys, one, FIXTURES)
    load(capsys, other, shuffled(tmp_path, 8))
    assert answers(capsys, one) == answers(capsys, other)
