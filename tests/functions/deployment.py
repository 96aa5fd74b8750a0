"""A whole deployment on this machine: every function in a process of its own, served by functions-framework."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import agentplatform
import httpx
import pytest
from google.oauth2.credentials import Credentials

from memorybank.errors import FailedPrecondition, Unavailable
from memorybank.handlers.routes import PRIVATE, PUBLIC
from memorybank.testing.cloud_tasks.server import CloudTasksServer
from memorybank.testing.cloud_tasks.tokens import Tokens
from memorybank.testing.firestore_emulator import HOST_VARIABLE, FirestoreEmulator
from tests.functions.metadata_server import MetadataServer
from tests.processes import free_ports, start_process
from tests.waiting import PATIENCE, until

FOLDER = Path(__file__).parents[2] / "functions"
FUNCTIONS = (*PUBLIC, *PRIVATE, "router")
LOCATION = "us-central1"
ROUTER_ACCOUNT = "router@p.iam.gserviceaccount.com"
TASKS_ACCOUNT = "tasks@p.iam.gserviceaccount.com"
AUDIENCE = "memorybank-worker"
_PARENT = f"projects/p/locations/{LOCATION}"
_QUEUE = f"{_PARENT}/queues/work"


@dataclass(frozen=True)
class Deployment:
    """The addresses of all functions, what stands beside them, and how to call them."""

    urls: Mapping[str, str]
    tasks: CloudTasksServer
    metadata: MetadataServer

    def client(self, *, caller: str = "ada@example.com") -> Any:
        """Return a client of Google's SDK that calls the router, for a project that nobody has used before."""
        return agentplatform.Client(
            project=f"p-{uuid4().hex[:12]}",
            location=LOCATION,
            credentials=Credentials(token=Tokens().issue(caller, self.urls["router"])),
            http_options={"base_url": self.urls["router"]},
        )

    def http(self, function: str, *, caller: str | None = "ada@example.com") -> httpx.Client:
        """Return a plain client of one function, with a token of the caller if there is one."""
        url = self.urls[function]
        token = {} if caller is None else {"Authorization": f"Bearer {Tokens().issue(caller, url)}"}
        return httpx.Client(base_url=url, headers=token, timeout=PATIENCE)


@contextmanager
def deployed(**settings: str) -> Iterator[Deployment]:
    """Start all functions at once, with Cloud Tasks and the metadata server of tests; settings are by field name."""
    ports = dict(zip(FUNCTIONS, free_ports(len(FUNCTIONS)), strict=True))
    urls = {function: f"http://127.0.0.1:{port}" for function, port in ports.items()}
    with CloudTasksServer() as tasks, MetadataServer(ROUTER_ACCOUNT) as metadata, ExitStack() as stack:
        retries = {"max_attempts": 5, "min_backoff": "0.1s", "max_backoff": "1s"}
        tasks.client().create_queue(parent=_PARENT, queue={"name": _QUEUE, "retry_config": retries})
        environment = {
            "queue": "cloud-tasks",
            "tasks_queue": _QUEUE,
            "tasks_account": TASKS_ACCOUNT,
            "tasks_emulator": tasks.address,
            "worker_url": f"{urls['worker']}/",
            "worker_audience": AUDIENCE,
            "max_attempts": "3",
            "function_urls": json.dumps({function: urls[function] for function in PUBLIC}),
            "metadata_host": metadata.host,
            "auth": "iam",
            "router_account": ROUTER_ACCOUNT,
            "worker_callers": TASKS_ACCOUNT,
            **settings,
        }
        variables = {f"MEMORYBANK_{name.upper()}": value for name, value in environment.items()}
        processes = [stack.enter_context(served(name, port, variables)) for name, port in ports.items()]
        for function, process in zip(FUNCTIONS, processes, strict=True):
            await_health(urls[function], process)
        yield Deployment(urls, tasks, metadata)
        stop(processes)


@contextmanager
def served(name: str, port: int, variables: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Serve one function as Cloud Run does until the block ends; it must then stop by itself."""
    own = {"FUNCTION_TARGET": name, "FUNCTION_SOURCE": str(FOLDER / name / "main.py"), "PORT": str(port)}
    command = [Path(sys.executable).with_name("functions-framework")]
    environment = {**os.environ, "HOST": "127.0.0.1", "THREADS": "16", **own, **variables}
    with start_process(command, env=environment) as process:
        yield process
        stop([process])


def stop(processes: Iterable[subprocess.Popen[str]]) -> None:
    """End processes, all at once, which must come to a good end."""
    running = [process for process in processes if process.returncode is None]
    for process in running:
        process.send_signal(signal.SIGTERM)
    ends = [process.wait(PATIENCE) for process in running]
    assert ends == [0] * len(ends)


def await_health(url: str, process: subprocess.Popen[str]) -> None:
    """Wait until a function answers."""

    def answers() -> bool:
        assert process.poll() is None, "the function did not start; its output says why"
        try:
            return bool(httpx.get(f"{url}/health", timeout=PATIENCE).json() == {"status": "ok"})
        except httpx.TransportError:
            return False

    until(answers, state=lambda: "the function did not come up")


def use_emulator(stack: ExitStack) -> None:
    """Have Google's clients find a Firestore emulator, a new one unless one is running; skip where there is none."""
    if os.environ.get(HOST_VARIABLE):
        return
    try:
        emulator = stack.enter_context(FirestoreEmulator())
    except (FailedPrecondition, Unavailable) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(error.message)
    stack.enter_context(pytest.MonkeyPatch.context()).setenv(HOST_VARIABLE, emulator.host)
