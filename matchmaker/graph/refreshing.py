"""A snapshot after small changes, without reading everything anew: what may be carried over, and what may not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from matchmaker.graph.candidates import NAMES_IN, is_whole, is_withdrawn_everywhere
from matchmaker.graph.contents import Update
from matchmaker.graph.difference import Difference, NodeChange, TieChange
from matchmaker.graph.scoping import FACT_LABELS, WALKED
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import is_present
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.ids import PUBLIC, Owner
from matchmaker.model.records import is_visible_record, resolve
from matchmaker.model.vocabulary import Label, TieType

ADDABLE = frozenset({Label.SUGGESTION, Label.ANSWER, Label.PAIR_RULE})
"""The labels of nodes that may come to a snapshot: they decide nothing about what else is in it."""

_STANDS = ("sector", "latitude", "longitude", "kind", "program_type", "since", "until")
"""The properties that say whether and where something stands in a scope."""

_OF_SUBJECTS = frozenset({TieType.HAS, TieType.STATES})
_OF_MEMBERS = frozenset({TieType.MEMBER_OF, TieType.PARTICIPATES_IN})


class _Rebuild(Exception):
    """The change may alter what the scope holds."""


def refresh_snapshot(snapshot: Snapshot, update: Update, *, nobody_left_out: bool = False) -> Snapshot | None:
    """Return the snapshot that would be built at the update's revision, or None where only building can tell.

    Ties that decide nothing about a scope, what partners say of themselves as long as they stand where they stood, and
    suggestions, answers and pair rules can be carried over. Costs some copies of the arrays of one type of tie, not a
    read of the store.

    In a refreshed snapshot a new node has the last index, a new tie the last place in `Snapshot.ties`, and where a tie
    goes, the last one takes its place; otherwise it equals the one that would be built.

    Parameters
    ----------
    snapshot
        The snapshot at the update's ``since``.
    update
        What changed since then.
    nobody_left_out
        What the snapshot was built of held nobody who asked to be left out, so that a node may name anybody.
    """
    if update.since != snapshot.revision:
        return None
    try:
        difference = _Refreshing(snapshot, update, snapshot.scope.ecosystem, nobody_left_out).difference()
    except _Rebuild:
        return None
    return snapshot.changed(difference, update.revision)


@dataclass(slots=True)
class _Refreshing:
    """An update being judged, change by change."""

    snapshot: Snapshot
    update: Update
    ecosystem: str | None
    nobody_left_out: bool
    added: dict[str, Node] = field(default_factory=dict)

    def difference(self) -> Difference:
        if any(record is None for record in self.update.records.values()):
            # What it was about can't be told any more.
            raise _Rebuild
        nodes = [*self._described(), *self._own_nodes()]
        ties = list(self._ties())
        had = {change.after.target for change in ties if change.after is not None and change.after.type in _OF_SUBJECTS}
        if any(node.label in FACT_LABELS and id not in had for id, node in self.added.items()):
            raise _Rebuild
        return Difference(tuple(nodes), tuple(ties))

    def _sees(self, owner: Owner) -> bool:
        return owner in {PUBLIC, self.snapshot.scope.owner}

    def _find(self, id: str) -> Node | None:
        index = self.snapshot.find_index(id)
        return None if index is None else self.snapshot.nodes[index]

    def _is_present(self, element: Node | Tie) -> bool:
        since, until = element.properties.get("since"), element.properties.get("until")
        first, last = (bound if isinstance(bound, str) else None for bound in (since, until))
        return is_present(first, last, self.snapshot.as_of)

    def _counts(self, record: Record) -> bool:
        return is_visible_record(record, self.snapshot.scope.owner, self.snapshot.as_of)

    def _described(self) -> Iterator[NodeChange]:
        """Yield the changes of what Records add up to."""
        changed = {
            record.about for record in self.update.records.values() if record is not None and self._counts(record)
        }
        for id in sorted(changed):
            records = tuple(sorted(filter(self._counts, self.update.about[id]), key=lambda record: record.id))
            before, after = self._find(id), resolve(records)
            if before is None or after is None or not self._stands_still(before, after, records):
                raise _Rebuild
            if records != self.snapshot.records(id):
                yield NodeChange(before, after, records)

    def _stands_still(self, before: Node, after: Node, records: Sequence[Record]) -> bool:
        """Say whether a node is where and what it was, as far as a scope turns on it."""
        same = all(before.properties.get(name) == after.properties.get(name) for name in _STANDS)
        return (
            same
            and (before.label, before.owner) == (after.label, after.owner)
            and is_whole(after.label, after.properties)
            and not is_withdrawn_everywhere(after.properties, records)
        )

    def _own_nodes(self) -> Iterator[NodeChange]:
        """Yield the changes of nodes that no Records add up to."""
        for id, node in self.update.nodes.items():
            before = self._find(id)
            after = node if node is not None and self._sees(node.owner) and self._is_present(node) else None
            if before == after:
                continue
            if after is None or not self._may_stand(before, after):
                raise _Rebuild
            if before is None:
                self.added[id] = after
            yield NodeChange(before, after, ())

    def _may_stand(self, before: Node | None, after: Node) -> bool:
        """Say whether a node may come or change without anything else in the scope depending on it."""
        if after.id == self.ecosystem:
            return False
        known = after.label in ADDABLE if before is None else (before.label, before.owner) == (after.label, after.owner)
        named = (after.properties.get(name) for name in NAMES_IN.get(after.label, ()))
        if self.nobody_left_out:
            return known
        return known and all(self.snapshot.find_index(str(name)) is not None for name in named if name is not None)

    def _ties(self) -> Iterator[TieChange]:
        for id, tie in self.update.ties.items():
            slot = self.snapshot.find_tie_index(id)
            before = None if slot is None else self.snapshot.ties[slot]
            if tie is not None and not self._sees(tie.owner):
                continue
            there = tie is not None and self._is_present(tie) and self._is_end(tie.source) and self._is_end(tie.target)
            after = tie if there else None
            if before is not None and before == after:
                continue
            if not self._may_change(tie, before, after):
                raise _Rebuild
            if before is not None or after is not None:
                yield TieChange(slot, before, after)

    def _is_end(self, id: str) -> bool:
        return id in self.added or self.snapshot.find_index(id) is not None

    def _may_change(self, tie: Tie | None, before: Tie | None, after: Tie | None) -> bool:
        """Say whether a tie may come, change or go without anything else in the scope depending on it."""
        known = tie if before is None else before
        if known is None:
            # It went, and nobody can tell any more what it was.
            return False
        if known.type not in WALKED:
            return True
        if known.type in _OF_MEMBERS:
            stays = known.type is TieType.MEMBER_OF and before is not None and after is not None
            return stays or known.target != self.ecosystem
        if known.type in _OF_SUBJECTS and before is None:
            return after is not None or not self._is_end(known.source)
        return before is not None and after is not None
