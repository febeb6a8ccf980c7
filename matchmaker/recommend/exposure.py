"""Exposure: how often a partner has been shown to staff in a cycle, and the rule that everyone is shown once.

Exposure is recorded only when somebody says that a list was looked at, and it moves slots of a list, never a score.
A list keeps one slot in five for those who haven't been shown in the cycle yet, best first; it gives them to nobody
else while any are left. So whoever is eligible in lists whose kept slots number at least as many as all that compete
for them there is shown within one pass over these lists, and sooner or later in any case, since each look at a list
moves on to the next who haven't been shown.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.ids import NodeId, digest_of
from matchmaker.model.suggestion import SuggestionList

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

KEPT_SHARE = 0.2
"""Which share of a list's slots is kept for those who haven't been shown in the cycle yet."""

EXPLORED = 50
"""How many of those that a list passed over, the best of them, an exploring slot is drawn from."""

_NO_COUNTS: Mapping[NodeId, int] = MappingProxyType({})


def cycle_of(day: datetime.date) -> str:
    """Return the cycle that a day belongs to: a quarter of the calendar year.

    >>> cycle_of(datetime.date(2026, 9, 1)), cycle_of(datetime.date(2026, 10, 1))
    ('2026-q3', '2026-q4')
    """
    return f"{day.year:04d}-q{(day.month - 1) // 3 + 1}"


@dataclass(frozen=True, slots=True)
class Exposure:
    """How often each partner or program has been shown to staff in one cycle.

    Attributes
    ----------
    cycle
        Such as ``2026-q3``; empty where nothing is recorded.
    counts
        How often by id; whoever isn't in it hasn't been shown.
    """

    cycle: str = ""
    counts: Mapping[NodeId, int] = field(default_factory=lambda: _NO_COUNTS, hash=False)

    @property
    def digest(self) -> str:
        """A digest of the counts, which makes them part of ``ledger_hash``; empty where nobody was shown."""
        shown = sorted((id, count) for id, count in self.counts.items() if count > 0)
        return digest_of("exposure", self.cycle, *(f"{id} {count}" for id, count in shown)) if shown else ""

    def times(self, id: NodeId) -> int:
        """Return how often one has been shown in the cycle.

        >>> Exposure("2026-q3", {NodeId("library"): 2}).times(NodeId("library"))
        2
        """
        return self.counts.get(id, 0)


UNRECORDED = Exposure()
"""No exposure is recorded: everybody counts as not shown yet, and no slot moves."""


def times_shown(snapshot: Snapshot, others: NDArray[np.int32], exposure: Exposure) -> Floats:
    """Return how often each of some nodes has been shown in the cycle; shape (others,)."""
    found = ((snapshot.find_index(id), count) for id, count in exposure.counts.items())
    shown = dict(sorted((number, count) for number, count in found if number is not None))
    if not shown or not len(others):
        return np.zeros(len(others))
    nodes, counts = np.array(list(shown), dtype=np.int64), np.array(list(shown.values()), dtype=np.float64)
    places = np.minimum(np.searchsorted(nodes, others), len(nodes) - 1)
    return np.where(nodes[places] == others, counts[places], 0.0)


def hash_with_exposure(ledger_hash: str, exposure: Exposure) -> str:
    """Return the ``ledger_hash`` of a result: the ledger's own, and where somebody was shown, the exposure's too."""
    return digest_of("ledger", ledger_hash, exposure.digest) if exposure.digest else ledger_hash


def exposure_penalty(degrees: NDArray[np.int64] | Floats, strength: float) -> Floats:
    """Return what popularity takes off a priority: ``strength × ln(1 + ties)``; it is no part of any likelihood.

    Parameters
    ----------
    degrees
        Shape (pairs,): with how many others the other of each pair is tied.
    strength
        In log-odds for each doubling of ties times 1.44; 0 takes nothing off.

    >>> exposure_penalty(np.array([0, 1, 3]), 0.5).round(4).tolist()
    [0.0, 0.3466, 0.6931]
    """
    penalty: Floats = strength * np.log1p(np.asarray(degrees, dtype=np.float64))
    return penalty


def kept_slots(limit: int) -> int:
    """Return how many slots of a list of ``limit`` are kept for those who haven't been shown yet: one in five.

    >>> kept_slots(10), kept_slots(5), kept_slots(4)
    (2, 1, 0)
    """
    return int(limit * KEPT_SHARE + 1e-9)


def keep_slots(
    chosen: Sequence[int], waiting: NDArray[np.int64], unseen: Mask, slots: int
) -> tuple[list[int], list[int]]:
    """Return who of a list gives way to those who haven't been shown yet, and who these are; equally many of each.

    Where the list by itself holds ``slots`` of them, nobody does. Else the last of those who have been shown give way
    to the first of those who haven't.

    Parameters
    ----------
    chosen
        The places (in the order of priority) that the list rules chose, ascending.
    waiting
        The places that they passed over, ascending.
    unseen
        Shape (pairs,): who hasn't been shown in the cycle, by place.

    >>> unseen = np.array([False, False, False, False, False, True, True])
    >>> keep_slots([0, 1, 2, 3, 4], np.array([5, 6]), unseen, 1)
    ([4], [5])
    """
    missing = slots - int(unseen[list(chosen)].sum())
    if missing <= 0:
        return [], []
    let_in = waiting[unseen[waiting]][:missing].tolist()
    give_way = [place for place in reversed(chosen) if not unseen[place]][: len(let_in)]
    return give_way, let_in[: len(give_way)]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A place that was drawn for an exploring slot, and the chance with which this slot got it."""

    place: int
    propensity: float


def explore(priorities: Floats, waiting: Sequence[int], slots: int, stream: np.random.Generator) -> list[Drawn]:
    """Draw some of those whom a list passed over, each with a chance in proportion to exp(priority).

    Each slot draws from the best `EXPLORED` that are left; its propensity is the chance given the slots before it.

    Parameters
    ----------
    priorities
        Shape (pairs,): by place.
    waiting
        The places that the list passed over, ascending.
    stream
        Where chance comes from: see `exploring_stream`.

    >>> drawn = explore(np.array([3.0, 1.0, 1.0]), [1, 2], 2, exploring_stream(0, "library", "2026-q3"))
    >>> sorted(one.place for one in drawn), [one.propensity for one in drawn]
    ([1, 2], [0.5, 1.0])
    """
    left, found = list(waiting)[:EXPLORED], []
    for _ in range(min(slots, len(left))):
        weights = np.exp(priorities[left] - priorities[left].max())
        chances = weights / weights.sum()
        drawn = min(int(np.searchsorted(np.cumsum(chances), stream.random(), side="right")), len(left) - 1)
        found.append(Drawn(left.pop(drawn), round(float(chances[drawn]), 9)))
    return found


def exploring_stream(seed: int, subject: str, cycle: str) -> np.random.Generator:
    """Return the stream of chance of one subject's list in one cycle: the same for the same three, on any machine."""
    entropy = int(digest_of("exploration", str(seed), subject, cycle)[:32], 16)
    return np.random.Generator(np.random.PCG64(entropy))


def exposure_notes(listed: SuggestionList) -> tuple[str, ...]:
    """Say, for staff, what the slots kept for those not yet shown cost a list, and how many slots were drawn."""
    kept = sum(one.showing.kept for one in listed.suggestions)
    drawn = sum(one.showing.drawn for one in listed.suggestions)
    notes = []
    if kept:
        notes.append(
            f"{_counted(kept)} kept for those who haven't been shown in {listed.cycle} yet; this takes "
            f"{listed.kept_cost:.2f} off the sum of the list's scores."
        )
    if drawn:
        notes.append(f"{_counted(drawn)} drawn by chance (seed {listed.seed}), to learn from.")
    return tuple(notes)


def _counted(number: int) -> str:
    return "One place is" if number == 1 else f"{number} places are"
