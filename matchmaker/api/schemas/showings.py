"""Showing lists to staff, as requests and responses."""

from pydantic import BaseModel, ConfigDict, Field

from matchmaker.api.schemas.suggestions import Reference
from matchmaker.recommend.request import MAXIMUM_LIMIT


class ShownSuggestionIn(BaseModel):
    """One suggestion that was shown, as the list had it."""

    model_config = ConfigDict(extra="forbid")

    suggestion: str = Field(max_length=200, description="Its id.")
    other: str = Field(max_length=200, description="The id of the one that was shown.")
    position: int = Field(ge=1, le=MAXIMUM_LIMIT, description="Its place in the list, counted from 1.")
    propensity: float = Field(default=1.0, gt=0.0, le=1.0, description="The chance with which its slot got it.")


class ShowingIn(BaseModel):
    """A list that staff were shown."""

    model_config = ConfigDict(extra="forbid")

    list: str = Field(
        max_length=200, description="The list's `id`.", examples=["list:0f1e2d3c4b5a69788796a5b4c3d2e1f0"]
    )
    policy: str = Field(
        default="balanced", max_length=80, description="The policy's name, with its digest where moved."
    )
    seed: int = 0
    by: str = Field(default="", max_length=200, description="Who was shown it.")
    shown: tuple[ShownSuggestionIn, ...] = Field(min_length=1, max_length=MAXIMUM_LIMIT)


class ShowingRecorded(BaseModel):
    """What was recorded of a list that was shown."""

    list: str
    cycle: str = Field(description="The quarter that it counts in.", examples=["2026-q4"])
    shown: int = Field(description="How many suggestions the list showed.")
    new: bool = Field(description="False where this very list was recorded before; then nothing changed.")


class ExposureOut(BaseModel):
    """How often everybody was shown to staff in a cycle, and who hasn't been yet."""

    ecosystem: Reference
    cycle: str
    lists: int = Field(description="How many lists were shown.")
    counts: dict[str, int] = Field(description="How often by id, of those shown.")
    waiting: tuple[Reference, ...] = Field(description="Active partners of the ecosystem who haven't been shown.")
