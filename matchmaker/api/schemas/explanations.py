"""Explanations of a pair as responses."""

from pydantic import BaseModel, Field

from matchmaker.api.schemas.suggestions import FactOut, PolicyOut, Reference, SuggestionOut, suggestion_out
from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.explanation import PairExplanation, PatternExplanation


class RuleOut(BaseModel):
    """One hard rule: met or not, and why."""

    name: str = Field(examples=["not_linked"])
    met: bool
    sentence: str
    facts: list[FactOut]


class PatternExplanationOut(BaseModel):
    """One pattern that the two fit."""

    pattern: PatternName
    eligible: bool = Field(description="Whether every rule is met; where one isn't, it is never listed.")
    rules: list[RuleOut]
    found_by: list[str] = Field(description="Which ways lead from the one to the other.")
    suggestion: SuggestionOut
    would_help: str = Field(default="", description="What would make it eligible, where one thing would.")


class NotFittingOut(BaseModel):
    """A pattern that the two don't fit, with the ends that it joins."""

    pattern: PatternName
    ends: str


class ExplanationOut(BaseModel):
    """Why two would or wouldn't be suggested to each other, under every pattern."""

    source: Reference
    target: Reference
    best: PatternName | None = Field(description="Under which a list would show the pair; null where none would.")
    patterns: list[PatternExplanationOut]
    not_fitting: list[NotFittingOut]
    ecosystem: str
    as_of: str
    model: str
    policy: PolicyOut
    graph_hash: str
    ledger_hash: str
    place: int | None = Field(
        default=None, description="Where the target stands in the order of all that the source could be shown."
    )
    cycle: str = Field(default="", description="The quarter whose showings are counted.")
    source_times_shown: int | None = Field(default=None, description="How often the source was shown to staff in it.")
    target_times_shown: int | None = None


def _pattern_out(one: PatternExplanation, *, figures: bool) -> PatternExplanationOut:
    return PatternExplanationOut(
        pattern=one.pattern,
        eligible=one.eligible,
        rules=[
            RuleOut(
                name=rule.name, met=rule.met, sentence=rule.sentence, facts=[FactOut.of(fact) for fact in rule.facts]
            )
            for rule in one.rules
        ],
        found_by=list(one.found_by),
        suggestion=suggestion_out(one.suggestion, figures=figures),
        would_help=one.would_help,
    )


def explanation_out(explained: PairExplanation, *, figures: bool) -> ExplanationOut:
    """Return the response form of an explanation; ``figures`` says whether this audience sees them."""
    return ExplanationOut(
        source=Reference(id=explained.source, name=explained.source_name),
        target=Reference(id=explained.target, name=explained.target_name),
        best=explained.best,
        patterns=[_pattern_out(one, figures=figures) for one in explained.patterns],
        not_fitting=[NotFittingOut(pattern=name, ends=ends) for name, ends in explained.not_fitting],
        ecosystem=explained.ecosystem,
        as_of=explained.as_of,
        model=explained.model,
        policy=PolicyOut.of(explained.policy),
        graph_hash=explained.graph_hash,
        ledger_hash=explained.ledger_hash,
        place=explained.place or None,
        cycle=explained.cycle,
        source_times_shown=explained.times_shown[0] if figures else None,
        target_times_shown=explained.times_shown[1] if figures else None,
    )
