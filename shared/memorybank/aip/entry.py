"""The way in: finds the handler of an HTTP request, calls it, and tells its answer or its error as Google's APIs do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from memorybank.aip.errors import error_response
from memorybank.aip.http import Request, Response, json_response, request_from_environ, respond
from memorybank.aip.json_body import parse_json
from memorybank.aip.routing import Route, Router
from memorybank.errors import MemoryBankError

_log = logging.getLogger(__name__)

ServiceT = TypeVar("ServiceT")


@dataclass(frozen=True)
class Call:
    """What a handler is told of a request: the variables of its path, its query, its headers and its JSON body."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: dict[str, Any]
    version: str


class Application(Generic[ServiceT]):
    """A WSGI application of routes whose handlers take a service and a `Call` and return the JSON answer."""

    def __init__(self, routes: Iterable[Route], service: ServiceT, *, max_body: int) -> None:
        self._router = Router(routes)
        self._service = service
        self._max_body = max_body

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """Serve one request of a WSGI server."""
        try:
            response = self.handle(request_from_environ(environ, self._max_body))
        except MemoryBankError as error:
            response = error_response(error)
        return respond(response, start_response, head=environ["REQUEST_METHOD"] == "HEAD")

    def handle(self, request: Request) -> Response:
        """Return the answer to a request; whatever goes wrong is an answer too."""
        try:
            match = self._router.match(request.method, request.path)
            body = parse_json(request.body) if request.body else {}
            call = Call(match.params, request.query, request.headers, body, match.version)
            return json_response(match.route.handler(self._service, call))
        except MemoryBankError as error:
            return error_response(error)
        except Exception as error:  # noqa: BLE001 - the border: a crash is an answer, its trace goes to the log
            _log.exception("a handler crashed", extra={"method": request.method})
            return error_response(error)
