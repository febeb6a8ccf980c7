"""Suggestions and their lives: one, the stored ones, deciding, messages to the sides, and how long things take."""

import datetime
import time
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from matchmaker.api.context import Context, ContextPart, LimitPart
from matchmaker.api.paging import page, parse_cursor
from matchmaker.api.problems import problems
from matchmaker.api.schemas.decisions import (
    DecidedOut,
    DecisionIn,
    DraftIn,
    DraftOut,
    StoredPage,
    SuggestionLifeOut,
    TimesOut,
    TimesReportOut,
    decided_out,
    draft_out,
    life_out,
    parse_decision,
    stored_out,
)
from matchmaker.api.schemas.imports import JobOut, job_out
from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.model.ids import EcosystemId, parse_id
from matchmaker.model.vocabulary import Audience, Side, SuggestionState
from matchmaker.services.deciding import decide, take_back
from matchmaker.services.draft_mail import write_eml
from matchmaker.services.drafting import Draft, get_draft, put_draft
from matchmaker.services.first_step import Shown
from matchmaker.services.job_records import Runner
from matchmaker.services.naming import find_ecosystem, find_thing
from matchmaker.services.stored_suggestions import Hub, list_stored
from matchmaker.services.suggesting import Reader
from matchmaker.services.suggestion_views import iter_steps, view_suggestion
from matchmaker.services.timing import measure_times, measure_times_by_pattern

router = APIRouter(prefix="/v1/suggestions", tags=["suggestions"])

WHO = "api"
SuggestionId = Annotated[
    str, Path(max_length=128, description="Its id.", examples=["suggestion:8e1b0f6c2d7a4c39b5e0a1f2c3d4e5f6"])
]
MatchPart = Annotated[str, Header(description="The version to decide against; 0 for one that isn't stored.")]


def get_hub(
    context: ContextPart,
    ecosystem: Annotated[str, Query(min_length=1, max_length=300, description="Whose: an ecosystem's id or name.")],
) -> Hub:
    """Return the hub whose staff ask; today is the only thing read from the clock."""
    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    found = find_ecosystem(context.snapshots, ecosystem, today)
    return Hub(context.snapshots, EcosystemId(found.node.id), today)


HubPart = Annotated[Hub, Depends(get_hub)]
_EVERY = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


@router.get("", responses=problems(*_EVERY))
def list_suggestions(
    hub: HubPart,
    state: Annotated[SuggestionState | None, Query(description="Only those in this state.")] = None,
    cursor: Annotated[str, Query(max_length=300, description="`next_cursor` of the page before.")] = "",
    limit: LimitPart = 50,
) -> StoredPage:
    """List the suggestions that something was decided about, in id order. For staff."""
    found = {str(node.id): node for node in list_stored(hub, state)}
    ids, next_cursor = page(sorted(found), parse_cursor(cursor) if cursor else "", limit)
    snapshot = hub.snapshot()
    ends = {found[id].get_text(side.value) for id in ids for side in Side}
    names = {end: snapshot.get_node(end).name for end in ends if snapshot.find_index(end) is not None}
    shown = [stored_out(found[id], names) for id in ids]
    return StoredPage(suggestions=shown, total=len(found), next_cursor=next_cursor)


@router.get("/times", responses=problems(*_EVERY))
def get_times(hub: HubPart) -> TimesReportOut:
    """Say how long suggestions take, and how many links last ninety days. For staff."""
    nodes = list_stored(hub)
    patterns = measure_times_by_pattern(nodes, hub.today)
    return TimesReportOut(
        ecosystem=hub.ecosystem,
        as_of=hub.today.isoformat(),
        all=TimesOut.of(measure_times(nodes, hub.today)),
        patterns={name: TimesOut.of(times) for name, times in patterns.items()},
    )


@router.get("/{suggestion}", responses=problems(*_EVERY))
def get_suggestion(
    hub: HubPart,
    response: Response,
    suggestion: SuggestionId,
    audience: Annotated[Audience, Query(description="Who reads the answer.")] = Audience.STAFF,
    partner: Annotated[str, Query(max_length=300, description="The partner that reads, for its audience.")] = "",
    shown_for: Annotated[str, Query(max_length=300, description="In whose list it was shown: an id or name.")] = "",
) -> SuggestionLifeOut:
    """Return a suggestion and its life; a side sees its own part in words, and of the other at most "not available"."""
    reader = Reader(audience, parse_id(partner) if partner else None)
    view = view_suggestion(hub, suggestion, reader, _named(hub, shown_for))
    if audience is Audience.STAFF:
        response.headers["ETag"] = f'"{view.version}"'
    return life_out(view, figures=audience is Audience.STAFF)


@router.post("/{suggestion}/decision", responses=problems(*_EVERY))
def decide_suggestion(
    hub: HubPart, response: Response, suggestion: SuggestionId, sent: DecisionIn, if_match: MatchPart = ""
) -> DecidedOut:
    """Record one step: shortlist, ask a side, record its answer, introduce, make active, end; decline or snooze.

    An illegal step is refused (422) with the legal ones, and so is a request that a side's wish, standing or budget
    forbids. With `If-Match`, a suggestion that has changed since is a conflict (409).
    """
    shown = Shown(_named(hub, sent.shown_for), _version(if_match))
    decided = decide(hub, suggestion, parse_decision(sent, hub.today), _runner(sent.by), shown)
    response.headers["ETag"] = f'"{decided.stored.version}"'
    return decided_out(decided)


@router.post("/{suggestion}/undo", responses=problems(*_EVERY))
def undo_decision(hub: HubPart, suggestion: SuggestionId) -> JobOut:
    """Take the latest step of a suggestion back: what it wrote goes, and what it replaced comes again."""
    steps = [step for _, step in iter_steps(hub.store.operations(), suggestion, hub.ecosystem) if not step.taken_back]
    if not steps:
        raise NotFound("step of a suggestion", suggestion)
    return job_out(take_back(hub.store, steps[-1].job, _runner("")))


@router.get("/{suggestion}/drafts/{side}", responses=problems(*_EVERY))
def get_message(context: ContextPart, hub: HubPart, suggestion: SuggestionId, side: Side) -> DraftOut:
    """Return the message to one side: as drafted from its own reasons, or as staff have changed it."""
    return draft_out(get_draft(hub, suggestion, side, context.public_url))


@router.put("/{suggestion}/drafts/{side}", responses=problems(*_EVERY))
def put_message(
    context: ContextPart, hub: HubPart, suggestion: SuggestionId, side: Side, sent: DraftIn, if_match: MatchPart = ""
) -> DraftOut:
    """Store the words of a message as staff have changed them, with who and when."""
    draft = _draft(context, hub, suggestion, side, if_match)
    return draft_out(put_draft(hub, draft, (sent.subject, sent.body), _runner(sent.by)))


@router.get(
    "/{suggestion}/drafts/{side}/eml",
    responses={
        **problems(*_EVERY),
        HTTPStatus.OK.value: {"content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}}},
    },
    response_class=Response,
)
def get_message_file(context: ContextPart, hub: HubPart, suggestion: SuggestionId, side: Side) -> Response:
    """Return the message as a file that mail programs open as a draft."""
    draft = get_draft(hub, suggestion, side, context.public_url)
    headers = {"Content-Disposition": f'attachment; filename="{side.value}.eml"'}
    return Response(write_eml(draft), media_type="message/rfc822", headers=headers)


def _draft(context: Context, hub: Hub, suggestion: str, side: Side, if_match: str) -> Draft:
    draft = get_draft(hub, suggestion, side, context.public_url)
    version = _version(if_match)
    return draft if version is None else replace(draft, version=version)


def _named(hub: Hub, text: str) -> str:
    return str(find_thing(hub.snapshot(), text).id) if text else ""


def _version(if_match: str) -> int | None:
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text or text == "*":
        return None
    if not text.isdecimal() or len(text) > 15:
        raise InvalidInput([Finding("is no version", "If-Match", if_match[:80], "the version of the last answer")])
    return int(text)


def _runner(who: str) -> Runner:
    return Runner(who or WHO, lambda: int(time.time()))
