"""What people decided about suggestions, as examples: agreed, declined with a reason, shown and passed over.

A decline teaches what counts in its kind of link, and nothing about the one who declined: no partner's declines are a
feature of anybody. What was shown and passed over counts as far as it was likely looked at, so that a low position
isn't taken for a lack of interest; what was drawn by chance counts for those that weren't.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import first_day
from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId
from matchmaker.model.suggestion import suggestion_id
from matchmaker.model.vocabulary import DeclineReason, Label, PatternName, SuggestionState
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.learning.examples import PART_CODES, Examples, join_examples
from matchmaker.recommend.learning.serving import measure_named
from matchmaker.recommend.learning.windows import Window

AGREED = frozenset({SuggestionState.AGREED, SuggestionState.ACTIVE, SuggestionState.ENDED})
"""States in which two have agreed."""

TAUGHT_BY: Mapping[DeclineReason, float] = MappingProxyType(
    {
        DeclineReason.NOT_RELEVANT: 1.0,
        DeclineReason.VALUES_FIT: 1.0,
        DeclineReason.DISTANCE: 1.0,
        DeclineReason.COST: 1.0,
        DeclineReason.OTHER: 0.5,
        DeclineReason.NO_CAPACITY: 0.0,
        DeclineReason.TIMING: 0.0,
        DeclineReason.ALREADY_CONNECTED: 0.0,
    }
)
"""How much of an example a decline is, by its reason. One for want of room or time says nothing about how well the two
fit, and two who are connected already fit well enough; without a reason it counts as ``other``. Not now and no answer
are no examples either."""

PASSED_OVER = 0.1
"""How much of an example it is that staff looked at a suggestion and did nothing."""

SETTLED_AFTER = datetime.timedelta(days=90)
"""Before that nobody has passed over what was shown: they may still come to it."""

MOST_WEIGHT = 10.0
"""No example counts for more than this many, however seldom it is drawn."""

ROUNDS = 6
"""How many rounds of suggesting the same two are looked through for a suggestion's pattern."""


@dataclass(frozen=True, slots=True)
class ShownPair:
    """One suggestion that staff were shown.

    Attributes
    ----------
    suggestion, subject, other
        Its id, whose list it stood in, and who was shown.
    day
        When.
    position, propensity
        Its place, counted from 1, and the chance with which its slot got it.
    """

    suggestion: str
    subject: NodeId
    other: NodeId
    day: datetime.date
    position: int
    propensity: float = 1.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one suggestion.

    Attributes
    ----------
    id
        The suggestion's.
    ends
        Ids of the two, whichever way round.
    list_of
        Whose list it stood in.
    day
        When it was suggested or shown: features are those of the quarter's eve.
    agreed
        Whether the two agreed.
    weight
        How much of an example it is, above 0.
    decided
        Whether somebody said yes or no; False for what was passed over.
    """

    id: str
    pattern: PatternName
    ends: tuple[NodeId, NodeId]
    list_of: NodeId
    day: datetime.date
    agreed: bool
    weight: float
    decided: bool


def examination(position: int) -> float:
    """Return how likely a suggestion at a position is looked at: 1 / log₂(1 + position), as lists are discounted.

    The discount of K. Järvelin and J. Kekäläinen (2002) stands in for a measured one; T. Joachims et al., *Unbiased
    learning-to-rank with biased feedback* (WSDM 2017), say why one is needed.

    >>> examination(1), round(examination(7), 4)
    (1.0, 0.3333)
    """
    return float(1.0 / np.log2(1.0 + max(position, 1)))


def find_decisions(snapshot: Snapshot) -> list[Decision]:
    """Return the suggestions of a scope that teach something, in id order."""
    found = (_decision(node) for _, node in snapshot.iter_nodes(Label.SUGGESTION))
    return [one for one in found if one is not None]


def _decision(node: Node) -> Decision | None:
    state, since = SuggestionState(node.get_text("state")), node.get_text("suggested_on") or node.get_text("changed_on")
    agreed = state in AGREED or bool(node.get_text("agreed_on"))
    weight = 1.0
    if not agreed:
        if state is not SuggestionState.DECLINED:
            return None
        weight = TAUGHT_BY[DeclineReason(node.get_text("decline_reason") or DeclineReason.OTHER)]
    if not since or not weight:
        return None
    propensity = node.find_number("propensity") or 1.0
    source, target = NodeId(node.get_text("source")), NodeId(node.get_text("target"))
    return Decision(
        node.id,
        PatternName(node.get_text("pattern")),
        (source, target),
        NodeId(node.get_text("shown_for") or source),
        first_day(since),
        agreed,
        min(weight / propensity, MOST_WEIGHT),
        decided=True,
    )


def find_passed_over(
    ecosystem: str, shown: Iterable[ShownPair], acted: Collection[str], until: datetime.date
) -> list[Decision]:
    """Return what staff were shown and did nothing about, once for each suggestion: where it stood highest.

    Parameters
    ----------
    acted
        Ids of the suggestions about which anything was done.
    until
        What was shown in the `SETTLED_AFTER` before that day isn't passed over yet.
    """
    best: dict[str, ShownPair] = {}
    for one in sorted(shown, key=lambda one: (one.position, one.day, one.suggestion)):
        if one.suggestion not in acted and one.day + SETTLED_AFTER <= until:
            best.setdefault(one.suggestion, one)
    found = (_passed_over(ecosystem, best[id]) for id in sorted(best))
    return [one for one in found if one is not None]


def _passed_over(ecosystem: str, shown: ShownPair) -> Decision | None:
    ends = (shown.subject, shown.other)
    for pattern, number in product(PatternName, range(ROUNDS)):
        if suggestion_id(ecosystem, pattern, ends, number) == shown.suggestion:
            weight = min(PASSED_OVER * examination(shown.position) / shown.propensity, MOST_WEIGHT)
            return Decision(shown.suggestion, pattern, ends, shown.subject, shown.day, False, weight, decided=False)
    return None


def decision_examples(
    decisions: Sequence[Decision],
    index_at: Callable[[datetime.date], SnapshotIndex],
    windows: Sequence[Window],
    present: Collection[NodeId],
) -> dict[PatternName, Examples]:
    """Return decisions as examples, by pattern, measured as of the eve of the quarter in which they were suggested.

    Parameters
    ----------
    index_at
        The scope on any day.
    present
        Who is in the scope today; a partner that has withdrawn since stands at neither end of any example.
    """
    quarters: dict[tuple[datetime.date, PatternName], list[Decision]] = defaultdict(list)
    for one in decisions:
        if set(one.ends) <= set(present) and _window(windows, one.day) is not None:
            quarters[_quarter(one.day), one.pattern].append(one)
    found: dict[PatternName, list[Examples]] = defaultdict(list)
    for day in sorted({day for day, _ in quarters}):
        index = index_at(day - datetime.timedelta(days=1))
        for pattern in sorted(pattern for quarter, pattern in quarters if quarter == day):
            found[pattern] += list(_measured(index, pattern, quarters[day, pattern], windows))
    return {pattern: join_examples(several) for pattern, several in found.items()}


def _measured(
    index: SnapshotIndex, pattern: PatternName, decisions: Sequence[Decision], windows: Sequence[Window]
) -> Iterator[Examples]:
    known = [one for one in decisions if all(index.snapshot.find_index(end) is not None for end in one.ends)]
    pairs = [(index.snapshot.index_of(one.ends[0]), index.snapshot.index_of(one.ends[1])) for one in known]
    fits, values = measure_named(index, pattern, pairs)
    kept = [one for one, fitting in zip(known, fits.tolist(), strict=True) if fitting]
    for row, one in enumerate(kept):
        window = _window(windows, one.day)
        if window is not None:
            yield _example(one, window, values[row : row + 1])


def _window(windows: Sequence[Window], day: datetime.date) -> Window | None:
    return next((window for window in windows if window.start <= day < window.end), None)


def _quarter(day: datetime.date) -> datetime.date:
    """Return the first day of a day's quarter."""
    return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)


def _example(one: Decision, window: Window, values: NDArray[np.float64]) -> Examples:
    other = one.ends[1] if one.list_of == one.ends[0] else one.ends[0]
    return Examples(
        values=values,
        formed=np.array([one.agreed]),
        weights=np.array([one.weight]),
        parts=np.array([PART_CODES[window.part]], dtype=np.int8),
        groups=np.array([f"{window.start.isoformat()} {one.list_of}"]),
        subjects=np.array([one.list_of]),
        others=np.array([other]),
        ties={window.part: frozenset({one.id} if one.decided else ())},
    )
