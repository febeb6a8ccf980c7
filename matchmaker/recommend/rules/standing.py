"""Rules on whether the two can be asked now: open, not paused, with room, not ruled out by staff."""

from collections.abc import Callable
from itertools import product

import numpy as np

from matchmaker.model.dates import first_day
from matchmaker.model.vocabulary import PairRuleTerm, Participation, TieType
from matchmaker.recommend.features.capacity import CAPACITY_NAMES, is_full
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.pairs import Pairs, RoleRows
from matchmaker.recommend.rules.rule import JudgedPair, Rule, Said
from matchmaker.recommend.visibility import state_fact

_RULED = {
    PairRuleTerm.MUST_NOT_MATCH: "Staff have ruled that the two are not to be matched.",
    PairRuleTerm.ALREADY_MET: "Staff have recorded that the two have met.",
    PairRuleTerm.REMATCH_AFTER: "Staff have put a new introduction of the two off to a later day.",
}


def is_open(index: SnapshotIndex, number: int) -> bool:
    """Say whether a node, or one of those who run it, is neither closed nor paused nor withdrawn."""
    return bool(index.standing.open[number])


def has_room(index: SnapshotIndex, number: int) -> bool:
    """Say whether a node doesn't say that it takes on no more."""
    return not index.capacity.full[number]


def accepts_requests(index: SnapshotIndex, number: int) -> bool:
    """Say whether fewer requests are open at a node, or those who run it, than it accepts."""
    return bool(index.accepts[number])


def _closed(index: SnapshotIndex, number: int) -> bool:
    closed = index.snapshot.nodes[number].get_text("closed_on")
    return bool(closed) and first_day(closed) <= index.snapshot.as_of


def _paused(index: SnapshotIndex, number: int) -> bool:
    return index.organizations.standing[number] in {Participation.PAUSED, Participation.WITHDRAWN}


def _limit(index: SnapshotIndex, number: int) -> int:
    return int(index.standing.limits[number])


def _asked(index: SnapshotIndex, number: int) -> set[int]:
    return {number, *index.organizations.operators[number]}


def _open(rows: RoleRows) -> Mask:
    held = rows.index.standing.open
    return held[rows.subjects] & held[rows.others]


def _has_room(rows: RoleRows) -> Mask:
    full = rows.index.capacity.full
    return ~(full[rows.subjects] | full[rows.others])


def _accepts(rows: RoleRows) -> Mask:
    held = rows.index.accepts
    return held[rows.subjects] & held[rows.others]


def _failing(pair: JudgedPair, holds: Callable[[SnapshotIndex, int], bool]) -> int:
    source, target = pair.ends
    return target if holds(pair.index, source) else source


def _say_open(pair: JudgedPair) -> Said:
    if pair.met:
        return Said("Neither has closed or paused.")
    index, number = pair.index, _failing(pair, is_open)
    body = next(one for one in index.organizations.bodies(number) if _closed(index, one) or _paused(index, one))
    name = index.name(body)
    if _closed(index, body):
        sentence = f"{name} closed on {index.snapshot.nodes[body].get_text('closed_on')}."
        return Said(sentence, (state_fact(index.snapshot, sentence, [body], (), ["closed_on"]),))
    ties = [tie for _, tie in index.snapshot.targets(body, TieType.PARTICIPATES_IN)]
    sentence = f"{name} has paused."
    return Said(sentence, (state_fact(index.snapshot, sentence, [], ties, ["status"]),))


def _say_room(pair: JudgedPair) -> Said:
    if pair.met:
        return Said("Neither says that it takes on no more.")
    index, number = pair.index, _failing(pair, has_room)
    body = next(one for one in index.organizations.bodies(number) if is_full(index.snapshot.nodes[one]))
    sentence = f"{index.name(body)} says that it takes on no more now."
    return Said(sentence, (state_fact(index.snapshot, sentence, [body], (), CAPACITY_NAMES),))


def _say_requests(pair: JudgedPair) -> Said:
    if pair.met:
        return Said("Neither has as many open requests as it accepts.")
    index, number = pair.index, _failing(pair, accepts_requests)
    body = next(
        one for one in sorted(_asked(index, number)) if index.ledger.open_requests.get(one, 0) >= _limit(index, one)
    )
    sentence = f"{index.name(body)} has as many open requests as it accepts ({_limit(index, body)})."
    return Said(sentence, (state_fact(index.snapshot, sentence, [body], (), ["request_limit"]),))


def _rule_of(index: SnapshotIndex, one: int, other: int) -> int | None:
    for first, second in product(sorted(_asked(index, one)), sorted(_asked(index, other))):
        found = index.ledger.ruled.get((min(first, second), max(first, second)))
        if found is not None:
            return found
    return None


def _no_pair_rule(rows: RoleRows) -> Mask:
    ruled = rows.index.ledger.ruled
    if not ruled:
        return np.ones(len(rows), dtype=bool)
    return ~rows.pairs.holds("ruled", _are_ruled)[rows.rows]


def _are_ruled(pairs: Pairs) -> Mask:
    """Say which pairs staff have ruled on; a rule on an organization holds for its programs."""
    ends = np.array(sorted(pairs.index.ledger.ruled), dtype=np.int64)
    ways = np.concatenate([ends, ends[:, ::-1]])
    running = pairs.index.organizations.running
    firsts, left = running.expand(ways[:, 0])
    seconds, right = running.expand(ways[firsts, 1])
    return pairs.marked(left[seconds], right)


def _say_pair_rule(pair: JudgedPair) -> Said:
    number = _rule_of(pair.index, *pair.ends)
    if pair.met or number is None:
        return Said("Staff have not ruled this pair out.")
    node = pair.index.snapshot.nodes[number]
    sentence = _RULED[PairRuleTerm(node.get_text("rule"))]
    return Said(sentence, (state_fact(pair.index.snapshot, sentence, [number]),))


OPEN = Rule("open", _open, _say_open)
ROOM = Rule("has_room", _has_room, _say_room)
REQUESTS = Rule("accepts_requests", _accepts, _say_requests)
NO_PAIR_RULE = Rule("no_pair_rule", _no_pair_rule, _say_pair_rule)
