"""The WSGI application of the console: finds a page, renders it, and keeps foreign pages and content out."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from memorybank.client.bank import BankClient
from memorybank.client.transport import Exchange
from memorybank.console.addresses import ROOT, address
from memorybank.console.forms import read_form, read_query
from memorybank.console.visit import Page, Place, Redirect, Visit
from memorybank.errors import Internal, MemoryBankError, NotFound

if TYPE_CHECKING:
    from memorybank.console.rendering import Renderer

Connect: TypeAlias = Callable[[Mapping[str, Any]], BankClient]

_log = logging.getLogger(__name__)

_STATIC = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=UTF-8", ".js": "text/javascript; charset=UTF-8", ".svg": "image/svg+xml"}
_STATUSES = {
    "INVALID_ARGUMENT": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "FAILED_PRECONDITION": 400,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
_URL = "http://127.0.0.1"
"""Stands for a bank in this process in messages; nothing is sent there."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    # Not no-referrer: browsers would send forms with the Origin null, which the server refuses.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


def connecting(exchange: Exchange) -> Connect:
    """Return what makes a client that calls by `exchange`, as whoever sent the request for the page."""

    def connect(environ: Mapping[str, Any]) -> BankClient:
        scheme, _, token = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
        return BankClient(_URL, token=token if scheme.lower() == "bearer" else None, exchange=exchange)

    return connect


class Console:
    """The console of one bank. `connect` gives the client for a request, from its WSGI environment.

    `every` is after how many milliseconds an open page asks for news, 0 for never. `token` is the secret in forms; the
    processes that serve one console share it.
    """

    def __init__(
        self,
        connect: Connect,
        place: Place,
        *,
        every: int = 700,
        now: Callable[[], datetime] | None = None,
        token: str | None = None,
    ) -> None:
        self._connect, self._place, self._every = connect, place, every
        self._now = now or (lambda: datetime.now(UTC))
        self._token = token or secrets.token_urlsafe(32)

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """Serve one request."""
        status, headers, body = self._answered(environ)
        everything = [*headers, *_HEADERS]
        if status != HTTPStatus.NOT_MODIFIED:  # its length would be that of the page, which is not sent
            everything.append(("Content-Length", str(len(body))))
        start_response(f"{status} {HTTPStatus(status).phrase}", everything)
        return [] if environ["REQUEST_METHOD"] == "HEAD" or status == HTTPStatus.NOT_MODIFIED else [body]

    def _answered(self, environ: Mapping[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        try:
            path = str(environ.get("PATH_INFO", "")).encode("latin-1").decode()
        except UnicodeError:
            path = "?"
        try:
            if path.startswith(f"{ROOT}/static/"):
                return _static(path.rpartition("/")[2])
            answer = self._page(path, environ)
        except MemoryBankError as error:
            answer = _failure(error)
        except Exception:  # noqa: BLE001 - the border: a crash is a page, its trace goes to the log
            _log.exception("a page of the console crashed")
            answer = _failure(Internal("The page could not be made; the log says why."))
        if isinstance(answer, Redirect):
            mark = "&" if "?" in answer.address else "?"
            to = f"{answer.address}{mark}done={answer.done}" if answer.done else answer.address
            return 303, [("Location", to), ("Cache-Control", "no-store")], b""
        return self._shown(answer, environ)

    def _page(self, path: str, environ: Mapping[str, Any]) -> Page | Redirect:
        method = "GET" if environ["REQUEST_METHOD"] == "HEAD" else str(environ["REQUEST_METHOD"])
        query = read_query(environ)
        form = read_form(environ, token=self._token) if method == "POST" else {}
        from memorybank.console.routes import find  # noqa: PLC0415 - a server starts without its pages

        handler, names = find(method, path.removeprefix(ROOT).strip("/"))
        return handler(Visit(self._connect(environ), self._place, self._now(), names, query, form))

    def _shown(self, page: Page, environ: Mapping[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        query = {} if page.status >= HTTPStatus.BAD_REQUEST else read_query(environ)
        html = self._renderer.render(page, done=query.get("done"), now=self._now())
        body = html.encode(errors="replace")
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = [("Content-Type", "text/html; charset=UTF-8"), ("Cache-Control", "no-store"), ("ETag", tag)]
        if page.status == HTTPStatus.OK and environ.get("HTTP_IF_NONE_MATCH") == tag:
            return 304, headers, b""
        return page.status, headers, body

    @cached_property
    def _renderer(self) -> Renderer:
        from memorybank.console.rendering import Renderer  # noqa: PLC0415 - a server starts without Jinja

        return Renderer(token=self._token, every=self._every)


def _failure(error: MemoryBankError) -> Page:
    values = {"error": error, "engine": None, "home": address("")}
    return Page("error.html", values, status=_STATUSES.get(error.status, 500))


def _static(name: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return one of the files beside this module; a name with anything but letters and one dot is none of them."""
    path = _STATIC / name
    if not re.fullmatch(r"[a-z]+\.[a-z]+", name) or not path.is_file():
        raise NotFound(f"There is no file {name[:100]!r}.")
    return 200, [("Content-Type", _TYPES[path.suffix]), ("Cache-Control", "no-cache")], path.read_bytes()
