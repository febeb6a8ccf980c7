"""Who may see what a fact rests on: the strictest word of the element, its owner and the properties it uses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.canonical import Properties
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.freshness import Dated, Freshness, dated, dated_node, dated_tie, oldest
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.ontology import PROPERTIES, node_properties, tie_properties
from matchmaker.model.properties import PropertySpec
from matchmaker.model.records import ranked_for
from matchmaker.model.suggestion import Fact
from matchmaker.model.vocabulary import Confidence, Label, TieType, Visibility

STRICTNESS: Mapping[Visibility, int] = MappingProxyType(
    {Visibility.PUBLIC: 0, Visibility.ECOSYSTEM: 1, Visibility.PARTIES: 2, Visibility.STAFF: 3}
)
"""The order of visibilities, the strictest last."""

LABEL_VISIBILITY: Mapping[Label, Visibility] = MappingProxyType(
    {
        label: min((spec.visibility for spec in specs), key=STRICTNESS.__getitem__, default=Visibility.PUBLIC)
        for label, specs in PROPERTIES.items()
    }
)
"""Who may know of a node of each label at all: those who may see the least hidden of its own properties."""


def strictest(visibilities: Iterable[Visibility]) -> Visibility:
    """Return the strictest of some visibilities; ``public`` where there is none.

    >>> strictest([Visibility.PUBLIC, Visibility.STAFF, Visibility.ECOSYSTEM]).value
    'staff'
    """
    return max(visibilities, key=STRICTNESS.__getitem__, default=Visibility.PUBLIC)


def node_visibility(node: Node, records: Sequence[Record] = ()) -> Visibility:
    """Return who may know that a node is there: the strictest of its label's word, its own, and its owner's."""
    own = strictest([LABEL_VISIBILITY[node.label], _stated(node.properties, Visibility.PUBLIC)])
    if any(record.owner == PUBLIC for record in records):
        return own
    return strictest([own, _owned(node.owner)])


def property_visibility(node: Node, name: str, records: Sequence[Record] = ()) -> Visibility:
    """Return who may see one property of a node.

    The strictest of: the node's own visibility, the property's in the ontology, and ``ecosystem`` where the value in
    use comes from an ecosystem's own Record.
    """
    found = [node_visibility(node, records), _declared(node_properties(node.label), name)]
    holding = ranked_for(name, records)
    if holding:
        found.append(_owned(holding[0].owner))
    return strictest(found)


def tie_visibility(tie: Tie) -> Visibility:
    """Return who may know that a tie is there."""
    return strictest([_stated(tie.properties, Visibility.PUBLIC), _owned(tie.owner)])


def tie_property_visibility(tie: Tie, name: str) -> Visibility:
    """Return who may see one property of a tie."""
    return strictest([tie_visibility(tie), _declared(tie_properties(tie.type), name)])


def state_fact(
    snapshot: Snapshot,
    sentence: str,
    nodes: Sequence[int] = (),
    ties: Sequence[Tie] = (),
    names: Sequence[str] = (),
) -> Fact:
    """Return a fact with the ids of what it rests on, who may see it, and the partners it is about.

    Parameters
    ----------
    nodes, ties
        What it rests on; nodes by index.
    names
        The properties it uses, of whichever of them have such a property.

    What rests on an inferred tie says so, and so does what is stale.
    """
    found: list[Visibility] = []
    parties: set[NodeId] = set()
    for index in nodes:
        node, records = snapshot.nodes[index], snapshot.records(snapshot.nodes[index].id)
        used = [name for name in (*names, *_content(node)) if name in node.properties]
        found += [node_visibility(node, records), *(property_visibility(node, name, records) for name in used)]
        parties |= parties_of(snapshot, index)
    for tie in ties:
        used = [name for name in names if name in tie.properties]
        found += [tie_visibility(tie), *(tie_property_visibility(tie, name) for name in used)]
        for end in (tie.source, tie.target):
            parties |= parties_of(snapshot, snapshot.index_of(end))
    elements = [snapshot.nodes[index].id for index in nodes] + [tie.id for tie in ties]
    dates = oldest(_dates(snapshot, nodes, ties, names))
    words = ["inferred"] if any(tie.provenance.confidence is Confidence.INFERRED for tie in ties) else []
    if dates.freshness is Freshness.STALE:
        words.append("stale" if dates.date in sentence else f"from {dates.date}, stale")
    if words:
        sentence = f"{sentence.removesuffix('.')} ({'; '.join(words)})."
    return Fact(sentence, tuple(dict.fromkeys(map(str, elements))), strictest(found), tuple(sorted(parties)), dates)


def _dates(snapshot: Snapshot, nodes: Sequence[int], ties: Sequence[Tie], names: Sequence[str]) -> Iterator[Dated]:
    """Yield the date of every property, statement and tie that a fact rests on."""
    for index in nodes:
        node, records = snapshot.nodes[index], snapshot.records(snapshot.nodes[index].id)
        used = [name for name in names if name in node.properties]
        if records:
            yield from (dated(name, ranked_for(name, records)[0], snapshot.as_of) for name in used)
        elif used or _content(node):
            yield dated_node(node, snapshot.as_of)
    yield from (dated_tie(tie, snapshot.as_of) for tie in ties)


def parties_of(snapshot: Snapshot, index: int) -> set[NodeId]:
    """Return the partners that a node is about: itself, those who run it, or those who state it."""
    node = snapshot.nodes[index]
    if node.label is Label.PARTNER:
        return {node.id}
    if node.label is Label.PROGRAM:
        return {snapshot.nodes[other].id for other, _ in snapshot.sources(index, TieType.OPERATES)}
    subjects = snapshot.sources(index, TieType.STATES) + snapshot.sources(index, TieType.HAS)
    return {party for other, _ in subjects for party in parties_of(snapshot, other)}


def _content(node: Node) -> tuple[str, ...]:
    """Return the properties that a statement or repeating fact consists of: naming it is showing them."""
    whole = {Label.PARTNER, Label.PROGRAM, Label.PLACE, Label.ECOSYSTEM, Label.INITIATIVE}
    return () if node.label in whole else tuple(node_properties(node.label))


def _declared(specs: Mapping[str, PropertySpec], name: str) -> Visibility:
    spec = specs.get(name)
    return spec.visibility if spec is not None else Visibility.STAFF


def _stated(properties: Properties, default: Visibility) -> Visibility:
    value = properties.get("visibility")
    return Visibility(value) if isinstance(value, str) else default


def _owned(owner: Owner) -> Visibility:
    return Visibility.PUBLIC if owner == PUBLIC else Visibility.ECOSYSTEM
