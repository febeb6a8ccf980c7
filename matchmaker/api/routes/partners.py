"""Partners: search, one, and whom it should meet."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from matchmaker.api.asking import AskedPart, asked_of
from matchmaker.api.context import ContextPart, LimitPart, ViewPart
from matchmaker.api.paging import page, parse_cursor
from matchmaker.api.problems import problems
from matchmaker.api.schemas.partners import PartnerOut, PartnerPage, node_out
from matchmaker.api.schemas.suggestions import SuggestionListOut, suggestion_list_out
from matchmaker.api.views import find_viewed, partner_out, shown_to
from matchmaker.model.vocabulary import OrganizationType, Sector, StageTerm
from matchmaker.services.naming import ThingKind
from matchmaker.services.partners import PartnerFilter, search, view_partner
from matchmaker.services.suggesting import Reader, suggest_for

router = APIRouter(prefix="/v1/partners", tags=["partners"])
PartnerId = Annotated[str, Path(max_length=300, description="An id or a name.", examples=["or-district:2243"])]


@router.get("", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def list_partners(
    context: ContextPart,
    view: ViewPart,
    q: Annotated[str, Query(max_length=300, description="Words of the name, an alias or the description.")] = "",
    sector: Annotated[Sector | None, Query()] = None,
    organization_type: Annotated[OrganizationType | None, Query()] = None,
    stage: Annotated[StageTerm | None, Query()] = None,
    members: Annotated[bool, Query(description="Only the ecosystem's own.")] = False,
    cursor: Annotated[str, Query(max_length=300, description="`next_cursor` of the page before.")] = "",
    limit: LimitPart = 50,
) -> PartnerPage:
    """List the partners of an ecosystem's view, or the public ones, in id order."""
    wanted = PartnerFilter(q, sector, organization_type, stage, members)
    shown = {str(node.id): node for node in search(shown_to(context, view), wanted)}
    ids, next_cursor = page(sorted(shown), parse_cursor(cursor) if cursor else "", limit)
    return PartnerPage(partners=[node_out(shown[id]) for id in ids], total=len(shown), next_cursor=next_cursor)


@router.get("/{partner}", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def get_partner(context: ContextPart, view: ViewPart, partner: PartnerId) -> PartnerOut:
    """Return what is known of a partner: facts, needs, offers and ties, with who says so."""
    found = find_viewed(context, view, partner, ThingKind.PARTNER)
    return partner_out(view_partner(found.shown, found.node.id), for_staff=view.figures)


@router.get("/{partner}/suggestions", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def suggest_for_partner(
    context: ContextPart,
    view: ViewPart,
    partner: PartnerId,
    asked: AskedPart,
) -> SuggestionListOut:
    """Say whom a partner should meet and why, for both sides."""
    found = find_viewed(context, view, partner, ThingKind.PARTNER)
    request = asked_of(context, found.snapshot, asked)
    listed = suggest_for(found.snapshot, found.node.id, request, Reader(view.audience))
    return suggestion_list_out(listed, figures=view.figures)
