"""Calls a served bank for a while at a bounded rate, and tells whether it grows.

    python -m tests.faults.soak --minutes 30 --rate 20

Memory, open files and waiting tasks of the server are looked at all the time. After the settling time (a sixth of the
run) memory may grow by 5 %, open files by a handful, and tasks must not pile up. The exit status is 1 if they do.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from memorybank.testing.processes import free_ports, start_process
from tests.waiting import PATIENCE, until

_PARENT = "/v1beta1/projects/local/locations/us-central1/reasoningEngines"
_CLIENTS, _RATE, _SCOPES, _KEPT = 4, 20.0, 50, 20
_GROWTH, _MORE_FILES, _MOST_TASKS = 1.05, 8, 100
_SETTLING = 1 / 6


@dataclass(frozen=True)
class Sample:
    """The server at one moment: seconds since the start, bytes of memory, open files, waiting tasks."""

    at: float
    memory: int
    files: int
    tasks: int


class _Client:
    """Makes calls of all kinds, and deletes what it has created, so that the bank stays about as large."""

    def __init__(self, http: httpx.Client, engine: str, chance: random.Random) -> None:
        self._http, self._engine, self._chance = http, f"/v1beta1/{engine}", chance
        self._created: list[str] = []
        self._numbers = itertools.count()

    def call(self) -> None:
        """Make one call."""
        scope = {"user_id": f"u{self._chance.randrange(_SCOPES)}"}
        fact = f"I like the tea of shop {self._chance.randrange(1000)}"
        search = {"scope": scope, "similaritySearchParams": {"searchQuery": fact}}
        said = {"events": [{"content": {"role": "user", "parts": [{"text": f"{fact}."}]}}]}
        kind = next(self._numbers) % 5
        if kind == 0:
            made = self._post("memories", {"scope": scope, "fact": fact})
            self._created.append(made["response"]["name"])
        elif kind == 1:
            self._post("memories:retrieve", search)
        elif kind == 2:
            self._post("memories:generate", {"scope": scope, "directContentsSource": said})
        elif kind == 3:
            self._http.get(f"{self._engine}/memories", params={"filter": f'fact:"{fact}"'}).raise_for_status()
        elif len(self._created) > _KEPT:
            gone = self._http.delete(f"/v1beta1/{self._created.pop(0)}")
            if gone.status_code != httpx.codes.NOT_FOUND:  # a purge may have been quicker
                gone.raise_for_status()

    def forget(self) -> None:
        """Delete what generations have left."""
        self._post("memories:purge", {"filter": 'fact:"tea"', "force": True})

    def _post(self, verb: str, body: object) -> dict[str, dict[str, str]]:
        answer: dict[str, dict[str, str]] = (
            self._http.post(f"{self._engine}/{verb}", json=body).raise_for_status().json()
        )
        return answer


def run(seconds: float, *, rate: float = _RATE, say: Callable[[str], None] = print) -> list[str]:
    """Let a bank answer `rate` calls a second for so long, and return what grew."""
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "bank.db")
        command = [sys.executable, "-m", "memorybank", "serve", f"--port={port}", f"--data={data}", "--no-console"]
        variables = {**os.environ, "MEMORYBANK_MODELS": "offline", "MEMORYBANK_EMBEDDINGS": "offline"}
        with (
            Path(folder, "log").open("w") as log,
            start_process(command, env=variables, stdout=log, stderr=log) as server,
        ):
            until(lambda: _answers(url))
            samples = _worked(url, server.pid, data, seconds=seconds, rate=rate)
    for sample in samples[:: max(1, len(samples) // 12)]:
        say(f"{sample.at:6.0f} s  {sample.memory / 2**20:6.1f} MiB  {sample.files:4} files  {sample.tasks:4} tasks")
    return grown(samples, seconds=seconds)


def grown(samples: Sequence[Sample], *, seconds: float) -> list[str]:
    """Return what grew between the time of settling and the end, as sentences."""
    later = [sample for sample in samples if sample.at >= seconds * _SETTLING]
    third = max(1, len(later) // 3)
    begin, end = later[:third], later[-third:]
    before, after = (statistics.median(sample.memory for sample in part) for part in (begin, end))
    files = [max(sample.files for sample in part) for part in (begin, end)]
    found = []
    if after > before * _GROWTH:
        found.append(f"memory grew from {before / 2**20:.1f} to {after / 2**20:.1f} MiB")
    if files[1] > files[0] + _MORE_FILES:
        found.append(f"open files grew from {files[0]} to {files[1]}")
    if min(sample.tasks for sample in end) > _MOST_TASKS:
        found.append(f"{end[-1].tasks} tasks wait")
    return found


def _worked(url: str, pid: int, data: Path, *, seconds: float, rate: float) -> list[Sample]:
    stopping, failed = threading.Event(), list[BaseException]()
    with httpx.Client(base_url=url, timeout=PATIENCE) as http:
        engine = http.post(_PARENT, json={}).raise_for_status().json()["response"]["name"]

        def work(number: int) -> None:
            client = _Client(http, engine, random.Random(number))  # noqa: S311 - no secret
            try:
                for count in itertools.count(1):
                    if stopping.wait(_CLIENTS / rate):
                        return
                    client.call()
                    if number == 0 and count % 200 == 0:
                        client.forget()
            except BaseException as error:  # noqa: BLE001 - told below
                failed.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(_CLIENTS)]
        for thread in threads:
            thread.start()
        samples, begun = [], time.monotonic()
        while not failed and (at := time.monotonic() - begun) < seconds:
            samples.append(_sample(at, pid, data))
            stopping.wait(min(5.0, seconds / 20))
        stopping.set()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]
    return samples


def _sample(at: float, pid: int, data: Path) -> Sample:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Sample(at, pages * os.sysconf("SC_PAGE_SIZE"), files, _tasks(data))


def _tasks(data: Path) -> int:
    from memorybank.ports.documents import Query  # noqa: PLC0415 - only here
    from memorybank.storage.sqlite import SqliteStore  # noqa: PLC0415 - as above

    store = SqliteStore(data)
    try:
        return store.count(Query("tasks"))
    finally:
        store.close()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=_RATE, help="calls a second")
    arguments = parser.parse_args()
    problems = run(arguments.minutes * 60, rate=arguments.rate)
    print("\n".join(problems) or "nothing grew")  # noqa: T201 - what a program says
    sys.exit(bool(problems))
