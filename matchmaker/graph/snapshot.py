"""The snapshot: one scope at one day, immutable, in arrays, its elements decoded when asked for."""

import datetime
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import NotFound
from matchmaker.graph.adjacency import Adjacency, Directions, Indices, build_directions, no_ties
from matchmaker.graph.candidates import LABEL_CODES, SECTOR_CODES
from matchmaker.graph.contents import Contents
from matchmaker.graph.decoding import node_rows, record_rows, tie_rows
from matchmaker.graph.difference import NO_CHANGES, Changes, Difference, NodeChange, TieChange
from matchmaker.graph.elements import Elements
from matchmaker.graph.geography import distance_km
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot_columns import Rows, SnapshotColumns, make_node, make_records, make_tie, read_columns
from matchmaker.model.canonical import HASH_MODULUS, show_hash
from matchmaker.model.dates import day_of
from matchmaker.model.elements import Node, Record, Tie, level
from matchmaker.model.ids import Revision
from matchmaker.model.vocabulary import Label, TieType

__all__ = ["LABEL_CODES", "SECTOR_CODES", "TIE_CODES", "Adjacency", "Indices", "Snapshot", "build_snapshot"]

TIE_CODES: Mapping[TieType, int] = {type: code for code, type in enumerate(TieType)}

IDS_REMEMBERED, NODES_REMEMBERED, TIES_REMEMBERED, RECORDS_REMEMBERED = 65_536, 16_384, 32_768, 4_096
"""How many decoded elements are kept at hand."""

MOST_CARRIED = 10_000
"""How many changes a snapshot carries before it is better built anew."""

_TIE_COLUMNS = ("tie_types", "tie_sources", "tie_targets", "tie_since", "tie_until", "tie_levels")
Number = TypeVar("Number", np.int8, np.int32)


class Snapshot:
    """What one scope sees at one day. Immutable; nodes are named by their index in id order.

    One that was refreshed (`matchmaker.graph.refreshing`) has what came since at the end: nodes of suggestions, answers
    and pair rules, and ties, which are then no longer in id order.

    Attributes
    ----------
    scope, as_of, revision
        Whose view, of which day, read at which revision of the store.
    columns
        What it was built of.
    file
        Where it is kept between runs, or None.
    ids
        Every node's id, in order.
    nodes, ties
        In id order. Each is decoded when it is asked for, and the latest are remembered: to go through all of them,
        use the arrays where they say enough.
    labels, sectors
        Shape (nodes,): codes of `LABEL_CODES` and `SECTOR_CODES`, -1 for no sector.
    member, reachable
        Shape (nodes,): whether a Partner or Program is the ecosystem's own, or in its counties or reach (members
        are). In the public scope every one is both.
    site_starts, site_points
        Shapes (nodes + 1,) and (sites, 2): node ``i`` is at ``site_points[site_starts[i]:site_starts[i + 1]]``,
        latitude and longitude in degrees.
    """

    def __init__(
        self,
        columns: SnapshotColumns,
        scope: Scope,
        as_of: datetime.date,
        revision: Revision,
        directions: Mapping[int, Directions],
    ) -> None:
        self.scope, self.as_of, self.revision = scope, as_of, revision
        self.columns, self.directions = columns, dict(directions)
        size, ties = len(columns.texts.ids), columns.ties
        self.ids: Elements[str] = Elements(size, columns.texts.ids.__getitem__, IDS_REMEMBERED)
        self.nodes: Elements[Node] = Elements(size, partial(make_node, columns), NODES_REMEMBERED)
        self.ties: Elements[Tie] = Elements(len(ties.types), partial(make_tie, columns), TIES_REMEMBERED)
        self._records = Elements(size, partial(make_records, columns), RECORDS_REMEMBERED)
        self.labels, self.sectors = columns.nodes.labels, columns.nodes.sectors
        self.member, self.reachable = columns.nodes.member, columns.nodes.reachable
        self.site_starts, self.site_points = columns.nodes.site_starts, columns.points
        self._no_ties = no_ties(size)
        self.file: Path | None = None
        self._changes = NO_CHANGES
        self._graph_sum = columns.graph_sum

    @property
    def graph_hash(self) -> str:
        """Digest of every node and tie in it: equal for equal graphs, whichever store they come from."""
        return show_hash(self._graph_sum)

    @property
    def nbytes(self) -> int:
        """About how much memory it takes, in bytes, without the elements that are remembered."""
        adjacencies = sum(
            array.nbytes
            for both in self.directions.values()
            for adjacency in (both.forward, both.backward)
            for array in (adjacency.starts, adjacency.others, adjacency.ties)
        )
        return self.columns.nbytes + adjacencies

    @cached_property
    def tie_types(self) -> NDArray[np.int8]:
        """Codes of `TIE_CODES`; shape (ties,)."""
        return self._tie_column(self.columns.ties.types, lambda tie: TIE_CODES[tie.type])

    @cached_property
    def tie_sources(self) -> Indices:
        """Indices of the nodes where they start; shape (ties,)."""
        return self._tie_column(self.columns.ties.sources, lambda tie: self.index_of(tie.source))

    @cached_property
    def tie_targets(self) -> Indices:
        """Indices of the nodes where they end; shape (ties,)."""
        return self._tie_column(self.columns.ties.targets, lambda tie: self.index_of(tie.target))

    @cached_property
    def tie_since(self) -> Indices:
        """First days as ordinals (`datetime.date.toordinal`), 0 where not known; shape (ties,)."""
        return self._tie_column(self.columns.ties.since, lambda tie: day_of(tie.properties.get("since")))

    @cached_property
    def tie_until(self) -> Indices:
        """The days that they ended by, as ordinals, 0 where not known; shape (ties,)."""
        return self._tie_column(self.columns.ties.until, lambda tie: day_of(tie.properties.get("until")))

    @cached_property
    def tie_levels(self) -> NDArray[np.int8]:
        """The lower of the known sides' levels, -1 where neither is known; shape (ties,)."""
        return self._tie_column(self.columns.ties.levels, lambda tie: -1 if (known := level(tie)) is None else known)

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.nodes)

    def index_of(self, id: str) -> int:
        """Return the index of a node, or raise `NotFound`."""
        index = self.find_index(id)
        if index is None:
            raise NotFound("node", id)
        return index

    def find_index(self, id: str) -> int | None:
        """Return the index of a node, or None where the scope doesn't hold it."""
        index = bisect_left(self.ids, id, 0, len(self.columns.texts.ids))
        if index < len(self.columns.texts.ids) and self.ids[index] == id:
            return index
        return self._changes.added.get(id)

    def find_tie_index(self, id: str) -> int | None:
        """Return the index of a tie by its id, or None where the scope doesn't hold it."""
        if id in self._changes.slots:
            return self._changes.slots[id]
        digests = self.columns.ties.digests
        try:
            asked = int(id.removeprefix("tie:"), 16)
        except ValueError:
            return None
        index = bisect_left(range(len(digests)), asked, key=lambda at: _joined(digests[at]))
        return index if index < len(digests) and make_tie(self.columns, index).id == id else None

    def get_node(self, id: str) -> Node:
        """Return a node by id, or raise `NotFound`."""
        return self.nodes[self.index_of(id)]

    def indices(self, label: Label) -> Indices:
        """Return the indices of a label's nodes, ascending."""
        return np.flatnonzero(self.labels == LABEL_CODES[label]).astype(np.int32)

    def iter_nodes(self, label: Label) -> Iterator[tuple[int, Node]]:
        """Yield (index, node) of a label, in id order."""
        found = self.indices(label).tolist()
        if self._changes.added:
            found.sort(key=self.ids.__getitem__)
        for index in found:
            yield index, self.nodes[index]

    def adjacency(self, type: TieType, *, backward: bool = False) -> Adjacency:
        """Return a tie type's adjacency; ``backward`` from target to source."""
        code, size = TIE_CODES[type], len(self)
        found = self.directions.get(code)
        if found is None:
            return self._no_ties
        if len(found.forward.starts) <= size:
            found = Directions(found.forward.padded(size), found.backward.padded(size))
            self.directions[code] = found
        return found.backward if backward else found.forward

    def targets(self, index: int, type: TieType) -> list[tuple[int, Tie]]:
        """Return (index of target, tie) for the ties of ``type`` that start at a node."""
        return self._pairs(self.adjacency(type), index)

    def sources(self, index: int, type: TieType) -> list[tuple[int, Tie]]:
        """Return (index of source, tie) for the ties of ``type`` that end at a node."""
        return self._pairs(self.adjacency(type, backward=True), index)

    def both(self, index: int, type: TieType) -> list[tuple[int, Tie]]:
        """Return (index of the other end, tie) whichever way the ties of ``type`` point."""
        return self.targets(index, type) + self.sources(index, type)

    def facts(self, index: int, label: Label) -> list[Node]:
        """Return the repeating facts of a label that a node has, in id order."""
        others = self.adjacency(TieType.HAS).of(index)
        chosen = others[self.labels[others] == LABEL_CODES[label]]
        return sorted((self.nodes[other] for other in chosen.tolist()), key=lambda node: node.id)

    def records(self, id: str) -> tuple[Record, ...]:
        """Return the Records behind a node in this scope, in id order."""
        index = self.find_index(id)
        return () if index is None else self._records[index]

    def sites(self, index: int) -> tuple[tuple[float, float], ...]:
        """Return where a partner or program is, as (latitude, longitude) in degrees; a program may have many sites."""
        start, end = self.site_starts[index], self.site_starts[index + 1]
        return tuple((latitude, longitude) for latitude, longitude in self.site_points[start:end].tolist())

    def distance_km(self, first: int, second: int) -> float | None:
        """Return the straight-line distance between the nearest sites of two nodes in km; None where one is unknown."""
        pairs = [(one, other) for one in self.sites(first) for other in self.sites(second)]
        return min((distance_km(one, other) for one, other in pairs), default=None)

    def differences_from(self, older: "Snapshot") -> tuple[Difference, ...] | None:
        """Return what changed since an older snapshot, oldest first; None where this wasn't refreshed from that one.

        Empty for the snapshot itself. Whatever was computed of the older one can be carried over by it.
        """
        mine, theirs = self._changes.history, older._changes.history  # noqa: SLF001 - of this class
        if self.columns is not older.columns or mine[: len(theirs)] != theirs:
            return None
        return mine[len(theirs) :]

    def changed(self, difference: Difference, revision: Revision) -> "Snapshot | None":
        """Return the snapshot with some changes, at another revision; this one stays as it is.

        Use `matchmaker.graph.refreshing.refresh_snapshot`, which knows what may change without altering the scope. None
        where so much has changed since the snapshot was built that it is better built anew.
        """
        if len(self._changes) + len(difference.nodes) + len(difference.ties) > MOST_CARRIED:
            return None
        other = copy(self)
        for column in _TIE_COLUMNS:
            other.__dict__.pop(column, None)
        other.revision, other.file = revision, None
        other._change(difference)  # noqa: SLF001 - of this class
        return other

    def _change(self, difference: Difference) -> None:
        """Take on some changes: only while nobody else knows of this snapshot."""
        changes = self._changes.copied(difference)
        self.directions = dict(self.directions)
        for node in difference.nodes:
            self._change_node(node, changes)
        count = len(self.ids) + sum(change.before is None for change in difference.nodes)
        self.ids, self.nodes = self.ids.changed(count, changes.ids), self.nodes.changed(count, changes.nodes)
        self._records = self._records.changed(count, changes.records)
        self.ties = self.ties.changed(len(self.ties), changes.ties)
        self._changes = changes
        self._grow(count)
        for tie in difference.ties:
            self._change_tie(tie)

    def _change_node(self, change: NodeChange, changes: Changes) -> None:
        """Note a node that came or changed."""
        index = self.find_index(change.after.id)
        if index is None:
            index = len(self.columns.texts.ids) + len(changes.added)
            changes.added[change.after.id], changes.ids[index] = index, change.after.id
        changes.nodes[index], changes.records[index] = change.after, change.records
        gone = 0 if change.before is None else change.before.graph_digest()
        self._graph_sum = (self._graph_sum + change.after.graph_digest() - gone) % HASH_MODULUS

    def _grow(self, count: int) -> None:
        """Let the columns of nodes reach as far as the nodes."""
        size = len(self.labels)
        if count == size:
            return
        new = [self.nodes[index] for index in range(size, count)]
        labels = np.array([LABEL_CODES[node.label] for node in new], np.int8)
        nothing = np.zeros(count - size, dtype=bool)
        self.labels = np.concatenate([self.labels, labels])
        self.sectors = np.concatenate([self.sectors, np.full(count - size, -1, np.int8)])
        self.member, self.reachable = (np.concatenate([mask, nothing]) for mask in (self.member, self.reachable))
        self.site_starts = np.pad(self.site_starts, (0, count - size), mode="edge")
        for column in (self.labels, self.sectors, self.member, self.reachable, self.site_starts):
            column.setflags(write=False)
        self._no_ties = no_ties(count)

    def _change_tie(self, change: TieChange) -> None:
        """Take on a tie that came, changed or went."""
        changes, before, after = self._changes, change.before, change.after
        index = None if before is None else self.find_tie_index(before.id)
        size = len(self.ties)
        if index is None and after is not None:
            changes.ties[size], changes.slots[after.id] = after, size
            self.ties = self.ties.changed(size + 1, changes.ties)
            self._link(after, size)
        elif index is not None and after is not None:
            changes.ties[index], changes.slots[after.id] = after, index
        elif index is not None and before is not None:
            self._unlink(before, index)
            last = self.ties[size - 1]
            if index != size - 1:
                self._renumber(last, size - 1, index)
                changes.ties[index], changes.slots[last.id] = last, index
            changes.ties.pop(size - 1, None)
            changes.slots[before.id] = None
            self.ties = self.ties.changed(size - 1, changes.ties)
        self._graph_sum += (0 if after is None else after.graph_digest()) - (
            0 if before is None else before.graph_digest()
        )
        self._graph_sum %= HASH_MODULUS

    def _link(self, tie: Tie, number: int) -> None:
        ends = self.index_of(tie.source), self.index_of(tie.target)
        forward, backward = self.adjacency(tie.type), self.adjacency(tie.type, backward=True)
        self.directions[TIE_CODES[tie.type]] = Directions(
            self._inserted(forward, ends, tie, number), self._inserted(backward, ends[::-1], tie, number)
        )

    def _inserted(self, adjacency: Adjacency, ends: tuple[int, int], tie: Tie, number: int) -> Adjacency:
        index, other = ends
        start, others, numbers = int(adjacency.starts[index]), adjacency.of(index), adjacency.ties_of(index)
        first, last = np.searchsorted(others, [other, other + 1])
        beside = [self.ties[int(slot)].id for slot in numbers[first:last]]
        return adjacency.with_tie(start + int(first) + bisect_left(beside, tie.id), index, other, number)

    def _unlink(self, tie: Tie, number: int) -> None:
        source, target = self.index_of(tie.source), self.index_of(tie.target)
        forward, backward = self.adjacency(tie.type), self.adjacency(tie.type, backward=True)
        self.directions[TIE_CODES[tie.type]] = Directions(
            forward.without_tie(forward.place_of(source, number), source),
            backward.without_tie(backward.place_of(target, number), target),
        )

    def _renumber(self, tie: Tie, number: int, new: int) -> None:
        forward, backward = self.adjacency(tie.type), self.adjacency(tie.type, backward=True)
        self.directions[TIE_CODES[tie.type]] = Directions(
            forward.with_number(forward.place_of(self.index_of(tie.source), number), new),
            backward.with_number(backward.place_of(self.index_of(tie.target), number), new),
        )

    def _tie_column(self, column: NDArray[Number], said: Callable[[Tie], int]) -> NDArray[Number]:
        """Return a column of ties as they are now."""
        size = len(self.ties)
        if not self._changes.ties and size == len(column):
            return column
        now = np.concatenate([column[:size], np.zeros(max(0, size - len(column)), column.dtype)])
        for index, tie in self._changes.ties.items():
            now[index] = said(tie)
        now.setflags(write=False)
        return now

    def _pairs(self, adjacency: Adjacency, index: int) -> list[tuple[int, Tie]]:
        others, ties = adjacency.of(index).tolist(), adjacency.ties_of(index).tolist()
        return [(other, self.ties[tie]) for other, tie in zip(others, ties, strict=True)]


def build_snapshot(contents: Contents, scope: Scope, as_of: datetime.date) -> Snapshot:
    """Return the snapshot of a store's contents for a scope at a day."""
    rows = Rows(node_rows(contents), record_rows(contents), tie_rows(contents))
    return build_from_rows(rows, contents.revision, scope, as_of)


def _joined(digest: NDArray[np.uint64]) -> int:
    return int(digest[0]) << 64 | int(digest[1])


def build_from_rows(rows: Rows, revision: Revision, scope: Scope, as_of: datetime.date) -> Snapshot:
    """Return the snapshot of a store's rows for a scope at a day."""
    return make_snapshot(read_columns(rows, scope, as_of), scope, as_of, revision)


def make_snapshot(columns: SnapshotColumns, scope: Scope, as_of: datetime.date, revision: Revision) -> Snapshot:
    """Return the snapshot of some columns."""
    ties = columns.ties
    directions = build_directions(len(columns.texts.ids), ties.types, ties.sources, ties.targets)
    return Snapshot(columns, scope, as_of, revision, directions)
