"""What routes share: whose scope a request means, and a partner as this audience may see it."""

from matchmaker.api.context import Context, View
from matchmaker.api.schemas.partners import PartnerOut, StatementOut, TieOut, node_out
from matchmaker.api.schemas.suggestions import Reference
from matchmaker.errors import NotFound
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node
from matchmaker.model.vocabulary import Audience
from matchmaker.services.disclosure import disclose_node, disclose_tie
from matchmaker.services.naming import Found, ThingKind, find_ecosystem, find_in_scope
from matchmaker.services.partners import PartnerView


def scope_of(context: Context, view: View) -> Scope:
    """Return the scope of the ecosystem that a request names, or the public one."""
    if not view.ecosystem:
        return Scope()
    return find_ecosystem(context.snapshots, view.ecosystem, view.as_of).snapshot.scope


def find_viewed(context: Context, view: View, text: str, kind: ThingKind | None = None) -> Found:
    """Return what ``text`` names in the request's view; what its audience may not see is not found."""
    found = find_in_scope(context.snapshots, text, view.as_of, view.ecosystem or None, kind)
    if disclose_node(found.node, view.audience, records=found.snapshot.records(found.node.id)) is None:
        raise NotFound(kind.value if kind else "thing", text)
    return found


def partner_out(snapshot: Snapshot, viewed: PartnerView, audience: Audience) -> PartnerOut:
    """Return the response form of a partner or program for an audience."""
    disclosed_node = disclose_node(viewed.node, audience, records=snapshot.records(viewed.node.id))
    if disclosed_node is None:
        raise NotFound(viewed.node.label.value.lower(), viewed.node.id)
    node = node_out(disclosed_node)
    facts = [disclosed for fact in viewed.facts if (disclosed := disclose_node(fact, audience)) is not None]
    ties = []
    for seen in viewed.ties:
        tie = disclose_tie(seen.tie, audience)
        other = disclose_node(seen.other, audience, records=snapshot.records(seen.other.id))
        if tie is not None and other is not None:
            reference = Reference(id=other.id, name=other.name)
            ties.append(
                TieOut(
                    id=tie.id,
                    type=tie.type,
                    outgoing=seen.outgoing,
                    other=reference,
                    properties=dict(tie.properties),
                    source=tie.provenance.source,
                )
            )
    return PartnerOut(
        **node.model_dump(),
        member=viewed.member,
        facts=[node_out(fact) for fact in facts],
        needs=_statements(viewed.needs, audience),
        offers=_statements(viewed.offers, audience),
        ties=ties,
        sources=list(viewed.sources),
    )


def _statements(pairs: tuple[tuple[Node, Node], ...], audience: Audience) -> list[StatementOut]:
    shown = []
    for statement, resource in pairs:
        disclosed = disclose_node(statement, audience)
        if disclosed is not None:
            named = Reference(id=resource.id, name=resource.name)
            shown.append(StatementOut(id=disclosed.id, resource=named, properties=dict(disclosed.properties)))
    return shown
