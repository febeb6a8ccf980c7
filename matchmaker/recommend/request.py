"""What is asked for: which patterns, how many, by which policy."""

from dataclasses import dataclass

from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.ranking import POLICIES, PriorityPolicy

MAXIMUM_LIMIT = 200
DEFAULT_LIMIT = 10


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
        Goes into the result; nothing is drawn at random yet.
    context_colleges
        Whether colleges for which only context speaks are listed, after all others.
    """

    pattern: PatternName | None = None
    limit: int = DEFAULT_LIMIT
    policy: str = "balanced"
    seed: int = 0
    context_colleges: bool = True

    def get_policy(self) -> PriorityPolicy:
        """Return the policy, or raise `InvalidInput` with everything that is wrong with the request."""
        findings = []
        if not 1 <= self.limit <= MAXIMUM_LIMIT:
            findings.append(Finding("limit is out of range", "limit", str(self.limit), f"1 to {MAXIMUM_LIMIT}"))
        if self.policy not in POLICIES:
            findings.append(Finding("is not a known policy", "policy", self.policy[:200], ", ".join(sorted(POLICIES))))
        if findings:
            raise InvalidInput(findings)
        return POLICIES[self.policy]
