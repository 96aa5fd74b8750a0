"""How many calls a server answers at once, and what each costs it, by the number of its processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.benchmarks import serving
from tests.benchmarks.measuring import Row
from tests.benchmarks.serving import LOCATION, PROJECT, Server

TITLE = "Calls at once, through HTTP (each client is a process of its own)"

_CLIENTS, _SECONDS, _MEMORIES = 16, 4.0, 100

_CALLER = str(Path(__file__).with_name("caller.py"))
_SCOPE = {"user_id": "ada"}


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    many = min(os.cpu_count() or 1, 4)
    found = {workers: dict(_rates(workers)) for workers in dict.fromkeys((1, many))}
    return [
        Row(
            f"{name}, {_CLIENTS} clients, {many} processes: calls per second (ms of CPU each)",
            _told(found[many][name]),
            against="1 process",
            floor=_told(found[1][name]),
            ratio=f"{found[many][name][0] / found[1][name][0]:.2f}x",
        )
        for name in found[1]
    ]


def _told(rate: tuple[float, float]) -> str:
    return f"{rate[0]:.0f} ({rate[1] * 1e3:.2f})"


def _rates(workers: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield calls per second, and seconds of CPU for each, by their name."""
    with tempfile.TemporaryDirectory() as folder, serving.bank(Path(folder, "bank.db"), workers=workers) as server:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            while len(server.processes()) < workers or not client.get("/health").is_success:
                time.sleep(0.1)
            parent = f"/v1beta1/projects/{PROJECT}/locations/{LOCATION}/reasoningEngines"
            engine = client.post(parent, json={}).raise_for_status().json()["response"]["name"]
            memories = f"/v1beta1/{engine}/memories"
            facts = [{"fact": f"I like the tea of shop {number}", "scope": _SCOPE} for number in range(_MEMORIES)]
            names = [client.post(memories, json=fact).json()["response"]["name"] for fact in facts]
        search = {"scope": _SCOPE, "similaritySearchParams": {"searchQuery": "Which tea?"}}
        calls = {
            "get": ("GET", f"/v1beta1/{names[0]}", None),
            "retrieve": ("POST", f"{memories}:retrieve", search),
            "create": ("POST", memories, {"fact": "I like figs", "scope": {"user_id": "eve"}}),
        }
        for name, (method, path, body) in calls.items():
            text = "" if body is None else json.dumps(body)
            before = server.cpu()
            clients = [_client(server, method, path, text) for _ in range(_CLIENTS)]
            count = sum(int(client.communicate()[0]) for client in clients)
            yield name, (count / _SECONDS, (server.cpu() - before) / count)


def _client(server: Server, *call: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, _CALLER, server.url, str(_SECONDS), *call], stdout=subprocess.PIPE, text=True
    )
