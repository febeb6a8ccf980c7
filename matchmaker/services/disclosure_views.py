"""What an audience may see of a whole snapshot, and of the gaps computed from one.

Lists, pages of one partner, networks and names are computed from `show_snapshot`, so that no count, order, membership,
position or near match can rest on what the audience may not see.
"""

from collections.abc import Iterator
from dataclasses import replace

from matchmaker.errors import NotFound
from matchmaker.gaps.coverage import StatedCoverage
from matchmaker.gaps.detect import detect
from matchmaker.gaps.network import sector_pairs
from matchmaker.gaps.options import DEFAULT_OPTIONS
from matchmaker.graph.contents import Contents
from matchmaker.graph.snapshot import Snapshot, build_snapshot
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.gap import Gap
from matchmaker.model.ids import PUBLIC
from matchmaker.model.ontology import PROPERTIES
from matchmaker.model.vocabulary import Audience, GapKind, Label, Participation, TieType, Visibility
from matchmaker.recommend.visibility import STRICTNESS
from matchmaker.services.disclosure import (
    SHARED_NAMES,
    disclose_node,
    disclose_tie,
    is_in_portal,
    may_see,
    trim_reasons,
)
from matchmaker.services.gaps import ClosableGap, GapReport

SMALLEST_COUNT = 10
"""Fewer learners than this are shown to staff only."""

_WIDE = frozenset({Audience.BOARD, Audience.PUBLIC})
"""Audiences to whom a partner is named only for what it offers or achieved."""

_KINDS_ABOUT_ONE = frozenset({GapKind.ISOLATION, GapKind.UNMET_NEED})
"""Kinds of gap whose words are about one partner or its needs, also where they name none."""

_ORGANIZATIONS = frozenset({Label.PARTNER, Label.PROGRAM})
_NAMES_ONE = _ORGANIZATIONS | {Label.NEED, Label.OFFER}


def show_snapshot(snapshot: Snapshot, audience: Audience) -> Snapshot:
    """Return the snapshot that an audience would have if nothing else were recorded; to staff, the same one.

    Membership and reach are worked out anew, from what is left. Partners find only those who participate in the
    ecosystem; the board and the public find no needs, and nobody who isn't participating named as such. Costs as much
    as building a snapshot.
    """
    if audience is Audience.STAFF:
        return snapshot
    shown = {node.id: node for node in _shown_nodes(snapshot, audience)}
    records = [record for id, node in shown.items() for record in _shown_records(snapshot, node, audience)]
    described = {record.about for record in records}
    nodes = [node for id, node in shown.items() if id not in described]
    ties = [tie for tie in _shown_ties(snapshot, audience) if {tie.source, tie.target} <= shown.keys()]
    contents = Contents(snapshot.revision, tuple(nodes), tuple(records), tuple(ties))
    return build_snapshot(contents, snapshot.scope, snapshot.as_of)


def disclose_report(report: GapReport, snapshot: Snapshot, shown: Snapshot, audience: Audience) -> GapReport:
    """Return a gap report as an audience may see it.

    Others than staff are told a gap only where it comes out word for word the same from what they may see
    (``shown``, see `show_snapshot`), without suggestions, ids of evidence and ids of those who could close it; the
    board and the public none that is about one partner or program, or about needs.

    Raises
    ------
    NotFound
        The audience may not know of the ecosystem.
    """
    if audience is Audience.STAFF:
        return replace(report, gaps=tuple(_with_trimmed(one) for one in report.gaps))
    if shown.find_index(report.ecosystem) is None:
        raise NotFound("ecosystem", report.ecosystem)
    seen = {gap.id: _bare(gap) for gap in detect(shown, report.kinds)}

    def told(gap: Gap) -> bool:
        names_one = audience in _WIDE and (gap.kind in _KINDS_ABOUT_ONE or _is_about_one(snapshot, gap))
        return not names_one and seen.get(gap.id) == _bare(gap)

    pairs = set(sector_pairs(shown)) if report.pairs and audience is not Audience.PUBLIC else set()
    return replace(
        report,
        name=shown.get_node(report.ecosystem).name,
        graph_hash=shown.graph_hash,
        gaps=tuple(ClosableGap(_rounded(_bare(one.gap))) for one in report.gaps if told(one.gap)),
        not_known=tuple(_rounded(_bare(gap)) for gap in report.not_known if told(gap)),
        coverage=StatedCoverage(shown, DEFAULT_OPTIONS).statements,
        pairs=tuple(pair for pair in report.pairs if pair in pairs),
    )


def _shown_nodes(snapshot: Snapshot, audience: Audience) -> Iterator[Node]:
    for node in snapshot.nodes:
        if _is_left_out(snapshot, node, audience):
            continue
        shown = disclose_node(node, audience, records=snapshot.records(node.id))
        if shown is not None and (_says_something(node) or may_see(_label_visibility(node.label), audience)):
            yield shown


def _is_left_out(snapshot: Snapshot, node: Node, audience: Audience) -> bool:
    if node.label is Label.NEED:
        return audience in _WIDE
    in_portal = audience is not Audience.PARTNER or node.label not in _ORGANIZATIONS
    return not (in_portal or is_in_portal(snapshot, node.id, frozenset()))


def _says_something(node: Node) -> bool:
    return bool(node.properties.keys() - SHARED_NAMES)


def _label_visibility(label: Label) -> Visibility:
    """Return who may know of a node that says nothing beyond its label: those who may see any property of it."""
    return min((spec.visibility for spec in PROPERTIES[label]), key=STRICTNESS.__getitem__)


def _shown_records(snapshot: Snapshot, node: Node, audience: Audience) -> Iterator[Record]:
    for record in snapshot.records(node.id):
        held = {name: value for name, value in record.properties.items() if name in node.properties}
        if held and (record.owner == PUBLIC or audience is not Audience.PUBLIC):
            yield replace(record, properties=held)


def _shown_ties(snapshot: Snapshot, audience: Audience) -> Iterator[Tie]:
    for tie in snapshot.ties:
        shown = disclose_tie(tie, audience)
        asked = tie.type is TieType.PARTICIPATES_IN and tie.properties.get("status") != Participation.PARTICIPATING
        if shown is not None and not (asked and audience in _WIDE):
            yield shown


def _is_about_one(snapshot: Snapshot, gap: Gap) -> bool:
    found = (snapshot.find_index(part) for part in gap.subject)
    return any(index is not None and snapshot.nodes[index].label in _NAMES_ONE for index in found)


def _with_trimmed(one: ClosableGap) -> ClosableGap:
    return replace(one, suggestions=tuple(trim_reasons(suggestion) for suggestion in one.suggestions))


def _bare(gap: Gap) -> Gap:
    return replace(gap, evidence=(), closers=())


def _rounded(gap: Gap) -> Gap:
    few = gap.learners is not None and gap.learners < SMALLEST_COUNT
    return replace(gap, learners=None) if few else gap
