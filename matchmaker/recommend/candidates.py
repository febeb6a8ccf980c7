"""Whom to look at closely: everybody of a small pool, of a large one those that something leads to.

Ways that lead to a candidate: a path of two or three steps over recorded ties, a need that an offer meets, likeness of
content, nearness. A partner without a single tie still has the last three, and of whom nothing at all is recorded, the
best tied of every pool are compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.features.geography import surely_apart
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.pairs import Pairs, RoleRows
from matchmaker.recommend.patterns import Pool
from matchmaker.recommend.roles import NEAR_ROLES, OTHER_END_OF, OTHER_ENDS, ROLES, ends_in, roles_of, unpack
from matchmaker.recommend.rows import Rows, spread
from matchmaker.recommend.topology.retrieval import retrieve_three_steps, retrieve_two_steps

Found = tuple[NDArray[np.integer], NDArray[np.integer]]
"""Places of subjects, and a node found for each."""

ALL_UP_TO = 2000
"""Pools up to this size are compared whole."""


class Way(StrEnum):
    """What leads to a candidate."""

    TWO_STEPS = "two_steps"
    THREE_STEPS = "three_steps"
    NEED_MET = "need_met"
    LIKE_CONTENT = "like_content"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Depth:
    """How many are looked at for one subject.

    Attributes
    ----------
    all_up_to
        Pools up to this size are compared whole.
    steps
        How many are found over two steps, and as many over three.
    near
        How many are found near in each large pool, on each side of each curve of places.
    offers
        The same among those who offer, or need, one resource.
    terms, posted
        How many of a subject's most telling words are looked up, and how many nodes are found by each.
    tied
        How many of those already tied are looked at: they may still lack a link of another kind.
    """

    all_up_to: int = ALL_UP_TO
    steps: int = 100
    near: int = 10
    offers: int = 6
    terms: int = 6
    posted: int = 16
    tied: int = 50


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The eligible of one pool that are scored: the third step of a suggestion.

    Attributes
    ----------
    others
        Shape (others,): indices, ascending.
    confirmed
        Shape (others,): False for colleges for which only context speaks.
    whole
        Whether every eligible one is here.
    """

    pool: Pool
    others: NDArray[np.int32]
    confirmed: Mask
    whole: bool


DEFAULT_DEPTH = Depth()
_ANYWHERE = ~NEAR_ROLES & (1 << len(ROLES)) - 1


def find_rows(
    index: SnapshotIndex,
    subjects: NDArray[np.int32],
    pattern: PatternName | None = None,
    depth: Depth = DEFAULT_DEPTH,
) -> RoleRows:
    """Return the pairs to look at of some subjects, under every role (or those of one pattern) that both ends fit.

    Parameters
    ----------
    subjects
        Shape (subjects,): distinct nodes. One subject is a batch of one, and a batch finds the same.

    Notes
    -----
    Costs what stands around the subjects, not the size of the graph.
    """
    wanted = roles_of(pattern)
    large = wanted & ~small_roles(index, depth.all_up_to)
    own = index.roles.own[subjects]
    whole = [*_whole(index, own, wanted & ~large)]
    keys = _joined(index, subjects, wanted, whole) if whole else np.zeros(0, dtype=np.int64)
    if (own & np.uint64(large)).any():
        led = _joined(index, subjects, large, _led(index, subjects, large, depth))
        if len(subjects) > 1 or not len(led):
            alone = np.setdiff1d(np.arange(len(subjects)), led // len(index))
            led = np.concatenate([led, _joined(index, subjects, large, _most_tied(index, subjects, large, alone))])
        keys = _distinct(np.concatenate([keys, led])) if len(keys) or len(subjects) > 1 else led
    ends, others = subjects[keys // len(index)], (keys % len(index)).astype(np.int32)
    bits = _fitting(index, ends, others, wanted)
    held = bits != 0
    return RoleRows(Pairs(index, ends[held], others[held]), *unpack(bits[held]))


def _fitting(
    index: SnapshotIndex, subjects: NDArray[np.int32], others: NDArray[np.int32], roles: int
) -> NDArray[np.uint64]:
    """Return the roles that both ends of each pair fit, but for those whose place rule a glance shows to fail."""
    bits = index.roles.own[subjects] & index.roles.other[others] & np.uint64(roles)
    bits[surely_apart(index.places, index.reach_km, subjects, others)] &= np.uint64(_ANYWHERE)
    return bits


def _distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    ordered = np.sort(keys)
    distinct: NDArray[np.int64] = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return distinct


def small_roles(index: SnapshotIndex, all_up_to: int = ALL_UP_TO) -> int:
    """Return the roles, as bits, whose pools are compared whole."""
    return _small(tuple(index.near.sizes[: len(OTHER_ENDS)].tolist()), all_up_to)


@lru_cache(maxsize=64)
def _small(sizes: tuple[int, ...], all_up_to: int) -> int:
    return sum(1 << role for role, end in enumerate(OTHER_END_OF.tolist()) if sizes[end] <= all_up_to)


def rows_of_pair(index: SnapshotIndex, subject: int, other: int) -> RoleRows:
    """Return one pair under every role that both ends fit, whether or not a way leads from the one to the other."""
    pairs = Pairs(index, np.array([subject], dtype=np.int32), np.array([other], dtype=np.int32))
    return RoleRows(pairs, *unpack(index.roles.own[pairs.subjects] & index.roles.other[pairs.others]))


def find_ways(pairs: Pairs) -> dict[Way, Mask]:
    """Return which ways lead from the subject of each pair to the other."""
    needs = [np.nan_to_num(pairs.measure(name), nan=0.0) for name in ("subject_needs_met", "other_needs_met")]
    return {
        Way.TWO_STEPS: pairs.measure("common_neighbours") > 0.0,
        Way.THREE_STEPS: pairs.measure("three_step_paths") > 0.0,
        Way.NEED_MET: needs[0] + needs[1] > 0.0,
        Way.LIKE_CONTENT: np.nan_to_num(pairs.measure("content_likeness"), nan=0.0) > 0.0,
        Way.NEAR: ~np.isnan(pairs.measure("distance_km")) | (pairs.measure("same_county") == 1.0),
    }


def _joined(index: SnapshotIndex, subjects: NDArray[np.int32], roles: int, found: Iterable[Found]) -> NDArray[np.int64]:
    """Return what was found as distinct numbers of subject and other, ascending, where both fit one of some roles."""
    parts = list(found)
    places = np.concatenate([np.zeros(0, dtype=np.int64), *(part[0] for part in parts)])
    others = np.concatenate([np.zeros(0, dtype=np.int64), *(part[1] for part in parts)])
    fits = _fitting(index, subjects[places], others, roles) != 0
    return _distinct(places[fits] * len(index) + others[fits])


def _whole(index: SnapshotIndex, own: NDArray[np.uint64], roles: int) -> Iterator[Found]:
    """Yield everybody of the small pools."""
    for end, bits in ends_in(roles):
        places = np.flatnonzero(own & np.uint64(bits))
        if len(places):
            members = index.end_members[end]
            yield np.repeat(places, len(members)), np.tile(members, len(places))


def _led(index: SnapshotIndex, subjects: NDArray[np.int32], roles: int, depth: Depth) -> Iterator[Found]:
    """Yield those to whom a way leads."""
    yield from _stepped(index, subjects, depth)
    yield from _wanted(index, subjects, depth)
    yield from _alike(index, subjects, depth)
    yield from _around(index, subjects, roles, depth)


def _stepped(index: SnapshotIndex, subjects: NDArray[np.int32], depth: Depth) -> Iterator[Found]:
    graph = index.topology.direct
    for retrieve in (retrieve_two_steps, retrieve_three_steps):
        found = retrieve(graph, subjects, depth.steps)
        yield np.repeat(np.arange(len(subjects)), np.diff(found.starts)), found.others
    lengths = np.minimum(graph.degrees[subjects], depth.tied)
    slots, places = spread(graph.starts[subjects], lengths)
    yield places, graph.others[slots]


def _wanted(index: SnapshotIndex, subjects: NDArray[np.int32], depth: Depth) -> Iterator[Found]:
    """Yield those near who offer what a subject needs, or need what it offers; and the best tied of unknown place."""
    words, first = len(index.needs.needs.words), len(OTHER_ENDS)
    for mine, shift in ((index.needs.needs, first), (index.needs.offers, first + words)):
        places, statements = mine.rows.expand(subjects)
        if len(places):
            asked = _distinct(places * words + mine.resource[statements])
            places, groups = asked // words, shift + asked % words
            yield from _near_in(index, subjects, places, groups, depth.offers)
            yield _first_of(index.near.unplaced, places, groups, 2 * depth.offers)


def _around(index: SnapshotIndex, subjects: NDArray[np.int32], roles: int, depth: Depth) -> Iterator[Found]:
    """Yield those of each large pool who are near."""
    ends = np.uint64(sum(1 << end for end, _ in ends_in(roles)))
    places, groups = unpack(index.roles.ends[subjects] & ends)
    yield from _near_in(index, subjects, places, groups.astype(np.int64), depth.near)


def _near_in(
    index: SnapshotIndex,
    subjects: NDArray[np.int32],
    places: NDArray[np.int64],
    groups: NDArray[np.int64],
    width: int,
) -> Iterator[Found]:
    """Yield those of groups who are near the subjects at some places, or the best tied where no site is known."""
    starts, nodes = index.places.starts, subjects[places]
    sizes = starts[nodes + 1] - starts[nodes]
    sites, asked = spread(starts[nodes], sizes)
    near, others = index.near.around(groups[asked], sites, width)
    yield places[asked[near]], others
    unplaced = np.flatnonzero(sizes == 0)
    if len(unplaced):
        yield _first_of(index.near.most_tied, places[unplaced], groups[unplaced], 2 * width)


def _first_of(rows: Rows, places: NDArray[np.int64], groups: NDArray[np.int64], count: int) -> Found:
    """Return the first of each group's row, each with the place that it is for."""
    slots, asked = spread(rows.starts[groups], np.minimum(rows.lengths(groups), count))
    return places[asked], rows.values[slots]


def _alike(index: SnapshotIndex, subjects: NDArray[np.int32], depth: Depth) -> Iterator[Found]:
    """Yield those for whom one of a subject's most telling words weighs most."""
    content = index.content
    starts, lengths = content.starts[subjects], content.starts[subjects + 1] - content.starts[subjects]
    slots, places = spread(starts, lengths)
    order = np.lexsort((content.terms[slots], -content.weights[slots].round(9), places))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    kept = order[rank < depth.terms]
    terms, of = content.terms[slots[kept]], places[kept]
    nodes, found = spread(content.posted.starts[terms], np.minimum(content.posted.lengths(terms), depth.posted))
    yield of[found], content.posted.values[nodes]


def _most_tied(
    index: SnapshotIndex, subjects: NDArray[np.int32], roles: int, alone: NDArray[np.int64]
) -> Iterator[Found]:
    """Yield the best tied of every large pool of the subjects to which nothing led."""
    own = index.roles.own[subjects[alone]]
    for end, bits in ends_in(roles) if len(alone) else ():
        held = alone[np.flatnonzero(own & np.uint64(bits))]
        best = index.near.most_tied.of(end)
        yield np.repeat(held, len(best)), np.tile(best, len(held))


def pool_of(index: SnapshotIndex, role: int, subject: int) -> Pool:
    """Return everyone who may stand at the other end of a role from a subject."""
    one = ROLES[role]
    return Pool(one.pattern, one.form, one.side, subject, index.end_members[OTHER_END_OF[role]])
