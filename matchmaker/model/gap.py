"""A gap: provision that isn't there, with its size, what that rests on, and whom to ask where it isn't known."""

from dataclasses import dataclass

from matchmaker.model.freshness import Freshness
from matchmaker.model.ids import NodeId, short_digest
from matchmaker.model.vocabulary import GapKind, Knowledge, PatternName


def gap_id(ecosystem: str, kind: GapKind, *subject: str) -> str:
    """Return a gap's id: the digest of ecosystem, kind and subject, so that it stays the same while the gap is open."""
    return short_digest("gap", ecosystem, kind.value, *subject)


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap, or (``not_known``) a question that stated coverage can't answer.

    Attributes
    ----------
    subject
        What it is about: ids of nodes, or terms (stages, sectors), in a fixed order by kind.
    knowledge
        Whether stated coverage supports an answer.
    size, unit
        How much is missing, in the kind's own unit; None where it isn't known.
    expected, observed
        The figures that the size compares, where the kind has them (ties expected by chance, ties recorded).
    learners
        Learners affected, where counts are recorded.
    confidence
        0..1: the least share answered among the coverage it rests on.
    freshness
        How fresh that coverage is, and the need where it is about one; ``unknown`` where the answer isn't known.
    coverage
        Ids of the coverage statements it rests on.
    evidence
        Ids of the nodes and ties it rests on.
    sentence
        What is missing and what would help, in words.
    present
        Who is already there, in words; empty where nobody is recorded.
    ask
        Whom to ask, where the answer isn't known.
    patterns
        The link patterns whose suggestions would close it.
    closers
        Ids of the partners and programs between or at which such a link would have to be.
    """

    id: str
    kind: GapKind
    subject: tuple[str, ...]
    knowledge: Knowledge
    sentence: str
    size: float | None = None
    unit: str = ""
    expected: float | None = None
    observed: float | None = None
    learners: int | None = None
    confidence: float = 0.0
    freshness: Freshness = Freshness.UNKNOWN
    coverage: tuple[NodeId, ...] = ()
    evidence: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    ask: str = ""
    patterns: tuple[PatternName, ...] = ()
    closers: tuple[NodeId, ...] = ()
