"""Topology: who the two know in common, two and three steps away, over every kind of tie between organizations.

The relation graph is simple and undirected: partners, programs, initiatives and ecosystems, joined where at least one
tie of `RELATIONS` joins them. Belonging to an ecosystem is no relation, since everybody in it does. What is measured
for a pair never uses a tie between the two themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.graph.snapshot import LABEL_CODES, Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.vocabulary import Label, TieType, Visibility
from matchmaker.recommend.evidence import Evidence, joined
from matchmaker.recommend.visibility import state_fact

Floats = NDArray[np.float64]

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
_ENDS = frozenset({Label.PARTNER, Label.PROGRAM, Label.INITIATIVE, Label.ECOSYSTEM})


@dataclass(frozen=True, slots=True)
class TopologyColumns:
    """The relation graph.

    Attributes
    ----------
    joined
        Shape (nodes, nodes), sparse: 1 where two are joined.
    degrees
        Shape (nodes,): with how many others a node is joined.
    between
        Shape (nodes,): whether a node counts as a common neighbour; initiatives don't, they are a feature of their own.
    ties
        The ties that join two nodes, lower index first.
    """

    joined: csr_array
    degrees: NDArray[np.int64]
    between: NDArray[np.bool_]
    ties: Mapping[tuple[int, int], tuple[Tie, ...]]

    def neighbours(self, index: int) -> NDArray[np.int32]:
        """Return the indices of the nodes that a node is joined with, ascending."""
        row: NDArray[np.int32] = self.joined.indices[self.joined.indptr[index] : self.joined.indptr[index + 1]]
        return row

    def joining(self, first: int, second: int) -> tuple[Tie, ...]:
        """Return the ties that join two nodes, the most telling first."""
        return self.ties.get((min(first, second), max(first, second)), ())


def build_topology(snapshot: Snapshot) -> TopologyColumns:
    """Return the relation graph of a snapshot."""
    ties: dict[tuple[int, int], list[Tie]] = {}
    for tie in snapshot.ties:
        if tie.type not in PREFERRED:
            continue
        first, second = snapshot.index_of(tie.source), snapshot.index_of(tie.target)
        if _is_relation(snapshot, tie, second):
            ties.setdefault((min(first, second), max(first, second)), []).append(tie)
    ends = np.array(sorted(ties), dtype=np.int64).reshape(-1, 2)
    size = len(snapshot)
    here, there = np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])
    matrix = csr_array((np.ones(len(here)), (here, there)), shape=(size, size))
    matrix.sort_indices()
    ordered = {key: tuple(sorted(found, key=lambda tie: (PREFERRED[tie.type], tie.id))) for key, found in ties.items()}
    degrees = np.diff(matrix.indptr).astype(np.int64)
    return TopologyColumns(matrix, degrees, snapshot.labels != LABEL_CODES[Label.INITIATIVE], ordered)


def measure_topology(columns: TopologyColumns, subject: int) -> dict[str, Floats]:
    """Return every topology feature between the subject and each node, by name; each of shape (nodes,), 0 or more.

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
    matrix, degrees = columns.joined, columns.degrees.astype(np.float64)
    own = np.zeros(len(degrees))
    own[columns.neighbours(subject)] = 1.0
    common = own * columns.between
    safe = np.maximum(degrees, 2.0)
    return {
        "common_neighbours": _without(matrix @ common, subject),
        "adamic_adar": _without(matrix @ (common / np.log(safe)), subject),
        "resource_allocation": _without(matrix @ (common / safe), subject),
        "three_step_paths": _without(_three_steps(columns, subject, own), subject),
    }


def _three_steps(columns: TopologyColumns, subject: int, own: Floats) -> Floats:
    matrix = columns.joined
    scale = 1.0 / np.sqrt(np.maximum(columns.degrees.astype(np.float64), 1.0))
    second = matrix @ (own * scale)
    second[subject] = 0.0
    walks: Floats = matrix @ (second * scale)
    reach = matrix @ scale
    near = columns.neighbours(subject)
    walks[near] -= scale[near] * (reach[near] - scale[subject])
    walks[np.abs(walks) < 1e-12] = 0.0
    return np.maximum(walks, 0.0)


def _without(values: Floats, subject: int) -> Floats:
    values[subject] = 0.0
    return values


def common_neighbours(columns: TopologyColumns, source: int, target: int) -> list[int]:
    """Return the partners and programs that both are joined with, those with the fewest ties first, then by index."""
    shared = np.intersect1d(columns.neighbours(source), columns.neighbours(target), assume_unique=True)
    return sorted(
        (int(index) for index in shared if columns.between[index]),
        key=lambda index: (int(columns.degrees[index]), index),
    )


def best_path(columns: TopologyColumns, source: int, target: int) -> tuple[int, int] | None:
    """Return the three-step path source–u–v–target with the largest share, as (u, v); None where there is none.

    Among equals it is the same path whichever end is called the source.
    """
    ends = {source, target}
    beyond = set(map(int, columns.neighbours(target))) - ends
    found = [
        (int(columns.degrees[u] * columns.degrees[v]), *_in_order(source < target, int(u), int(v)))
        for u in columns.neighbours(source)
        if u not in ends
        for v in columns.neighbours(u)
        if int(v) in beyond and v != u
    ]
    return _in_order(source < target, *min(found)[1:]) if found else None


def _in_order(forward: bool, u: int, v: int) -> tuple[int, int]:  # noqa: FBT001 - which way the path is read
    return (u, v) if forward else (v, u)


def two_step_evidence(snapshot: Snapshot, columns: TopologyColumns, source: int, target: int) -> list[Evidence]:
    """Return whom two know in common, in words; one piece of evidence for each level of visibility."""
    groups: dict[Visibility, list[tuple[int, tuple[Tie, Tie]]]] = {}
    for between in common_neighbours(columns, source, target):
        ties = (columns.joining(between, source)[0], columns.joining(between, target)[0])
        seen = state_fact(snapshot, "", [between], ties).visibility
        groups.setdefault(seen, []).append((between, ties))
    return [_two_steps(snapshot, (source, target), group) for group in groups.values()]


def _two_steps(snapshot: Snapshot, ends: tuple[int, int], group: list[tuple[int, tuple[Tie, Tie]]]) -> Evidence:
    facts = [
        state_fact(snapshot, _tie_sentence(snapshot, tie), [between], [tie]) for between, ties in group for tie in ties
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
    ties = [columns.joining(*step)[0] for step in steps]
    facts = tuple(
        state_fact(snapshot, _tie_sentence(snapshot, tie), [node], [tie])
        for tie, node in zip(ties, (first, first, second), strict=True)
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


def _tie_sentence(snapshot: Snapshot, tie: Tie) -> str:
    source, target = snapshot.get_node(tie.source), snapshot.get_node(tie.target)
    since = tie.properties.get("since")
    dated = f" (since {since})" if isinstance(since, str) else ""
    return f"{source.name} {PHRASES[tie.type][0].format(target.name)}{dated}."


def _is_relation(snapshot: Snapshot, tie: Tie, target: int) -> bool:
    ends = {snapshot.get_node(tie.source).label, snapshot.nodes[target].label}
    if not ends <= _ENDS or tie.source == tie.target:
        return False
    return not (tie.type is TieType.MEMBER_OF and snapshot.nodes[target].label is Label.ECOSYSTEM)
