"""A minimal JSON client over HTTP with pooled connections, which costs a tenth of a full HTTP library's time.

HTTPS_PROXY, HTTP_PROXY and NO_PROXY are followed, except for this machine.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, urlsplit

from memorybank.hosts import proxy_for, proxy_headers
from memorybank.models.failures import Endpoint, failure_of, status_within, timed_out, unreachable

_MOST_IDLE = 60.0
"""Seconds after which an idle connection is no longer reused."""


@dataclass(frozen=True)
class Answer:
    """The status, headers and body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Rest:
    """Posts JSON. Thread-safe. `timeout` is the timeout of connecting and of each read."""

    def __init__(self, *, timeout: float) -> None:
        self.timeout = timeout
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, str], list[tuple[http.client.HTTPConnection, float]]] = {}

    def post(self, url: str, body: Any, headers: Mapping[str, str]) -> Answer:
        """Return the answer; raise `TimeoutError`, `OSError` or `http.client.HTTPException` if there is none."""
        parts = urlsplit(url)
        place = (parts.scheme, parts.netloc)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        proxy = proxy_for(parts.scheme, parts.hostname or "")
        if proxy is not None and parts.scheme == "http":
            target, headers = f"http://{parts.netloc}{target}", {**headers, **proxy_headers(proxy)}
        data = json.dumps(body).encode()
        kept = self._take(place)
        if kept is not None:
            try:
                return self._exchange(kept, place, target=target, data=data, headers=headers)
            except TimeoutError:
                raise
            except (OSError, http.client.HTTPException):
                pass  # a pooled connection may close just as it is used, and repeating the call is safe
        return self._exchange(self._connection(place, proxy), place, target=target, data=data, headers=headers)

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            found = [connection for kept in self._idle.values() for connection, _ in kept]
            self._idle.clear()
        for connection in found:
            connection.close()

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        place: tuple[str, str],
        *,
        target: str,
        data: bytes,
        headers: Mapping[str, str],
    ) -> Answer:
        try:
            connection.request("POST", target, body=data, headers={"content-type": "application/json", **headers})
            response = connection.getresponse()
            answer = Answer(response.status, dict(response.getheaders()), response.read())
        except BaseException:
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            with self._lock:
                self._idle.setdefault(place, []).append((connection, time.monotonic()))
        return answer

    def _take(self, place: tuple[str, str]) -> http.client.HTTPConnection | None:
        while True:
            with self._lock:
                kept = self._idle.get(place)
                if not kept:
                    return None
                connection, since = kept.pop()
            if time.monotonic() - since < _MOST_IDLE:
                return connection
            connection.close()

    def _connection(self, place: tuple[str, str], proxy: SplitResult | None) -> http.client.HTTPConnection:
        scheme, netloc = place
        called = netloc if proxy is None else f"{proxy.hostname}:{proxy.port or 80}"
        if scheme == "http":
            return http.client.HTTPConnection(called, timeout=self.timeout)
        connection = http.client.HTTPSConnection(called, timeout=self.timeout, context=self._tls)
        if proxy is not None:
            connection.set_tunnel(netloc, headers=proxy_headers(proxy))
        return connection

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def exchange(rest: Rest, url: str, body: Any, *, headers: Mapping[str, str], endpoint: Endpoint) -> Answer:
    """Post to a model and return the answer, whatever its status; raise the error if there is none.

    An error that was sent with status 200 gets its own status.
    """
    try:
        answer = rest.post(url, body, headers)
    except TimeoutError as error:
        raise timed_out(endpoint, rest.timeout) from error
    except (OSError, http.client.HTTPException) as error:
        raise unreachable(endpoint) from error
    return answer if answer.status != HTTPStatus.OK else replace(answer, status=status_within(answer.body))


def ask(rest: Rest, url: str, body: Any, *, headers: Mapping[str, str], endpoint: Endpoint) -> bytes:
    """Post to a model and return the body of its answer; raise the error for any other answer, or for none."""
    answer = exchange(rest, url, body, headers=headers, endpoint=endpoint)
    if answer.status != HTTPStatus.OK:
        raise failure_of(answer.status, answer.body, headers=answer.headers, endpoint=endpoint)
    return answer.body
