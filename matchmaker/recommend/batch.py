"""The best of many subjects at once, as arrays: the steps of a list up to its order, without list rules and reasons."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import Finding, InvalidInput
from matchmaker.recommend.candidates import DEFAULT_DEPTH, Depth, find_rows
from matchmaker.recommend.eligibility import find_confirmed, find_eligible
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.measuring import measure_features
from matchmaker.recommend.pairs import RoleRows
from matchmaker.recommend.request import ANYONE, SuggestionRequest
from matchmaker.recommend.scoring.additive import ScoringModel
from matchmaker.recommend.scoring.compiled import compile_model

BLOCK = 512
"""How many subjects are looked at together: enough to share the work, few enough to stay in the processor's cache."""

NOBODY = -1


@dataclass(frozen=True, slots=True, eq=False)
class TopSuggestions:
    """The best of some subjects.

    Attributes
    ----------
    subjects
        Shape (subjects,): indices of nodes.
    others
        Shape (subjects, limit): the best first, -1 where there are fewer.
    scores
        Shape (subjects, limit): log-odds, NaN where there are fewer.
    patterns
        Shape (subjects, limit): codes of `PATTERN_NAMES`, -1 where there are fewer.
    """

    subjects: NDArray[np.int32]
    others: NDArray[np.int32]
    scores: NDArray[np.float64]
    patterns: NDArray[np.int8]


def suggest_all(
    index: SnapshotIndex,
    subjects: NDArray[np.int32],
    model: ScoringModel,
    request: SuggestionRequest = ANYONE,
    depth: Depth = DEFAULT_DEPTH,
) -> TopSuggestions:
    """Return the best of every subject by the request's policy, each pair once, under the pattern that puts it first.

    They are the first of the order from which a list is made: list rules (diversity, slots kept for those not yet
    shown), gap values and reasons are left to the list itself.

    Parameters
    ----------
    subjects
        Shape (subjects,): indices of distinct nodes.

    Raises
    ------
    InvalidInput
        The request is out of range.
    """
    parts = [_best(index, block, model, request, depth) for block in blocks_of(subjects)]
    return _whole(subjects, parts, request.limit)


def suggest_all_with(executor: Executor, workers: int, subjects: NDArray[np.int32], limit: int) -> TopSuggestions:
    """Return what `suggest_all` does, from an executor whose workers hold index, model and request (`hold_index`).

    Parameters
    ----------
    workers
        How many blocks are at work at a time; each worker gets several in turn.
    limit
        The limit of the request that the workers hold.
    """
    shares = [block for block in np.array_split(subjects, 4 * workers) if len(block)]
    return _whole(subjects, list(executor.map(_held_best, shares)), limit)


def blocks_of(subjects: NDArray[np.int32], size: int = BLOCK) -> Iterator[NDArray[np.int32]]:
    """Yield subjects in blocks.

    >>> [block.tolist() for block in blocks_of(np.arange(5, dtype=np.int32), 2)]
    [[0, 1], [2, 3], [4]]
    """
    for first in range(0, len(subjects), size):
        yield subjects[first : first + size]


class _Held:
    """What a worker process was given when it began."""

    asked: tuple[SnapshotIndex, ScoringModel, SuggestionRequest] | None = None


def hold_index(index: SnapshotIndex, model: ScoringModel, request: SuggestionRequest) -> None:
    """Give a worker process what it works with; an executor's initializer.

    With the start method ``fork`` nothing is copied.
    """
    _Held.asked = (index, model, request)


def _held_best(subjects: NDArray[np.int32]) -> TopSuggestions:
    if _Held.asked is None:
        raise InvalidInput([Finding("a worker was given no index", "executor", "", "initializer=hold_index")])
    index, model, request = _Held.asked
    return suggest_all(index, subjects, model, request)


def _best(
    index: SnapshotIndex, subjects: NDArray[np.int32], model: ScoringModel, request: SuggestionRequest, depth: Depth
) -> TopSuggestions:
    rows = find_rows(index, subjects, request.pattern, depth)
    eligible = find_eligible(rows, context_colleges=request.context_colleges).compacted()
    compiled = compile_model(model)
    values = measure_features(eligible, compiled.names).values
    scores = compiled.scores_of(compiled.shares_of(values, eligible.patterns), eligible.patterns)
    closed = np.zeros(len(scores))
    priorities = request.get_policy().priorities(index, eligible.others, scores, closed)
    kept = _first_of_each(eligible, priorities, find_confirmed(eligible), subjects)
    return _table(subjects, eligible.where(kept), scores[kept], request.limit)


def _first_of_each(
    rows: RoleRows, priorities: NDArray[np.float64], confirmed: NDArray[np.bool_], subjects: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return the rows in order, subject by subject, each pair under the pattern that puts it first."""
    by_pair = np.lexsort((rows.roles, -priorities, ~confirmed, rows.rows))
    pairs = rows.rows[by_pair]
    best = by_pair[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
    places = np.argsort(subjects, kind="stable")
    of = places[np.searchsorted(subjects[places], rows.subjects[best])]
    ordered: NDArray[np.int64] = best[np.lexsort((rows.others[best], -priorities[best], ~confirmed[best], of))]
    return ordered


def _table(subjects: NDArray[np.int32], rows: RoleRows, scores: NDArray[np.float64], limit: int) -> TopSuggestions:
    places = np.argsort(subjects, kind="stable")
    of = places[np.searchsorted(subjects[places], rows.subjects)]
    begins = np.searchsorted(of, np.arange(len(subjects)))
    rank = np.arange(len(of)) - begins[of]
    top = rank < limit
    shape = (len(subjects), limit)
    others, patterns = np.full(shape, NOBODY, dtype=np.int32), np.full(shape, NOBODY, dtype=np.int8)
    found = np.full(shape, np.nan)
    others[of[top], rank[top]] = rows.others[top]
    patterns[of[top], rank[top]] = rows.patterns[top]
    found[of[top], rank[top]] = scores[top]
    return TopSuggestions(subjects, others, found, patterns)


def _whole(subjects: NDArray[np.int32], parts: Sequence[TopSuggestions], limit: int) -> TopSuggestions:
    none = np.zeros((0, limit))
    return TopSuggestions(
        subjects,
        np.concatenate([none.astype(np.int32), *(part.others for part in parts)]),
        np.concatenate([none, *(part.scores for part in parts)]),
        np.concatenate([none.astype(np.int8), *(part.patterns for part in parts)]),
    )
