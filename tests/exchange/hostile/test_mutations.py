"""Valid files of each format, damaged at random: their readers give rows or refuse, and raise nothing else."""

import io
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.errors import Finding, MatchmakerError
from matchmaker.exchange.reading import ReadOptions, SourceRow
from matchmaker.exchange.recognition import recognize
from matchmaker.exchange.roster_gate import find_people


def workbook() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Partners")
    sheet.write_row(0, 0, ["Organization", "Type", "ZIP", "Website"])
    sheet.write_row(1, 0, ["Reef Museum", "museum", 33139, "reef.example"])
    book.close()
    return out.getvalue()


def zipped(*members: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return out.getvalue()


def text(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()


KUMU = {
    "elements": [
        {"_id": "e1", "attributes": {"label": "Reef Museum", "element type": "Museum"}},
        {"_id": "e2", "attributes": {"label": "Tide Bank", "element type": "Employer", "tags": ["a", "b"]}},
    ],
    "connections": [{"_id": "c1", "from": "e1", "to": "e2", "direction": "mutual", "attributes": {"type": "partner"}}],
    "maps": [],
}
HSDS = {
    "id": "7a1",
    "name": "Reef Museum",
    "description": "A museum",
    "services": [{"id": "s1", "name": "Club", "status": "active", "phones": [{"number": "555-0100"}]}],
    "locations": [{"id": "l1", "location_type": "physical", "latitude": 25.7, "longitude": -80.1}],
}
PLACE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [-80.1, 25.7]},
    "properties": {"name": "Reef Museum", "organization_type": "museum"},
}
PATHWAY = {
    "@context": "https://credreg.net/ctdl/schema/context/json",
    "@graph": [
        {"@id": "https://a.example/p", "@type": "ceterms:Pathway", "ceterms:name": {"en": "Welding"}},
        {"@id": "https://a.example/c", "@type": "ceterms:CourseComponent", "ceterms:name": {"en": "Basics"}},
    ],
}
GRAPHML = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="node" attr.name="name" attr.type="string"/>
<key id="d1" for="node" attr.name="organization_type" attr.type="string"/>
<key id="d2" for="edge" attr.name="type" attr.type="string"/>
<graph edgedefault="directed">
<node id="reef"><data key="d0">Reef Museum</data><data key="d1">museum</data></node>
<node id="tide"><data key="d0">Tide Bank</data><data key="d1">employer</data></node>
<edge source="reef" target="tide"><data key="d2">PARTNERS_WITH</data></edge>
</graph></graphml>"""
GEXF = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype="directed">
<attributes class="node"><attribute id="0" title="organization_type" type="string"/></attributes>
<nodes><node id="reef" label="Reef Museum"><attvalues><attvalue for="0" value="museum"/></attvalues></node>
<node id="tide" label="Tide Bank"/></nodes><edges><edge id="0" source="reef" target="tide"/></edges></graph></gexf>"""

VALID: dict[str, bytes] = {
    "partners.csv": b"id,name,organization_type\nreef,Reef Museum,museum\ntide,Tide Bank,employer\n",
    "sheet.csv": 'Organization;Type;ZIP\n"Reef\nMuseum";museum;33139\nCafé;employer;02139\n'.encode(),
    "sheet.xlsx": workbook(),
    "kumu.json": text(KUMU),
    "hsds.json": text(HSDS),
    "hsds.zip": zipped(
        ("organizations.csv", "id,name,description\n1,Reef Museum,A museum\n"),
        ("services.csv", "id,organization_id,name,status\ns,1,Club,active\n"),
    ),
    "places.geojson": text({"type": "FeatureCollection", "features": [PLACE]}),
    "pathway.json": text(PATHWAY),
    "net.graphml": GRAPHML.encode(),
    "net.gexf": GEXF.encode(),
}


def read(path: Path) -> tuple[list[Finding], list[SourceRow]]:
    """What is found wrong, and the rows; any exception but the project's own fails the test."""
    try:
        people = find_people(path)
        reading = recognize(path).read(path, ReadOptions())
        rows = list(reading.rows())
    except MatchmakerError as refused:
        return [Finding(refused.message)], []
    return [*reading.findings, *([people] if people else [])], rows


@pytest.mark.parametrize("name", VALID)
def test_the_undamaged_file_is_recognised_and_no_list_of_people(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(VALID[name])
    assert find_people(path) is None
    assert recognize(path).term


@pytest.mark.parametrize("name", VALID)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_file_gives_rows_or_findings(name: str, data: st.DataObject) -> None:
    valid = VALID[name]
    at = data.draw(st.integers(0, len(valid) - 1))
    end = data.draw(st.integers(at, min(len(valid), at + 40)))
    put = data.draw(
        st.one_of(st.binary(max_size=6), st.sampled_from([b"\0", b'"', b"\xff", b"[", b"}", b"<", b"1e999"]))
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        for damaged in (valid[:at] + put + valid[end:], valid[:at], valid[end:]):
            path.write_bytes(damaged)
            findings, rows = read(path)
            assert all(finding.sentence() for finding in findings)
            assert all(row.spot.file for row in rows)


@pytest.mark.parametrize("end", ['source="reef" ', 'target="tide"', 'source="reef" target="tide"'])
def test_an_edge_without_an_end_is_no_exception(end: str, tmp_path: Path) -> None:
    for name, valid in (("net.graphml", GRAPHML), ("net.gexf", GEXF)):
        path = tmp_path / name
        path.write_text(valid.replace(end, ""), encoding="utf-8")
        findings, rows = read(path)
        assert len(rows) == 3 or findings


JSON_FILES = [name for name in VALID if name.endswith("json")]
VALUES: list[object] = [None, True, -1, 1e308, "", "x", [], {}, [[]], [None], {"a": {}}, "\U0001f680" * 3, "\0"]
JUNK = st.sampled_from(VALUES)


def places_in(value: object) -> list[tuple[object, ...]]:
    """The way to every value in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *way) for key, child in inner for way in places_in(child))]


def changed(value: object, way: tuple[object, ...], junk: object) -> object:
    if not way:
        return junk
    if isinstance(value, dict):
        return {key: changed(child, way[1:], junk) if key == way[0] else child for key, child in value.items()}
    assert isinstance(value, list)
    return [changed(child, way[1:], junk) if place == way[0] else child for place, child in enumerate(value)]


@pytest.mark.parametrize("name", JSON_FILES)
@settings(max_examples=60, deadline=None)
@given(data=st.data(), junk=JUNK)
def test_a_document_with_another_value_anywhere_gives_rows_or_findings(
    name: str, data: st.DataObject, junk: object
) -> None:
    document = json.loads(VALID[name])
    way = data.draw(st.sampled_from(places_in(document)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(json.dumps(changed(document, way, junk)), encoding="utf-8")
        findings, rows = read(path)
        assert all(finding.sentence() for finding in findings)
        assert all(row.spot.file for row in rows)
