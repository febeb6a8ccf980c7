"""One suggestion and its life, as staff or one of its two sides may see it.

Staff see everything. A side sees in words what it was asked and what it said; of the other one it learns at most that
it is not available: never whether it was asked, what it said, or why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from matchmaker.errors import NotFound
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import OperationsStore
from matchmaker.model.decision import OVER, Life, other_side
from matchmaker.model.elements import Node
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.model.suggestion import Suggestion
from matchmaker.model.vocabulary import AnswerTerm, Audience, PatternName, Side, SuggestionState
from matchmaker.recommend.ledger import find_current
from matchmaker.services.asking import find_bodies
from matchmaker.services.deciding import KIND
from matchmaker.services.disclosure import disclose_suggestion
from matchmaker.services.job_records import JobState, list_jobs
from matchmaker.services.stored_suggestions import Hub, StoredSuggestion, find_stored, locate
from matchmaker.services.suggesting import STAFF, Reader, explain_pair

NOT_AVAILABLE = "not available"
"""What a side is told of the other one, whatever the reason."""

_S, _A = SuggestionState, AnswerTerm
_OWN_WORDS: Mapping[AnswerTerm, str] = {
    _A.NO: "You said no.",
    _A.NOT_NOW: "You said not now.",
    _A.NO_ANSWER: "We haven't heard from you.",
    _A.INTERESTED: "You said that you are interested. We write to you again once there is more to say.",
}
_SHARED_WORDS: Mapping[SuggestionState, str] = {
    _S.AGREED_TO_MEET: "You have both agreed to meet.",
    _S.INTRODUCED: "You have been introduced.",
    _S.MET: "You have met.",
    _S.AGREED: "You have agreed to work together.",
    _S.ACTIVE: "You work together.",
    _S.ENDED: "Your work together has ended.",
}


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of a suggestion: its name, and what it was asked and has said, as far as the reader may know."""

    id: NodeId
    name: str
    asked_on: tuple[str, ...] = ()
    answer: AnswerTerm | None = None
    answered_on: str = ""
    answered_by: str = ""
    answered_how: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the audit trail: who made it, when, on which day it happened, and whether it was taken back."""

    job: str
    before: str
    after: str
    side: str
    answer: str
    reason: str
    on: str
    note: str
    who: str
    at: int
    taken_back: bool


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A suggestion as a reader may see it.

    Attributes
    ----------
    version
        The version to decide against; 0 for one that isn't stored.
    state
        Where it stands; for a side, as far as it may know.
    words
        The same in a sentence.
    sides
        Source and target.
    days
        The latest day of each state, for staff.
    steps
        Every step, oldest first, for staff.
    suggestion
        What speaks for it today; None where the two don't fit the pattern any more.
    """

    id: str
    version: int
    pattern: PatternName
    state: SuggestionState
    words: str
    sides: Mapping[Side, SideView]
    round: int = 0
    owner: str = ""
    note: str = ""
    frozen_until: str = ""
    days: Mapping[str, str] | None = None
    steps: tuple[StepView, ...] = ()
    suggestion: Suggestion | None = None


def view_suggestion(hub: Hub, id: str, reader: Reader = STAFF, shown_for: str = "") -> SuggestionView:
    """Return a suggestion as a reader may see it; nothing is stored by looking.

    Parameters
    ----------
    shown_for
        In whose list it was shown, which makes one that isn't stored quicker to find.

    Raises
    ------
    NotFound
        No suggestion of this ecosystem has the id, or the reader isn't one of its sides.
    """
    if reader.audience not in {Audience.STAFF, Audience.PARTNER}:
        raise NotFound("suggestion", id)
    stored, snapshot = find_stored(hub.store, hub.ecosystem, id), hub.snapshot()
    if stored is None:
        located = locate(hub, id, shown_for)
        whole, number = located.explained.suggestion, located.round
        if not located.explained.eligible and reader.audience is not Audience.STAFF:
            raise NotFound("suggestion", id)
        ends = {Side.SOURCE: whole.source, Side.TARGET: whole.target}
        view = SuggestionView(id, 0, whole.pattern, _S.SUGGESTED, "", _plain_sides(snapshot, ends), number)
        return _for_reader(hub, view, Life(), reader, whole)
    view = _staff_view(snapshot, stored)
    return _for_reader(hub, view, stored.life, reader, explain_stored(snapshot, stored))


def explain_stored(snapshot: Snapshot, stored: StoredSuggestion) -> Suggestion | None:
    """Return what speaks for a stored suggestion today; None where the two don't fit its pattern any more."""
    numbers = [find_current(snapshot, stored.ends[side]) for side in Side]
    ends = [snapshot.nodes[number].id for number in numbers if number is not None]
    if len(ends) < len(numbers) or ends[0] == ends[1]:
        return None
    explained = explain_pair(snapshot, ends[0], ends[1]).patterns
    found = [one.suggestion for one in explained if one.pattern is stored.pattern]
    return next((one for one in found if one.source == ends[0]), None)


def iter_steps(operations: OperationsStore, suggestion: str, ecosystem: EcosystemId) -> Iterator[tuple[str, StepView]]:
    """Yield the steps of an ecosystem's suggestion, or (where it is empty) of all, with their ids, oldest first."""
    for job in list_jobs(operations):
        id = str(job.details.get("id", ""))
        if (
            job.kind != KIND
            or job.state is JobState.FAILED
            or job.details.get("ecosystem") != ecosystem
            or (suggestion and id != suggestion)
        ):
            continue
        told = {
            name: str(job.details.get(name, "")) for name in ("from", "to", "side", "answer", "reason", "on", "note")
        }
        yield (
            id,
            StepView(
                job=job.id,
                before=told["from"],
                after=told["to"],
                side=told["side"],
                answer=told["answer"],
                reason=told["reason"],
                on=told["on"],
                note=told["note"],
                who=job.who,
                at=job.started_at,
                taken_back=job.state is JobState.CANCELLED,
            ),
        )


def _staff_view(snapshot: Snapshot, stored: StoredSuggestion) -> SuggestionView:
    node = stored.node
    days = {
        state.value: node.get_text(f"{state.value}_on")
        for state in SuggestionState
        if node.get_text(f"{state.value}_on")
    }
    sides = {}
    for side, plain in _plain_sides(snapshot, stored.ends).items():
        answer = stored.answers[side].element if side in stored.answers else None
        sides[side] = _side(plain, node.get_texts(f"{side.value}_asked_on"), answer)
    return SuggestionView(
        id=node.id,
        version=stored.version,
        pattern=stored.pattern,
        state=stored.life.state,
        words="",
        sides=sides,
        round=int(node.find_number("round") or 0),
        owner=node.get_text("staff_owner"),
        note=node.get_text("note"),
        frozen_until=node.get_text("frozen_until"),
        days=days,
    )


def _side(plain: SideView, asked_on: tuple[str, ...], answer: Node | None) -> SideView:
    if answer is None:
        return SideView(plain.id, plain.name, asked_on)
    said = AnswerTerm(answer.get_text("answer"))
    told = (answer.get_text(name) for name in ("answered_on", "answered_by", "answered_how", "decline_reason"))
    return SideView(plain.id, plain.name, asked_on, said, *told)


def _plain_sides(snapshot: Snapshot, ends: Mapping[Side, NodeId]) -> dict[Side, SideView]:
    found = {}
    for side, end in ends.items():
        number = find_current(snapshot, end)
        found[side] = SideView(end, snapshot.nodes[number].name if number is not None else end)
    return found


def _for_reader(hub: Hub, view: SuggestionView, life: Life, reader: Reader, whole: Suggestion | None) -> SuggestionView:
    if reader.audience is Audience.STAFF:
        steps = (
            tuple(step for _, step in iter_steps(hub.store.operations(), view.id, hub.ecosystem))
            if view.version
            else ()
        )
        shown = disclose_suggestion(whole, hub.snapshot(), Audience.STAFF) if whole is not None else None
        return replace(view, words=life.state.value.replace("_", " "), steps=steps, suggestion=shown)
    side, snapshot = _side_of(hub, view, reader), hub.snapshot()
    shown = disclose_suggestion(whole, snapshot, Audience.PARTNER, reader.partner) if whole is not None else None
    if shown is None:
        raise NotFound("suggestion", view.id)
    state, words = shown_to_side(life, side, asked=bool(view.sides[side].asked_on))
    other = other_side(side)
    plain = SideView(view.sides[other].id, view.sides[other].name)
    own = view.sides[side]
    sides = {side: SideView(own.id, own.name, own.asked_on, own.answer, own.answered_on), other: plain}
    return SuggestionView(view.id, 0, view.pattern, state, words, sides, suggestion=shown)


def shown_to_side(life: Life, side: Side, *, asked: bool) -> tuple[SuggestionState, str]:
    """Return the state and the sentence that a side is shown: its own part, and of the other at most "not available".

    >>> declined = Life(_S.DECLINED, answers={Side.SOURCE: _A.INTERESTED, Side.TARGET: _A.NO})
    >>> shown_to_side(declined, Side.SOURCE, asked=True)[1], shown_to_side(declined, Side.TARGET, asked=True)[1]
    ('not available', 'You said no.')
    """
    if life.state in _SHARED_WORDS:
        return life.state, _SHARED_WORDS[life.state]
    own = life.answers.get(side)
    if life.state in OVER:
        if own in {_A.NO, _A.NOT_NOW, _A.NO_ANSWER}:
            return life.state, _OWN_WORDS[own]
        return _S.EXPIRED, NOT_AVAILABLE
    if own is not None:
        return _S.ASKED, _OWN_WORDS[own]
    if side in life.waiting and asked:
        return _S.ASKED, "We have asked you whether you would like to meet."
    return _S.SUGGESTED, "We could ask both of you whether you would like to meet."


def _side_of(hub: Hub, view: SuggestionView, reader: Reader) -> Side:
    snapshot = hub.snapshot()
    for side in Side:
        bodies = {snapshot.nodes[body].id for body in find_bodies(snapshot, view.sides[side].id)}
        if reader.partner is not None and reader.partner in bodies | {view.sides[side].id}:
            return side
    raise NotFound("suggestion", view.id)
