"""Similarity search in one scope: against the least that it could cost, and with many memories of others around it."""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from memorybank.bank import engines
from memorybank.bank.memories import retrieve
from memorybank.bank.memories.records import MEMORY_FIELDS, NATURAL
from memorybank.bank.ports import Ports
from memorybank.config import Settings
from memorybank.local.bank import embedded_adapters
from memorybank.ports.documents import DocumentStore, Nearest, Vector, Where
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.retrieval import RetrieveMemoriesRequest, SimilaritySearchParams
from memorybank.resources.scopes import scope_key
from memorybank.storage.sqlite import SqliteStore
from tests.benchmarks import serving
from tests.benchmarks.filling import MODEL, Floats, copy_filled, fill, fill_others, paths, scope, unit_vectors
from tests.benchmarks.measuring import Row, Side, compared, interleaved, spread, timed, told
from tests.benchmarks.serving import ENGINE

TITLE = "Similarity search in one scope, 768 dimensions (floor: numpy in memory, and one row by key per hit)"

_SIZES = {100: 400, 1_000: 300, 10_000: 100}
"""Memories in the scope, and how many rounds are measured."""

_LARGE, _OTHER_USERS, _EACH = 100_000, 1_000, 10
_OTHERS = _LARGE + _OTHER_USERS * _EACH
_QUERIES, _WHOLE_CALLS = 16, 50
_AT_ONCE, _CALLS_EACH, _CROWDED = 8, 40, 1_000
_TEXT = "Which hotel near the station has breakfast from 6 am?"


@dataclass(frozen=True)
class Floor:
    """The least that a search could cost: the vectors in memory, the rows read by primary key."""

    connection: sqlite3.Connection
    paths: Sequence[str]
    vectors: Floats

    def search(self, query: Floats, limit: int) -> list[tuple[str, Any]]:
        """Return path and fields of the nearest, nearest first; of unit vectors those of the largest products."""
        products = self.vectors @ query
        picked = np.argpartition(products, -limit)[-limit:]
        found = [self.paths[index] for index in picked[np.argsort(-products[picked])].tolist()]
        rows = (self.connection.execute("SELECT data FROM documents WHERE path = ?", (path,)) for path in found)
        return [(path, json.loads(row.fetchone()[0])) for path, row in zip(found, rows, strict=True)]


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "beside.db")
        begun = time.monotonic()
        copy_filled(_LARGE, file)
        with closing(SqliteStore(file)) as beside:
            fill_others(beside, users=_OTHER_USERS, vectors=unit_vectors(_EACH, seed=1))
            for size in _SIZES:
                fill(beside, _user(size), _vectors(size))
            print(f"  filled a store in {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
            searches = [row for size in _SIZES for row in _searches(size, Path(folder), beside)]
            ports = embedded_adapters(Settings(data=str(file), embeddings="offline"), store=beside)
            return [*searches, *_whole_calls(ports, file)]


def _searches(size: int, folder: Path, beside: SqliteStore) -> Iterator[Row]:
    vectors, file = _vectors(size), folder / f"{size}.db"
    queries = unit_vectors(_QUERIES, seed=2)
    with closing(SqliteStore(file)) as alone, closing(sqlite3.connect(file, isolation_level=None)) as connection:
        fill(alone, _user(size), vectors)
        floor = Floor(connection, paths(_user(size), size), vectors)
        for limit in (3, 10):
            targets = [_nearest(size, query, limit) for query in queries]
            _check(floor, alone, queries, targets)
            least, measured, crowded = interleaved(
                _SIZES[size],
                _side(partial(floor.search, limit=limit), [*queries]),
                _side(alone.nearest, targets),
                _side(beside.nearest, targets),
            )
            what = f"top {limit} of {size:,}"
            yield compared(what, measured, against="floor", floor=least, goal=2)
            yield compared(f"{what}, beside {_OTHERS:,} others", crowded, against="alone", floor=measured, goal=1.2)


def _side(search: Callable[[Any], object], targets: Sequence[Any]) -> Side:
    """Return what runs one search per round, for one target after the other."""
    return lambda number: search(targets[number % len(targets)])


def _check(floor: Floor, store: DocumentStore, queries: Floats, targets: Sequence[Nearest]) -> None:
    """Make sure that both sides find the same."""
    for query, target in zip(queries, targets, strict=True):
        found = [hit.document.path for hit in store.nearest(target)]
        if found != [path for path, _ in floor.search(query, target.limit)]:
            raise RuntimeError("the store and the floor find different memories")


def _whole_calls(ports: Ports, file: Path) -> Iterator[Row]:
    """Tell what whole retrievals cost, with the embedding of the query, in this process and through the SDK."""
    engines.create(ports, ENGINE, ReasoningEngine())
    with serving.bank(file) as server:
        google = serving.client(server)
        memories = google.memory_banks.memories
        for size in _SIZES:
            request = RetrieveMemoriesRequest(
                scope=scope(_user(size)),
                similarity_search_params=SimilaritySearchParams(search_query=_TEXT, top_k=3),
            )
            verb, call = interleaved(
                _WHOLE_CALLS,
                _side(partial(retrieve.retrieve_similar, ports, ENGINE, accept=None), [request]),
                partial(_call, memories, size),
            )
            yield told(f"bank.retrieve_similar, top 3 of {size:,}, beside", verb)
            yield told(f"memories.retrieve, SDK, top 3 of {size:,}, beside", call)
        yield spread(f"{_AT_ONCE} HTTP clients at once, top 3 of {_CROWDED:,}", _crowd(server.url, _CROWDED))


def _crowd(url: str, size: int) -> list[float]:
    """Return the seconds of the calls of several clients, each of which makes one call after the other."""
    body = {"scope": scope(_user(size)), "similaritySearchParams": {"searchQuery": _TEXT, "topK": 3}}

    def search(http: httpx.Client) -> None:
        http.post(f"/v1beta1/{ENGINE}/memories:retrieve", json=body).raise_for_status()

    def client(_: int) -> list[float]:
        with httpx.Client(base_url=url, timeout=60) as http:
            return [timed(lambda _: search(http), number) for number in range(_CALLS_EACH)]

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [seconds for calls in pool.map(client, range(_AT_ONCE)) for seconds in calls]


def _call(memories: Any, size: int, _: int) -> None:
    params = {"search_query": _TEXT, "top_k": 3}
    list(memories.retrieve(name=str(ENGINE), scope=scope(_user(size)), similarity_search_params=params))


def _nearest(size: int, query: Floats, limit: int) -> Nearest:
    where = (
        Where("scope_key", "==", scope_key(scope(_user(size)))),
        Where("embedding_model", "==", MODEL),
        Where("memory_type", "==", NATURAL),
    )
    vector = Vector(tuple(query.tolist()))
    return Nearest(f"{ENGINE.path}/memories", "embedding", vector, where=where, limit=limit, fields=MEMORY_FIELDS)


def _user(size: int) -> str:
    return f"user{size}"


def _vectors(size: int) -> Floats:
    return unit_vectors(size, seed=size)
