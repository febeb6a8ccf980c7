"""Keeps other web pages out: a host allow-list, an origin check on every mutation, and unknown parameters refused."""

from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.responses import Response
from starlette.types import ASGIApp

from matchmaker.api.problems import problem_response
from matchmaker.errors import Finding, InvalidInput

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
PUBLIC_PATH = "/v1/stop/"
"""What people outside may open."""

_OWN_SITES = frozenset({"same-origin", "none"})

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Sent with every response."""


class Guard(BaseHTTPMiddleware):
    """Refuses requests for hosts that aren't ours, and mutations that another web page sends.

    A page on the internet can make a browser send requests to loopback (DNS rebinding, cross-site forms). The host
    allow-list stops the first; ``Origin`` and ``Sec-Fetch-Site`` tell the second. Programs that aren't browsers send
    neither header and pass.

    Parameters
    ----------
    hosts
        The ``Host`` names that are answered, without ports.
    public_host
        One more that is answered, for stop links only: people outside open them.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = LOOPBACK_HOSTS, public_host: str = "") -> None:
        super().__init__(app)
        self._hosts = frozenset(host.lower() for host in hosts)
        self._public_host = public_host.lower()

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = self._find_refusal(request) or await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def _find_refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if _without_port(host) not in self._hosts and not self._is_public(request, host):
            detail = f"This server doesn't answer for the host {host[:200]!r}."
            return problem_response(request, HTTPStatus.BAD_REQUEST, "unknown_host", detail)
        if request.method not in SAFE_METHODS and not _from_own_page(request, host):
            detail = "Changes can't be made from another web page."
            return problem_response(request, HTTPStatus.FORBIDDEN, "cross_site", detail)
        if b"%2f" in request.scope.get("raw_path", b"").lower():
            detail = "A name that holds a slash can't stand in a path; give the id."
            return problem_response(request, HTTPStatus.BAD_REQUEST, "encoded_slash", detail)
        return None

    def _is_public(self, request: Request, host: str) -> bool:
        asked = self._public_host and _without_port(host) == self._public_host
        return bool(asked) and request.url.path.startswith(PUBLIC_PATH)


def _without_port(host: str) -> str:
    name = host.lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


def _from_own_page(request: Request, host: str) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in _OWN_SITES:
        return False
    origin = request.headers.get("origin")
    return origin is None or (urlsplit(origin).netloc.lower() == host.lower() and origin.lower().startswith("http"))


async def refuse_unknown_parameters(request: Request) -> None:
    """Refuse query parameters that the route doesn't have, and repeated ones: a misspelled filter is no filter."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = _query_names(route.dependant)
    given = [name for name, _ in request.query_params.multi_items()]
    findings = [
        Finding(f"{name} is not a parameter here", "query", name[:200], ", ".join(sorted(known)) or "none")
        for name in sorted(set(given) - known)
    ]
    findings += [
        Finding(f"{name} is given more than once", "query", name, "once")
        for name in sorted(set(given) & known)
        if given.count(name) > 1
    ]
    if findings:
        raise InvalidInput(findings)


def _query_names(dependant: Dependant) -> set[str]:
    names = {field.alias for field in dependant.query_params}
    return names.union(*(_query_names(part) for part in dependant.dependencies))
