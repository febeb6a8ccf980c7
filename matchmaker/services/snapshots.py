"""Snapshots kept between requests: one per scope, day and audience, renewed as the store changes."""

import datetime
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from matchmaker.graph.contents import Update
from matchmaker.graph.refreshing import refresh_snapshot
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import GraphStore
from matchmaker.model.ids import PUBLIC, EcosystemId, Owner, Revision
from matchmaker.model.vocabulary import Audience
from matchmaker.services.disclosure_views import carry_shown, show_snapshot

MOST_BYTES = 2**30
"""How much memory snapshots may take by default, in bytes."""

_Key = tuple[Scope, datetime.date, Audience]


@dataclass(slots=True)
class _Place:
    """Where one snapshot is kept; whoever builds it holds the lock.

    ``whole`` is the one that staff have, of which another audience's was made.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    snapshot: Snapshot | None = None
    whole: Snapshot | None = None


class SnapshotCache:
    """The latest snapshots of a store, for several threads at once.

    Each is built by one thread while others that want the same one wait; nobody waits for another one's. Where the
    store has changed a little, the one that is kept is refreshed rather than built anew.

    Parameters
    ----------
    store
        Where snapshots come from.
    most_bytes
        How much memory they may take; those unused for longest go first. The latest one stays however large it is. What
        an audience may see of a scope counts as one more.
    """

    def __init__(self, store: GraphStore, most_bytes: int = MOST_BYTES) -> None:
        self.store = store
        self._most_bytes = most_bytes
        self._places: OrderedDict[_Key, _Place] = OrderedDict()
        self._owners: tuple[Revision, frozenset[Owner]] | None = None
        self._lock, self._owners_lock = threading.Lock(), threading.Lock()

    def get(self, scope: Scope, as_of: datetime.date, audience: Audience = Audience.STAFF) -> Snapshot:
        """Return the snapshot of the store's current revision, as an audience may see it.

        Building one costs a full read, finding one a lookup, refreshing one some copies of arrays. Never older than the
        store was when it was asked for.
        """
        place, revision = self._place((scope, as_of, audience)), self.store.revision()
        kept = place.snapshot
        if kept is not None and kept.revision == revision:
            return kept
        with place.lock:
            kept = place.snapshot
            if kept is None or kept.revision != revision:
                whole = None if audience is Audience.STAFF else self.get(scope, as_of)
                kept = self._renewed(kept, scope, as_of) if whole is None else _shown(place, whole, audience)
                place.snapshot, place.whole = kept, whole
        self._forget_unused()
        return kept

    def owners(self) -> tuple[EcosystemId, ...]:
        """Return the ecosystems that have anything of their own, in id order; asked of the store once per revision."""
        with self._owners_lock:
            revision = self.store.revision()
            if self._owners is None or self._owners[0] != revision:
                self._owners = (revision, self._renewed_owners())
            return tuple(EcosystemId(owner) for owner in sorted(self._owners[1] - {PUBLIC}))

    def __len__(self) -> int:
        """Return how many snapshots are kept or being built."""
        with self._lock:
            return len(self._places)

    def _renewed(self, kept: Snapshot | None, scope: Scope, as_of: datetime.date) -> Snapshot:
        update = None if kept is None else self.store.update_since(kept.revision)
        refreshed = None if kept is None or update is None else refresh_snapshot(kept, update)
        return self.store.snapshot(scope, as_of) if refreshed is None else refreshed

    def _renewed_owners(self) -> frozenset[Owner]:
        """Return who owns anything: nobody new is asked of the store where only a little came, and nothing went."""
        update = None if self._owners is None else self.store.update_since(self._owners[0])
        if self._owners is None or update is None or _has_removals(update):
            return self.store.owners()
        return self._owners[1] | _owners_in(update)

    def _place(self, key: _Key) -> _Place:
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            return place

    def _forget_unused(self) -> None:
        """Let go of what was unused for longest, until the rest fits."""
        with self._lock:
            held = {key: 0 if place.snapshot is None else place.snapshot.nbytes for key, place in self._places.items()}
            total = sum(held.values())
            for key in list(held)[:-1]:
                if total <= self._most_bytes:
                    break
                if self._places[key].snapshot is not None:
                    total -= held[key]
                    del self._places[key]


def _shown(place: _Place, whole: Snapshot, audience: Audience) -> Snapshot:
    """Return what an audience may see of a snapshot, made of what it saw before where that is enough."""
    before, older = place.snapshot, place.whole
    carried = None if before is None or older is None else carry_shown(before, older, whole, audience)
    return show_snapshot(whole, audience) if carried is None else carried


def _has_removals(update: Update) -> bool:
    return any(element is None for held in (update.nodes, update.records, update.ties) for element in held.values())


def _owners_in(update: Update) -> frozenset[Owner]:
    nodes = {node.owner for node in update.nodes.values() if node is not None}
    records = {record.owner for record in update.records.values() if record is not None}
    return frozenset(nodes | records | {tie.owner for tie in update.ties.values() if tie is not None})
