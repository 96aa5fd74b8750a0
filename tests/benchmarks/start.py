"""Starting: from the start of the process to the first answer, and the memory that an idle server holds."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from tests.benchmarks import serving
from tests.benchmarks.measuring import Row, compared, timed, told

TITLE = "Start of `memorybank serve` on a new file"

_RUNS = 5
_MEMORY = {"fact": "I prefer aisle seats", "scope": {"user_id": "ada"}}
_SEARCH = {"scope": {"user_id": "ada"}, "similaritySearchParams": {"searchQuery": "Which seats?"}}


@dataclass(frozen=True)
class _Start:
    """Seconds to the first answer and of the first search, and MiB held after each; None where nobody tells."""

    answer: float
    search: float
    idle: float | None
    searched: float | None


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    _start()  # once, so that all files have been read from the disk
    floor, starts = [], []
    for _ in range(_RUNS):
        floor.append(timed(_nothing, 0))
        starts.append(_start())
    return [
        compared("process start to first answer", [s.answer for s in starts], against="python -c pass", floor=floor),
        told("first similarity search of a process, plain HTTP", [s.search for s in starts]),
        Row("resident memory, idle", _mebibytes([s.idle for s in starts])),
        Row("resident memory after a first search", _mebibytes([s.searched for s in starts])),
    ]


def _nothing(_: int) -> None:
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def _start() -> _Start:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with serving.bank(Path(folder, "bank.db")) as server, httpx.Client(base_url=server.url) as http:
            http.get("/health").raise_for_status()
            answer, idle = time.perf_counter() - begun, _resident(server.process)
            parent = f"/v1beta1/projects/{serving.PROJECT}/locations/{serving.LOCATION}/reasoningEngines"
            engine = "/v1beta1/" + http.post(parent, json={}).raise_for_status().json()["response"]["name"]
            http.post(f"{engine}/memories", json=_MEMORY).raise_for_status()
            search = timed(lambda _: http.post(f"{engine}/memories:retrieve", json=_SEARCH).raise_for_status(), 0)
            return _Start(answer, search, idle, _resident(server.process))


def _resident(process: int) -> float | None:
    """Return the MiB of memory that a process holds, where the system has /proc."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return None
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


def _mebibytes(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{median(known):.0f} MiB" if known else "unknown"
