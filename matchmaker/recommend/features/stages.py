"""Stage fit: whether two serve the same stages of a student's pathway, or one serves the stage after the other's."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.reference import NEXT_STAGES, STAGE_NAMES
from matchmaker.model.suggestion import Fact
from matchmaker.model.vocabulary import Label, OrganizationType, StageTerm, TieType
from matchmaker.recommend.evidence import Evidence, joined
from matchmaker.recommend.organizations import STAGE_CODES, Organizations
from matchmaker.recommend.visibility import state_fact

Floats = NDArray[np.float64]

STAGES = tuple(StageTerm)
OF_TYPE: Mapping[OrganizationType, StageTerm] = {
    OrganizationType.TWO_YEAR_COLLEGE: StageTerm.POSTSECONDARY_TWO_YEAR,
    OrganizationType.FOUR_YEAR_COLLEGE: StageTerm.POSTSECONDARY_FOUR_YEAR,
}
"""What a type says by itself about the stage it serves."""

NEXT = np.array([[after in NEXT_STAGES[stage] for after in STAGES] for stage in STAGES], dtype=bool)
"""Shape (stages, stages): which stages may follow which."""


@dataclass(frozen=True, slots=True)
class StageColumns:
    """Which stages each node serves.

    Attributes
    ----------
    held
        Shape (nodes, stages); a row of False means that it isn't recorded.
    known
        Shape (nodes,).
    ties
        For a node and a stage, the ties that say so; none where its type does.
    """

    held: NDArray[np.bool_]
    known: NDArray[np.bool_]
    ties: Mapping[tuple[int, int], tuple[Tie, ...]]


def build_stages(snapshot: Snapshot, organizations: Organizations) -> StageColumns:
    """Return the stages of every partner and program: its own, its sites', its type's, or a district's schools'."""
    said = _said(snapshot)
    held = np.zeros((len(snapshot), len(STAGES)), dtype=bool)
    for index, stage in said:
        held[index, stage] = True
    for index, node in snapshot.iter_nodes(Label.PARTNER):
        own = [OF_TYPE.get(OrganizationType(term)) for term in node.get_texts("organization_types")]
        held[index, [STAGE_CODES[stage] for stage in own if stage is not None]] = True
    for index in map(int, snapshot.indices(Label.PARTNER)):
        if not held[index].any():
            _take_from_schools(said, held, index, organizations.parts[index])
    ties = {key: tuple(found[id] for id in sorted(found)) for key, found in said.items() if found}
    return StageColumns(held, np.asarray(held.any(axis=1)), ties)


def _said(snapshot: Snapshot) -> dict[tuple[int, int], dict[str, Tie]]:
    """Return, for a node and a stage, the ties that say that it serves it."""
    said: dict[tuple[int, int], dict[str, Tie]] = defaultdict(dict)
    for tie in snapshot.ties:
        if tie.type is TieType.SERVES:
            said[snapshot.index_of(tie.source), STAGE_CODES[StageTerm(tie.target)]][tie.id] = tie
        elif tie.type is TieType.OFFERED_AT:
            stages = tie.properties.get("stages")
            for stage in stages if isinstance(stages, tuple) else ():
                said[snapshot.index_of(tie.source), STAGE_CODES[StageTerm(str(stage))]][tie.id] = tie
    return said


def _take_from_schools(
    said: dict[tuple[int, int], dict[str, Tie]], held: NDArray[np.bool_], district: int, schools: tuple[int, ...]
) -> None:
    for school in schools:
        for stage in map(int, np.flatnonzero(held[school])):
            said[district, stage].update(said[school, stage])
    held[district] = held[list(schools)].any(axis=0)


def measure_shared(columns: StageColumns, subject: int) -> Floats:
    """Return the overlap coefficient of each node's stages with the subject's; shape (nodes,), NaN where not recorded.

    Shared stages over those of the one that serves fewer (Szymkiewicz–Simpson), 0..1.
    """
    shared = columns.held @ columns.held[subject].astype(np.int64)
    fewer = np.minimum(columns.held.sum(axis=1), columns.held[subject].sum())
    return _where_known(columns, subject, shared, fewer)


def measure_next(columns: StageColumns, subject: int, *, subject_first: bool) -> Floats:
    """Return the share of the earlier one's stages that a stage of the later one may follow.

    Shape (nodes,), 0..1, NaN where not recorded. The subject is the earlier one where ``subject_first``.
    """
    if subject_first:
        own = NEXT[columns.held[subject]].astype(np.int64)
        reached = ((own @ columns.held.T.astype(np.int64)) > 0).sum(axis=0)
        return _where_known(columns, subject, reached, np.full(len(columns.held), own.shape[0]))
    leading = (NEXT & columns.held[subject]).any(axis=1).astype(np.int64)
    return _where_known(columns, subject, columns.held @ leading, columns.held.sum(axis=1))


def shared_evidence(snapshot: Snapshot, columns: StageColumns, source: int, target: int) -> list[Evidence]:
    """Return what two serve in common, in words."""
    stages = np.flatnonzero(columns.held[source] & columns.held[target])
    if not len(stages):
        return []
    words = joined([STAGE_NAMES[STAGES[stage]] for stage in stages], 4)
    facts = tuple(stage_fact(snapshot, columns, index, [int(s) for s in stages]) for index in (source, target))
    sentence = f"You both serve {words}."
    return [Evidence("stage_fit", sentence, sentence, facts)]


def next_evidence(snapshot: Snapshot, columns: StageColumns, source: int, target: int) -> list[Evidence]:
    """Return where the source's learners may go on to with the target, in words."""
    before = np.flatnonzero((NEXT & columns.held[target]).any(axis=1) & columns.held[source])
    if not len(before):
        return []
    after = np.flatnonzero(NEXT[before].any(axis=0) & columns.held[target])
    first = joined([STAGE_NAMES[STAGES[stage]] for stage in before], 4)
    then = joined([STAGE_NAMES[STAGES[stage]] for stage in after], 4)
    facts = (
        stage_fact(snapshot, columns, source, [int(stage) for stage in before]),
        stage_fact(snapshot, columns, target, [int(stage) for stage in after]),
    )
    return [
        Evidence(
            "stage_fit",
            f"Learners you serve ({first}) can go on to what they serve ({then}).",
            f"Learners they serve ({first}) can go on to what you serve ({then}).",
            facts,
        )
    ]


def stage_fact(snapshot: Snapshot, columns: StageColumns, index: int, stages: list[int]) -> Fact:
    """Return that a node serves some stages (by code), with the ties or the type that say so."""
    ties = {tie.id: tie for stage in stages for tie in columns.ties.get((index, stage), ())}
    words = joined([STAGE_NAMES[STAGES[stage]] for stage in stages], 4)
    by_type = any((index, stage) not in columns.ties for stage in stages)
    nodes = [index] if by_type else []
    names = ["organization_type", "organization_types", "stages"]
    return state_fact(snapshot, f"{snapshot.nodes[index].name} serves {words}.", nodes, list(ties.values()), names)


def _where_known(columns: StageColumns, subject: int, part: NDArray[np.int64], whole: NDArray[np.int64]) -> Floats:
    both = columns.known & columns.known[subject]
    value = np.full(len(both), np.nan)
    value[both] = part[both] / whole[both]
    return value
