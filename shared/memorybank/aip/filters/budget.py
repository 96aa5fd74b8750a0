"""How much CPU time one filter may use, over all records that it is asked about."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from memorybank.aip.filters.tree import filter_violation

MAX_SECONDS = 5.0
"""The CPU seconds of one filter: a page of ordinary comparisons takes a hundredth of it."""


class Budget:
    """The CPU time that is left to one filter; `InvalidArgument` when it is spent. Not for several threads."""

    def __init__(self, *, seconds: float = MAX_SECONDS, clock: Callable[[], float] = time.thread_time) -> None:
        self._seconds, self._left, self._clock = seconds, seconds, clock
        self._until = float("inf")

    def charged(self, test: Callable[[Mapping[str, Any]], bool]) -> Callable[[Mapping[str, Any]], bool]:
        """Return a test whose time counts."""

        def charged(record: Mapping[str, Any]) -> bool:
            begin = self._clock()
            self._until = begin + self._left
            self.check()
            held = test(record)
            self._left -= self._clock() - begin
            return held

        return charged

    def check(self) -> None:
        """Refuse to go on if the time is over; what may take long asks before it begins."""
        if self._clock() >= self._until:
            raise filter_violation(
                f"takes more than {self._seconds:g} s of CPU time; fewer or simpler patterns after =~ take less"
            )
