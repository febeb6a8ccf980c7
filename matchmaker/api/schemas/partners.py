"""Partners and programs as responses."""

from pydantic import BaseModel, Field

from matchmaker.api.schemas.suggestions import Reference
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node
from matchmaker.model.freshness import Freshness
from matchmaker.model.vocabulary import Confidence, Label, TieType


class NodeOut(BaseModel):
    """A node with the properties that this audience may see."""

    id: str = Field(examples=["or-district:2243"])
    label: Label
    name: str = Field(examples=["Beaverton School District 48J"])
    properties: dict[str, Value] = Field(examples=[{"organization_type": "school_district", "sector": "k12"}])


class FieldOut(BaseModel):
    """Where the value in use of one property comes from, and how fresh it is."""

    field: str = Field(examples=["website"])
    source: str
    source_row: str
    observed_on: str | None
    confidence: Confidence
    owner: str = Field(description="`public`, or the ecosystem whose word it is.")
    dated: str = Field(description="The date that its freshness goes by; empty where it is unknown.")
    freshness: Freshness
    others: int = Field(description="How many other sources say something of it.")


class StatementOut(BaseModel):
    """A need or an offer."""

    id: str
    resource: Reference
    properties: dict[str, Value]
    freshness: Freshness | None = Field(default=None, description="For staff.")


class TieOut(BaseModel):
    """A tie as seen from one of its ends."""

    id: str
    type: TieType
    outgoing: bool = Field(description="Whether it starts at the partner that was asked for.")
    other: Reference
    properties: dict[str, Value]
    source: str = Field(default="", description="Who says so.")
    freshness: Freshness | None = Field(default=None, description="For staff.")


class PartnerOut(NodeOut):
    """What is known of a partner or program."""

    member: bool = Field(description="Whether it belongs to the ecosystem whose view this is.")
    facts: list[NodeOut]
    needs: list[StatementOut]
    offers: list[StatementOut]
    ties: list[TieOut]
    sources: list[str] = Field(description="Who says what is known of it.")
    fields: list[FieldOut] = Field(default=[], description="For staff: where each property comes from, by name.")
    questions: list[str] = Field(default=[], description="For staff: what is to be asked of it.")


class PartnerPage(BaseModel):
    """One page of partners, in id order."""

    partners: list[NodeOut]
    total: int = Field(description="How many pass the filters.")
    next_cursor: str | None = Field(description="Send it back as `cursor`; null on the last page.")


def node_out(node: Node) -> NodeOut:
    """Return the response form of a (disclosed) node."""
    return NodeOut(id=node.id, label=node.label, name=node.name, properties=dict(node.properties))
