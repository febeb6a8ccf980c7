"""``matchmaker evaluate``, as people type it."""

import datetime
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from matchmaker.cli.exit_codes import INVALID
from matchmaker.cli.main import run
from matchmaker.recommend.evaluation.baselines import METHODS

Works = list[tuple[int, list[int]]]
DrawWorks = Callable[..., Works]

KINDS = ("HES", "PRC", "REC", "PUB")
METRICS = {"ndcg_at_10", "recall_at_10", "hits_at_10", "mrr", "auc", "top_one_percent_share", "coverage"}
FIRST = datetime.date(2014, 1, 1).toordinal()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, draw_works: DrawWorks) -> list[str]:
    """Participations of four made-up years, and their parts, as options."""
    folder = tmp_path_factory.mktemp("participations")
    works = draw_works(1)
    rows = [
        f"{number},participant,{node},{KINDS[(node // 12) % 4]},{'ES' if (node // 48) % 2 else 'PT'},"
        f"{datetime.date.fromordinal(FIRST + day).isoformat()},NA"
        for number, (day, members) in enumerate(works)
        for node in members
    ]
    head = "rcn,role,pic,type,country,start_date,unheard_of"
    (folder / "rows.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    parts = [f"{number},part {members[0] % 12}" for number, (_, members) in enumerate(works)]
    (folder / "parts.csv").write_text("\n".join(["rcn,programme_part", *parts]) + "\n", encoding="utf-8")
    return ["--participations", str(folder / "rows.csv"), "--programme-parts", str(folder / "parts.csv")]


def window(*more: str) -> list[str]:
    days = ("2017-01-01", "2017-01-01", "2018-01-01")
    named = zip(("--history-before", "--targets-from", "--targets-until"), days, strict=True)
    return [*(word for pair in named for word in pair), "--min-projects", "2", "--seed", "0", *more]


def test_regions_are_printed_as_json(capsys: pytest.CaptureFixture[str], files: list[str]) -> None:
    capsys.readouterr()
    assert run(["evaluate", *files, *window("--region-by", "country", "--min-sources", "20", "--json")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["setting"] == "regions"
    assert sorted(found["regions"]) == ["ES", "PT"]
    assert sorted(found["cold"]) == ["none", "one_or_two"]
    blocks = [found["pooled"], *found["regions"].values()]
    assert sum(block["sources"] for block in blocks[1:]) == blocks[0]["sources"]
    for block in blocks:
        methods = block["methods"]
        assert set(METHODS) < set(methods)
        assert all(set(methods[name]) >= METRICS for name in methods)
        ours = methods["matchmaker"]
        best = methods[ours["best_fixed_baseline"]]["ndcg_at_10"]
        assert ours["lift"] == pytest.approx(ours["ndcg_at_10"] / best - 1.0, abs=1e-3)
        assert 0.0 <= ours["ece"] <= 1.0
        assert 0.0 < ours["candidate_recall"] <= 1.0
    assert {block["methods"]["matchmaker"]["best_fixed_baseline"] for block in blocks} == {
        blocks[0]["methods"]["matchmaker"]["best_fixed_baseline"]
    }


def test_without_json_a_table_is_printed(capsys: pytest.CaptureFixture[str], files: list[str]) -> None:
    capsys.readouterr()
    assert run(["evaluate", *files, *window()]) == 0
    out = capsys.readouterr().out
    assert "sources with new partners from 2017-01-01 to before 2018-01-01" in out
    assert all(name in out for name in METHODS)
    assert re.search(r"NDCG@10 is [+-]\d+\.\d% against \w+ \(95%: [+-]\d+\.\d% to [+-]\d+\.\d%\)\.", out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--split", "2017", "--participations", "rows.csv"], "either the one or the other"),
        (["--participations", "rows.csv"], "is missing"),
        (["--participations", "rows.csv", "--history-before", "2018", "--targets-until", "2017"], "not after"),
        (["--participations", "none.csv", "--history-before", "2016", "--targets-until", "2017"], "can't be read"),
    ],
)
def test_what_is_wrong_is_said(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    capsys.readouterr()
    assert run(["evaluate", *words]) == INVALID
    assert said in capsys.readouterr().err


def test_an_ecosystem_is_judged_by_its_own_dated_ties(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'hub.db'}"
    fixtures = Path(__file__).parents[2] / "fixtures"
    assert run(["import", str(fixtures / "riverbend"), "--into", "riverbend", "--store", store, "--as", "test"]) == 0
    capsys.readouterr()
    words = ["--split", "2024", "--targets-until", "2025-07", "--min-projects", "1", "--json", "--store", store]
    assert run(["evaluate", *words, "--ecosystem", "riverbend"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["setting"] == "all"
    assert found["pooled"]["sources"] > 0
    assert set(METHODS) <= set(found["pooled"]["methods"])
