"""Stage fit: whether two serve the same stages of a student's pathway, or one serves the stage after the other's."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.reference import NEXT_STAGES, STAGE_NAMES
from matchmaker.model.suggestion import Fact
from matchmaker.model.vocabulary import OrganizationType, StageTerm, TieType
from matchmaker.recommend.evidence import Evidence, joined
from matchmaker.recommend.organizations import STAGE_CODES, TYPE_CODES, Organizations
from matchmaker.recommend.rows import Rows, only_where, pairs_of
from matchmaker.recommend.visibility import state_fact

Floats = NDArray[np.float64]
Nodes = NDArray[np.integer]
StageSets = NDArray[np.uint16]

STAGES = tuple(StageTerm)
OF_TYPE: Mapping[OrganizationType, StageTerm] = {
    OrganizationType.TWO_YEAR_COLLEGE: StageTerm.POSTSECONDARY_TWO_YEAR,
    OrganizationType.FOUR_YEAR_COLLEGE: StageTerm.POSTSECONDARY_FOUR_YEAR,
}
"""What a type says by itself about the stage it serves."""

NEXT = np.array([[after in NEXT_STAGES[stage] for after in STAGES] for stage in STAGES], dtype=bool)
"""Shape (stages, stages): which stages may follow which."""

_CODES = {term.value: code for term, code in STAGE_CODES.items()}
_SETS = np.arange(1 << len(STAGES), dtype=np.uint16)


def _united(bits: Mapping[int, int]) -> StageSets:
    """Return, for every set of stages, the union of what each of its stages stands for."""
    found = np.zeros(len(_SETS), dtype=np.uint16)
    for stage, others in bits.items():
        found[(_SETS >> np.uint16(stage)) & np.uint16(1) == 1] |= np.uint16(others)
    return found


AFTER = _united(
    {code: sum(1 << STAGE_CODES[after] for after in NEXT_STAGES[term]) for term, code in STAGE_CODES.items()}
)
"""Shape (sets of stages,): the stages that may follow any of a set."""

BEFORE = _united(
    {
        code: sum(1 << STAGE_CODES[first] for first in STAGES if term in NEXT_STAGES[first])
        for term, code in STAGE_CODES.items()
    }
)
"""Shape (sets of stages,): the stages that any of a set may follow."""


@dataclass(frozen=True, slots=True, eq=False)
class StageColumns:
    """Which stages each node serves.

    Attributes
    ----------
    held
        Shape (nodes,): the stages as bits of `STAGE_CODES`; 0 means that it isn't recorded.
    schools
        For each district that has its stages from its schools, these.
    """

    held: StageSets
    schools: Rows

    def of(self, index: int) -> list[int]:
        """Return the stages of a node by code, ascending."""
        return stages_in(int(self.held[index]))

    def row(self, index: int) -> NDArray[np.bool_]:
        """Return which stages a node serves; shape (stages,)."""
        held: NDArray[np.bool_] = (int(self.held[index]) >> np.arange(len(STAGES))) & 1 == 1
        return held

    def known(self, index: int) -> bool:
        """Say whether it is recorded which stages a node serves."""
        return bool(self.held[index])


def stages_in(held: int) -> list[int]:
    """Return the codes in a set of stages, ascending.

    >>> stages_in(0b101)
    [0, 2]
    """
    return [code for code in range(len(STAGES)) if held >> code & 1]


def build_stages(snapshot: Snapshot, organizations: Organizations) -> StageColumns:
    """Return the stages of every partner and program: its own, its sites', its type's, or a district's schools'."""
    held = _said(snapshot)
    for type, stage in OF_TYPE.items():
        of_type = (organizations.types >> np.uint64(TYPE_CODES[type])) & np.uint64(1) == 1
        held[of_type] |= np.uint16(1 << STAGE_CODES[stage])
    schools = only_where(organizations.parts, organizations.is_partner & (held == 0))
    held |= _of_schools(held, schools)
    return StageColumns(held, schools)


def _said(snapshot: Snapshot) -> StageSets:
    """Return the stages that ties say each node serves."""
    held = np.zeros(len(snapshot), dtype=np.uint16)
    bit = np.zeros(len(snapshot), dtype=np.uint16)
    for term, code in STAGE_CODES.items():
        found = snapshot.find_index(term.value)
        if found is not None:
            bit[found] = 1 << code
    serves = snapshot.adjacency(TieType.SERVES)
    here = np.repeat(np.arange(len(snapshot)), np.diff(serves.starts))
    np.bitwise_or.at(held, here, bit[serves.others])
    offered = snapshot.adjacency(TieType.OFFERED_AT)
    here = np.repeat(np.arange(len(snapshot)), np.diff(offered.starts))
    for index, tie in zip(here.tolist(), offered.ties.tolist(), strict=True):
        held[index] |= _at_site(snapshot.ties[tie])
    return held


def _at_site(tie: Tie) -> np.uint16:
    stages = tie.properties.get("stages")
    return np.uint16(sum({1 << _CODES[str(stage)] for stage in stages} if isinstance(stages, tuple) else ()))


def _of_schools(held: StageSets, schools: Rows) -> StageSets:
    found = np.zeros(len(held), dtype=np.uint16)
    districts, parts = pairs_of(schools)
    np.bitwise_or.at(found, districts, held[parts])
    return found


def measure_shared(columns: StageColumns, subjects: Nodes, others: Nodes) -> Floats:
    """Return the overlap coefficient of the stages of both; shape (pairs,), NaN where not recorded.

    Shared stages over those of the one that serves fewer (Szymkiewicz–Simpson), 0..1.
    """
    one, other = columns.held[subjects], columns.held[others]
    fewer = np.minimum(np.bitwise_count(one), np.bitwise_count(other))
    return _share(np.bitwise_count(one & other), fewer)


def measure_next(columns: StageColumns, earlier: Nodes, later: Nodes) -> Floats:
    """Return the share of the earlier one's stages that a stage of the later one may follow.

    Shape (pairs,), 0..1, NaN where not recorded.
    """
    first, then = columns.held[earlier], columns.held[later]
    whole = np.where(then != 0, np.bitwise_count(first), 0)
    return _share(np.bitwise_count(first & BEFORE[then]), whole)


def _share(part: NDArray[np.uint8], whole: NDArray[np.integer]) -> Floats:
    found = np.full(len(part), np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found


def shared_evidence(snapshot: Snapshot, columns: StageColumns, source: int, target: int) -> list[Evidence]:
    """Return what two serve in common, in words."""
    stages = stages_in(int(columns.held[source] & columns.held[target]))
    if not stages:
        return []
    words = joined([STAGE_NAMES[STAGES[stage]] for stage in stages], 4)
    facts = tuple(stage_fact(snapshot, columns, index, stages) for index in (source, target))
    sentence = f"You both serve {words}."
    return [Evidence("stage_fit", sentence, sentence, facts)]


def next_evidence(snapshot: Snapshot, columns: StageColumns, source: int, target: int) -> list[Evidence]:
    """Return where the source's learners may go on to with the target, in words."""
    held = columns.held
    before = stages_in(int(BEFORE[held[target]] & held[source]))
    if not before:
        return []
    after = stages_in(int(AFTER[sum(1 << stage for stage in before)] & held[target]))
    first = joined([STAGE_NAMES[STAGES[stage]] for stage in before], 4)
    then = joined([STAGE_NAMES[STAGES[stage]] for stage in after], 4)
    facts = (stage_fact(snapshot, columns, source, before), stage_fact(snapshot, columns, target, after))
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
    said = _saying(snapshot, columns.schools[index] or (index,))
    ties = {tie.id: tie for stage in stages for tie in said.get(stage, ())}
    words = joined([STAGE_NAMES[STAGES[stage]] for stage in stages], 4)
    by_type = any(stage not in said for stage in stages)
    nodes = [index] if by_type else []
    names = ["organization_type", "organization_types", "stages"]
    return state_fact(snapshot, f"{snapshot.nodes[index].name} serves {words}.", nodes, list(ties.values()), names)


def _saying(snapshot: Snapshot, nodes: tuple[int, ...]) -> dict[int, list[Tie]]:
    """Return the ties that say which stages some nodes serve, by stage; each in id order."""
    found: dict[int, dict[str, Tie]] = {}
    for node in nodes:
        for _, tie in snapshot.targets(node, TieType.SERVES):
            found.setdefault(_CODES[tie.target], {})[tie.id] = tie
        for _, tie in snapshot.targets(node, TieType.OFFERED_AT):
            for stage in stages_in(int(_at_site(tie))):
                found.setdefault(stage, {})[tie.id] = tie
    return {stage: [ties[id] for id in sorted(ties)] for stage, ties in found.items()}
