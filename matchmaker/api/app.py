"""Puts the routes together. Holds no rule of its own."""

from collections.abc import Collection

from fastapi import Depends, FastAPI

from matchmaker import __version__
from matchmaker.api.context import Context
from matchmaker.api.description import describe
from matchmaker.api.guards import LOOPBACK_HOSTS, Guard, refuse_unknown_parameters
from matchmaker.api.problems import install_problems
from matchmaker.api.routes import ecosystems, explanations, exports, health, imports, partners, programs, reference
from matchmaker.graph.store import GraphStore
from matchmaker.services.snapshots import SnapshotCache

DESCRIPTION = """Who should this partner meet, and why. Answers come with reasons for both sides
and say what isn't known.

Errors are RFC 9457 problems. Lists are paged: send `next_cursor` back as `cursor`. Unknown parameters are refused."""


def create_app(store: GraphStore, hosts: Collection[str] = LOOPBACK_HOSTS) -> FastAPI:
    """Return the app over a store.

    Parameters
    ----------
    store
        Read by every request; closed by whoever opened it.
    hosts
        The ``Host`` names that are answered, without ports.
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
    app.state.context = Context(store, SnapshotCache(store))
    app.add_middleware(Guard, hosts=hosts)
    install_problems(app)
    for part in (partners, programs, explanations, ecosystems, exports, imports, reference, health):
        app.include_router(part.router)
    described = describe(app)
    app.openapi = lambda: described  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    return app
