"""A store's graph in memory, to judge changes against before any of them is written."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from matchmaker.exchange.edits import Element
from matchmaker.graph.applying import StoreState, effects_of
from matchmaker.graph.contents import Contents, Stored
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Record, Tie, TieKey
from matchmaker.model.ids import PUBLIC, NodeId, Owner, RecordId, Revision
from matchmaker.model.records import resolve, resolve_stored
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import RECORD_LABELS, Label


class GraphImage:
    """What a store holds at one revision, and what was done to this copy since.

    It is a `matchmaker.graph.applying.GraphReader`, so the rules that judge a change here are the very ones that the
    stores apply. Memory grows with the store's contents.
    """

    def __init__(self, contents: Contents) -> None:
        self.revision = contents.revision
        self._state = StoreState(contents.revision, 0, 0)
        self._nodes: dict[NodeId, Stored[Node]] = {}
        self._records: dict[RecordId, Stored[Record]] = {}
        self._about: defaultdict[NodeId, dict[RecordId, Stored[Record]]] = defaultdict(dict)
        self._ties: dict[TieKey, Stored[Tie]] = {}
        self._ties_at: defaultdict[NodeId, set[TieKey]] = defaultdict(set)
        self._between: defaultdict[tuple[str, ...], set[TieKey]] = defaultdict(set)
        for node in contents.nodes:
            self._nodes[node.id] = self._stored(node)
        for record in contents.records:
            self._put_record(record)
        for id, about in self._about.items():
            node_or_none = resolve_stored([stored.element for stored in about.values()])
            if node_or_none is not None:
                self._nodes[id] = self._stored(node_or_none)
        for tie in contents.ties:
            self._put_tie(tie)

    @classmethod
    def empty(cls) -> "GraphImage":
        """Return the image of a new store: the reference data and nothing else."""
        return cls(Contents(Revision(0), REFERENCE_NODES, (), ()))

    def _stored(self, element: Node | Record | Tie) -> Stored:  # type: ignore[type-arg]  # of the element's own kind
        return Stored(element, self.revision)

    def nodes(self, ids: Collection[NodeId]) -> Mapping[NodeId, Stored[Node]]:
        return {id: self._nodes[id] for id in ids if id in self._nodes}

    def records(self, ids: Collection[RecordId]) -> Mapping[RecordId, Stored[Record]]:
        return {id: self._records[id] for id in ids if id in self._records}

    def records_about(self, ids: Collection[NodeId]) -> Mapping[NodeId, Sequence[Stored[Record]]]:
        return {id: list(self._about[id].values()) for id in ids if id in self._about}

    def ties(self, keys: Collection[TieKey]) -> Mapping[TieKey, Stored[Tie]]:
        return {key: self._ties[key] for key in keys if key in self._ties}

    def ties_between(self, keys: Collection[TieKey]) -> Sequence[Stored[Tie]]:
        groups = {_between(key) for key in keys}
        return [self._ties[key] for group in groups if group in self._between for key in self._between[group]]

    def ties_at(self, ids: Collection[NodeId]) -> Sequence[Stored[Tie]]:
        keys = {key for id in ids if id in self._ties_at for key in self._ties_at[id]}
        return [self._ties[key] for key in keys]

    def find(self, element: Element) -> Element | None:
        """Return what is here under the element's id or key."""
        stored: Stored[Node] | Stored[Record] | Stored[Tie] | None
        if isinstance(element, Tie):
            stored = self._ties.get(element.key)
        elif isinstance(element, Record):
            stored = self._records.get(element.id)
        else:
            stored = self._nodes.get(element.id)
        return stored.element if stored is not None else None

    def find_node(self, id: NodeId) -> Node | None:
        """Return a node as the store resolves it, or None."""
        stored = self._nodes.get(id)
        return stored.element if stored is not None else None

    def iter_labelled(self, label: Label) -> Iterator[Node]:
        """Yield the nodes of a label, in id order."""
        for id in sorted(self._nodes):
            node = self._nodes[id].element
            if node.label is label:
                yield node

    def find_visible(self, id: NodeId, owner: Owner) -> Node | None:
        """Return a node as ``owner`` may see it, or None."""
        node = self.find_node(id)
        if node is None:
            return None
        if node.label in RECORD_LABELS:
            records = (stored.element for stored in self._about[id].values())
            return resolve(record for record in records if record.owner in {PUBLIC, owner})
        return node if node.owner in {PUBLIC, owner} else None

    def apply(self, changes: ChangeSet) -> None:
        """Do to this copy what a store would do; raise what a store would raise, with nothing done."""
        effects = effects_of(changes, self, self._state)
        self._remove(effects.removed_nodes, effects.removed_records, effects.removed_ties)
        for node in effects.nodes:
            self._nodes[node.id] = self._stored(node)
        for record in effects.records:
            self._put_record(record)
        for tie in effects.ties:
            self._put_tie(tie)

    def _put_record(self, record: Record) -> None:
        old = self._records.get(record.id)
        if old is not None and old.element.about != record.about:
            del self._about[old.element.about][record.id]
        self._records[record.id] = self._about[record.about][record.id] = self._stored(record)

    def _put_tie(self, tie: Tie) -> None:
        self._ties[tie.key] = self._stored(tie)
        self._between[_between(tie.key)].add(tie.key)
        for end in (tie.source, tie.target):
            self._ties_at[end].add(tie.key)

    def _remove(self, nodes: Iterable[NodeId], records: Iterable[RecordId], ties: Iterable[TieKey]) -> None:
        for key in ties:
            del self._ties[key]
            self._between[_between(key)].discard(key)
            for end in (key.source, key.target):
                self._ties_at[end].discard(key)
        for record_id in records:
            about = self._records.pop(record_id).element.about
            del self._about[about][record_id]
        for node_id in nodes:
            del self._nodes[node_id]


def _between(key: TieKey) -> tuple[str, ...]:
    return (key.type.value, key.source, key.target, key.owner)
