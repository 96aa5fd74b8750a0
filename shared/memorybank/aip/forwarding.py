"""Forwards HTTP requests to another server: bodies stream both ways, and connections are reused."""

from __future__ import annotations

import http.client
import select
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlsplit

from memorybank.aip.http import Body, body_of, headers_of
from memorybank.errors import DeadlineExceeded, Unavailable

_CHUNK = 64 * 1024
_MOST_IDLE = 60.0
"""Seconds after which an idle connection is no longer reused: the other side may have closed it unnoticed."""

_PATH_SAFE = "/:@!$&'()*+,;=~"
_QUERY_SAFE = _PATH_SAFE + "?%"
_BETWEEN_HOPS = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"),
        *("transfer-encoding", "upgrade", "host", "content-length", "expect"),
    }
)
"""Headers that apply to one connection only, or that every connection sets itself."""

_OURS = frozenset({"connection", "date", "keep-alive", "server", "transfer-encoding"})
"""Headers of an answer that the front server sets itself."""


class Upstream:
    """A server at `origin` (scheme and host) that requests are forwarded to. Thread-safe."""

    def __init__(self, origin: str, *, connect_timeout: float = 5.0, read_timeout: float = 55.0) -> None:
        self.origin = origin
        self._parts = urlsplit(origin)
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._idle: list[tuple[http.client.HTTPConnection, float]] = []
        self._lock = threading.Lock()

    def forward(
        self,
        environ: Mapping[str, Any],
        start_response: Callable[..., object],
        *,
        dropping: Iterable[str],
        adding: Mapping[str, str],
        max_body: int,
    ) -> Iterable[bytes]:
        """Forward a WSGI request, with some headers removed and others added, and return the parts of the answer.

        Raises before the answer begins: `Unavailable` if the server cannot be reached, `DeadlineExceeded` if it is
        silent for `read_timeout`, and the errors of `body_of`.
        """
        headers = {**_passed_on(headers_of(environ), dropping), **adding}
        body = body_of(environ, max_body)
        # A pooled connection may close just as it is used. Reads are safe to repeat; writes are not.
        repeatable = environ["REQUEST_METHOD"] == "GET" and body.length is not None and body.length <= _CHUNK
        if repeatable:  # Google's SDK sends a body with each GET
            body = body._replace(parts=list(body.parts))
        try:
            connection, response = _exchange(self._take(), environ, headers, body=body)
        except Unavailable:
            if not repeatable:
                raise
            connection, response = _exchange(self._connected(), environ, headers, body=body)
        passed = [(name, value) for name, value in response.getheaders() if name.lower() not in _OURS]
        start_response(f"{response.status} {response.reason or 'Unknown'}", passed)
        return _Answer(response, lambda whole: self._give(connection, keep=whole and not response.will_close))

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            for connection, _ in self._idle:
                connection.close()
            self._idle.clear()

    def _take(self) -> http.client.HTTPConnection:
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection, since = self._idle.pop()
            if time.monotonic() - since < _MOST_IDLE and not _has_ended(connection):
                return connection
            connection.close()
        return self._connected()

    def _connected(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=self._connect_timeout)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise Unavailable("the function that serves this cannot be reached now") from error
        connection.sock.settimeout(self._read_timeout)
        return connection

    def _give(self, connection: http.client.HTTPConnection, *, keep: bool) -> None:
        if not keep:
            connection.close()
            return
        with self._lock:
            self._idle.append((connection, time.monotonic()))


class _Answer:
    """The body of an answer for WSGI; `done` is called once and told whether the body was read to its end."""

    def __init__(self, response: http.client.HTTPResponse, done: Callable[[bool], None]) -> None:
        self._response = response
        self._done: Callable[[bool], None] | None = done

    def __iter__(self) -> Iterator[bytes]:
        while part := self._response.read1(_CHUNK):
            yield part
        if self._response.length:
            raise ConnectionError("the answer broke off while it was being forwarded")
        self._finish(whole=True)

    def close(self) -> None:
        """Release the connection; its answer may not have been read to the end."""
        self._finish(whole=False)

    def _finish(self, *, whole: bool) -> None:
        done, self._done = self._done, None
        if done is not None:
            self._response.close()
            done(whole)


def _exchange(
    connection: http.client.HTTPConnection, environ: Mapping[str, Any], headers: Mapping[str, str], *, body: Body
) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """Send a request and return the answer up to its headers; any error closes the connection."""
    try:
        _send(connection, environ, headers, body=body)
        return connection, connection.getresponse()
    except TimeoutError as error:
        connection.close()
        raise DeadlineExceeded("the function that serves this took too long to answer") from error
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise Unavailable("the function that serves this cannot be reached now") from error
    except BaseException:
        connection.close()
        raise


def _send(
    connection: http.client.HTTPConnection, environ: Mapping[str, Any], headers: Mapping[str, str], *, body: Body
) -> None:
    connection.putrequest(environ["REQUEST_METHOD"], _target(environ), skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value.encode("latin-1"))
    if body.length is None:
        connection.putheader("Transfer-Encoding", "chunked")
    elif body.length or environ.get("CONTENT_LENGTH"):
        connection.putheader("Content-Length", str(body.length))
    with suppress(BrokenPipeError):  # refused before it was read: there may still be an answer
        connection.endheaders(body.parts, encode_chunked=body.length is None)


def _target(environ: Mapping[str, Any]) -> str:
    """Return path and query in wire format: the decoded path that was checked, encoded again."""
    path = quote(str(environ.get("PATH_INFO") or "/").encode("latin-1"), safe=_PATH_SAFE)
    query = quote(str(environ.get("QUERY_STRING", "")).encode("latin-1"), safe=_QUERY_SAFE)
    return f"{path}?{query}" if query else path


def _passed_on(headers: Mapping[str, str], dropping: Iterable[str]) -> dict[str, str]:
    named = {name.strip().lower() for name in headers.get("connection", "").split(",")}
    left_out = _BETWEEN_HOPS | named | set(dropping)
    return {name: value for name, value in headers.items() if name not in left_out}


def _has_ended(connection: http.client.HTTPConnection) -> bool:
    """Tell whether the other side has closed an idle connection, which has no other data to read."""
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))
