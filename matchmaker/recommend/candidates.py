"""Whom of the eligible to look at closely: all of them while they are few, else those that something leads to.

Ways that lead to a candidate: a path of two or three steps over recorded ties, a need that an offer meets, likeness of
content, nearness. A partner without a single tie still has the last three.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.eligibility import Eligible
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.patterns import Pool
from matchmaker.recommend.subject import Subject

ALL_UP_TO = 2000
"""Pools up to this size are compared whole."""

NEAREST = 200
"""How many of the nearest, and of the most alike, are retrieved from a larger pool."""


class Way(StrEnum):
    """What leads to a candidate."""

    TWO_STEPS = "two_steps"
    THREE_STEPS = "three_steps"
    NEED_MET = "need_met"
    LIKE_CONTENT = "like_content"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Candidates:
    """The eligible that are scored: the third step of a suggestion.

    Attributes
    ----------
    others
        Shape (others,): indices, ascending.
    confirmed
        Shape (others,): see `Eligible`.
    ways
        For each way, shape (others,): whether it leads there.
    whole
        Whether every eligible one is here.
    """

    pool: Pool
    others: NDArray[np.int32]
    confirmed: Mask
    ways: dict[Way, Mask]
    whole: bool


def find_candidates(subject: Subject, eligible: Eligible, *, all_up_to: int = ALL_UP_TO) -> Candidates:
    """Return the eligible ones to score: all of up to ``all_up_to``, else those that some way leads to."""
    ways = find_ways(subject, eligible.pool, eligible.others)
    if len(eligible.others) <= all_up_to:
        return Candidates(eligible.pool, eligible.others, eligible.confirmed, ways, whole=True)
    led = np.any(list(ways.values()), axis=0)
    kept = {way: mask[led] for way, mask in ways.items()}
    return Candidates(eligible.pool, eligible.others[led], eligible.confirmed[led], kept, whole=False)


def find_ways(subject: Subject, pool: Pool, others: NDArray[np.int32]) -> dict[Way, Mask]:
    """Return which ways lead from the subject to each of some others."""
    needs = [subject.measure(name, pool.side)[others] for name in ("source_needs_met", "target_needs_met")]
    likeness = np.nan_to_num(subject.measure("content_likeness", pool.side)[others], nan=0.0)
    distance = np.nan_to_num(subject.distance_km[others], nan=np.inf)
    return {
        Way.TWO_STEPS: subject.topology["common_neighbours"][others] > 0.0,
        Way.THREE_STEPS: subject.topology["three_step_paths"][others] > 0.0,
        Way.NEED_MET: np.nan_to_num(needs[0], nan=0.0) + np.nan_to_num(needs[1], nan=0.0) > 0.0,
        Way.LIKE_CONTENT: _first(-likeness, likeness > 0.0),
        Way.NEAR: _first(distance, np.isfinite(distance)) | (subject.same_county[others] == 1.0),
    }


def _first(values: NDArray[np.float64], known: Mask) -> Mask:
    """Return which values are among the `NEAREST` lowest of the known ones; equal ones by position."""
    mask = np.zeros(len(values), dtype=bool)
    order = np.argsort(values, kind="stable")
    mask[order[known[order]][:NEAREST]] = True
    return mask
