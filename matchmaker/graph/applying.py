"""What a batch does: checked against the ontology and the store's graph, as a list of plain writes.

Both stores call `effects_of` inside their write transaction and carry out what it returns, so the meaning of a
change is here once.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from matchmaker.errors import Conflict, Finding, InvalidInput
from matchmaker.graph.contents import Stored
from matchmaker.model.canonical import ValueRefused, add_digests, canonical_text
from matchmaker.model.changes import MAXIMUM_ELEMENTS, Change, ChangeSet, ElementKey
from matchmaker.model.checking import check_node, check_record, check_resolved, check_tie, tie_words
from matchmaker.model.dates import first_day, overlap
from matchmaker.model.elements import Node, Record, Tie, TieKey, tie_key
from matchmaker.model.ids import PUBLIC, NodeId, Owner, RecordId, Revision, is_id
from matchmaker.model.ontology import TIES, fits_end, is_employer
from matchmaker.model.records import resolve, resolve_stored
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import RECORD_LABELS, REFERENCE_LABELS, UNDIRECTED, Label, TieType


class GraphReader(Protocol):
    """What `effects_of` reads of the graph, inside the store's write transaction. Absent ids are left out."""

    def nodes(self, ids: Collection[NodeId]) -> Mapping[NodeId, Stored[Node]]:
        """Return nodes as stored."""

    def records(self, ids: Collection[RecordId]) -> Mapping[RecordId, Stored[Record]]:
        """Return Records by id."""

    def records_about(self, ids: Collection[NodeId]) -> Mapping[NodeId, Sequence[Stored[Record]]]:
        """Return the Records about each node."""

    def ties(self, keys: Collection[TieKey]) -> Mapping[TieKey, Stored[Tie]]:
        """Return ties by key."""

    def ties_between(self, keys: Collection[TieKey]) -> Sequence[Stored[Tie]]:
        """Return the ties that agree with any of the keys in all but the episode."""

    def ties_at(self, ids: Collection[NodeId]) -> Sequence[Stored[Tie]]:
        """Return every tie with an end among the nodes."""

    def ties_from(self, ids: Collection[NodeId], type: TieType) -> Sequence[Stored[Tie]]:
        """Return the ties of a type that start at the nodes."""


Element = TypeVar("Element", Node, Record, Tie)
Key = TypeVar("Key", NodeId, RecordId, TieKey)
Described = dict[NodeId, list[Record]]
"""The Records about each touched node, as they are after the batch."""


@dataclass(frozen=True, slots=True)
class StoreState:
    """The store's counters before a batch: its revision and the two sums of digests."""

    revision: Revision
    graph_sum: int
    content_sum: int


@dataclass(frozen=True, slots=True)
class Effects:
    """What to write: whole elements to put, keys to remove, the state after it, and what to log.

    ``nodes`` are resolved; a node put with a Record label is the sum of its Records. Every put element gets the new
    revision as its version. Without any write, ``state`` is the state before.
    """

    state: StoreState
    nodes: tuple[Node, ...]
    records: tuple[Record, ...]
    ties: tuple[Tie, ...]
    removed_nodes: tuple[NodeId, ...]
    removed_records: tuple[RecordId, ...]
    removed_ties: tuple[TieKey, ...]
    changes: tuple[Change, ...]


def founding_state() -> StoreState:
    """Return the state of a new store: revision 0, holding `matchmaker.model.reference.REFERENCE_NODES` and no more."""
    return StoreState(
        Revision(0),
        add_digests(node.graph_digest() for node in REFERENCE_NODES),
        add_digests(node.content_digest() for node in REFERENCE_NODES),
    )


def effects_of(changes: ChangeSet, reader: GraphReader, state: StoreState) -> Effects:
    """Return what ``changes`` does to the graph behind ``reader``.

    Raises
    ------
    InvalidInput
        With every finding.
    Conflict
        An expectation of the batch doesn't hold.
    """
    return _Application(changes, reader, state).effects()


class _Application:
    """One batch being worked out: the expectations, then each element, then what they mean together."""

    def __init__(self, changes: ChangeSet, reader: GraphReader, state: StoreState) -> None:
        self.changes, self.reader, self.state = _with_canonical_keys(changes), reader, state
        self.findings: list[Finding] = []
        self.doubtful: set[NodeId] = set()
        """Nodes that a refused element is about: what else the batch says of them isn't judged."""

    def effects(self) -> Effects:
        self._check_size()
        self._check_expectations()
        nodes, records, ties, tied = self._check_elements()
        removed_nodes = [id for id in self.changes.removed_nodes if is_id(id)]
        old_records = self.reader.records({*records, *filter(is_id, self.changes.removed_records)})
        before, described = self._described(records, old_records)
        ends = {end for key in tied for end in (key.source, key.target)}
        old_nodes = self.reader.nodes({*nodes, *described, *removed_nodes, *ends})
        new_nodes: dict[NodeId, Node | None] = dict.fromkeys(removed_nodes)
        new_nodes |= {id: resolve_stored(about) for id, about in described.items()}
        new_nodes |= {id: node for id, node in nodes.items() if new_nodes.get(id) is None}
        self._check_nodes(nodes, described, old_nodes)
        self._check_complete(described, new_nodes)
        shaken = self._shaken_ties(before, described, new_nodes)
        self._check_ends({**shaken, **tied}, new_nodes, old_nodes, described)
        self._check_dangling(new_nodes)
        self._check_episodes(ties)
        self._check_rings(ties)
        self._refuse()
        return self._compared(new_nodes, old_nodes, records, old_records, ties)

    def _refuse(self) -> None:
        if self.findings:
            raise InvalidInput(self.findings)

    def _check_size(self) -> None:
        if len(self.changes) > MAXIMUM_ELEMENTS:
            valid = f"at most {MAXIMUM_ELEMENTS}; larger loads are jobs of batches"
            self.findings.append(Finding("too many elements", "the batch", str(len(self.changes)), valid))
            self._refuse()

    def _check_expectations(self) -> None:
        changes = self.changes
        if changes.if_revision is not None and changes.if_revision != self.state.revision:
            raise Conflict("the store", changes.if_revision, self.state.revision)
        keys: set[ElementKey] = {*changes.expect, *changes.expect_absent}
        if not keys:
            return
        versions = self._versions(keys)
        for key in sorted(keys, key=_key_words):
            expected, found = changes.expect.get(key, 0), versions.get(key, 0)
            if expected != found:
                raise Conflict(_key_words(key), expected, found)

    def _versions(self, keys: Iterable[ElementKey]) -> dict[ElementKey, int]:
        tie_keys = {key for key in keys if isinstance(key, TieKey)}
        texts = {str(key) for key in keys if not isinstance(key, TieKey) and is_id(key)}
        found: dict[ElementKey, int] = {}
        found |= {id: node.version for id, node in self.reader.nodes({NodeId(text) for text in texts}).items()}
        found |= {id: record.version for id, record in self.reader.records({RecordId(text) for text in texts}).items()}
        found |= {key: tie.version for key, tie in self.reader.ties(tie_keys).items()}
        return found

    def _check_elements(
        self,
    ) -> tuple[dict[NodeId, Node], dict[RecordId, Record], dict[TieKey, Tie], dict[TieKey, Tie]]:
        """Return the sound nodes, Records and ties by key, and every tie whose ends can be looked for."""
        changes = self.changes
        nodes = [check_node(node) for node in changes.nodes]
        records = [check_record(record) for record in changes.records]
        ties = [check_tie(tie) for tie in changes.ties]
        self.findings += [finding for _, findings in (*nodes, *records, *ties) for finding in findings]
        self.doubtful |= {node.id for node, findings in nodes if findings}
        self.doubtful |= {record.about for record, findings in records if findings}
        self._check_repeats([node.id for node, _ in nodes], changes.removed_nodes)
        self._check_repeats(sorted({record.about for record, _ in records}), changes.removed_nodes)
        self._check_repeats([record.id for record, _ in records], changes.removed_records)
        self._check_repeats([tie.key for tie, _ in ties], changes.removed_ties)
        return (
            {node.id: node for node, findings in nodes if not findings},
            {record.id: record for record, findings in records if not findings},
            {tie.key: tie for tie, findings in ties if not findings},
            {tie.key: tie for tie, findings in ties if not findings or _has_ends(tie)},
        )

    def _check_repeats(self, put: Sequence[Key], removed: Collection[Key]) -> None:
        if len(set(put)) < len(put):
            self.findings += [
                Finding("is put more than once in one batch", _key_words(key), valid="once")
                for key, times in Counter(put).items()
                if times > 1
            ]
        self.findings += [
            Finding("is both put and removed in one batch", _key_words(key), valid="one of the two")
            for key in sorted(set(put) & set(removed), key=_key_words)
        ]

    def _described(
        self, records: Mapping[RecordId, Record], old_records: Mapping[RecordId, Stored[Record]]
    ) -> tuple[Described, Described]:
        """Return the Records about each touched node before and after the batch."""
        touched = {record.about for record in records.values()}
        touched |= {stored.element.about for stored in old_records.values()}
        gone = {*self.changes.removed_records, *records}
        known = self.reader.records_about(touched)
        before = {id: [stored.element for stored in known.get(id, ())] for id in sorted(touched)}
        after = {id: [record for record in there if record.id not in gone] for id, there in before.items()}
        for record in records.values():
            after[record.about].append(record)
        return before, after

    def _check_nodes(
        self, nodes: Mapping[NodeId, Node], described: Described, old_nodes: Mapping[NodeId, Stored[Node]]
    ) -> None:
        for id, node in nodes.items():
            old = old_nodes.get(id)
            taken = old is not None and (old.element.label is not node.label or old.element.owner != node.owner)
            # A node whose last Record goes in this batch leaves its id: a merge puts a redirect there.
            left = id in described and old is not None and old.element.label in RECORD_LABELS
            if (taken and not left) or described.get(id):
                self.findings.append(Finding("the id is taken", f"{node.label.value} {id}", valid="another id"))
        for id, about in described.items():
            old = old_nodes.get(id)
            labels = {record.label for record in about}
            # Records about an id that was merged away bring it back in place of its redirect.
            clash = old is not None and old.element.label not in {*RECORD_LABELS, Label.REDIRECT}
            if old is not None and old.element.label in RECORD_LABELS and about:
                clash = clash or labels != {old.element.label}
            if clash or len(labels) > 1:
                self.findings.append(Finding("the id is taken", id, valid="another id, or the same label"))
        for id in self.changes.removed_nodes:
            old = old_nodes.get(id)
            if old is not None and old.element.label in REFERENCE_LABELS:
                self.findings.append(Finding("is reference data and stays", f"{old.element.label.value} {id}"))
            if old is not None and old.element.label in RECORD_LABELS:
                valid = "removing every Record about it"
                self.findings.append(
                    Finding("goes only with its Records", f"{old.element.label.value} {id}", valid=valid)
                )

    def _check_complete(self, described: Described, new_nodes: Mapping[NodeId, Node | None]) -> None:
        for id, about in described.items():
            owners = {record.owner for record in about}
            for owner in sorted(owners):
                node = new_nodes[id] if len(owners) == 1 else _resolved_for(owner, about)
                if node is not None and id not in self.doubtful:
                    self.findings += check_resolved(node)

    def _shaken_ties(
        self, before: Described, after: Described, new_nodes: Mapping[NodeId, Node | None]
    ) -> dict[TieKey, Tie]:
        """Return the ties already there at a node that for some owner has changed what it may be an end of."""
        changed = {id for id in before if new_nodes[id] is not None and _stands_otherwise(before[id], after[id])}
        gone = {id for id, node in new_nodes.items() if node is None}
        there = {stored.element.key: stored.element for stored in self.reader.ties_at(changed - self.doubtful)}
        removed = set(self.changes.removed_ties)
        return {key: tie for key, tie in there.items() if key not in removed and not {key.source, key.target} & gone}

    def _check_ends(
        self,
        ties: Mapping[TieKey, Tie],
        new_nodes: Mapping[NodeId, Node | None],
        old_nodes: Mapping[NodeId, Stored[Node]],
        described: Described,
    ) -> None:
        seen = self._ends_as_seen(ties, new_nodes, old_nodes, described)
        for key, tie in ties.items():
            first, second = seen[key.owner, key.source], seen[key.owner, key.target]
            for end, node in ((key.source, first), (key.target, second)):
                if node is None and end not in self.doubtful:
                    valid = "the id of something already there"
                    self.findings.append(Finding(f"{end} is not known here", tie_words(tie), valid=valid))
            if self.doubtful & {key.source, key.target} or first is None or second is None:
                continue
            if not _allowed(tie, first, second):
                got = f"{first.label.value} → {second.label.value}"
                self.findings.append(
                    Finding("these ends are not allowed", tie_words(tie), got, TIES[tie.type].allowed())
                )

    def _ends_as_seen(
        self,
        ties: Iterable[TieKey],
        new_nodes: Mapping[NodeId, Node | None],
        old_nodes: Mapping[NodeId, Stored[Node]],
        described: Described,
    ) -> dict[tuple[Owner, NodeId], Node | None]:
        """Return every end as the owner of its tie sees it after the batch."""
        wanted = {(key.owner, end) for key in ties for end in (key.source, key.target)}
        ends = {end for _, end in wanted}
        old_nodes = {**old_nodes, **self.reader.nodes(ends - set(old_nodes) - set(new_nodes))}
        overlaid = {end for owner, end in wanted if owner != PUBLIC} - set(described)
        about: dict[NodeId, Sequence[Record]] = {
            id: [stored.element for stored in known] for id, known in self.reader.records_about(overlaid).items()
        }
        return {
            (owner, end): _as_seen_by(
                owner, _node_after(end, new_nodes, old_nodes), described.get(end) or about.get(end, ())
            )
            for owner, end in wanted
        }

    def _check_dangling(self, new_nodes: Mapping[NodeId, Node | None]) -> None:
        gone = {id for id, node in new_nodes.items() if node is None}
        spoken_of = {*self.changes.removed_ties, *(tie.key for tie in self.changes.ties)}
        staying = {stored.element.key for stored in self.reader.ties_at(gone)} - spoken_of
        for key in sorted(staying, key=_key_words):
            end = key.source if key.source in gone else key.target
            self.findings.append(
                Finding(
                    f"{end} can't go while this tie points at it",
                    _key_words(key),
                    valid="removing the tie as well",
                )
            )

    def _check_episodes(self, ties: Mapping[TieKey, Tie]) -> None:
        removed = set(self.changes.removed_ties)
        groups: dict[tuple[str, ...], dict[TieKey, Tie]] = defaultdict(dict)
        for stored in self.reader.ties_between(set(ties)):
            if stored.element.key not in removed:
                groups[_between(stored.element.key)][stored.element.key] = stored.element
        for key, tie in ties.items():
            groups[_between(key)][key] = tie
        for group in groups.values():
            for first, second in _overlapping(group.values()):
                value = f"{first.key.episode or 'no episode'} and {second.key.episode or 'no episode'}"
                valid = "since and until that don't overlap, or one episode"
                self.findings.append(Finding("two episodes overlap", tie_words(first), value, valid))

    def _check_rings(self, ties: Mapping[TieKey, Tie]) -> None:
        """Refuse a tie by which something would be a part of itself, as its owner sees it."""
        put = [key for key in ties if key.type is TieType.PART_OF]
        if not put:
            return
        wholes: dict[NodeId, set[TieKey]] = defaultdict(set)
        for key in put:
            wholes[key.source].add(key)
        gone, asked = set(self.changes.removed_ties), set[NodeId]()
        waiting = {key.target for key in put}
        while waiting:
            for stored in self.reader.ties_from(waiting, TieType.PART_OF):
                if stored.element.key not in gone:
                    wholes[stored.element.source].add(stored.element.key)
            asked |= waiting
            waiting = {key.target for id in waiting for key in wholes[id]} - asked
        for key in put:
            ring = _ring(key, wholes)
            if ring:
                valid = "parts that end at a whole which is no part of any of them"
                message = "it would be a part of itself"
                self.findings.append(Finding(message, _key_words(key), " → ".join(ring), valid))

    def _compared(
        self,
        new_nodes: Mapping[NodeId, Node | None],
        old_nodes: Mapping[NodeId, Stored[Node]],
        records: Mapping[RecordId, Record],
        old_records: Mapping[RecordId, Stored[Record]],
        ties: Mapping[TieKey, Tie],
    ) -> Effects:
        new_records: dict[RecordId, Record | None] = dict.fromkeys(self.changes.removed_records)
        new_records |= records
        new_ties: dict[TieKey, Tie | None] = dict.fromkeys(self.changes.removed_ties)
        new_ties |= ties
        node_writes = _differences(new_nodes, old_nodes)
        record_writes = _differences(new_records, old_records)
        tie_writes = _differences(new_ties, self.reader.ties(set(new_ties)))
        put_nodes = tuple(new for _, _, new in node_writes if new is not None)
        put_records = tuple(new for _, _, new in record_writes if new is not None)
        put_ties = tuple(new for _, _, new in tie_writes if new is not None)
        if not (node_writes or record_writes or tie_writes):
            return Effects(self.state, (), (), (), (), (), (), ())
        graph = content = 0
        for _, old_node, node in node_writes:
            graph += (node.graph_digest() if node else 0) - (old_node.graph_digest() if old_node else 0)
            content += (node.content_digest() if node else 0) - (old_node.content_digest() if old_node else 0)
        for _, old_record, record in record_writes:
            content += (record.content_digest() if record else 0) - (old_record.content_digest() if old_record else 0)
        for _, old_tie, tie in tie_writes:
            graph += (tie.graph_digest() if tie else 0) - (old_tie.graph_digest() if old_tie else 0)
            content += (tie.content_digest() if tie else 0) - (old_tie.content_digest() if old_tie else 0)
        revision = Revision(self.state.revision + 1)
        log = [Change(revision, "node", id, new is None) for id, _, new in node_writes]
        log += [Change(revision, "record", id, new is None) for id, _, new in record_writes]
        log += [Change(revision, "tie", key.id, new is None) for key, _, new in tie_writes]
        return Effects(
            StoreState(
                revision,
                add_digests([graph], self.state.graph_sum),
                add_digests([content], self.state.content_sum),
            ),
            put_nodes,
            put_records,
            put_ties,
            tuple(id for id, _, new in node_writes if new is None),
            tuple(id for id, _, new in record_writes if new is None),
            tuple(key for key, _, new in tie_writes if new is None),
            tuple(sorted(log, key=lambda change: (change.kind, change.id))),
        )


def _with_canonical_keys(changes: ChangeSet) -> ChangeSet:
    """Return a batch whose tie keys are written as the store writes them, whichever way round they were given."""
    return replace(
        changes,
        removed_ties=tuple(_canonical_key(key) for key in changes.removed_ties),
        expect={_canonical_element_key(key): version for key, version in changes.expect.items()},
        expect_absent=frozenset(map(_canonical_element_key, changes.expect_absent)),
    )


def _canonical_element_key(key: ElementKey) -> ElementKey:
    return _canonical_key(key) if isinstance(key, TieKey) else key


def _canonical_key(key: TieKey) -> TieKey:
    if not key.episode and (key.type not in UNDIRECTED or key.source < key.target):
        return key
    try:
        episode = canonical_text(key.episode)
    except ValueRefused:
        episode = key.episode
    return tie_key(key.type, key.source, key.target, key.owner, episode)


def _differences(
    new: Mapping[Key, Element | None], old: Mapping[Key, Stored[Element]]
) -> list[tuple[Key, Element | None, Element | None]]:
    found: list[tuple[Key, Element | None, Element | None]] = []
    for key, element in new.items():
        before = old[key].element if key in old else None
        if before != element:
            found.append((key, before, element))
    return sorted(found, key=lambda change: _key_words(change[0]))


def _node_after(
    id: NodeId, new_nodes: Mapping[NodeId, Node | None], old_nodes: Mapping[NodeId, Stored[Node]]
) -> Node | None:
    if id in new_nodes:
        return new_nodes[id]
    return old_nodes[id].element if id in old_nodes else None


def _as_seen_by(owner: Owner, node: Node | None, records: Sequence[Record]) -> Node | None:
    """Return a node as ``owner`` may see it, so that no tie can reach, or test for, another ecosystem's own."""
    if node is not None and node.label in RECORD_LABELS and owner != PUBLIC:
        return _resolved_for(owner, records)
    return node if node is not None and node.owner in {PUBLIC, owner} else None


def _resolved_for(owner: Owner, records: Iterable[Record]) -> Node | None:
    return resolve(record for record in records if record.owner in {PUBLIC, owner})


def _stands_otherwise(before: Sequence[Record], after: Sequence[Record]) -> bool:
    """Say whether for some owner a node comes, goes, or changes what it may be an end of."""
    owners = {PUBLIC, *(record.owner for record in (*before, *after))}
    return any(_standing(_resolved_for(owner, before)) != _standing(_resolved_for(owner, after)) for owner in owners)


def _standing(node: Node | None) -> tuple[object, ...]:
    """Return what decides which ends of ties a node may be."""
    if node is None:
        return ()
    types = node.properties.get("organization_types"), node.properties.get("organization_type")
    return (node.label, *types, is_employer(node.label, node.properties))


def _has_ends(tie: Tie) -> bool:
    """Say whether the ends of a refused tie can be looked for all the same."""
    return is_id(tie.source) and is_id(tie.target) and tie.source != tie.target


def _allowed(tie: Tie, first: Node, second: Node) -> bool:
    def fits(one: Node, other: Node) -> bool:
        return any(
            fits_end(source, one.label, one.properties) and fits_end(target, other.label, other.properties)
            for source, target in TIES[tie.type].ends
        )

    return fits(first, second)


def _between(key: TieKey) -> tuple[str, ...]:
    return (key.type.value, key.source, key.target, key.owner)


def _interval(tie: Tie) -> tuple[str | None, str | None]:
    since, until = tie.properties.get("since"), tie.properties.get("until")
    return (since if isinstance(since, str) else None, until if isinstance(until, str) else None)


def _overlapping(ties: Iterable[Tie]) -> Iterator[tuple[Tie, Tie]]:
    """Yield each tie that begins before an earlier one has ended, after that one."""
    ordered = sorted(ties, key=lambda tie: (_day(_interval(tie)[0], datetime.date.min), tie.key.episode))
    longest = ordered[0]
    for tie in ordered[1:]:
        if overlap(_interval(longest), _interval(tie)):
            yield longest, tie
        longest = max(longest, tie, key=lambda one: _day(_interval(one)[1], datetime.date.max))


def _ring(key: TieKey, wholes: Mapping[NodeId, Collection[TieKey]]) -> list[NodeId]:
    """Return the way from a part over its wholes back to itself, as the tie's owner sees it; empty: there is none."""
    visible = {PUBLIC, key.owner}
    came_from: dict[NodeId, NodeId] = {key.target: key.source}
    waiting = [key.target]
    while waiting:
        here = waiting.pop()
        if here == key.source:
            way = [here]
            while (way[-1] != here or len(way) == 1) and len(way) <= len(came_from) + 1:
                way.append(came_from[way[-1]])
            return way[::-1]
        for up in sorted(wholes.get(here, ()), key=_key_words):
            if up.owner in visible and up.target not in came_from:
                came_from[up.target] = here
                waiting.append(up.target)
    return []


def _day(text: str | None, unknown: datetime.date) -> datetime.date:
    return unknown if text is None else first_day(text)


def _key_words(key: ElementKey) -> str:
    if isinstance(key, TieKey):
        episode = f" ({key.episode})" if key.episode else ""
        return f"{key.source} {key.type.value} {key.target}{episode}"
    return key
