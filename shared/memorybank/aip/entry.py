"""The entry point: finds the handler of an HTTP request, calls it, and answers as Google's APIs do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from memorybank.aip.errors import error_response
from memorybank.aip.http import (
    JSON,
    BodyTooLarge,
    Request,
    Response,
    discard_body,
    json_response,
    request_from_environ,
    respond,
)
from memorybank.aip.json_body import parse_json
from memorybank.aip.query import read_query
from memorybank.aip.routing import Route, Router
from memorybank.errors import Internal, MemoryBankError
from memorybank.logs import HEADERS

_log = logging.getLogger(__name__)

ServiceT = TypeVar("ServiceT")


class Call(NamedTuple):
    """The parts of a request that a handler gets: path variables, query, headers and JSON body."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: dict[str, Any]
    version: str


@dataclass
class Seen(Generic[ServiceT]):
    """What is known of a request when it is over: one that was refused early lacks the later fields.

    `outcome` is OK or the status of the error, such as NOT_FOUND.
    """

    route: Route | None = None
    service: ServiceT | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = "OK"


Observe = Callable[[str, Call], AbstractContextManager[Callable[[Any], None]]]
"""Observes a call, given the name of its route: a context manager that yields a function to report the answer to."""


class Application(Generic[ServiceT]):
    """A WSGI application of routes whose handlers take a service and a `Call` and return the JSON answer.

    `admit` returns the service that the caller of a request may use, or raises. It gets the route and the headers, and
    runs before anything else of the request is read. `observe` wraps each handler. `record` is called after every
    request, including refused ones.
    """

    def __init__(
        self,
        routes: Iterable[Route],
        service: ServiceT,
        *,
        max_body: int,
        admit: Callable[[ServiceT, Route, Mapping[str, str]], ServiceT],
        observe: Observe | None = None,
        record: Callable[[Seen[ServiceT]], None] | None = None,
    ) -> None:
        from pydantic_core import PydanticSerializationError, to_json  # noqa: PLC0415 - the router has neither

        self._write, self._unwritten = to_json, PydanticSerializationError
        self._router = Router(routes)
        self._service = service
        self._admit = admit
        self._max_body = max_body
        self._observe = observe
        self._record = record

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """Serve one request of a WSGI server."""
        try:
            response = self.handle(request_from_environ(environ, self._max_body))
        except MemoryBankError as error:
            if isinstance(error, BodyTooLarge):
                discard_body(environ)
            response = error_response(error)
        return respond(response, start_response, head=environ["REQUEST_METHOD"] == "HEAD")

    def handle(self, request: Request) -> Response:
        """Return the answer to a request; errors are rendered as answers too."""
        token = HEADERS.set(request.headers)
        try:
            return self._answer(request)
        finally:
            HEADERS.reset(token)

    def _answer(self, request: Request) -> Response:
        seen: Seen[ServiceT] = Seen()
        try:
            answer = self._handled(request, seen)
            return answer if isinstance(answer, Response) else self._rendered(answer)
        except MemoryBankError as error:
            seen.outcome = error.status
            return error_response(error)
        except Exception as error:  # noqa: BLE001 - the border: a crash is an answer, its trace goes to the log
            seen.outcome = Internal.status
            _log.exception("a handler crashed", extra={"method": request.method})
            return error_response(error)
        finally:
            if self._record is not None:
                self._record(seen)

    def _rendered(self, answer: Any) -> Response:
        # A quarter of what `json` takes. NaN and infinity, which JSON lacks, are strings, as in Google's ProtoJSON.
        try:
            return Response(200, self._write(answer, inf_nan_mode="strings"), JSON)
        except self._unwritten:  # half of a surrogate pair, or 200 levels
            return json_response(answer)

    def _handled(self, request: Request, seen: Seen[ServiceT]) -> Any:
        match = self._router.match(request.method, request.path)
        seen.route, seen.params = match.route, match.params
        seen.service = service = self._admit(self._service, match.route, request.headers)
        query = {} if match.route.query is None else read_query(request.query, taken=match.route.query)
        seen.body = body = parse_json(request.body) if request.body else {}
        call = Call(match.params, query, request.headers, body, match.version)
        if self._observe is None:
            return match.route.handler(service, call)
        with self._observe(match.route.name, call) as answered:
            answer = match.route.handler(service, call)
            answered(answer)
        return answer
