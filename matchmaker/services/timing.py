"""How long suggestions take, and how many links last: from the days of their steps."""

import datetime
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.model.dates import first_day
from matchmaker.model.elements import Node
from matchmaker.model.vocabulary import SuggestionState

SURVIVAL_DAYS = 90
"""A link survives that is still active so many days after it became so."""

_S = SuggestionState
SPANS: Mapping[str, tuple[SuggestionState, SuggestionState]] = {
    "suggestion_to_introduction": (_S.SUGGESTED, _S.INTRODUCED),
    "introduction_to_agreement": (_S.INTRODUCED, _S.AGREED),
    "suggestion_to_agreement": (_S.SUGGESTED, _S.AGREED),
    "suggestion_to_active": (_S.SUGGESTED, _S.ACTIVE),
}
"""What is timed: the days from the latest step into one state to that into the other."""


@dataclass(frozen=True, slots=True)
class Span:
    """How many days something took.

    Attributes
    ----------
    n
        Of how many suggestions; the figures are None where there is none.
    median, least, most
        In days.
    """

    n: int
    median: float | None = None
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Survival:
    """How many links last.

    Attributes
    ----------
    became_active
        How many ever did.
    due
        Those whose ninetieth day has come.
    lasted
        Those of them that were still active then.
    """

    became_active: int
    due: int
    lasted: int

    @property
    def share(self) -> float | None:
        """The share that lasted, 0 to 1; None before any is due."""
        return self.lasted / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Times:
    """How a number of suggestions fared up to a day.

    Attributes
    ----------
    n
        How many are stored.
    states
        How many stand in each state.
    spans
        How long they took, by the names of `SPANS`.
    survival
        How many links last.
    """

    n: int
    states: Mapping[str, int]
    spans: Mapping[str, Span]
    survival: Survival


def measure_times(suggestions: Iterable[Node], day: datetime.date) -> Times:
    """Return how stored suggestions fared up to a day.

    >>> from matchmaker.model.ids import NodeId
    >>> from matchmaker.model.vocabulary import Label
    >>> days = {"state": "ended", "suggested_on": "2026-01-01", "introduced_on": "2026-01-15"}
    >>> days |= {"agreed_on": "2026-02-01", "active_on": "2026-02-01", "ended_on": "2026-05-01"}
    >>> times = measure_times([Node(NodeId("suggestion:1"), Label.SUGGESTION, days)], datetime.date(2026, 9, 1))
    >>> times.spans["suggestion_to_introduction"].median, times.survival
    (14, Survival(became_active=1, due=1, lasted=0))
    """
    known = list(suggestions)
    states = {state.value: sum(node.get_text("state") == state for node in known) for state in SuggestionState}
    return Times(
        len(known),
        {state: number for state, number in states.items() if number},
        {name: _span([_days_between(node, *ends) for node in known]) for name, ends in SPANS.items()},
        measure_survival(known, day),
    )


def measure_times_by_pattern(suggestions: Iterable[Node], day: datetime.date) -> dict[str, Times]:
    """Return the same for each pattern that has any, in the order of their names."""
    known = list(suggestions)
    patterns = sorted({node.get_text("pattern") for node in known})
    return {name: measure_times([one for one in known if one.get_text("pattern") == name], day) for name in patterns}


def measure_survival(suggestions: Iterable[Node], day: datetime.date) -> Survival:
    """Return how many of the links that became active were so ninety days later."""
    became = due = lasted = 0
    for node in suggestions:
        began, ended = _day(node, _S.ACTIVE), _day(node, _S.ENDED)
        if began is None:
            continue
        became += 1
        if (day - began).days >= SURVIVAL_DAYS:
            due += 1
            lasted += ended is None or (ended - began).days >= SURVIVAL_DAYS
    return Survival(became, due, lasted)


def _span(days: Sequence[int | None]) -> Span:
    known = [one for one in days if one is not None]
    if not known:
        return Span(0)
    return Span(len(known), statistics.median(known), min(known), max(known))


def _days_between(node: Node, start: SuggestionState, end: SuggestionState) -> int | None:
    first, last = _day(node, start), _day(node, end)
    return (last - first).days if first is not None and last is not None and last >= first else None


def _day(node: Node, state: SuggestionState) -> datetime.date | None:
    text = node.get_text(f"{state.value}_on")
    return first_day(text) if text else None
