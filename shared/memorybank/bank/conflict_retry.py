"""Trying again after somebody else changed the same thing first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from memorybank.errors import Aborted, AlreadyExists, NotFound
from memorybank.ports.documents import DocumentStore, Write

_ATTEMPTS = 30
_LONGEST_PAUSE = 0.2

T = TypeVar("T")


def commit(store: DocumentStore, writes: Sequence[Write]) -> None:
    """Commit what is based on what was read; raise `Aborted` if anything of it has changed, gone or been made since."""
    try:
        store.commit(writes)
    except (AlreadyExists, NotFound) as error:
        raise Aborted("something has changed meanwhile; try again") from error


def retry_on_conflict(attempt: Callable[[], T]) -> T:
    """Call `attempt`, which reads and then commits, until its commit meets no conflict; give up after some seconds.

    The pause between attempts is random and grows, so that many writers of one document get out of step.
    """
    for number in range(_ATTEMPTS):
        try:
            return attempt()
        except Aborted:
            time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.002 * 2**number)))  # noqa: S311 - not a secret
    return attempt()
