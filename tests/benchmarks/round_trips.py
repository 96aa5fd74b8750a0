"""What a call costs beyond the SDK and HTTP themselves, and that no call stalls for 40 ms."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks import serving
from tests.benchmarks.measuring import Row, compared, duration, interleaved, spread, timed

TITLE = "Round trips through Google's SDK (agentplatform) over HTTP, server in another process"

_ROUNDS = 200
_CPU_ROUNDS, _IN_A_ROW = 600, 50
_MEMORIES = 100
_STALL = 0.035
_SCOPE = {"user_id": "ada"}
_QUERY = {"search_query": "Which seats do I prefer?", "top_k": 3}
_BY_DISTANCE = {"contextSpec": {"memoryBankConfig": {"similaritySearchConfig": {"ranking": "DISTANCE"}}}}
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


@dataclass(frozen=True)
class _Side:
    """A server and what calls it."""

    server: serving.Server
    client: httpx.Client


@contextmanager
def _asked(starting: AbstractContextManager[serving.Server]) -> Iterator[_Side]:
    with starting as server, httpx.Client(base_url=f"{server.url}/v1beta1/", timeout=60) as client:
        yield _Side(server, client)


def _cpu() -> list[Row]:
    """Return what calls cost the server in CPU, beside the same server around handlers that do the least."""
    with tempfile.TemporaryDirectory() as folder, _asked(serving.bank(Path(folder, "bank.db"))) as bank:
        file, post = Path(folder, "bank.db"), bank.client.post
        parent = f"projects/{serving.PROJECT}/locations/{serving.LOCATION}/reasoningEngines"
        engine = post(parent, json=_BY_DISTANCE).raise_for_status().json()["response"]["name"]
        created = post(f"{engine}/memories", json=_fact(0))
        name = created.json()["response"]["name"]
        with _asked(serving.constant(bank.client.get(name).content, created.content, committing=file)) as constant:
            for number in range(1, _MEMORIES):
                post(f"{engine}/memories", json=_fact(number)).raise_for_status()
            with _asked(serving.reading(file)) as reading:
                _check_nearest(engine, bank, reading)
                gets = _cpu_of([bank, constant, reading], lambda client, _: client.get(name))
                searches = _cpu_of([bank, reading], lambda client, number: _nearest(client, engine, number))
            creates = _cpu_of(
                [bank, constant], lambda client, number: client.post(f"{engine}/memories", json=_fact(number))
            )
    get, search = "memories.get: CPU of the server", f"memories.retrieve, top 3 of {_MEMORIES} by DISTANCE: the same"
    return [
        _of_cpu(get, gets[::2], against="a bare read of the row", goal=1.3),
        _of_cpu(get, gets[:2], against=_FLOOR),
        _of_cpu(search, searches, against="a bare search", goal=2),
        _of_cpu("memories.create: CPU of the server", creates, against="the same commit", goal=3),
    ]


def _cpu_of(sides: Sequence[_Side], call: Callable[[httpx.Client, int], httpx.Response]) -> list[float]:
    """Return the seconds of CPU that a call takes each server; they are called by turns, some times in a row."""
    for side in sides:
        call(side.client, 0).raise_for_status()
    before = [side.server.cpu() for side in sides]
    for number in range(0, _CPU_ROUNDS, _IN_A_ROW):
        for side in sides:
            for each in range(number, number + _IN_A_ROW):
                call(side.client, each).raise_for_status()
    return [(side.server.cpu() - begun) / _CPU_ROUNDS for side, begun in zip(sides, before, strict=True)]


def _of_cpu(what: str, sides: Sequence[float], *, against: str, goal: float | None = None) -> Row:
    real, floor = sides
    return compared(what, [real], against=against, floor=[floor], goal=goal)


def _fact(number: int) -> dict[str, Any]:
    return {"fact": f"On trip {number} I sat in row {number * 7} of coach {number % 9}", "scope": _SCOPE}


def _nearest(client: httpx.Client, engine: str, number: int) -> httpx.Response:
    params = {"searchQuery": f"Where did I sit on trip {number}?", "topK": 3}
    return client.post(f"{engine}/memories:retrieve", json={"scope": _SCOPE, "similaritySearchParams": params})


def _check_nearest(engine: str, *sides: _Side) -> None:
    """Make sure that all sides find memories as near as the others do."""
    for number in range(_MEMORIES):
        found = [_nearest(side.client, engine, number).json()["retrievedMemories"] for side in sides]
        if len({tuple(round(each["distance"], 3) for each in hits) for hits in found}) != 1:
            raise RuntimeError("the bank and the bare search find different memories")


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
