"""A whole deployment on this machine: every function in a process of its own, served by functions-framework.

Cloud Tasks and the metadata server are doubles in this process. Settings may ask for any store that processes share.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from memorybank.errors import Unavailable
from memorybank.handlers.routes import PRIVATE, PUBLIC
from memorybank.testing.cloud_tasks.server import CloudTasksServer
from memorybank.testing.cloud_tasks.tokens import Tokens
from memorybank.testing.forking import ForkedProcess, fork_process
from memorybank.testing.metadata_server import MetadataServer
from memorybank.testing.processes import Guard, free_ports

FUNCTIONS = (*PUBLIC, *PRIVATE, "router")
LOCATION = "us-central1"
ROUTER_ACCOUNT = "router@p.iam.gserviceaccount.com"
TASKS_ACCOUNT = "tasks@p.iam.gserviceaccount.com"
AUDIENCE = "memorybank-worker"
_PARENT = f"projects/p/locations/{LOCATION}"
QUEUE = f"{_PARENT}/queues/work"
_PATIENCE = 300.0
_POLL = 0.02


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How functions are served.

    `sources` has a folder with main.py for each; `ports` names those that must listen on a certain port. Output goes
    to `logs`, a file for each function, or where that of this process goes. `guard` watches all processes.
    """

    sources: Path
    ports: Mapping[str, int] = field(default_factory=dict)
    logs: Path | None = None
    guard: Guard | None = None
    retries: Mapping[str, Any] = field(default_factory=dict)

    def log_of(self, function: str) -> Path | None:
        """Return the file of a function's output, if it has one."""
        return self.logs / f"{function}.log" if self.logs else None

    def last_words_of(self, function: str) -> str:
        """Return the last line of a function's output, as far as it is in a file."""
        log = self.log_of(function)
        said = log.read_text(errors="replace").strip().splitlines()[-1:] if log else []
        return said[0] if said else "its output says why"


@dataclass(frozen=True)
class Deployment:
    """The addresses of all functions, what stands beside them, and their processes."""

    urls: Mapping[str, str]
    tasks: CloudTasksServer
    metadata: MetadataServer
    processes: Mapping[str, ForkedProcess]

    def token(self, function: str, *, caller: str, lifetime: timedelta = timedelta(hours=1)) -> str:
        """Return an ID token of the caller for a function."""
        return Tokens().issue(caller, self.urls[function], lifetime=lifetime)


def create_queue(tasks: CloudTasksServer, retries: Mapping[str, Any]) -> None:
    """Create the queue that the functions use, with a retry configuration."""
    tasks.client().create_queue(parent=_PARENT, queue={"name": QUEUE, "retry_config": dict(retries)})


def environment_of(urls: Mapping[str, str], *, tasks: str, metadata: str) -> dict[str, str]:
    """Return the variables of functions at `urls`, with the doubles at these addresses (host:port)."""
    settings = {
        "queue": "cloud-tasks",
        "tasks_queue": QUEUE,
        "tasks_account": TASKS_ACCOUNT,
        "tasks_emulator": tasks,
        "worker_url": f"{urls['worker']}/",
        "worker_audience": AUDIENCE,
        "function_urls": json.dumps({function: urls[function] for function in PUBLIC}),
        "metadata_host": metadata,
        "auth": "iam",
        "router_account": ROUTER_ACCOUNT,
        "worker_callers": TASKS_ACCOUNT,
    }
    return {f"MEMORYBANK_{name.upper()}": value for name, value in settings.items()}


@contextmanager
def deployed(plan: Plan, variables: Mapping[str, str]) -> Iterator[Deployment]:
    """Serve all functions; `variables` are added to their environment. Raises `Unavailable` if one does not start."""
    others = [function for function in FUNCTIONS if function not in plan.ports]
    ports = {**dict(zip(others, free_ports(len(others)), strict=True)), **plan.ports}
    urls = {function: f"http://127.0.0.1:{ports[function]}" for function in FUNCTIONS}
    with CloudTasksServer() as tasks, MetadataServer(ROUTER_ACCOUNT) as metadata, ExitStack() as stack:
        create_queue(tasks, plan.retries)
        given = {**environment_of(urls, tasks=tasks.address, metadata=metadata.host), **variables}
        processes = _start_all(plan, ports, variables=given, stack=stack)
        yield Deployment(urls, tasks, metadata, processes)
        stop(processes.values())


@contextmanager
def served(plan: Plan, name: str, port: int, *, variables: Mapping[str, str]) -> Iterator[ForkedProcess]:
    """Serve one function as Cloud Run does until the block ends; it must then stop by itself."""
    own = {"FUNCTION_TARGET": name, "FUNCTION_SOURCE": str(plan.sources / name / "main.py"), "PORT": str(port)}
    command = [Path(sys.executable).with_name("functions-framework")]
    environment = {**os.environ, "HOST": "127.0.0.1", "THREADS": "16", **own, **variables}
    with ExitStack() as stack:
        path = plan.log_of(name)
        log = stack.enter_context(path.open("w")) if path else None
        process = stack.enter_context(fork_process(command, env=environment, stdout=log, stderr=log))
        if plan.guard:
            plan.guard.watch(process.pid)
        yield process
        stop([process])


def stop(processes: Iterable[ForkedProcess]) -> None:
    """End processes, all at once, which must come to a good end."""
    running = [process for process in processes if process.returncode is None]
    for process in running:
        process.send_signal(signal.SIGTERM)
    ends = [process.wait(_PATIENCE) for process in running]
    assert ends == [0] * len(ends)


def await_health(url: str, process: ForkedProcess) -> None:
    """Wait until a function answers; raise `Unavailable` if it ends or takes minutes."""
    deadline = time.monotonic() + _PATIENCE
    while not _is_up(url, process):
        if time.monotonic() > deadline:
            raise Unavailable("the function did not come up")
        time.sleep(_POLL)


def _start_all(
    plan: Plan, ports: Mapping[str, int], *, variables: Mapping[str, str], stack: ExitStack
) -> dict[str, ForkedProcess]:
    """Start the functions, one more than there are cores at a time: each is busy importing until it answers."""
    waiting = list(FUNCTIONS)
    starting: list[str] = []
    processes: dict[str, ForkedProcess] = {}
    deadline = time.monotonic() + _PATIENCE
    while waiting or starting:
        while waiting and len(starting) <= (os.cpu_count() or 1):
            name = waiting.pop(0)
            processes[name] = stack.enter_context(served(plan, name, ports[name], variables=variables))
            starting.append(name)
        starting = [
            name for name in starting if not _has_started(plan, name, port=ports[name], process=processes[name])
        ]
        if starting and time.monotonic() > deadline:
            raise Unavailable(f"the function {starting[0]} did not come up")
        time.sleep(_POLL)
    return processes


def _has_started(plan: Plan, name: str, port: int, *, process: ForkedProcess) -> bool:
    try:
        return _is_up(f"http://127.0.0.1:{port}", process)
    except Unavailable as error:
        raise Unavailable(f"the function {name} did not start: {plan.last_words_of(name)}") from error


def _is_up(url: str, process: ForkedProcess) -> bool:
    if process.poll() is not None:
        raise Unavailable("the function has ended")
    try:
        with urlopen(f"{url}/health", timeout=_PATIENCE) as answer:  # noqa: S310 - a function's own address
            return bool(json.load(answer) == {"status": "ok"})
    except (URLError, OSError, HTTPException, ValueError):
        return False
