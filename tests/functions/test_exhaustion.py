"""Callers who take what the server has little of: its threads and its connections. Others are still served."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from memorybank.bank import operations
from memorybank.handlers import request_context
from memorybank.handlers.request_context import MOST_WAITING
from memorybank.local import http_server
from memorybank.ports.models import ExtractedFact, ExtractionRequest
from memorybank.testing.scripted import ScriptedModel
from tests.conftest import Serve, Served
from tests.waiting import PATIENCE, until

MANY = 64
"""More calls than the server has threads."""

CROWD = 300
"""More connections than a server usually has room for."""


@contextmanager
def _stuck(serve: Serve) -> Iterator[tuple[Served, str]]:
    """Serve a bank whose model does not answer until the block ends, and give the path of an operation that waits."""
    released = threading.Event()

    def extract(request: ExtractionRequest) -> list[ExtractedFact]:
        del request
        released.wait(PATIENCE)
        return []

    served = serve(model=ScriptedModel(extract=extract))
    engine = served.create_engine()
    said = {"role": "user", "parts": [{"text": "I like tea"}]}
    body = {"scope": {"user_id": "u"}, "directContentsSource": {"events": [{"content": said}]}}
    with served.http() as http:
        answer = http.post(f"/v1beta1/{engine}/memories:generate", json=body)
    try:
        yield served, f"/v1beta1/{answer.json()['name']}"
    finally:
        released.set()


def test_calls_that_wait_leave_threads_for_others(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "_LONGEST_WAIT", timedelta(hours=1))  # no wait ends by itself in this test
    with ThreadPoolExecutor(MANY) as pool:
        with _stuck(serve) as (served, path), served.http() as http:
            waits = [pool.submit(_wait, served, path) for _ in range(MANY)]
            until(lambda: sum(wait.done() for wait in waits) >= MANY - MOST_WAITING)
            assert all(not wait.result().get("done") for wait in waits if wait.done())
            assert http.get("/health").status_code == 200
        assert all(wait.result()["name"] in path for wait in waits)
        assert any(wait.result().get("done") for wait in waits), "none has waited"


def test_a_call_that_may_not_wait_long_waits_a_little(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answered at once, its client would ask again at once, and all such clients together take the processor."""
    asked: list[timedelta] = []
    wait = operations.wait

    def noted(*given: Any, timeout: timedelta, **more: Any) -> Any:
        asked.append(timeout)
        return wait(*given, timeout=timedelta(0), **more)

    monkeypatch.setattr(operations, "wait", noted)
    monkeypatch.setattr(request_context, "MOST_WAITING", 0)
    with _stuck(serve) as (served, path):
        asked.clear()
        assert not _wait(served, path).get("done")
    assert asked == [request_context.SHORT_WAIT]


def _wait(served: Served, path: str) -> Any:
    with served.http() as http:
        answer = http.post(f"{path}:wait", params={"timeout": "3600s"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_thread_is_free_again_after_a_wait(served: Served, engine: str) -> None:
    with served.http() as http:
        body = {"scope": {"user_id": "u"}, "directMemoriesSource": {"directMemories": [{"fact": "I like tea"}]}}
        for _ in range(3 * MOST_WAITING):
            name = http.post(f"/v1beta1/{engine}/memories:generate", json=body).json()["name"]
            assert http.post(f"/v1beta1/{name}:wait", params={"timeout": "30s"}).json()["done"] is True


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET /health HT",
        b"POST /v1beta1/x HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /v1beta1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{",
    ],
    ids=["nothing", "half a line", "half a header", "half a body"],
)
def test_connections_that_stand_idle_leave_room_for_others(served: Served, beginning: bytes) -> None:
    url = httpx.URL(served.url)
    with ExitStack() as stack:
        for _ in range(CROWD):
            idle = stack.enter_context(socket.create_connection((url.host, url.port or 80), timeout=PATIENCE))
            idle.sendall(beginning)
        with served.http() as http:
            assert http.get("/health").status_code == 200


def test_the_longest_idle_connections_give_way_to_new_ones(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "_MOST_CONNECTIONS", 32)
    served = serve()
    url = httpx.URL(served.url)
    with ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection((url.host, url.port or 80))) for _ in range(CROWD)]
        with served.http() as http:
            assert http.get("/health").status_code == 200
        first = opened[0]
        first.settimeout(PATIENCE)
        assert first.recv(1) == b"", "the first connection is still open"


def test_a_request_that_arrives_byte_by_byte_does_not_hold_its_connection(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "_IDLE_SECONDS", 6)
    served = serve()
    url = httpx.URL(served.url)
    with socket.create_connection((url.host, url.port or 80), timeout=0.1) as slow:
        slow.sendall(b"GET /health HTTP/1.1\r\nX-Slow: ")
        until(lambda: _is_closed(slow))


def _is_closed(connection: socket.socket) -> bool:
    """Send one more byte, and tell whether the other side has closed the connection."""
    try:
        connection.sendall(b"a")
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
