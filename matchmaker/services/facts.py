"""Why a fact is as it is, and what a store holds."""

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import GraphStore, StoreHashes
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Record
from matchmaker.model.ids import NodeId, Revision
from matchmaker.model.ontology import KEPT_PREFIX, node_properties
from matchmaker.model.records import PRECEDENCE, FactSource
from matchmaker.model.records import why_fact as sources_of
from matchmaker.model.vocabulary import RECORD_LABELS, Label, TieType

_DERIVED_FROM = {"sector": "organization_type"}


@dataclass(frozen=True, slots=True)
class FactReport:
    """One field of one thing: its value, and what every source says.

    Attributes
    ----------
    node, field
        What was asked about.
    value
        The value in use; None where no source gives one.
    sources
        Every source's value, the one in use first, each with why it won or lost.
    derived_from
        The field that it follows from, whose ``sources`` these are; empty where it is entered itself.
    rule
        Which source wins, in words.
    """

    node: Node
    field: str
    value: Value | None
    sources: tuple[FactSource, ...]
    derived_from: str = ""
    rule: str = PRECEDENCE


@dataclass(frozen=True, slots=True)
class StoreStats:
    """What a store holds, of all owners.

    ``nodes`` and ``ties`` hold the labels and tie types that are there, in the order of the vocabulary; Stages and
    Resources are reference data.
    """

    revision: Revision
    nodes: Mapping[Label, int]
    ties: Mapping[TieType, int]
    records: int
    hashes: StoreHashes


def why_fact(store: GraphStore, scope: Scope, id: str, field: str, as_of: datetime.date) -> FactReport:
    """Return every source's value of a field, and why one of them is in use.

    An id that was merged into another one is followed.

    Raises
    ------
    NotFound
        The scope doesn't hold such a thing at that day.
    InvalidInput
        Things of its label have no such field.
    """
    node, records = _find(store.snapshot(scope, as_of), NodeId(id))
    known = node_properties(node.label)
    if field not in known and not field.startswith(KEPT_PREFIX):
        finding = Finding(f"a {node.label.value} has no such field", "field", field[:200], ", ".join(sorted(known)))
        raise InvalidInput([finding])
    derived_from = _DERIVED_FROM[field] if field in known and known[field].derived else ""
    sources = sources_of(derived_from or field, records)
    return FactReport(node, field, node.properties.get(field), tuple(sources), derived_from)


def _find(snapshot: Snapshot, id: NodeId) -> tuple[Node, tuple[Record, ...]]:
    node = snapshot.get_node(id)
    followed = {id}
    while node.label is Label.REDIRECT:
        id = NodeId(node.get_text("to"))
        if id in followed:
            raise NotFound("node", id)
        followed.add(id)
        node = snapshot.get_node(id)
    if node.label in RECORD_LABELS:
        return node, snapshot.records(id)
    return node, (Record(node.id, node.label, node.properties, node.owner, node.provenance),)


def stats(store: GraphStore) -> StoreStats:
    """Return how many nodes of each label, ties of each type and Records a store holds; reads all of it."""
    nodes = Counter(stored.element.label for stored in store.iter_nodes())
    ties = Counter(stored.element.type for stored in store.iter_ties())
    return StoreStats(
        store.revision(),
        {label: nodes[label] for label in Label if nodes[label]},
        {type: ties[type] for type in TieType if ties[type]},
        sum(1 for _ in store.iter_records()),
        store.hashes(),
    )
