"""Puts the routes together. Holds no rule of its own."""

from collections.abc import Collection
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI

from matchmaker import __version__
from matchmaker.api.context import Context
from matchmaker.api.description import describe
from matchmaker.api.guards import LOOPBACK_HOSTS, Guard, refuse_unknown_parameters
from matchmaker.api.problems import install_problems
from matchmaker.api.routes import (
    ecosystems,
    explanations,
    exports,
    health,
    imports,
    models,
    partners,
    programs,
    reference,
    showings,
    stops,
    suggestions,
)
from matchmaker.graph.store import GraphStore
from matchmaker.services.snapshots import SnapshotCache

DESCRIPTION = """Who should this partner meet, and why. Answers come with reasons for both sides
and say what isn't known.

Errors are RFC 9457 problems. Lists are paged: send `next_cursor` back as `cursor`. Unknown parameters are refused."""


_PARTS = (
    *(partners, programs, showings, suggestions, stops, explanations),
    *(ecosystems, models, exports, imports, reference, health),
)


def create_app(store: GraphStore, hosts: Collection[str] = LOOPBACK_HOSTS, public_url: str = "") -> FastAPI:
    """Return the app over a store.

    Parameters
    ----------
    store
        Read by every request; closed by whoever opened it.
    hosts
        The ``Host`` names that are answered, without ports.
    public_url
        Where people outside reach this server, for the stop links in messages; empty where they don't.
    """
    app = FastAPI(
        title="matchmaker",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(refuse_unknown_parameters)],
    )
    app.state.context = Context(store, SnapshotCache(store), public_url)
    app.add_middleware(Guard, hosts=hosts, public_host=urlsplit(public_url).hostname or "")
    install_problems(app)
    for part in _PARTS:
        app.include_router(part.router)
    described = describe(app)
    app.openapi = lambda: described  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    return app
