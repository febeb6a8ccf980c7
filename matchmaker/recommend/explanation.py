"""From a ranked pair to a suggestion: contributions, reasons for both sides, unknowns, notes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.model.freshness import Freshness, oldest
from matchmaker.model.ids import NodeId
from matchmaker.model.records import find_contested_closing
from matchmaker.model.suggestion import Contribution, Fact, Reason, Suggestion, suggestion_id
from matchmaker.model.vocabulary import Participation, PatternName, Side
from matchmaker.recommend.equity import EquityStanding, equity_standing
from matchmaker.recommend.evidence import Evidence
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.ranking import RankedPair
from matchmaker.recommend.reasons import PairSeen, find_evidence, pattern_evidence
from matchmaker.recommend.rules.rule import RuleOutcome
from matchmaker.recommend.scoring.additive import ScoringModel, band_of, likelihood_of
from matchmaker.recommend.unknowns import find_unknowns

EQUITY_RULE = "equity_rule"
"""The feature name of the reason that says by which rule a college counts as equity-focused."""


@dataclass(frozen=True, slots=True)
class PatternExplanation:
    """One pattern that a pair's ends fit: every rule met or failed, and the suggestion that it would make.

    Attributes
    ----------
    eligible
        Whether every rule is met; where one isn't, the suggestion is never listed and shows the contributions only.
    found_by
        Which ways lead from the one to the other.
    """

    pattern: PatternName
    eligible: bool
    rules: tuple[RuleOutcome, ...]
    found_by: tuple[str, ...]
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class PairExplanation:
    """Why two would or wouldn't be suggested to each other, under every pattern.

    Attributes
    ----------
    source, target
        The two, as they were asked for.
    patterns
        Those that the two fit, the one that a list would show first, then by priority.
    not_fitting
        Every other pattern, with the ends that it joins.
    best
        The pattern under which a list would show the pair; None where no rule set is met whole.
    """

    source: NodeId
    target: NodeId
    source_name: str
    target_name: str
    patterns: tuple[PatternExplanation, ...]
    not_fitting: tuple[tuple[PatternName, str], ...]
    best: PatternName | None
    model: str
    policy: str
    graph_hash: str
    ledger_hash: str
    as_of: str
    ecosystem: str = ""


def explain_ranked(index: SnapshotIndex, model: ScoringModel, ranked: RankedPair) -> Suggestion:
    """Return a ranked pair as a suggestion, with every contribution and reason; both sides' reasons strongest first."""
    pool = ranked.scored.candidates.pool
    source, target = pool.ends(ranked.other)
    values = dict(zip(ranked.scored.features.names, ranked.scored.features.values[ranked.row].tolist(), strict=True))
    shares = dict(zip(ranked.scored.features.names, ranked.scored.scores.shares[ranked.row].tolist(), strict=True))
    pair = PairSeen(index, pool.pattern, source, target, values)
    counted = [name for name in FEATURES if name in model.patterns[pool.pattern.name].tables]
    families = tuple(dict.fromkeys(FEATURES[name].family for name in counted))
    evidence = {family: find_evidence(pair, family) for family in families}
    equity = _equity(pair)
    score = float(ranked.scored.scores.scores[ranked.row])
    likelihood = likelihood_of(score)
    nodes = index.snapshot.nodes
    ecosystem = index.snapshot.scope.ecosystem or ""
    return Suggestion(
        id=suggestion_id(ecosystem, pool.pattern.name, (nodes[source].id, nodes[target].id)),
        pattern=pool.pattern.name,
        tie=pool.form.tie,
        source=nodes[source].id,
        target=nodes[target].id,
        source_name=index.name(source),
        target_name=index.name(target),
        score=score,
        intercept=ranked.scored.scores.intercept,
        likelihood=likelihood,
        band=band_of(likelihood),
        basis=model.basis,
        gap_value=ranked.gap_value,
        priority=ranked.priority,
        contributions=_contributions(pair, counted, shares, evidence),
        reasons=_reasons(pair, _by_strength(counted, shares, evidence), equity),
        unknowns=find_unknowns(pair, counted),
        notes=(
            *([equity.sentence] if equity is not None else []),
            *_standing_notes(index, ranked.other),
            *_questions(index, ranked.other),
        ),
        confirmed=ranked.confirmed,
    )


def _contributions(
    pair: PairSeen, counted: list[str], shares: dict[str, float], evidence: dict[str, list[Evidence]]
) -> tuple[Contribution, ...]:
    found = []
    for name in counted:
        value = pair.values[name]
        known = not math.isnan(value)
        seen = evidence[FEATURES[name].family] if known and value != 0.0 else []
        facts = tuple(dict.fromkeys(fact for one in seen for fact in one.facts))
        found.append(Contribution(name, FEATURES[name].tag, value if known else None, shares[name], facts))
    return tuple(found)


def _by_strength(counted: list[str], shares: dict[str, float], evidence: dict[str, list[Evidence]]) -> list[Evidence]:
    """Return the evidence that speaks for a pair, that of the family with the largest share first.

    A path that only repeats a shared initiative is told once.
    """
    strength: dict[str, float] = {}
    for name in counted:
        family = FEATURES[name].family
        strength[family] = strength.get(family, 0.0) + shares[name]
    places = {family: place for place, family in enumerate(strength)}
    ordered = sorted(strength, key=lambda family: (-round(strength[family], 9), places[family]))
    found = [one for family in ordered if strength[family] > 0.0 for one in evidence[family]]
    told = {tie for one in found if one.feature == "initiatives" for fact in one.facts for tie in fact.elements}
    return [one for one in found if one.feature != "three_steps" or told.isdisjoint(_elements(one))]


def _elements(evidence: Evidence) -> set[str]:
    return {element for fact in evidence.facts for element in fact.elements}


def _reasons(pair: PairSeen, evidence: list[Evidence], equity: EquityStanding | None) -> dict[Side, tuple[Reason, ...]]:
    first = []
    if equity is not None and equity.qualifies:
        first.append(Evidence(EQUITY_RULE, equity.sentence, _to_college(equity.sentence), equity.facts))
    whole = [*first, *evidence, pattern_evidence(pair)]
    return {
        Side.SOURCE: tuple(_reason(one, one.to_source) for one in whole),
        Side.TARGET: tuple(_reason(one, one.to_target) for one in whole),
    }


def _reason(evidence: Evidence, sentence: str) -> Reason:
    """Return evidence as a reason for one side; the rule of a college tells its own dates."""
    told = sentence if evidence.feature == EQUITY_RULE else with_age(sentence, evidence.facts)
    return Reason(evidence.feature, told, evidence.facts)


def with_age(sentence: str, facts: Sequence[Fact]) -> str:
    """Return a reason that says so where it rests on stale facts, and from when the oldest of them is."""
    age = oldest(fact.dated for fact in facts)
    if age.freshness is not Freshness.STALE:
        return sentence
    part = "" if all(fact.dated.freshness is Freshness.STALE for fact in facts) else "in part "
    dated = "" if age.date in sentence else f"from {age.date}, "
    return f"{sentence.removesuffix('.')} ({part}{dated}stale)."


def _to_college(sentence: str) -> str:
    return f"About your college: {sentence[0].lower()}{sentence[1:]}"


def _equity(pair: PairSeen) -> EquityStanding | None:
    if pair.pattern.name is not PatternName.PCSP_COLLEGE:
        return None
    return equity_standing(pair.index.snapshot, pair.index.organizations, pair.target, pair.source)


def _standing_notes(index: SnapshotIndex, other: int) -> list[str]:
    """Say whether the other hasn't been asked yet whether it wants to take part; in an ecosystem's scope only."""
    if index.snapshot.scope.ecosystem is None:
        return []
    waiting = {None, Participation.INVITED}
    return [
        f"{index.name(one)} is not yet asked."
        for one in index.organizations.bodies(other)
        if index.organizations.is_partner[one] and index.organizations.standing[one] in waiting
    ]


def _questions(index: SnapshotIndex, other: int) -> list[str]:
    """Return what is to be asked before the other is introduced: whether it is still open, where that is contested."""
    found = [
        (index.name(one), find_contested_closing(index.snapshot.records(index.snapshot.nodes[one].id)))
        for one in index.organizations.bodies(other)
    ]
    return [f"{name}: {contested.question}" for name, contested in found if contested is not None]
