"""Snapshots kept between requests: one per scope, day and audience, as long as the store's revision stays the same."""

import datetime
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import GraphStore
from matchmaker.model.ids import PUBLIC, EcosystemId, Owner, Revision
from matchmaker.model.vocabulary import RECORD_LABELS, Audience, Label
from matchmaker.services.disclosure_views import show_snapshot

_OWN_LABELS = tuple(label for label in Label if label not in RECORD_LABELS)

_Key = tuple[Scope, datetime.date, Audience]


@dataclass(slots=True)
class _Place:
    """Where one snapshot is kept; whoever builds it holds the lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    snapshot: Snapshot | None = None


class SnapshotCache:
    """The latest snapshots of a store, for several threads at once.

    Each is built by one thread while others that want the same one wait; nobody waits for another one's.

    Parameters
    ----------
    store
        Where snapshots come from.
    size
        How many are kept; the one unused for longest goes first. What an audience may see of a scope counts as one
        more.
    """

    def __init__(self, store: GraphStore, size: int = 16) -> None:
        self.store = store
        self._size = size
        self._places: OrderedDict[_Key, _Place] = OrderedDict()
        self._owners: tuple[Revision, tuple[EcosystemId, ...]] | None = None
        self._lock, self._owners_lock = threading.Lock(), threading.Lock()

    def get(self, scope: Scope, as_of: datetime.date, audience: Audience = Audience.STAFF) -> Snapshot:
        """Return the snapshot of the store's current revision, as an audience may see it.

        Building one costs a full read, finding one a lookup. Never older than the store was when it was asked for.
        """
        place, revision = self._place((scope, as_of, audience)), self.store.revision()
        kept = place.snapshot
        if kept is not None and kept.revision == revision:
            return kept
        with place.lock:
            kept = place.snapshot
            if kept is None or kept.revision != revision:
                whole = audience is Audience.STAFF
                kept = self.store.snapshot(scope, as_of) if whole else show_snapshot(self.get(scope, as_of), audience)
                place.snapshot = kept
            return kept

    def owners(self) -> tuple[EcosystemId, ...]:
        """Return the ecosystems that have anything of their own, in id order; a read of all per revision."""
        with self._owners_lock:
            revision = self.store.revision()
            if self._owners is None or self._owners[0] != revision:
                found = _owners_in(self.store)
                self._owners = (revision, tuple(EcosystemId(owner) for owner in sorted(found - {PUBLIC})))
            return self._owners[1]

    def __len__(self) -> int:
        """Return how many snapshots are kept or being built."""
        with self._lock:
            return len(self._places)

    def _place(self, key: _Key) -> _Place:
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            while len(self._places) > self._size:
                self._places.popitem(last=False)
            return place


def _owners_in(store: GraphStore) -> set[Owner]:
    """Return everyone who owns anything, holding nothing else; Records speak for what they add up to."""
    found = {stored.element.owner for label in _OWN_LABELS for stored in store.iter_nodes(label)}
    found |= {stored.element.owner for stored in store.iter_records()}
    return found | {stored.element.owner for stored in store.iter_ties()}
