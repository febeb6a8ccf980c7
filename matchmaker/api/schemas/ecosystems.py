"""Ecosystems and their networks as responses."""

from pydantic import BaseModel, Field

from matchmaker.api.schemas.partners import NodeOut, node_out
from matchmaker.api.schemas.suggestions import Reference
from matchmaker.model.canonical import Value
from matchmaker.model.vocabulary import Sector, StageTerm, TieType
from matchmaker.services.network import Network


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


def network_out(network: Network, name: str) -> NetworkOut:
    """Return the response form of a network; ``name`` is its ecosystem's."""
    return NetworkOut(
        ecosystem=Reference(id=network.ecosystem, name=name),
        as_of=network.as_of,
        graph_hash=network.graph_hash,
        nodes=[
            NetworkNodeOut(
                **node_out(member.node).model_dump(),
                sector=member.sector,
                stages=list(member.stages),
                position=member.position,
                degree=member.degree,
            )
            for member in network.nodes
        ],
        ties=[
            NetworkTieOut(
                id=tie.id, type=tie.type, source=tie.source, target=tie.target, properties=dict(tie.properties)
            )
            for tie in network.ties
        ],
    )
