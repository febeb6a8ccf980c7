"""Reads GeoJSON: features with names as partners, programs or places with their positions."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from matchmaker.errors import Finding
from matchmaker.exchange.cells import cell_text
from matchmaker.exchange.findings import Spot, shown
from matchmaker.exchange.readers.drawn_graph import Found, FoundGraph, reading_of
from matchmaker.exchange.reading import Format, Probe, Reading, ReadOptions, digest_of_file
from matchmaker.exchange.safety import load_json
from matchmaker.exchange.writers.drawing import MARK
from matchmaker.model.ids import digest_of
from matchmaker.model.ontology import node_properties
from matchmaker.model.properties import join_list
from matchmaker.model.vocabulary import Label

_WGS_84 = ("CRS84", "4326")
_RULE = "a FeatureCollection, as RFC 7946 describes it"
_DERIVED = frozenset(name for name, spec in node_properties(Label.PARTNER).items() if spec.derived)


def is_geojson(probe: Probe) -> bool:
    """Say whether a file is GeoJSON: by its name, or as a JSON object that calls itself a collection of features."""
    if probe.suffix == ".geojson":
        return True
    return probe.suffix == ".json" and b'"FeatureCollection"' in probe.head


def read_geojson(path: Path, options: ReadOptions) -> Reading:
    """Open a GeoJSON file; lines count its features. Points become positions; of other shapes only the words are read.

    Raises
    ------
    InvalidInput
        It is no harmless JSON, or beyond the limits of `matchmaker.exchange.safety`.
    """
    document = load_json(path)
    findings = _faults(document, path.name)
    if findings or not isinstance(document, dict):
        return Reading("geojson", path.stem, digest_of_file(path), lambda: iter(()), findings=findings)
    exported = MARK in document
    nodes, shapes = [], 0
    for number, feature in enumerate(document["features"], start=1):
        spot = Spot(path.name, number)
        found, shaped = _node(feature if isinstance(feature, dict) else {}, spot, exported=exported)
        nodes.append(found)
        shapes += shaped
    reading = reading_of("geojson", path, FoundGraph(nodes, (), exported), options)
    left = Finding(f"{shapes} features are lines or areas, and get no position", file=path.name, valid="points")
    return replace(reading, notices=(*reading.notices, *((left,) if shapes else ())))


FORMATS = (Format("geojson", "GeoJSON", is_geojson, read_geojson),)


def _faults(document: object, file: str) -> tuple[Finding, ...]:
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(features, list):
        return (Finding("is no collection of features", file=file, valid=_RULE),)
    crs = document.get("crs")
    if crs is not None and not any(name in str(crs) for name in _WGS_84):
        return (Finding("has positions in another system", "crs", shown(str(crs)), "WGS 84 (CRS84)", file),)
    return ()


def _node(feature: Mapping[str, object], spot: Spot, *, exported: bool) -> tuple[Found, bool]:
    said = feature.get("properties")
    properties = said if isinstance(said, dict) else {}
    attributes = {str(name): text for name, value in properties.items() if (text := _text(value))}
    geometry = feature.get("geometry")
    shape = geometry if isinstance(geometry, dict) else {}
    if exported:
        attributes = {name: text for name, text in attributes.items() if name not in _DERIVED}
    elif shape.get("type") == "Point":
        attributes |= _position(shape.get("coordinates"))
    shaped = not exported and bool(shape) and shape.get("type") != "Point"
    id = feature.get("id", properties.get("id", ""))
    if not isinstance(id, str | int) or id == "":
        id = f"#{digest_of(json.dumps(feature, sort_keys=True))}"
    return Found(spot, str(id), "", attributes), shaped


def _position(coordinates: object) -> dict[str, str]:
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        return {}
    longitude, latitude = coordinates[:2]
    return {name: text for name, value in (("latitude", latitude), ("longitude", longitude)) if (text := _text(value))}


def _text(value: object) -> str:
    if isinstance(value, str | bool | int | float):
        return cell_text(value).strip()
    if isinstance(value, list):
        items = [_text(item) for item in value if isinstance(item, str | bool | int | float)]
        return join_list(item for item in items if item)
    return ""
