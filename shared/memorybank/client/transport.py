"""One HTTP request with the standard library: a new connection for each, which must open within two seconds."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit

from memorybank.client.errors import broken_off, no_bank, unreachable
from memorybank.errors import DeadlineExceeded
from memorybank.hosts import proxy_for, proxy_headers

CONNECT_TIMEOUT = 2.0
"""Seconds to wait for a connection: a person who waits should soon hear of a dead address."""

_LEAST_SHARE = 0.2
_MAX_ANSWER = 64 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    body: bytes


class Exchange(Protocol):
    """Sends a request to `path` below `url` and returns the answer, as `exchange` does."""

    def __call__(
        self, url: str, method: str, path: str, *, body: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> Answer:
        """Return the answer, whatever its status."""


@dataclass(frozen=True)
class _Way:
    """A connection that is not open yet, the target of the request, and the proxy, if any."""

    connection: http.client.HTTPConnection
    target: str
    headers: Mapping[str, str]
    proxy: str | None = None


def exchange(
    url: str, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str], timeout: float
) -> Answer:
    """Send a request to `path` below `url` and return the answer, whatever its status.

    `timeout` is how many seconds to wait for the answer. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are followed, except for
    this machine. Raises `Unavailable` if there is no connection or it breaks, and `DeadlineExceeded`.
    """
    way = _way(url, path)
    with closing(way.connection) as connection:
        try:
            connection.connect()
        except OSError as error:
            raise unreachable(url, error, seconds=CONNECT_TIMEOUT, proxy=way.proxy) from error
        except http.client.HTTPException as error:
            raise broken_off(url, error) from error
        connection.sock.settimeout(timeout)
        try:
            connection.request(method, way.target, body, {**headers, **way.headers})
            response = connection.getresponse()
            answer = Answer(response.status, response.read(_MAX_ANSWER + 1))
        except TimeoutError as error:
            raise DeadlineExceeded(f"{url} did not answer {method} {path[:200]} within {timeout:g} s.") from error
        except (OSError, http.client.HTTPException) as error:
            raise broken_off(url, error) from error
    if len(answer.body) > _MAX_ANSWER:
        raise no_bank(url, f"its answer is longer than {_MAX_ANSWER} bytes")
    return answer


def _way(url: str, path: str) -> _Way:
    parts = urlsplit(url)
    target, host = parts.path.rstrip("/") + path, parts.hostname or ""
    proxy = proxy_for(parts.scheme, host)
    if proxy is None:
        return _Way(_connection(parts.scheme, host, parts.port), target, {})
    shown = f"{proxy.hostname}:{proxy.port or 80}"
    if parts.scheme == "https":
        connection = _connection("https", proxy.hostname or "", proxy.port or 80)
        connection.set_tunnel(host, parts.port or 443, headers=proxy_headers(proxy))
        return _Way(connection, target, {}, shown)
    connection = _connection("http", proxy.hostname or "", proxy.port)
    return _Way(connection, f"http://{parts.netloc}{target}", proxy_headers(proxy), shown)


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    connection: Any
    if scheme == "https":
        connection = http.client.HTTPSConnection(host, port, timeout=CONNECT_TIMEOUT, context=_tls())
    else:
        connection = http.client.HTTPConnection(host, port, timeout=CONNECT_TIMEOUT)
    connection._create_connection = _dial  # noqa: SLF001 - else each address of a host takes the whole time
    return connection  # type: ignore[no-any-return]  # what was made above


def _dial(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
    """Connect to the first address of a host that answers, within `CONNECT_TIMEOUT` for all of them."""
    end = monotonic() + CONNECT_TIMEOUT
    found = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)
    failure: OSError = OSError("the host has no address")
    for left, (family, kind, protocol, _name, target) in zip(range(len(found), 0, -1), found, strict=True):
        reached = socket.socket(family, kind, protocol)
        reached.settimeout(max(_LEAST_SHARE, (end - monotonic()) / left))
        try:
            reached.connect(target)
        except OSError as error:
            reached.close()
            failure = error
        else:
            reached.settimeout(CONNECT_TIMEOUT)  # for the TLS handshake
            return reached
    raise failure


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
