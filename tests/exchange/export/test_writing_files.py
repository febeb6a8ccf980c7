"""A file is written whole or not at all, over the command line and over HTTP."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from matchmaker.api.app import create_app
from matchmaker.api.problems import MEDIA_TYPE
from matchmaker.cli import export as command
from matchmaker.cli.exit_codes import INVALID, NOT_FOUND, OK
from matchmaker.cli.main import app, run
from matchmaker.errors import InvalidInput
from matchmaker.exchange.published import Published
from matchmaker.exchange.writers.workbook import CELL_CHARACTERS
from matchmaker.model.elements import Node
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.model.vocabulary import Audience, Label
from matchmaker.services.exporting import FORMATS, ExportFormat, export, file_name, publish, render
from matchmaker.services.snapshots import SnapshotCache

TINY = EcosystemId("tiny")


@pytest.fixture
def published(examples: dict[str, SnapshotCache], day: datetime.date) -> Published:
    return publish(examples["tiny"], TINY, Audience.STAFF, day)


@pytest.fixture
def client(examples: dict[str, SnapshotCache]) -> Iterator[TestClient]:
    with TestClient(create_app(examples["tiny"].store), base_url="http://127.0.0.1:8765") as client:
        yield client


def test_what_is_there_stays_unless_it_is_to_be_replaced(published: Published, tmp_path: Path) -> None:
    path = tmp_path / "out.graphml"
    path.write_text("mine")
    with pytest.raises(InvalidInput, match="is there already"):
        export(published, ExportFormat.GRAPHML, path)
    assert path.read_text() == "mine"
    export(published, ExportFormat.GRAPHML, path, overwrite=True)
    assert path.read_bytes() == render(published, ExportFormat.GRAPHML)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.graphml"]


def test_a_folder_is_replaced_only_where_it_holds_a_bundle(published: Published, tmp_path: Path) -> None:
    path = tmp_path / "out"
    export(published, ExportFormat.BUNDLE, path)
    (path / "ties.csv").write_text("old")
    export(published, ExportFormat.BUNDLE, path, overwrite=True)
    assert (path / "ties.csv").read_text().startswith("source,type,target")
    (path / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(InvalidInput, match="holds more than a bundle"):
        export(published, ExportFormat.BUNDLE, path, overwrite=True)
    assert (path / "holiday.jpg").read_bytes() == b"mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_a_graph_that_a_format_cannot_hold_leaves_nothing_behind(published: Published, tmp_path: Path) -> None:
    text = "x" * (CELL_CHARACTERS + 1)
    topic = Node(NodeId("topic:long"), Label.TOPIC, {"name": text})
    long = Published(published.title, TINY, published.as_of, published.audience, (*published.nodes, topic), ())
    with pytest.raises(InvalidInput, match=r"topics.csv topic:long: name is longer than a cell holds"):
        export(long, ExportFormat.XLSX, tmp_path / "out.xlsx")
    with pytest.raises(InvalidInput, match="can't be written"):
        export(published, ExportFormat.XLSX, tmp_path / "nowhere" / "out.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def loaded(tmp_path: Path) -> str:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    assert run(["import", str(Path(__file__).parents[3] / "fixtures" / "tiny"), "--store", store]) == OK
    if "export" not in {known.name for known in app.registered_commands}:
        command.register(app)
    return store


def test_the_command_says_what_it_wrote(loaded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--store", loaded, "--as-of", "2026-11-01"]
    words = ["export", "Tiny Valley STEM Ecosystem", "--format", "xlsx", "--to", str(tmp_path / "t.xlsx"), *common]
    capsys.readouterr()
    assert run(words) == OK
    printed = capsys.readouterr().out
    assert "Tiny Valley STEM Ecosystem, as of 2026-11-01, for staff" in printed
    assert "38 nodes and 70 ties." in printed
    assert run(words) == INVALID
    assert "is there already" in capsys.readouterr().err
    assert run([*words, "--overwrite", "--audience", "public", "--json"]) == OK
    said = json.loads(capsys.readouterr().out)
    assert (said["audience"], said["format"], said["exact"], said["nodes"]) == ("public", "xlsx", True, 35)
    assert said["bytes"] == (tmp_path / "t.xlsx").stat().st_size
    assert run(["export", "nowhere", "--format", "gexf", "--to", str(tmp_path / "n.gexf"), *common]) == NOT_FOUND
    assert not (tmp_path / "n.gexf").exists()


@pytest.mark.parametrize("format", list(ExportFormat))
def test_a_file_is_downloaded_with_its_name_and_type(
    client: TestClient, examples: dict[str, SnapshotCache], day: datetime.date, format: ExportFormat
) -> None:
    asked = {"format": format.value, "audience": "public", "as_of": "2026-11-01"}
    answer = client.get("/v1/ecosystems/tiny/export", params=asked)
    published = publish(examples["tiny"], TINY, Audience.PUBLIC, day)
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == FORMATS[format].media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="{file_name(published, format)}"'
    assert answer.headers["x-graph-hash"] == published.graph_hash
    assert answer.content == render(published, format)


def test_the_live_map_holds_public_facts_only(client: TestClient) -> None:
    answer = client.get("/v1/ecosystems/tiny/kumu.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert len(answer.json()["elements"]) > 5
    public = client.get("/v1/ecosystems/tiny/export", params={"format": "kumu", "audience": "public"})
    assert answer.json() == public.json()


def test_problems_are_problems(client: TestClient) -> None:
    for path, status in (
        ("/v1/ecosystems/nowhere/export?format=xlsx", 404),
        ("/v1/ecosystems/tiny/export", 422),
        ("/v1/ecosystems/tiny/export?format=pdf", 422),
        ("/v1/ecosystems/tiny/kumu.json?audience=staff", 422),
        ("/v1/ecosystems/nowhere/kumu.json", 404),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE), path
