"""Writes a published graph as GraphML, for NetworkX, Gephi, yEd and their like."""

from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from matchmaker.exchange.cells import escape_xml
from matchmaker.exchange.published import Published
from matchmaker.exchange.writers.drawing import MARK, AttributeType, Drawn, declare, draw_edges, draw_nodes
from matchmaker.exchange.writers.tables import about

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_LABEL = "label"
_Titles = dict[tuple[str, AttributeType], str]


def write_graphml(published: Published, path: Path) -> None:
    """Write a directed graph; attributes are typed, and a list is one text.

    What XML can't hold (two characters of Unicode) is written as ``_xFFFE_`` and ``_xFFFF_``.
    """
    nodes, edges = draw_nodes(published), draw_edges(published)
    root = Element("graphml", xmlns=NAMESPACE)
    said = {MARK: "1", **{name.lower().replace(" ", "_"): value for name, value in about(published)}}
    for name in said:
        _declare(root, "graph", f"g_{name}", name, AttributeType.STRING)
    node_titles, edge_titles = declare(nodes), declare(edges)
    for domain, titles in (("node", node_titles), ("edge", edge_titles)):
        _declare(root, domain, f"{domain[0]}_{_LABEL}", _LABEL, AttributeType.STRING)
        for (name, type), title in titles.items():
            _declare(root, domain, _key(domain, title, name, type), title, type)
    graph = SubElement(root, "graph", id="matchmaker", edgedefault="directed")
    for name, value in said.items():
        SubElement(graph, "data", key=f"g_{name}").text = escape_xml(value)
    for node in nodes:
        _write(SubElement(graph, "node", id=node.id), "node", node, node_titles)
    for edge in edges:
        ends = {"id": edge.id, "source": edge.source, "target": edge.target}
        _write(SubElement(graph, "edge", ends), "edge", edge, edge_titles)
    indent(root, " ")
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _declare(root: Element, domain: str, key: str, title: str, type: AttributeType) -> None:
    SubElement(root, "key", {"id": key, "for": domain, "attr.name": title, "attr.type": type.value})


def _key(domain: str, title: str, name: str, type: AttributeType) -> str:
    return f"{domain[0]}_{name}" if title == name else f"{domain[0]}_{name}-{type.value}"


def _write(element: Element, domain: str, drawn: Drawn, titles: _Titles) -> None:
    SubElement(element, "data", key=f"{domain[0]}_{_LABEL}").text = escape_xml(drawn.label)
    for name, (text, type) in drawn.attributes.items():
        key = _key(domain, titles[name, type], name, type)
        SubElement(element, "data", key=key).text = escape_xml(text)
