"""Ecosystems: the list, an ecosystem's gaps, and its network."""

from functools import lru_cache
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from matchmaker.api.context import ContextPart, DayPart, LimitPart, ViewPart
from matchmaker.api.paging import page, parse_cursor
from matchmaker.api.problems import problems
from matchmaker.api.schemas.ecosystems import EcosystemPage, NetworkOut, network_out
from matchmaker.api.schemas.gaps import GapReportOut, gap_report_out
from matchmaker.api.schemas.partners import node_out
from matchmaker.api.views import shown_to
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.vocabulary import Audience, GapKind, Label
from matchmaker.services.disclosure_views import disclose_report
from matchmaker.services.gaps import GapReport, report_gaps
from matchmaker.services.naming import find_ecosystem
from matchmaker.services.network import find_network

router = APIRouter(prefix="/v1/ecosystems", tags=["ecosystems"])
EcosystemName = Annotated[str, Path(max_length=300, description="An id or a name.", examples=["portland-metro-stem"])]


@router.get("", responses=problems(HTTPStatus.NOT_FOUND))
def list_ecosystems(
    context: ContextPart,
    view: ViewPart,
    cursor: Annotated[str, Query(max_length=300, description="`next_cursor` of the page before.")] = "",
    limit: LimitPart = 50,
) -> EcosystemPage:
    """List the ecosystems that are public, or that the named ecosystem's view holds, in id order."""
    shown = {str(node.id): node for _, node in shown_to(context, view).iter_nodes(Label.ECOSYSTEM)}
    ids, next_cursor = page(sorted(shown), parse_cursor(cursor) if cursor else "", limit)
    return EcosystemPage(ecosystems=[node_out(shown[id]) for id in ids], total=len(shown), next_cursor=next_cursor)


@router.get("/{ecosystem}/gaps", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def list_gaps(
    context: ContextPart,
    view: DayPart,
    ecosystem: EcosystemName,
    kind: Annotated[GapKind | None, Query(description="Only this kind.")] = None,
) -> GapReportOut:
    """List an ecosystem's gaps, what isn't known there, and whom to ask."""
    found = find_ecosystem(context.snapshots, ecosystem, view.as_of, view.audience)
    disclosed = _find_gaps(found.snapshot, found.shown, view.audience, kind)
    return gap_report_out(disclosed, figures=view.figures)


@router.get("/{ecosystem}/network", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def get_network(context: ContextPart, view: DayPart, ecosystem: EcosystemName) -> NetworkOut:
    """Return an ecosystem's members and the ties among them."""
    found = find_ecosystem(context.snapshots, ecosystem, view.as_of, view.audience)
    return network_out(find_network(found.shown), found.node.name)


@lru_cache(maxsize=8)
def _find_gaps(snapshot: Snapshot, shown: Snapshot, audience: Audience, kind: GapKind | None) -> GapReport:
    """Return a report once per snapshot: working one out takes seconds, and neither snapshot ever changes."""
    return disclose_report(report_gaps(snapshot, (kind,) if kind else ()), snapshot, shown, audience)
