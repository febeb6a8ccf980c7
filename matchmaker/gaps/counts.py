"""How many learners a place has, from recorded counts."""

from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Confidence, CountKind, Label, StageTerm

SCHOOL_STAGES = (
    StageTerm.PREK,
    StageTerm.K_2,
    StageTerm.GRADES_3_5,
    StageTerm.GRADES_6_8,
    StageTerm.GRADES_9_12,
)
"""The stages whose learners programs outside of school serve."""


@dataclass(frozen=True, slots=True)
class Learners:
    """A number of learners, the counts it comes from, and whether all of them are stated (not inferred)."""

    number: int
    counts: tuple[NodeId, ...]
    stated: bool


def find_learners(snapshot: Snapshot, index: int, stage: StageTerm | None = None) -> Learners | None:
    """Return how many learners a place has, of one stage or of all; None where no count says so.

    Residents are taken before enrolment, the latest year before earlier ones, a count of all stages before a
    sum over `SCHOOL_STAGES`. Counts of one population are left out.
    """
    whole = [node for node in snapshot.facts(index, Label.COUNT) if not node.get_text("population")]
    for kind in (CountKind.RESIDENT, CountKind.ENROLLED):
        counts = [node for node in whole if node.get_text("kind") == kind]
        found = _of_stage(counts, stage) if stage is not None else _of_all(counts)
        if found is not None:
            return found
    return None


def _of_stage(counts: Iterable[Node], stage: StageTerm) -> Learners | None:
    return _latest([node for node in counts if node.get_text("stage") == stage])


def _of_all(counts: list[Node]) -> Learners | None:
    all_stages = _latest([node for node in counts if node.properties.get("all_stages") is True])
    if all_stages is not None:
        return all_stages
    parts = [found for stage in SCHOOL_STAGES if (found := _of_stage(counts, stage)) is not None]
    if not parts:
        return None
    ids = tuple(id for part in parts for id in part.counts)
    return Learners(sum(part.number for part in parts), ids, all(part.stated for part in parts))


def _latest(counts: list[Node]) -> Learners | None:
    chosen = min(counts, key=lambda node: (-_whole(node, "year"), node.id), default=None)
    if chosen is None:
        return None
    return Learners(_whole(chosen, "value"), (chosen.id,), chosen.provenance.confidence is not Confidence.INFERRED)


def _whole(node: Node, name: str) -> int:
    return int(node.find_number(name) or 0)
