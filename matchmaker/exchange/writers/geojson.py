"""Writes what has a position as GeoJSON (RFC 7946), for maps."""

import json
from collections.abc import Iterator
from pathlib import Path

from matchmaker.exchange.bundle import provenance_columns
from matchmaker.exchange.graph_rows import node_cells
from matchmaker.exchange.published import FILE_OF, Published
from matchmaker.exchange.writers.drawing import MARK, NODE_TYPE
from matchmaker.exchange.writers.tables import about
from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Label, TieType

ON_A_MAP = (Label.PARTNER, Label.PROGRAM, Label.PLACE)
"""The labels of what may have a position."""

Point = tuple[float, float]


def write_geojson(published: Published, path: Path) -> None:
    """Write partners and places that have a position, and programs where they are held.

    A program is where its sites are, else where it is itself; each is one feature. Ties, statements and whatever has no
    position aren't in it.
    """
    said = {name.lower().replace(" ", "_"): value for name, value in about(published)}
    collection = {"type": "FeatureCollection", MARK: said, "features": list(_features(published))}
    path.write_text(json.dumps(collection, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def _features(published: Published) -> Iterator[dict[str, object]]:
    sites: dict[NodeId, set[Point]] = {}
    for tie in published.typed(TieType.OFFERED_AT):
        site = _position(published.by_id[tie.target])
        if site is not None:
            sites.setdefault(tie.source, set()).add(site)
    for label in ON_A_MAP:
        for node in published.labelled(label):
            own = _position(node)
            points = sorted(sites.get(node.id, set()) or ({own} if own is not None else set()))
            if points:
                yield {"type": "Feature", "id": node.id, "geometry": _geometry(points), "properties": _said(node)}


def _position(node: Node) -> Point | None:
    """Return longitude and latitude, in the order of the format."""
    latitude, longitude = node.find_number("latitude"), node.find_number("longitude")
    return (longitude, latitude) if latitude is not None and longitude is not None else None


def _geometry(points: list[Point]) -> dict[str, object]:
    if len(points) == 1:
        return {"type": "Point", "coordinates": list(points[0])}
    return {"type": "MultiPoint", "coordinates": [list(point) for point in points]}


def _said(node: Node) -> dict[str, object]:
    cells = node_cells(node).cells
    proved = {name: cells[name] for name in provenance_columns(FILE_OF[node.label]) if name in cells}
    held = {name: list(value) if isinstance(value, tuple) else value for name, value in node.properties.items()}
    return {NODE_TYPE: node.label.value, **held, **proved}
