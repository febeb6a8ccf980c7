"""Suggestions and explanations as responses."""

from pydantic import BaseModel, Field

from matchmaker.model.freshness import Freshness
from matchmaker.model.suggestion import Contribution, Fact, Reason, Suggestion, SuggestionList
from matchmaker.model.vocabulary import (
    ContributionTag,
    LikelihoodBand,
    LikelihoodBasis,
    PatternName,
    Side,
    TieType,
)


class Reference(BaseModel):
    """Names something."""

    id: str = Field(examples=["or-district:2243"])
    name: str = Field(examples=["Beaverton School District 48J"])


class FactOut(BaseModel):
    """One recorded fact behind a reason."""

    sentence: str = Field(examples=["Intel's offer of guest speakers, stated 2025-09"])
    elements: list[str] = Field(description="Ids of the nodes and ties that hold it.")
    dated: str = Field(default="", description="The date it goes by; empty where it is unknown.")
    freshness: Freshness = Freshness.UNKNOWN

    @classmethod
    def of(cls, fact: Fact) -> "FactOut":
        """Return the response form of a fact."""
        return cls(
            sentence=fact.sentence,
            elements=list(fact.elements),
            dated=fact.dated.date,
            freshness=fact.dated.freshness,
        )


class ContributionOut(BaseModel):
    """One feature's additive share of a score, in log-odds."""

    feature: str = Field(examples=["need_offer_fit"])
    tag: ContributionTag = Field(description="Whose fact it rests on.")
    value: float | None = Field(description="What was measured; null where it isn't known, and then the share is 0.")
    share: float = Field(description="What it adds to the score.")
    facts: list[FactOut] = []

    @classmethod
    def of(cls, contribution: Contribution) -> "ContributionOut":
        """Return the response form of a contribution."""
        return cls(
            feature=contribution.feature,
            tag=contribution.tag,
            value=contribution.value,
            share=contribution.share,
            facts=[FactOut.of(fact) for fact in contribution.facts],
        )


class ReasonOut(BaseModel):
    """Why, in words, for one side."""

    feature: str
    sentence: str
    facts: list[FactOut]
    hidden_facts: int = Field(default=0, description="Facts behind it that this audience may not see.")

    @classmethod
    def of(cls, reason: Reason) -> "ReasonOut":
        """Return the response form of a reason."""
        return cls(
            feature=reason.feature,
            sentence=reason.sentence,
            facts=[FactOut.of(fact) for fact in reason.facts],
            hidden_facts=reason.hidden_facts,
        )


class SuggestionOut(BaseModel):
    """One link that may be suggested, with why. Figures are null for audiences that don't see them."""

    id: str
    pattern: PatternName
    tie: TieType = Field(description="The tie that is written when it becomes active.")
    source: Reference
    target: Reference
    score: float | None = Field(default=None, description="Log-odds that the link forms if introduced.")
    intercept: float | None = None
    likelihood: float | None = Field(default=None, description="The score as a chance, 0 to 1.")
    band: LikelihoodBand | None = Field(default=None, description="How the likelihood is shown to people.")
    basis: LikelihoodBasis | None = Field(default=None, description="What the likelihood rests on.")
    gap_value: float | None = Field(default=None, description="How much of the ecosystem's gaps it closes, 0 to 1.")
    priority: float | None = Field(default=None, description="What the list is sorted by.")
    contributions: list[ContributionOut] = []
    reasons: dict[Side, list[ReasonOut]]
    unknowns: list[str] = Field(default=[], description="What isn't recorded and would have mattered.")
    notes: list[str] = Field(default=[], description="The rules that apply.")
    confirmed: bool = True


class SuggestionListOut(BaseModel):
    """An answer to "who should this partner meet?", with all that is needed to get the same list again."""

    subject: Reference
    ecosystem: str
    as_of: str
    suggestions: list[SuggestionOut]
    notes: list[str]
    policy: str
    model: str
    seed: int
    graph_hash: str
    ledger_hash: str


def suggestion_out(suggestion: Suggestion, *, figures: bool) -> SuggestionOut:
    """Return the response form of a suggestion; ``figures`` says whether this audience sees them."""
    shown = SuggestionOut(
        id=suggestion.id,
        pattern=suggestion.pattern,
        tie=suggestion.tie,
        source=Reference(id=suggestion.source, name=suggestion.source_name),
        target=Reference(id=suggestion.target, name=suggestion.target_name),
        reasons={side: [ReasonOut.of(reason) for reason in reasons] for side, reasons in suggestion.reasons.items()},
        unknowns=list(suggestion.unknowns),
        notes=list(suggestion.notes),
        confirmed=suggestion.confirmed,
    )
    if figures:
        shown.score, shown.intercept = suggestion.score, suggestion.intercept
        shown.likelihood, shown.band, shown.basis = suggestion.likelihood, suggestion.band, suggestion.basis
        shown.gap_value, shown.priority = suggestion.gap_value, suggestion.priority
        shown.contributions = [ContributionOut.of(contribution) for contribution in suggestion.contributions]
    return shown


def suggestion_list_out(listed: SuggestionList, *, figures: bool) -> SuggestionListOut:
    """Return the response form of a list."""
    return SuggestionListOut(
        subject=Reference(id=listed.subject, name=listed.subject_name),
        ecosystem=listed.ecosystem,
        as_of=listed.as_of,
        suggestions=[suggestion_out(suggestion, figures=figures) for suggestion in listed.suggestions],
        notes=list(listed.notes),
        policy=listed.policy,
        model=listed.model,
        seed=listed.seed,
        graph_hash=listed.graph_hash,
        ledger_hash=listed.ledger_hash,
    )
