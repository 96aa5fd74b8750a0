"""Retries with exponential backoff and jitter, limited by attempts and by total time."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from memorybank.errors import MemoryBankError
from memorybank.retrying import When, decision_of

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Retry:
    """Repeats a call when that may help. All times are seconds.

    No wait ends later than `total` after the start. If the other side asks for a longer one, the call fails at once, so
    that a queue can wait instead of a thread. `sleep`, `now` and `chance` are for tests.
    """

    attempts: int = 4
    first: float = 1.0
    longest: float = 20.0
    total: float = 240.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def __call__(self, call: Callable[[], _T]) -> _T:
        """Return the result of `call`, or raise its last error unchanged."""
        end = self.now() + self.total
        attempt = 0
        while True:
            attempt += 1
            try:
                return call()
            except MemoryBankError as error:
                decision = decision_of(error, last_attempt=attempt >= self.attempts)
                wait = self._wait(attempt, decision.after)
                if decision.when is not When.NOW or self.now() + wait > end:
                    raise
                told = {"attempt": attempt, "wait": round(wait, 3), "status": error.status, "reason": decision.reason}
                _log.info("retrying a model call", extra=told)
            self.sleep(wait)

    def _wait(self, attempt: int, after: float) -> float:
        """Return between half and all of the exponential delay, and never less than the other side asks for."""
        pause: float = min(self.first * 2 ** (attempt - 1), self.longest) * (1 + self.chance()) / 2
        return max(pause, after)
