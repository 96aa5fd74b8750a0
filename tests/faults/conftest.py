"""Fixtures of the tests under faults: the double of Cloud Tasks, and a program that forks worker processes."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memorybank.testing.cloud_tasks.server import CloudTasksServer
from memorybank.testing.processes import start_process
from tests.faults.sides import ShiftedClock
from tests.faults.worker_processes import KILL, Job
from tests.waiting import PATIENCE

_PROGRAM = Path(__file__).with_name("worker_processes.py")
_ROOT = Path(__file__).parents[2]


class Workers:
    """Worker processes, those of one job at a time."""

    def __init__(self, process: subprocess.Popen[str], calls: Path) -> None:
        self._process = process
        self.calls = calls

    def start(self, job: Job) -> str:
        """Begin a job, ending the one before, and return the address of its workers."""
        assert self._process.stdin is not None
        self._process.stdin.write(job.line())
        self._process.stdin.flush()
        return self.said()

    def kill(self) -> None:
        """Kill any one of the processes, and wait until another has taken its place."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{KILL}\n")
        self._process.stdin.flush()
        assert self.said() == "died"

    def said(self) -> str:
        """Wait for the next thing that the program says."""
        assert self._process.stdout is not None
        assert select.select([self._process.stdout], [], [], PATIENCE)[0], "the program has nothing to say"
        return self._process.stdout.readline().strip()

    def count(self, call: str) -> int:
        """Return how often the models of all jobs were called to `extract` or to `decide`."""
        return self.calls.read_text().splitlines().count(call)


@pytest.fixture(scope="module")
def workers(firestore_emulator: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Start the program that forks worker processes; they find the emulator as Google's clients do."""
    with open_workers(tmp_path_factory.mktemp("workers") / "calls") as opened:
        yield opened


@contextmanager
def open_workers(calls: Path) -> Iterator[Workers]:
    """Start the program that forks worker processes, and end it again; their models note their calls in a file."""
    path = os.pathsep.join([str(_ROOT), str(_ROOT / "shared")])
    environment = {**os.environ, "PYTHONPATH": path}
    calls.touch()
    command = [sys.executable, str(_PROGRAM)]
    with start_process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        yield Workers(process, calls)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


@pytest.fixture
def clock() -> ShiftedClock:
    """Return the clock of Cloud Tasks and of whoever is given it."""
    return ShiftedClock()


@pytest.fixture
def tasks(clock: ShiftedClock) -> Iterator[CloudTasksServer]:
    """Serve the double of Cloud Tasks."""
    with CloudTasksServer(clock=clock) as server:
        yield server
