"""The router: one base URL for clients, which forwards every call to the function that serves it.

It never forwards to the worker or the sweep: it knows only the public route tables.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from memorybank.access.identity import CALLER_HEADER
from memorybank.aip.errors import error_response
from memorybank.aip.forwarding import Upstream
from memorybank.aip.http import BodyTooLarge, discard_body, headers_of, json_response, path_of, respond
from memorybank.aip.routing import Router
from memorybank.config import MAX_BODY
from memorybank.errors import MemoryBankError
from memorybank.handlers.routes import PUBLIC, routes_of

_log = logging.getLogger(__name__)
_DROPPED = ("authorization", "x-serverless-authorization", CALLER_HEADER)

Tokens: TypeAlias = Callable[[str], str]
"""Returns this service's ID token for an audience."""

Verify: TypeAlias = Callable[[Mapping[str, str]], str | None]
"""Returns who sent a request with these headers, None for anybody; raises `Unauthenticated` or `PermissionDenied`."""


class RouterApplication:
    """A WSGI application that forwards calls by the public route tables and answers everything else itself."""

    def __init__(self, urls: Mapping[str, str], *, tokens: Tokens, verify: Verify) -> None:
        self._router = Router(routes_of(PUBLIC))
        upstreams = {function: Upstream(urls[function]) for function in PUBLIC}
        self._upstreams = {route: upstreams[function] for function, routes in PUBLIC.items() for route in routes}
        self._tokens = tokens
        self._verify = verify

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """Serve one request of a WSGI server."""
        try:
            return self._answer(environ, start_response)
        except MemoryBankError as error:
            if isinstance(error, BodyTooLarge):
                discard_body(environ)
            if error.__cause__ is not None:
                _log.warning("a call could not be forwarded", exc_info=True)
            response = error_response(error)
        except Exception as error:  # noqa: BLE001 - the border: a crash is an answer, its trace goes to the log
            _log.exception("the router crashed")
            response = error_response(error)
        return respond(response, start_response, head=environ["REQUEST_METHOD"] == "HEAD")

    def close(self) -> None:
        """Close the idle connections to the functions."""
        for upstream in set(self._upstreams.values()):
            upstream.close()

    def _answer(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        route = self._router.match(environ["REQUEST_METHOD"], path_of(environ)).route
        upstream = self._upstreams.get(route)
        if upstream is None:
            return respond(json_response({"status": "ok"}), start_response)
        headers = {name: value for name, value in headers_of(environ).items() if name != CALLER_HEADER}
        caller = self._verify(headers)
        adding = {"authorization": f"Bearer {self._tokens(upstream.origin)}"}
        if caller is not None:
            adding[CALLER_HEADER] = caller
        return upstream.forward(environ, start_response, dropping=_DROPPED, adding=adding, max_body=MAX_BODY)
