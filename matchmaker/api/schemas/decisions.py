"""Suggestions with their lives, decisions, messages and times, as requests and responses."""

import datetime

from pydantic import BaseModel, ConfigDict, Field

from matchmaker.api.schemas.suggestions import Reference, SuggestionOut, suggestion_out
from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.canonical import ValueRefused
from matchmaker.model.dates import DATE_RULE, canonical_date, first_day
from matchmaker.model.decision import Decision
from matchmaker.model.elements import Node
from matchmaker.model.ids import parse_id
from matchmaker.model.vocabulary import AnswerTerm, DeclineReason, PatternName, Side, SuggestionState
from matchmaker.services.contacting import Stop, StopKind
from matchmaker.services.deciding import Decided
from matchmaker.services.draft_words import DraftPurpose
from matchmaker.services.drafting import LONGEST_SUBJECT, LONGEST_TEXT, Draft
from matchmaker.services.suggestion_views import StepView, SuggestionView
from matchmaker.services.timing import Times

NOTE = 2000


class DecisionIn(BaseModel):
    """One step of a suggestion."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"state": "asked", "side": "source"}]})

    state: SuggestionState = Field(description="Where it goes; `asked` also for asking the other side and an answer.")
    side: Side | None = Field(default=None, description="Which side is asked, answers, or is to be asked first.")
    answer: AnswerTerm | None = Field(default=None, description="What the side answered.")
    answered_by: str = Field(default="", max_length=300, description="Who answered, such as a role.")
    answered_how: str = Field(default="", max_length=300, description="How, such as by phone.")
    reason: DeclineReason | None = Field(default=None, description="Why it declines. For staff only.")
    on: str = Field(default="", max_length=30, description="The day it happened; today where it isn't given.")
    until: str = Field(default="", max_length=30, description="From when the pair may come again, if not by default.")
    level: int | None = Field(default=None, ge=0, le=5, description="Of the tie: of `side`, else of both.")
    owner: str = Field(default="", max_length=300, description="Who on the hub's staff looks after it.")
    note: str = Field(default="", max_length=NOTE, description="For staff.")
    details: dict[str, str] = Field(default={}, description="Further properties of the tie that becomes active.")
    operator: str = Field(default="", max_length=128, description="Which of several who run a program is the partner.")
    by: str = Field(default="", max_length=300, description="Who decides.")
    shown_for: str = Field(default="", max_length=300, description="In whose list it was shown: an id or name.")


class SideOut(BaseModel):
    """One side: what it was asked and has said, as far as the reader may know."""

    id: str
    name: str
    asked_on: list[str] = []
    answer: AnswerTerm | None = None
    answered_on: str = ""
    answered_by: str = ""
    answered_how: str = ""
    reason: str = ""


class StepOut(BaseModel):
    """One step of the audit trail."""

    job: str = Field(description="Taking this job back takes the step back.")
    before: str = Field(description="Empty for the first step.")
    after: str
    side: str
    answer: str
    reason: str
    on: str
    note: str
    who: str
    at: int = Field(description="When it was recorded, in seconds since 1970.")
    taken_back: bool


class SuggestionLifeOut(BaseModel):
    """A suggestion and its life."""

    id: str
    version: int = Field(description="Send it as If-Match with a decision; 0 for one that isn't stored.")
    pattern: PatternName
    state: SuggestionState
    words: str = Field(description="Where it stands, in words.")
    sides: dict[Side, SideOut]
    round: int = 0
    owner: str = ""
    note: str = ""
    frozen_until: str = Field(default="", description="From this day on the pair may be suggested again.")
    days: dict[str, str] = Field(default={}, description="For staff: the latest day of each state.")
    steps: list[StepOut] = Field(default=[], description="For staff: every step, oldest first.")
    suggestion: SuggestionOut | None = Field(default=None, description="What speaks for it today.")


class StoredOut(BaseModel):
    """A stored suggestion in a list."""

    id: str
    pattern: PatternName
    state: SuggestionState
    source: Reference
    target: Reference
    changed_on: str
    owner: str
    frozen_until: str


class StoredPage(BaseModel):
    """One page of stored suggestions, in id order."""

    suggestions: list[StoredOut]
    total: int
    next_cursor: str | None = None


class DecidedOut(BaseModel):
    """What a step has led to."""

    id: str
    state: SuggestionState
    version: int
    job: str = Field(description="Taking this job back takes the step back.")
    waiting_for: list[Side]
    frozen_until: str
    notes: list[str]


class AddresseeOut(BaseModel):
    """Whom a message goes to: a work contact by role; a name only where that person agreed."""

    organization: str
    role: str
    name: str
    address: str = Field(description="Empty where none is known.")
    phone: str
    language: str


class DraftOut(BaseModel):
    """A message to one side, to be edited and sent by staff."""

    suggestion: str
    side: Side
    purpose: DraftPurpose
    addressees: list[AddresseeOut]
    subject: str
    body: str = Field(description="The text that staff may change.")
    footer: str = Field(description="Stands below every message: the stop link.")
    text: str = Field(description="The whole message.")
    edited_by: str
    edited_at: int
    version: int = Field(description="Of the changed words; 0 where nobody changed them.")
    warnings: list[str]
    sendable: bool = Field(description="Whether the stop link leads somewhere for its readers.")


class DraftIn(BaseModel):
    """The words of a message as staff have changed them; both empty: as drafted again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"subject": "Hello", "body": "Hello,"}]})

    subject: str = Field(default="", max_length=LONGEST_SUBJECT)
    body: str = Field(default="", max_length=LONGEST_TEXT)
    by: str = Field(default="", max_length=300, description="Who changed them.")


class SpanOut(BaseModel):
    """How many days something took."""

    n: int
    median: float | None
    least: int | None
    most: int | None


class SurvivalOut(BaseModel):
    """How many links were still active ninety days after they became so."""

    became_active: int
    due: int = Field(description="Those whose ninetieth day has come.")
    lasted: int
    share: float | None = Field(description="Null before any is due.")


class TimesOut(BaseModel):
    """How a number of suggestions fared."""

    n: int
    states: dict[str, int]
    spans: dict[str, SpanOut]
    survival: SurvivalOut

    @classmethod
    def of(cls, times: Times) -> "TimesOut":
        """Return the response form of times."""
        return cls(
            n=times.n,
            states=dict(times.states),
            spans={
                name: SpanOut(n=span.n, median=span.median, least=span.least, most=span.most)
                for name, span in times.spans.items()
            },
            survival=SurvivalOut(
                became_active=times.survival.became_active,
                due=times.survival.due,
                lasted=times.survival.lasted,
                share=times.survival.share,
            ),
        )


class TimesReportOut(BaseModel):
    """How an ecosystem's suggestions fared, in all and by pattern."""

    ecosystem: str
    as_of: str
    all: TimesOut
    patterns: dict[str, TimesOut]


class StopOut(BaseModel):
    """An organization that isn't to be written to."""

    partner: str
    everywhere: bool = Field(description="By its stop link: in every ecosystem.")
    kind: StopKind
    since: int = Field(description="In seconds since 1970.")
    who: str
    note: str

    @classmethod
    def of(cls, stop: Stop) -> "StopOut":
        """Return the response form of an entry."""
        return cls(
            partner=stop.partner,
            everywhere=stop.everywhere,
            kind=stop.kind,
            since=stop.since,
            who=stop.who,
            note=stop.note,
        )


class StopsOut(BaseModel):
    """Whom an ecosystem may not write to, in id order."""

    stops: list[StopOut]


class NoteIn(BaseModel):
    """Why an organization goes on the list, or off it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "said so on the phone"}]})

    note: str = Field(min_length=1, max_length=NOTE)
    by: str = Field(default="", max_length=300)


def parse_decision(sent: DecisionIn, today: datetime.date) -> Decision:
    """Return the decision that a request states, or raise `InvalidInput`."""
    until = _day(sent.until, "until")
    return Decision(
        to=sent.state,
        on=_day(sent.on, "on") or today,
        side=sent.side,
        answer=sent.answer,
        answered_by=sent.answered_by,
        answered_how=sent.answered_how,
        reason=sent.reason,
        until=until,
        level=sent.level,
        owner=sent.owner,
        note=sent.note,
        details=sent.details,
        operator=parse_id(sent.operator) if sent.operator else None,
    )


def _day(text: str, where: str) -> datetime.date | None:
    if not text:
        return None
    try:
        return first_day(canonical_date(text))
    except ValueRefused as refused:
        raise InvalidInput([Finding(f"the date {refused}", where, text, DATE_RULE)]) from refused


def life_out(view: SuggestionView, *, figures: bool) -> SuggestionLifeOut:
    """Return the response form of a suggestion and its life; ``figures``: whether the reader sees scores."""
    return SuggestionLifeOut(
        id=view.id,
        version=view.version,
        pattern=view.pattern,
        state=view.state,
        words=view.words,
        sides={
            side: SideOut(
                id=seen.id,
                name=seen.name,
                asked_on=list(seen.asked_on),
                answer=seen.answer,
                answered_on=seen.answered_on,
                answered_by=seen.answered_by,
                answered_how=seen.answered_how,
                reason=seen.reason,
            )
            for side, seen in view.sides.items()
        },
        round=view.round,
        owner=view.owner,
        note=view.note,
        frozen_until=view.frozen_until,
        days=dict(view.days or {}),
        steps=[step_out(step) for step in view.steps],
        suggestion=suggestion_out(view.suggestion, figures=figures) if view.suggestion is not None else None,
    )


def step_out(step: StepView) -> StepOut:
    """Return the response form of a step."""
    return StepOut(
        job=step.job,
        before=step.before,
        after=step.after,
        side=step.side,
        answer=step.answer,
        reason=step.reason,
        on=step.on,
        note=step.note,
        who=step.who,
        at=step.at,
        taken_back=step.taken_back,
    )


def stored_out(node: Node, names: dict[str, str]) -> StoredOut:
    """Return the response form of a stored suggestion, with the names of its ends."""
    ends = [node.get_text(side.value) for side in Side]
    source, target = (Reference(id=end, name=names.get(end, end)) for end in ends)
    return StoredOut(
        id=node.id,
        pattern=PatternName(node.get_text("pattern")),
        state=SuggestionState(node.get_text("state")),
        source=source,
        target=target,
        changed_on=node.get_text("changed_on"),
        owner=node.get_text("staff_owner"),
        frozen_until=node.get_text("frozen_until"),
    )


def decided_out(decided: Decided) -> DecidedOut:
    """Return the response form of a step."""
    life = decided.stored.life
    return DecidedOut(
        id=decided.stored.node.id,
        state=life.state,
        version=decided.stored.version,
        job=decided.job.id,
        waiting_for=sorted(life.waiting),
        frozen_until=life.frozen_until.isoformat() if life.frozen_until is not None else "",
        notes=list(decided.notes),
    )


def draft_out(draft: Draft) -> DraftOut:
    """Return the response form of a message."""
    return DraftOut(
        suggestion=draft.suggestion,
        side=draft.side,
        purpose=draft.purpose,
        addressees=[
            AddresseeOut(
                organization=one.organization,
                role=one.role,
                name=one.name,
                address=one.address,
                phone=one.phone,
                language=one.language,
            )
            for one in draft.addressees
        ],
        subject=draft.subject,
        body=draft.body,
        footer=draft.footer,
        text=draft.text,
        edited_by=draft.edited_by,
        edited_at=draft.edited_at,
        version=draft.version,
        warnings=list(draft.warnings),
        sendable=draft.sendable,
    )
