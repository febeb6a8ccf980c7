"""Gaps as responses."""

from pydantic import BaseModel, Field

from matchmaker.api.schemas.suggestions import Reference, SuggestionOut, suggestion_out
from matchmaker.model.elements import Node
from matchmaker.model.freshness import Freshness
from matchmaker.model.gap import Gap
from matchmaker.model.vocabulary import GapKind, Knowledge, PatternName, Sector
from matchmaker.services.gaps import GapReport


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
    freshness: Freshness = Field(description="How fresh what it rests on is.")
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
        freshness=gap.freshness,
        coverage=list(gap.coverage),
        evidence=list(gap.evidence),
        present=list(gap.present),
        ask=gap.ask,
        patterns=list(gap.patterns),
    )


class SectorPairOut(BaseModel):
    """Ties between two sectors of members, beside the figure expected by chance."""

    sectors: list[Sector]
    observed: int
    expected: float


class ClosableGapOut(GapOut):
    """A gap with the suggestions that would close it."""

    suggestions: list[SuggestionOut]
    note: str = Field(default="", description="Why there is no suggestion, where there is none.")


class CoverageOut(BaseModel):
    """A statement of what is known to be complete."""

    id: str
    covers: str = Field(description="A label or a tie type.")
    sectors: list[str] = Field(description="Empty for all.")
    stages: list[str] = Field(description="Empty for all.")
    place: str = Field(description="Empty for the whole ecosystem.")
    share_answered: float
    as_of: str
    source: str


class GapReportOut(BaseModel):
    """What an ecosystem lacks, as far as stated coverage tells."""

    ecosystem: Reference
    as_of: str
    graph_hash: str
    kinds: list[GapKind]
    gaps: list[ClosableGapOut] = Field(description="By kind, the largest first.")
    not_known: list[GapOut] = Field(description="What stated coverage can't answer, with whom to ask.")
    coverage: list[CoverageOut]
    sector_pairs: list[SectorPairOut]


def _coverage_out(node: Node) -> CoverageOut:
    return CoverageOut(
        id=node.id,
        covers=node.get_text("covers"),
        sectors=list(node.get_texts("sectors")),
        stages=list(node.get_texts("stages")),
        place=node.get_text("place"),
        share_answered=node.find_number("share_answered") or 0.0,
        as_of=node.get_text("as_of"),
        source=node.provenance.source,
    )


def gap_report_out(report: GapReport, *, figures: bool) -> GapReportOut:
    """Return the response form of a report; ``figures`` says whether this audience sees scores."""
    return GapReportOut(
        ecosystem=Reference(id=report.ecosystem, name=report.name),
        as_of=report.as_of,
        graph_hash=report.graph_hash,
        kinds=list(report.kinds),
        gaps=[
            ClosableGapOut(
                **gap_out(closable.gap).model_dump(),
                suggestions=[suggestion_out(suggestion, figures=figures) for suggestion in closable.suggestions],
                note=closable.note,
            )
            for closable in report.gaps
        ],
        not_known=[gap_out(gap) for gap in report.not_known],
        coverage=[_coverage_out(node) for node in report.coverage],
        sector_pairs=[
            SectorPairOut(sectors=[pair.first, pair.second], observed=pair.observed, expected=pair.expected)
            for pair in report.pairs
        ],
    )
