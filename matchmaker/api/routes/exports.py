"""Exports: an ecosystem's graph as a file to download."""

from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from matchmaker.api.context import ContextPart, DayPart, get_public_view
from matchmaker.api.problems import problems
from matchmaker.exchange.published import Published
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.vocabulary import Audience
from matchmaker.services.exporting import FORMATS, ExportFormat, file_name, publish_snapshot, render
from matchmaker.services.naming import find_ecosystem

router = APIRouter(prefix="/v1/ecosystems", tags=["exports"])
EcosystemName = Annotated[str, Path(max_length=300, description="An id or a name.", examples=["portland-metro-stem"])]
GRAPH_HASH = "X-Graph-Hash"
"""The header that says which graph a file holds."""


def _responses(*types: str) -> dict[int | str, dict[str, Any]]:
    """Return what a route that gives a file answers: the file, or a problem."""
    content: dict[str, Any] = {
        type: {"schema": {"type": "object"} if type == "application/json" else {"type": "string", "format": "binary"}}
        for type in sorted(set(types))
    }
    headers = {GRAPH_HASH: {"description": "The hash of the graph in it.", "schema": {"type": "string"}}}
    done = {"description": "The file.", "content": content, "headers": headers}
    return {HTTPStatus.OK.value: done, **problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)}


_EVERY_TYPE = tuple(spec.media_type for spec in FORMATS.values())


@router.get("/{ecosystem}/export", response_class=Response, responses=_responses(*_EVERY_TYPE))
def export_ecosystem(
    context: ContextPart,
    view: DayPart,
    ecosystem: EcosystemName,
    format: Annotated[ExportFormat, Query(description="Which format; a bundle comes as a zip file.")],
) -> Response:
    """Return an ecosystem's graph as a file, as an audience may have it; small counts of people are left out."""
    found = find_ecosystem(context.snapshots, ecosystem, view.as_of, view.audience)
    return _file(_publish(found.shown, view.audience), format)


@router.get("/{ecosystem}/kumu.json", response_class=Response, responses=_responses("application/json"))
def link_kumu(context: ContextPart, ecosystem: EcosystemName) -> Response:
    """Return an ecosystem's map for Kumu, as it is today, to link to: public facts only, whoever asks."""
    found = find_ecosystem(context.snapshots, ecosystem, get_public_view().as_of, Audience.PUBLIC)
    published = _publish(found.shown, Audience.PUBLIC)
    headers = {
        GRAPH_HASH: published.graph_hash,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Response(render(published, ExportFormat.KUMU), media_type="application/json", headers=headers)


@lru_cache(maxsize=4)
def _publish(shown: Snapshot, audience: Audience) -> Published:
    """Publish a snapshot once: a live link is asked for again and again, and a snapshot never changes."""
    return publish_snapshot(shown, audience)


def _file(published: Published, format: ExportFormat) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(published, format)}"',
        GRAPH_HASH: published.graph_hash,
    }
    return Response(render(published, format), media_type=FORMATS[format].media_type, headers=headers)
