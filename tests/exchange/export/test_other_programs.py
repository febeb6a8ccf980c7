"""Exports open in the programs they are for, and what others drew is read by its names."""

import datetime
import json
from collections import Counter
from pathlib import Path

import networkx
import openpyxl
import pytest

from matchmaker.exchange.findings import Spot
from matchmaker.exchange.readers.geojson import read_geojson
from matchmaker.exchange.readers.gexf import read_gexf
from matchmaker.exchange.readers.graphml import read_graphml
from matchmaker.exchange.readers.zipped_bundle import read_zipped_bundle
from matchmaker.exchange.reading import Part, ReadOptions
from matchmaker.exchange.recognition import recognize
from matchmaker.graph.store import GraphStore
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.model.vocabulary import Audience, Label, TieType
from matchmaker.services.exporting import FORMATS, ExportFormat, export, publish
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.services.snapshots import SnapshotCache


@pytest.mark.parametrize("format", [ExportFormat.GRAPHML, ExportFormat.GEXF])
def test_networkx_reads_the_same_graph(
    example: tuple[SnapshotCache, EcosystemId], day: datetime.date, tmp_path: Path, format: ExportFormat
) -> None:
    published = publish(*example, Audience.STAFF, day)
    path = tmp_path / f"out.{format.value}"
    export(published, format, path)
    if format is ExportFormat.GRAPHML:
        graph = networkx.read_graphml(path)
        assert graph.graph["graph_hash"] == published.graph_hash
    else:
        graph = networkx.read_gexf(path, version="1.3")
    assert graph.is_directed()
    drawn = Counter((first, second, said["tie_type"]) for first, second, said in graph.edges(data=True))
    assert drawn == Counter((tie.source, tie.target, tie.type.value) for tie in published.ties)
    for node in published.nodes:
        said = graph.nodes[node.id]
        assert said["node_type"] == node.label.value
        for name in {"latitude", "value", "all_stages", "name"} & node.properties.keys():
            title = f"{name} (double)" if name == "value" and node.label is Label.STATISTIC else name
            assert said.get(title, said.get(name)) == node.properties[name]


def test_a_workbook_is_made_for_people(examples: dict[str, SnapshotCache], day: datetime.date, tmp_path: Path) -> None:
    published = publish(examples["riverbend"], EcosystemId("riverbend"), Audience.STAFF, day)
    export(published, ExportFormat.XLSX, tmp_path / "out.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert workbook.sheetnames[:4] == ["About", "Ecosystems", "Places", "Partners"]
    about = {row[0]: row[1] for row in workbook["About"].iter_rows(values_only=True) if row[0]}
    assert about["Audience"] == "staff"
    assert about["As of"] == "2026-11-01"
    assert about["Small counts left out"] == str(published.suppressed)
    assert about["Graph hash"] == published.graph_hash
    partners = workbook["Partners"]
    headings = [cell.value for cell in partners[1]]
    assert headings[:4] == ["ID", "Name", "Organization type", "Organization types"]
    assert partners.freeze_panes == "C2"
    assert partners.max_row == 1 + len(published.labelled(Label.PARTNER))
    assert 12 < partners.column_dimensions["B"].width <= 61
    latitude = headings.index("Latitude")
    assert {type(row[latitude]) for row in partners.iter_rows(min_row=2, values_only=True)} <= {float, int, type(None)}
    ties = [cell.value for cell in workbook["Ties"][1]]
    assert ties[:5] == ["Source", "Source name", "Type", "Target", "Target name"]
    first = next(workbook["Ties"].iter_rows(min_row=2, values_only=True))
    assert first[1] == published.by_id[NodeId(str(first[0]))].name


def test_nothing_in_a_workbook_is_a_formula_or_a_link(
    examples: dict[str, SnapshotCache], day: datetime.date, tmp_path: Path
) -> None:
    published = publish(examples["riverbend"], EcosystemId("riverbend"), Audience.STAFF, day)
    export(published, ExportFormat.XLSX, tmp_path / "out.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "out.xlsx")
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 30_000
    assert {cell.data_type for cell in cells} == {"s", "n", "b"}
    assert [cell for cell in cells if cell.hyperlink] == []


def parts(rows: list[tuple[Part, ...]]) -> list[Part]:
    return [part for row in rows for part in row]


GRAPHML = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
 <key id="d0" for="node" attr.name="Label" attr.type="string"/>
 <key id="d1" for="node" attr.name="Type" attr.type="string"><default>museum</default></key>
 <key id="d2" for="node" attr.name="website" attr.type="string"/>
 <key id="d3" for="node" attr.name="colour" attr.type="string"/>
 <key id="d4" for="edge" attr.name="relationship" attr.type="string"/>
 <key id="d5" for="node" yfiles.type="nodegraphics"/>
 <graph edgedefault="undirected">
  <node id="0"><data key="d0">Harbour Museum</data><data key="d2">https://example.org</data></node>
  <node id="1"><data key="d0">City Schools</data><data key="d1">School District</data></node>
  <node id="2"><data key="d0">Robot Club</data><data key="d1">Afterschool program</data><data key="d3">red</data></node>
  <node id="3"><data key="d5"><y:ShapeNode><y:NodeLabel>Drawn Museum</y:NodeLabel></y:ShapeNode></data></node>
  <edge source="0" target="1"><data key="d4">shares a van with</data></edge>
  <edge source="1" target="2"><data key="d4">Operates</data></edge>
  <edge source="0" target="1"><data key="d4">partners with</data></edge>
 </graph>
</graphml>
"""


def test_a_graph_that_somebody_drew_is_read_by_its_names(tmp_path: Path) -> None:
    path = tmp_path / "drawn.graphml"
    path.write_text(GRAPHML, encoding="utf-8")
    reading = read_graphml(path, ReadOptions())
    rows = list(reading.rows())
    assert parts([row.parts for row in rows]) == [
        Part(
            "partners.csv",
            {
                "website": "https://example.org",
                "name": "Harbour Museum",
                "organization_type": "museum",
                "id": "harbour-museum",
            },
        ),
        Part("partners.csv", {"name": "City Schools", "organization_type": "school_district", "id": "city-schools"}),
        Part("programs.csv", {"name": "Robot Club", "program_type": "afterschool_program", "id": "robot-club"}),
        Part("partners.csv", {"name": "Drawn Museum", "organization_type": "museum", "id": "drawn-museum"}),
        Part(
            "ties.csv",
            {
                "x_relationship": "shares a van with",
                "type": "PARTNERS_WITH",
                "source": "harbour-museum",
                "target": "city-schools",
            },
        ),
        Part("ties.csv", {"type": "OPERATES", "source": "city-schools", "target": "robot-club"}),
    ]
    assert rows[4].spot == Spot("drawn.graphml edges", 1)
    assert [notice.message for notice in rows[4].notices] == ["is taken for PARTNERS_WITH"]
    assert [notice.message for notice in rows[6].notices] == ["is drawn more than once and counts once"]
    assert [notice.where for notice in reading.notices] == ["colour"]
    assert list(reading.rows()) == rows


def test_what_networkx_writes_is_read(tmp_path: Path) -> None:
    graph = networkx.DiGraph()
    graph.add_node("a", name="Reed", organization_type="four_year_college", latitude=45.48, longitude=-122.63)
    graph.add_node("b", name="Reed", organization_type="museum")
    graph.add_edge("a", "b", type="PARTNERS_WITH", since="2020")
    for format, read in (("graphml", read_graphml), ("gexf", read_gexf)):
        path = tmp_path / f"out.{format}"
        getattr(networkx, f"write_{format}")(graph, path)
        first, second, tie = parts([row.parts for row in read(path, ReadOptions()).rows()])
        assert first.cells["id"] == "a"
        assert (first.cells["latitude"], first.cells["longitude"]) == ("45.48", "-122.63")
        assert second.cells["organization_type"] == "museum"
        assert tie.cells["source"] == "a"
        assert tie.cells["since"] == "2020"


def test_two_of_one_name_get_ids_of_their_own(tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-122.6, 45.5]},
            "properties": {"Name": "Lincoln Elementary", "category": "K12 school", "city": "here", "note": None},
        },
        {
            "type": "Feature",
            "id": 7,
            "geometry": {"type": "Polygon", "coordinates": []},
            "properties": {"name": "Lincoln Elementary", "type": "k12_school", "aliases": ["a|b", "c"]},
        },
    ]
    path = tmp_path / "schools.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    reading = read_geojson(path, ReadOptions())
    first, second = parts([row.parts for row in reading.rows()])
    assert (first.cells["latitude"], first.cells["longitude"]) == ("45.5", "-122.6")
    assert (first.cells["name"], first.cells["organization_type"]) == ("Lincoln Elementary", "k12_school")
    assert "latitude" not in second.cells
    assert second.cells["aliases"] == "a\\|b|c"
    ids = {first.cells["id"], second.cells["id"]}
    assert len(ids) == 2
    assert all(id.startswith("lincoln-elementary-") for id in ids)
    assert [notice.where for notice in reading.notices] == ["city", ""]
    assert reading.notices[1].message == "1 features are lines or areas, and get no position"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "is no collection of features"),
        ({"type": "FeatureCollection"}, "is no collection of features"),
        ({"features": [], "crs": {"properties": {"name": "EPSG:3857"}}}, "has positions in another system"),
    ],
)
def test_what_is_no_geojson_is_said_to_be_none(tmp_path: Path, document: object, message: str) -> None:
    path = tmp_path / "other.geojson"
    path.write_text(json.dumps(document), encoding="utf-8")
    reading = read_geojson(path, ReadOptions())
    assert [finding.message for finding in reading.findings] == [message]
    assert list(reading.rows()) == []


EXACT = [format for format, spec in FORMATS.items() if spec.exact and format is not ExportFormat.CYPHER]


@pytest.mark.parametrize("format", EXACT)
def test_an_export_is_loaded_like_any_other_file(
    examples: dict[str, SnapshotCache], day: datetime.date, tmp_path: Path, empty: GraphStore, format: ExportFormat
) -> None:
    published = publish(examples["portland"], EcosystemId("portland-metro-stem"), Audience.PUBLIC, day)
    path = tmp_path / ("portland" if format is ExportFormat.BUNDLE else f"portland{FORMATS[format].suffix}")
    export(published, format, path)
    outcome = import_file(empty, path, ImportOptions(), Runner("test", lambda: 0))
    assert outcome.findings == ()
    assert empty.hashes().graph == published.graph_hash


def test_a_zipped_bundle_is_read_as_its_folder_is(
    examples: dict[str, SnapshotCache], day: datetime.date, tmp_path: Path
) -> None:
    published = publish(examples["riverbend"], EcosystemId("riverbend"), Audience.STAFF, day)
    for name in ("riverbend.zip", "riverbend"):
        export(published, ExportFormat.BUNDLE, tmp_path / name)
    zipped = read_zipped_bundle(tmp_path / "riverbend.zip", ReadOptions())
    folder = recognize(tmp_path / "riverbend").read(tmp_path / "riverbend", ReadOptions())
    assert (zipped.name, zipped.notices, zipped.findings) == ("riverbend", folder.notices, ())
    assert list(zipped.rows()) == list(folder.rows())
    assert len(list(zipped.rows())) > 2_000
    assert published.typed(TieType.SERVES) != ()
