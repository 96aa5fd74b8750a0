"""Keeps web pages away from a server on this machine.

Any page open in a browser can send requests to a loopback address (cross-site request forgery), or make its own host
name point there (DNS rebinding). The local server asks for no credentials, so it refuses requests from pages: those
with an `Origin` and, if it listens on loopback only, those for a host name that is not loopback's.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from memorybank.aip.errors import error_response
from memorybank.aip.http import respond
from memorybank.errors import PermissionDenied

WsgiApplication: TypeAlias = Callable[[Mapping[str, Any], Callable[..., object]], Iterable[bytes]]


def without_browsers(application: WsgiApplication, *, host: str) -> WsgiApplication:
    """Wrap a WSGI application served on `host` so that it answers 403 to web pages."""
    only_loopback = is_loopback(host)

    def guarded(environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        refused = _refusal(environ, only_loopback=only_loopback)
        if refused is None:
            return application(environ, start_response)
        response = error_response(PermissionDenied(refused))
        return respond(response, start_response, head=environ["REQUEST_METHOD"] == "HEAD")

    return guarded


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address always means this machine."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _refusal(environ: Mapping[str, Any], *, only_loopback: bool) -> str | None:
    if environ.get("HTTP_ORIGIN"):
        return "the local server refuses requests from web pages (this one has an Origin header)"
    asked = str(environ.get("HTTP_HOST") or "localhost")
    name = asked.rpartition(":")[0] if not asked.endswith("]") and ":" in asked else asked
    if only_loopback and not is_loopback(name):
        return f"the local server listens on loopback only and is not {name[:100]!r}: call it by 127.0.0.1 or localhost"
    return None
