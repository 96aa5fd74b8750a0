"""What one slow call does to the small ones beside it, on a server with one process, the default."""

from __future__ import annotations

import http.client
import json
import math
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from memorybank.bank import engines
from memorybank.config import Settings
from memorybank.local.bank import embedded_adapters
from memorybank.resources.engine import ReasoningEngine
from memorybank.storage.sqlite import SqliteStore
from tests.benchmarks import serving
from tests.benchmarks.filling import copy_filled, fill, large_user, paths, scope, unit_vectors
from tests.benchmarks.measuring import Row, duration
from tests.benchmarks.serving import ENGINE, Server

TITLE = "One slow call, again and again, beside memories.get (p99 of calls one after the other, one server process)"

_LARGE, _SMALL = 100_000, 100
_ROUNDS, _TURNS, _GOAL = 150, 2, 5
_LINES = 800
_FEW = "few"
_CALM = "nothing beside it"


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "bank.db")
        copy_filled(_LARGE, file)
        with closing(SqliteStore(file)) as store:
            engines.create(embedded_adapters(Settings(data=str(file), embeddings="offline"), store=store), ENGINE, _NEW)
            fill(store, _FEW, unit_vectors(_SMALL, seed=_SMALL))
        with serving.bank(file) as server:
            name = paths(_FEW, _SMALL)[0].rpartition("/")[2]
            small = ("GET", f"/v1beta1/{ENGINE}/memories/{name}", None)
            return [_row(server, small, what, call) for what, call in _slow_calls()]


_NEW = ReasoningEngine()


def _slow_calls() -> Iterator[tuple[str, tuple[str, str, Any]]]:
    memories = f"/v1beta1/{ENGINE}/memories"
    search = {"scope": scope(large_user(_LARGE)), "similaritySearchParams": {"searchQuery": "Which hotel?", "topK": 3}}
    yield f"a search in {_LARGE:,}", ("POST", f"{memories}:retrieve", search)
    text = "\n".join(f"Yesterday I walked {number} miles, and then I had tea." for number in range(_LINES))
    events = [{"content": {"role": "user", "parts": [{"text": text}]}}]
    told = {"scope": {"user_id": "writer"}, "directContentsSource": {"events": events}}
    yield f"a generate of {len(text) // 1000} KB", ("POST", f"{memories}:generate", told)


def _row(server: Server, small: tuple[str, str, Any], what: str, slow: tuple[str, str, Any]) -> Row:
    calm: list[float] = []
    busy: list[float] = []
    for _ in range(_TURNS):
        calm += _times(server, small)
        with _repeated(server, slow):
            busy += _times(server, small)
    ratio = _p99(busy) / _p99(calm)
    return Row(
        f"memories.get beside {what}: p50 / p99",
        f"{duration(median(busy))} / {duration(_p99(busy))}",
        against=_CALM,
        floor=f"{duration(median(calm))} / {duration(_p99(calm))}",
        ratio=f"{median(busy) / median(calm):.1f}x / {ratio:.1f}x",
        goal=f"p99 <= {_GOAL}x",
        met=ratio <= _GOAL,
    )


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[math.ceil(len(seconds) * 0.99) - 1]


def _times(server: Server, call: tuple[str, str, Any]) -> list[float]:
    send, found = _sender(server), list[float]()
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        send(*call)
        found.append(time.perf_counter() - begun)
    return found


@contextmanager
def _repeated(server: Server, call: tuple[str, str, Any]) -> Iterator[None]:
    """Make a call over and over meanwhile, and be sure that one has been answered before."""
    ended, warm = threading.Event(), threading.Event()

    def repeat() -> None:
        send = _sender(server)
        while not ended.is_set():
            send(*call)
            warm.set()

    caller = threading.Thread(target=repeat)
    caller.start()
    warm.wait()
    try:
        yield
    finally:
        ended.set()
        caller.join()


def _sender(server: Server) -> Callable[[str, str, Any], None]:
    where = urlsplit(server.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port)

    def send(method: str, path: str, body: Any) -> Any:
        connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"the server answered {answer.status}")
        return json.loads(told)

    def finish(method: str, path: str, body: Any) -> None:
        told = send(method, path, body)
        while "/operations/" in told.get("name", "") and not told.get("done"):
            told = send("POST", f"/v1beta1/{told['name']}:wait", {"timeout": "20s"})

    return finish
