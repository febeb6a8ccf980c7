"""Counterfactuals: the one change of what is recorded of the other that would move it up a list the most.

Only what can really change is tried, each through the feature's own table, and the order is worked out again: what it
offers, the stages it serves, whether it says that it can take on more, and its place or fields of study where they
aren't recorded. Never ratings, answers or declines, and nothing about the people of a place.
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from matchmaker.graph.snapshot import LABEL_CODES
from matchmaker.model.ids import NodeId
from matchmaker.model.reference import STAGE_NAMES
from matchmaker.model.suggestion import Counterfactual, Fact, JustBelow
from matchmaker.model.vocabulary import Label, Side, TieType
from matchmaker.recommend.features.content import FIELD_NAMES, fields_of
from matchmaker.recommend.features.need_offer import PLAIN_WEIGHT, Statement
from matchmaker.recommend.features.stages import BEFORE, STAGES
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.patterns import StageDemand
from matchmaker.recommend.policies import PriorityPolicy
from matchmaker.recommend.ranking import Listing, RankedPair, Ranking
from matchmaker.recommend.scoring.additive import SCORE_DIGITS, PiecewiseTable, ScoringModel
from matchmaker.recommend.visibility import state_fact

NEAR_KM = 5.0
"""How near a place that isn't recorded is supposed to turn out."""

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True, slots=True)
class Told:
    """A change in words: the condition, said of the one it is about and to it.

    ``sure`` says whether the change has that effect by itself ("would") or may have it ("could"); ``need`` is the need
    of the subject that it rests on.
    """

    words: str
    to_party: str
    sure: bool = True
    need: Statement | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change of what is recorded of the other: which feature would have which value, and how it is told."""

    feature: str
    value: float
    tell: Callable[[], Told]


class Changeable:
    """A ranked pair as changes look at it.

    Parameters
    ----------
    index
        Where what is recorded of the two is.
    pair
        The pair; its subject and its other.
    """

    def __init__(self, index: SnapshotIndex, pair: RankedPair) -> None:
        self.index, self.pair = index, pair
        pool, features = pair.scored.candidates.pool, pair.scored.features
        self.subject, self.other = pool.subject, pair.other
        self.pattern = pool.pattern
        self.is_source = pool.side is Side.SOURCE
        self._row, self._columns = features.values[pair.row], _columns_of(features.names)

    def value(self, feature: str) -> float:
        """Return what was measured of a feature; NaN where it isn't recorded."""
        column = self._columns.get(feature)
        return math.nan if column is None else float(self._row[column])

    @property
    def is_program(self) -> bool:
        """Whether the other is a program."""
        return bool(self.index.snapshot.labels[self.other] == LABEL_CODES[Label.PROGRAM])


@lru_cache(maxsize=16)
def _columns_of(names: tuple[str, ...]) -> Mapping[str, int]:
    return MappingProxyType({name: column for column, name in enumerate(names)})


def find_counterfactual(
    index: SnapshotIndex, model: ScoringModel, policy: PriorityPolicy, listing: Listing, ranked: tuple[RankedPair, int]
) -> Counterfactual | None:
    """Return the change that would bring a pair highest in a list; None where no single one moves it up.

    Parameters
    ----------
    ranked
        The pair and its place in the order; it needn't be in the list.
    """
    pair, place = ranked
    now = listing.positions.get(place, len(listing.slots) + 1)
    if now == 1 or index.snapshot.labels[pair.other] not in _CAN_CHANGE:
        return None
    seen = Changeable(index, pair)
    tables = model.patterns[seen.pattern.name].tables
    best: tuple[int, Change] | None = None
    for change in (change for kind in _KINDS for change in kind(seen)):
        table = tables.get(change.feature)
        if table is None:
            continue
        gained = share_at(table, change.value) - share_at(table, seen.value(change.feature))
        priority = round(pair.priority + policy.score * gained, SCORE_DIGITS)
        position = _position(listing, pair, place, priority)
        if position < (best[0] if best else now):
            best = (position, change)
    return _told(seen, *best) if best else None


def find_just_below(
    index: SnapshotIndex, model: ScoringModel, policy: PriorityPolicy, listing: Listing, ranking: Ranking
) -> tuple[JustBelow, ...]:
    """Return those just below a list whom one change would bring into it."""
    found = []
    for place in listing.below:
        pair = ranking[place]
        told = find_counterfactual(index, model, policy, listing, (pair, place))
        if told is not None:
            found.append(JustBelow(pair.other_id, index.name(pair.other), place + 1, told))
    return tuple(found)


def share_at(table: PiecewiseTable, value: float) -> float:
    """Return what a table contributes at one value; exactly 0 where it isn't known.

    >>> share_at(PiecewiseTable((0.0, 1.0), (0.0, 0.5)), 0.5), share_at(PiecewiseTable((0.0,), (1.0,)), math.nan)
    (0.25, 0.0)
    """
    if math.isnan(value):
        return 0.0
    after = bisect_right(table.points, value)
    if after in {0, len(table.points)}:
        return table.shares[min(after, len(table.points) - 1)]
    ends = table.points[after - 1], value, table.points[after]
    first, at, last = map(math.log1p, ends) if table.log else ends
    low, high = table.shares[after - 1], table.shares[after]
    return low + (high - low) * (at - first) / (last - first)


def ordinal(number: int) -> str:
    """Return a place in words.

    >>> ordinal(1), ordinal(21), ordinal(112)
    ('first', '21st', '112th')
    """
    if number <= len(ORDINALS):
        return ORDINALS[number - 1]
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _position(listing: Listing, pair: RankedPair, place: int, priority: float) -> int:
    """Return where a pair would stand with a higher priority; after the list where the rules would keep it out."""
    ahead = bisect_left(listing.orders, (not pair.confirmed, -priority, pair.other_id))
    if place not in listing.positions and ahead < len(listing.slots):
        taken = Counter(group for slot in listing.slots[:ahead] for group in listing.groups(slot.place))
        kept = sum(slot.showing.kept or slot.showing.drawn for slot in listing.slots)
        full = any(taken[group] >= most for group, most in listing.groups(place).items())
        if full or ahead >= len(listing.slots) - kept:
            return len(listing.slots) + 1
    return ahead + 1


def _told(seen: Changeable, position: int, change: Change) -> Counterfactual:
    name, subject, told = seen.index.name(seen.other), seen.index.name(seen.subject), change.tell()
    may = "would" if told.sure else "could"
    return Counterfactual(
        change.feature,
        NodeId(seen.pair.other_id),
        position,
        f"{name} {may} stand {ordinal(position)} if {told.words}.",
        f"You {may} stand higher for {subject} if {told.to_party}.",
        _facts(seen.index, told.need) if told.need is not None else (),
    )


def _facts(index: SnapshotIndex, need: Statement) -> tuple[Fact, ...]:
    snapshot = index.snapshot
    sentence = f"{index.name(need.holder)} needs {need.resource.replace('_', ' ')}."
    ties = [tie for _, tie in snapshot.sources(need.node, TieType.STATES)]
    return (state_fact(snapshot, sentence, [need.node, need.holder], ties),)


def _says_room(seen: Changeable) -> Iterator[Change]:
    feature = "capacity_target" if seen.is_source else "capacity_source"
    left, runs_itself = seen.value(feature), seen.index.organizations.bodies(seen.other) == (seen.other,)
    if left == 1.0 or (runs_itself and seen.is_program):
        return
    more = "can take on more" if math.isnan(left) else "can take on more than a few"
    who = "it said that it" if runs_itself else "those who run it said that they"
    yield Change(feature, 1.0, lambda: Told(f"{who} {more}", f"you said that you {more}"))


def _records_place(seen: Changeable) -> Iterator[Change]:
    placed = seen.index.places.placed
    if math.isnan(seen.value("distance_km")) and placed[seen.subject] and not placed[seen.other]:
        near = "exact place were recorded and turned out to be near"
        yield Change("distance_km", NEAR_KM, lambda: Told(f"its {near}", f"your {near}", sure=False))


def _records_fields(seen: Changeable) -> Iterator[Change]:
    known = seen.index.content.fields.known(np.array([seen.subject, seen.other]))
    if known[0] and not known[1]:
        yield Change("shared_fields", 1.0, lambda: _tell_fields(seen))


def _tell_fields(seen: Changeable) -> Told:
    own = fields_of(seen.index.snapshot, seen.subject).names
    code = min(own)
    recorded = f"fields were recorded and {(own[code] or FIELD_NAMES.get(code, code)).lower()} were among them"
    return Told(f"its {recorded}", f"your {recorded}", sure=False)


def _serves_stage(seen: Changeable) -> Iterator[Change]:
    """Try each stage that the other doesn't serve; the one that fits best, of equal ones the first, is told."""
    demand, held = seen.pattern.stage_demand, seen.index.stages.held
    mine, theirs = int(held[seen.subject]), int(held[seen.other])
    if demand is StageDemand.NONE or not mine:
        return
    now = seen.value("stage_fit")
    best, best_stage = (0.0 if math.isnan(now) else now), -1
    for stage in range(len(STAGES)):
        if not theirs >> stage & 1:
            value = _stage_fit(seen, demand, mine, theirs | 1 << stage)
            if value > best + 1e-12:
                best, best_stage = value, stage
    if best_stage >= 0:
        verb = "had seats in" if seen.is_program else "served"
        words = f"{verb} {STAGE_NAMES[STAGES[best_stage]]}"
        yield Change("stage_fit", round(best, 12), lambda: Told(f"it {words}", f"you {words}"))


def _stage_fit(seen: Changeable, demand: StageDemand, mine: int, theirs: int) -> float:
    """Return the feature ``stage_fit`` of two sets of stages, as bits."""
    if demand is StageDemand.SHARED:
        return (mine & theirs).bit_count() / min(mine.bit_count(), theirs.bit_count())
    first, later = (mine, theirs) if seen.is_source else (theirs, mine)
    return (first & int(BEFORE[later])).bit_count() / first.bit_count()


def _offers_more(seen: Changeable) -> Iterator[Change]:
    """Try to offer the first thing, by its name, that the subject needs and the other doesn't offer yet."""
    needs = seen.index.needs.needs[seen.subject]
    if not needs:
        return
    offered = seen.index.needs.offered(seen.other)
    unmet = [need for need in needs if need.resource not in offered]
    if unmet:
        need = min(unmet, key=lambda one: (one.resource, one.node))
        feature = "source_needs_met" if seen.is_source else "target_needs_met"
        met = seen.value(feature)
        yield Change(feature, (0.0 if math.isnan(met) else met) + PLAIN_WEIGHT, lambda: _tell_offer(seen, need))


def _tell_offer(seen: Changeable, need: Statement) -> Told:
    words = f"offered {need.resource.replace('_', ' ')}"
    return Told(f"it {words}, which {seen.index.name(seen.subject)} needs", f"you {words}", need=need)


_CAN_CHANGE = frozenset({LABEL_CODES[Label.PARTNER], LABEL_CODES[Label.PROGRAM]})
"""Only a partner's or a program's facts are told as what could change."""

_KINDS: tuple[Callable[[Changeable], Iterator[Change]], ...] = (
    _says_room,
    _records_place,
    _records_fields,
    _serves_stage,
    _offers_more,
)
"""Every change that may be tried, those that take the least first."""
