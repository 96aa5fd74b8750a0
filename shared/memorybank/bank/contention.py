"""Trying again after somebody else changed the same thing first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from memorybank.errors import Aborted

_ATTEMPTS = 30
_LONGEST_PAUSE = 0.2

T = TypeVar("T")


def until_settled(attempt: Callable[[], T]) -> T:
    """Call `attempt`, which reads and then commits, until its commit meets no conflict; give up after some seconds.

    The pause between attempts is random and grows, so that many writers of one document get out of step.
    """
    for number in range(_ATTEMPTS):
        try:
            return attempt()
        except Aborted:
            time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.002 * 2**number)))  # noqa: S311 - not a secret
    return attempt()
