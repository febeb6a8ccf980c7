"""A published graph as drawing programs take it: nodes and edges with typed attributes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.exchange.bundle import TIES_FILE
from matchmaker.exchange.cells import filled
from matchmaker.exchange.graph_rows import GraphEdge, edge_cells, find_spec, node_cells
from matchmaker.exchange.published import FILE_OF, Published
from matchmaker.exchange.reading import Part
from matchmaker.model.elements import Node
from matchmaker.model.properties import Kind
from matchmaker.model.vocabulary import REFERENCE_LABELS

NODE_TYPE = "node_type"
"""The attribute that says what a node is: a label, such as ``Partner``."""

TIE_TYPE = "tie_type"
"""The attribute that says what an edge says, such as ``PARTNERS_WITH``."""

MARK = "matchmaker_bundle"
"""The attribute of a graph that was written here, and is read back as it was."""


class AttributeType(StrEnum):
    """The types of attributes that both GraphML and GEXF know."""

    STRING = "string"
    LONG = "long"
    DOUBLE = "double"
    BOOLEAN = "boolean"


_TYPE_OF = {Kind.INTEGER: AttributeType.LONG, Kind.FLOAT: AttributeType.DOUBLE, Kind.BOOLEAN: AttributeType.BOOLEAN}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A node or an edge: its id (and ends), what it is called, and its attributes as text, with their types.

    A list is one text, as `matchmaker.model.properties.join_list` makes it.
    """

    id: str
    label: str
    attributes: Mapping[str, tuple[str, AttributeType]]
    source: str = ""
    target: str = ""


def draw_nodes(published: Published) -> list[Drawn]:
    """Return the nodes, in id order, with those of the reference data that a tie leads to."""
    ends = {end for tie in published.ties for end in (tie.source, tie.target)}
    used = [node for id, node in sorted(published.by_id.items()) if node.label not in REFERENCE_LABELS or id in ends]
    return [_draw_node(node) for node in used]


def draw_edges(published: Published) -> list[Drawn]:
    """Return the ties, in their order."""
    return [_draw_edge(number, edge_cells(tie)) for number, tie in enumerate(published.ties)]


def _draw_node(node: Node) -> Drawn:
    kind, name = {NODE_TYPE: (node.label.value, AttributeType.STRING)}, node.get_text("name") or node.label.value
    if node.label in REFERENCE_LABELS:
        return Drawn(node.id, name, kind)
    cells = node_cells(node).cells
    return Drawn(node.id, name, kind | _typed(Part(FILE_OF[node.label].name, cells)))


def _draw_edge(number: int, edge: GraphEdge) -> Drawn:
    kind = {TIE_TYPE: (edge.type, AttributeType.STRING)}
    part = Part(TIES_FILE, {**edge.cells, "type": edge.type})
    held = {name: typed for name, typed in _typed(part).items() if name != "type"}
    return Drawn(f"e{number}", edge.type.replace("_", " ").lower(), kind | held, edge.source, edge.target)


def _typed(part: Part) -> dict[str, tuple[str, AttributeType]]:
    return {name: (text, _type_of(part, name)) for name, text in filled(part.cells).items()}


def _type_of(part: Part, column: str) -> AttributeType:
    spec = find_spec(part, column)
    return AttributeType.STRING if spec is None or spec.many else _TYPE_OF.get(spec.kind, AttributeType.STRING)


def declare(drawn: Iterable[Drawn]) -> dict[tuple[str, AttributeType], str]:
    """Return a title for each attribute and type that is used, in order; one name with two types gets two titles."""
    used = sorted({(name, type) for one in drawn for name, (_, type) in one.attributes.items()})
    names = [name for name, _ in used]
    return {
        (name, type): name if names.count(name) == 1 or type is AttributeType.LONG else f"{name} ({type.value})"
        for name, type in used
    }


def column_of_title(title: str) -> str:
    """Return the name behind a title that `declare` gave.

    >>> column_of_title("value (double)"), column_of_title("value")
    ('value', 'value')
    """
    return title.partition(" (")[0]
