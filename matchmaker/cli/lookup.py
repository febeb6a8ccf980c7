"""The look-up that commands about one thing begin with: the store, the day, and what a person means by a name."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from matchmaker.cli.opening import opened
from matchmaker.cli.options import parse_as_of
from matchmaker.cli.output import waiting
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import GraphStore
from matchmaker.services.naming import Found, ThingKind, find_ecosystem, find_in_scope
from matchmaker.services.snapshots import SnapshotCache


@dataclass(frozen=True, slots=True)
class Asked:
    """The options by which commands say where and when to look.

    Attributes
    ----------
    store
        ``--store``
    as_of
        ``--as-of``
    ecosystem
        ``--ecosystem``
    kind
        ``--kind``
    """

    store: str | None
    as_of: str | None
    ecosystem: str | None = None
    kind: ThingKind | None = None


@dataclass(frozen=True, slots=True)
class LookUp:
    """An open store, and the day to look at it."""

    graph: GraphStore
    day: datetime.date
    snapshots: SnapshotCache
    asked: Asked

    def find(self, thing: str) -> Found:
        """Return what a name means, in the scope that it belongs to; see `find_in_scope`."""
        return find_in_scope(self.snapshots, thing, self.day, self.asked.ecosystem, self.asked.kind)

    def ecosystem(self, name: str) -> Found:
        """Return the ecosystem of that name, in its own scope."""
        return find_ecosystem(self.snapshots, name, self.day)

    def view(self) -> Snapshot:
        """Return the view of the ecosystem that was asked for, or of what is public."""
        if self.asked.ecosystem:
            return self.ecosystem(self.asked.ecosystem).snapshot
        return self.snapshots.get(Scope(), self.day)


@contextmanager
def looking_up(asked: Asked, title: str) -> Iterator[LookUp]:
    """Give the open store to look things up in, and show a sign of life where that takes longer than a second."""
    day = parse_as_of(asked.as_of)
    with waiting(title), opened(asked.store) as graph:
        yield LookUp(graph, day, SnapshotCache(graph), asked)
