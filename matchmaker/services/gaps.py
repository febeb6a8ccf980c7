"""An ecosystem's gaps, with what they rest on and what isn't known."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.gaps.closing import GapValues
from matchmaker.gaps.coverage import StatedCoverage
from matchmaker.gaps.detect import DETECTORS, detect
from matchmaker.gaps.network import SectorPair, sector_pairs
from matchmaker.gaps.options import DEFAULT_OPTIONS, GapOptions
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node
from matchmaker.model.gap import Gap
from matchmaker.model.ids import NodeId
from matchmaker.model.suggestion import Suggestion
from matchmaker.model.vocabulary import GapKind, Knowledge, Label, PatternName
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.ranking import GapValue
from matchmaker.recommend.request import SuggestionRequest

SHOWN_SUGGESTIONS = 3
"""How many suggestions come with a gap at most."""

TRIED_CLOSERS = 4
"""For how many of a gap's closers suggestions are worked out."""

NOTHING_CLOSES = "Among the links that meet every rule now, none was found that would close it."

COMPARED = 12
"""How many of a closer's suggestions are looked through; those that close a gap stand high among them."""


@dataclass(frozen=True, slots=True)
class ClosableGap:
    """A known gap, and the suggestions that would close it or a part of it, the most of it first.

    ``note`` says so where there is none.
    """

    gap: Gap
    suggestions: tuple[Suggestion, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class GapReport:
    """What an ecosystem lacks, as far as stated coverage tells.

    Attributes
    ----------
    ecosystem, name
        Whose.
    as_of, graph_hash
        The day, and the graph it was computed from: equal ones give equal reports.
    kinds
        The kinds that were looked for.
    gaps
        By kind, the largest first, then by id.
    not_known
        What stated coverage can't answer, with whom to ask; in the same order.
    coverage
        The coverage statements that answers may rest on, in id order.
    pairs
        Ties observed and expected between every two sectors of members, gap or not; empty where ``sector_pair`` wasn't
        asked for.
    """

    ecosystem: NodeId
    name: str
    as_of: str
    graph_hash: str
    kinds: tuple[GapKind, ...]
    gaps: tuple[ClosableGap, ...]
    not_known: tuple[Gap, ...]
    coverage: tuple[Node, ...]
    pairs: tuple[SectorPair, ...]


def report_gaps(
    snapshot: Snapshot, kinds: Collection[GapKind] = (), options: GapOptions = DEFAULT_OPTIONS
) -> GapReport:
    """Return the gaps of a snapshot's ecosystem, each with the suggestions that would close most of it.

    For each gap's closers in turn it is asked whom they should meet, until `SHOWN_SUGGESTIONS` are found or
    `TRIED_CLOSERS` were asked. Takes a few suggestion lists for every gap.

    Parameters
    ----------
    kinds
        The kinds to look for; empty for all that can be detected.

    Raises
    ------
    NotFound
        The snapshot's scope is no ecosystem.
    InvalidInput
        A kind that can't be detected.
    """
    ecosystem = _ecosystem(snapshot)
    _check_kinds(kinds)
    gaps = detect(snapshot, kinds, options)
    chosen = tuple(kind for kind in DETECTORS if not kinds or kind in kinds)
    return GapReport(
        ecosystem.id,
        ecosystem.name,
        snapshot.as_of.isoformat(),
        snapshot.graph_hash,
        chosen,
        _with_suggestions(snapshot, [gap for gap in gaps if gap.knowledge is Knowledge.KNOWN]),
        tuple(gap for gap in gaps if gap.knowledge is Knowledge.NOT_KNOWN),
        StatedCoverage(snapshot, options).statements,
        tuple(sector_pairs(snapshot)) if GapKind.SECTOR_PAIR in chosen else (),
    )


@lru_cache(maxsize=8)
def gap_value_of(snapshot: Snapshot) -> GapValue:
    """Return what the recommender asks for: how much of the ecosystem's gaps a link closes, 0..1.

    Detects all gaps at the first call for a snapshot. Outside an ecosystem's scope nothing is known, so nothing is
    looked for, and every value is 0.
    """
    return GapValues(snapshot, detect(snapshot)).value if snapshot.scope.ecosystem is not None else _closes_nothing


def _closes_nothing(_pattern: PatternName, _first: NodeId, _second: NodeId) -> float:
    return 0.0


def _with_suggestions(snapshot: Snapshot, gaps: Sequence[Gap]) -> tuple[ClosableGap, ...]:
    values, value = GapValues(snapshot, gaps), gap_value_of(snapshot)
    worked_out: dict[tuple[NodeId, PatternName | None], tuple[Suggestion, ...]] = {}

    def suggestions_for(closer: NodeId, pattern: PatternName | None) -> tuple[Suggestion, ...]:
        if (closer, pattern) not in worked_out:
            request = SuggestionRequest(pattern=pattern, limit=COMPARED)
            worked_out[closer, pattern] = suggest(snapshot, closer, request, value).suggestions
        return worked_out[closer, pattern]

    def closing(gap: Gap) -> tuple[Suggestion, ...]:
        found: dict[str, tuple[float, Suggestion]] = {}
        only = gap.patterns[0] if len(gap.patterns) == 1 else None
        for closer in gap.closers[:TRIED_CLOSERS]:
            for one in suggestions_for(closer, only):
                share = values.closure(gap, one.pattern, one.source, one.target)
                if share > 0:
                    found[one.id] = (share, one)
            if len(found) >= SHOWN_SUGGESTIONS:
                break
        ranked = sorted(found.values(), key=lambda pair: (-pair[0], -pair[1].priority, pair[1].id))
        return tuple(one for _, one in ranked[:SHOWN_SUGGESTIONS])

    closable = [(gap, closing(gap)) for gap in gaps]
    return tuple(ClosableGap(gap, found, "" if found else NOTHING_CLOSES) for gap, found in closable)


def _ecosystem(snapshot: Snapshot) -> Node:
    index = snapshot.find_index(snapshot.scope.ecosystem or "")
    if index is None or snapshot.nodes[index].label is not Label.ECOSYSTEM:
        raise NotFound("ecosystem", snapshot.scope.ecosystem or "")
    return snapshot.nodes[index]


def _check_kinds(kinds: Collection[GapKind]) -> None:
    valid = ", ".join(kind.value for kind in DETECTORS)
    findings = [
        Finding("this kind of gap can't be detected yet", "kind", kind.value, valid)
        for kind in sorted(kinds)
        if kind not in DETECTORS
    ]
    if findings:
        raise InvalidInput(findings)
