"""A program: forks worker processes that share one address, and forks another for each that dies.

Each line of its input is a `Job` in JSON. It answers with the address of the job's workers, and says `died` whenever
one of them has been killed. The line `kill` kills any one of them. Any other line, or the end of the input, ends them.

A job may name a moment, `before-` or `after-` and a step of `STEPS`: its first worker process sends itself SIGKILL
there, so that nothing is tidied up.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from threading import Event
from typing import TypeVar

from memorybank.ports.documents import Document, DocumentStore, Hit, Nearest, Patch, Vector, Version, Write
from memorybank.ports.models import Decision, DecisionRequest, Embedder, ExtractedFact, ExtractionRequest, Purpose
from memorybank.testing.scripted import ScriptedModel
from tests.contract.cloud_tasks_worker import CloudTasksWorker
from tests.faults.bench import receiver_of, refuse
from tests.faults.sides import Place, moves, open_side

STEPS = ("read", "extract", "checkpoint", "embed", "search", "decide", "commit")
"""The steps of a worker, in order; `checkpoint` takes the scope's lease too."""

KILL = "kill"
"""The line that kills one of the processes."""

T = TypeVar("T")
Request = TypeVar("Request")


@dataclass(frozen=True)
class Job:
    """What to serve: a bank, by so many processes, with a model that takes `seconds` and notes its calls in a file."""

    place: Place
    calls: str
    processes: int = 1
    moment: str = "never"
    seconds: float = 0.0

    def line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def job_of(line: str) -> Job:
    """Read a job."""
    data = json.loads(line)
    return Job(**{**data, "place": Place(*data["place"])})


class _Killer:
    """Kills the process around one step."""

    def __init__(self, moment: str) -> None:
        self._moment = moment

    def around(self, step: str | None, work: Callable[[], T]) -> T:
        """Do the work of a step, if the process lives that long."""
        self._at(f"before-{step}")
        done = work()
        self._at(f"after-{step}")
        return done

    def _at(self, moment: str) -> None:
        if moment == self._moment:
            os.kill(os.getpid(), signal.SIGKILL)
            Event().wait()  # the signal comes; nothing must happen meanwhile


class _KillingStore:
    """A store whose process dies around a step of a worker."""

    def __init__(self, store: DocumentStore, killer: _Killer) -> None:
        self._store, self._killer = store, killer
        self.get, self.query, self.count = store.get, store.query, store.count
        self.below, self.scrub, self.close = store.below, store.scrub, store.close

    def get_many(self, paths: Sequence[str], *, fields: Sequence[str] | None = None) -> list[Document | None]:
        step = "read" if any("/operations/" in path for path in paths) else None
        return self._killer.around(step, lambda: self._store.get_many(paths, fields=fields))

    def nearest(self, search: Nearest) -> list[Hit]:
        return self._killer.around("search", lambda: self._store.nearest(search))

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        return self._killer.around(_step(writes), lambda: self._store.commit(writes))


def _step(writes: Sequence[Write]) -> str | None:
    patches = [write.data for write in writes if isinstance(write, Patch) and "/operations/" in write.path]
    if any(data.get("stage") == "extracted" for data in patches):
        return "checkpoint"
    return "commit" if any(data.get("done") for data in patches) else None


class _KillingEmbedder:
    def __init__(self, embedder: Embedder, killer: _Killer) -> None:
        self._embedder, self._killer = embedder, killer
        self.resolve = embedder.resolve

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        return self._killer.around("embed", lambda: self._embedder.embed(texts, purpose=purpose, model=model))


class _KillingModel(ScriptedModel):
    """A model that notes its calls, and whose process dies around one."""

    def __init__(self, killer: _Killer, *, calls: str, seconds: float) -> None:
        super().__init__(decide=moves, seconds=seconds)
        self._killer = killer
        self._calls = os.open(calls, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        return self._killer.around(
            "extract", lambda: self._noted("extract", super(_KillingModel, self).extract, request)
        )

    def decide(self, request: DecisionRequest) -> list[Decision]:
        return self._killer.around("decide", lambda: self._noted("decide", super(_KillingModel, self).decide, request))

    def _noted(self, call: str, answer: Callable[[Request], T], request: Request) -> T:
        os.write(self._calls, f"{call}\n".encode())
        return answer(request)


def _work(job: Job, worker: CloudTasksWorker) -> None:
    """Take deliveries until killed."""
    killer = _Killer(job.moment)
    model = _KillingModel(killer, calls=job.calls, seconds=job.seconds)
    side = open_side(ExitStack(), job.place, worker.url, model=model)
    store, embedder = _KillingStore(side.store, killer), _KillingEmbedder(side.embedder, killer)
    worker.receiver = receiver_of(replace(side, store=store, embedder=embedder))
    worker.serve_forever(0.01)


class _Supervisor:
    """The worker processes of one job, each with a pipe that ends when it dies."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._worker = CloudTasksWorker(refuse)
        self._worker.socket.setblocking(False)  # all processes wake up for a delivery, and one gets it
        self._processes: dict[int, int] = {}
        self.url = self._worker.url
        for number in range(job.processes):
            self._fork(job if number == 0 else replace(job, moment="never"))

    @property
    def pipes(self) -> list[int]:
        """The pipes to watch."""
        return list(self._processes)

    def restart(self, pipe: int) -> None:
        """Fork another process for one whose pipe has ended."""
        os.waitpid(self._processes.pop(pipe), 0)
        os.close(pipe)
        self._fork(replace(self._job, moment="never"))

    def kill(self) -> None:
        """Kill any one of the processes."""
        os.kill(random.choice(list(self._processes.values())), signal.SIGKILL)  # noqa: S311 - not a secret

    def stop(self) -> None:
        """End all processes."""
        for pipe, process in self._processes.items():
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(pipe)
        self._worker.server_close()

    def _fork(self, job: Job) -> None:
        ours, theirs = os.pipe()
        process = os.fork()
        if process == 0:
            try:
                _work(job, self._worker)
            finally:
                os._exit(1)
        os.close(theirs)
        self._processes[ours] = process


def main() -> None:
    """Serve one job after the other."""
    present: _Supervisor | None = None
    while True:
        pipes = present.pipes if present else []
        for ready in select.select([sys.stdin.fileno(), *pipes], [], [])[0]:
            if ready in pipes and present:
                print("died", flush=True)  # noqa: T201 - how the tests learn of it
                present.restart(ready)
                continue
            line = sys.stdin.readline()
            if present and line.strip() == KILL:
                present.kill()
                continue
            if present:
                present.stop()
            if not line:
                return
            present = _Supervisor(job_of(line))
            print(present.url, flush=True)  # noqa: T201 - as above
            break


if __name__ == "__main__":
    main()
