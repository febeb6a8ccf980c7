"""From scores to a list: one pattern per pair, priority by a stated policy, and the list rules."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.candidates import Candidates
from matchmaker.recommend.measuring import FeatureTable
from matchmaker.recommend.organizations import Organizations
from matchmaker.recommend.patterns import PATTERNS
from matchmaker.recommend.scoring.additive import SCORE_DIGITS, ScoreTable

GapValue = Callable[[PatternName, NodeId, NodeId], float]
"""Returns how much of the ecosystem's named gaps a link of a pattern between source and target closes, 0..1."""


@dataclass(frozen=True, slots=True)
class PriorityPolicy:
    """How a list is sorted: weight × log-odds + gap weight × gap value."""

    name: str
    score_weight: float
    gap_weight: float

    def priority(self, score: float, gap_value: float) -> float:
        """Return what the list is sorted by, rounded to 1e-9."""
        return round(self.score_weight * score + self.gap_weight * gap_value, SCORE_DIGITS)


POLICIES: Mapping[str, PriorityPolicy] = MappingProxyType(
    {policy.name: policy for policy in (PriorityPolicy("balanced", 1.0, 1.5), PriorityPolicy("likely", 1.0, 0.0))}
)
"""The policies by name. ``balanced``: closing a gap whole counts as 1.5 in log-odds; ``likely``: log-odds only."""


def get_policy(name: str) -> PriorityPolicy:
    """Return a policy by name, or raise `InvalidInput`."""
    if name not in POLICIES:
        raise InvalidInput([Finding("is not a known policy", "policy", name[:200], ", ".join(sorted(POLICIES)))])
    return POLICIES[name]


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

    def order(self) -> tuple[bool, float, str]:
        """Return the sort key: confirmed first, then the highest priority, then the lowest id."""
        return (not self.confirmed, -self.priority, self.other_id)


def rank_pairs(
    ids: Sequence[NodeId], scored: Iterable[Scored], policy: PriorityPolicy, gap_value: GapValue | None = None
) -> list[RankedPair]:
    """Return every pair once, under the pattern that puts it first, in order.

    Parameters
    ----------
    ids
        Of the snapshot's nodes, by index.
    gap_value
        Where it is None, no gap is closed.
    """
    best: dict[int, RankedPair] = {}
    preference = {name: place for place, name in enumerate(PATTERNS)}
    for one in sorted(scored, key=lambda one: preference[one.candidates.pool.pattern.name]):
        for pair in _pairs(ids, one, policy, gap_value):
            kept = best.get(pair.other)
            if kept is None or pair.order() < kept.order():
                best[pair.other] = pair
    return sorted(best.values(), key=RankedPair.order)


def _pairs(
    ids: Sequence[NodeId], scored: Scored, policy: PriorityPolicy, gap_value: GapValue | None
) -> Iterable[RankedPair]:
    pool = scored.candidates.pool
    scores = scored.scores.scores.tolist()
    confirmed = scored.candidates.confirmed.tolist()
    for row, other in enumerate(scored.candidates.others.tolist()):
        closed = 0.0
        if gap_value is not None:
            source, target = pool.ends(other)
            closed = gap_value(pool.pattern.name, ids[source], ids[target])
        priority = policy.priority(scores[row], closed)
        yield RankedPair(scored, row, other, ids[other], closed, priority, confirmed[row])


def apply_list_rules(
    ranked: Sequence[RankedPair], limit: int, counted: Callable[[RankedPair], Mapping[str, int]]
) -> list[RankedPair]:
    """Return the first ``limit`` pairs under the list rules, in order.

    Diversity: as long as others are left, at most half of the list (rounded up) from one sector and of one pattern, and
    one from each organization. Both sides' capacity and open requests are hard rules already; exposure isn't recorded
    yet and neutral.

    Parameters
    ----------
    counted
        Returns what a pair counts towards, each with how many may be in the list.
    """
    taken: Counter[str] = Counter()
    chosen: list[RankedPair] = []
    passed: list[RankedPair] = []
    for pair in ranked:
        towards = counted(pair)
        if len(chosen) < limit and all(taken[group] < most for group, most in towards.items()):
            chosen.append(pair)
            taken.update(towards.keys())
        else:
            passed.append(pair)
    chosen += passed[: limit - len(chosen)]
    return sorted(chosen, key=RankedPair.order)


def diversity(organizations: Organizations, limit: int) -> Callable[[RankedPair], Mapping[str, int]]:
    """Return what pairs count towards in a list of ``limit``: a sector, a pattern, an organization."""
    half = math.ceil(limit / 2)

    def counted(pair: RankedPair) -> Mapping[str, int]:
        sector, pattern = organizations.sector[pair.other], pair.scored.candidates.pool.pattern.name
        bodies = {f"organization {body}": 1 for body in organizations.bodies(pair.other)}
        return {f"sector {sector}": half, f"pattern {pattern}": half, **bodies}

    return counted
