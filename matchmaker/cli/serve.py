"""``matchmaker serve``: the API on this machine."""

from contextlib import closing
from typing import Annotated

import typer

from matchmaker import asgi
from matchmaker.bootstrap import read_settings
from matchmaker.cli.opening import opened
from matchmaker.cli.options import StoreOption
from matchmaker.cli.output import tell


def serve(
    host: Annotated[str, typer.Option("--host", help="A loopback address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8765,
    store: StoreOption = None,
) -> None:
    """Serve the API on this machine; Ctrl-C ends it."""
    asgi.check_host(host)
    with opened(store) as graph, closing(asgi.bind(host, port)) as listening:
        shown = f"[{host}]" if ":" in host else host
        tell(f"Serving on http://{shown}:{port}/v1/partners (what there is: /v1/openapi.json). Ctrl-C ends it.")
        asgi.serve(graph, listening, host, read_settings().public_url)


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(serve)
