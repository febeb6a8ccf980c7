"""Topology: who the two know in common, two and three steps away, over every kind of tie between organizations.

The relation graph is simple and undirected: partners, programs, initiatives and ecosystems, joined where at least one
tie of `RELATIONS` joins them. Belonging to an ecosystem is no relation, since everybody in it does. What is measured
for a pair never uses a tie between the two themselves.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import LABEL_CODES, Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.vocabulary import Label, TieType, Visibility
from matchmaker.recommend.between import ties_between
from matchmaker.recommend.evidence import Evidence, joined
from matchmaker.recommend.rows import spread
from matchmaker.recommend.topology.paths import measure_paths
from matchmaker.recommend.topology.relation import RelationGraph
from matchmaker.recommend.visibility import state_fact, visibility_of

Floats = NDArray[np.float64]
Nodes = NDArray[np.integer]

PHRASES: Mapping[TieType, tuple[str, str]] = MappingProxyType(
    {
        TieType.PARTNERS_WITH: ("works with {}", "works with {}"),
        TieType.OPERATES: ("runs {}", "is run by {}"),
        TieType.OFFERED_AT: ("is hosted by {}", "hosts {}"),
        TieType.FEEDS_INTO: ("sends learners on to {}", "receives learners from {}"),
        TieType.RECRUITS_FROM: ("finds learners at {}", "is where {} finds learners"),
        TieType.RECOGNIZES: ("recognizes {} in admission", "is recognized in admission by {}"),
        TieType.ACCREDITS: ("reviews {} for accreditation", "is reviewed for accreditation by {}"),
        TieType.HOSTS_WBL: ("hosts work-based learning of {}", "has work-based learning with {}"),
        TieType.FUNDS: ("funds {}", "is funded by {}"),
        TieType.COACHES: ("coaches {}", "is coached by {}"),
        TieType.HAS_AGREEMENT_WITH: ("has an agreement with {}", "has an agreement with {}"),
        TieType.COMMITTED_TO: ("has committed to {}", "has a commitment from {}"),
        TieType.PEERS_WITH: ("is a peer of {}", "is a peer of {}"),
        TieType.PART_OF: ("is part of {}", "includes {}"),
        TieType.MEMBER_OF: ("belongs to {}", "has {} as a member"),
    }
)
"""The relations, in words: where the tie starts at the one spoken of, and where it ends there."""

TOPOLOGY_FEATURES = ("common_neighbours", "adamic_adar", "resource_allocation", "three_step_paths")
RELATIONS = tuple(PHRASES)
PREFERRED = {type: place for place, type in enumerate(RELATIONS)}
TYPE_BITS: Mapping[TieType, int] = MappingProxyType({type: 1 << place for place, type in enumerate(RELATIONS)})
_END_CODES = [LABEL_CODES[label] for label in (Label.PARTNER, Label.PROGRAM, Label.INITIATIVE, Label.ECOSYSTEM)]
_DIGITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class TopologyColumns:
    """The relations between organizations.

    Attributes
    ----------
    direct
        Joins two that at least one tie joins; initiatives are no middle of two steps, since they are a feature of their
        own.
    links
        The same with belonging to ecosystems; a weight says which types of ties there are, as bits of `TYPE_BITS`.
    """

    direct: RelationGraph
    links: RelationGraph

    @property
    def degrees(self) -> NDArray[np.int32]:
        """With how many others each node is joined; shape (nodes,)."""
        return self.direct.degrees

    @property
    def between(self) -> NDArray[np.bool_]:
        """Whether each node counts as a common neighbour; shape (nodes,)."""
        assert self.direct.between is not None  # noqa: S101 - it is built so
        return self.direct.between

    def neighbours(self, index: int) -> NDArray[np.int32]:
        """Return the indices of the nodes that a node is joined with, ascending."""
        return self.direct.neighbours(index)

    def types_between(self, first: int, second: int) -> list[TieType]:
        """Return which types of ties two nodes have, the most telling first."""
        held = int(self.links.find_weight(first, second))
        return [type for type, bit in TYPE_BITS.items() if held & bit]


def build_topology(snapshot: Snapshot) -> TopologyColumns:
    """Return the relations in a snapshot."""
    size, ends = len(snapshot), {type: ends_of(snapshot, type) for type in RELATIONS}
    lows, highs, bits = [], [], []
    for type, (first, second) in ends.items():
        keys = np.unique(np.minimum(first, second) * size + np.maximum(first, second))
        lows.append(keys // max(size, 1))
        highs.append(keys % max(size, 1))
        bits.append(np.full(len(keys), float(TYPE_BITS[type])))
    low, high, bit = np.concatenate(lows), np.concatenate(highs), np.concatenate(bits)
    related = [(first[held], second[held]) for first, second, held in _related(snapshot, ends)]
    first, second = (np.concatenate([pair[side] for pair in related]) for side in (0, 1))
    between = snapshot.labels != LABEL_CODES[Label.INITIATIVE]
    return TopologyColumns(
        RelationGraph.from_pairs(size, first, second, between=between),
        RelationGraph.from_pairs(size, low, high, bit),
    )


def refresh_topology(snapshot: Snapshot, columns: TopologyColumns, changed: Iterable[Tie]) -> TopologyColumns:
    """Return the relations after some ties have come or gone; only the rows of their ends are written anew.

    Parameters
    ----------
    snapshot
        As it is now.
    changed
        The ties, as they are or were.
    """
    pairs = {tuple(sorted((snapshot.index_of(tie.source), snapshot.index_of(tie.target)))) for tie in changed}
    direct, links = columns.direct, columns.links
    for first, second in sorted(pairs):
        held = sum(bit for type, bit in TYPE_BITS.items() if _are_tied(snapshot, first, second, type))
        only = TYPE_BITS[TieType.MEMBER_OF] if _is_ecosystem(snapshot, first, second) else 0
        links = links.with_tie(first, second, float(held))
        direct = direct.with_tie(first, second, float(bool(held & ~only)))
    return TopologyColumns(direct, links)


def _are_tied(snapshot: Snapshot, first: int, second: int, type: TieType) -> bool:
    return any(len(ties_between(snapshot, *ends, type)) for ends in ((first, second), (second, first)))


def _is_ecosystem(snapshot: Snapshot, first: int, second: int) -> bool:
    code = LABEL_CODES[Label.ECOSYSTEM]
    return bool(snapshot.labels[first] == code or snapshot.labels[second] == code)


def ends_of(snapshot: Snapshot, type: TieType) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return both ends of every tie of a type between organizations, programs, initiatives or ecosystems."""
    adjacency = snapshot.adjacency(type)
    first = np.repeat(np.arange(len(snapshot)), np.diff(adjacency.starts))
    second = adjacency.others.astype(np.int64)
    held = np.isin(snapshot.labels[first], _END_CODES) & np.isin(snapshot.labels[second], _END_CODES)
    held &= first != second
    return first[held], second[held]


def _related(
    snapshot: Snapshot, ends: Mapping[TieType, tuple[Nodes, Nodes]]
) -> Iterator[tuple[Nodes, Nodes, NDArray[np.bool_]]]:
    """Yield the ends of the ties of each type, and which of them are relations: belonging to an ecosystem isn't."""
    for type, (first, second) in ends.items():
        everybody = type is TieType.MEMBER_OF and snapshot.labels[second] == LABEL_CODES[Label.ECOSYSTEM]
        yield first, second, np.full(len(first), fill_value=True) & ~np.asarray(everybody, dtype=bool)


def most_telling(snapshot: Snapshot, columns: TopologyColumns, first: int, second: int) -> Tie:
    """Return the most telling of the ties that make two nodes related; the first of `joining`."""
    type = columns.types_between(first, second)[0]
    ends = ((first, second), (second, first))
    return min((tie for one in ends for tie in ties_between(snapshot, *one, type)), key=lambda tie: tie.id)


def joining(snapshot: Snapshot, columns: TopologyColumns, first: int, second: int) -> tuple[Tie, ...]:
    """Return the ties that make two nodes related, the most telling first."""
    found = [
        tie
        for type in columns.types_between(first, second)
        for here, there in ((first, second), (second, first))
        for tie in ties_between(snapshot, here, there, type)
    ]
    return tuple(sorted(found, key=lambda tie: (PREFERRED[tie.type], tie.id)))


def measure_topology(columns: TopologyColumns, subjects: Nodes, others: Nodes, names: Sequence[str]) -> Floats:
    """Return topology features of pairs; shape (pairs, names), 0 or more. Pairs of one subject stand together.

    ``common_neighbours``
        How many partners and programs both are joined with.
    ``adamic_adar``
        Σ 1 / ln k over those, k being their degree (L. Adamic and E. Adar, *Friends and neighbors on the web*, Social
        Networks 25, 2003).
    ``resource_allocation``
        Σ 1 / k over those (T. Zhou, L. Lü and Y.-C. Zhang, *Predicting missing links via local information*, European
        Physical Journal B 71, 2009).
    ``three_step_paths``
        Σ 1 / √(k_u k_v) over paths subject–u–v–other, initiatives included (I. Kovács et al., *Network-based prediction
        of protein interactions*, Nature Communications 10, 2019).
    """
    called = ["l3" if name == "three_step_paths" else name for name in names]
    found: Floats = measure_paths(columns.direct, subjects, others, called).round(_DIGITS)
    return found


def common_neighbours(columns: TopologyColumns, source: int, target: int) -> list[int]:
    """Return the partners and programs that both are joined with, those with the fewest ties first, then by index."""
    shared = np.intersect1d(columns.neighbours(source), columns.neighbours(target), assume_unique=True)
    if columns.direct.between is not None:
        shared = shared[columns.direct.between[shared]]
    order = np.lexsort((shared, columns.degrees[shared]))
    found: list[int] = shared[order].tolist()
    return found


def best_path(columns: TopologyColumns, source: int, target: int) -> tuple[int, int] | None:
    """Return the three-step path source–u–v–target with the largest share, as (u, v); None where there is none.

    Among equals it is the same path whichever end is called the source.
    """
    low, high = min(source, target), max(source, target)
    first, last = (row[(row != low) & (row != high)] for row in map(columns.neighbours, (low, high)))
    graph = columns.direct
    slots, places = spread(graph.starts[first], graph.degrees[first])
    onwards = graph.others[slots]
    led = np.flatnonzero(_held(last, onwards))
    if not len(led):
        return None
    u, v = first[places[led]], onwards[led]
    product = columns.degrees[u].astype(np.int64) * columns.degrees[v]
    best = np.lexsort((v, u, product))[0]
    return (int(u[best]), int(v[best])) if low == source else (int(v[best]), int(u[best]))


def _held(row: NDArray[np.int32], asked: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Say which of some nodes are in a row, which is ascending."""
    if not len(row):
        return np.zeros(len(asked), dtype=bool)
    found: NDArray[np.bool_] = row[np.minimum(np.searchsorted(row, asked), len(row) - 1)] == asked
    return found


def two_step_evidence(snapshot: Snapshot, columns: TopologyColumns, source: int, target: int) -> list[Evidence]:
    """Return whom two know in common, in words; one piece of evidence for each level of visibility."""
    groups: dict[Visibility, list[tuple[int, tuple[Tie, Tie]]]] = {}
    for between in common_neighbours(columns, source, target):
        ties = (most_telling(snapshot, columns, between, source), most_telling(snapshot, columns, between, target))
        seen = visibility_of(snapshot, [between], ties)
        groups.setdefault(seen, []).append((between, ties))
    return [_two_steps(snapshot, (source, target), group) for group in groups.values()]


def _two_steps(snapshot: Snapshot, ends: tuple[int, int], group: list[tuple[int, tuple[Tie, Tie]]]) -> Evidence:
    facts = [
        state_fact(snapshot, _tie_sentence(snapshot, tie, (between, end)), [between], [tie])
        for between, ties in group
        for end, tie in zip(ends, ties, strict=True)
    ]
    if len(group) == 1:
        between, ties = group[0]
        sentences = [_through(snapshot, between, ties, _address(snapshot, ends, side)) for side in (0, 1)]
    else:
        names = joined([snapshot.nodes[between].name for between, _ in group])
        sentences = [f"You are both tied to {names}."] * 2
    return Evidence("two_steps", sentences[0], sentences[1], tuple(facts))


def three_step_evidence(snapshot: Snapshot, columns: TopologyColumns, source: int, target: int) -> list[Evidence]:
    """Return the strongest three-step path between two, in words."""
    path = best_path(columns, source, target)
    if path is None:
        return []
    first, second = path
    steps = [(source, first), (first, second), (second, target)]
    ties = [most_telling(snapshot, columns, *step) for step in steps]
    facts = tuple(
        state_fact(snapshot, _tie_sentence(snapshot, tie, step), [node], [tie])
        for tie, step, node in zip(ties, steps, (first, first, second), strict=True)
    )
    sentences = []
    for side in (0, 1):
        here, there = _address(snapshot, (source, target), side)
        u, v = snapshot.nodes[first].name, snapshot.nodes[second].name
        sentences.append(
            f"{u} {phrase(snapshot, ties[0], first, here)} and {phrase(snapshot, ties[1], first, v)}, "
            f"which {phrase(snapshot, ties[2], second, there)}."
        )
    return [Evidence("three_steps", sentences[0], sentences[1], facts)]


def phrase(snapshot: Snapshot, tie: Tie, speaker: int, other: str) -> str:
    """Return what a tie says of one of its ends, the other being called ``other``."""
    outgoing, incoming = PHRASES[tie.type]
    return (outgoing if tie.source == snapshot.nodes[speaker].id else incoming).format(other)


def _through(snapshot: Snapshot, between: int, ties: tuple[Tie, Tie], called: tuple[str, str]) -> str:
    first, second = (phrase(snapshot, tie, between, "{}") for tie in ties)
    name = snapshot.nodes[between].name
    if first == second:
        words = "both of you" if called in {("you", "them"), ("them", "you")} else f"{called[0]} and {called[1]}"
        return f"{name} {first.format(words)}."
    return f"{name} {first.format(called[0])} and {second.format(called[1])}."


def _address(snapshot: Snapshot, ends: tuple[int, int], side: int) -> tuple[str, str]:
    """Return how the source and the target are called when the given side is spoken to."""
    words = []
    for place, index in enumerate(ends):
        node = snapshot.nodes[index]
        spoken = "you" if place == side else "them"
        words.append(spoken if node.label is Label.PARTNER else node.name)
    return words[0], words[1]


def _tie_sentence(snapshot: Snapshot, tie: Tie, ends: tuple[int, int]) -> str:
    """Return what a tie says, its ends being known, in either order."""
    one, other = (snapshot.nodes[end] for end in ends)
    source, target = (one, other) if tie.source == one.id else (other, one)
    since = tie.properties.get("since")
    dated = f" (since {since})" if isinstance(since, str) else ""
    return f"{source.name} {PHRASES[tie.type][0].format(target.name)}{dated}."
