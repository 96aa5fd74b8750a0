"""Generation: many at once into one scope with a model that takes its time, and one alone with the offline model."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from threading import Barrier
from typing import Any

import httpx

from memorybank.config import Settings
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.server import LocalServer
from memorybank.testing.scripted import ScriptedModel
from tests.benchmarks import serving
from tests.benchmarks.measuring import Row, duration, interleaved, told

TITLE = "Generation (32 at once: one scope that knows something already, 16 worker threads, 300 ms per model call)"

_AT_ONCE, _THREADS, _MODEL_SECONDS = 32, 16, 0.3
_MOST_DECISIONS, _MOST_SECONDS = 5, 3.0
_RUNS = 3
_CONVERSATIONS = 24
_SCOPE = {"user_id": "ada"}


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    runs = [_crowd() for _ in range(_RUNS)]
    walls, models = [wall for wall, _ in runs], [model for _, model in runs]
    extractions, decisions = max(m.extractions for m in models), max(m.decisions for m in models)
    wall = median(walls)
    crowd = f"{_AT_ONCE} generates at once"
    return [
        Row(f"{crowd}: wall time, of {_RUNS} runs", duration(wall), goal="< 3 s", met=wall < _MOST_SECONDS),
        Row(
            f"{crowd}: extractions + decisions, most",
            f"{extractions} + {decisions}",
            goal=f"<= {_AT_ONCE} + {_MOST_DECISIONS}",
            met=extractions <= _AT_ONCE and decisions <= _MOST_DECISIONS,
        ),
        *_alone(),
    ]


def _crowd() -> tuple[float, ScriptedModel]:
    """Return the seconds until the last of many simultaneous generates is done, and the model that they asked."""
    model = ScriptedModel(seconds=_MODEL_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=str(Path(folder, "bank.db")), threads=_THREADS, embeddings="offline")
        bank = Bank(settings, embedded_adapters(settings, model=model))
        with (
            LocalServer(bank, threads=2 * _AT_ONCE) as server,
            httpx.Client(base_url=f"{server.url}/v1beta1/", timeout=30) as http,
        ):
            engine = _created(http, f"projects/{serving.PROJECT}/locations/{serving.LOCATION}/reasoningEngines", {})
            # Something to decide against, so that no consolidation goes without its decision.
            _created(http, f"{engine}/memories", {"fact": "I like the tea of shop 0", "scope": _SCOPE})
            seconds = _at_once(server.url, engine)
            found = http.get(f"{engine}/memories", params={"pageSize": 1000}).json()["memories"]
    if len(found) != _AT_ONCE + 1:
        raise RuntimeError(f"{len(found)} memories came of {_AT_ONCE} generates and 1 create")
    return seconds, model


def _at_once(url: str, engine: str) -> float:
    start = Barrier(_AT_ONCE + 1)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        ended = [pool.submit(_generate, url, engine, number, start) for number in range(_AT_ONCE)]
        start.wait()
        begun = time.perf_counter()
        return max(end.result() for end in ended) - begun


def _generate(url: str, engine: str, number: int, start: Barrier) -> float:
    """Generate, wait for the end, and return when that was."""
    with httpx.Client(base_url=f"{url}/v1beta1/", timeout=60) as http:
        start.wait()
        text = f"I like the tea of shop {number + 1}"
        operation = _answer(http.post(f"{engine}/memories:generate", json={"scope": _SCOPE, **_said(text)}))
        while not operation.get("done"):
            operation = _answer(http.post(f"{operation['name']}:wait", params={"timeout": "20s"}))
    if "error" in operation:
        raise RuntimeError(str(operation["error"]))
    return time.perf_counter()


def _created(http: httpx.Client, collection: str, body: dict[str, Any]) -> str:
    return str(_answer(http.post(collection, json=body))["response"]["name"])


def _answer(response: httpx.Response) -> dict[str, Any]:
    answer: dict[str, Any] = response.raise_for_status().json()
    return answer


def _said(*turns: str) -> dict[str, Any]:
    """Return the part of a request in which a user says something."""
    events = [{"content": {"role": "user", "parts": [{"text": turn}]}} for turn in turns]
    return {"direct_contents_source": {"events": events}}


def _alone() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, serving.bank(Path(folder, "bank.db")) as server:
        google = serving.client(server)
        engine = google.memory_banks.create(config={"display_name": "bench"}).name

        def converse(*turns: str) -> None:
            operation = google.memory_banks.memories.generate(name=engine, scope=_SCOPE, **_said(*turns))
            changed = operation.response.generated_memories
            if len(changed) != len(turns):
                raise RuntimeError(f"{changed} came of {turns}")

        new, known = interleaved(
            _CONVERSATIONS,
            lambda number: converse(f"My locker is number {number}.", f"Please remember that door {number} is blue."),
            lambda _: converse("I prefer aisle seats."),
        )
        return [
            told("one generate of 2 facts, offline model, SDK", new),
            told("one generate of a known fact, offline model, SDK", known),
        ]
