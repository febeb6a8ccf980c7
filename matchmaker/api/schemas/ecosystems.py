"""Ecosystems and their networks as responses."""

from pydantic import BaseModel, Field

from matchmaker.api.schemas.partners import NodeOut
from matchmaker.api.schemas.suggestions import Reference
from matchmaker.model.canonical import Value
from matchmaker.model.vocabulary import Sector, StageTerm, TieType


class EcosystemPage(BaseModel):
    """One page of ecosystems, in id order."""

    ecosystems: list[NodeOut]
    total: int
    next_cursor: str | None


class NetworkNodeOut(NodeOut):
    """A member as a picture or a table shows it."""

    sector: Sector | None
    stages: list[StageTerm] = Field(description="The stages it serves, in order.")
    position: tuple[float, float] | None = Field(description="Latitude and longitude in degrees.")
    degree: int = Field(description="How many other members it is tied to.")


class NetworkTieOut(BaseModel):
    """A tie between two members."""

    id: str
    type: TieType
    source: str
    target: str
    properties: dict[str, Value]


class NetworkOut(BaseModel):
    """The members of an ecosystem and the ties among them."""

    ecosystem: Reference
    as_of: str
    graph_hash: str
    nodes: list[NetworkNodeOut]
    ties: list[NetworkTieOut]
