"""Programs in Python that start in milliseconds: forked from a process that has already imported what they need.

Everything else is as if they had been started: each has its own process group, environment and output, and a signal
ends nobody else. Nothing of the bank reads the environment when it is imported, so what was imported before serves
all. Starting all functions by themselves takes 2 s of CPU time for each, nearly all of it for imports.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, reduction, resource_tracker
from pathlib import Path
from typing import IO, Any

from memorybank.testing.processes import PATIENCE, kill_group

_FORKING = multiprocessing.get_context("forkserver")
if sys.platform != "darwin":  # there, libraries of the system may not be used in a fork of the process that loaded them
    _FORKING.set_forkserver_preload(["memorybank.testing.preloaded", __name__])

_HELD = {signal.SIGTERM, signal.SIGHUP}
"""Signals that terminals and service managers send to a whole process group."""


class ForkedProcess:
    """A running program, used like `subprocess.Popen`: a negative `returncode` is the signal that ended it."""

    def __init__(self, process: Any, stdout: IO[str] | None) -> None:
        self._process = process
        self.pid: int = process.pid
        self.stdout = stdout

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        code: int | None = self._process.exitcode
        return code

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return how it ended; raises `subprocess.TimeoutExpired` after so many seconds."""
        self._process.join(timeout)
        if (code := self.returncode) is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)


@contextmanager
def fork_process(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    stdout: int | IO[Any] | None = None,
    stderr: IO[Any] | None = None,
) -> Iterator[ForkedProcess]:
    """Run a program in Python for the length of a block, as `start_process` does.

    The command is a script and its arguments; `stdout` may be `subprocess.PIPE`.
    """
    reader, writer = os.pipe() if stdout == subprocess.PIPE else (None, None)
    output = writer if writer is not None else stdout
    given = {1: output, 2: stderr}
    numbers = {number: _number_of(file) for number, file in given.items() if file is not None}
    process = _FORKING.Process(
        target=_run, args=([str(part) for part in command], dict(env), {n: _Passed(fd) for n, fd in numbers.items()})
    )
    _start_forking()
    process.start()
    if writer is not None:
        os.close(writer)
    running = ForkedProcess(process, os.fdopen(reader) if reader is not None else None)
    try:
        yield running
    finally:
        kill_group(running.pid)
        process.kill()  # it has no group of its own in its first moment
        running.wait(PATIENCE)
        if running.stdout is not None:
            running.stdout.close()


class _Passed:
    """An open file on its way to the program."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __getstate__(self) -> Any:
        return reduction.DupFd(self._number)

    def __setstate__(self, state: Any) -> None:
        self._number = state.detach()

    def become(self, number: int) -> None:
        """Stand under this number in this process."""
        os.dup2(self._number, number)
        os.close(self._number)


def _start_forking() -> None:
    """Start the process that forks, unless it runs. A signal to our group is for us: we still need it to stop the rest.

    It ends when this process and all that it forked have ended, however they do.
    """
    resource_tracker.ensure_running()  # unblocks signals when it starts
    held = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _number_of(file: int | IO[Any]) -> int:
    return file if isinstance(file, int) else file.fileno()


def _run(command: list[str], environment: dict[str, str], files: dict[int, _Passed]) -> None:
    """Be the program."""
    os.setsid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)
    for number, file in files.items():
        file.become(number)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    sys.path.insert(0, str(Path(command[0]).parent))
    try:
        runpy.run_path(command[0], run_name="__main__")
    finally:
        atexit._run_exitfuncs()  # noqa: SLF001 - a child of multiprocessing ends without them
        with suppress(BrokenPipeError):
            sys.stdout.flush()
