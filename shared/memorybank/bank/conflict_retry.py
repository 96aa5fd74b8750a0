"""Retry after a write conflict."""

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
    """Commit writes based on earlier reads; raise `Aborted` if a document was changed, deleted or created since."""
    try:
        store.commit(writes)
    except (AlreadyExists, NotFound) as error:
        raise Aborted("the data was changed by another request; try again") from error


def retry_on_conflict(attempt: Callable[[], T]) -> T:
    """Call `attempt`, which reads and then commits, until it commits without a conflict; give up after some seconds.

    The pause between attempts is random and grows, so that concurrent writers of one document spread out.
    """
    for number in range(_ATTEMPTS):
        try:
            return attempt()
        except Aborted:
            time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.002 * 2**number)))  # noqa: S311 - not a secret
    return attempt()
