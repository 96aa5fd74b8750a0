"""Trying again: exponentially longer waits with jitter, within a number of attempts and a time in all."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from memorybank.models.gemini.failures import Failed

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Retry:
    """Makes a call again when that may help. All times are seconds.

    No wait ends later than `total` after the beginning: whoever asks for a longer one is believed, and the call fails
    at once, so that a queue may wait instead of a thread. `sleep`, `now` and `chance` are for tests.
    """

    attempts: int = 4
    first: float = 1.0
    longest: float = 20.0
    total: float = 240.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def __call__(self, call: Callable[[], _T]) -> _T:
        """Return what `call` returns; the last `Failed` is raised as the error that it carries."""
        end = self.now() + self.total
        attempt = 0
        while True:
            attempt += 1
            try:
                return call()
            except Failed as failed:
                wait = self._wait(attempt, failed)
                if not failed.again or attempt >= self.attempts or self.now() + wait > end:
                    raise failed.error from (failed.__cause__ or failed)
                _log.info(
                    "a model call is tried again",
                    extra={"attempt": attempt, "wait": round(wait, 3), "status": failed.error.status},
                )
            self.sleep(wait)

    def _wait(self, attempt: int, failed: Failed) -> float:
        """Return a time from half of the exponential one to all of it; never less than the other side asks for."""
        pause: float = min(self.first * 2 ** (attempt - 1), self.longest) * (1 + self.chance()) / 2
        return max(pause, failed.after or 0.0)
