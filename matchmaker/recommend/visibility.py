"""Who may see what a fact rests on: the strictest word of the element, its owner and the properties it uses."""

import datetime
import weakref
from collections.abc import Iterable, Mapping, Sequence
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
    looked = _looked_at(snapshot)
    seen = Visibility.PUBLIC
    parties: set[NodeId] = set()
    dates: list[Dated] = []
    elements: dict[str, None] = {}
    for index in nodes:
        node = looked.node(index)
        seen = _stricter(seen, node.visibility)
        parties.update(node.parties)
        elements[node.node.id] = None
        used = [name for name in names if name in node.node.properties]
        for name in (*used, *node.content):
            seen = _stricter(seen, node.visibility_of(name))
        if node.records:
            dates += [node.date_of(name, snapshot.as_of) for name in used]
        elif used or node.content:
            dates.append(dated_node(node.node, snapshot.as_of))
    for tie in ties:
        seen = _stricter(seen, tie_visibility(tie))
        for name in names:
            if name in tie.properties:
                seen = _stricter(seen, tie_property_visibility(tie, name))
        elements[tie.id] = None
        parties.update(looked.parties(tie.source), looked.parties(tie.target))
        dates.append(dated_tie(tie, snapshot.as_of))
    age = dates[0] if len(dates) == 1 else oldest(dates)
    return Fact(_with_doubts(sentence, ties, age), tuple(elements), seen, tuple(sorted(parties)), age)


def visibility_of(snapshot: Snapshot, nodes: Sequence[int], ties: Sequence[Tie]) -> Visibility:
    """Return the strictest visibility of some nodes and ties themselves."""
    looked = _looked_at(snapshot)
    seen = strictest(tie_visibility(tie) for tie in ties)
    for index in nodes:
        seen = _stricter(
            seen,
            strictest(
                [looked.node(index).visibility, *map(looked.node(index).visibility_of, looked.node(index).content)]
            ),
        )
    return seen


def _with_doubts(sentence: str, ties: Sequence[Tie], age: Dated) -> str:
    words = ["inferred"] if any(tie.provenance.confidence is Confidence.INFERRED for tie in ties) else []
    if age.freshness is Freshness.STALE:
        words.append("stale" if age.date in sentence else f"from {age.date}, stale")
    return f"{sentence.removesuffix('.')} ({'; '.join(words)})." if words else sentence


def _stricter(one: Visibility, other: Visibility) -> Visibility:
    return other if other is not one and STRICTNESS[other] > STRICTNESS[one] else one


class _SeenNode:
    """A node, who may know of it and of what it says, and whom it is about."""

    __slots__ = ("_dates", "_visibilities", "content", "node", "parties", "records", "visibility")

    def __init__(self, snapshot: Snapshot, index: int) -> None:
        self.node = snapshot.nodes[index]
        self.records = snapshot.records(self.node.id)
        self.visibility = node_visibility(self.node, self.records)
        self.parties = parties_of(snapshot, index)
        self.content = tuple(name for name in _content(self.node) if name in self.node.properties)
        self._visibilities: dict[str, Visibility] = {}
        self._dates: dict[str, Dated] = {}

    def visibility_of(self, name: str) -> Visibility:
        """Return who may see one of its properties."""
        found = self._visibilities.get(name)
        if found is None:
            found = self._visibilities[name] = property_visibility(self.node, name, self.records)
        return found

    def date_of(self, name: str, as_of: datetime.date) -> Dated:
        """Return the date that one of its properties goes by."""
        found = self._dates.get(name)
        if found is None:
            found = self._dates[name] = dated(name, ranked_for(name, self.records)[0], as_of)
        return found


class _Looked:
    """What was looked at in a snapshot lately; facts of one list keep coming back to the same nodes."""

    __slots__ = ("_nodes", "_parties", "_snapshot")

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = weakref.ref(snapshot)
        self._nodes: dict[int, _SeenNode] = {}
        self._parties: dict[NodeId, frozenset[NodeId]] = {}

    def node(self, index: int) -> _SeenNode:
        """Return a node by index."""
        found = self._nodes.get(index)
        if found is None:
            if len(self._nodes) >= REMEMBERED:
                self._nodes.clear()
            found = self._nodes[index] = _SeenNode(self._whole(), index)
        return found

    def parties(self, id: NodeId) -> frozenset[NodeId]:
        """Return the partners that a node is about, by its id."""
        found = self._parties.get(id)
        if found is None:
            if len(self._parties) >= REMEMBERED:
                self._parties.clear()
            snapshot = self._whole()
            found = self._parties[id] = frozenset(parties_of(snapshot, snapshot.index_of(id)))
        return found

    def _whole(self) -> Snapshot:
        snapshot = self._snapshot()
        assert snapshot is not None  # noqa: S101 - whoever asks holds it
        return snapshot


REMEMBERED = 20_000
"""How many nodes of a snapshot are remembered with who may see them."""

_LOOKED: weakref.WeakKeyDictionary[Snapshot, _Looked] = weakref.WeakKeyDictionary()


def _looked_at(snapshot: Snapshot) -> _Looked:
    found = _LOOKED.get(snapshot)
    if found is None:
        found = _LOOKED[snapshot] = _Looked(snapshot)
    return found


def parties_of(snapshot: Snapshot, index: int) -> set[NodeId]:
    """Return the partners that a node is about: itself, those who run it, or those who state it."""
    node = snapshot.nodes[index]
    if node.label is Label.PARTNER:
        return {node.id}
    types = (TieType.OPERATES,) if node.label is Label.PROGRAM else (TieType.STATES, TieType.HAS)
    subjects = [at for type in types for at in snapshot.adjacency(type, backward=True).of(index).tolist()]
    return {party for at in subjects for party in parties_of(snapshot, at)}


def _content(node: Node) -> tuple[str, ...]:
    """Return the properties that a statement or repeating fact consists of: naming it is showing them."""
    return () if node.label in _WHOLE else tuple(node_properties(node.label))


_WHOLE = frozenset({Label.PARTNER, Label.PROGRAM, Label.PLACE, Label.ECOSYSTEM, Label.INITIATIVE})


def _declared(specs: Mapping[str, PropertySpec], name: str) -> Visibility:
    spec = specs.get(name)
    return spec.visibility if spec is not None else Visibility.STAFF


def _stated(properties: Properties, default: Visibility) -> Visibility:
    value = properties.get("visibility")
    return Visibility(value) if isinstance(value, str) else default


def _owned(owner: Owner) -> Visibility:
    return Visibility.PUBLIC if owner == PUBLIC else Visibility.ECOSYSTEM
