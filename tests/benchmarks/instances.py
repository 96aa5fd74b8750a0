"""Functions in processes of their own, as they are deployed, and what these processes use."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memorybank.testing.cloud_tasks.tokens import Tokens
from memorybank.testing.firestore_emulator import HOST_VARIABLE
from tests.benchmarks.serving import ENGINE, PROJECT

FOLDER = Path(__file__).parents[2] / "functions"
FUNCTIONS = sorted(path.parent.name for path in FOLDER.glob("*/main.py"))
BASE = f"/v1beta1/{ENGINE}"
QUEUE = f"{ENGINE.parent}/queues/work"
_ACCOUNT = "tasks@bench.iam.gserviceaccount.com"
_ELSEWHERE = "http://127.0.0.1:9"  # the address of a service that nobody calls here
_DELIVERY = {"X-CloudTasks-TaskRetryCount": "0"}  # heeded by the worker only
_START_SECONDS, _STOP_SECONDS = 60.0, 45.0  # gunicorn ends what hangs after 30
_POLL_SECONDS = 0.002
_THREADS = "80"  # as in the image
_MEBI = 1024 * 1024
_PAGE_FIELDS = ("Rss", "Pss")


def environment(firestore: str, *, tasks: str = "127.0.0.1:9", worker: str = _ELSEWHERE) -> dict[str, str]:
    """Return the variables of a deployed function; `firestore` and `tasks` are host:port, `worker` is a URL."""
    settings = {
        "store": "firestore",
        "project": PROJECT,
        "queue": "cloud-tasks",
        "tasks_queue": QUEUE,
        "tasks_account": _ACCOUNT,
        "tasks_emulator": tasks,
        "worker_url": f"{worker}/",
        "worker_callers": _ACCOUNT,
        "function_urls": json.dumps(dict.fromkeys(FUNCTIONS, _ELSEWHERE)),
        "auth": "iam",
    }
    variables = {f"MEMORYBANK_{name.upper()}": value for name, value in settings.items()}
    return {HOST_VARIABLE: firestore, "OPENBLAS_NUM_THREADS": "1", **variables}


class Client:
    """One connection to an instance, kept open. Calls carry a token as Cloud Run passes it on."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_START_SECONDS)
        token = Tokens().issue(_ACCOUNT, "any")
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", **_DELIVERY}

    def call(self, method: str, path: str, body: Any = None, *, expect: Sequence[int] = (200,)) -> Any:
        """Return the JSON of an answer, whose status must be one that is expected."""
        sent = None if body is None else json.dumps(body)
        try:
            answer = self._answered(method, path, sent)
        except (BrokenPipeError, http.client.RemoteDisconnected):  # a server closes what was idle for two seconds
            self._connection.close()
            answer = self._answered(method, path, sent)
        found = answer.read()
        if answer.status not in expect:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {found[:500]!r}")
        return json.loads(found)

    def _answered(self, method: str, path: str, body: str | None) -> http.client.HTTPResponse:
        self._connection.request(method, path, body, self._headers)
        return self._connection.getresponse()

    def close(self) -> None:
        """Close the connection: an open one delays the end of an instance."""
        self._connection.close()


@dataclass(frozen=True)
class Instance:
    """An instance that runs: its port and its first process, which has one worker process below it."""

    port: int
    process: int

    @contextmanager
    def client(self) -> Iterator[Client]:
        """Connect to it, once it listens."""
        client = Client(self.port)
        try:
            yield client
        finally:
            client.close()

    def cpu(self) -> float:
        """Return the seconds of CPU that its processes have used."""
        return sum(time.clock_gettime(~process << 3 | 2) for process in self._processes())

    def memory(self) -> tuple[float, float]:
        """Return the MiB that its processes hold: resident in each, and with what they share counted once."""
        rolls = [Path(f"/proc/{process}/smaps_rollup").read_text() for process in self._processes()]
        sizes = [line.split() for roll in rolls for line in roll.splitlines()]
        rss, pss = (sum(int(words[1]) for words in sizes if words[0] == f"{name}:") for name in _PAGE_FIELDS)
        return rss * 1024 / _MEBI, pss * 1024 / _MEBI

    def _processes(self) -> list[int]:
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text()
        return [self.process, *map(int, children.split())]


@contextmanager
def instance(
    target: str, variables: Mapping[str, str], *, folder: Path | None = None, port: int | None = None
) -> Iterator[Instance]:
    """Start one instance of a function, and go on as soon as it listens."""
    port = port or free_port()
    source = (folder or FOLDER / target) / "main.py"
    own = {"FUNCTION_TARGET": target, "FUNCTION_SOURCE": str(source), "PORT": str(port), "HOST": "127.0.0.1"}
    command = str(Path(sys.executable).with_name("functions-framework"))
    with subprocess.Popen(command, env={**os.environ, "THREADS": _THREADS, **variables, **own}) as process:
        try:
            _await(port, process)
            yield Instance(port, process.pid)
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Have an instance end, also one that still waits for an emulator that has died: what failed is told, not this."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return the number of a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("a function did not start; its output says why") from error
            time.sleep(_POLL_SECONDS)
        else:
            return
