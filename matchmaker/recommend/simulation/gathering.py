"""From a snapshot to the world of a simulation, by the steps that every list takes."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import Label, Locale, PatternName
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.patterns import PATTERNS
from matchmaker.recommend.policies import get_policy, joining_of
from matchmaker.recommend.ranking import RankedRows, rank_pairs
from matchmaker.recommend.rules.standing import has_room, is_open
from matchmaker.recommend.scored import score_subject
from matchmaker.recommend.scoring.additive import PiecewiseTable, ScoringModel
from matchmaker.recommend.simulation.world import TOPOLOGY, Floats, Mask, Nodes, SimulatedWorld, plant_chances

SMALL = 2
"""Partners with this many ties or fewer at the start are small."""

NEW_BEFORE_DAYS = 2 * 365
"""Partners that joined this lately at the start are new."""

Chances = Mapping[tuple[str, str], float]
"""The chance of a pair's link by the ids of its ends, whichever comes first."""


def gather_world(
    index: SnapshotIndex, model: ScoringModel, seed: int, chances: Chances | None = None
) -> SimulatedWorld:
    """Return the world of a snapshot: every active partner with all whom it may be suggested, each pair once.

    A pair stays under the kind of link that puts it first at the start.

    Parameters
    ----------
    seed
        Decides the planted chances.
    chances
        Chances planted elsewhere; then only pairs that have one take part.
    """
    subjects = [number for number, _ in index.snapshot.iter_nodes(Label.PARTNER) if _is_active(index, number)]
    columns = [_columns(_ranked(index, number, model), number) for number in subjects]
    owners, others, patterns, fixed = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    if chances is None:
        planted = plant_chances(len(index), owners, others, fixed - fixed.mean(), seed)
    else:
        planted = _known(index, owners, others, chances)
        kept = ~np.isnan(planted)
        owners, others, patterns, fixed, planted = (a[kept] for a in (owners, others, patterns, fixed, planted))
    active = np.zeros(len(index), dtype=bool)
    active[subjects] = True
    first, second = _ties(index)
    everyone, joining = np.arange(len(index), dtype=np.int32), joining_of(index.snapshot)
    days = joining.days_of(everyone)
    return SimulatedWorld(
        first,
        second,
        index.topology.between,
        owners,
        others,
        patterns,
        fixed,
        tuple(_growing(model, name) for name in PATTERNS),
        planted,
        joining.newness_of(everyone),
        _groups(index),
        active,
        {
            "small": np.asarray(index.topology.degrees) <= SMALL,
            "rural": _rural(index),
            "new": days <= NEW_BEFORE_DAYS,
        },
    )


def _growing(model: ScoringModel, pattern: PatternName) -> dict[str, PiecewiseTable]:
    """Return the tables of a kind of link that read the growing graph."""
    return {name: table for name, table in model.patterns[pattern].tables.items() if name in TOPOLOGY}


def _is_active(index: SnapshotIndex, number: int) -> bool:
    return bool(index.snapshot.member[number]) and is_open(index, number) and has_room(index, number)


def _ranked(index: SnapshotIndex, number: int, model: ScoringModel) -> RankedRows:
    scored = score_subject(index, number, model)
    return rank_pairs(index, scored, get_policy("likely"))


def _columns(ranked: RankedRows, number: int) -> tuple[Nodes, Nodes, NDArray[np.int8], Floats]:
    """Return a subject's pairs: who, whom, under which kind of link, and the score without what the graph says."""
    codes = {name: code for code, name in enumerate(PATTERNS)}
    fixed, patterns = ranked.scores.copy(), np.zeros(len(ranked), dtype=np.int8)
    for pool, scored in enumerate(ranked.scored):
        columns = [column for column, name in enumerate(scored.features.names) if name in TOPOLOGY]
        of_pool = ranked.pools == pool
        fixed[of_pool] -= scored.scores.shares[ranked.rows[of_pool]][:, columns].sum(axis=1)
        patterns[of_pool] = codes[scored.candidates.pool.pattern.name]
    return np.full(len(ranked), number, dtype=np.int32), ranked.others, patterns, fixed


def _known(index: SnapshotIndex, owners: Nodes, others: Nodes, chances: Chances) -> Floats:
    ids = [node.id for node in index.snapshot.nodes]
    ends = zip(owners.tolist(), others.tolist(), strict=True)
    found = (chances.get((ids[one], ids[other]), chances.get((ids[other], ids[one]))) for one, other in ends)
    return np.array([np.nan if chance is None else chance for chance in found])


def _ties(index: SnapshotIndex) -> tuple[Nodes, Nodes]:
    """Return every tie of the relation graph once, the lower end first."""
    rows = [np.asarray(index.topology.neighbours(number), dtype=np.int32) for number in range(len(index))]
    first = np.repeat(np.arange(len(index), dtype=np.int32), [len(row) for row in rows])
    second = np.concatenate(rows)
    return first[first < second], second[first < second]


def _groups(index: SnapshotIndex) -> Nodes:
    groups = np.full((len(index), 2), -1, dtype=np.int32)
    groups[:, 0] = index.organizations.sector
    codes: dict[int | str, int] = {}
    for number in range(len(index)):
        for county in list(index.places.counties[number])[:1]:
            groups[number, 1] = codes.setdefault(county, len(codes))
    return groups


def _rural(index: SnapshotIndex) -> Mask:
    rural = np.zeros(len(index), dtype=bool)
    for number, node in index.snapshot.iter_nodes(Label.PARTNER):
        rural[number] = node.get_text("locale") == Locale.RURAL
    return rural
