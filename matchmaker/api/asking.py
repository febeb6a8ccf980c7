"""What a request for suggestions asks for: the parameters that its routes share, and what has been shown already."""

from typing import Annotated

from fastapi import Depends, Query

from matchmaker.api.context import Context
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.policies import parse_weight
from matchmaker.recommend.request import MAXIMUM_LIMIT, SuggestionRequest
from matchmaker.services.exposure import with_exposure


def get_chosen_policy(
    policy: Annotated[str, Query(max_length=40, description="What the list is sorted by.")] = "balanced",
    weights: Annotated[
        str, Query(max_length=200, description="Weights of it to move, such as `gap=2,small=0.5`.")
    ] = "",
) -> tuple[str, dict[str, float]]:
    """Return the policy's name, and the weights that the request moves."""
    return policy, dict(map(parse_weight, weights.split(","))) if weights else {}


def get_asked(
    chosen: Annotated[tuple[str, dict[str, float]], Depends(get_chosen_policy)],
    *,
    pattern: Annotated[PatternName | None, Query(description="Only this kind of link.")] = None,
    confirmed_only: Annotated[bool, Query(description="Leave out colleges with unconfirmed practice.")] = False,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT, description="How many at most.")] = 10,
    seed: Annotated[int, Query(ge=0, description="Decides what is drawn by chance.")] = 0,
    explore: Annotated[int, Query(ge=0, description="How many places are drawn by chance, half at most.")] = 0,
) -> SuggestionRequest:
    """Return what a request asks for."""
    name, weights = chosen
    return SuggestionRequest(pattern, limit, name, seed, not confirmed_only, weights, explore=explore)


AskedPart = Annotated[SuggestionRequest, Depends(get_asked)]


def asked_of(context: Context, snapshot: Snapshot, asked: SuggestionRequest) -> SuggestionRequest:
    """Return what is asked for, with what has been shown to staff in the snapshot's scope and cycle."""
    return with_exposure(context.store.operations(), snapshot, asked)
