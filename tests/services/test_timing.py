"""How long things take and last, with the sums written out."""

import datetime

from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Label
from matchmaker.services.timing import Span, Survival, measure_survival, measure_times, measure_times_by_pattern

DAY = datetime.date(2026, 12, 1)


def suggestion(number: int, pattern: str = "cross_sector", **days: str) -> Node:
    return Node(NodeId(f"suggestion:{number}"), Label.SUGGESTION, {"pattern": pattern, **days})


def test_the_days_between_steps() -> None:
    nodes = [
        suggestion(1, suggested_on="2026-01-01", introduced_on="2026-01-11", agreed_on="2026-02-10", state="agreed"),
        suggestion(2, suggested_on="2026-01-01", introduced_on="2026-01-31", state="introduced"),
        suggestion(3, "pcsp_peer", suggested_on="2026-03-01", introduced_on="2026-03-03", state="declined"),
        suggestion(4, suggested_on="2026-03-01", state="declined"),
    ]
    times = measure_times(nodes, DAY)
    assert times.n == 4
    assert times.states == {"introduced": 1, "agreed": 1, "declined": 2}
    # 10, 30 and 2 days; 30 days; 10 + 30 days.
    assert times.spans["suggestion_to_introduction"] == Span(3, 10, 2, 30)
    assert times.spans["introduction_to_agreement"] == Span(1, 30, 30, 30)
    assert times.spans["suggestion_to_agreement"] == Span(1, 40, 40, 40)
    assert times.spans["suggestion_to_active"] == Span(0)
    by_pattern = measure_times_by_pattern(nodes, DAY)
    assert {name: found.n for name, found in by_pattern.items()} == {"cross_sector": 3, "pcsp_peer": 1}


def test_a_link_lasts_that_is_active_ninety_days_later() -> None:
    nodes = [
        suggestion(1, active_on="2026-09-02"),  # 90 days before the day: due, and lasts
        suggestion(2, active_on="2026-09-03"),  # 89 days: not due yet
        suggestion(3, active_on="2026-01-01", ended_on="2026-03-31"),  # 89 days
        suggestion(4, active_on="2026-01-01", ended_on="2026-04-01"),  # 90 days
        suggestion(5, active_on="2026-11-01", ended_on="2026-11-02"),  # ended at once, but not due yet
        suggestion(6, agreed_on="2026-01-01"),
    ]
    survival = measure_survival(nodes, DAY)
    assert survival == Survival(became_active=5, due=3, lasted=2)
    assert survival.share == 2 / 3
    assert measure_survival([], DAY).share is None
