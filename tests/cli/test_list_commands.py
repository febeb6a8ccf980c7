"""What the commands for lists take and print: policies, showing, exploring, explaining, simulating."""

import json
from pathlib import Path
from typing import Any

import pytest

from matchmaker.cli.exit_codes import INVALID, OK
from matchmaker.cli.main import run

FIXTURES = Path(__file__).parents[2] / "fixtures"
DAY = ("--as-of", "2026-09-01", "--ecosystem", "tiny")


@pytest.fixture
def tiny(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    assert run(["import", str(FIXTURES / "tiny"), "--into", "tiny", "--store", store]) == OK
    capsys.readouterr()
    return store


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(list(words))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def read(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    code, out, _ = typed(capsys, *words, "--json")
    assert code == OK
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_list_is_recorded_as_shown_only_when_asked(tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    suggest = ("suggest", "d1", *DAY, "--store", tiny, "--limit", "3")
    assert "Recorded" not in typed(capsys, *suggest)[1]
    assert {one["showing"]["times_shown"] for one in read(capsys, *suggest)["suggestions"]} == {0}
    assert "Recorded as shown in 2026-q3." in typed(capsys, *suggest, "--record-shown", "--as", "Ana")[1]
    assert {one["showing"]["times_shown"] for one in read(capsys, *suggest)["suggestions"]} == {1}
    other = read(capsys, *suggest)["suggestions"][0]["target"]["id"]
    told = typed(capsys, "explain", "d1", other, *DAY, "--store", tiny)[1]
    assert "Shown to staff in 2026-q3:" in told
    assert "1 times." in told


def test_showing_outside_an_ecosystem_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = f"sqlite:///{tmp_path / 'public.db'}"
    lines = ["id,name,organization_type,source", "m1,A Museum,museum,a test", "s1,A School,k12_school,a test"]
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "partners.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run(["import", str(tmp_path / "bundle"), "--store", store]) == OK
    code, _, err = typed(capsys, "suggest", "s1", "--store", store, "--record-shown")
    assert code == INVALID
    assert "showing is recorded in an ecosystem's view only" in err


def test_a_policy_and_its_weights_are_stated(tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("suggest", "d1", *DAY, "--store", tiny, "--policy", "new_and_small", "--weight", "gap=2")
    policy = read(capsys, *words)["policy"]
    assert (policy["name"], policy["weights"]["gap"], policy["weights"]["popularity"]) == ("new_and_small", 2.0, 1.0)
    assert len(policy["digest"]) == 8
    for wrong in (("--policy", "best"), ("--weight", "gap"), ("--weight", "gap=99"), ("--explore", "4")):
        assert typed(capsys, "suggest", "d1", *DAY, "--store", tiny, *wrong)[0] == INVALID


def test_places_drawn_by_chance_say_so(tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("suggest", "d1", *DAY, "--store", tiny, "--limit", "2", "--explore", "1", "--seed", "5")
    listed = read(capsys, *words)
    [drawn] = [one for one in listed["suggestions"] if one["showing"]["drawn"]]
    assert 0.0 < drawn["showing"]["propensity"] <= 1.0
    assert "One place is drawn by chance (seed 5), to learn from." in typed(capsys, *words)[1]
    assert read(capsys, *words) == listed


def test_an_explanation_tells_place_reasons_and_what_would_help(tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    listed = read(capsys, "suggest", "d1", *DAY, "--store", tiny)
    second = listed["suggestions"][1]
    other = second["target"] if second["source"]["id"] == "d1" else second["source"]
    told = typed(capsys, "explain", "d1", other["id"], *DAY, "--store", tiny)[1]
    assert "In the order of all for Tiny Valley School District: second; place 2 of its list." in told
    assert f"Why for {other['name']}:" in told
    if second["counterfactual"]:
        assert second["counterfactual"]["sentence"] in told


def test_a_simulation_prints_every_method(tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("simulate", "tiny", "--as-of", "2026-09-01", "--store", tiny, "--rounds", "3", "--seed", "2")
    outcome = read(capsys, *words)
    assert list(outcome["methods"]) == ["matchmaker", "popularity", "adamic_adar", "random"]
    assert outcome["policy"]["name"] == "new_and_small"
    assert outcome["links"] == min(one["formed"] for one in outcome["methods"].values())
    assert set(outcome["methods"]["random"]["bands"]) == {"small", "rural", "new"}
    assert read(capsys, *words) == outcome
    told = typed(capsys, *words)[1]
    assert f"Compared after {outcome['links']} links under every method" in told
    assert all(method in told for method in outcome["methods"])
    assert typed(capsys, *words, "--policy", "best")[0] == INVALID
