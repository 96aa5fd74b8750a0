"""How the cost of something grows with its input, in CPU time: a busy machine has no say in it.

Nor has what other tests left in memory: the garbage collector, which would look through it, waits meanwhile.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

TIMES = 8
"""How many times as large the larger input is."""

LINEAR = 3 * TIMES
"""More than what costs in proportion to its input can grow by, and less than half of what is quadratic."""

_Input = TypeVar("_Input")
_LEAST_SECONDS = 0.005


def growth(work: Callable[[_Input], object], make: Callable[[int], _Input], size: int) -> float:
    """Return how many times the CPU time for an input of a size the one for an input of `TIMES` that size is."""
    small, large = make(size), make(TIMES * size)
    work(small)  # whatever is done once
    return _seconds(work, large) / max(_seconds(work, small), _LEAST_SECONDS)


def _seconds(work: Callable[[_Input], object], given: _Input) -> float:
    """Return the least time of three runs, so that no run counts in which something else was in the way."""

    def run() -> float:
        begun = time.thread_time()
        work(given)
        return time.thread_time() - begun

    collects = gc.isenabled()
    gc.disable()
    try:
        return min(run() for _ in range(3))
    finally:
        if collects:
            gc.enable()
