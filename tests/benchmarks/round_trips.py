"""What a call costs beyond the SDK and HTTP themselves, and that no call stalls for 40 ms."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks import serving
from tests.benchmarks.measuring import Row, compared, duration, interleaved, spread, timed

TITLE = "Round trips through Google's SDK (agentplatform) over HTTP, server in another process"

_ROUNDS = 300
_CPU_ROUNDS = 1_000
_STALL = 0.035
_SCOPE = {"user_id": "ada"}
_QUERY = {"search_query": "Which seats do I prefer?", "top_k": 3}
_FLOOR = "constant answer"


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    with tempfile.TemporaryDirectory() as folder, serving.bank(Path(folder, "bank.db")) as server:
        google = serving.client(server)
        engine = google.memory_banks.create(config={"display_name": "bench"}).name
        memories = google.memory_banks.memories
        for seat in ("aisle", "window", "middle"):
            memories.create(name=engine, fact=f"I prefer {seat} seats", scope=_SCOPE)
        name = next(iter(memories.list(name=engine))).name
        with (
            httpx.Client(base_url=f"{server.url}/v1beta1/") as http,
            serving.constant(
                http.get(name).content, http.post(f"{engine}/memories:retrieve", json=_retrieve_body()).content
            ) as floor,
            httpx.Client(base_url=f"{floor.url}/v1beta1/") as bare,
        ):
            google_floor = serving.client(floor)
            sides = (memories, google_floor.memory_banks.memories)
            calls = [partial(_get, side, name) for side in sides]
            searches = [partial(_search, side, engine) for side in sides]
            plain = [lambda _, session=session: session.get(name).content for session in (http, bare)]
            return [
                _against_floor("memories.get, SDK", calls, goal=3),
                _against_floor("memories.get, plain HTTP", plain),
                _against_floor("memories.retrieve of 3, SDK", searches),
                *_stalls("memories.retrieve", partial(_search, memories, engine), goal="0"),
                *_stalls("memories.create", partial(_create, memories, engine)),
                *_cpu(),
            ]


def _cpu() -> list[Row]:
    """Return what calls cost the server in CPU, beside the same server around a handler that does the least."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "bank.db")
        with serving.bank(file) as server, httpx.Client(base_url=f"{server.url}/v1beta1/", timeout=60) as http:
            parent = f"projects/{serving.PROJECT}/locations/{serving.LOCATION}/reasoningEngines"
            engine = http.post(parent, json={}).raise_for_status().json()["response"]["name"]
            body = {"fact": "I prefer aisle seats", "scope": _SCOPE}
            created = http.post(f"{engine}/memories", json=body)
            name = created.json()["response"]["name"]
            with (
                serving.constant(http.get(name).content, created.content, committing=file) as floor,
                httpx.Client(base_url=f"{floor.url}/v1beta1/", timeout=60) as bare,
            ):
                sides = ((server, http), (floor, bare))
                gets = [_cpu_of(side, lambda client, _: client.get(name)) for side in sides]
                creates = [
                    _cpu_of(side, lambda client, each: client.post(f"{engine}/memories", json={**body, "fact": each}))
                    for side in sides
                ]
    return [
        _of_cpu("memories.get: CPU of the server", gets, against=_FLOOR, goal=1.3),
        _of_cpu("memories.create: CPU of the server", creates, against="the same commit", goal=3),
    ]


def _cpu_of(side: tuple[serving.Server, httpx.Client], call: Callable[[httpx.Client, str], httpx.Response]) -> float:
    """Return the seconds of CPU that a call takes its server."""
    server, client = side
    call(client, "I prefer window seats")
    before = server.cpu()
    for number in range(_CPU_ROUNDS):
        call(client, f"I bought ticket {number}").raise_for_status()
    return (server.cpu() - before) / _CPU_ROUNDS


def _of_cpu(what: str, sides: Sequence[float], *, against: str, goal: float) -> Row:
    real, floor = sides
    return compared(what, [real], against=against, floor=[floor], goal=goal)


def _retrieve_body() -> dict[str, Any]:
    return {"scope": _SCOPE, "similaritySearchParams": _QUERY}


def _get(memories: Any, name: str, _: int) -> None:
    memories.get(name=name)


def _search(memories: Any, engine: str, _: int) -> None:
    found = list(memories.retrieve(name=engine, scope=_SCOPE, similarity_search_params=_QUERY))
    if len(found) != 3:
        raise RuntimeError(f"{len(found)} memories were found where 3 are")


def _create(memories: Any, engine: str, number: int) -> None:
    memories.create(name=engine, fact=f"I bought ticket {number}", scope={"user_id": "grace"})


def _against_floor(what: str, sides: Sequence[Callable[[int], object]], *, goal: float | None = None) -> Row:
    real, floor = interleaved(_ROUNDS, *sides)
    return compared(what, real, against=_FLOOR, floor=floor, goal=goal)


def _stalls(what: str, call: Callable[[int], object], *, goal: str = "") -> list[Row]:
    """Return how the times of sequential calls spread; the goal, if any, is the number that may look like a stall."""
    seconds = [timed(call, number) for number in range(_ROUNDS)]
    stalled = sum(second > _STALL for second in seconds)
    return [
        spread(f"{what} x {_ROUNDS}", seconds),
        Row(
            f"{what}: calls over {duration(_STALL)}",
            f"{stalled} of {_ROUNDS}",
            goal=goal,
            met=stalled == 0 if goal else None,
        ),
    ]
