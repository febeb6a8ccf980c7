"""Writes a published graph as GEXF 1.3, which is Gephi's own format."""

from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from matchmaker.exchange.cells import escape_xml
from matchmaker.exchange.published import Published
from matchmaker.exchange.writers.drawing import MARK, AttributeType, Drawn, declare, draw_edges, draw_nodes
from matchmaker.exchange.writers.tables import about

NAMESPACE = "http://gexf.net/1.3"
VERSION = "1.3"
_Titles = dict[tuple[str, AttributeType], str]


def write_gexf(published: Published, path: Path) -> None:
    """Write a directed, static graph; attributes are typed, and a list is one text."""
    nodes, edges = draw_nodes(published), draw_edges(published)
    root = Element("gexf", xmlns=NAMESPACE, version=VERSION)
    meta = SubElement(root, "meta")
    SubElement(meta, "creator").text = "matchmaker"
    SubElement(meta, "description").text = escape_xml("; ".join(f"{name}: {value}" for name, value in about(published)))
    SubElement(meta, "keywords").text = MARK
    graph = SubElement(root, "graph", defaultedgetype="directed", mode="static")
    node_titles, edge_titles = declare(nodes), declare(edges)
    _declare(graph, "node", node_titles)
    _declare(graph, "edge", edge_titles)
    listed = SubElement(graph, "nodes")
    for node in nodes:
        _write(SubElement(listed, "node", id=node.id, label=escape_xml(node.label)), node)
    listed = SubElement(graph, "edges")
    for edge in edges:
        ends = {"id": edge.id, "source": edge.source, "target": edge.target, "label": edge.label}
        _write(SubElement(listed, "edge", ends), edge)
    indent(root, " ")
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _declare(graph: Element, domain: str, titles: _Titles) -> None:
    declared = SubElement(graph, "attributes", {"class": domain, "mode": "static"})
    for (name, type), title in titles.items():
        SubElement(declared, "attribute", id=_key(name, type), title=title, type=type.value)


def _key(name: str, type: AttributeType) -> str:
    return f"{name}-{type.value}"


def _write(element: Element, drawn: Drawn) -> None:
    values = SubElement(element, "attvalues")
    for name, (text, type) in drawn.attributes.items():
        SubElement(values, "attvalue", {"for": _key(name, type), "value": escape_xml(text)})
