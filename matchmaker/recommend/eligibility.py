"""Who of a pool may be suggested: the hard rules of a pattern, each with a reason for everyone it excludes.

Nothing here uses the pair's own tie, except to say that there is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.patterns import LinkPattern, Place, Pool
from matchmaker.recommend.rules.places import ELSEWHERE, WITHIN_REACH
from matchmaker.recommend.rules.rule import JudgedPair, Rule, RuleOutcome
from matchmaker.recommend.rules.standing import NO_PAIR_RULE, OPEN, REQUESTS, ROOM
from matchmaker.recommend.rules.steps import (
    EQUITY_FOCUSED,
    MATCHING_FIELD,
    NEXT_STAGE,
    PRACTICE_CONFIRMED,
    equity_of,
)
from matchmaker.recommend.rules.ties import NOT_COVERED, NOT_ITSELF, NOT_LINKED, NOT_OWN, SECTORS_DIFFER
from matchmaker.recommend.subject import Subject

PATTERN_RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.name: rule for rule in (NEXT_STAGE, EQUITY_FOCUSED, MATCHING_FIELD, NOT_COVERED)}
)
"""The rules that patterns name."""


@dataclass(frozen=True, slots=True)
class Eligible:
    """Those of a pool who meet every rule: the second step of a suggestion.

    Attributes
    ----------
    others
        Shape (others,): indices, ascending.
    confirmed
        Shape (others,): False for colleges for which only context speaks.
    """

    pool: Pool
    others: NDArray[np.int32]
    confirmed: Mask


def rules_of(pattern: LinkPattern, *, context_colleges: bool = True) -> tuple[Rule, ...]:
    """Return the rules of a pattern in the order in which they are checked and told.

    ``context_colleges`` False also leaves out colleges for which only context speaks.
    """
    rules = [NOT_ITSELF, *([SECTORS_DIFFER] if pattern.sectors_differ else []), NOT_OWN, NOT_LINKED]
    if pattern.place is Place.WITHIN_REACH:
        rules.append(WITHIN_REACH)
    elif pattern.place is Place.ELSEWHERE:
        rules.append(ELSEWHERE)
    rules += [OPEN, ROOM, REQUESTS, NO_PAIR_RULE, *(PATTERN_RULES[name] for name in sorted(pattern.rules))]
    if EQUITY_FOCUSED.name in pattern.rules and not context_colleges:
        rules.append(PRACTICE_CONFIRMED)
    return tuple(rules)


def find_eligible(subject: Subject, pool: Pool, *, context_colleges: bool = True) -> Eligible:
    """Return those of a pool who meet every rule of its pattern; a rule looks only at those whom earlier ones left."""
    left = pool
    for rule in rules_of(pool.pattern, context_colleges=context_colleges):
        if not len(left.others):
            break
        left = left.narrowed(left.others[rule.check(subject, left)])
    confirmed = np.ones(len(left.others), dtype=bool)
    if EQUITY_FOCUSED.name in pool.pattern.rules:
        confirmed = np.array([equity_of(subject, left, int(other)).confirmed for other in left.others], dtype=bool)
    return Eligible(pool, left.others, confirmed)


def judge_pair(subject: Subject, pool: Pool, other: int, *, context_colleges: bool = True) -> tuple[RuleOutcome, ...]:
    """Return what every rule of a pattern says of one pair, met or not."""
    alone = pool.narrowed(np.array([other], dtype=np.int32))
    found = []
    for rule in rules_of(pool.pattern, context_colleges=context_colleges):
        met = bool(rule.check(subject, alone)[0])
        said = rule.say(JudgedPair(subject, alone, other, met))
        found.append(RuleOutcome(rule.name, met, said.sentence, said.facts))
    return tuple(found)
