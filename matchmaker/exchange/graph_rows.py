"""A graph of nodes and edges as rows of the bundle: statements with their subject, everything else as it stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from matchmaker.exchange.bundle import FILES, TIES_FILE, FileSpec, Shape, provenance_columns
from matchmaker.exchange.cells import cell_text, filled
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.published import FILE_OF, Published
from matchmaker.exchange.reading import Part
from matchmaker.model.elements import Node, Provenance, Tie
from matchmaker.model.ontology import node_properties, tie_properties
from matchmaker.model.properties import PropertySpec
from matchmaker.model.vocabulary import Label, TieType

NOWHERE = Spot("", 0)


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node: its label, its id, and its properties and provenance as cells of the label's file."""

    label: Label
    id: str
    cells: Mapping[str, str]
    spot: Spot = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """An edge: its type, its ends, and its episode, properties and provenance as cells of ``ties.csv``."""

    type: str
    source: str
    target: str
    cells: Mapping[str, str]
    spot: Spot = field(default=NOWHERE, compare=False)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Type, ends and episode."""
        return (self.type, self.source, self.target, self.cells.get("episode", ""))


def graph_of(published: Published) -> tuple[list[GraphNode], list[GraphEdge]]:
    """Return a published graph as nodes and edges, in its order."""
    return [node_cells(node) for node in published.nodes], [edge_cells(tie) for tie in published.ties]


def node_cells(node: Node) -> GraphNode:
    """Return a node as cells; what is derived from other properties is left out."""
    specs = node_properties(node.label)
    cells = {
        name: cell_text(value)
        for name, value in node.properties.items()
        if name not in specs or not specs[name].derived
    }
    return GraphNode(node.label, node.id, cells | _provenance(FILE_OF[node.label], node.provenance))


def edge_cells(tie: Tie) -> GraphEdge:
    """Return a tie as cells."""
    cells = filled({"episode": tie.key.episode})
    cells |= {name: cell_text(value) for name, value in tie.properties.items()}
    return GraphEdge(tie.type.value, tie.source, tie.target, cells | _provenance(FILES[TIES_FILE], tie.provenance))


def parts_of_graph(nodes: Iterable[GraphNode], edges: Sequence[GraphEdge]) -> Iterator[tuple[Spot, Part]]:
    """Yield a graph as rows of the bundle, ends before ties, each with where it stands.

    Of the edges that a statement consists of, the one from its first subject and (of needs and offers) the one to its
    first resource are in its own row; whatever these don't say is a row of ``ties.csv``.
    """
    subjects = _first_ends(edges)
    told: set[tuple[str, str, str, str]] = set()
    for node in sorted(nodes, key=lambda node: (_ORDER[FILE_OF[node.label].name], node.id)):
        spec = FILE_OF[node.label]
        cells = {"id": node.id, **node.cells}
        if spec.shape is Shape.STATEMENT:
            subject = subjects.get((spec.subject_tie.value, node.id), "")
            cells["subject"] = subject
            told.add((spec.subject_tie.value, subject, node.id, ""))
        if spec.names_a_resource:
            resource = subjects.get((TieType.CONCERNS.value, node.id), "")
            cells["resource"] = resource
            told.add((TieType.CONCERNS.value, node.id, resource, ""))
        yield node.spot, Part(spec.name, filled(cells))
    for edge in edges:
        if edge.key not in told:
            ends = {"source": edge.source, "type": edge.type, "target": edge.target}
            yield edge.spot, Part(TIES_FILE, filled({**edge.cells, **ends}))


def find_spec(part: Part, column: str) -> PropertySpec | None:
    """Return the property that a column of a row is; None where it names, ties or proves something, or was kept."""
    label = FILES[part.file].label
    specs = node_properties(label) if label is not None else tie_properties(TieType(part.cells["type"]))
    return specs.get(column)


_ORDER = {name: place for place, name in enumerate(FILES)}


def _first_ends(edges: Iterable[GraphEdge]) -> dict[tuple[str, str], str]:
    """Return each statement's first subject, and first resource, by the tie's type and the statement's id."""
    found: dict[tuple[str, str], str] = {}
    for edge in edges:
        if edge.cells.get("episode"):
            continue
        if edge.type in {TieType.HAS, TieType.STATES}:
            key, end = (edge.type, edge.target), edge.source
        elif edge.type == TieType.CONCERNS:
            key, end = (edge.type, edge.source), edge.target
        else:
            continue
        found[key] = min(found.get(key, end), end)
    return {(str(TieType(type).value), id): end for (type, id), end in found.items()}


def _provenance(spec: FileSpec, said: Provenance) -> dict[str, str]:
    by, row, day, standing = provenance_columns(spec)
    return filled({by: said.source, row: said.source_row, day: said.observed_on or "", standing: said.confidence.value})
