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
from matchmaker.graph.contents import Update
from matchmaker.graph.decoding import NodeRow, RecordRow, TieRow, row_of_node, row_of_record, row_of_tie
from matchmaker.graph.refreshing import refresh_snapshot
from matchmaker.graph.snapshot import Snapshot, build_from_rows
from matchmaker.graph.snapshot_columns import Rows
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.gap import Gap
from matchmaker.model.ids import PUBLIC, NodeId, TieId
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
    view = _View(snapshot, audience)
    rows = Rows(view.nodes(), view.records(), view.ties())
    return build_from_rows(rows, snapshot.revision, snapshot.scope, snapshot.as_of)


def carry_shown(shown: Snapshot, older: Snapshot, newer: Snapshot, audience: Audience) -> Snapshot | None:
    """Return what `show_snapshot` gives of a newer snapshot, made of what it gave of an older one.

    None where the newer one wasn't refreshed from the older one, or where only building can tell. Costs as much as
    refreshing a snapshot.
    """
    differences = newer.differences_from(older)
    if differences is None:
        return None
    changed = {change.after.id for difference in differences for change in difference.nodes}
    told = [newer.get_node(id) for id in sorted(changed)]
    view = _View(newer, audience)
    nodes: dict[NodeId, Node | None] = {node.id: view.shown(node) for node in told}
    about = {id: tuple(view.records_of(node)) for id, node in nodes.items() if node is not None and newer.records(id)}
    if any(not records for records in about.values()):
        return None
    ties = {change.id: view.tie(change.id) for difference in differences for change in difference.ties}
    update = Update(
        shown.revision,
        newer.revision,
        {id: node for id, node in nodes.items() if id not in about},
        {record.id: record for records in about.values() for record in records},
        about,
        {id: tie for id, tie in ties.items() if tie is not None or shown.find_tie_index(id) is not None},
    )
    return refresh_snapshot(shown, update, nobody_left_out=True)


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


class _View:
    """What an audience may see of a snapshot, one element after the other: nodes first, then Records, then ties."""

    def __init__(self, snapshot: Snapshot, audience: Audience) -> None:
        self.snapshot, self.audience = snapshot, audience
        self.ids: set[str] = set()

    def nodes(self) -> Iterator[NodeRow]:
        """Yield the nodes that no shown Records add up to."""
        for node in map(self.shown, self.snapshot.nodes):
            if node is not None:
                self.ids.add(node.id)
                if not any(True for _ in self.records_of(node)):
                    yield row_of_node(node)

    def records(self) -> Iterator[RecordRow]:
        """Yield the Records of what is shown."""
        for id in sorted(self.ids):
            node = self.shown(self.snapshot.get_node(id)) if self.snapshot.records(id) else None
            if node is not None:
                yield from map(row_of_record, self.records_of(node))

    def ties(self) -> Iterator[TieRow]:
        """Yield the ties between what is shown."""
        for tie in self.snapshot.ties:
            shown = self.shown_tie(tie)
            if shown is not None and tie.source in self.ids and tie.target in self.ids:
                yield row_of_tie(shown)

    def shown(self, node: Node) -> Node | None:
        """Return a node as it is shown, or None."""
        if _is_left_out(self.snapshot, node, self.audience):
            return None
        shown = disclose_node(node, self.audience, records=self.snapshot.records(node.id))
        seen = _says_something(node) or may_see(_label_visibility(node.label), self.audience)
        return shown if seen else None

    def records_of(self, node: Node) -> Iterator[Record]:
        """Yield the Records behind a node that is shown, as they are shown."""
        for record in self.snapshot.records(node.id):
            held = {name: value for name, value in record.properties.items() if name in node.properties}
            if held and (record.owner == PUBLIC or self.audience is not Audience.PUBLIC):
                yield replace(record, properties=held)

    def tie(self, id: TieId) -> Tie | None:
        """Return the tie of an id as it is shown; None where there is none."""
        index = self.snapshot.find_tie_index(id)
        return None if index is None else self.shown_tie(self.snapshot.ties[index])

    def shown_tie(self, tie: Tie) -> Tie | None:
        """Return a tie as it is shown, or None."""
        shown = disclose_tie(tie, self.audience)
        asked = tie.type is TieType.PARTICIPATES_IN and tie.properties.get("status") != Participation.PARTICIPATING
        return None if asked and self.audience in _WIDE else shown


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
