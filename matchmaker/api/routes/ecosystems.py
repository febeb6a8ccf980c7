"""Ecosystems: the list, an ecosystem's gaps, and its network."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from matchmaker.api.context import ContextPart, DayPart, LimitPart, ViewPart
from matchmaker.api.paging import page, parse_cursor
from matchmaker.api.problems import problems
from matchmaker.api.schemas.ecosystems import EcosystemPage, NetworkNodeOut, NetworkOut, NetworkTieOut
from matchmaker.api.schemas.gaps import GapReportOut, gap_report_out
from matchmaker.api.schemas.partners import node_out
from matchmaker.api.schemas.suggestions import Reference
from matchmaker.api.views import scope_of
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.vocabulary import Audience, GapKind, Label
from matchmaker.services.disclosure import disclose_gaps, disclose_node, disclose_tie
from matchmaker.services.gaps import report_gaps
from matchmaker.services.naming import find_ecosystem
from matchmaker.services.network import NetworkNode, find_network

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
    snapshot = context.snapshots.get(scope_of(context, view), view.as_of)
    nodes = [disclose_node(node, view.audience) for _, node in snapshot.iter_nodes(Label.ECOSYSTEM)]
    shown = {str(node.id): node for node in nodes if node is not None}
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
    snapshot = find_ecosystem(context.snapshots, ecosystem, view.as_of).snapshot
    report = report_gaps(snapshot, (kind,) if kind else ())
    return gap_report_out(disclose_gaps(report, view.audience, snapshot), figures=view.figures)


@router.get("/{ecosystem}/network", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def get_network(context: ContextPart, view: DayPart, ecosystem: EcosystemName) -> NetworkOut:
    """Return an ecosystem's members and the ties among them."""
    snapshot = find_ecosystem(context.snapshots, ecosystem, view.as_of).snapshot
    network = find_network(snapshot)
    nodes = [shown for member in network.nodes if (shown := _node(snapshot, member, view.audience)) is not None]
    held = {node.id for node in nodes}
    ties = [seen for tie in network.ties if (seen := _tie(tie, view.audience, held)) is not None]
    return NetworkOut(
        ecosystem=Reference(id=network.ecosystem, name=snapshot.get_node(network.ecosystem).name),
        as_of=network.as_of,
        graph_hash=network.graph_hash,
        nodes=nodes,
        ties=ties,
    )


def _node(snapshot: Snapshot, member: NetworkNode, audience: Audience) -> NetworkNodeOut | None:
    disclosed = disclose_node(member.node, audience, records=snapshot.records(member.node.id))
    if disclosed is None:
        return None
    return NetworkNodeOut(
        **node_out(disclosed).model_dump(),
        sector=member.sector,
        stages=list(member.stages),
        position=member.position,
        degree=member.degree,
    )


def _tie(tie: Tie, audience: Audience, held: set[str]) -> NetworkTieOut | None:
    disclosed = disclose_tie(tie, audience)
    if disclosed is None or not {tie.source, tie.target} <= held:
        return None
    return NetworkTieOut(
        id=tie.id, type=tie.type, source=tie.source, target=tie.target, properties=dict(disclosed.properties)
    )
