"""The order of the steps: patterns, eligibility, candidates, features, scores, ranking, list rules, reasons."""

from collections.abc import Iterable

import numpy as np

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.suggestion import SuggestionList
from matchmaker.recommend.candidates import find_ways, rows_of_pair
from matchmaker.recommend.counterfactual import find_just_below
from matchmaker.recommend.eligibility import judge_pair
from matchmaker.recommend.explanation import (
    PairExplanation,
    PatternExplanation,
    explain_listing,
    explain_ranked,
    find_help,
    place_explained,
)
from matchmaker.recommend.exposure import hash_with_exposure
from matchmaker.recommend.index import SnapshotIndex, index_snapshot
from matchmaker.recommend.patterns import PATTERNS
from matchmaker.recommend.pools import check_subject, ends_words
from matchmaker.recommend.ranking import GapValue, Scored, compose_list, rank_pairs
from matchmaker.recommend.request import ANYONE, SuggestionRequest
from matchmaker.recommend.scored import score_rows, score_subject
from matchmaker.recommend.scoring.additive import ScoringModel
from matchmaker.recommend.scoring.prior import prior_model


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
    policy, index, model = request.get_policy(), index_snapshot(snapshot), request.model or prior_model()
    number = snapshot.index_of(subject_id)
    check_subject(index, number)
    scored = _score_all(index, number, request, model)
    ranking = rank_pairs(index, scored, policy, gap_value, request.exposure)
    listing = compose_list(index, number, ranking, request)
    return SuggestionList(
        subject=snapshot.nodes[number].id,
        subject_name=index.name(number),
        suggestions=explain_listing(index, model, policy, listing),
        policy=policy.used(),
        model=model_version(index, model),
        seed=request.seed,
        graph_hash=snapshot.graph_hash,
        ledger_hash=hash_with_exposure(index.ledger_hash, request.exposure),
        as_of=snapshot.as_of.isoformat(),
        ecosystem=snapshot.scope.ecosystem or "",
        notes=_notes(scored, len(ranking)),
        cycle=request.exposure.cycle,
        kept_cost=listing.kept_cost,
        just_below=find_just_below(index, model, policy, listing, ranking),
    )


def explain(
    snapshot: Snapshot,
    source_id: str,
    target_id: str,
    request: SuggestionRequest = ANYONE,
    gap_value: GapValue | None = None,
) -> PairExplanation:
    """Return why two would or wouldn't be suggested to each other, under every pattern, whichever way round.

    Where the target stands in the source's list, and what would move it up, is told of the list that ``request`` asks
    for.

    Raises
    ------
    NotFound
        The scope doesn't hold one of them.
    InvalidInput
        No suggestions are made for such a thing.
    """
    index, model, policy = index_snapshot(snapshot), request.model or prior_model(), request.get_policy()
    numbers = snapshot.index_of(source_id), snapshot.index_of(target_id)
    for number in numbers:
        check_subject(index, number)
    subject, other = numbers
    ids = [node.id for node in snapshot.nodes]
    found = []
    rows = rows_of_pair(index, subject, other)
    ways = tuple(way.value for way, mask in find_ways(rows.pairs).items() if mask[0])
    for place in range(len(rows)):
        row = rows.where(np.array([place]))
        rules = judge_pair(row, context_colleges=request.context_colleges)
        met = all(rule.met for rule in rules)
        ranked = rank_pairs(index, score_rows(row, model, eligible=met), policy, gap_value, request.exposure)[0]
        suggestion = explain_ranked(index, model, ranked)
        pattern = ranked.scored.candidates.pool.pattern.name
        found.append((ranked, PatternExplanation(pattern, met, rules, ways, suggestion, find_help(rules))))
    ordered = [one for ranked, one in sorted(found, key=lambda pair: (not pair[1].eligible, pair[0].order()))]
    fitting = {one.pattern for one in ordered}
    place = 0
    if ordered and ordered[0].eligible:
        ranking = rank_pairs(index, _score_all(index, subject, request, model), policy, gap_value, request.exposure)
        listing = compose_list(index, subject, ranking, request)
        place, best = place_explained(index, model, policy, (ranking, listing), ordered[0])
        ordered[0] = best
    return PairExplanation(
        source=ids[numbers[0]],
        target=ids[other],
        source_name=index.name(numbers[0]),
        target_name=index.name(other),
        patterns=tuple(ordered),
        not_fitting=tuple((name, ends_words(one)) for name, one in PATTERNS.items() if name not in fitting),
        best=ordered[0].pattern if ordered and ordered[0].eligible else None,
        model=model_version(index, model),
        policy=policy.used(),
        graph_hash=snapshot.graph_hash,
        ledger_hash=hash_with_exposure(index.ledger_hash, request.exposure),
        as_of=snapshot.as_of.isoformat(),
        ecosystem=snapshot.scope.ecosystem or "",
        place=place,
        cycle=request.exposure.cycle,
        times_shown=(request.exposure.times(ids[numbers[0]]), request.exposure.times(ids[other])),
    )


def model_version(index: SnapshotIndex, model: ScoringModel) -> str:
    """Return the model's id with the digest of what was fitted to the snapshot."""
    return f"{model.id}+content-{index.content.version}"


def _score_all(index: SnapshotIndex, subject: int, request: SuggestionRequest, model: ScoringModel) -> list[Scored]:
    return score_subject(index, subject, model, request.pattern, context_colleges=request.context_colleges)


def _notes(scored: Iterable[Scored], ranked: int) -> tuple[str, ...]:
    """Say how many were compared, and whether somebody was left out of the comparison for their number."""
    whole = all(one.candidates.whole for one in scored)
    if not ranked:
        return ("Nobody here meets every rule; explain a pair to see which one fails.",)
    if whole:
        return (f"All who meet every rule were compared: {ranked}.",)
    return (f"Compared: {ranked} to whom a tie, a need, likeness or nearness leads.",)
