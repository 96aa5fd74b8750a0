"""What has been read of a conversation that takes several model calls: trying again does not pay for it twice.

Whoever works on an operation says where chunks are kept; an adapter that reads in chunks asks for each by `chunk`. Both
meet by a context variable, as for usage (`models/usage.py`): the port of the models knows nothing of chunks.

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
    """The chunks that have been read, in order, and what keeps them when there is one more.

    `plan` says how the conversation was cut and asked about: chunks of another plan are of no use.
    """

    plan: str
    chunks: Chunks
    keep: Callable[[str, Chunks], None]


_PROGRESS: ContextVar[ChunkProgress | None] = ContextVar("progress", default=None)


@contextmanager
def resumable(progress: ChunkProgress) -> Iterator[None]:
    """Keep what is read in chunks inside the block, and do not read again what has been kept."""
    before = _PROGRESS.set(progress)
    try:
        yield
    finally:
        _PROGRESS.reset(before)


def in_chunks(plan: str, reads: list[Callable[[], list[ExtractedFact]]]) -> Chunks:
    """Return what each of `reads` gives, in order; each is called unless what it gave has been kept.

    The last one is not kept: what is made of all of them is about to be.
    """
    progress = _PROGRESS.get()
    found = list(progress.chunks) if progress is not None and progress.plan == plan else []
    for number, read in enumerate(reads[len(found) :], start=len(found) + 1):
        found.append(read())
        if progress is not None and number < len(reads):
            progress.keep(plan, found)
    return found
