"""Why a fact is as it is, and what a store holds."""

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import GraphStore, StoreHashes
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Record
from matchmaker.model.freshness import Dated, dated, dated_node
from matchmaker.model.ids import NodeId, Revision
from matchmaker.model.ontology import KEPT_PREFIX, node_properties
from matchmaker.model.records import CLOSED, PRECEDENCE, FactSource, find_contested_closing
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
    as_of
        The day at which it is looked at.
    sources
        Every source's value, the one in use first, each with why it won or lost.
    derived_from
        The field that it follows from, whose ``sources`` these are; empty where it is entered itself.
    rule
        Which source wins, in words.
    question
        What is to be asked, where no source's word is in use for being contested; else empty.
    """

    node: Node
    field: str
    value: Value | None
    as_of: datetime.date
    sources: tuple[FactSource, ...]
    derived_from: str = ""
    rule: str = PRECEDENCE
    question: str = ""

    def dated(self, told: FactSource) -> Dated:
        """Return the date that a source's value goes by, and how fresh it is at the day asked for."""
        if self.node.label not in RECORD_LABELS:
            return dated_node(self.node, self.as_of)
        return dated(self.derived_from or self.field, told.record, self.as_of)


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


def why_fact(snapshot: Snapshot, id: str, field: str) -> FactReport:
    """Return every source's value of a field, and why one of them is in use.

    An id that was merged into another one is followed.

    Raises
    ------
    NotFound
        The snapshot doesn't hold such a thing.
    InvalidInput
        Things of its label have no such field.
    """
    node, records = _find(snapshot, NodeId(id))
    known = node_properties(node.label)
    if field not in known and not field.startswith(KEPT_PREFIX):
        finding = Finding(f"a {node.label.value} has no such field", "field", field[:200], ", ".join(sorted(known)))
        raise InvalidInput([finding])
    derived_from = _DERIVED_FROM[field] if field in known and known[field].derived else ""
    sources = tuple(sources_of(derived_from or field, records))
    contested = find_contested_closing(records) if field == CLOSED else None
    report = FactReport(node, field, node.properties.get(field), snapshot.as_of, sources, derived_from)
    return report if contested is None else replace(report, question=contested.question)


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
