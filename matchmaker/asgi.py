"""Serves the API over a store, on loopback only."""

import ipaddress

import uvicorn

from matchmaker.api.app import create_app
from matchmaker.api.guards import LOOPBACK_HOSTS
from matchmaker.errors import ConfigError
from matchmaker.graph.store import GraphStore


def check_host(host: str) -> None:
    """Raise `ConfigError` for an address that other machines could reach.

    >>> check_host("127.0.0.1")
    """
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ConfigError(
            f"Not serving on {host!r}: there are no keys yet, so everybody who reaches the port would see what hub "
            "staff see. Use 127.0.0.1, ::1 or localhost."
        )


def serve(store: GraphStore, host: str, port: int) -> None:
    """Serve until stopped by a signal."""
    check_host(host)
    own = f"[{host}]" if ":" in host else host
    app = create_app(store, LOOPBACK_HOSTS | {own})
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False)
