"""The columns that a snapshot is made of, how they are read out of rows, and how elements are made of them again."""

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from hashlib import sha256

import numpy as np

from matchmaker.graph.candidates import (
    LABEL_CODES,
    LABELS,
    QUOTED,
    Candidates,
    Gathered,
    Mask,
    Points,
    find_candidates,
    read_digests,
    sum_digests,
)
from matchmaker.graph.decoding import NodeRow, RecordRow, TieRow, decode_properties, split_told
from matchmaker.graph.gathering import (
    TYPE_NAMES,
    Codes,
    Days,
    Digests,
    Gathering,
    RecordTable,
    TieTable,
    is_there,
    read_tie_facts,
)
from matchmaker.graph.scoping import Ends, Scope, ScopedGraph, Standing, scope_graph
from matchmaker.graph.tables import freeze, row_starts, select
from matchmaker.graph.texts import References, Texts, gather_texts
from matchmaker.model.canonical import HASH_MODULUS
from matchmaker.model.elements import NO_PROVENANCE, Node, Record, Tie, TieKey
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.records import complete_properties
from matchmaker.model.vocabulary import RECORD_LABELS, TieType

_TYPES = tuple(TieType)
_DIGESTED = 50_000
"""Ties whose digests are added up at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class NodeColumns:
    """Nodes in id order, one row each.

    Attributes
    ----------
    labels, sectors, owners
        Codes; -1 for no sector; 0 public, 1 the scope's own.
    member, reachable
        As in `matchmaker.graph.snapshot.Snapshot`.
    texts
        The number of each one's properties among the node texts; -1 where they are what its one Record says.
    told, rows
        The numbers of the two parts of its provenance; -1 for what Records add up to.
    record_starts, site_starts
        Shape (nodes + 1,): where each one's Records and sites begin.
    """

    labels: Codes
    sectors: Codes
    owners: Codes
    member: Mask
    reachable: Mask
    texts: References
    told: References
    rows: References
    record_starts: References
    site_starts: References


@dataclass(frozen=True, slots=True, eq=False)
class RecordColumns:
    """Records in order of what they are about and their ids, one row each."""

    owners: Codes
    origins: References
    texts: References
    told: References
    rows: References


@dataclass(frozen=True, slots=True, eq=False)
class TieColumns:
    """Ties in order of their ids, one row each: digests of ids, codes, numbers of nodes, numbers of texts.

    ``since`` and ``until`` are ordinals of days, 0 where open; ``levels`` the lower of the known sides, -1 for none.
    """

    digests: Digests
    types: Codes
    sources: References
    targets: References
    owners: Codes
    episodes: References
    texts: References
    told: References
    rows: References
    since: Days
    until: Days
    levels: Codes


@dataclass(frozen=True, slots=True, eq=False)
class TextColumns:
    """The texts that rows name by number."""

    ids: Texts
    nodes: Texts
    records: Texts
    ties: Texts
    told: Texts
    rows: Texts
    episodes: Texts
    origins: Texts


@dataclass(frozen=True, slots=True, eq=False)
class SnapshotColumns:
    """All that a snapshot holds. ``points`` has shape (sites, 2): latitude and longitude in degrees."""

    owner: Owner
    nodes: NodeColumns
    records: RecordColumns
    ties: TieColumns
    texts: TextColumns
    points: Points
    graph_sum: int

    @property
    def nbytes(self) -> int:
        """How much memory the arrays take, in bytes."""
        tables = (self.nodes, self.records, self.ties)
        arrays = [getattr(table, column.name) for table in tables for column in fields(table)]
        texts = [getattr(self.texts, column.name) for column in fields(self.texts)]
        arrays += [array for text in texts for array in (text.blob, text.starts)]
        return sum(int(array.nbytes) for array in (*arrays, self.points))

    def __post_init__(self) -> None:
        """Mark the arrays as ones that aren't written to."""
        for columns in (self.nodes, self.records, self.ties):
            freeze(columns)
        self.points.setflags(write=False)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a store: read one after the other, nodes before Records before ties, each once."""

    nodes: Iterable[NodeRow]
    records: Iterable[RecordRow]
    ties: Iterable[TieRow]


def read_columns(rows: Rows, scope: Scope, as_of: datetime.date) -> SnapshotColumns:
    """Return the columns of what a scope holds at a day.

    ``rows`` may hold more than the scope's own: what belongs to other ecosystems is left out here whatever the store
    returned.
    """
    gathering = Gathering(scope.owner, as_of)
    gathered = Gathered(*gathering.take_nodes(rows.nodes), *gathering.take_records(rows.records))
    nodes = find_candidates(gathering, gathered, scope.ecosystem)
    number = {id: at for at, id in enumerate(nodes.ids)}
    ties = _present(gathering.take_ties(rows.ties, number), gathering, as_of)
    ends = Ends(ties.types, ties.sources, ties.targets)
    graph = scope_graph(nodes, ends, _standings(nodes, ties, gathering, scope), scope)
    whole = _compacted(_kept(gathering, nodes, gathered.records, ties, graph))
    return replace(whole, graph_sum=(sum_digests(nodes.digests[graph.kept]) + _sum_ties(whole)) % HASH_MODULUS)


def _present(table: TieTable, gathering: Gathering, as_of: datetime.date) -> TieColumns:
    """Return the ties that are present at the day, in order of their ids."""
    facts = read_tie_facts(gathering.ties)
    since, until = facts.since[table.texts], facts.until[table.texts]
    there = np.flatnonzero(is_there(since, until, as_of))
    there = there[np.lexsort((table.digests[there, 1], table.digests[there, 0]))]
    chosen = select(table, there)
    held = {column.name: getattr(chosen, column.name) for column in fields(chosen)}
    return TieColumns(**held, since=since[there], until=until[there], levels=facts.levels[chosen.texts])


def _standings(nodes: Candidates, ties: TieColumns, gathering: Gathering, scope: Scope) -> Iterator[Standing]:
    at = bisect_left(nodes.ids, scope.ecosystem or "")
    asked = (ties.types == TYPE_NAMES[TieType.PARTICIPATES_IN.value]) & (ties.targets == at)
    if scope.ecosystem is None or at == len(nodes.ids) or nodes.ids[at] != scope.ecosystem:
        return
    for row in np.flatnonzero(asked).tolist():
        held = decode_properties(gathering.ties[ties.texts[row]])
        since = held.get("since")
        yield Standing(int(ties.sources[row]), str(held["status"]), since if isinstance(since, str) else None)


def _kept(
    gathering: Gathering, nodes: Candidates, records: RecordTable, ties: TieColumns, graph: ScopedGraph
) -> SnapshotColumns:
    """Return the columns of what is kept; the sum of digests is still to come."""
    new = (np.cumsum(graph.kept) - 1).astype(np.int32)
    left = select(ties, graph.kept[ties.sources] & graph.kept[ties.targets])
    ids = [nodes.ids[at] for at in np.flatnonzero(graph.kept).tolist()]
    described = np.repeat(graph.kept, np.diff(nodes.record_starts))
    held = select(records, nodes.record_order[described])
    placed = graph.kept & np.isin(nodes.labels, [LABEL_CODES[label] for label in RECORD_LABELS])
    return SnapshotColumns(
        gathering.visible[-1],
        _kept_nodes(nodes, graph, placed),
        RecordColumns(held.owners, held.origins, held.texts, held.told, held.rows),
        replace(left, sources=new[left.sources], targets=new[left.targets]),
        TextColumns(gather_texts(ids), *gathering.texts()),
        graph.points[np.repeat(placed, np.diff(graph.starts))],
        0,
    )


def _kept_nodes(nodes: Candidates, graph: ScopedGraph, placed: Mask) -> NodeColumns:
    kept = np.flatnonzero(graph.kept)
    return NodeColumns(
        labels=nodes.labels[kept],
        sectors=nodes.sectors[kept],
        owners=nodes.owners[kept],
        member=graph.members[kept],
        reachable=graph.reachable[kept],
        texts=nodes.texts[kept],
        told=nodes.told[kept],
        rows=nodes.rows[kept],
        record_starts=row_starts(np.diff(nodes.record_starts)[kept]),
        site_starts=row_starts(np.where(placed, np.diff(graph.starts), 0)[kept]),
    )


def _compacted(whole: SnapshotColumns) -> SnapshotColumns:
    """Return the columns without the texts of what isn't kept: no trace of it stays."""
    nodes, records, ties, texts = whole.nodes, whole.records, whole.ties, whole.texts
    of_nodes, (node_texts,) = texts.nodes.compacted([nodes.texts])
    of_records, (record_texts,) = texts.records.compacted([records.texts])
    of_ties, (tie_texts,) = texts.ties.compacted([ties.texts])
    told, (node_told, record_told, tie_told) = texts.told.compacted([nodes.told, records.told, ties.told])
    rows, (node_rows, record_rows, tie_rows) = texts.rows.compacted([nodes.rows, records.rows, ties.rows])
    episodes, (tie_episodes,) = texts.episodes.compacted([ties.episodes])
    origins, (record_origins,) = texts.origins.compacted([records.origins])
    return replace(
        whole,
        nodes=replace(nodes, texts=node_texts, told=node_told, rows=node_rows),
        records=replace(records, texts=record_texts, told=record_told, rows=record_rows, origins=record_origins),
        ties=replace(ties, texts=tie_texts, told=tie_told, rows=tie_rows, episodes=tie_episodes),
        texts=TextColumns(texts.ids, of_nodes, of_records, of_ties, told, rows, episodes, origins),
    )


def _sum_ties(whole: SnapshotColumns) -> int:
    """Return the sum of the ties' graph digests."""
    ids, ties, texts = [QUOTED(id) for id in whole.texts.ids], whole.ties, whole.texts
    heads, episodes = [f'["tie",{QUOTED(type.value)},' for type in _TYPES], [QUOTED(text) for text in texts.episodes]
    total = 0
    for start in range(0, len(ties.types), _DIGESTED):
        part = slice(start, start + _DIGESTED)
        columns = (ties.types, ties.sources, ties.targets, ties.episodes, ties.texts)
        digests = [
            sha256(
                f"{heads[type]}{ids[source]},{ids[target]},{episodes[episode]},{texts.ties[text]}]".encode()
            ).digest()
            for type, source, target, episode, text in zip(*(column[part].tolist() for column in columns), strict=True)
        ]
        total += sum_digests(read_digests(b"".join(digests)))
    return total


def make_node(columns: SnapshotColumns, index: int) -> Node:
    """Return the node of a row."""
    nodes, texts = columns.nodes, columns.texts
    label, ref = LABELS[nodes.labels[index]], int(nodes.texts[index])
    if ref >= 0:
        properties = decode_properties(texts.nodes[ref])
    else:
        said = texts.records[int(columns.records.texts[nodes.record_starts[index]])]
        properties = complete_properties(label, decode_properties(said))
    told = int(nodes.told[index])
    provenance = split_told(texts.told[told], texts.rows[int(nodes.rows[index])]) if told >= 0 else NO_PROVENANCE
    return Node(NodeId(texts.ids[index]), label, properties, _owner(columns, int(nodes.owners[index])), provenance)


def make_records(columns: SnapshotColumns, index: int) -> tuple[Record, ...]:
    """Return the Records behind the node of a row, in id order."""
    nodes, records, texts = columns.nodes, columns.records, columns.texts
    about, label = NodeId(texts.ids[index]), LABELS[nodes.labels[index]]
    return tuple(
        Record(
            about,
            label,
            decode_properties(texts.records[int(records.texts[row])]),
            _owner(columns, int(records.owners[row])),
            split_told(texts.told[int(records.told[row])], texts.rows[int(records.rows[row])]),
            NodeId(texts.origins[int(records.origins[row])]) or None,
        )
        for row in range(int(nodes.record_starts[index]), int(nodes.record_starts[index + 1]))
    )


def make_tie(columns: SnapshotColumns, index: int) -> Tie:
    """Return the tie of a row."""
    ties, texts = columns.ties, columns.texts
    key = TieKey(
        _TYPES[ties.types[index]],
        NodeId(texts.ids[int(ties.sources[index])]),
        NodeId(texts.ids[int(ties.targets[index])]),
        _owner(columns, int(ties.owners[index])),
        texts.episodes[int(ties.episodes[index])],
    )
    provenance = split_told(texts.told[int(ties.told[index])], texts.rows[int(ties.rows[index])])
    return Tie(key, decode_properties(texts.ties[int(ties.texts[index])]), provenance)


def _owner(columns: SnapshotColumns, code: int) -> Owner:
    return columns.owner if code else PUBLIC
