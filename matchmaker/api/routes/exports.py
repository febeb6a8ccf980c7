"""Exports: an ecosystem's graph as a file to download."""

from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from matchmaker.api.context import ContextPart, DayPart
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


def _file_responses() -> dict[int | str, dict[str, Any]]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    types = sorted({spec.media_type for spec in FORMATS.values()})
    headers = {
        "Content-Disposition": {"description": "The file's name.", "schema": {"type": "string"}},
        GRAPH_HASH: {"description": "The hash of the graph in it.", "schema": {"type": "string"}},
    }
    done = {"description": "The file.", "content": dict.fromkeys(types, binary), "headers": headers}
    return {HTTPStatus.OK.value: done, **problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)}


@router.get("/{ecosystem}/export", response_class=Response, responses=_file_responses())
def export_ecosystem(
    context: ContextPart,
    view: DayPart,
    ecosystem: EcosystemName,
    format: Annotated[ExportFormat, Query(description="Which format; a bundle comes as a zip file.")],
) -> Response:
    """Return an ecosystem's graph as a file, as an audience may have it; small counts of people are left out."""
    found = find_ecosystem(context.snapshots, ecosystem, view.as_of, view.audience)
    return _file(_publish(found.shown, view.audience), format)


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
