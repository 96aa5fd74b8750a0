"""What Cloud Scheduler does for a deployment: it calls the sweep, every few minutes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.request import Request, urlopen

from memorybank.testing.cloud_tasks.tokens import Tokens
from memorybank.testing.deployment import TASKS_ACCOUNT

_EVERY = 300.0
_SECONDS = 60.0


@contextmanager
def sweeping(url: str) -> Iterator[None]:
    """Call the sweep at `url` every five minutes, the first time at once, while the block runs."""
    ended = Event()

    def call() -> None:
        while True:
            headers = {
                "Authorization": f"Bearer {Tokens().issue(TASKS_ACCOUNT, url)}",
                "Content-Type": "application/json",
            }
            with suppress(OSError):  # the sweep's log says why, and the next call may do better
                urlopen(Request(url, b"{}", headers), timeout=_SECONDS).close()  # noqa: S310 - a function's own address
            if ended.wait(_EVERY):
                return

    Thread(target=call, name="schedule", daemon=True).start()
    try:
        yield
    finally:
        ended.set()
