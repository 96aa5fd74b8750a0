"""Programs that tests start: each in a process group of its own, which ends with the test and leaves nobody behind."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Self

PATIENCE = 300.0
"""Seconds that a program may take to end: longer means that it is stuck, not slow."""

_KILL_ON_EOF = 'all=; while read -r group; do all="$all -$group"; done; [ -z "$all" ] || kill -9 $all'


@contextmanager
def start_process(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: int | None = None,
    stdout: int | IO[Any] | None = None,
    stderr: int | IO[Any] | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """Run a program for the length of a block; whatever is left of it and of all that it started is killed then."""
    process = subprocess.Popen(  # noqa: S603 - which program, is for the caller to say
        command, env=env, cwd=cwd, stdin=stdin, stdout=stdout, stderr=stderr, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        kill_group(process.pid)
        process.wait(PATIENCE)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):  # what was not yet written is for nobody any more
                    pipe.close()


def run_program(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, and return how it ended and what it said."""
    with start_process(command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        said, complained = process.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(command, process.returncode, said, complained)


def stop_process(process: subprocess.Popen[str]) -> int:
    """Tell a program to stop, as a person or a platform does, wait until it has, and return its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE)


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now, and that no connection is given as its own by the system meanwhile."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(10_000, 32_000)  # noqa: S311 - below what Linux and others give by themselves
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found += [port] if port not in found else []
    return found


class Guard:
    """Kills process groups if this process ends before the `with` block does, even by SIGKILL."""

    def __enter__(self) -> Self:
        # The shell's input ends with the last process that holds the other end: this one, which hands it to nobody.
        command = ["/bin/sh", "-c", _KILL_ON_EOF]
        self._shell = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 - a constant
        return self

    def __exit__(self, *exception: object) -> None:
        self._shell.kill()
        self._shell.wait(PATIENCE)
        assert self._shell.stdin is not None
        self._shell.stdin.close()

    def watch(self, group: int) -> None:
        """Kill this group, too; its number is the process id of its leader."""
        assert self._shell.stdin is not None
        self._shell.stdin.write(f"{group}\n".encode())
        self._shell.stdin.flush()


def kill_group(leader: int) -> None:
    """Kill the whole group of a process, also those whose parent has ended before."""
    with suppress(ProcessLookupError):  # all have ended by themselves
        os.killpg(leader, signal.SIGKILL)
