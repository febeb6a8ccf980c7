"""What every store promises: the graph, and beside it the operations."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from matchmaker.graph.applying import GraphReader
from matchmaker.graph.contents import Contents, Stored, Update
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.canonical import Scalar
from matchmaker.model.changes import Change, ChangeSet
from matchmaker.model.elements import Node, Record, Tie, TieKey
from matchmaker.model.ids import NodeId, Owner, RecordId, Revision
from matchmaker.model.vocabulary import Label, TieType

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class StoreHashes:
    """The store's sums of element digests, as 64 hexadecimal digits.

    ``graph`` covers resolved nodes and ties; ``content`` adds Records, owners and provenance. Neither covers revision,
    clock or batch ids, and neither covers operations.
    """

    graph: str
    content: str


class GraphStore(Protocol):
    """A store of the property graph.

    Reads see whole batches only. All iteration is in id order, by Python's comparison of text. Every method may raise
    `StoreError`; none leaves a half-written batch behind.
    """

    def apply(self, changes: ChangeSet) -> Revision:
        """Apply one batch and return the revision after it.

        Atomic: all of it becomes visible at once, or none. Idempotent: putting what is there already changes
        nothing and leaves the revision as it is.

        Raises
        ------
        InvalidInput
            With every finding: an element that the ontology refuses, an end that isn't there or doesn't fit,
            overlapping episodes, a removal that would leave a tie without its end, more than 50,000 elements.
        Conflict
            An ``expect`` or ``expect_absent`` or ``if_revision`` doesn't hold.
        """

    def get_node(self, id: NodeId) -> Stored[Node]:
        """Return a node as the store resolves it, or raise `NotFound`."""

    def find_node(self, id: NodeId) -> Stored[Node] | None:
        """Return a node as the store resolves it, or None."""

    def find_record(self, id: RecordId) -> Stored[Record] | None:
        """Return a Record, or None."""

    def find_tie(self, key: TieKey) -> Stored[Tie] | None:
        """Return a tie, or None."""

    def iter_nodes(self, label: Label | None = None) -> Iterator[Stored[Node]]:
        """Yield nodes in id order, Records resolved."""

    def iter_records(self, about: NodeId | None = None) -> Iterator[Stored[Record]]:
        """Yield Records in id order; those about one node where it is given."""

    def iter_ties(self, type: TieType | None = None) -> Iterator[Stored[Tie]]:
        """Yield ties in order of their ids."""

    def look_up(self, work: Callable[[GraphReader], Result]) -> Result:
        """Return what ``work`` makes of the graph at one revision: for looking up many elements at once.

        ``work`` may be called again where a server asks for it, so it changes nothing but what it returns.
        """

    def revision(self) -> Revision:
        """Return the number of batches that changed something; 0 for a new store."""

    def hashes(self) -> StoreHashes:
        """Return the store's hashes; maintained with every batch, so constant time."""

    def changes_since(self, revision: Revision) -> Iterator[Change]:
        """Yield what changed after ``revision``, oldest first and within one revision in (kind, id) order."""

    def update_since(self, revision: Revision) -> Update | None:
        """Return what changed after ``revision``, with the elements as they are now, all at one revision.

        None where that is more than `matchmaker.graph.updating.MOST_CHANGES` elements, or where the store isn't as far
        as that revision.
        """

    def owners(self) -> frozenset[Owner]:
        """Return everyone who owns a node, a Record or a tie; of what Records add up to, they are asked."""

    def contents(self, owner: Owner | None) -> Contents:
        """Return everything visible to ``owner`` (public and its own; None: all owners) at one revision."""

    def snapshot(self, scope: Scope, as_of: datetime.date) -> Snapshot:
        """Return the immutable snapshot that everything is computed from."""

    def operations(self) -> "OperationsStore":
        """Return the operations kept in the same store."""

    def restoring(self) -> str | None:
        """Return what an unfinished restore into this store said of itself, or None where none is under way."""

    def mark_restoring(self, text: str | None) -> None:
        """Say that a restore into this store is under way (``text`` is shown to people), or with None that it is done.

        Outside ``revision`` and hashes. A store that is marked can't be opened (`StoreIncomplete`) unless the caller
        asks for an incomplete one, in order to finish the restore or to drop it.
        """

    def close(self) -> None:
        """Let go of files and connections; closing twice is no error."""


Fields = Mapping[str, Scalar]
"""The flat fields of an operations entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One operations entry: its key, its fields and its version (1 when new, one more for each change)."""

    key: str
    fields: Fields
    version: int
    expires_at: int | None = None


class OperationsStore(Protocol):
    """Keys, audit trail, jobs, leases and the like: beside the graph, outside its revision and hashes.

    Entries live in named collections. Times are whole seconds since 1970 and always given by the caller. Fields
    are flat canonical scalars; a collection whose name starts with ``secret`` is left out of backups. Names, keys and
    fields are checked by `matchmaker.graph.entries` before anything is written (`InvalidInput`); where a key or a name
    that can't be is only looked for, it isn't there. Every method is one atomic step, across threads and processes.
    """

    def put_new(self, collection: str, key: str, fields: Fields, expires_at: int | None = None) -> bool:
        """Insert an entry at version 1; return False, changing nothing, where the key is there already."""

    def find(self, collection: str, key: str) -> Entry | None:
        """Return an entry, or None. Expired ones are returned until `expire` removes them."""

    def compare_and_set(
        self, collection: str, key: str, version: int, fields: Fields, expires_at: int | None = None
    ) -> bool:
        """Replace an entry that is at ``version``; return False, changing nothing, where it isn't."""

    def remove(self, collection: str, key: str) -> bool:
        """Remove an entry; return whether it was there."""

    def iter_entries(self, collection: str, prefix: str = "") -> Iterator[Entry]:
        """Yield the entries whose key starts with ``prefix``, in key order."""

    def append(self, collection: str, entries: Sequence[Fields]) -> int:
        """Append to a log, atomically; return the number of the last one (they count from 1 in each collection)."""

    def iter_log(self, collection: str, after: int = 0) -> Iterator[tuple[int, Fields]]:
        """Yield what was appended after number ``after``, oldest first."""

    def expire(self, now: int) -> int:
        """Remove the entries that expired at or before ``now``; return how many."""

    def collections(self) -> Iterable[str]:
        """Return the names of all collections with entries or logs, in order."""
