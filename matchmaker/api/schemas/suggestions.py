"""Suggestions and explanations as responses."""

from pydantic import BaseModel, Field

from matchmaker.model.freshness import Freshness
from matchmaker.model.suggestion import (
    Contribution,
    Counterfactual,
    Fact,
    Introducer,
    LocalLikelihood,
    PolicyUsed,
    Reason,
    Showing,
    Suggestion,
    SuggestionList,
)
from matchmaker.model.vocabulary import (
    ContributionTag,
    LikelihoodBand,
    LikelihoodBasis,
    PatternName,
    Side,
    TieType,
)
from matchmaker.recommend.exposure import exposure_notes


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


class IntroducerOut(BaseModel):
    """A partner tied to both who could introduce them."""

    id: str
    name: str
    sentences: dict[Side, str] = Field(description="For each side.")
    facts: list[FactOut] = Field(description="The two ties.")

    @classmethod
    def of(cls, introducer: Introducer) -> "IntroducerOut":
        """Return the response form of an introducer."""
        return cls(
            id=introducer.id,
            name=introducer.name,
            sentences={Side.SOURCE: introducer.to_source, Side.TARGET: introducer.to_target},
            facts=[FactOut.of(fact) for fact in introducer.facts],
        )


class CounterfactualOut(BaseModel):
    """The one change of what is recorded that would move a suggestion up the most."""

    feature: str
    about: str = Field(description="The id of the one whose fact would change.")
    position: int | None = Field(description="Where it would stand; null for audiences that see no figures.")
    sentence: str
    facts: list[FactOut] = []

    @classmethod
    def of(cls, told: Counterfactual) -> "CounterfactualOut":
        """Return the response form of a counterfactual."""
        return cls(
            feature=told.feature,
            about=told.about,
            position=told.position or None,
            sentence=told.sentence,
            facts=[FactOut.of(fact) for fact in told.facts],
        )


class ShowingOut(BaseModel):
    """How a suggestion came to stand where it stands."""

    position: int = Field(description="Its place in the list, counted from 1; 0 where it stands in none.")
    propensity: float = Field(description="The chance with which its slot got it: 1 unless it was drawn.")
    kept: bool = Field(description="Whether its slot is kept for those who haven't been shown in the cycle.")
    drawn: bool = Field(description="Whether its slot was drawn by chance.")
    times_shown: int = Field(description="How often the other had been shown in the cycle before.")

    @classmethod
    def of(cls, showing: Showing) -> "ShowingOut":
        """Return the response form of a showing."""
        return cls(
            position=showing.position,
            propensity=showing.propensity,
            kept=showing.kept,
            drawn=showing.drawn,
            times_shown=showing.times_shown,
        )


class JustBelowOut(BaseModel):
    """One that a list ends before, and what would bring it in."""

    other: Reference
    place: int = Field(description="Where it stands in the order, before any list rule.")
    counterfactual: CounterfactualOut


class PolicyOut(BaseModel):
    """What a list is sorted by."""

    name: str = Field(examples=["balanced"])
    version: int
    weights: dict[str, float] = Field(description="Every weight that was used, in log-odds.")
    digest: str = Field(default="", description="Of the weights, where the request moved one.")

    @classmethod
    def of(cls, policy: PolicyUsed) -> "PolicyOut":
        """Return the response form of a policy."""
        return cls(name=policy.name, version=policy.version, weights=dict(policy.weights), digest=policy.digest)


class LocalLikelihoodOut(BaseModel):
    """How sure a likelihood is that was fitted here: a 95% interval, and on how much it rests."""

    low: float
    high: float
    n: int = Field(description="Links that formed, or decisions, that it was fitted on.")
    about: str = Field(description="What it is the chance of.")

    @classmethod
    def of(cls, local: LocalLikelihood) -> "LocalLikelihoodOut":
        """Return its response form."""
        return cls(low=local.low, high=local.high, n=local.evidence, about=local.about)


class SideLikelihoodOut(BaseModel):
    """The chance that one side says it is interested, with a 95% interval."""

    likelihood: float
    low: float
    high: float
    n: int = Field(description="Suggestions to which both sides' answers are recorded.")


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
    introducer: IntroducerOut | None = Field(default=None, description="A partner tied to both, where there is one.")
    counterfactual: CounterfactualOut | None = Field(
        default=None, description="What would move it up, where one change of what is recorded would."
    )
    showing: ShowingOut | None = Field(default=None, description="Its place in the list, and how it came there.")
    local: LocalLikelihoodOut | None = Field(
        default=None, description="How sure the likelihood is, where it was fitted here; only then is it calibrated."
    )
    sides: dict[Side, SideLikelihoodOut] = Field(
        default={}, description="What each side would answer; only where enough answers of both are recorded."
    )


class SuggestionListOut(BaseModel):
    """An answer to "who should this partner meet?", with all that is needed to get the same list again."""

    id: str = Field(description="By which showing this very list is recorded once.")
    subject: Reference
    ecosystem: str
    as_of: str
    suggestions: list[SuggestionOut]
    notes: list[str]
    policy: PolicyOut
    model: str
    seed: int
    graph_hash: str
    ledger_hash: str = Field(description="Of what was asked, answered, ruled and shown.")
    cycle: str = Field(default="", description="The quarter whose showings counted.")
    kept_cost: float | None = Field(
        default=None, description="What the slots kept for those not yet shown take off the sum of the list's scores."
    )
    just_below: list[JustBelowOut] = []


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
        introducer=IntroducerOut.of(suggestion.introducer) if suggestion.introducer is not None else None,
        counterfactual=CounterfactualOut.of(suggestion.counterfactual) if suggestion.counterfactual else None,
    )
    if figures:
        shown.showing = ShowingOut.of(suggestion.showing)
        shown.local = LocalLikelihoodOut.of(suggestion.local) if suggestion.local is not None else None
        shown.sides = {
            side: SideLikelihoodOut(likelihood=one.likelihood, low=one.low, high=one.high, n=one.evidence)
            for side, one in suggestion.sides.items()
        }
        shown.score, shown.intercept = suggestion.score, suggestion.intercept
        shown.likelihood, shown.band, shown.basis = suggestion.likelihood, suggestion.band, suggestion.basis
        shown.gap_value, shown.priority = suggestion.gap_value, suggestion.priority
        shown.contributions = [ContributionOut.of(contribution) for contribution in suggestion.contributions]
    return shown


def suggestion_list_out(listed: SuggestionList, *, figures: bool) -> SuggestionListOut:
    """Return the response form of a list."""
    return SuggestionListOut(
        id=listed.id,
        subject=Reference(id=listed.subject, name=listed.subject_name),
        ecosystem=listed.ecosystem,
        as_of=listed.as_of,
        suggestions=[suggestion_out(suggestion, figures=figures) for suggestion in listed.suggestions],
        notes=[*listed.notes, *exposure_notes(listed)],
        policy=PolicyOut.of(listed.policy),
        model=listed.model,
        seed=listed.seed,
        graph_hash=listed.graph_hash,
        ledger_hash=listed.ledger_hash,
        cycle=listed.cycle,
        kept_cost=listed.kept_cost if figures else None,
        just_below=[
            JustBelowOut(
                other=Reference(id=one.other, name=one.name),
                place=one.place,
                counterfactual=CounterfactualOut.of(one.counterfactual),
            )
            for one in listed.just_below
        ],
    )
