"""Loading over HTTP: a plan first, then exactly that; and taking it back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from matchmaker.api.app import create_app
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.ids import NodeId

PARTNERS = b"id,name,organization_type\nada,Ada Museum,museum\nbob,Bob Library,library\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(tmp_path / "store.db", durability=Durability.NORMAL)
    yield opened
    opened.close()


@pytest.fixture
def client(store: SqliteStore) -> Iterator[TestClient]:
    with TestClient(create_app(store), base_url="http://localhost") as opened:
        yield opened


def test_a_plan_is_carried_out_and_taken_back(client: TestClient, store: SqliteStore) -> None:
    before = store.hashes()
    plan = client.post("/v1/imports?name=partners.csv", content=PARTNERS)
    assert plan.status_code == 200
    told = plan.json()
    assert (told["format"], told["read"], told["added"], told["written"], told["job"]) == ("bundle", 2, 2, False, None)
    assert store.hashes() == before

    done = client.post(f"/v1/imports?name=partners.csv&plan={told['plan']}", content=PARTNERS)
    assert (done.status_code, done.json()["written"], done.json()["job"]) == (201, True, "job-1")
    assert store.get_node(NodeId("ada")).element.name == "Ada Museum"
    assert [job["id"] for job in client.get("/v1/imports").json()["jobs"]] == ["job-1"]
    assert client.get("/v1/imports/job-1").json()["state"] == "done"

    undone = client.post("/v1/imports/job-1/undo")
    assert (undone.status_code, undone.json()["state"]) == (200, "cancelled")
    assert store.hashes() == before


def test_another_file_or_another_store_is_another_plan(client: TestClient, store: SqliteStore) -> None:
    plan = client.post("/v1/imports?name=partners.csv", content=PARTNERS).json()["plan"]
    other = client.post(f"/v1/imports?name=partners.csv&plan={plan}", content=PARTNERS.replace(b"Ada", b"Eda"))
    assert (other.status_code, other.json()["type"]) == (409, "urn:matchmaker:problem:conflict")
    meanwhile = client.post("/v1/imports?name=partners.csv", content=PARTNERS.replace(b"Bob", b"Rob")).json()["plan"]
    client.post(f"/v1/imports?name=partners.csv&plan={meanwhile}", content=PARTNERS.replace(b"Bob", b"Rob"))
    late = client.post(f"/v1/imports?name=partners.csv&plan={plan}", content=PARTNERS)
    assert late.status_code == 409
    assert store.get_node(NodeId("bob")).element.name == "Rob Library"
    anew = client.post("/v1/imports?name=partners.csv", content=PARTNERS).json()
    assert (anew["changed"], anew["unchanged"]) == (1, 1)
    assert [(one["id"], one["field"], one["before"], one["after"]) for one in anew["changes"]] == [
        ("bob", "name", "Rob Library", "Bob Library")
    ]


@pytest.mark.parametrize(
    ("query", "body", "where"),
    [
        ("name=partners.csv", b"", "body"),
        ("name=../partners.csv", PARTNERS, "query.name"),
        ("name=", PARTNERS, "query.name"),
        ("name=partners.csv&within=60km", PARTNERS, "within"),
        ("name=partners.csv&into=No+Id", PARTNERS, "id"),
        ("name=partners.csv&format=telepathy", PARTNERS, "--format"),
        ("name=photo.jpg", b"\xff\xd8\xff\xe0", "the path"),
    ],
)
def test_what_makes_no_sense_is_said(client: TestClient, query: str, body: bytes, where: str) -> None:
    answer = client.post(f"/v1/imports?{query}", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert where in [finding["where"] for finding in answer.json()["findings"]]


def test_faulty_rows_are_in_the_plan(client: TestClient) -> None:
    told = client.post("/v1/imports?name=partners.csv", content=PARTNERS + b"c,,museum\n").json()
    assert (told["read"], told["loaded"], told["refused"]) == (3, 2, 1)
    assert [(one["line"], one["where"], one["message"]) for one in told["findings"]] == [(4, "name", "is missing")]


def test_another_site_cannot_load(client: TestClient) -> None:
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/v1/imports?name=partners.csv", content=PARTNERS, headers=headers).status_code == 403


def test_unknown_jobs_and_ecosystems(client: TestClient) -> None:
    assert client.get("/v1/imports/job-7").status_code == 404
    assert client.post("/v1/imports/job-7/undo").status_code == 404
    assert client.post("/v1/imports?name=partners.csv&into=nowhere", content=PARTNERS).status_code == 404
