"""Showing: that staff were shown a list, and who hasn't been shown in the cycle yet."""

import time
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response

from matchmaker.api.context import Context, ContextPart, DayPart, View, ViewPart
from matchmaker.api.problems import problems
from matchmaker.api.schemas.showings import ExposureOut, ShowingIn, ShowingRecorded
from matchmaker.api.schemas.suggestions import Reference
from matchmaker.api.views import find_viewed
from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Audience
from matchmaker.recommend.exposure import cycle_of
from matchmaker.services.exposure import ShownList, ShownSuggestion, record_shown, report_exposure
from matchmaker.services.naming import Found, ThingKind, find_ecosystem

router = APIRouter(prefix="/v1", tags=["showings"])
WHO = "api"
ThingId = Annotated[str, Path(max_length=300, description="An id or a name.")]


@router.post(
    "/partners/{partner}/suggestions/shown",
    responses={
        **problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        HTTPStatus.CREATED.value: {"description": "It is recorded.", "model": ShowingRecorded},
    },
)
def record_partner_list(
    context: ContextPart, view: ViewPart, partner: ThingId, body: ShowingIn, response: Response
) -> ShowingRecorded:
    """Record that staff were shown a partner's list: whom it showed, in which places. The same list counts once."""
    return _record(context, view, find_viewed(context, view, partner, ThingKind.PARTNER), body, response)


@router.post(
    "/programs/{program}/suggestions/shown",
    responses={
        **problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        HTTPStatus.CREATED.value: {"description": "It is recorded.", "model": ShowingRecorded},
    },
)
def record_program_list(
    context: ContextPart, view: ViewPart, program: ThingId, body: ShowingIn, response: Response
) -> ShowingRecorded:
    """Record that staff were shown a program's list."""
    return _record(context, view, find_viewed(context, view, program, ThingKind.PROGRAM), body, response)


@router.get("/ecosystems/{ecosystem}/exposure", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def get_exposure(context: ContextPart, view: DayPart, ecosystem: ThingId) -> ExposureOut:
    """Say how often everybody was shown to staff in the quarter, and who hasn't been yet. For staff only."""
    _check_staff(view)
    found = find_ecosystem(context.snapshots, ecosystem, view.as_of)
    report = report_exposure(context.store.operations(), found.snapshot)
    return ExposureOut(
        ecosystem=Reference(id=found.node.id, name=found.node.name),
        cycle=report.exposure.cycle,
        lists=report.lists,
        counts=dict(report.exposure.counts),
        waiting=tuple(Reference(id=node.id, name=node.name) for node in report.waiting),
    )


def _record(context: Context, view: View, found: Found, body: ShowingIn, response: Response) -> ShowingRecorded:
    _check_staff(view)
    shown = ShownList(
        body.list,
        found.snapshot.scope.ecosystem or "",
        cycle_of(view.as_of),
        found.node.id,
        body.policy,
        body.seed,
        tuple(ShownSuggestion(one.suggestion, NodeId(one.other), one.position, one.propensity) for one in body.shown),
        body.by or WHO,
        int(time.time()),
    )
    new = record_shown(context.store.operations(), shown, found.snapshot)
    response.status_code = HTTPStatus.CREATED if new else HTTPStatus.OK
    return ShowingRecorded(list=shown.id, cycle=shown.cycle, shown=len(shown.shown), new=new)


def _check_staff(view: View) -> None:
    if view.audience is not Audience.STAFF:
        valid = Audience.STAFF.value
        raise InvalidInput([Finding("showings are the staff's", "query.audience", view.audience.value, valid)])
