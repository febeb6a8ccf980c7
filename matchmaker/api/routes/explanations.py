"""Any pair, explained."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from matchmaker.api.asking import asked_of, get_chosen_policy
from matchmaker.api.context import ContextPart, ViewPart
from matchmaker.api.problems import problems
from matchmaker.api.schemas.explanations import ExplanationOut, explanation_out
from matchmaker.api.views import find_viewed
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.naming import find_thing
from matchmaker.services.suggesting import Reader, explain_pair

router = APIRouter(prefix="/v1/explanations", tags=["explanations"])
End = Annotated[str, Query(min_length=1, max_length=300, description="An id or a name.")]


@router.get("", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def get_explanation(
    context: ContextPart,
    view: ViewPart,
    source: End,
    target: End,
    chosen: Annotated[tuple[str, dict[str, float]], Depends(get_chosen_policy)],
) -> ExplanationOut:
    """Explain any pair, also one that is excluded: every rule that it met or failed, every contribution."""
    found = find_viewed(context, view, source)
    other = find_thing(found.shown, target)
    policy, weights = chosen
    request = asked_of(context, found.snapshot, SuggestionRequest(policy=policy, weights=weights))
    explained = explain_pair(found.snapshot, found.node.id, other.id, Reader(view.audience), request)
    return explanation_out(explained, figures=view.figures)
