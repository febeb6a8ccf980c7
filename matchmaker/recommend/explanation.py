"""From a ranked pair to a suggestion: contributions, reasons for both sides, unknowns, notes."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from matchmaker.model.freshness import Freshness, oldest
from matchmaker.model.ids import NodeId
from matchmaker.model.records import find_contested_closing
from matchmaker.model.suggestion import (
    NOT_SHOWN,
    Contribution,
    Fact,
    LocalLikelihood,
    PolicyUsed,
    Reason,
    SideLikelihood,
    Suggestion,
    suggestion_id,
)
from matchmaker.model.vocabulary import Participation, PatternName, Side, Visibility
from matchmaker.recommend.counterfactual import find_counterfactual
from matchmaker.recommend.equity import EquityStanding, equity_standing
from matchmaker.recommend.evidence import Evidence
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.introducers import Introducers
from matchmaker.recommend.policies import PriorityPolicy
from matchmaker.recommend.ranking import Listing, RankedPair, Ranking
from matchmaker.recommend.reasons import PairSeen, find_evidence, pattern_evidence
from matchmaker.recommend.rules.rule import RuleOutcome
from matchmaker.recommend.scoring.additive import (
    OUTCOME_WORDS,
    SCORE_DIGITS,
    PatternModel,
    ScoringModel,
    band_of,
    likelihood_of,
)
from matchmaker.recommend.scoring.intervals import likelihood_interval, side_interval
from matchmaker.recommend.unknowns import find_unknowns

EQUITY_RULE = "equity_rule"
"""The feature name of the reason that says by which rule a college counts as equity-focused."""

MAXIMUM_REASONS = 4
"""How many reasons one side gets in a list."""

_OPEN = frozenset({Visibility.PUBLIC, Visibility.ECOSYSTEM})


@dataclass(frozen=True, slots=True)
class PatternExplanation:
    """One pattern that a pair's ends fit: every rule met or failed, and the suggestion that it would make.

    Attributes
    ----------
    eligible
        Whether every rule is met; where one isn't, the suggestion is never listed and shows the contributions only.
    found_by
        Which ways lead from the one to the other.
    would_help
        What would make it eligible, where that is one thing that can change; else empty.
    """

    pattern: PatternName
    eligible: bool
    rules: tuple[RuleOutcome, ...]
    found_by: tuple[str, ...]
    suggestion: Suggestion
    would_help: str = ""


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
    place
        Where the target stands in the order of all that the source could be shown, counted from 1; 0 where it doesn't.
    cycle, times_shown
        How often source and target have been shown to staff in the cycle.
    """

    source: NodeId
    target: NodeId
    source_name: str
    target_name: str
    patterns: tuple[PatternExplanation, ...]
    not_fitting: tuple[tuple[PatternName, str], ...]
    best: PatternName | None
    model: str
    policy: PolicyUsed
    graph_hash: str
    ledger_hash: str
    as_of: str
    ecosystem: str = ""
    place: int = 0
    cycle: str = ""
    times_shown: tuple[int, int] = (0, 0)


def explain_listing(
    index: SnapshotIndex, model: ScoringModel, policy: PriorityPolicy, listing: Listing
) -> tuple[Suggestion, ...]:
    """Return a list's suggestions in order, each with its strongest reasons and what would move it up.

    Evidence is looked for only as far as somebody may read it: see `MAXIMUM_REASONS`.
    """
    introducers = Introducers(index)
    return tuple(
        replace(
            explain_ranked(index, model, slot.pair, whole=False, introducers=introducers),
            counterfactual=find_counterfactual(index, model, policy, listing, (slot.pair, slot.place)),
            showing=slot.showing,
        )
        for slot in listing.slots
    )


def place_explained(
    index: SnapshotIndex,
    model: ScoringModel,
    policy: PriorityPolicy,
    ranked: tuple[Ranking, Listing],
    best: PatternExplanation,
) -> tuple[int, PatternExplanation]:
    """Return where an explained pair stands in its subject's order, and the explanation with what would move it up.

    The place is 0 where the pair isn't among those that were compared.
    """
    ranking, listing = ranked
    suggestion = best.suggestion
    ends = {index.snapshot.index_of(suggestion.source), index.snapshot.index_of(suggestion.target)}
    for place in np.flatnonzero(np.isin(ranking.others, list(ends))).tolist():
        pair = ranking[place]
        slot = next((slot for slot in listing.slots if slot.place == place), None)
        showing = slot.showing if slot is not None else NOT_SHOWN
        told = find_counterfactual(index, model, policy, listing, (pair, place))
        return place + 1, replace(best, suggestion=replace(suggestion, showing=showing, counterfactual=told))
    return 0, best


def find_help(rules: Sequence[RuleOutcome]) -> str:
    """Return what would make an excluded pair eligible, where one rule alone stands in the way and can change.

    >>> find_help([RuleOutcome("open", True, "Both are open."), RuleOutcome("has_room", False, "The zoo is full.")])
    'It could be suggested if that one said that it can take on more.'
    """
    failed = [rule.name for rule in rules if not rule.met]
    return _WOULD_HELP.get(failed[0], "") if len(failed) == 1 else ""


_WOULD_HELP: Mapping[str, str] = MappingProxyType(
    {
        "has_room": "It could be suggested if that one said that it can take on more.",
        "accepts_requests": "It could be suggested once an open request is answered.",
        "not_frozen": "It could be suggested again after that day.",
        "next_stage": "It could be suggested if a stage of the one followed a stage of the other.",
        "matching_field": "It could be suggested if a shared field of study were recorded.",
        "within_reach": "It could be suggested if a site of theirs within reach were recorded.",
    }
)


def explain_ranked(
    index: SnapshotIndex,
    model: ScoringModel,
    ranked: RankedPair,
    *,
    whole: bool = True,
    introducers: Introducers | None = None,
) -> Suggestion:
    """Return a ranked pair as a suggestion, with every contribution; both sides' reasons strongest first.

    Parameters
    ----------
    whole
        Whether to tell every reason, and the facts behind every contribution. Else reasons are told until
        `MAXIMUM_REASONS` are found that any partner in the ecosystem may read, and facts with these contributions.
    introducers
        Where introducers are found, shared by the pairs of a list.
    """
    pool = ranked.scored.candidates.pool
    source, target = pool.ends(ranked.other)
    values = dict(zip(ranked.scored.features.names, ranked.scored.features.values[ranked.row].tolist(), strict=True))
    shares = dict(zip(ranked.scored.features.names, ranked.scored.scores.shares[ranked.row].tolist(), strict=True))
    pair = PairSeen(index, pool.pattern, source, target, values)
    counted = [name for name in FEATURES if name in model.patterns[pool.pattern.name].tables]
    equity = _equity(pair)
    seen = _Seen(pair)
    reasons = _reasons(seen, strongest_families(counted, shares), equity, whole=whole)
    if whole:
        seen.look_at(FEATURES[name].family for name in counted)
    score = float(ranked.scored.scores.scores[ranked.row])
    likelihood, scorer = likelihood_of(score), model.patterns[pool.pattern.name]
    nodes = index.snapshot.nodes
    ecosystem = index.snapshot.scope.ecosystem or ""
    return Suggestion(
        id=suggestion_id(
            ecosystem,
            pool.pattern.name,
            (nodes[source].id, nodes[target].id),
            index.ledger.round_of(pool.pattern.name, source, target),
        ),
        pattern=pool.pattern.name,
        tie=pool.form.tie,
        source=nodes[source].id,
        target=nodes[target].id,
        source_name=index.name(source),
        target_name=index.name(target),
        score=score,
        intercept=ranked.scored.scores.intercept,
        likelihood=likelihood,
        band=band_of(likelihood_of(score + scorer.level)),
        basis=scorer.basis,
        local=_local_likelihood(scorer, values),
        sides=_side_likelihoods(scorer, score),
        gap_value=ranked.gap_value,
        priority=ranked.priority,
        contributions=_contributions(pair, counted, shares, seen.evidence),
        reasons=reasons,
        unknowns=find_unknowns(pair, counted),
        notes=(
            *([equity.sentence] if equity is not None else []),
            *_standing_notes(index, ranked.other),
            *_questions(index, ranked.other),
        ),
        confirmed=ranked.confirmed,
        introducer=(introducers or Introducers(index)).find(pool.form, source, target),
    )


def _local_likelihood(scorer: PatternModel, values: Mapping[str, float]) -> LocalLikelihood | None:
    """Return what a fitted likelihood is of, on how much it rests, and how sure that makes it."""
    ends = likelihood_interval(scorer, values)
    if scorer.fit is None or ends is None:
        return None
    return LocalLikelihood(*ends, scorer.fit.evidence, OUTCOME_WORDS[scorer.fit.outcome])


def _side_likelihoods(scorer: PatternModel, score: float) -> dict[Side, SideLikelihood]:
    """Return the chance that each side says it is interested, where the scorer knows."""
    found = {}
    for side, fit in scorer.sides.items():
        low, middle, high = side_interval(fit, score + scorer.level)
        found[side] = SideLikelihood(middle, low, high, fit.evidence)
    return found


def _contributions(
    pair: PairSeen, counted: list[str], shares: dict[str, float], evidence: Mapping[str, list[Evidence]]
) -> tuple[Contribution, ...]:
    found = []
    for name in counted:
        value = pair.values[name]
        known = not math.isnan(value)
        seen = evidence.get(FEATURES[name].family, []) if known and value != 0.0 else []
        facts = tuple(dict.fromkeys(fact for one in seen for fact in one.facts))
        found.append(Contribution(name, FEATURES[name].tag, value if known else None, shares[name], facts))
    return tuple(found)


class _Seen:
    """The evidence for a pair, looked for family by family and kept."""

    def __init__(self, pair: PairSeen) -> None:
        self.pair = pair
        self.evidence: dict[str, list[Evidence]] = {}

    def of(self, family: str) -> list[Evidence]:
        """Return the evidence of a family."""
        if family not in self.evidence:
            self.evidence[family] = find_evidence(self.pair, family)
        return self.evidence[family]

    def look_at(self, families: Iterable[str]) -> None:
        """Look for the evidence of some families."""
        for family in families:
            self.of(family)


def strongest_families(counted: Sequence[str], shares: Mapping[str, float]) -> dict[str, float]:
    """Return the families of features that speak for a pair with their shares, the largest first.

    >>> strongest_families(["distance_km", "stage_fit"], {"distance_km": -0.1, "stage_fit": 0.4})
    {'stage_fit': 0.4}
    """
    strength: dict[str, float] = {}
    for name in counted:
        family = FEATURES[name].family
        strength[family] = strength.get(family, 0.0) + shares[name]
    rounded = {family: round(share, SCORE_DIGITS) for family, share in strength.items() if share > 0.0}
    return dict(sorted(rounded.items(), key=lambda pair: -pair[1]))


def _elements(evidence: Iterable[Evidence]) -> set[str]:
    return {element for one in evidence for fact in one.facts for element in fact.elements}


def _reasons(
    seen: _Seen, families: Mapping[str, float], equity: EquityStanding | None, *, whole: bool
) -> dict[Side, tuple[Reason, ...]]:
    """Return both sides' reasons; a path that only repeats a shared initiative is told once."""
    told: list[Evidence] = []
    if equity is not None and equity.qualifies:
        told.append(Evidence(EQUITY_RULE, equity.sentence, _to_college(equity.sentence), equity.facts))
    least = math.inf
    for family, share in families.items():
        # Equal ones go together: from the other side they may come in another order.
        if not whole and share < least and _readable(told) >= MAXIMUM_REASONS:
            break
        least = share
        found = seen.of(family)
        if family == "three_steps" and "initiatives" in families:
            repeated = _elements(seen.of("initiatives"))
            found = [one for one in found if repeated.isdisjoint(_elements([one]))]
        told += found
    if whole or _readable(told) < MAXIMUM_REASONS:
        told.append(pattern_evidence(seen.pair))
    return {
        Side.SOURCE: tuple(_reason(one, one.to_source) for one in told),
        Side.TARGET: tuple(_reason(one, one.to_target) for one in told),
    }


def _readable(told: Sequence[Evidence]) -> int:
    """Return how many pieces of evidence any partner in the ecosystem may read."""
    return sum(all(fact.visibility in _OPEN for fact in one.facts) for one in told)


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
