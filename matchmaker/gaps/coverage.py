"""What is known to be complete: the coverage statements of the snapshot's ecosystem, and what they support.

The graph is open-world: a missing tie means *not recorded*. Only a statement that a label or tie type is recorded
completely, for some sectors, stages and place, turns "none recorded" into "none".
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.gaps.options import GapOptions
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import first_day
from matchmaker.model.elements import Node
from matchmaker.model.freshness import Dated, dated_node
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Confidence, Label, Sector, StageTerm, TieType


@dataclass(frozen=True, slots=True)
class Question:
    """What must be recorded completely for an answer.

    Attributes
    ----------
    covers
        The labels and tie types, every one of which must be covered.
    sectors
        The sectors whose facts matter, every one of which must be covered; empty for all there are.
    stage
        The stage it is about; None for all stages.
    places
        The place it is about with every place that holds it; empty for the whole ecosystem.
    """

    covers: tuple[Label | TieType, ...]
    sectors: frozenset[Sector] = frozenset()
    stage: StageTerm | None = None
    places: frozenset[NodeId] = frozenset()


@dataclass(frozen=True, slots=True)
class Support:
    """The statements that an answer rests on.

    ``confidence`` is the least share answered among them, ``as_of`` the date (as stated) of the oldest, and how fresh
    that is.
    """

    statements: tuple[NodeId, ...]
    confidence: float
    as_of: Dated


class StatedCoverage:
    """The coverage statements of a snapshot's ecosystem that are good enough to answer from.

    A statement counts when it was made by the snapshot's day, its share answered reaches
    `GapOptions.share_answered`, and it isn't an inference.
    """

    def __init__(self, snapshot: Snapshot, options: GapOptions) -> None:
        index = snapshot.find_index(snapshot.scope.ecosystem or "")
        stated = snapshot.facts(index, Label.COVERAGE) if index is not None else []
        self.statements: tuple[Node, ...] = tuple(
            node
            for node in stated
            if first_day(node.get_text("as_of")) <= snapshot.as_of
            and _share(node) >= options.share_answered
            and node.provenance.confidence is not Confidence.INFERRED
        )
        self._by_part: dict[str, list[Node]] = defaultdict(list)
        for node in self.statements:
            self._by_part[node.get_text("covers")].append(node)
        self._as_of = snapshot.as_of
        self._answered: dict[Question, Support | None] = {}

    def find_support(self, question: Question) -> Support | None:
        """Return the statements that together support an answer, or None where one part isn't covered.

        Of several statements for one part, the one with the greatest share answered is taken, then the lower id.
        """
        if question not in self._answered:
            self._answered[question] = self._find(question)
        return self._answered[question]

    def _find(self, question: Question) -> Support | None:
        chosen: dict[NodeId, Node] = {}
        for covers in question.covers:
            fitting = [node for node in self._by_part[covers.value] if _fits(node, question)]
            sectors: list[Sector | None] = [*sorted(question.sectors)] or [None]
            for sector in sectors:
                best = min(
                    (node for node in fitting if _covers_sector(node, sector)),
                    key=lambda node: (-_share(node), node.id),
                    default=None,
                )
                if best is None:
                    return None
                chosen[best.id] = best
        return _support(chosen.values(), self._as_of)


def joint_support(supports: Iterable[Support | None]) -> Support | None:
    """Return what several supports come to together; None where one is None, or there are none."""
    known: list[Support] = []
    for support in supports:
        if support is None:
            return None
        known.append(support)
    if not known:
        return None
    ids = {id for support in known for id in support.statements}
    oldest = min((support.as_of for support in known), key=lambda as_of: first_day(as_of.date))
    return Support(tuple(sorted(ids)), min(support.confidence for support in known), oldest)


def _support(statements: Iterable[Node], as_of: datetime.date) -> Support:
    known = sorted(statements, key=lambda node: node.id)
    oldest = min(known, key=lambda node: first_day(node.get_text("as_of")))
    return Support(tuple(node.id for node in known), min(_share(node) for node in known), dated_node(oldest, as_of))


def _share(node: Node) -> float:
    return node.find_number("share_answered") or 0.0


def _covers_sector(node: Node, sector: Sector | None) -> bool:
    sectors = node.get_texts("sectors")
    return not sectors or (sector is not None and sector.value in sectors)


def _fits(node: Node, question: Question) -> bool:
    stages, place = node.get_texts("stages"), node.get_text("place")
    stage_fits = not stages or (question.stage is not None and question.stage.value in stages)
    place_fits = not place or place in question.places
    return stage_fits and place_fits
