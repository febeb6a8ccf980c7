"""The trained models of an ecosystem, for staff: the list, one with its card, going back to the one before."""

import time
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from matchmaker.api.context import Context, ContextPart, DayPart, View
from matchmaker.api.problems import problems
from matchmaker.api.schemas.models import ModelListOut, ModelOut, UseOut, model_list_out, model_out, use_out
from matchmaker.errors import NotFound
from matchmaker.model.ids import EcosystemId
from matchmaker.services.models import (
    Change,
    UseOfModel,
    get_model,
    iter_history,
    list_models,
    roll_back_model,
    use_model,
)
from matchmaker.services.naming import find_ecosystem

router = APIRouter(prefix="/v1/ecosystems", tags=["models"])
EcosystemName = Annotated[str, Path(max_length=300, description="An id or a name.", examples=["riverbend"])]
ModelName = Annotated[str, Path(max_length=300, description="A model's id.", examples=["local-0a1b2c3d4e5f"])]
_READS = problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


class ModelChangeIn(BaseModel, extra="forbid"):
    """Who changes which model is used, and why."""

    who: str = Field(min_length=1, max_length=200)
    why: str = Field(default="", max_length=2000)


@router.get("/{ecosystem}/models", responses=_READS)
def list_of_models(context: ContextPart, view: DayPart, ecosystem: EcosystemName) -> ModelListOut:
    """List the models that are kept for an ecosystem, and what was used when."""
    own, operations = _own(context, view, ecosystem), context.store.operations()
    return model_list_out(own, list_models(operations, own), list(iter_history(operations, own)))


@router.get("/{ecosystem}/models/{model}", responses=_READS)
def get_one_model(context: ContextPart, view: DayPart, ecosystem: EcosystemName, model: ModelName) -> ModelOut:
    """Return a model: every table, what it was fitted on and how good it is."""
    own, operations = _own(context, view, ecosystem), context.store.operations()
    found = get_model(operations, own, model)
    used = any(kept.in_use and kept.id == found.id for kept in list_models(operations, own))
    return model_out(found, in_use=used)


@router.post("/{ecosystem}/models/roll-back", responses=_READS)
def roll_back(context: ContextPart, view: DayPart, ecosystem: EcosystemName, change: ModelChangeIn) -> UseOut:
    """Go back to the model that was used before the one in use."""
    own, operations = _own(context, view, ecosystem), context.store.operations()
    made = _change(change)
    was, now = roll_back_model(operations, own, made)
    return use_out(UseOfModel("roll_back", now, was, made))


@router.post("/{ecosystem}/models/{model}/use", responses=_READS)
def use_one_model(
    context: ContextPart, view: DayPart, ecosystem: EcosystemName, model: ModelName, change: ModelChangeIn
) -> UseOut:
    """Use a model that is kept, or the prior by its id, from now on."""
    own, operations = _own(context, view, ecosystem), context.store.operations()
    made = _change(change)
    return use_out(UseOfModel("use", model, use_model(operations, own, model, made), made))


def _change(change: ModelChangeIn) -> Change:
    return Change(change.who, int(time.time()), change.why)


def _own(context: Context, view: View, ecosystem: str) -> EcosystemId:
    """Return the ecosystem's id; to anybody but staff its models aren't there."""
    found = find_ecosystem(context.snapshots, ecosystem, view.as_of, view.audience)
    if not view.figures:
        raise NotFound("list of models", ecosystem[:200])
    return EcosystemId(found.node.id)
