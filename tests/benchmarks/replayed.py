"""What the bank's own code costs per retrieve, where Firestore and the embedder answer what they did the first time."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from statistics import median
from typing import Any

from memorybank.access.access import OPEN
from memorybank.adapters import Adapters
from memorybank.application import application_of
from memorybank.config import Settings
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.documents import Vector
from memorybank.ports.models import Embedder, Purpose
from memorybank.storage.firestore import FirestoreStore, connect
from tests.benchmarks.bank_on_firestore import QUESTION, SEARCH
from tests.benchmarks.instances import BASE
from tests.benchmarks.measuring import Row, duration
from tests.benchmarks.serving import PROJECT

_WARM_UP, _ROUNDS = 20, 300
_MOST = 0.003


class _Channel:
    """A channel to Firestore that sends each request once; the answer is then parsed anew every time."""

    def __init__(self) -> None:
        self._channel = connect()
        self._kept: dict[tuple[str, bytes], list[bytes]] = {}
        self.close = self._channel.close

    def unary_stream(self, method: str, *codec: Callable[..., Any]) -> Callable[..., list[Any]]:
        return partial(self._answer, method, *codec)

    def _answer(
        self, method: str, serialize: Callable[..., bytes], deserialize: Callable[..., Any], *sent: Any, **how: Any
    ) -> list[Any]:
        message, *rest = sent
        request = method, serialize(message)
        if request not in self._kept:
            self._kept[request] = list(self._channel.unary_stream(method, serialize)(message, *rest, **how))
        return [deserialize(each) for each in self._kept[request]]


class _Embedder:
    """An embedder that embeds one text once."""

    def __init__(self, embedder: Embedder) -> None:
        self.resolve = embedder.resolve
        self._vectors = embedder.embed([QUESTION], purpose=Purpose.QUERY)

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        del texts, purpose, model
        return self._vectors


def measure() -> list[Row]:
    """Return the lines of the bank's own code and of embedding, on the emulator that the environment names."""
    embedder = OfflineEmbedder()
    store = FirestoreStore(PROJECT, connect=_Channel)
    settings = Settings()
    ports = Adapters(settings, store=store, embedder=_Embedder(embedder))
    application = application_of(settings, ports, ["retrieve"], access=OPEN)
    try:
        own = _cpu(lambda: _post(application, json.dumps(SEARCH).encode()))
    finally:
        store.close()
    embedding = _cpu(lambda: embedder.embed([QUESTION], purpose=Purpose.QUERY))
    return [
        Row(
            "CPU of the bank's code per retrieve, without gRPC, HTTP server, embedding",
            duration(own),
            goal=f"< {duration(_MOST)}",
            met=own < _MOST,
        ),
        Row("CPU of embedding the question, offline", duration(embedding)),
    ]


def _cpu(call: Callable[[], object]) -> float:
    """Return the median of the seconds of CPU that a call takes."""
    for _ in range(_WARM_UP):
        call()
    found = []
    for _ in range(_ROUNDS):
        begun = time.thread_time()
        call()
        found.append(time.thread_time() - begun)
    return median(found)


def _post(application: Callable[..., Iterable[bytes]], body: bytes) -> None:
    environ: Mapping[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"{BASE}/memories:retrieve",
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json",
        "wsgi.input": io.BytesIO(body),
    }
    statuses: list[str] = []
    answer = b"".join(application(environ, lambda status, _: statuses.append(status)))
    if statuses != ["200 OK"] or b"retrievedMemories" not in answer:
        raise RuntimeError(f"a retrieve answered {statuses}: {answer[:500]!r}")
