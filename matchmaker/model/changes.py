"""Changes: what one atomic batch puts and removes, and what it takes for granted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matchmaker.model.elements import Node, Record, Tie, TieKey
from matchmaker.model.ids import NodeId, RecordId, Revision

MAXIMUM_ELEMENTS = 50_000
"""Largest batch; more is refused, and belongs in a job of batches."""

ElementKey = NodeId | RecordId | TieKey
"""What names an element: ids of nodes and Records start differently, and neither is a `TieKey`."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One atomic, idempotent batch.

    Attributes
    ----------
    nodes, records, ties
        What is put: inserted, or replaced whole where it is there already.
    removed_nodes, removed_records, removed_ties
        What is removed; absent ones are no error. A node that Records describe goes with its last Record and can't be
        removed by itself; a node can't go while a tie that stays points at it.
    expect
        The version each of these elements must have; another one is a `Conflict`.
    expect_absent
        Elements that must not be there.
    if_revision
        The revision the store must be at; for restore only.
    who
        Who makes the change, for the audit trail.
    """

    nodes: tuple[Node, ...] = ()
    records: tuple[Record, ...] = ()
    ties: tuple[Tie, ...] = ()
    removed_nodes: tuple[NodeId, ...] = ()
    removed_records: tuple[RecordId, ...] = ()
    removed_ties: tuple[TieKey, ...] = ()
    expect: Mapping[ElementKey, int] = field(default_factory=dict)
    expect_absent: frozenset[ElementKey] = frozenset()
    if_revision: Revision | None = None
    who: str = ""

    def __len__(self) -> int:
        """Return how many elements it puts and removes."""
        put = len(self.nodes) + len(self.records) + len(self.ties)
        return put + len(self.removed_nodes) + len(self.removed_records) + len(self.removed_ties)


@dataclass(frozen=True, slots=True)
class Change:
    """One element as `GraphStore.changes_since` reports it.

    ``kind`` is ``node``, ``record`` or ``tie``; ``id`` the node's, Record's or tie's id; ``removed`` says which way it
    went. A Record's change is reported beside that of the node it describes.
    """

    revision: Revision
    kind: str
    id: str
    removed: bool
