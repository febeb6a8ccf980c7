"""Decisions: what staff record of a suggestion, which steps are legal, and where each leads.

A suggestion is asked about one side after the other: the second side is asked once the first is interested, and from
``agreed_to_meet`` on both have said so. A ``no`` ends its round as ``declined``, a ``not_now`` as ``snoozed`` and
``no_answer`` as ``expired``; each keeps the pair away for a while, after which it comes back as the next round.
"""

import calendar
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from matchmaker.errors import Finding
from matchmaker.model.dates import first_day
from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId, short_digest
from matchmaker.model.suggestion import NEXT_STATES, check_move
from matchmaker.model.vocabulary import AnswerTerm, DeclineReason, Side, SuggestionState

_S = SuggestionState

UNDER_WAY = frozenset({_S.ASKED, _S.AGREED_TO_MEET, _S.INTRODUCED, _S.MET, _S.AGREED, _S.ACTIVE})
"""States in which a pair isn't suggested again, under any pattern."""

OVER = frozenset({_S.DECLINED, _S.SNOOZED, _S.EXPIRED, _S.ENDED})
"""States after which a pair comes back as the next round, once its freeze is over."""

FREEZE_MONTHS: Mapping[SuggestionState, int] = MappingProxyType({_S.DECLINED: 12, _S.SNOOZED: 3, _S.EXPIRED: 0})
"""How many months a pair stays away by default; staff can name another day."""

NO_ANSWER_FREEZE_MONTHS = 3
"""How many months a pair stays away by default after a side that was asked gave no answer."""

STATE_OF_ANSWER: Mapping[AnswerTerm, SuggestionState] = MappingProxyType(
    {
        AnswerTerm.INTERESTED: _S.ASKED,
        AnswerTerm.NO: _S.DECLINED,
        AnswerTerm.NOT_NOW: _S.SNOOZED,
        AnswerTerm.NO_ANSWER: _S.EXPIRED,
    }
)
"""Where each answer of a side leads."""

ANSWER_OF_STATE: Mapping[SuggestionState, AnswerTerm] = MappingProxyType(
    {state: answer for answer, state in STATE_OF_ANSWER.items() if state is not _S.ASKED}
)
"""What a side that is named with the state has answered."""

_REPEATABLE = frozenset({_S.ASKED, _S.SHORTLISTED})
"""States in which a further step of the same state is possible: the other side, an answer, a note, another order."""


def other_side(side: Side) -> Side:
    """Return the other side.

    >>> other_side(Side.SOURCE).value
    'target'
    """
    return Side.TARGET if side is Side.SOURCE else Side.SOURCE


@dataclass(frozen=True, slots=True)
class Decision:
    """One step in the life of a suggestion, as staff record it.

    Attributes
    ----------
    to
        The state that it goes to; ``asked`` also for asking the other side and for an answer.
    on
        The day it happened.
    side
        Which side is asked, answers, or is to be asked first.
    answer, answered_by, answered_how
        What the side answered, who did so (a role will do), and how.
    reason
        Why it declines.
    until
        The day from which the pair may be suggested again, in place of the default.
    level
        The collaboration level of the tie that becomes active, 0–5: of ``side``, else of both.
    owner
        Who on the hub's staff looks after it.
    note
        For staff.
    details
        Further properties of the tie that becomes active, as a cell of a sheet would hold them.
    operator
        Which of several who run a program becomes the partner.
    """

    to: SuggestionState
    on: datetime.date
    side: Side | None = None
    answer: AnswerTerm | None = None
    answered_by: str = ""
    answered_how: str = ""
    reason: DeclineReason | None = None
    until: datetime.date | None = None
    level: int | None = None
    owner: str = ""
    note: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    operator: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """Where a suggestion stands, as far as it says which steps are legal.

    Attributes
    ----------
    state, changed_on
        Where it is, and since which step's day; None before the first.
    answers
        What each side that answered has said.
    waiting
        The sides that were asked and haven't answered.
    first
        The side that is asked first, once that is chosen.
    frozen_until
        The day from which the pair may be suggested again.
    """

    state: SuggestionState = _S.SUGGESTED
    changed_on: datetime.date | None = None
    answers: Mapping[Side, AnswerTerm] = field(default_factory=dict)
    waiting: frozenset[Side] = frozenset()
    first: Side | None = None
    frozen_until: datetime.date | None = None

    def may_be_written_to(self, side: Side) -> bool:
        """Say whether a message to a side may be drafted: it is asked first, or the other one is interested.

        >>> Life(first=Side.SOURCE).may_be_written_to(Side.TARGET)
        False
        """
        if self.state in OVER:
            return False
        return side is self.first or self.answers.get(other_side(side)) is AnswerTerm.INTERESTED

    def is_new_ask(self, decision: Decision) -> bool:
        """Say whether a legal decision sends a request to a side that has none."""
        side = decision.side
        asking = decision.to is _S.ASKED and side is not None
        return asking and side not in self.waiting and side not in self.answers


def is_over(state: SuggestionState) -> bool:
    """Say whether a suggestion's round is over, at least for now."""
    return state in OVER


def waiting_sides(node: Node) -> frozenset[Side]:
    """Return the sides of a stored suggestion whose answer is waited for.

    Of one that says only that it stands at ``asked``, both may be.
    """
    if node.get_text("state") != _S.ASKED:
        return frozenset()
    if not node.get_text("first_side"):
        return frozenset(Side)
    return frozenset(Side(term) for term in node.get_texts("waiting_for"))


def answer_id(suggestion: str, side: Side) -> NodeId:
    """Return the id of a side's answer: the digest of suggestion and side."""
    return NodeId(short_digest("answer", suggestion, side.value))


def add_months(day: datetime.date, months: int) -> datetime.date:
    """Return the same day some months later, or the last one of a shorter month.

    >>> add_months(datetime.date(2026, 11, 30), 3)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def life_of(node: Node, answers: Mapping[Side, Node]) -> Life:
    """Return where a stored suggestion stands."""
    changed_on, until, first = (node.get_text(name) for name in ("changed_on", "frozen_until", "first_side"))
    return Life(
        SuggestionState(node.get_text("state")),
        first_day(changed_on) if changed_on else None,
        {side: AnswerTerm(answer.get_text("answer")) for side, answer in answers.items()},
        waiting_sides(node),
        Side(first) if first else None,
        first_day(until) if until else None,
    )


def check_decision(life: Life, decision: Decision, today: datetime.date) -> list[Finding]:
    """Return everything that forbids a step, each with what would be legal; nothing where it may be made.

    Budgets, consent and the do-not-contact list are checked apart: they need the store.

    Parameters
    ----------
    today
        No step can have happened after it.
    """
    findings = _check_move(life, decision)
    if not findings and decision.to is _S.ASKED:
        findings = _check_asking(life, decision)
    return findings + _check_words(decision) + _check_days(life, decision, today)


def make_step(life: Life, decision: Decision) -> Life:
    """Return where a suggestion stands after a legal decision.

    >>> asked = make_step(Life(), Decision(_S.ASKED, datetime.date(2026, 9, 1), Side.SOURCE))
    >>> said = Decision(_S.ASKED, datetime.date(2026, 9, 8), Side.SOURCE, AnswerTerm.NOT_NOW)
    >>> after = make_step(asked, said)
    >>> after.state.value, after.frozen_until
    ('snoozed', datetime.date(2026, 12, 8))
    """
    side, answer = decision.side, said_answer(decision)
    answers = dict(life.answers)
    state, waiting, first = decision.to, set(life.waiting), life.first
    if life.state is _S.SNOOZED and state not in OVER:
        answers, waiting, first = {}, set(), None
    if side is not None and state in _REPEATABLE and (first is None or not (answers or waiting)):
        first = side
    if state is _S.ASKED and life.is_new_ask(decision) and side is not None:
        waiting.add(side)
    if side is not None and answer is not None:
        answers[side] = answer
        waiting.discard(side)
        state = STATE_OF_ANSWER[answer]
    if state is not _S.ASKED:
        waiting = set()
    frozen = freeze_until(state, answer, decision) if state in FREEZE_MONTHS else None
    return Life(state, decision.on, answers, frozenset(waiting), first, frozen)


def said_answer(decision: Decision) -> AnswerTerm | None:
    """Return what the side named in a decision has answered: what is stated, or what the state means."""
    if decision.answer is not None or decision.side is None:
        return decision.answer
    return ANSWER_OF_STATE.get(decision.to)


def freeze_until(state: SuggestionState, answer: AnswerTerm | None, decision: Decision) -> datetime.date | None:
    """Return the day from which a pair may be suggested again; None where it needn't wait."""
    if decision.until is not None:
        return decision.until
    months = NO_ANSWER_FREEZE_MONTHS if answer is AnswerTerm.NO_ANSWER else FREEZE_MONTHS[state]
    return add_months(decision.on, months) if months else None


def _check_move(life: Life, decision: Decision) -> list[Finding]:
    if decision.to is life.state and decision.to in _REPEATABLE:
        return []
    return check_move(life.state, decision.to, life.answers)


def _check_asking(life: Life, decision: Decision) -> list[Finding]:
    side = decision.side
    if side is None:
        return [Finding("it isn't said which side is asked", where="side", valid="source or target")]
    known = life.answers.get(side)
    if decision.answer is None and (side in life.waiting or known is not None):
        said = f"has answered: {known.value}" if known is not None else "has been asked and hasn't answered"
        valid = "its answer, the other side, or " + ", ".join(next.value for next in NEXT_STATES[_S.ASKED])
        return [Finding(f"the {side.value} {said}", where="asked", valid=valid)]
    first = life.first
    if first is None or side is first or not life.is_new_ask(decision):
        return []
    if life.answers.get(first) is AnswerTerm.INTERESTED:
        return []
    message = f"the {first.value} is asked first, and has not said that it is interested"
    return [Finding(message, where="asked", value=side.value, valid=f"side {first.value}")]


def _check_words(decision: Decision) -> list[Finding]:
    """Return what is said with a step that it has no use for."""
    answer = said_answer(decision)
    state = STATE_OF_ANSWER[answer] if answer is not None else decision.to
    findings = []
    if decision.answer is not None and decision.side is None:
        findings.append(Finding("an answer needs the side that gave it", where="side", valid="source or target"))
    if decision.answer is not None and decision.to not in {_S.ASKED, STATE_OF_ANSWER[decision.answer]}:
        valid = f"asked or {STATE_OF_ANSWER[decision.answer].value}"
        findings.append(Finding("this answer doesn't lead there", where="answer", value=decision.answer, valid=valid))
    if decision.reason is not None and state not in {_S.DECLINED, _S.SNOOZED}:
        findings.append(Finding("a reason goes with a no or a not now", where="reason", value=decision.reason))
    if decision.until is not None and state not in FREEZE_MONTHS:
        valid = ", ".join(one.value for one in FREEZE_MONTHS)
        findings.append(Finding("nothing is put off by this step", where="until", valid=valid))
    if (decision.level is not None or decision.details or decision.operator) and decision.to is not _S.ACTIVE:
        findings.append(Finding("a tie is written when a link becomes active", where="level", valid="active"))
    if decision.level is not None and not 0 <= decision.level <= 5:
        findings.append(Finding("is no collaboration level", where="level", value=str(decision.level), valid="0 to 5"))
    return findings


def _check_days(life: Life, decision: Decision, today: datetime.date) -> list[Finding]:
    findings = []
    if decision.on > today:
        findings.append(
            Finding("the day lies ahead", where="on", value=decision.on.isoformat(), valid=f"up to {today}")
        )
    if life.changed_on is not None and decision.on < life.changed_on:
        valid = f"{life.changed_on} or later, the day of the step before"
        findings.append(Finding("it can't come before the last step", "on", decision.on.isoformat(), valid))
    if decision.until is not None and decision.until <= decision.on:
        findings.append(
            Finding("it ends before it starts", "until", decision.until.isoformat(), f"after {decision.on}")
        )
    return findings
