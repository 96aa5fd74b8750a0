"""MCP over streamable HTTP: a WSGI application that the local server mounts at `/mcp`.

The address fixes the engine and the scope: `/mcp/ENGINE?user_id=ada`. Each request is answered in JSON and by itself:
there are no sessions and no streams, so a thread of the server is taken only as long as a request lasts.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from memorybank.aip.errors import error_response
from memorybank.aip.http import Response, body_of, headers_of, path_of, respond
from memorybank.client import BankClient
from memorybank.client.memories import ScopedMemories
from memorybank.client.settings import engine_id
from memorybank.config import MAX_BODY
from memorybank.errors import FailedPrecondition, InvalidArgument, MemoryBankError, NotFound, Violation
from memorybank.extras import need
from memorybank.mcp.in_process import URL, Handle, InProcess
from memorybank.mcp.messages import MessageRefused, check_message, refused_response

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

PATH = "/mcp"
"""Where the application is mounted."""

_MOST_SCOPES = 256
"""How many scopes are kept with what was deleted of them, so that it can be undone."""

_MOST_PAIRS = 100
_METHOD_NOT_ALLOWED = Response(405, b"", (("Allow", "POST"),))
_NOT_FORWARDED = frozenset({"content-length", "transfer-encoding", "content-encoding"})
"""Headers that describe how the body came in; it has been read."""

_current: ContextVar[ScopedMemories] = ContextVar("current")


class McpOverHttp:
    """Answers MCP requests about the bank behind `handle`; callers are who their `Authorization` says.

    A bare engine id is looked up in `project` and `location` first. The package `mcp` is imported on the first request.
    """

    def __init__(self, handle: Handle, *, project: str, location: str) -> None:
        self._exchange = InProcess(handle)
        self._project, self._location = project, location
        self._scopes: OrderedDict[tuple[Any, ...], ScopedMemories] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """Serve one request of a WSGI server."""
        try:
            response = self._answer(environ)
        except MemoryBankError as error:
            response = error_response(error)
        return respond(response, start_response, head=environ["REQUEST_METHOD"] == "HEAD")

    def _answer(self, environ: Mapping[str, Any]) -> Response:
        if environ["REQUEST_METHOD"] != "POST":
            return _METHOD_NOT_ALLOWED
        if wanting := need("mcp"):
            raise FailedPrecondition(f"MCP {wanting}")
        headers = headers_of(environ)
        memories = self._memories(environ, headers.get("authorization"))
        body = b"".join(body_of(environ, MAX_BODY).parts)
        try:
            check_message(body, headers.get("content-type", ""))
        except MessageRefused as refused:
            return refused_response(refused)
        return asyncio.run(_answered(self._server, memories, headers=headers, body=body))

    @cached_property
    def _server(self) -> Server[Any]:
        from memorybank.mcp.server import build_server  # noqa: PLC0415 - takes seconds

        built = build_server(_current.get, version=version("open-memory-bank"))
        return built._lowlevel_server  # noqa: SLF001 - which its own HTTP application is made of, too

    def _memories(self, environ: Mapping[str, Any], authorization: str | None) -> ScopedMemories:
        engine = path_of(environ).removeprefix(PATH).strip("/")
        scope = _scope(str(environ.get("QUERY_STRING", "")))
        try:
            engine_id(engine)
        except ValueError as error:
            right = f"{error}: call {PATH}/ENGINE?user_id=ada"
            raise InvalidArgument.of(Violation("engine", right)) from error
        key = (engine, tuple(sorted(scope.items())), authorization)
        with self._lock:
            if key in self._scopes:
                self._scopes.move_to_end(key)
                return self._scopes[key]
        bank = BankClient(URL, token=_token(authorization), exchange=self._exchange)
        try:
            found = bank.find_engine(engine, project=self._project, location=self._location)
        except NotFound as error:
            raise NotFound(
                f"this server has no engine {engine[:200]}: `memorybank bank list` names those it has"
            ) from error
        opened = ScopedMemories(found, scope)
        with self._lock:
            self._scopes[key] = opened
            while len(self._scopes) > _MOST_SCOPES:
                self._scopes.popitem(last=False)
        return opened


async def _answered(
    server: Server[Any], memories: ScopedMemories, *, headers: Mapping[str, str], body: bytes
) -> Response:
    """Return what the package `mcp` answers to one POST."""
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager  # noqa: PLC0415 - takes seconds

    _current.set(memories)  # tasks and threads begun from here inherit it
    # Host and Origin have been checked by the browser guard, which knows the address that the server listens on.
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True, max_request_body_size=MAX_BODY)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    async with manager.run():
        await manager.handle_request(_asgi_scope(headers), receive, send)
    return _response(sent)


def _asgi_scope(headers: Mapping[str, str]) -> dict[str, Any]:
    pairs = [(name, value) for name, value in headers.items() if name not in _NOT_FORWARDED]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs],
    }


def _response(sent: Iterable[Mapping[str, Any]]) -> Response:
    status, body = 500, b""
    headers: tuple[tuple[str, str], ...] = ()
    for message in sent:
        if message["type"] == "http.response.start":
            status = message["status"]
            decoded = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message.get("headers", ())]
            headers = tuple(pair for pair in decoded if pair[0].lower() != "content-length")
        else:
            body += message.get("body", b"")
    return Response(status, body, headers)


def _scope(query: str) -> dict[str, str]:
    """Return the scope that an address names in its query string."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PAIRS)
    except ValueError as error:
        raise InvalidArgument("The query string must be percent-encoded UTF-8, such as user_id=ada.") from error
    scope = dict(pairs)
    if not pairs or len(scope) < len(pairs) or not all(key and value for key, value in pairs):
        raise InvalidArgument.of(
            Violation("scope", "the query string must name each part of the scope once: ?user_id=ada&app=notes")
        )
    return scope


def _token(authorization: str | None) -> str | None:
    """Return the caller's own token, which goes with the calls that are made for it."""
    scheme, _, token = (authorization or "").partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None
