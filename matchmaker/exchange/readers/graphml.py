"""Reads GraphML: what was exported here exactly, and what others drew by its names."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from matchmaker.exchange.cells import unescape_xml
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.readers.drawn_graph import Found, FoundGraph, reading_of
from matchmaker.exchange.reading import Format, Probe, Reading, ReadOptions
from matchmaker.exchange.safety import parse_xml
from matchmaker.exchange.writers.drawing import MARK, column_of_title

_Keys = dict[str, tuple[str, str]]


def is_graphml(probe: Probe) -> bool:
    """Say whether a file is GraphML, by its name or its root element."""
    return probe.suffix == ".graphml" or b"<graphml" in probe.head


def read_graphml(path: Path, options: ReadOptions) -> Reading:
    """Open a GraphML file; nodes come before edges, and lines count them.

    Raises
    ------
    InvalidInput
        It is no harmless XML, or beyond the limits of `matchmaker.exchange.safety`.
    """
    root = parse_xml(path)
    return reading_of("graphml", path, _graph(root, path.name), options)


FORMATS = (Format("graphml", "GraphML", is_graphml, read_graphml),)


def _graph(root: Element, file: str) -> FoundGraph:
    keys = {
        domain: {
            key.get("id", ""): (key.get("attr.name", key.get("id", "")), _default(key))
            for key in _iter_named(root, "key")
            if key.get("for", "all") in {domain, "all"}
        }
        for domain in ("graph", "node", "edge")
    }
    graphs = list(_iter_named(root, "graph"))
    said = _attributes(graphs[0], keys["graph"]) if graphs else {}
    exported = MARK in said
    nodes = [
        Found(
            Spot(f"{file} nodes", number), node.get("id", ""), _drawn_label(node), _held(node, keys["node"], exported)
        )
        for number, node in enumerate(_iter_named(root, "node"), start=1)
    ]
    edges = [
        Found(
            Spot(f"{file} edges", number),
            edge.get("id", ""),
            _drawn_label(edge),
            _held(edge, keys["edge"], exported),
            edge.get("source", ""),
            edge.get("target", ""),
        )
        for number, edge in enumerate(_iter_named(root, "edge"), start=1)
    ]
    return FoundGraph(nodes, edges, exported)


def _held(element: Element, keys: _Keys, exported: bool) -> dict[str, str]:  # noqa: FBT001 - of one module's own
    held = {name: default for name, default in keys.values() if default} | _attributes(element, keys)
    return {column_of_title(name): unescape_xml(text) for name, text in held.items()} if exported else held


def _attributes(element: Element, keys: _Keys) -> dict[str, str]:
    return {
        keys[data.get("key", "")][0]: text
        for data in element
        if _name(data) == "data" and data.get("key", "") in keys and (text := (data.text or "").strip())
    }


def _drawn_label(element: Element) -> str:
    """Return the label that yEd draws on a node or edge."""
    labels = (part for part in element.iter() if _name(part) in {"NodeLabel", "EdgeLabel"})
    return next((text for label in labels if (text := (label.text or "").strip())), "")


def _default(key: Element) -> str:
    return next(((part.text or "").strip() for part in key if _name(part) == "default"), "")


def _iter_named(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _name(element) == name)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
