"""The server for one machine starts threads as requests need them, up to a number."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from memorybank.local.http_server import HttpServer, _Threads
from tests.waiting import PATIENCE

MOST = 4


def _threads_of(server: HttpServer) -> int:
    return len(server._server.task_dispatcher.threads)  # noqa: SLF001 - a test


def _get(server: HttpServer) -> int:
    return httpx.get(server.url, timeout=PATIENCE).status_code


def test_a_server_starts_with_no_thread_for_requests_and_takes_one_for_the_first() -> None:
    def answer(_: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "0")])
        return []

    with HttpServer(answer, threads=MOST) as server:
        assert _threads_of(server) == 0
        assert _get(server) == 200
        assert _threads_of(server) == 1
        for _ in range(3 * MOST):
            assert _get(server) == 200
        assert _threads_of(server) <= MOST
    assert _threads_of(server) == 0


def test_as_many_requests_as_there_may_be_threads_are_served_at_once_and_others_wait() -> None:
    meeting = Barrier(MOST, timeout=PATIENCE)

    def meet(_: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        meeting.wait()
        start_response("200 OK", [("Content-Length", "0")])
        return []

    with HttpServer(meet, threads=MOST) as server, ThreadPoolExecutor(3 * MOST) as pool:
        assert list(pool.map(lambda _: _get(server), range(3 * MOST))) == [200] * (3 * MOST)
        assert _threads_of(server) == MOST


def test_requests_are_served_even_if_the_system_refuses_threads_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    start, tries, meeting = _Threads.start_new_thread, itertools.count(), Barrier(2, timeout=PATIENCE)

    def refuse_every_other(threads: _Threads, *started: Any) -> None:
        if next(tries) % 2 == 0:
            raise RuntimeError("can't start new thread")
        start(threads, *started)

    def meet(_: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        meeting.wait()
        start_response("200 OK", [("Content-Length", "0")])
        return []

    monkeypatch.setattr(_Threads, "start_new_thread", refuse_every_other)
    with HttpServer(meet, threads=2) as server, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: _get(server), range(4))) == [200] * 4
        assert _threads_of(server) == 2
