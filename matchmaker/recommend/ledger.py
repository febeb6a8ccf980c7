"""What was asked, answered and ruled: which pairs stay away and why, how many requests are open, and the rounds."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import first_day
from matchmaker.model.decision import UNDER_WAY, is_over, waiting_sides
from matchmaker.model.elements import Node
from matchmaker.model.vocabulary import Label, PairRuleTerm, PatternName, Side, SuggestionState, TieType

OPEN_REQUEST_LIMIT = 2
"""How many requests may be open at a partner that states no ``request_limit``."""

Pair = tuple[int, int]
Indices = NDArray[np.int32]
Mask = NDArray[np.bool_]


class HeldKind(StrEnum):
    """Why a pair isn't suggested again for now."""

    UNDER_WAY = "under_way"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Held:
    """A pair that stays away for now.

    Attributes
    ----------
    kind
        Why.
    suggestion
        Index of the suggestion's node.
    until
        The day from which it may be suggested again; None while it is under way.
    """

    kind: HeldKind
    suggestion: int
    until: datetime.date | None = None


_CODE = 2**32
"""A pair's number is its lower index times this, and its higher one."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Rules, requests and the lives of suggestions in a snapshot; pairs are of node indices, the lower first.

    Attributes
    ----------
    ruled
        Pairs that may not be suggested today, with the index of the pair rule.
    open_requests
        How many requests wait for an answer by node; one to a program counts at those who run it too.
    held
        Pairs that are under way, or frozen after a decline or a "not now".
    rounds
        The round of the pair's next or running suggestion, by pattern and pair; 0 for all others.
    codes
        The held pairs of each kind as numbers, ascending, for `held_among`.
    """

    ruled: Mapping[Pair, int]
    open_requests: Mapping[int, int]
    held: Mapping[Pair, Held] = field(default_factory=dict)
    rounds: Mapping[tuple[PatternName, Pair], int] = field(default_factory=dict)
    codes: Mapping[HeldKind, NDArray[np.int64]] = field(default_factory=dict, compare=False)

    def find_held(self, one: int, other: int) -> Held | None:
        """Return why a pair stays away for now, or None; in either order."""
        return self.held.get(_pair(one, other))

    def held_among(self, subjects: Indices, others: Indices, kind: HeldKind) -> Mask:
        """Return which of many pairs are held for a reason; shape (pairs,). Costs a binary search each."""
        codes = self.codes.get(kind)
        if codes is None or not len(codes):
            return np.zeros(len(others), dtype=bool)
        low, high = np.minimum(subjects, others), np.maximum(subjects, others)
        wanted = low.astype(np.int64) * _CODE + high
        places = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        found: Mask = codes[places] == wanted
        return found

    def round_of(self, pattern: PatternName, one: int, other: int) -> int:
        """Return the round of a pair's suggestion under a pattern; in either order."""
        return self.rounds.get((pattern, _pair(one, other)), 0)


def find_current(snapshot: Snapshot, id: str) -> int | None:
    """Return the index of a node, or of the one that it was merged into; None where the scope doesn't hold it."""
    index, followed = snapshot.find_index(id), set()
    while index is not None and snapshot.nodes[index].label is Label.REDIRECT and index not in followed:
        followed.add(index)
        index = snapshot.find_index(snapshot.nodes[index].get_text("to"))
    return index


def build_ledger(snapshot: Snapshot) -> Ledger:
    """Return the pair rules in force at the snapshot's day, the open requests, the pairs held and the rounds."""
    ruled: dict[Pair, int] = {}
    for number, node in snapshot.iter_nodes(Label.PAIR_RULE):
        first, second = (find_current(snapshot, node.get_text(end)) for end in ("first", "second"))
        if first is not None and second is not None and _in_force(snapshot, node.get_text("rule"), number):
            ruled[_pair(first, second)] = number
    asked: Counter[int] = Counter()
    held: dict[Pair, Held] = {}
    lives: defaultdict[tuple[PatternName, Pair], list[Node]] = defaultdict(list)
    for number, node in snapshot.iter_nodes(Label.SUGGESTION):
        ends = {side: find_current(snapshot, node.get_text(side.value)) for side in Side}
        asked.update(body for side in waiting_sides(node) for body in _bodies(snapshot, ends[side]))
        source, target = ends[Side.SOURCE], ends[Side.TARGET]
        if source is not None and target is not None:
            pair = _pair(source, target)
            lives[PatternName(node.get_text("pattern")), pair].append(node)
            found = _held(node, number, snapshot.as_of)
            if found is not None:
                held[pair] = _stronger(held.get(pair), found)
    rounds = {key: _next_round(nodes, snapshot.as_of) for key, nodes in lives.items()}
    return Ledger(ruled, asked, held, rounds, {kind: _codes(held, kind) for kind in HeldKind})


def _codes(held: Mapping[Pair, Held], kind: HeldKind) -> NDArray[np.int64]:
    return np.array(sorted(low * _CODE + high for (low, high), one in held.items() if one.kind is kind), dtype=np.int64)


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one <= other else (other, one)


def _bodies(snapshot: Snapshot, end: int | None) -> set[int]:
    if end is None:
        return set()
    return {end, *(operator for operator, _ in snapshot.sources(end, TieType.OPERATES))}


def _held(node: Node, number: int, as_of: datetime.date) -> Held | None:
    state, until = SuggestionState(node.get_text("state")), node.get_text("frozen_until")
    if state in UNDER_WAY:
        return Held(HeldKind.UNDER_WAY, number)
    if until and is_over(state) and as_of < first_day(until):
        return Held(HeldKind.FROZEN, number, first_day(until))
    return None


def _stronger(known: Held | None, found: Held) -> Held:
    """Return which of two counts: one under way, else the longer freeze."""
    if known is None or found.kind is HeldKind.UNDER_WAY:
        return found
    if known.kind is HeldKind.UNDER_WAY:
        return known
    return max(known, found, key=lambda held: held.until or datetime.date.min)


def _next_round(nodes: list[Node], as_of: datetime.date) -> int:
    last = max(nodes, key=lambda node: node.find_number("round") or 0.0)
    number, until = int(last.find_number("round") or 0), last.get_text("frozen_until")
    over = is_over(SuggestionState(last.get_text("state"))) and not (until and as_of < first_day(until))
    return number + 1 if over else number


def _in_force(snapshot: Snapshot, rule: str, number: int) -> bool:
    after = snapshot.nodes[number].get_text("rematch_after")
    if rule == PairRuleTerm.REMATCH_AFTER and after:
        return snapshot.as_of < first_day(after)
    return True
