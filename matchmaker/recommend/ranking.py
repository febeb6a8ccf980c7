"""From scores to a list: one pattern per pair, priority by a stated policy, and the list rules."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId
from matchmaker.model.suggestion import Showing
from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.candidates import Candidates
from matchmaker.recommend.exposure import (
    EXPLORED,
    UNRECORDED,
    Exposure,
    explore,
    exploring_stream,
    keep_slots,
    kept_slots,
    times_shown,
)
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.measuring import FeatureTable
from matchmaker.recommend.patterns import PATTERNS
from matchmaker.recommend.policies import PriorityPolicy
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.scoring.additive import ScoreTable

GapValue = Callable[[PatternName, NodeId, NodeId], float]
"""Returns how much of the ecosystem's named gaps a link of a pattern between source and target closes, 0..1."""

Group = tuple[str, int | str]
Order = tuple[bool, float, str]
Groups = Callable[[int], dict[Group, int]]
"""Returns what the pair at a place counts towards, each with how many may be in the list."""

NEAR_MISSES = 3
"""For how many of those just below a list it is looked at what would bring them in."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A pool's candidates with their features and scores."""

    candidates: Candidates
    features: FeatureTable
    scores: ScoreTable


@dataclass(frozen=True, slots=True)
class RankedPair:
    """One pair under one pattern, with its place in the order: the sixth step of a suggestion.

    Attributes
    ----------
    scored, row
        Where its features and contributions are.
    other, other_id
        The node that isn't the subject.
    confirmed
        False for a college for which only context speaks.
    """

    scored: Scored
    row: int
    other: int
    other_id: NodeId
    gap_value: float
    priority: float
    confirmed: bool

    def order(self) -> Order:
        """Return the sort key: confirmed first, then the highest priority, then the lowest id."""
        return (not self.confirmed, -self.priority, self.other_id)


class Ranking(Protocol):
    """Every pair of a subject once, in order: confirmed first, then the highest priority, then the lowest id.

    Attributes
    ----------
    others
        Shape (pairs,): indices of the nodes that aren't the subject.
    scores, priorities
        Shape (pairs,).
    confirmed
        Shape (pairs,): see `RankedPair`.
    """

    @property
    def others(self) -> NDArray[np.int32]:
        """Indices of the nodes that aren't the subject."""

    @property
    def scores(self) -> NDArray[np.float64]:
        """Log-odds."""

    @property
    def priorities(self) -> NDArray[np.float64]:
        """What the order goes by."""

    @property
    def confirmed(self) -> NDArray[np.bool_]:
        """False where only context speaks."""

    def __len__(self) -> int:
        """Return the number of pairs."""

    def pattern_at(self, place: int, /) -> PatternName:
        """Return the kind of link of the pair at a place."""

    def __getitem__(self, place: int, /) -> RankedPair:
        """Return the pair at a place."""


@dataclass(frozen=True, slots=True)
class RankedRows:
    """A `Ranking` over the rows of several pools; a pair is put together when it is looked at.

    Attributes
    ----------
    pools, rows
        Shape (pairs,): in which of ``scored``, and in which of its rows, a pair is.
    """

    nodes: Sequence[Node]
    scored: tuple[Scored, ...]
    pools: NDArray[np.int64]
    rows: NDArray[np.int64]
    others: NDArray[np.int32]
    scores: NDArray[np.float64]
    gap_values: NDArray[np.float64]
    priorities: NDArray[np.float64]
    confirmed: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.others)

    def pattern_at(self, place: int, /) -> PatternName:
        """Return the kind of link of the pair at a place."""
        pattern: PatternName = self.scored[self.pools[place]].candidates.pool.pattern.name
        return pattern

    def __getitem__(self, place: int, /) -> RankedPair:
        """Return the pair at a place."""
        other = int(self.others[place])
        return RankedPair(
            self.scored[self.pools[place]],
            int(self.rows[place]),
            other,
            self.nodes[other].id,
            float(self.gap_values[place]),
            float(self.priorities[place]),
            bool(self.confirmed[place]),
        )


def rank_pairs(
    index: SnapshotIndex,
    scored: Iterable[Scored],
    policy: PriorityPolicy,
    gap_value: GapValue | None = None,
    exposure: Exposure = UNRECORDED,
) -> RankedRows:
    """Return every pair once, under the pattern that puts it first, in order.

    Parameters
    ----------
    gap_value
        Where it is None, no gap is closed.
    exposure
        How often everybody has been shown in the cycle.
    """
    nodes = index.snapshot.nodes
    preference = {name: place for place, name in enumerate(PATTERNS)}
    parts = sorted(scored, key=lambda one: preference[one.candidates.pool.pattern.name])
    others = np.concatenate([np.zeros(0, np.int32), *(one.candidates.others for one in parts)])
    scores = np.concatenate([np.zeros(0), *(one.scores.scores for one in parts)])
    confirmed = np.concatenate([np.zeros(0, bool), *(one.candidates.confirmed for one in parts)])
    closed = np.concatenate([np.zeros(0), *(_gap_values(nodes, one, gap_value) for one in parts)])
    levels = np.concatenate([np.zeros(0), *(np.full(len(one.scores.scores), one.scores.level) for one in parts)])
    priorities = policy.priorities(index, others, scores + levels, closed, exposure)
    pools = np.repeat(np.arange(len(parts)), [len(one.candidates.others) for one in parts])
    rows = np.concatenate([np.zeros(0, np.int64), *(np.arange(len(one.candidates.others)) for one in parts)])
    order = np.lexsort((pools, others, -priorities, ~confirmed))
    _, first = np.unique(others[order], return_index=True)
    kept = order[np.sort(first)]
    return RankedRows(
        nodes,
        tuple(parts),
        pools[kept],
        rows[kept],
        others[kept],
        scores[kept],
        closed[kept],
        priorities[kept],
        confirmed[kept],
    )


def _gap_values(nodes: Sequence[Node], scored: Scored, gap_value: GapValue | None) -> NDArray[np.float64]:
    pool, others = scored.candidates.pool, scored.candidates.others
    if gap_value is None:
        return np.zeros(len(others))
    ends = (pool.ends(other) for other in others.tolist())
    name = pool.pattern.name
    return np.array([gap_value(name, nodes[source].id, nodes[target].id) for source, target in ends], np.float64)


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a list: who stands there, at which place in the whole order, and how it came there."""

    pair: RankedPair
    place: int
    showing: Showing


@dataclass(frozen=True, slots=True)
class Listing:
    """A list after its rules: the seventh step of a suggestion.

    Attributes
    ----------
    slots
        In order.
    below
        The places just below the list, ascending.
    orders
        Their sort keys, ascending.
    positions
        The position of each place that stands in the list.
    groups
        What each place counts towards.
    kept_cost
        How much score (log-odds) the slots kept for those not yet shown cost it.
    """

    slots: tuple[Slot, ...]
    below: tuple[int, ...]
    orders: tuple[Order, ...]
    positions: Mapping[int, int]
    groups: Groups
    kept_cost: float


def compose_list(index: SnapshotIndex, subject: int, ranking: Ranking, request: SuggestionRequest) -> Listing:
    """Return the list of a subject under the list rules.

    Diversity first (`diversity`), then the slots kept for those who haven't been shown in the cycle
    (`matchmaker.recommend.exposure`), then the slots that are drawn where the request asks for it. Both sides' capacity
    and open requests are hard rules already.
    """
    groups = diversity(index, ranking, request.limit)
    chosen = choose(len(ranking), request.limit - request.explore, groups)
    give_way, let_in = _keep(index, ranking, request, chosen)
    cost = float(ranking.scores[give_way].sum() - ranking.scores[let_in].sum()) if let_in else 0.0
    held = (set(chosen) - set(give_way)) | set(let_in)
    drawn = _draw(index, subject, ranking, request, held) if request.explore else {}
    places = sorted(held | drawn.keys())
    pairs = {place: ranking[place] for place in places}
    slots = tuple(
        Slot(pair, place, _showing(request, place, pair, number, (set(let_in), drawn)))
        for number, (place, pair) in enumerate(pairs.items(), start=1)
    )
    first_left = islice((place for place in range(len(ranking)) if place not in pairs), NEAR_MISSES)
    orders = tuple(pair.order() for pair in pairs.values())
    positions = {place: number for number, place in enumerate(places, start=1)}
    return Listing(slots, tuple(first_left), orders, positions, groups, round(cost, 9) + 0.0)


def _showing(
    request: SuggestionRequest, place: int, pair: RankedPair, number: int, how: tuple[set[int], dict[int, float]]
) -> Showing:
    kept, drawn = how
    times = request.exposure.times(pair.other_id)
    return Showing(number, drawn.get(place, 1.0), place in kept, place in drawn, times)


def choose(pairs: int, limit: int, groups: Groups) -> list[int]:
    """Return the places of the first ``limit`` of so many pairs whose groups aren't full yet, ascending.

    Where too few are left so, those passed over fill the list, the first of them first.

    >>> choose(4, 2, lambda place: {("sector", place // 2): 1})
    [0, 2]
    """
    taken: Counter[Group] = Counter()
    chosen: list[int] = []
    passed: list[int] = []
    for place in range(pairs):
        if len(chosen) == limit:
            break
        towards = groups(place)
        if all(taken[group] < most for group, most in towards.items()):
            chosen.append(place)
            taken.update(towards.keys())
        else:
            passed.append(place)
    return sorted(chosen + passed[: limit - len(chosen)])


def diversity(index: SnapshotIndex, ranking: Ranking, limit: int) -> Groups:
    """Return what pairs count towards in a list of ``limit``.

    At most half of it (rounded up) of one sector and of one pattern, three quarters (rounded up) in one county, one
    from each organization. Whose county isn't recorded counts towards none.
    """
    half, most = math.ceil(limit / 2), math.ceil(limit * 0.75)
    organizations, counties = index.organizations, index.places.counties

    def groups(place: int) -> dict[Group, int]:
        other = int(ranking.others[place])
        pattern = ranking.pattern_at(place)
        towards: dict[Group, int] = {("sector", int(organizations.sector[other])): half, ("pattern", pattern): half}
        for county in counties[other]:
            towards["county", county] = most
        for body in organizations.bodies(other):
            towards["organization", body] = 1
        return towards

    return groups


def _keep(
    index: SnapshotIndex, ranking: Ranking, request: SuggestionRequest, chosen: list[int]
) -> tuple[list[int], list[int]]:
    """Return who gives way to those who haven't been shown in the cycle, and who these are."""
    if not request.exposure.counts:
        return [], []
    left = np.ones(len(ranking), dtype=bool)
    left[chosen] = False
    unseen = times_shown(index.snapshot, ranking.others, request.exposure) == 0.0
    return keep_slots(chosen, np.flatnonzero(left), unseen, kept_slots(request.limit))


def _draw(
    index: SnapshotIndex, subject: int, ranking: Ranking, request: SuggestionRequest, held: set[int]
) -> dict[int, float]:
    """Return the places drawn for the exploring slots with their propensities; one from each organization."""
    bodies = {body for place in held for body in index.organizations.bodies(int(ranking.others[place]))}
    waiting = (
        place
        for place in range(len(ranking))
        if place not in held
        and ranking.confirmed[place]
        and bodies.isdisjoint(index.organizations.bodies(int(ranking.others[place])))
    )
    best = list(islice(waiting, EXPLORED))
    stream = exploring_stream(request.seed, index.snapshot.nodes[subject].id, request.exposure.cycle)
    return {one.place: one.propensity for one in explore(ranking.priorities, best, request.explore, stream)}
