"""What has been read of a conversation that takes several model calls: trying again does not pay for it twice.

Whoever works on an operation says where pieces are kept; an adapter that reads in pieces asks for each by `piece`. Both
meet by a context variable, as for usage (`models/usage.py`): the port of the models knows nothing of pieces.

    with resumable(Reading(kept, keep)):
        model.extract(request)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from memorybank.models.port import ExtractedFact

Pieces = list[list[ExtractedFact]]


@dataclass(frozen=True)
class Reading:
    """The pieces that have been read, in order, and what keeps them when there is one more.

    `plan` says how the conversation was cut and asked about: pieces of another plan are of no use.
    """

    plan: str
    pieces: Pieces
    keep: Callable[[str, Pieces], None]


_READING: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def resumable(reading: Reading) -> Iterator[None]:
    """Keep what is read in pieces inside the block, and do not read again what has been kept."""
    before = _READING.set(reading)
    try:
        yield
    finally:
        _READING.reset(before)


def in_pieces(plan: str, reads: list[Callable[[], list[ExtractedFact]]]) -> Pieces:
    """Return what each of `reads` gives, in order; each is called unless what it gave has been kept.

    The last one is not kept: what is made of all of them is about to be.
    """
    reading = _READING.get()
    found = list(reading.pieces) if reading is not None and reading.plan == plan else []
    for number, read in enumerate(reads[len(found) :], start=len(found) + 1):
        found.append(read())
        if reading is not None and number < len(reads):
            reading.keep(plan, found)
    return found
