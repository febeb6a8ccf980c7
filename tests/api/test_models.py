"""The models of an ecosystem over HTTP: staff only, private, taken back."""

import datetime
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from matchmaker.api.app import create_app
from matchmaker.graph.sqlite.connecting import Durability
from matchmaker.graph.sqlite.store import SqliteStore
from matchmaker.model.ids import EcosystemId
from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.learning.model_card import ModelCard
from matchmaker.recommend.learning.model_json import FORMAT, ModelFile
from matchmaker.recommend.learning.windows import make_windows
from matchmaker.recommend.scoring.additive import Outcome, PatternFit
from matchmaker.recommend.scoring.intervals import count_points
from matchmaker.recommend.scoring.prior import prior_model
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.services.models import Change, put_model, use_model

FIXTURES = Path(__file__).parents[2] / "fixtures"
RIVERBEND = EcosystemId("riverbend")
BASE = "/v1/ecosystems/riverbend/models"


def made() -> ModelFile:
    prior = prior_model()
    scorer = prior.patterns[PatternName.CROSS_SECTOR]
    size = count_points(scorer)
    packed = tuple(0.01 if row == column else 0.0 for row in range(size) for column in range(row + 1))
    fitted = replace(scorer, intercept=-5.0, level=3.0, fit=PatternFit(64, Outcome.FORMS, packed))
    card = ModelCard("Riverbend", make_windows(datetime.date(2026, 1, 1), 3), (), ())
    patterns = {**prior.patterns, PatternName.CROSS_SECTOR: fitted}
    return ModelFile(FORMAT, "riverbend", prior.id, patterns, "0" * 64, "1" * 64, "content-1", {}, 0, card)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with closing(SqliteStore.open(tmp_path / "hub.db", durability=Durability.NORMAL)) as store:
        import_file(store, FIXTURES / "riverbend", ImportOptions(into=RIVERBEND), Runner("test", lambda: 0))
        change = Change("Ana", 5, "spring")
        use_model(store.operations(), RIVERBEND, put_model(store.operations(), made(), change).id, change)
        with TestClient(create_app(store), base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as client:
            yield client


def test_staff_see_which_model_is_used_and_every_table(client: TestClient) -> None:
    listed = client.get(BASE).json()
    assert [(one["id"], one["in_use"]) for one in listed["models"]] == [(made().id, True)]
    assert listed["history"][0]["change"] == {"who": "Ana", "at": 5, "why": "spring"}
    model = client.get(f"{BASE}/{made().id}").json()
    fitted = model["patterns"]["cross_sector"]
    assert (fitted["basis"], fitted["evidence"], fitted["outcome"]) == ("local", 64, "forms_within_a_year")
    assert fitted["tables"]["distance_km"]["points"] == [0.0, 5.0, 15.0, 40.0, 100.0]
    assert fitted["tables"]["distance_km"]["errors"] == pytest.approx([0.1] * 5)
    assert model["patterns"]["pcsp_peer"]["tables"]["shared_fields"]["errors"] == []


def test_a_fitted_kind_is_ranked_on_the_priors_level_and_shown_with_its_interval(client: TestClient) -> None:
    found = client.get("/v1/partners/rb-fulmergarth-makerspace/suggestions", params={"limit": 50}).json()
    local = [one for one in found["suggestions"] if one["pattern"] == "cross_sector"]
    assert local
    for one in local:
        assert one["likelihood"] < 0.3
        assert one["local"]["low"] < one["likelihood"] < one["local"]["high"]
        assert (one["local"]["n"], one["basis"]) == (64, "local")
        assert one["priority"] >= one["score"] + 3.0 - 1e-9
    assert found["suggestions"].index(local[0]) < len(found["suggestions"]) - len(local)
    others = [one for one in found["suggestions"] if one["pattern"] != "cross_sector"]
    assert all(one["local"] is None and one["basis"] == "prior" for one in others)


def test_going_back_and_using_it_again(client: TestClient) -> None:
    back = client.post(f"{BASE}/roll-back", json={"who": "Bo", "why": "worse"}).json()
    assert (back["was"], back["model"], back["change"]["who"]) == (made().id, "prior-1", "Bo")
    assert client.post(f"{BASE}/roll-back", json={"who": "Bo"}).status_code == 404
    again = client.post(f"{BASE}/{made().id}/use", json={"who": "Bo"}).json()
    assert (again["was"], again["model"]) == ("prior-1", made().id)
    assert client.post(f"{BASE}/local-0/use", json={"who": "Bo"}).status_code == 404
    assert client.post(f"{BASE}/roll-back", json={"why": "nobody"}).status_code == 422
    assert len(client.get(BASE).json()["history"]) == 3


@pytest.mark.parametrize("audience", ["partner", "board", "public"])
def test_nobody_else_sees_models_or_intervals(client: TestClient, audience: str) -> None:
    for path in (BASE, f"{BASE}/{made().id}"):
        answer = client.get(path, params={"audience": audience})
        assert answer.status_code == 404
        assert "local-" not in answer.text.replace(path, "")
    assert client.post(f"{BASE}/roll-back", params={"audience": audience}, json={"who": "x"}).status_code == 404
    words = {"audience": audience, "ecosystem": "riverbend"}
    found = client.get("/v1/partners/rb-fulmergarth-makerspace/suggestions", params=words)
    if found.status_code == 200:
        assert all(one["local"] is None for one in found.json()["suggestions"])


def test_an_unknown_model_is_a_problem(client: TestClient) -> None:
    answer = client.get(f"{BASE}/local-nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
