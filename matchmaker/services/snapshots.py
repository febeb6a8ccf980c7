"""Snapshots kept between requests: one per scope and day, as long as the store's revision stays the same."""

import datetime
import threading
from collections import OrderedDict

from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import GraphStore
from matchmaker.model.ids import PUBLIC, EcosystemId, Revision

_Key = tuple[Scope, datetime.date]


class SnapshotCache:
    """The latest snapshots of a store, for several threads at once.

    Parameters
    ----------
    store
        Where snapshots come from.
    size
        How many are kept; the one unused for longest goes first.
    """

    def __init__(self, store: GraphStore, size: int = 8) -> None:
        self.store = store
        self._size = size
        self._kept: OrderedDict[_Key, Snapshot] = OrderedDict()
        self._owners: tuple[Revision, tuple[EcosystemId, ...]] | None = None
        self._lock = threading.Lock()

    def get(self, scope: Scope, as_of: datetime.date) -> Snapshot:
        """Return the snapshot of the store's current revision; building one costs a full read, finding one a lookup."""
        key = (scope, as_of)
        with self._lock:
            revision = self.store.revision()
            kept = self._kept.get(key)
            if kept is None or kept.revision != revision:
                kept = self.store.snapshot(scope, as_of)
                self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
            return kept

    def owners(self) -> tuple[EcosystemId, ...]:
        """Return the ecosystems that have anything of their own, in id order; a full read per revision."""
        with self._lock:
            revision = self.store.revision()
            if self._owners is None or self._owners[0] != revision:
                contents = self.store.contents(None)
                found = {node.owner for node in contents.nodes} | {record.owner for record in contents.records}
                found |= {tie.owner for tie in contents.ties}
                self._owners = (revision, tuple(EcosystemId(owner) for owner in sorted(found - {PUBLIC})))
            return self._owners[1]
