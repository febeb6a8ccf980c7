"""The order of the steps: patterns, eligibility, candidates, features, scores, ranking, list rules, reasons."""

from collections.abc import Iterable

import numpy as np

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.suggestion import SuggestionList
from matchmaker.recommend.candidates import Candidates, find_candidates, find_ways
from matchmaker.recommend.eligibility import find_eligible, judge_pair
from matchmaker.recommend.explanation import PairExplanation, PatternExplanation, explain_ranked
from matchmaker.recommend.index import SnapshotIndex, index_snapshot
from matchmaker.recommend.measuring import measure_features
from matchmaker.recommend.patterns import PATTERNS, Pool
from matchmaker.recommend.pools import check_subject, ends_words, find_pools
from matchmaker.recommend.ranking import (
    GapValue,
    RankedPair,
    Scored,
    apply_list_rules,
    diversity,
    get_policy,
    rank_pairs,
)
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.scoring.additive import ScoringModel, score_features
from matchmaker.recommend.scoring.prior import prior_model
from matchmaker.recommend.subject import Subject


def suggest(
    snapshot: Snapshot, subject_id: str, request: SuggestionRequest, gap_value: GapValue | None = None
) -> SuggestionList:
    """Return whom a partner, program, initiative or ecosystem should meet, best first.

    Parameters
    ----------
    snapshot
        The scope and day; equal snapshots give equal lists.
    gap_value
        How much of the ecosystem's gaps a link closes; nothing where it is None.

    Raises
    ------
    NotFound
        The scope doesn't hold the subject.
    InvalidInput
        The request is out of range, or no suggestions are made for such a thing.
    """
    policy, index, model = request.get_policy(), index_snapshot(snapshot), prior_model()
    number = snapshot.index_of(subject_id)
    check_subject(index, number)
    subject = Subject(index, number)
    pools = find_pools(index, number, request.pattern)
    eligible = [find_eligible(subject, pool, context_colleges=request.context_colleges) for pool in pools]
    scored = [_score(subject, find_candidates(subject, one), model) for one in eligible]
    ranked = rank_pairs([node.id for node in snapshot.nodes], scored, policy, gap_value)
    chosen = apply_list_rules(ranked, request.limit, diversity(index.organizations, request.limit))
    return SuggestionList(
        subject=snapshot.nodes[number].id,
        subject_name=index.name(number),
        suggestions=tuple(explain_ranked(index, model, pair) for pair in chosen),
        policy=policy.name,
        model=model_version(index, model),
        seed=request.seed,
        graph_hash=snapshot.graph_hash,
        ledger_hash=index.ledger_hash,
        as_of=snapshot.as_of.isoformat(),
        ecosystem=snapshot.scope.ecosystem or "",
        notes=_notes(scored, ranked),
    )


def explain(
    snapshot: Snapshot, source_id: str, target_id: str, policy: str = "balanced", gap_value: GapValue | None = None
) -> PairExplanation:
    """Return why two would or wouldn't be suggested to each other, under every pattern, whichever way round.

    Raises
    ------
    NotFound
        The scope doesn't hold one of them.
    InvalidInput
        No suggestions are made for such a thing.
    """
    index, model, by = index_snapshot(snapshot), prior_model(), get_policy(policy)
    numbers = snapshot.index_of(source_id), snapshot.index_of(target_id)
    for number in numbers:
        check_subject(index, number)
    subject, other = Subject(index, numbers[0]), numbers[1]
    ids = [node.id for node in snapshot.nodes]
    found = []
    for pool in find_pools(index, subject.number):
        if other in pool.others:
            alone = _alone(subject, pool, other)
            rules = judge_pair(subject, pool, other)
            ranked = rank_pairs(ids, [_score(subject, alone, model)], by, gap_value)[0]
            ways = tuple(way.value for way, mask in alone.ways.items() if mask[0])
            suggestion = explain_ranked(index, model, ranked)
            met = all(rule.met for rule in rules)
            found.append((ranked, PatternExplanation(pool.pattern.name, met, rules, ways, suggestion)))
    ordered = [one for ranked, one in sorted(found, key=lambda pair: (not pair[1].eligible, pair[0].order()))]
    fitting = {one.pattern for one in ordered}
    return PairExplanation(
        source=ids[numbers[0]],
        target=ids[other],
        source_name=index.name(numbers[0]),
        target_name=index.name(other),
        patterns=tuple(ordered),
        not_fitting=tuple((name, ends_words(one)) for name, one in PATTERNS.items() if name not in fitting),
        best=ordered[0].pattern if ordered and ordered[0].eligible else None,
        model=model_version(index, model),
        policy=by.name,
        graph_hash=snapshot.graph_hash,
        ledger_hash=index.ledger_hash,
        as_of=snapshot.as_of.isoformat(),
        ecosystem=snapshot.scope.ecosystem or "",
    )


def model_version(index: SnapshotIndex, model: ScoringModel) -> str:
    """Return the model's id with the digest of what was fitted to the snapshot."""
    return f"{model.id}+content-{index.content.version}"


def _score(subject: Subject, candidates: Candidates, model: ScoringModel) -> Scored:
    features = measure_features(subject, candidates.pool, candidates.others)
    return Scored(candidates, features, score_features(model.patterns[candidates.pool.pattern.name], features))


def _alone(subject: Subject, pool: Pool, other: int) -> Candidates:
    others = np.array([other], dtype=np.int32)
    eligible = find_eligible(subject, pool.narrowed(others))
    confirmed = eligible.confirmed if len(eligible.others) else np.zeros(1, dtype=bool)
    return Candidates(pool, others, confirmed, find_ways(subject, pool, others), whole=True)


def _notes(scored: Iterable[Scored], ranked: list[RankedPair]) -> tuple[str, ...]:
    """Say how many were compared, and whether somebody was left out of the comparison for their number."""
    whole = all(one.candidates.whole for one in scored)
    if not ranked:
        return ("Nobody here meets every rule; explain a pair to see which one fails.",)
    if whole:
        return (f"All who meet every rule were compared: {len(ranked)}.",)
    return (f"Compared: {len(ranked)} to whom a tie, a need, likeness or nearness leads.",)
