"""Deciding over HTTP: steps, versions, who sees what, messages, times, and the links that stop messages."""

import datetime
import email
import email.policy
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from matchmaker.api.app import create_app
from matchmaker.api.problems import MEDIA_TYPE
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.graph.store import GraphStore
from matchmaker.testing.hubs import hub_of, put_world, suggestion_of, town

NORTH = {"ecosystem": "north"}
PUBLIC_URL = "https://hub.example.org"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[GraphStore]:
    with closing(SqliteStore.open(tmp_path / "town.db", durability=Durability.NORMAL)) as opened:
        put_world(opened, town())
        yield opened


@pytest.fixture
def client(store: GraphStore) -> Iterator[TestClient]:
    app = create_app(store, {"127.0.0.1"}, PUBLIC_URL)
    with TestClient(app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def suggestion(store: GraphStore) -> str:
    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    return suggestion_of(hub_of(store, today=today), "school-0", "library")


def decide(client: TestClient, id: str, version: int | None = None, **sent: object) -> Any:  # noqa: ANN401 - JSON
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    answer = client.post(f"/v1/suggestions/{id}/decision", params=NORTH, json=sent, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def look(client: TestClient, id: str, **parameters: str) -> Any:  # noqa: ANN401 - JSON
    answer = client.get(f"/v1/suggestions/{id}", params={**NORTH, **parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(client: TestClient, id: str, **sent: object) -> Any:  # noqa: ANN401 - JSON
    answer = client.post(f"/v1/suggestions/{id}/decision", params=NORTH, json=sent)
    assert (answer.status_code, answer.headers["content-type"]) == (422, MEDIA_TYPE)
    return answer.json()


def test_a_suggestion_is_decided_about_step_by_step_against_its_version(client: TestClient, suggestion: str) -> None:
    assert look(client, suggestion)["version"] == 0
    first = decide(client, suggestion, 0, state="shortlisted", note="close by", by="Ana", shown_for="School 0")
    assert (first["state"], first["waiting_for"]) == ("shortlisted", [])
    answer = client.post(
        f"/v1/suggestions/{suggestion}/decision", params=NORTH, json={"state": "asked"}, headers={"If-Match": '"0"'}
    )
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:matchmaker:problem:conflict")
    asked = decide(client, suggestion, first["version"], state="asked", side="source")
    assert asked["waiting_for"] == ["source"]
    told = refused(client, suggestion, state="met")
    assert told["findings"][0]["valid"] == "agreed_to_meet, declined, snoozed, expired"
    seen = client.get(f"/v1/suggestions/{suggestion}", params=NORTH)
    assert seen.headers["etag"] == f'"{asked["version"]}"'
    assert [(step["after"], step["who"], step["note"]) for step in seen.json()["steps"]] == [
        ("shortlisted", "Ana", "close by"),
        ("asked", "api", ""),
    ]
    listed = client.get("/v1/suggestions", params={**NORTH, "state": "asked"}).json()
    assert [(one["id"], one["source"]["name"]) for one in listed["suggestions"]] == [(suggestion, "School 0")]
    assert client.get("/v1/suggestions", params={**NORTH, "state": "met"}).json()["total"] == 0
    undone = client.post(f"/v1/suggestions/{suggestion}/undo", params=NORTH).json()
    assert (undone["id"], undone["state"]) == (asked["job"], "cancelled")
    assert look(client, suggestion)["state"] == "shortlisted"
    client.post(f"/v1/imports/{first['job']}/undo")
    assert client.get("/v1/suggestions", params=NORTH).json()["total"] == 0
    assert client.post(f"/v1/suggestions/{suggestion}/undo", params=NORTH).status_code == 404


def test_a_side_reads_its_own_part_in_words_and_others_nothing(client: TestClient, suggestion: str) -> None:
    decide(client, suggestion, state="asked", side="source", shown_for="school-0")
    decide(client, suggestion, state="asked", side="source", answer="interested", answered_by="principal")
    decide(client, suggestion, state="asked", side="target", answer="no", reason="values_fit")
    mine = look(client, suggestion, audience="partner", partner="school-0")
    assert (mine["state"], mine["words"], mine["version"], mine["steps"]) == ("expired", "not available", 0, [])
    assert mine["sides"]["source"]["answer"] == "interested"
    assert mine["sides"]["target"] == {
        "id": "library",
        "name": "Library",
        "asked_on": [],
        "answer": None,
        "answered_on": "",
        "answered_by": "",
        "answered_how": "",
        "reason": "",
    }
    assert mine["suggestion"]["score"] is None
    assert mine["suggestion"]["reasons"]["source"]
    assert look(client, suggestion)["sides"]["target"]["reason"] == "values_fit"
    for parameters in (
        {"audience": "partner", "partner": "museum"},
        {"audience": "partner"},
        {"audience": "board"},
        {"audience": "public"},
        {"ecosystem": "south"},
    ):
        answer = client.get(f"/v1/suggestions/{suggestion}", params={**NORTH, **parameters})
        assert (answer.status_code, "values_fit" in answer.text) == (404, False)


def test_a_message_is_drafted_changed_and_saved(client: TestClient, suggestion: str) -> None:
    path = f"/v1/suggestions/{suggestion}/drafts"
    decide(client, suggestion, state="asked", side="source", shown_for="school-0")
    draft = client.get(f"{path}/source", params=NORTH).json()
    assert (draft["purpose"], draft["version"], draft["sendable"]) == ("request", 0, True)
    assert f"{PUBLIC_URL}/v1/stop/" in draft["footer"]
    answer = client.get(f"{path}/target", params=NORTH)
    assert (answer.status_code, answer.json()["findings"][0]["valid"]) == (422, "side source")
    words = {"subject": "Hello", "body": "We vetted them.", "by": "Ana"}
    changed = client.put(f"{path}/source", params=NORTH, json=words, headers={"If-Match": "0"}).json()
    assert (changed["edited_by"], changed["version"], changed["body"]) == ("Ana", 1, "We vetted them.")
    assert changed["warnings"][-1].endswith("requires isn't in the text any more.")
    assert client.put(f"{path}/source", params=NORTH, json=words, headers={"If-Match": "0"}).status_code == 409
    assert client.put(f"{path}/source", params=NORTH, json=words, headers={"If-Match": "x"}).status_code == 422
    file = client.get(f"{path}/source/eml", params=NORTH)
    assert file.headers["content-type"] == "message/rfc822"
    message = email.message_from_bytes(file.content, policy=email.policy.default)
    assert (message["Subject"], message["X-Unsent"]) == ("Hello", "1")


def test_a_stop_link_opens_a_page_and_acts_when_confirmed(client: TestClient, suggestion: str) -> None:
    decide(client, suggestion, state="shortlisted", side="source", shown_for="school-0")
    draft = client.get(f"/v1/suggestions/{suggestion}/drafts/source", params=NORTH).json()
    link = draft["footer"].split()[-1].removeprefix(PUBLIC_URL)
    outside = {"Host": "hub.example.org", "Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-origin"}
    page = client.get(link, headers=outside)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "School 0 will get no more messages" in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert client.get("/v1/do-not-contact", params=NORTH).json() == {"stops": []}
    done = client.post(link, headers=outside, data={"List-Unsubscribe": "One-Click"})
    assert (done.status_code, "No more messages" in done.text) == (200, True)
    (stop,) = client.get("/v1/do-not-contact", params=NORTH).json()["stops"]
    assert (stop["partner"], stop["everywhere"], stop["kind"]) == ("school-0", True, "stop_link")
    told = refused(client, suggestion, state="asked", side="source")
    assert told["findings"][0]["message"] == "School 0 asked by its stop link to get no more messages"
    assert client.get("/v1/stop/nobody-s", headers=outside).status_code == 404
    assert client.post(link, headers={**outside, "Origin": "https://elsewhere.example"}).status_code == 403
    assert client.get("/v1/suggestions", params=NORTH, headers=outside).json()["type"].endswith("unknown_host")
    path = "/v1/do-not-contact/school-0"
    assert client.delete(path, params=NORTH).status_code == 422
    assert client.delete(path, params={**NORTH, "note": "called us"}).json() == {"stops": []}
    decide(client, suggestion, state="asked", side="source")


def test_staff_put_an_organization_on_the_list_with_a_note(client: TestClient) -> None:
    put = client.put("/v1/do-not-contact/Museum", params=NORTH, json={"note": "said so", "by": "Ana"}).json()
    assert (put["partner"], put["everywhere"], put["who"], put["note"]) == ("museum", False, "Ana", "said so")
    assert client.get("/v1/do-not-contact", params={"ecosystem": "south"}).json() == {"stops": []}
    assert client.put("/v1/do-not-contact/Museum", params=NORTH, json={}).status_code == 422
    assert client.delete("/v1/do-not-contact/library", params={**NORTH, "note": "x"}).status_code == 404


def test_times_are_told_in_all_and_by_pattern(client: TestClient, suggestion: str) -> None:
    decide(client, suggestion, state="declined", shown_for="school-0")
    times = client.get("/v1/suggestions/times", params=NORTH).json()
    assert (times["all"]["n"], times["all"]["states"]) == (1, {"declined": 1})
    assert list(times["patterns"]) == ["school_informal"]
    assert times["all"]["survival"] == {"became_active": 0, "due": 0, "lasted": 0, "share": None}


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"state": "wed"}, "body.state"),
        ({"state": "asked", "side": "source", "rating": 5}, "body.rating"),
        ({"state": "declined", "on": "yesterday"}, "on"),
        ({"state": "active", "level": 6}, "body.level"),
    ],
)
def test_what_is_sent_wrongly_is_told(client: TestClient, suggestion: str, sent: dict[str, object], where: str) -> None:
    assert refused(client, suggestion, **sent)["findings"][0]["where"] == where


def test_an_id_of_nothing_is_not_found(client: TestClient) -> None:
    for id in ("suggestion:" + "0" * 32, "school-0", "%20", "SUGGESTION"):
        answer = client.get(f"/v1/suggestions/{id}", params=NORTH)
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:matchmaker:problem:not_found")
