"""The words: link patterns and the ontology."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from matchmaker.api.problems import problems
from matchmaker.services.ontology import describe_ontology

router = APIRouter(prefix="/v1", tags=["words"])


class Patterns(BaseModel):
    """The link patterns that may be suggested."""

    patterns: list[dict[str, object]] = Field(description="As in the ontology, in the order of the vocabulary.")


@router.get("/patterns", responses=problems())
def list_patterns() -> Patterns:
    """List the link patterns: their ends, what counts as already linked, and the tie written when one is active."""
    return Patterns.model_validate({"patterns": describe_ontology()["link_patterns"]})


@router.get("/ontology", responses=problems())
def get_ontology() -> dict[str, object]:
    """Return the vocabulary: labels, ties, terms, identifiers, patterns and the life of a suggestion."""
    return describe_ontology()
