"""Reads GEXF: what was exported here exactly, and what others drew by its names."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from matchmaker.exchange.cells import unescape_xml
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.readers.drawn_graph import Found, FoundGraph, reading_of
from matchmaker.exchange.reading import Format, Probe, Reading, ReadOptions
from matchmaker.exchange.safety import parse_xml
from matchmaker.exchange.writers.drawing import MARK, column_of_title


def is_gexf(probe: Probe) -> bool:
    """Say whether a file is GEXF, by its name or its root element."""
    return probe.suffix == ".gexf" or b"<gexf" in probe.head


def read_gexf(path: Path, options: ReadOptions) -> Reading:
    """Open a GEXF file of any version; nodes come before edges, and lines count them.

    Raises
    ------
    InvalidInput
        It is no harmless XML, or beyond the limits of `matchmaker.exchange.safety`.
    """
    root = parse_xml(path)
    return reading_of("gexf", path, _graph(root, path.name), options)


FORMATS = (Format("gexf", "GEXF", is_gexf, read_gexf),)


def _graph(root: Element, file: str) -> FoundGraph:
    exported = any((keywords.text or "").strip() == MARK for keywords in _iter_named(root, "keywords"))
    titles = {
        domain: {
            attribute.get("id", ""): attribute.get("title", "")
            for declared in _iter_named(root, "attributes")
            if declared.get("class") == domain
            for attribute in _iter_named(declared, "attribute")
        }
        for domain in ("node", "edge")
    }
    nodes = [
        Found(
            Spot(f"{file} nodes", number),
            node.get("id", ""),
            node.get("label", ""),
            _held(node, titles["node"], exported),
        )
        for number, node in enumerate(_iter_named(root, "node"), start=1)
    ]
    edges = [
        Found(
            Spot(f"{file} edges", number),
            edge.get("id", ""),
            edge.get("label", "") or edge.get("kind", ""),
            _held(edge, titles["edge"], exported),
            edge.get("source", ""),
            edge.get("target", ""),
        )
        for number, edge in enumerate(_iter_named(root, "edge"), start=1)
    ]
    return FoundGraph(nodes, edges, exported)


def _held(element: Element, titles: dict[str, str], exported: bool) -> dict[str, str]:  # noqa: FBT001 - of one module's own
    values = (value for part in element if _name(part) == "attvalues" for value in part)
    held = {
        titles[key]: text
        for value in values
        if (key := value.get("for", value.get("id", ""))) in titles and (text := value.get("value", "").strip())
    }
    return {column_of_title(name): unescape_xml(text) for name, text in held.items()} if exported else held


def _iter_named(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _name(element) == name)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
