"""What is asked for: which patterns, how many, by which policy, and what has been shown already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.exposure import UNRECORDED, Exposure
from matchmaker.recommend.policies import PriorityPolicy, check_policy, get_policy
from matchmaker.recommend.scoring.additive import ScoringModel

MAXIMUM_LIMIT = 200
DEFAULT_LIMIT = 10
UNMOVED: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SuggestionRequest:
    """What is asked for.

    Attributes
    ----------
    pattern
        Only this kind of link; every kind that fits where it is None.
    limit
        How many suggestions at most, 1..200.
    policy
        The name of the priority policy (`POLICIES`).
    seed
        Goes into the result, and into what is drawn where ``explore`` asks for it.
    context_colleges
        Whether colleges for which only context speaks are listed, after all others.
    weights
        Weights of the policy that the caller moves, by name (`WEIGHT_RANGES`).
    exposure
        How often everybody has been shown in the cycle.
    explore
        How many of the slots are drawn by chance from those whom the list passes over; at most half of the limit.
    model
        What scores the pairs; the prior that ships where it is None.
    """

    pattern: PatternName | None = None
    limit: int = DEFAULT_LIMIT
    policy: str = "balanced"
    seed: int = 0
    context_colleges: bool = True
    weights: Mapping[str, float] = field(default_factory=lambda: UNMOVED, hash=False)
    exposure: Exposure = UNRECORDED
    explore: int = 0
    model: ScoringModel | None = field(default=None, hash=False)

    def get_policy(self) -> PriorityPolicy:
        """Return the policy, or raise `InvalidInput` with everything that is wrong with the request."""
        findings = []
        if not 1 <= self.limit <= MAXIMUM_LIMIT:
            findings.append(Finding("limit is out of range", "limit", str(self.limit), f"1 to {MAXIMUM_LIMIT}"))
        findings += check_policy(self.policy, self.weights)
        most = max(self.limit, 0) // 2
        if not 0 <= self.explore <= most:
            valid = f"0 to {most}, half of the limit"
            findings.append(Finding("is out of range", "explore", str(self.explore), valid))
        if findings:
            raise InvalidInput(findings)
        return get_policy(self.policy, self.weights)


ANYONE = SuggestionRequest()
"""A request for the ten best of every kind."""
