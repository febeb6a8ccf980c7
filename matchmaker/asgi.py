"""Serves the API over a store, on loopback only."""

import errno
import ipaddress
import signal
import socket

import uvicorn

from matchmaker.api.app import create_app
from matchmaker.api.guards import LOOPBACK_HOSTS
from matchmaker.errors import ConfigError
from matchmaker.graph.store import GraphStore

BACKLOG = 128
"""How many connections may wait to be taken."""

GRACE_S = 10
"""How long requests under way may still take once the server is told to stop."""


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


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a loopback address.

    Raises
    ------
    ConfigError
        The address is none of loopback, or the port can't be had.
    """
    check_host(host)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(f"Can't listen on {host}: {error.strerror or error}.") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            message = f"Port {port} of {host} is in use by another program. Stop that one, or choose another port."
        else:
            message = f"Can't listen on port {port} of {host}: {error.strerror or error}."
        raise ConfigError(message) from error
    return bound


def serve(store: GraphStore, listening: socket.socket, host: str, public_url: str = "") -> None:
    """Serve on a socket that `bind` gave for ``host``, until a signal: SIGTERM returns, SIGINT (Ctrl-C) interrupts.

    Requests under way are answered first, for at most `GRACE_S` seconds; then the socket is closed.
    """
    own = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        create_app(store, LOOPBACK_HOSTS | {own}, public_url),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        signal.signal(signal.SIGTERM, before)
