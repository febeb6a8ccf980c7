"""Priority policies: what a list is sorted by, as values that anyone can read and move within stated ranges.

Priority is a sum, in log-odds:

    score weight × score + gap weight × gap value + new weight × newness + small weight × smallness
    − popularity weight × ln(1 + ties) − exposure weight × ln(1 + times shown)

Newness and smallness are facts about when the other joined and how many ties it has, never about how good it is; they,
popularity and exposure belong to the other of a pair and are no part of the likelihood. What isn't recorded adds
exactly 0, so nothing moves where nobody records what is shown.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import Finding, InvalidInput
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import first_day
from matchmaker.model.ids import digest_of
from matchmaker.model.suggestion import PolicyUsed
from matchmaker.model.vocabulary import Participation, TieType
from matchmaker.recommend.exposure import UNRECORDED, Exposure, exposure_penalty, times_shown
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.scoring.additive import SCORE_DIGITS

Floats = NDArray[np.float64]

NEW_FOR_DAYS = 365
"""For how long after joining the ecosystem somebody counts as new, less each day."""


class PolicyWeight(StrEnum):
    """What a policy weighs."""

    SCORE = "score"
    GAP = "gap"
    NEW = "new"
    SMALL = "small"
    POPULARITY = "popularity"
    EXPOSURE = "exposure"


@dataclass(frozen=True, slots=True)
class WeightRange:
    """What a weight multiplies, in words, and how far it may be moved."""

    least: float
    most: float
    about: str


WEIGHT_RANGES: Mapping[PolicyWeight, WeightRange] = MappingProxyType(
    {
        PolicyWeight.SCORE: WeightRange(0.0, 3.0, "the score: log-odds that the link forms"),
        PolicyWeight.GAP: WeightRange(0.0, 10.0, "the share of the ecosystem's named gaps that it closes, 0 to 1"),
        PolicyWeight.NEW: WeightRange(
            0.0, 3.0, "how lately the other joined the ecosystem: 1 today, 0 a year ago or where it isn't recorded"
        ),
        PolicyWeight.SMALL: WeightRange(0.0, 3.0, "how small the other's recorded network is: 1 / (1 + ties)"),
        PolicyWeight.POPULARITY: WeightRange(0.0, 3.0, "taken off: ln(1 + ties) of the other"),
        PolicyWeight.EXPOSURE: WeightRange(
            0.0, 3.0, "taken off: ln(1 + how often the other has been shown to staff in the cycle)"
        ),
    }
)
"""The weights with their ranges."""


@dataclass(frozen=True, slots=True)
class PriorityPolicy:
    """What a list is sorted by.

    Attributes
    ----------
    name, version
        Of the policy that its weights were taken from; a policy whose weights change gets a new version.
    score, gap, new, small, popularity, exposure
        The weights; see `WEIGHT_RANGES`.
    moved
        Whether the caller moved a weight.
    """

    name: str
    version: int
    score: float
    gap: float
    new: float = 0.0
    small: float = 0.0
    popularity: float = 0.0
    exposure: float = 0.0
    moved: bool = False

    def weights(self) -> dict[str, float]:
        """Return every weight by name.

        >>> get_policy("likely").weights()
        {'score': 1.0, 'gap': 0.0, 'new': 0.0, 'small': 0.0, 'popularity': 0.0, 'exposure': 0.0}
        """
        return {weight.value: float(getattr(self, weight.value)) for weight in PolicyWeight}

    def used(self) -> PolicyUsed:
        """Return the policy as results state it."""
        weights = self.weights()
        digest = digest_of("policy", *(f"{name} {value!r}" for name, value in weights.items()))[:8]
        return PolicyUsed(self.name, self.version, weights, digest if self.moved else "")

    def priorities(
        self,
        index: SnapshotIndex,
        others: NDArray[np.int32],
        scores: Floats,
        gap_values: Floats,
        exposure: Exposure = UNRECORDED,
    ) -> Floats:
        """Return the priority of each pair of a subject with some others, rounded to 1e-9; all of shape (pairs,)."""
        total = self.score * scores + self.gap * gap_values
        if self.new:
            total = total + self.new * joining_of(index.snapshot).newness_of(others)
        if self.small or self.popularity:
            ties = index.topology.degrees[others].astype(np.float64)
            total = total + self.small / (1.0 + ties) - exposure_penalty(ties, self.popularity)
        if self.exposure and exposure.counts:
            total = total - exposure_penalty(times_shown(index.snapshot, others, exposure), self.exposure)
        priorities: Floats = np.round(total, SCORE_DIGITS) + 0.0
        return priorities


POLICIES: Mapping[str, PriorityPolicy] = MappingProxyType(
    {
        policy.name: policy
        for policy in (
            PriorityPolicy("balanced", 1, score=1.0, gap=1.5),
            PriorityPolicy("likely", 1, score=1.0, gap=0.0),
            PriorityPolicy("closes_gaps", 1, score=0.5, gap=6.0),
            PriorityPolicy("new_and_small", 1, score=1.0, gap=1.0, new=1.0, small=1.0, popularity=1.0),
        )
    }
)
"""The policies by name.

``balanced``: closing a gap whole counts as much as 1.5 in log-odds. ``likely``: log-odds only. ``closes_gaps``: gaps
decide, and of equal ones the likelier. ``new_and_small``: those who joined lately or have few ties come forward.
"""


def get_policy(name: str, moved: Mapping[str, float] | None = None) -> PriorityPolicy:
    """Return a policy by name, with some weights moved by the caller.

    >>> get_policy("balanced", {"gap": 2.0}).used().label
    'balanced-56bf0950'

    Raises
    ------
    InvalidInput
        There is no such policy or weight, or a weight is out of its range; with everything that is wrong.
    """
    findings = check_policy(name, moved or {})
    if findings:
        raise InvalidInput(findings)
    policy = POLICIES[name]
    weights = {**policy.weights(), **(moved or {})}
    if weights == policy.weights():
        return policy
    score, gap, new, small, popularity, shown = (float(weights[weight]) for weight in PolicyWeight)
    return PriorityPolicy(policy.name, policy.version, score, gap, new, small, popularity, shown, moved=True)


def check_policy(name: str, moved: Mapping[str, float]) -> list[Finding]:
    """Return everything that is wrong with a policy's name and the weights moved."""
    findings = []
    if name not in POLICIES:
        findings.append(Finding("is not a known policy", "policy", name[:200], ", ".join(sorted(POLICIES))))
    for key, value in sorted(moved.items()):
        known = WEIGHT_RANGES.get(PolicyWeight(key)) if key in set(PolicyWeight) else None
        if known is None:
            findings.append(Finding("is not a known weight", "weight", key[:200], ", ".join(PolicyWeight)))
        elif not (math.isfinite(value) and known.least <= value <= known.most):
            valid = f"{known.least:g} to {known.most:g}"
            findings.append(Finding("is out of range", f"weight {key}", f"{value:g}", valid))
    return findings


def parse_weight(text: str) -> tuple[str, float]:
    """Return the name and the number of a weight as people type it, or raise `InvalidInput`.

    >>> parse_weight("gap=2")
    ('gap', 2.0)
    """
    name, _, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError:
        raise InvalidInput([Finding("is not a weight", "weight", text[:200], "NAME=NUMBER, such as gap=2")]) from None


@dataclass(frozen=True, slots=True)
class Joining:
    """Who has joined the scope's ecosystem, and how long ago.

    Attributes
    ----------
    nodes
        Shape (joined,): indices, ascending.
    days
        Shape (joined,): how many days ago.
    """

    nodes: NDArray[np.int64]
    days: Floats

    def days_of(self, others: NDArray[np.int32]) -> Floats:
        """Return how many days ago each of some nodes joined; infinite where it isn't recorded. Shape (others,)."""
        if not len(self.nodes):
            return np.full(len(others), np.inf)
        places = np.minimum(np.searchsorted(self.nodes, others), len(self.nodes) - 1)
        return np.where(self.nodes[places] == others, self.days[places], np.inf)

    def newness_of(self, others: NDArray[np.int32]) -> Floats:
        """Return how new each of some nodes is: 1 today, falling to 0 within `NEW_FOR_DAYS`; 0 where not recorded."""
        return np.clip(1.0 - self.days_of(others) / NEW_FOR_DAYS, 0.0, 1.0)


@lru_cache(maxsize=4)
def joining_of(snapshot: Snapshot) -> Joining:
    """Return when everybody joined the scope's ecosystem: the first dated tie by which it takes part or is a member.

    What a partner runs joined when the first of those who run it did. Computed once for a snapshot.
    """
    ecosystem = snapshot.find_index(snapshot.scope.ecosystem or "")
    first: dict[int, int] = {}
    for type in (TieType.PARTICIPATES_IN, TieType.MEMBER_OF) if ecosystem is not None else ():
        for index, tie in snapshot.sources(ecosystem or 0, type):
            since = tie.properties.get("since")
            invited = tie.properties.get("status") == Participation.INVITED
            if isinstance(since, str) and not invited:
                first[index] = min(first.get(index, _day(since)), _day(since))
    for index in list(first):
        for program, _ in snapshot.targets(index, TieType.OPERATES):
            first[program] = min(first.get(program, first[index]), first[index])
    today = snapshot.as_of.toordinal()
    nodes = np.array(sorted(first), dtype=np.int64)
    days = np.array([today - first[index] for index in sorted(first)], dtype=np.float64)
    return Joining(nodes, days)


def _day(since: str) -> int:
    return first_day(since).toordinal()
