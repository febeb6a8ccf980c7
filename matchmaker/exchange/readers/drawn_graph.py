"""A drawn graph as rows of the bundle: one that was exported here as it was, any other by its names."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matchmaker.errors import Finding
from matchmaker.exchange.bundle import FILES, TIES_FILE, Shape, columns_of
from matchmaker.exchange.cells import filled
from matchmaker.exchange.findings import Spot, shown
from matchmaker.exchange.graph_rows import GraphEdge, GraphNode, parts_of_graph
from matchmaker.exchange.published import FILE_OF
from matchmaker.exchange.reading import Part, Reading, ReadOptions, SourceRow, digest_of_file
from matchmaker.exchange.writers.drawing import NODE_TYPE, TIE_TYPE
from matchmaker.model.ids import digest_of, is_id
from matchmaker.model.ontology import KEPT_PREFIX
from matchmaker.model.vocabulary import REFERENCE_LABELS, Label, OrganizationType, ProgramType, TieType

_NAMES = ("name", "label", "title")
_TYPES = ("organization_type", "program_type", NODE_TYPE, "type", "category", "kind")
_TIE_TYPES = (TIE_TYPE, "type", "relationship", "relation", "label")
_POSITIONS = {"lat": "latitude", "lon": "longitude", "lng": "longitude", "long": "longitude"}
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_LABELS = {label.value: label for label in Label}
_LABEL_WORDS = {label.value.lower(): label for label in FILE_OF if FILE_OF[label].shape is Shape.THING}
_ORGANIZATION_TYPES = frozenset(term.value for term in OrganizationType)
_PROGRAM_TYPES = frozenset(term.value for term in ProgramType)
_TIES = {type.value.lower(): type for type in TieType}
_LONGEST = 100
RELATIONSHIP = f"{KEPT_PREFIX}relationship"
"""What an edge of an unknown type was called, kept with the tie that it becomes."""


@dataclass(frozen=True, slots=True)
class Found:
    """A node or edge of a file, its attributes as text by their titles; an edge has ends."""

    spot: Spot
    id: str
    label: str
    attributes: Mapping[str, str]
    source: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class FoundGraph:
    """What a file says.

    Attributes
    ----------
    exported
        It was written as a bundle, and is read back as it was.
    """

    nodes: Sequence[Found]
    edges: Sequence[Found]
    exported: bool


def reading_of(format: str, path: Path, graph: FoundGraph, options: ReadOptions) -> Reading:
    """Return the reading of a graph.

    Parameters
    ----------
    format
        The term of the format.
    path
        Its file.
    graph, options
        What it says, and how it is to be read.
    """
    foreign = ForeignGraph(graph, options)
    return Reading(
        format,
        path.stem,
        digest_of_file(path),
        (lambda: exported_rows(graph)) if graph.exported else foreign.rows,
        len(graph.nodes) + len(graph.edges),
        notices=() if graph.exported else foreign.notices(),
    )


def exported_rows(graph: FoundGraph) -> Iterator[SourceRow]:
    """Yield the rows of a graph that was exported; what can't be such a one any more is refused where it stands."""
    nodes = []
    for found in graph.nodes:
        label = _LABELS.get(found.attributes.get(NODE_TYPE, ""))
        if label in REFERENCE_LABELS:
            continue
        if label is None or label not in FILE_OF:
            valid = ", ".join(sorted(known.value for known in FILE_OF))
            value = found.attributes.get(NODE_TYPE, "")
            yield SourceRow(found.spot, (), (found.spot.finding("is no label of a bundle", NODE_TYPE, value, valid),))
            continue
        cells = {name: text for name, text in found.attributes.items() if name not in {NODE_TYPE, "label"}}
        nodes.append(GraphNode(label, found.id, cells, found.spot))
    edges = [
        GraphEdge(found.attributes.get(TIE_TYPE, ""), found.source, found.target, _without_type(found), found.spot)
        for found in graph.edges
    ]
    for spot, part in parts_of_graph(nodes, edges):
        yield SourceRow(spot, (part,))


def _without_type(found: Found) -> dict[str, str]:
    return {name: text for name, text in found.attributes.items() if name not in {TIE_TYPE, "label"}}


class ForeignGraph:
    """A graph that somebody drew: partners, programs and other things by their names and types, ties by theirs.

    A node's name is its attribute ``name``, ``label`` or ``title``; what it is says ``organization_type``,
    ``program_type``, ``node_type``, ``type``, ``category`` or ``kind``. Other attributes count where the model has a
    column of that name. An edge is the tie that its ``tie_type``, ``type``, ``relationship`` or ``label`` names, else
    `TieType.PARTNERS_WITH`, with what it was called kept.

    Parameters
    ----------
    graph
        What the file says.
    options
        ``keep`` names attributes to keep as ``x_…``.
    """

    def __init__(self, graph: FoundGraph, options: ReadOptions) -> None:
        self._graph = graph
        self._keep = {name.strip().lower() for name in options.keep}
        self._ids = mint_ids(graph.nodes)

    def rows(self) -> Iterator[SourceRow]:
        """Yield the nodes, then the edges."""
        for node in self._graph.nodes:
            file = self._file_of(node)
            cells = self._cells(node, file)
            yield SourceRow(node.spot, (Part(file, filled({**cells, "id": self._ids[node.id]})),))
        seen: set[tuple[str, ...]] = set()
        for edge in self._graph.edges:
            part, called = self._tie(edge)
            key = (part.cells["type"], *sorted((part.cells.get("source", ""), part.cells.get("target", ""))))
            if key in seen:
                notice = edge.spot.finding("is drawn more than once and counts once", "type", part.cells["type"])
                yield SourceRow(edge.spot, (), (), (notice,))
                continue
            seen.add(key)
            taken = edge.spot.finding("is taken for PARTNERS_WITH", "type", called, ", ".join(TieType))
            yield SourceRow(edge.spot, (part,), (), (taken,) if called else ())

    def notices(self) -> tuple[Finding, ...]:
        """Return the attributes that are left out."""
        unused = {
            name for node in self._graph.nodes for name in node.attributes if not self._use(name, self._file_of(node))
        }
        ends = {TIE_TYPE, "type", "relationship", "relation", "label"}
        unused |= {
            name for edge in self._graph.edges for name in edge.attributes if not self._use(name, TIES_FILE)
        } - ends
        hint = "an attribute called like a column of the bundle, or --keep with its name"
        return tuple(
            Finding("the attribute is dropped", where=shown(name) or "(no name)", valid=hint) for name in sorted(unused)
        )

    def _use(self, name: str, file: str) -> str:
        """Return the column that an attribute becomes; empty where it is left out."""
        plain = _POSITIONS.get(name.strip().lower(), "_".join(name.strip().lower().split()))
        if plain in _NAMES or (plain in _TYPES and file != TIES_FILE):
            return plain
        if plain in _columns(file):
            return plain
        if name.strip().lower() in self._keep:
            return (KEPT_PREFIX + fold_words(name, "_"))[:_LONGEST]
        return ""

    def _file_of(self, node: Found) -> str:
        said = _first(node.attributes, _TYPES)
        plain = fold_words(said, "_")
        if plain in _LABEL_WORDS:
            return FILE_OF[_LABEL_WORDS[plain]].name
        program = plain in _PROGRAM_TYPES or "program_type" in node.attributes
        return FILE_OF[Label.PROGRAM if program else Label.PARTNER].name

    def _cells(self, node: Found, file: str) -> dict[str, str]:
        used = {name: self._use(name, file) for name in node.attributes}
        held = {column: node.attributes[name] for name, column in used.items() if column}
        cells = {column: text for column, text in held.items() if column in _columns(file) or _is_kept(column)}
        cells["name"] = _name_of(node)
        type = fold_words(_first(node.attributes, _TYPES), "_")
        if file == FILE_OF[Label.PARTNER].name and type != Label.PARTNER.value.lower():
            cells["organization_type"] = type
        elif file == FILE_OF[Label.PROGRAM].name and type != Label.PROGRAM.value.lower():
            cells["program_type"] = type
        return cells

    def _tie(self, edge: Found) -> tuple[Part, str]:
        """Return a tie, and what its edge was called where that is no tie's name."""
        called = _first(edge.attributes, _TIE_TYPES) or edge.label
        type = _TIES.get(fold_words(called, "_"))
        used = {name: self._use(name, TIES_FILE) for name in edge.attributes}
        cells = {
            column: edge.attributes[name]
            for name, column in used.items()
            if column and column not in {"source", "target", "type", *_NAMES}
        }
        if type is None and called:
            cells[RELATIONSHIP] = called
        cells["type"] = (type or TieType.PARTNERS_WITH).value
        cells["source"] = self._ids.get(edge.source, edge.source)
        cells["target"] = self._ids.get(edge.target, edge.target)
        return Part(TIES_FILE, filled(cells)), called if type is None else ""


def mint_ids(nodes: Iterable[Found]) -> dict[str, str]:
    """Return an id for each node's own key: that key where it is one, else its folded name.

    Keys that are mere numbers say nothing outside their file. Two nodes that would be called the same get the digest of
    their own keys behind it, both of them, so that the order in the file doesn't matter.
    """
    wanted = {node.id: _wanted_id(node) for node in nodes}
    times: dict[str, int] = {}
    for id in wanted.values():
        times[id] = times.get(id, 0) + 1
    return {key: id if times[id] == 1 else f"{id[: _LONGEST - 9]}-{digest_of(key)[:8]}" for key, id in wanted.items()}


def _wanted_id(node: Found) -> str:
    if is_id(node.id) and not node.id.isdigit():
        return node.id
    named = fold_words(_name_of(node), "-")[:_LONGEST].strip("-")
    return named or f"node:{digest_of(node.id)[:16]}"


def fold_words(text: str, separator: str) -> str:
    """Return text as lower-case ASCII words with a separator between them.

    >>> fold_words("Museo de la Niñez & Co.", "-")
    'museo-de-la-ninez-co'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _SEPARATORS.sub(separator, "".join(c for c in plain if not unicodedata.combining(c))).strip(separator)


def _name_of(node: Found) -> str:
    return _first(node.attributes, _NAMES) or node.label or node.id


def _first(attributes: Mapping[str, str], names: Collection[str]) -> str:
    plain = {name.strip().lower(): text for name, text in attributes.items()}
    return next((plain[name] for name in names if plain.get(name)), "")


def _columns(file: str) -> frozenset[str]:
    return _COLUMNS[file]


_COLUMNS = {name: frozenset(column.name for column in columns_of(spec)) - {"id"} for name, spec in FILES.items()}


def _is_kept(column: str) -> bool:
    return column.startswith(KEPT_PREFIX)
