"""What routes share: whose scope a request means, and a partner as a response."""

import datetime

from matchmaker.api.context import Context, View
from matchmaker.api.schemas.partners import FieldOut, PartnerOut, StatementOut, TieOut, node_out
from matchmaker.api.schemas.suggestions import Reference
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node
from matchmaker.model.freshness import dated_node, dated_tie
from matchmaker.services.naming import Found, ThingKind, find_ecosystem, find_in_scope
from matchmaker.services.partners import FieldView, PartnerView


def shown_to(context: Context, view: View) -> Snapshot:
    """Return what the request's audience may see of the ecosystem that it names, or of what is public."""
    if view.ecosystem:
        return find_ecosystem(context.snapshots, view.ecosystem, view.as_of, view.audience).shown
    return context.snapshots.get(Scope(), view.as_of, view.audience)


def find_viewed(context: Context, view: View, text: str, kind: ThingKind | None = None) -> Found:
    """Return what ``text`` names in the request's view; what its audience may not see is not found."""
    return find_in_scope(context.snapshots, text, view.as_of, view.ecosystem or None, kind, view.audience)


def partner_out(viewed: PartnerView, *, for_staff: bool) -> PartnerOut:
    """Return the response form of a partner or program; staff see where everything comes from and how fresh it is."""
    return PartnerOut(
        **node_out(viewed.node).model_dump(),
        member=viewed.member,
        facts=[node_out(fact) for fact in viewed.facts],
        needs=_statements(viewed.needs, viewed.as_of if for_staff else None),
        offers=_statements(viewed.offers, viewed.as_of if for_staff else None),
        ties=[
            TieOut(
                id=seen.tie.id,
                type=seen.tie.type,
                outgoing=seen.outgoing,
                other=Reference(id=seen.other.id, name=seen.other.name),
                properties=dict(seen.tie.properties),
                source=seen.tie.provenance.source,
                freshness=dated_tie(seen.tie, viewed.as_of).freshness if for_staff else None,
            )
            for seen in viewed.ties
        ],
        sources=list(viewed.sources),
        fields=[_field(known) for known in viewed.fields] if for_staff else [],
        questions=list(viewed.questions) if for_staff else [],
    )


def _field(known: FieldView) -> FieldOut:
    provenance = known.record.provenance
    return FieldOut(
        field=known.field,
        source=provenance.source,
        source_row=provenance.source_row,
        observed_on=provenance.observed_on,
        confidence=provenance.confidence,
        owner=known.record.owner,
        dated=known.dated.date,
        freshness=known.dated.freshness,
        others=known.others,
    )


def _statements(pairs: tuple[tuple[Node, Node], ...], as_of: datetime.date | None) -> list[StatementOut]:
    return [
        StatementOut(
            id=statement.id,
            resource=Reference(id=resource.id, name=resource.name),
            properties=dict(statement.properties),
            freshness=dated_node(statement, as_of).freshness if as_of is not None else None,
        )
        for statement, resource in pairs
    ]
