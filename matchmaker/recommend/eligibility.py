"""Who may be suggested: the hard rules of a pattern, each with a reason for everyone it excludes.

Nothing here uses the pair's own tie, except to say that there is one.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from matchmaker.recommend.equity import CONFIRMED
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.pairs import RoleRows
from matchmaker.recommend.patterns import PATTERNS, LinkPattern, Place
from matchmaker.recommend.roles import PATTERN_NAMES, ROLES
from matchmaker.recommend.rules.places import ELSEWHERE, WITHIN_REACH
from matchmaker.recommend.rules.progress import NOT_FROZEN, NOT_UNDER_WAY
from matchmaker.recommend.rules.rule import JudgedPair, Rule, RuleOutcome
from matchmaker.recommend.rules.standing import NO_PAIR_RULE, OPEN, REQUESTS, ROOM
from matchmaker.recommend.rules.steps import (
    EQUITY_FOCUSED,
    MATCHING_FIELD,
    NEXT_STAGE,
    PRACTICE_CONFIRMED,
    equity_codes,
)
from matchmaker.recommend.rules.ties import NOT_COVERED, NOT_ITSELF, NOT_LINKED, NOT_OWN, SECTORS_DIFFER

PATTERN_RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.name: rule for rule in (NEXT_STAGE, EQUITY_FOCUSED, MATCHING_FIELD, NOT_COVERED)}
)
"""The rules that patterns name."""


def rules_of(pattern: LinkPattern, *, context_colleges: bool = True) -> tuple[Rule, ...]:
    """Return the rules of a pattern in the order in which they are checked and told.

    ``context_colleges`` False also leaves out colleges for which only context speaks.
    """
    rules = [NOT_ITSELF, *([SECTORS_DIFFER] if pattern.sectors_differ else []), NOT_OWN, NOT_LINKED]
    if pattern.place is Place.WITHIN_REACH:
        rules.append(WITHIN_REACH)
    elif pattern.place is Place.ELSEWHERE:
        rules.append(ELSEWHERE)
    rules += [OPEN, ROOM, REQUESTS, NO_PAIR_RULE, NOT_UNDER_WAY, NOT_FROZEN]
    rules += [*(PATTERN_RULES[name] for name in sorted(pattern.rules))]
    if EQUITY_FOCUSED.name in pattern.rules and not context_colleges:
        rules.append(PRACTICE_CONFIRMED)
    return tuple(rules)


_SIFTED = (
    SECTORS_DIFFER,
    NOT_COVERED,
    EQUITY_FOCUSED,
    PRACTICE_CONFIRMED,
    NEXT_STAGE,
    MATCHING_FIELD,
    NOT_OWN,
    NOT_LINKED,
    NO_PAIR_RULE,
    NOT_UNDER_WAY,
    NOT_FROZEN,
    WITHIN_REACH,
    ELSEWHERE,
)
"""The rules that look at both ends, in the order in which many pairs are sifted: it changes nothing of who is left.

`NOT_ITSELF`, `OPEN`, `ROOM` and `REQUESTS` are in one column (`SnapshotIndex.askable`) and come before.
"""


def _asked(*, context_colleges: bool) -> tuple[tuple[Rule, int, Mask], ...]:
    """Return each rule with the roles whose patterns have it, as bits and as a mask."""
    named = [{rule.name for rule in rules_of(role.pattern, context_colleges=context_colleges)} for role in ROLES]
    having = {rule: [rule.name in names for names in named] for rule in _SIFTED}
    return tuple(
        (rule, sum(1 << role for role in np.flatnonzero(held).tolist()), np.array(held))
        for rule, held in having.items()
    )


_ASKED = {context: _asked(context_colleges=context) for context in (False, True)}


def find_eligible(rows: RoleRows, *, context_colleges: bool = True) -> RoleRows:
    """Return the rows that meet every rule of their pattern."""
    pairs, askable = rows.pairs, rows.index.askable
    may = askable[pairs.subjects] & askable[pairs.others] & (pairs.subjects != pairs.others)
    left = rows if may.all() else rows.where(may[rows.rows])
    present = sum(1 << role for role in np.flatnonzero(np.bincount(left.roles)).tolist()) if len(left) else 0
    for rule, bits, having in _ASKED[context_colleges]:
        if not bits & present or not len(left):
            continue
        if not present & ~bits:
            left = _only(left, rule.check(left))
        else:
            kept = ~having[left.roles]
            kept[~kept] = rule.check(left.where(~kept))
            left = _only(left, kept)
    return left


def _only(rows: RoleRows, kept: Mask) -> RoleRows:
    return rows if kept.all() else rows.where(kept)


def find_confirmed(rows: RoleRows) -> Mask:
    """Return False for rows of colleges for which only context speaks, True for all others; shape (rows,)."""
    asked = _ASKED_OF_COLLEGES[rows.patterns]
    confirmed = ~asked
    if asked.any():
        confirmed[asked] = equity_codes(rows.where(asked)) == CONFIRMED
    return confirmed


_ASKED_OF_COLLEGES = np.array([EQUITY_FOCUSED.name in PATTERNS[name].rules for name in PATTERN_NAMES])


def judge_pair(rows: RoleRows, *, context_colleges: bool = True) -> tuple[RuleOutcome, ...]:
    """Return what every rule of a pattern says of one pair, met or not.

    Parameters
    ----------
    rows
        One row: the pair under the role that it is judged for.
    """
    found = []
    for rule in rules_of(JudgedPair(rows, met=True).pattern, context_colleges=context_colleges):
        met = bool(rule.check(rows)[0])
        said = rule.say(JudgedPair(rows, met))
        found.append(RuleOutcome(rule.name, met, said.sentence, said.facts))
    return tuple(found)
