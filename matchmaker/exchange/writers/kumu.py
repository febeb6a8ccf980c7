"""Writes a Kumu blueprint: partners, programs, initiatives and pathways as elements, what ties them as connections.

Stages are tags, and places, needs and offers are fields of whatever they are about, so that the map stays readable.
What it can't carry stands in ``docs/other-tools.md``.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from matchmaker.exchange.published import Published
from matchmaker.exchange.readers.type_words import title_of
from matchmaker.model.canonical import Properties, Value
from matchmaker.model.elements import Node, Tie
from matchmaker.model.ids import NodeId
from matchmaker.model.ontology import KEPT_PREFIX, derived_properties
from matchmaker.model.vocabulary import UNDIRECTED, Label, TieType

ELEMENTS: Final = (
    Label.PARTNER,
    Label.PROGRAM,
    Label.INITIATIVE,
    Label.ECOSYSTEM,
    Label.PATHWAY,
    Label.TOPIC,
    Label.OCCUPATION,
)
"""The labels that are drawn."""

_TYPE_PROPERTIES: Final[Mapping[Label, str]] = {
    Label.PARTNER: "organization_type",
    Label.PROGRAM: "program_type",
    Label.INITIATIVE: "initiative_type",
}
_OWN: Final = frozenset({"name", "description"})
_FIELDS_OF_TIES: Final = frozenset({TieType.LOCATED_IN, TieType.SERVES, TieType.STATES, TieType.CONCERNS, TieType.HAS})
_TITLES: Final = {TieType.HOSTS_WBL: "Hosts work-based learning"}

Fields = dict[str, object]


def kumu_document(published: Published) -> dict[str, list[Fields]]:
    """Return a blueprint as JSON values: elements in id order, connections in order of type and ends.

    Each element and connection has the id it has here, and ``Matchmaker ID`` and ``Matchmaker kind`` beside, so that a
    map which has been through Kumu can be read back.
    """
    nodes = {node.id: node for node in published.nodes}
    drawn = [node for node in published.nodes if node.label in ELEMENTS]
    beside = _fields_of_ties(published.ties, nodes)
    ids = {node.id for node in drawn}
    connections = [
        _connection(tie)
        for tie in published.ties
        if tie.type not in _FIELDS_OF_TIES and tie.source in ids and tie.target in ids
    ]
    return {"elements": [_element(node, beside.get(node.id, {})) for node in drawn], "connections": connections}


def write_kumu(published: Published, path: Path) -> None:
    """Write a blueprint to a file; the same graph gives the same bytes."""
    text = json.dumps(kumu_document(published), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _element(node: Node, beside: Mapping[str, Sequence[str]]) -> Fields:
    type_property = _TYPE_PROPERTIES.get(node.label, "")
    type = title_of(node.get_text(type_property)) if node.get_text(type_property) else node.label.value
    element: Fields = {"id": node.id, "label": node.name, "type": type}
    if node.get_text("description"):
        element["description"] = node.get_text("description")
    if "Tags" in beside:
        element["tags"] = list(beside["Tags"])
    element |= {"Matchmaker ID": node.id, "Matchmaker kind": node.label.value}
    derived = derived_properties(node.label, node.properties)
    shown = {name: value for name, value in node.properties.items() if name not in {*_OWN, *derived, type_property}}
    element |= _property_fields(shown)
    element |= {heading_of(name): title_of(term.value) for name, term in derived.items()}
    return element | {name: list(values) for name, values in beside.items() if name != "Tags"}


def _connection(tie: Tie) -> Fields:
    direction = "undirected" if tie.type in UNDIRECTED else "directed"
    connection: Fields = {"id": tie.id, "from": tie.source, "to": tie.target, "direction": direction}
    connection["type"] = _TITLES.get(tie.type) or title_of(tie.type.value.lower())
    if tie.key.episode:
        connection["Episode"] = tie.key.episode
    return connection | _property_fields(tie.properties)


def heading_of(name: str) -> str:
    """Return a property's name as a field is headed.

    >>> heading_of("capacity_updated_on"), heading_of("x_grade_band")
    ('Capacity updated on', 'x_grade_band')
    """
    return name if name.startswith(KEPT_PREFIX) else name.replace("_", " ").capitalize()


def _property_fields(properties: Properties) -> Fields:
    return {heading_of(name): _json_value(properties[name]) for name in sorted(properties)}


def _json_value(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


def _fields_of_ties(ties: Iterable[Tie], nodes: Mapping[NodeId, Node]) -> dict[NodeId, dict[str, list[str]]]:
    """Return the fields of each node that are ties here: stages, places, needs and offers."""
    fields: defaultdict[NodeId, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    stated: dict[NodeId, NodeId] = {}
    concerned: dict[NodeId, str] = {}
    for tie in ties:
        target = nodes.get(tie.target)
        if tie.type is TieType.SERVES:
            fields[tie.source]["Tags"].append(title_of(tie.target))
        elif tie.type is TieType.LOCATED_IN and target is not None:
            heading = "ZIP" if target.get_text("zip") else "Places"
            fields[tie.source][heading].append(target.get_text("zip") or target.name)
        elif tie.type is TieType.OFFERED_AT and target is not None and target.label is Label.PLACE:
            fields[tie.source]["Offered in"].append(target.name)
        elif tie.type in {TieType.INCLUDES, TieType.LEADS_TO} and target is None:
            fields[tie.source][f"{title_of(tie.type.value.lower())} stages"].append(title_of(tie.target))
        elif tie.type is TieType.STATES:
            stated[tie.target] = tie.source
        elif tie.type is TieType.CONCERNS:
            concerned[tie.source] = title_of(tie.target)
    for statement, thing in concerned.items():
        node = nodes.get(statement)
        if statement in stated and node is not None:
            fields[stated[statement]]["Needs" if node.label is Label.NEED else "Offers"].append(thing)
    return {id: {name: sorted(set(values)) for name, values in sorted(named.items())} for id, named in fields.items()}
