"""Keeps web pages away from a server on this machine.

Any page open in a browser can send requests to a loopback address (cross-site request forgery), or make its own host
name point there (DNS rebinding). The local server asks for no credentials, so it refuses requests from pages: those
with an `Origin` other than its own and, if it listens on loopback only, those for a host name that is not loopback's.

Its own pages may call it, where a browser cannot be deceived about which ones these are: at an address or a name of
loopback, which nobody else can make their own name point to.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, TypeAlias

from memorybank.aip.errors import error_response
from memorybank.aip.http import respond
from memorybank.errors import PermissionDenied

WsgiApplication: TypeAlias = Callable[[Mapping[str, Any], Callable[..., object]], Iterable[bytes]]


def without_foreign_pages(application: WsgiApplication, *, host: str) -> WsgiApplication:
    """Wrap a WSGI application served on `host` so that it answers 403 to web pages that are not its own."""
    return _guarded(application, partial(_refusal, only_loopback=is_loopback(host)))


def for_own_pages(application: WsgiApplication) -> WsgiApplication:
    """Wrap a WSGI application that serves web pages so that it answers 403 where another page may pass for them."""

    def refusal(environ: Mapping[str, Any]) -> str | None:
        name = _host_name(environ)
        return None if _is_fixed(name) else f"pages are not served as {name[:100]!r}: open them by the server's address"

    return _guarded(application, refusal)


def _guarded(application: WsgiApplication, refusal: Callable[[Mapping[str, Any]], str | None]) -> WsgiApplication:
    def guarded(environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        refused = refusal(environ)
        if refused is None:
            return application(environ, start_response)
        response = error_response(PermissionDenied(refused))
        return respond(response, start_response, head=environ["REQUEST_METHOD"] == "HEAD")

    return guarded


_LONGEST_NAME = 255
"""The characters of the longest host name of DNS: what is remembered must not grow with what callers send."""


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address always means this machine."""
    return len(host) <= _LONGEST_NAME and _is_loopback(host)


@lru_cache(maxsize=64)
def _is_loopback(host: str) -> bool:
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_fixed(name: str) -> bool:
    """Tell whether a host is an address or always means this machine, so that nobody can make it point elsewhere."""
    if is_loopback(name):
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _refusal(environ: Mapping[str, Any], *, only_loopback: bool) -> str | None:
    name = _host_name(environ)
    if only_loopback and not is_loopback(name):
        return f"the local server listens on loopback only and is not {name[:100]!r}: call it by 127.0.0.1 or localhost"
    origin = environ.get("HTTP_ORIGIN")
    if origin and not (
        _is_fixed(name) and origin.lower() == f"{environ['wsgi.url_scheme']}://{_asked(environ)}".lower()
    ):
        return "the local server refuses requests from web pages of others (this one's Origin is not the server's)"
    return None


def _asked(environ: Mapping[str, Any]) -> str:
    return environ.get("HTTP_HOST") or "localhost"


def _host_name(environ: Mapping[str, Any]) -> str:
    asked = _asked(environ)
    return asked.rpartition(":")[0] if not asked.endswith("]") and ":" in asked else asked
