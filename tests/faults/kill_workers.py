"""Kills workers on Firestore and Cloud Tasks again and again, and compares what was acknowledged with what is found.

    python -m tests.faults.kill_workers --kills 30

The emulator and the double of Cloud Tasks are started for it. Generations and ingestions of several scopes go on while
workers die at any moment of their work. The exit status is 1 if anything acknowledged is missing or doubled, or if an
operation ended with an error.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from memorybank.bank.generation import accept
from memorybank.bank.ingestion import ingest
from memorybank.bank.sweep import sweep
from memorybank.ports.documents import Document, Query
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.ingestion import IngestEventsRequest
from memorybank.resources.wire import parse
from memorybank.testing.cloud_tasks.server import CloudTasksServer
from memorybank.testing.firestore_emulator import HOST_VARIABLE, FirestoreEmulator
from tests.faults.bench import Bench
from tests.faults.conftest import Workers, open_workers
from tests.faults.sides import Side
from tests.faults.worker_processes import Job
from tests.waiting import PATIENCE

_PROCESSES = 3
_SCOPES = 5
_SECONDS_A_CALL = 0.05
_PAUSE = 0.02
_RULE = {"generationTriggerConfig": {"generationRule": {"eventCount": 2}}}


@dataclass
class _Crowd:
    """Asks for generations and ingestions until it is told to stop, and notes what was acknowledged."""

    bench: Bench
    side: Side
    stopping: threading.Event = field(default_factory=threading.Event)
    told: list[tuple[str, str]] = field(default_factory=list)  # user and what they said
    acknowledged: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def live(self) -> None:
        """Be a thread."""
        try:
            for number in itertools.count():
                if self.stopping.wait(_PAUSE):
                    return
                self._act(number)
        except Exception as error:  # noqa: BLE001 - it is reported at the end
            self.problems.append(repr(error))

    def _act(self, number: int) -> None:
        user = f"u{number % _SCOPES}"
        if number % 2:
            for part in ("apples", "pears"):
                self._ingest(user, f"I like {part} of kind {number}", identifier=f"{number}{part}")
        else:
            lines = [f"I like plums of kind {number}", f"I like figs of kind {number}"]
            source = {"directContentsSource": {"events": [_event("\n".join(lines))]}}
            request = parse(GenerateMemoriesRequest, {"scope": {"user_id": user}, **source})
            accept.accept(self.side, self.bench.engine, request)
            self.told += [(user, line) for line in lines]
            self.acknowledged["generated"] += 1

    def _ingest(self, user: str, text: str, *, identifier: str) -> None:
        events = [_event(text) | {"eventId": identifier}]
        body = {"scope": {"user_id": user}, "directContentsSource": {"events": events}, **_RULE}
        ingest.ingest(self.side, self.bench.engine, parse(IngestEventsRequest, body))
        self.told.append((user, text))
        self.acknowledged["ingested"] += 1


def _event(text: str) -> dict[str, Any]:
    return {"content": {"role": "user", "parts": [{"text": text}]}}


def run(kills: int, *, firestore: str, say: Callable[[str], object], longest: float = 1.0) -> list[str]:
    """Kill a worker so often, each at most `longest` seconds after the last; return what went wrong."""
    with ExitStack() as stack:
        tasks = stack.enter_context(CloudTasksServer())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workers: Workers = stack.enter_context(open_workers(folder / "calls"))
        bench = stack.enter_context(Bench(firestore, tasks))
        url = workers.start(Job(bench.place, str(workers.calls), processes=_PROCESSES, seconds=_SECONDS_A_CALL))
        crowd = _Crowd(bench, bench.side(url))
        thread = threading.Thread(target=crowd.live)
        thread.start()
        try:
            for _ in range(kills):
                time.sleep(random.uniform(0.05, longest))  # noqa: S311 - not a secret
                workers.kill()
        finally:
            crowd.stopping.set()
            thread.join()
        wrong = [*crowd.problems, *_verify(crowd)]
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(crowd.acknowledged.items()))
    say(f"{kills} kills; acknowledged: {counts}, {len(crowd.told)} facts; wrong: {len(wrong)}")
    return wrong


def _verify(crowd: _Crowd) -> list[str]:
    """Wait until all work is done, and return what is not as it was told.

    That takes a minute at least if a worker died with the lease of a scope. The workers have the machine's clock, so no
    other is moved on here.
    """
    bench, side = crowd.bench, crowd.side
    left, since = len(bench.operations()), time.monotonic()
    while left and time.monotonic() < since + 2 * PATIENCE:
        time.sleep(0.5)
        sweep(side)
        now = sum(not document.data["done"] for document in bench.operations())
        if now != left:
            left, since = now, time.monotonic()
    found = [wrong for document in bench.operations() if (wrong := _wrong_with(document))]
    query = Query(f"{bench.engine.path}/memories", limit=100_000, fields=("scope", "fact"))
    known = Counter((document.data["scope"]["user_id"], document.data["fact"]) for document in side.store.query(query))
    return found + [f"{told} is known {known[told]} times" for told in crowd.told if known[told] != 1]


def _wrong_with(document: Document) -> str | None:
    if not document.data["done"]:
        return f"{document.id} never ended"
    return f"{document.id} ended with {document.data['error']}" if document.data["error"] else None


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=30)
    kills = parser.parse_args().kills
    with FirestoreEmulator() as emulator, pytest.MonkeyPatch.context() as environment:
        environment.setenv(HOST_VARIABLE, emulator.host)
        wrong = run(kills, firestore=emulator.host, say=lambda text: sys.stdout.write(f"{text}\n"))
    for each in wrong[:50]:
        sys.stdout.write(f"{each}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
