"""The CPU time that one filter may use over all records of a request."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from memorybank.aip.filters.tree import filter_violation

MAX_SECONDS = 5.0
"""The CPU seconds allowed per filter: a page of ordinary comparisons takes a hundredth of that."""


class Budget:
    """The CPU time that one filter has left; raises `InvalidArgument` when it is used up. Not thread-safe."""

    def __init__(self, *, seconds: float = MAX_SECONDS, clock: Callable[[], float] = time.thread_time) -> None:
        self._seconds, self._left, self._clock = seconds, seconds, clock
        self._until = float("inf")

    def charged(self, test: Callable[[Mapping[str, Any]], bool]) -> Callable[[Mapping[str, Any]], bool]:
        """Return a predicate whose CPU time is counted."""

        def charged(record: Mapping[str, Any]) -> bool:
            begin = self._clock()
            self._until = begin + self._left
            self.check()
            held = test(record)
            self._left -= self._clock() - begin
            return held

        return charged

    def check(self) -> None:
        """Raise if the time is used up; called before work that may take long."""
        if self._clock() >= self._until:
            raise filter_violation(
                f"takes more than {self._seconds:g} s of CPU time; fewer or simpler patterns after =~ take less"
            )
