"""`memorybank stack`: runs the deployed shape on this machine, with doubles for what is Google Cloud's.

Firestore is Google's emulator, each function is a process of its own, and calls go through the router.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import memorybank
from memorybank.commands.listening import port_number
from memorybank.commands.terminal import require, say
from memorybank.config import Settings, read_settings, variable
from memorybank.errors import FailedPrecondition, Unavailable
from memorybank.plugins import greeting_of

if TYPE_CHECKING:
    from memorybank.testing.deployment import Deployment, Plan

_CALLER = "ada@example.com"
_TOKEN_LIFE = timedelta(hours=24)
_RETRIES = {"max_attempts": 100, "min_backoff": "1s", "max_backoff": "60s"}
_DRAIN = timedelta(seconds=10)
"""How long the end waits for accepted work; the next start finds what is left."""

_LOOK = 0.2
_GREETING = """\
Open Memory Bank runs as it is deployed: {count} functions, and the router at {url}
{models}
Memories are {kept}. Logs of the functions are in {logs}.

Paste this into a shell to create an engine (the token is {caller}'s, for 24 hours):

    export TOKEN={token}
    curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
      -d '{{"contextSpec": {{"memoryBankConfig": {{}}}}}}' \\
      {url}/v1beta1/projects/{project}/locations/us-central1/reasoningEngines

Ctrl-C stops everything."""


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("stack", help="run the deployed shape on this machine: all functions and an emulator")
    parser.add_argument("--port", type=port_number, default=8080, help="port of the router; 0 takes a free one (8080)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder that keeps the memories between two runs")
    parser.add_argument("--project", default="stack", help="project of the database (%(default)s)")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Run everything until the process is told to stop, and return the exit code."""
    require("deployed", "functions", "firestore", "cloud-tasks", "access")
    given = {"store": "firestore", "queue": "in-process", "project": asked.project}
    settings = read_settings(os.environ, **given)  # what is wrong with them is told now, not by each function
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        port = _free(asked.port)
        say("Starting the Firestore emulator and the functions ...")
        with running(settings, port=port, data=asked.data) as stack:
            say(_greeting(settings, stack, data=asked.data))
            watch(stack)
            say("Stopping ...")
    except KeyboardInterrupt:
        pass
    say("Stopped." if asked.data is None else f"Stopped. The memories are kept in {asked.data.resolve()}.")
    return 0


@dataclass(frozen=True)
class Stack:
    """What is running, and where its logs are."""

    deployment: Deployment
    plan: Plan


@contextmanager
def running(settings: Settings, *, port: int, data: Path | None) -> Iterator[Stack]:
    """Run everything inside the block, with the router at `port`; `data` keeps the memories."""
    from memorybank.testing import emulator_state as state  # noqa: PLC0415 - other commands need not wait for it
    from memorybank.testing.deployment import Plan, deployed  # noqa: PLC0415 - as above
    from memorybank.testing.firestore_emulator import HOST_VARIABLE, FirestoreEmulator  # noqa: PLC0415 - as above
    from memorybank.testing.processes import Guard  # noqa: PLC0415 - as above
    from memorybank.testing.schedule import sweeping  # noqa: PLC0415 - as above

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memorybank-stack-")))
        logs = (data or folder) / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        guard = stack.enter_context(Guard())
        emulator = stack.enter_context(FirestoreEmulator())
        guard.watch(emulator.pid)
        if data is not None:
            state.load(emulator.host, settings.project, folder=data)
            stack.callback(state.save, emulator.host, settings.project, folder=data)
        mains = sources(Path(memorybank.__file__).parents[2], folder)
        plan = Plan(sources=mains, ports={"router": port}, logs=logs, guard=guard, retries=_RETRIES)
        variables = {
            HOST_VARIABLE: emulator.host,
            variable("store"): settings.store,
            variable("project"): settings.project,
        }
        deployment = stack.enter_context(deployed(plan, variables))
        stack.callback(deployment.tasks.wait_idle, _DRAIN)
        stack.enter_context(sweeping(deployment.urls["sweep"]))
        yield Stack(deployment, plan)


def watch(stack: Stack) -> None:
    """Return when the process is told to stop; raise `Unavailable` if a function ends by itself."""
    with suppress(KeyboardInterrupt):
        while True:
            for name, process in stack.deployment.processes.items():
                if process.poll() is not None:
                    raise Unavailable(f"the function {name} has ended by itself: {stack.plan.last_words_of(name)}")
            time.sleep(_LOOK)


def sources(repository: Path, folder: Path) -> Path:
    """Return the functions of a repository; where only the package is installed, write the same below `folder`."""
    from memorybank.testing.deployment import FUNCTIONS  # noqa: PLC0415 - as above

    if all((repository / "functions" / name / "main.py").is_file() for name in FUNCTIONS):
        return repository / "functions"
    for name in FUNCTIONS:
        main = folder / "functions" / name / "main.py"
        main.parent.mkdir(parents=True)
        main.write_text(f"from memorybank.bootstrap import function\n\n{name} = function({name!r})\n")
    return folder / "functions"


def _free(port: int) -> int:
    """Return the port, or a free one for 0; raise `FailedPrecondition` if it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            why = error.strerror or error
            raise FailedPrecondition(f"cannot listen on 127.0.0.1:{port}: {why}; choose another with --port") from error
        return int(probe.getsockname()[1])


def _greeting(settings: Settings, stack: Stack, *, data: Path | None) -> str:
    return _GREETING.format(
        count=len(stack.deployment.urls) - 1,
        url=stack.deployment.urls["router"],
        models=greeting_of(settings),
        kept="gone when it stops (--data DIR keeps them)" if data is None else f"kept in {data.resolve()}",
        logs=stack.plan.logs,
        caller=_CALLER,
        token=stack.deployment.token("router", caller=_CALLER, lifetime=_TOKEN_LIFE),
        project=settings.project,
    )
