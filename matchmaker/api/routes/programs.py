"""Programs: whom a program should meet."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from matchmaker.api.context import ContextPart, ViewPart
from matchmaker.api.problems import problems
from matchmaker.api.schemas.suggestions import SuggestionListOut, suggestion_list_out
from matchmaker.api.views import find_viewed
from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.naming import ThingKind
from matchmaker.services.suggesting import Reader, suggest_for

router = APIRouter(prefix="/v1/programs", tags=["programs"])


@router.get("/{program}/suggestions", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def suggest_for_program(
    context: ContextPart,
    view: ViewPart,
    program: Annotated[str, Path(max_length=300, description="An id or a name.", examples=["rb-night-sky-club"])],
    pattern: Annotated[PatternName | None, Query(description="Only this kind of link.")] = None,
    confirmed_only: Annotated[bool, Query(description="Leave out colleges with unconfirmed practice.")] = False,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 10,
) -> SuggestionListOut:
    """Say whom a program should meet and why, for both sides."""
    found = find_viewed(context, view, program, ThingKind.PROGRAM)
    request = SuggestionRequest(pattern=pattern, limit=limit, context_colleges=not confirmed_only)
    listed = suggest_for(found.snapshot, found.node.id, request, Reader(view.audience))
    return suggestion_list_out(listed, figures=view.figures)
