"""The progress of an extraction that takes several model calls, so that a retry does not pay for a chunk twice.

The code that runs an operation says where results are kept; an adapter that reads in chunks looks each of them up. They
share a context variable, as for usage (`models/usage.py`): the model port does not mention chunks.

    with resumable(ChunkProgress(kept, keep)):
        model.extract(request)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from memorybank.ports.models import ExtractedFact

Chunks = list[list[ExtractedFact]]


@dataclass(frozen=True)
class ChunkProgress:
    """The results of the chunks read so far, in order, and the function that saves them after each one.

    `plan` identifies how the conversation was split and prompted: results of another plan are discarded.
    """

    plan: str
    chunks: Chunks
    keep: Callable[[str, Chunks], None]


_PROGRESS: ContextVar[ChunkProgress | None] = ContextVar("progress", default=None)


@contextmanager
def resumable(progress: ChunkProgress) -> Iterator[None]:
    """Save the results of chunks inside the block, and reuse those that are already saved."""
    before = _PROGRESS.set(progress)
    try:
        yield
    finally:
        _PROGRESS.reset(before)


def in_chunks(plan: str, reads: list[Callable[[], list[ExtractedFact]]]) -> Chunks:
    """Return the results of `reads`, in order; each is called only if its result has not been saved.

    The last one is not saved: the result of the whole extraction is saved right after it.
    """
    progress = _PROGRESS.get()
    found = list(progress.chunks) if progress is not None and progress.plan == plan else []
    for number, read in enumerate(reads[len(found) :], start=len(found) + 1):
        found.append(read())
        if progress is not None and number < len(reads):
            progress.keep(plan, found)
    return found
