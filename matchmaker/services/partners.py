"""Finding partners, and what is known of one."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matchmaker.graph.snapshot import SECTOR_CODES, Snapshot
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.freshness import Dated, dated
from matchmaker.model.records import find_contested_closing, ranked_for
from matchmaker.model.vocabulary import Label, OrganizationType, Sector, StageTerm, TieType
from matchmaker.services.naming import fold

LISTED_TIES = tuple(type for type in TieType if type not in {TieType.HAS, TieType.STATES, TieType.CONCERNS})
"""The ties shown with a partner; its facts, needs and offers are shown as such."""


@dataclass(frozen=True, slots=True)
class PartnerFilter:
    """Which partners to list; what is left empty doesn't narrow.

    Attributes
    ----------
    text
        Every word must begin a word of the name, an alias or the description, accents and case aside.
    sector, organization_type, stage
        Terms of the vocabulary.
    members_only
        Only the ecosystem's own.
    """

    text: str = ""
    sector: Sector | None = None
    organization_type: OrganizationType | None = None
    stage: StageTerm | None = None
    members_only: bool = False


@dataclass(frozen=True, slots=True)
class TieView:
    """A tie as seen from one of its ends."""

    tie: Tie
    other: Node
    outgoing: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """Where the value in use of one field comes from, and how fresh it is.

    Attributes
    ----------
    field
        Its name; a derived one stands under the field that it follows from.
    record
        The Record that it stands in.
    dated
        The date it goes by, and how fresh it is at the snapshot's day.
    others
        How many other sources say something of it.
    """

    field: str
    record: Record
    dated: Dated
    others: int


@dataclass(frozen=True, slots=True)
class PartnerView:
    """What is known of a partner or program in one scope.

    ``facts`` are its repeating facts, needs and offers with the resource each concerns; ``ties`` are in order of type,
    other end's name and id; ``fields`` say where each property comes from, by name; ``questions`` are to be asked of
    it, such as whether it is still open.
    """

    node: Node
    facts: tuple[Node, ...]
    needs: tuple[tuple[Node, Node], ...]
    offers: tuple[tuple[Node, Node], ...]
    ties: tuple[TieView, ...]
    sources: tuple[str, ...]
    member: bool
    as_of: datetime.date
    fields: tuple[FieldView, ...] = ()
    questions: tuple[str, ...] = ()


def search(snapshot: Snapshot, wanted: PartnerFilter) -> list[Node]:
    """Return the partners that pass every filter, in id order."""
    return [node for _, node in _passing(snapshot, wanted)]


def _passing(snapshot: Snapshot, wanted: PartnerFilter) -> Iterator[tuple[int, Node]]:
    words = fold(wanted.text).split()
    for index, node in snapshot.iter_nodes(Label.PARTNER):
        if wanted.sector is not None and snapshot.sectors[index] != SECTOR_CODES[wanted.sector]:
            continue
        if wanted.organization_type is not None and wanted.organization_type not in node.get_texts(
            "organization_types"
        ):
            continue
        if wanted.members_only and not snapshot.member[index]:
            continue
        if wanted.stage is not None and wanted.stage not in _stages(snapshot, index):
            continue
        if words and not _holds(node, words):
            continue
        yield index, node


def _stages(snapshot: Snapshot, index: int) -> set[str]:
    return {snapshot.nodes[other].id for other, _ in snapshot.targets(index, TieType.SERVES)}


def _holds(node: Node, words: Sequence[str]) -> bool:
    text = " ".join((node.name, *node.get_texts("aliases"), node.get_text("description"), node.id))
    tokens = fold(text).split()
    return all(any(token.startswith(word) for token in tokens) for word in words)


def view_partner(snapshot: Snapshot, id: str) -> PartnerView:
    """Return what is known of a partner or program, or raise `NotFound`.

    For others than staff the snapshot is what `services.disclosure_views.show_snapshot` leaves.
    """
    index = snapshot.index_of(id)
    node = snapshot.nodes[index]
    ties = [
        TieView(tie, snapshot.nodes[other], outgoing)
        for type in LISTED_TIES
        for outgoing, pairs in ((True, snapshot.targets(index, type)), (False, snapshot.sources(index, type)))
        for other, tie in pairs
    ]
    records = snapshot.records(node.id)
    return PartnerView(
        node,
        tuple(snapshot.nodes[other] for other, _ in snapshot.targets(index, TieType.HAS)),
        tuple(_statements(snapshot, index, Label.NEED)),
        tuple(_statements(snapshot, index, Label.OFFER)),
        tuple(sorted(ties, key=lambda view: (view.tie.type, view.other.name, view.other.id, view.tie.id))),
        tuple(sorted({record.provenance.source for record in records if record.provenance.source})),
        bool(snapshot.member[index]),
        snapshot.as_of,
        tuple(_fields(node, records, snapshot.as_of)),
        tuple(contested.question for contested in [find_contested_closing(records)] if contested is not None),
    )


def _fields(node: Node, records: Sequence[Record], as_of: datetime.date) -> Iterator[FieldView]:
    for name in sorted(node.properties):
        ranked = ranked_for(name, records)
        if ranked:
            yield FieldView(name, ranked[0], dated(name, ranked[0], as_of), len(ranked) - 1)


def _statements(snapshot: Snapshot, index: int, label: Label) -> Iterator[tuple[Node, Node]]:
    for other, _ in snapshot.targets(index, TieType.STATES):
        statement = snapshot.nodes[other]
        if statement.label is label:
            for resource, _ in snapshot.targets(other, TieType.CONCERNS):
                yield statement, snapshot.nodes[resource]
