"""Which steps of a suggestion are legal, and where each leads."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.model.decision import (
    OVER,
    UNDER_WAY,
    Decision,
    Life,
    add_months,
    check_decision,
    make_step,
    other_side,
)
from matchmaker.model.vocabulary import AnswerTerm, DeclineReason, Side, SuggestionState

S, A = SuggestionState, AnswerTerm
DAY = datetime.date(2026, 9, 1)
LATER = datetime.date(2026, 10, 1)


def messages(life: Life, decision: Decision, today: datetime.date = LATER) -> list[str]:
    return [finding.message for finding in check_decision(life, decision, today)]


def after(*decisions: Decision) -> Life:
    life = Life()
    for decision in decisions:
        assert messages(life, decision) == []
        life = make_step(life, decision)
    return life


ASKED = Decision(S.ASKED, DAY, Side.SOURCE)
YES = Decision(S.ASKED, DAY, Side.SOURCE, A.INTERESTED)


def test_the_second_side_is_asked_once_the_first_is_interested() -> None:
    second = Decision(S.ASKED, DAY, Side.TARGET)
    asked = after(ASKED)
    assert asked == Life(S.ASKED, DAY, {}, frozenset({Side.SOURCE}), Side.SOURCE)
    assert messages(asked, second) == ["the source is asked first, and has not said that it is interested"]
    both = after(ASKED, YES, second)
    assert both.waiting == {Side.TARGET}
    assert both.answers == {Side.SOURCE: A.INTERESTED}


def test_staff_choose_who_is_asked_first() -> None:
    chosen = after(Decision(S.SHORTLISTED, DAY, Side.TARGET))
    assert chosen.first is Side.TARGET
    assert messages(chosen, ASKED) == ["the target is asked first, and has not said that it is interested"]
    changed = make_step(chosen, Decision(S.SHORTLISTED, DAY, Side.SOURCE))
    assert (changed.state, changed.first) == (S.SHORTLISTED, Side.SOURCE)
    assert messages(changed, ASKED) == []


def test_a_message_is_for_the_first_side_until_it_is_interested() -> None:
    assert not any(Life().may_be_written_to(side) for side in Side)
    asked = after(ASKED)
    assert asked.may_be_written_to(Side.SOURCE)
    assert not asked.may_be_written_to(Side.TARGET)
    assert after(ASKED, YES).may_be_written_to(Side.TARGET)
    assert not any(after(Decision(S.DECLINED, DAY)).may_be_written_to(side) for side in Side)


@pytest.mark.parametrize(
    ("answer", "state", "until"),
    [
        (A.INTERESTED, S.ASKED, None),
        (A.NO, S.DECLINED, datetime.date(2027, 9, 1)),
        (A.NOT_NOW, S.SNOOZED, datetime.date(2026, 12, 1)),
        (A.NO_ANSWER, S.EXPIRED, datetime.date(2026, 12, 1)),
    ],
)
def test_where_an_answer_leads(answer: AnswerTerm, state: SuggestionState, until: datetime.date | None) -> None:
    life = after(ASKED, Decision(S.ASKED, DAY, Side.SOURCE, answer))
    assert life == Life(state, DAY, {Side.SOURCE: answer}, frozenset(), Side.SOURCE, until)
    at_once = after(Decision(S.ASKED, DAY, Side.SOURCE, answer))
    assert at_once == life


def test_a_state_with_a_side_is_that_side_s_answer() -> None:
    declined = after(ASKED, Decision(S.DECLINED, DAY, Side.SOURCE, reason=DeclineReason.COST))
    assert declined.answers == {Side.SOURCE: A.NO}
    assert after(ASKED, Decision(S.DECLINED, DAY)).answers == {}
    assert after(ASKED, Decision(S.SNOOZED, DAY, Side.SOURCE)).answers == {Side.SOURCE: A.NOT_NOW}
    assert after(ASKED, Decision(S.EXPIRED, DAY, Side.SOURCE)).answers == {Side.SOURCE: A.NO_ANSWER}


def test_a_freeze_can_be_moved_and_an_expiry_of_the_staff_s_own_has_none() -> None:
    assert after(Decision(S.DECLINED, DAY, until=LATER)).frozen_until == LATER
    assert after(Decision(S.EXPIRED, DAY)).frozen_until is None


def test_what_was_put_off_begins_anew() -> None:
    woken = after(ASKED, Decision(S.ASKED, DAY, Side.SOURCE, A.NOT_NOW), Decision(S.SHORTLISTED, DAY, Side.TARGET))
    assert woken == Life(S.SHORTLISTED, DAY, {}, frozenset(), Side.TARGET, None)


def test_both_have_said_yes_before_they_meet() -> None:
    one = after(ASKED, YES)
    assert messages(one, Decision(S.AGREED_TO_MEET, DAY)) == ["the target has not said that it is interested"]
    both = after(ASKED, YES, Decision(S.ASKED, DAY, Side.TARGET, A.INTERESTED))
    introduced = make_step(make_step(both, Decision(S.AGREED_TO_MEET, DAY)), Decision(S.INTRODUCED, DAY))
    assert introduced.state is S.INTRODUCED


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (Decision(S.MET, DAY), "a suggestion can't go this way"),
        (Decision(S.ASKED, DAY), "it isn't said which side is asked"),
        (Decision(S.ASKED, DAY, Side.SOURCE), "the source has been asked and hasn't answered"),
        (Decision(S.DECLINED, DAY, answer=A.NO), "an answer needs the side that gave it"),
        (Decision(S.DECLINED, DAY, Side.SOURCE, A.INTERESTED), "this answer doesn't lead there"),
        (
            Decision(S.ASKED, DAY, Side.SOURCE, A.INTERESTED, reason=DeclineReason.COST),
            "a reason goes with a no or a not now",
        ),
        (Decision(S.ASKED, DAY, Side.SOURCE, A.INTERESTED, until=LATER), "nothing is put off by this step"),
        (Decision(S.DECLINED, DAY, level=3), "a tie is written when a link becomes active"),
        (Decision(S.DECLINED, datetime.date(2026, 10, 2)), "the day lies ahead"),
        (Decision(S.DECLINED, datetime.date(2026, 8, 31)), "it can't come before the last step"),
        (Decision(S.DECLINED, DAY, until=DAY), "it ends before it starts"),
    ],
)
def test_an_illegal_step_is_refused_with_its_reason(decision: Decision, message: str) -> None:
    assert messages(after(ASKED), decision) == [message]


def test_an_illegal_move_names_the_legal_ones() -> None:
    (finding,) = check_decision(after(ASKED), Decision(S.MET, DAY), LATER)
    assert finding.valid == "agreed_to_meet, declined, snoozed, expired"


def test_months_end_where_they_end() -> None:
    assert add_months(datetime.date(2026, 1, 31), 1) == datetime.date(2026, 2, 28)
    assert add_months(datetime.date(2024, 2, 29), 12) == datetime.date(2025, 2, 28)
    assert add_months(datetime.date(2026, 10, 1), 3) == datetime.date(2027, 1, 1)


STEPS = st.builds(
    Decision,
    st.sampled_from(S),
    st.just(DAY),
    st.sampled_from([None, *Side]),
    st.sampled_from([None, *A]),
)


@given(st.lists(STEPS, max_size=30))
def test_whatever_is_tried_in_whatever_order_the_promises_hold(tried: list[Decision]) -> None:
    life, path = Life(), [S.SUGGESTED]
    for decision in tried:
        if check_decision(life, decision, LATER):
            continue
        before, life = life, make_step(life, decision)
        path.append(life.state)
        new_ask = before.is_new_ask(decision)
        if new_ask and decision.side is not None:
            other = other_side(decision.side)
            first = before.first
            assert first in {None, decision.side} or before.answers.get(other) is A.INTERESTED
        assert not (life.waiting and life.state is not S.ASKED)
        assert not any(side in life.answers for side in life.waiting)
        if life.state in UNDER_WAY - {S.ASKED}:
            assert life.answers == dict.fromkeys(Side, A.INTERESTED)
        if A.NO in life.answers.values():
            assert life.state is S.DECLINED
        assert (life.frozen_until is not None) <= (life.state in OVER)
    assert S.ENDED not in path or S.ACTIVE in path
