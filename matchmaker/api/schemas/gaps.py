"""Gaps as responses."""

from pydantic import BaseModel, Field

from matchmaker.model.gap import Gap
from matchmaker.model.vocabulary import GapKind, Knowledge, PatternName


class GapOut(BaseModel):
    """One gap, or a question that stated coverage can't answer."""

    id: str
    kind: GapKind
    subject: list[str] = Field(description="What it is about: ids of nodes, or terms.")
    knowledge: Knowledge
    sentence: str
    size: float | None = Field(default=None, description="How much is missing, in `unit`.")
    unit: str = ""
    expected: float | None = Field(default=None, description="The figure expected by chance, where the kind has one.")
    observed: float | None = Field(default=None, description="The figure recorded, where the kind has one.")
    learners: int | None = Field(default=None, description="Learners affected, where counts are recorded.")
    confidence: float = Field(description="The least share answered among the coverage it rests on, 0 to 1.")
    coverage: list[str] = Field(description="Ids of the coverage statements it rests on.")
    evidence: list[str] = Field(description="Ids of the nodes and ties it rests on.")
    present: list[str] = Field(description="Who is already there.")
    ask: str = Field(default="", description="Whom to ask, where the answer isn't known.")
    patterns: list[PatternName] = Field(description="The link patterns whose suggestions would close it.")


def gap_out(gap: Gap) -> GapOut:
    """Return the response form of a gap."""
    return GapOut(
        id=gap.id,
        kind=gap.kind,
        subject=list(gap.subject),
        knowledge=gap.knowledge,
        sentence=gap.sentence,
        size=gap.size,
        unit=gap.unit,
        expected=gap.expected,
        observed=gap.observed,
        learners=gap.learners,
        confidence=gap.confidence,
        coverage=list(gap.coverage),
        evidence=list(gap.evidence),
        present=list(gap.present),
        ask=gap.ask,
        patterns=list(gap.patterns),
    )
