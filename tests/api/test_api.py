"""The API over real and invented data: every route, every kind of problem, and what keeps other pages out."""

from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

from matchmaker.api.problems import MEDIA_TYPE
from matchmaker.api.schemas.examples import EXAMPLES
from matchmaker.graph.sqlite.store import SqliteStore
from matchmaker.model.vocabulary import PatternName

BEAVERTON = "or-district:2243"
DAY = "2026-11-01"
PROBLEM_FIELDS = {"type", "title", "status", "detail", "instance", "findings", "near"}


def get(client: TestClient, path: str, **parameters: str | int | bool) -> Any:  # noqa: ANN401 - JSON
    dated = path.startswith(("/v1/partners", "/v1/programs", "/v1/ecosystems", "/v1/explanations"))
    answer = client.get(path, params={"as_of": DAY, **parameters} if dated else parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def problem(client: TestClient, method: str, path: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    answer = client.request(method, path, headers=headers)
    assert answer.headers["content-type"] == MEDIA_TYPE
    body: dict[str, Any] = answer.json()
    assert set(body) == PROBLEM_FIELDS
    assert body["status"] == answer.status_code
    return body


def test_partners_are_found_by_words_and_filters(client: TestClient) -> None:
    found = get(client, "/v1/partners", q="beaverton school district")
    assert BEAVERTON in {partner["id"] for partner in found["partners"]}
    assert all(partner["properties"]["sector"] == "k12" for partner in found["partners"])
    museums = get(client, "/v1/partners", sector="informal_learning", limit=200)
    assert museums["total"] == len(museums["partners"]) > 20
    members = get(client, "/v1/partners", ecosystem="portland-metro-stem", members=True, limit=200)
    assert 100 < members["total"] < get(client, "/v1/partners")["total"]


def test_pages_of_partners_are_complete_and_in_order(client: TestClient) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        shown = get(client, "/v1/partners", limit=97, **({"cursor": cursor} if cursor else {}))
        seen += [partner["id"] for partner in shown["partners"]]
        if shown["next_cursor"] is None:
            break
        cursor = shown["next_cursor"]
    assert seen == sorted(set(seen))
    assert len(seen) == shown["total"]


def test_a_partner_is_shown_with_ties_and_sources(client: TestClient) -> None:
    shown = get(client, "/v1/partners/Intel")
    assert shown["id"] == "intel"
    ties = {(tie["type"], tie["other"]["name"]) for tie in shown["ties"]}
    assert ("PARTNERS_WITH", "Portland Metro STEM Partnership") in ties
    assert shown["sources"]
    assert shown["needs"] == []
    assert [field["field"] for field in shown["fields"]] == sorted(set(shown["properties"]) - {"sector"})
    assert {field["freshness"] for field in shown["fields"]} <= {"fresh", "ageing", "stale", "unknown"}
    assert all(tie["freshness"] for tie in shown["ties"])
    public = get(client, "/v1/partners/Intel", audience="public")
    assert (public["fields"], public["questions"]) == ([], [])


def test_suggestions_have_reasons_for_both_sides_and_figures_that_add_up(client: TestClient) -> None:
    listed = get(client, f"/v1/partners/{BEAVERTON}/suggestions", limit=5)
    assert listed["ecosystem"] == "portland-metro-stem"
    assert len(listed["suggestions"]) == 5
    for one in listed["suggestions"]:
        assert BEAVERTON in {one["source"]["id"], one["target"]["id"]}
        assert one["reasons"]["source"]
        assert one["reasons"]["target"]
        shares = sum(contribution["share"] for contribution in one["contributions"])
        assert one["score"] == pytest.approx(one["intercept"] + shares, abs=1e-9)
        assert one["basis"] == "prior"


def test_the_same_question_gets_the_same_answer(client: TestClient) -> None:
    path = f"/v1/partners/{BEAVERTON}/suggestions"
    assert get(client, path, limit=20) == get(client, path, limit=20)


def test_other_audiences_get_the_order_without_the_figures(client: TestClient) -> None:
    program = next(
        partner["id"]
        for partner in get(client, "/v1/partners", ecosystem="riverbend", sector="k12", members=True)["partners"]
    )
    staff = get(client, f"/v1/partners/{program}/suggestions", limit=20)
    partner = get(client, f"/v1/partners/{program}/suggestions", limit=20, ecosystem="riverbend", audience="partner")
    order = [one["id"] for one in staff["suggestions"]]
    seen = [one["id"] for one in partner["suggestions"]]
    assert seen
    assert seen == [id for id in order if id in set(seen)]
    assert all(one["score"] is None and one["likelihood"] is None for one in partner["suggestions"])
    assert all(one["contributions"] == [] for one in partner["suggestions"])
    board = get(client, f"/v1/partners/{program}/suggestions", ecosystem="riverbend", audience="board")
    assert board["suggestions"] == []


def test_programs_get_suggestions_too(client: TestClient) -> None:
    view = get(client, "/v1/ecosystems/riverbend/network")
    pcsp = next(node for node in view["nodes"] if node["properties"].get("program_type") == "pcsp")
    listed = get(client, f"/v1/programs/{pcsp['id']}/suggestions", pattern="pcsp_college", limit=10)
    assert {one["pattern"] for one in listed["suggestions"]} == {"pcsp_college"}
    confirmed = [one["confirmed"] for one in listed["suggestions"]]
    assert confirmed == sorted(confirmed, reverse=True)


def test_any_pair_is_explained(client: TestClient) -> None:
    told = get(client, "/v1/explanations", source=BEAVERTON, target="Intel")
    assert told["best"] == "employer_school"
    assert all(rule["met"] for rule in told["patterns"][0]["rules"])
    own = get(client, "/v1/explanations", source="portland-metro-stem-partnership", target="Intel")
    failed = {rule["name"] for one in own["patterns"] for rule in one["rules"] if not rule["met"]}
    assert failed


def test_gaps_come_with_coverage_and_suggestions(client: TestClient) -> None:
    report = get(client, "/v1/ecosystems/riverbend/gaps")
    assert {gap["kind"] for gap in report["gaps"]} >= {"stage_coverage", "transition", "isolation", "unmet_need"}
    assert all(gap["coverage"] for gap in report["gaps"])
    assert any(gap["suggestions"] for gap in report["gaps"])
    assert all(gap["ask"] for gap in report["not_known"])
    one_kind = get(client, "/v1/ecosystems/riverbend/gaps", kind="isolation")
    assert {gap["kind"] for gap in one_kind["gaps"]} == {"isolation"}


def test_ecosystems_and_networks(client: TestClient) -> None:
    listed = get(client, "/v1/ecosystems", limit=200)
    assert "portland-metro-stem" in {ecosystem["id"] for ecosystem in listed["ecosystems"]}
    network = get(client, "/v1/ecosystems/portland-metro-stem/network")
    held = {node["id"] for node in network["nodes"]}
    assert BEAVERTON in held
    assert all({tie["source"], tie["target"]} <= held for tie in network["ties"])


def test_one_ecosystems_own_is_not_in_anothers_view(client: TestClient, demo_store: SqliteStore) -> None:
    own = {record.element.about for record in demo_store.iter_records() if record.element.owner == "riverbend"}
    assert len(own) > 100
    for parameters in ({}, {"ecosystem": "portland-metro-stem"}):
        partners = get(client, "/v1/partners", limit=200, **parameters)
        assert not own & {partner["id"] for partner in partners["partners"]}
    answer = client.get(f"/v1/partners/{min(own)}", params={"ecosystem": "portland-metro-stem"})
    assert answer.status_code == 404


def test_the_words_are_there(client: TestClient) -> None:
    assert [one["pattern"] for one in get(client, "/v1/patterns")["patterns"]] == [name.value for name in PatternName]
    assert {"labels", "ties", "enumerations"} <= set(get(client, "/v1/ontology"))


def test_health(client: TestClient) -> None:
    assert get(client, "/health/live") == {"status": "live"}
    assert get(client, "/health/ready")["revision"] == 2


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/nothing", 404, "no_such_route"),
        ("/", 404, "no_such_route"),
        ("/v1/partners/no-such-partner-anywhere", 404, "not_found"),
        ("/v1/partners/Portland Metro STEM Partnership", 200, ""),
        ("/v1/explanations?source=MESA program&target=Intel", 409, "ambiguous_name"),
        ("/v1/partners?sectr=k12", 422, "invalid_input"),
        ("/v1/partners?limit=5&limit=6", 422, "invalid_input"),
        ("/v1/partners?limit=0", 422, "invalid_input"),
        ("/v1/partners?sector=schools", 422, "invalid_input"),
        ("/v1/partners?cursor=%25%25", 422, "invalid_input"),
        ("/v1/partners?as_of=2026-13-01", 422, "invalid_input"),
        ("/v1/ecosystems/nowhere/gaps", 404, "not_found"),
        ("/v1/ecosystems/riverbend/gaps?kind=brokerage", 422, "invalid_input"),
        ("/v1/explanations?source=intel", 422, "invalid_input"),
    ],
)
def test_problems_have_one_shape(client: TestClient, path: str, status: int, code: str) -> None:
    if status == 200:
        assert client.get(path).status_code == 200
        return
    body = problem(client, "GET", path)
    assert body["status"] == status
    assert body["type"] == f"urn:matchmaker:problem:{code}"
    assert body["detail"]
    if code == "invalid_input":
        assert body["findings"]


def test_an_unknown_parameter_is_told_what_there_is(client: TestClient) -> None:
    body = problem(client, "GET", "/v1/partners?sectr=k12")
    assert "sector" in body["findings"][0]["valid"]


def test_other_methods_are_problems(client: TestClient) -> None:
    body = problem(client, "DELETE", "/v1/partners")
    assert body["status"] == 405
    assert body["type"] == "urn:matchmaker:problem:method_not_allowed"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:8765"])
def test_other_host_names_are_refused(client: TestClient, host: str) -> None:
    body = problem(client, "GET", "/v1/partners", headers={"host": host})
    assert body["status"] == 400
    assert body["type"] == "urn:matchmaker:problem:unknown_host"


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "LOCALHOST:9", "[::1]:8765"])
def test_own_host_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/health/live", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8765"},
    ],
)
def test_changes_from_other_pages_are_refused(client: TestClient, headers: dict[str, str]) -> None:
    body = problem(client, "POST", "/v1/partners", headers=headers)
    assert body["status"] == 403
    assert body["type"] == "urn:matchmaker:problem:cross_site"


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://127.0.0.1:8765"}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}]
)
def test_changes_from_own_pages_and_programs_reach_the_route(client: TestClient, headers: dict[str, str]) -> None:
    assert problem(client, "POST", "/v1/partners", headers=headers)["status"] == 405


def test_every_route_declares_its_problems_and_the_description_is_openapi_3_1(client: TestClient) -> None:
    described = get(client, "/v1/openapi.json")
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        for method in methods.values():
            assert {"422", "500", "503"} <= set(method["responses"]), path
            for status, response in method["responses"].items():
                if not status.startswith("2"):
                    assert list(response["content"]) == [MEDIA_TYPE], (path, status)


def test_answers_carry_the_headers_that_keep_them_here(client: TestClient) -> None:
    headers = client.get("/health/live").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_every_answer_has_an_example_that_fits_its_schema(client: TestClient) -> None:
    described = get(client, "/v1/openapi.json")
    answers = {
        content["schema"]["$ref"].rpartition("/")[2]
        for methods in described["paths"].values()
        for method in methods.values()
        for response in method["responses"].values()
        for content in response["content"].values()
        if "$ref" in content["schema"]
    }
    assert answers == set(EXAMPLES)
    for name, example in EXAMPLES.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
        jsonschema_rs.Draft202012Validator(schema).validate(example)
