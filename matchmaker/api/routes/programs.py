"""Programs: whom a program should meet."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from matchmaker.api.asking import AskedPart, asked_of
from matchmaker.api.context import ContextPart, ViewPart
from matchmaker.api.problems import problems
from matchmaker.api.schemas.suggestions import SuggestionListOut, suggestion_list_out
from matchmaker.api.views import find_viewed
from matchmaker.services.naming import ThingKind
from matchmaker.services.suggesting import Reader, suggest_for

router = APIRouter(prefix="/v1/programs", tags=["programs"])


@router.get("/{program}/suggestions", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def suggest_for_program(
    context: ContextPart,
    view: ViewPart,
    program: Annotated[str, Path(max_length=300, description="An id or a name.", examples=["rb-night-sky-club"])],
    asked: AskedPart,
) -> SuggestionListOut:
    """Say whom a program should meet and why, for both sides."""
    found = find_viewed(context, view, program, ThingKind.PROGRAM)
    request = asked_of(context, found.snapshot, asked)
    listed = suggest_for(found.snapshot, found.node.id, request, Reader(view.audience))
    return suggestion_list_out(listed, figures=view.figures)
