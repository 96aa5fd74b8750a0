"""More processes that serve the same bank on the same port, for as long as this one does."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

_LOOK_EVERY = 0.5
_LONGEST_WAIT = 30.0
_SETTLED = 60.0
"""A worker that has run for so many seconds was well, so the next one is started at once."""

_log = logging.getLogger(__name__)


class Workers:
    """Runs `command` in `count` processes, which get the number of the shared socket as their last argument.

    Each reads `secret` from its input, and stops when that ends: also if this process is killed. One that dies is
    started again. Use it as a context manager; leaving it waits until all have stopped.
    """

    def __init__(self, command: Sequence[str], *, count: int, listening: socket.socket, secret: str) -> None:
        self._command, self._secret = command, secret
        self._listening = listening.dup()  # the server closes its own before these processes have stopped
        self._processes: list[_Worker] = [_Worker() for _ in range(count)]
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._run, name="workers")

    def __enter__(self) -> Self:
        for worker in self._processes:
            worker.start(self._command, listening=self._listening, secret=self._secret)
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._watch.join()
        for worker in self._processes:
            worker.tell_to_stop()
        for worker in self._processes:
            worker.wait()
        self._listening.close()

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY):
            for worker in self._processes:
                if worker.is_due():
                    _log.error("a worker process ended; starting another", extra={"exit_code": worker.exit_code})
                    try:
                        worker.start(self._command, listening=self._listening, secret=self._secret)
                    except OSError:  # the machine has no process or memory to spare now
                        _log.exception("a worker process could not be started; it will be tried again")


class _Worker:
    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._begun, self._wait = 0.0, 0.0

    @property
    def exit_code(self) -> int | None:
        return None if self._process is None else self._process.returncode

    def start(self, command: Sequence[str], *, listening: socket.socket, secret: str) -> None:
        self._wait = 0.0 if time.monotonic() - self._begun > _SETTLED else min(self._wait * 2 + 1, _LONGEST_WAIT)
        self._begun = time.monotonic()
        self.wait()
        number = listening.fileno()
        self._process = subprocess.Popen(  # noqa: S603 - this program
            [*command, str(number)], stdin=subprocess.PIPE, pass_fds=[number]
        )
        assert self._process.stdin is not None  # noqa: S101 - a pipe
        with contextlib.suppress(BrokenPipeError):  # it has ended already, and will be started again
            self._process.stdin.write(f"{secret}\n".encode())
            self._process.stdin.flush()

    def is_due(self) -> bool:
        """Tell whether the process has ended and may be started again."""
        ended = self._process is None or self._process.poll() is not None
        return ended and time.monotonic() - self._begun >= self._wait

    def tell_to_stop(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def wait(self) -> None:
        self.tell_to_stop()
        if self._process is not None:
            self._process.wait()


def obey_parent() -> str:
    """Return the secret that the parent wrote, and have this process stop like on SIGTERM when the parent ends.

    Ctrl-C reaches all processes of a terminal: it is left to the parent, who ends this one in order.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    secret = b""
    # Not by `sys.stdin`: a thread that waits in it would hold its lock when the process ends.
    while not secret.endswith(b"\n") and (more := os.read(0, 1)):
        secret += more
    threading.Thread(target=_stop_at_end_of_input, name="parent", daemon=True).start()
    return secret.decode().strip()


def _stop_at_end_of_input() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
