"""Whom not to write to: the list of an ecosystem, and the links by which an organization puts itself on it."""

import html
import time
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse

from matchmaker.api.context import ContextPart
from matchmaker.api.problems import problems
from matchmaker.api.routes.suggestions import HubPart
from matchmaker.api.schemas.decisions import NoteIn, StopOut, StopsOut
from matchmaker.graph.store import GraphStore
from matchmaker.model.ids import NodeId, parse_id
from matchmaker.services.contacting import add_stop, list_stops, partner_of_token, remove_stop, stop_by_link
from matchmaker.services.job_records import Runner
from matchmaker.services.naming import ThingKind, find_thing

router = APIRouter(prefix="/v1", tags=["do not contact"])

WHO = "api"
PartnerName = Annotated[str, Path(max_length=300, description="An id or a name.", examples=["or-district:2243"])]
Token = Annotated[str, Path(max_length=200, description="What the link ends with.", examples=["HHaydTd7A6r2HMCipZrK"])]
PAGE_HEADERS = {"Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'"}
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{words}</p>{form}</main></body>
</html>
"""
_FORM = '<form method="post"><button type="submit">Stop these messages</button></form>'


@router.get("/do-not-contact", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def list_do_not_contact(hub: HubPart) -> StopsOut:
    """List the organizations that an ecosystem may not write to, in id order. For staff."""
    return StopsOut(stops=[StopOut.of(stop) for stop in list_stops(hub.store.operations(), hub.ecosystem)])


@router.put("/do-not-contact/{partner}", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def put_do_not_contact(hub: HubPart, partner: PartnerName, sent: NoteIn) -> StopOut:
    """Put an organization on the list, with a note of how it said so; one that is there stays as it was entered."""
    node = find_thing(hub.snapshot(), partner, ThingKind.PARTNER)
    runner = Runner(sent.by or WHO, lambda: int(time.time()))
    return StopOut.of(add_stop(hub.store.operations(), hub.ecosystem, node.id, sent.note, runner))


@router.delete("/do-not-contact/{partner}", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def remove_do_not_contact(
    hub: HubPart,
    partner: Annotated[str, Path(max_length=128, description="Its id.", examples=["or-district:2243"])],
    note: Annotated[str, Query(min_length=1, max_length=2000, description="How it said so.")],
    by: Annotated[str, Query(max_length=300, description="Who enters it.")] = "",
) -> StopsOut:
    """Take an organization off the list, because it said so; what its stop link said goes on counting elsewhere."""
    operations, runner = hub.store.operations(), Runner(by or WHO, lambda: int(time.time()))
    remove_stop(operations, hub.ecosystem, parse_id(partner), note, runner)
    return StopsOut(stops=[StopOut.of(stop) for stop in list_stops(operations, hub.ecosystem)])


@router.get("/stop/{token}", responses=problems(HTTPStatus.NOT_FOUND), response_class=HTMLResponse)
def show_stop(context: ContextPart, token: Token) -> HTMLResponse:
    """Show the page that a stop link opens. Opening it changes nothing: mail programs open links by themselves."""
    name = _name(context.store, partner_of_token(context.store.operations(), token))
    words = f"{name} will get no more messages about introductions, from any ecosystem, once you confirm."
    return _page("Stop messages about introductions", words, _FORM)


@router.post(
    "/stop/{token}", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN), response_class=HTMLResponse
)
def confirm_stop(context: ContextPart, token: Token) -> HTMLResponse:
    """Put the organization of a stop link on the list of every ecosystem. Doing so twice changes nothing."""
    stop = stop_by_link(context.store.operations(), token, int(time.time()))
    words = f"{_name(context.store, stop.partner)} gets no more messages about introductions. Nothing else changes."
    return _page("No more messages", words, "")


def _name(store: GraphStore, partner: NodeId) -> str:
    stored = store.find_node(partner)
    return stored.element.name if stored is not None else "Your organization"


def _page(title: str, words: str, form: str) -> HTMLResponse:
    text = _PAGE.format(title=html.escape(title), words=html.escape(words), form=form)
    return HTMLResponse(text, headers=PAGE_HEADERS)
