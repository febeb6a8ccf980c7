"""Showings over HTTP: recorded once, refused where they can't be, and seen in the next list."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from matchmaker.api.app import create_app
from matchmaker.graph.sqlite.connecting import Durability
from matchmaker.graph.sqlite.store import SqliteStore
from matchmaker.model.ids import EcosystemId
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"
WHERE = "ecosystem=tiny&as_of=2026-09-01"


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[TestClient]:
    with closing(SqliteStore.open(tmp_path / "tiny.db", durability=Durability.NORMAL)) as store:
        import_file(store, TINY, ImportOptions(into=EcosystemId("tiny")), Runner("test", lambda: 0))
        with TestClient(create_app(store), base_url="http://127.0.0.1:8765") as client:
            yield client


def showing(listed: dict[str, Any]) -> dict[str, Any]:
    subject = listed["subject"]["id"]
    return {
        "list": listed["id"],
        "policy": listed["policy"]["name"],
        "seed": listed["seed"],
        "shown": [
            {
                "suggestion": one["id"],
                "other": one["target"]["id"] if one["source"]["id"] == subject else one["source"]["id"],
                "position": one["showing"]["position"],
                "propensity": one["showing"]["propensity"],
            }
            for one in listed["suggestions"]
        ],
    }


def test_a_list_that_was_shown_is_recorded_once_and_seen_in_the_next(tiny: TestClient) -> None:
    listed = tiny.get(f"/v1/partners/d1/suggestions?{WHERE}&limit=3").json()
    assert (listed["cycle"], listed["kept_cost"]) == ("2026-q3", 0.0)
    assert listed["policy"]["weights"]["gap"] == 1.5
    first = tiny.post(f"/v1/partners/d1/suggestions/shown?{WHERE}", json=showing(listed))
    assert (first.status_code, first.json()["new"], first.json()["shown"]) == (201, True, 3)
    again = tiny.post(f"/v1/partners/d1/suggestions/shown?{WHERE}", json=showing(listed))
    assert (again.status_code, again.json()["new"]) == (200, False)
    after = tiny.get(f"/v1/partners/d1/suggestions?{WHERE}&limit=3").json()
    assert [one["showing"]["times_shown"] for one in after["suggestions"]] == [1, 1, 1]
    exposure = tiny.get("/v1/ecosystems/tiny/exposure?as_of=2026-09-01").json()
    assert (exposure["cycle"], exposure["lists"], set(exposure["counts"].values())) == ("2026-q3", 1, {1})
    assert {one["id"] for one in exposure["waiting"]}.isdisjoint(exposure["counts"])


def test_a_program_s_list_is_recorded_too(tiny: TestClient) -> None:
    program = tiny.get("/v1/partners/a1", params={"ecosystem": "tiny", "as_of": "2026-09-01"}).json()
    [club] = [tie["other"]["id"] for tie in program["ties"] if tie["type"] == "OPERATES"][:1]
    listed = tiny.get(f"/v1/programs/{club}/suggestions?{WHERE}").json()
    recorded = tiny.post(f"/v1/programs/{club}/suggestions/shown?{WHERE}", json=showing(listed))
    assert recorded.status_code == 201


def test_what_cannot_be_recorded_is_refused(tiny: TestClient) -> None:
    listed = tiny.get(f"/v1/partners/d1/suggestions?{WHERE}&limit=3").json()
    body = showing(listed)
    wrong = {**body, "shown": [{**body["shown"][0], "other": "nobody"}]}
    refused = tiny.post(f"/v1/partners/d1/suggestions/shown?{WHERE}", json=wrong)
    assert refused.status_code == 422
    assert refused.headers["content-type"].startswith("application/problem+json")
    as_partner = tiny.post(f"/v1/partners/d1/suggestions/shown?{WHERE}&audience=partner", json=body)
    assert as_partner.status_code == 422
    assert tiny.post(f"/v1/partners/d1/suggestions/shown?{WHERE}", json={**body, "more": 1}).status_code == 422
    assert tiny.get("/v1/ecosystems/tiny/exposure?as_of=2026-09-01").json()["lists"] == 0


def test_a_policy_and_its_weights_are_asked_for_and_stated(tiny: TestClient) -> None:
    asked = f"/v1/partners/d1/suggestions?{WHERE}&policy=new_and_small&weights=gap=2,small=0.5"
    listed = tiny.get(asked).json()
    assert listed["policy"]["name"] == "new_and_small"
    assert (listed["policy"]["weights"]["gap"], listed["policy"]["weights"]["small"]) == (2.0, 0.5)
    assert len(listed["policy"]["digest"]) == 8
    for wrong in ("policy=best", "weights=gap", "weights=gap=99", "explore=9"):
        assert tiny.get(f"/v1/partners/d1/suggestions?{WHERE}&{wrong}").status_code == 422


def test_partners_see_nothing_of_showings(tiny: TestClient) -> None:
    listed = tiny.get(f"/v1/partners/d1/suggestions?{WHERE}&limit=3").json()
    tiny.post(f"/v1/partners/d1/suggestions/shown?{WHERE}", json=showing(listed))
    seen = tiny.get(f"/v1/partners/d1/suggestions?{WHERE}&limit=3&audience=partner").json()
    assert (seen["cycle"], seen["kept_cost"], seen["just_below"]) == ("", None, [])
    assert all(one["showing"] is None and one["counterfactual"] is None for one in seen["suggestions"])
