"""Whether the process lives, and whether its store answers."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from matchmaker.api.context import ContextPart
from matchmaker.api.problems import problems

router = APIRouter(prefix="/health", tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """The store answers too."""

    status: Literal["ready"] = "ready"
    revision: int = Field(description="How many batches have changed the store.", examples=[3])


@router.get("/live", responses=problems())
def live() -> Live:
    """Say that the process answers; doesn't touch the store."""
    return Live()


@router.get("/ready", responses=problems())
def ready(context: ContextPart) -> Ready:
    """Say that the store answers; a problem with status 503 where it doesn't."""
    return Ready(revision=context.store.revision())
