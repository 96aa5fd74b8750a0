"""One thread at a time encodes, for all that wait: a text in a batch takes a quarter of the time of one alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from memorybank.errors import FailedPrecondition, Unavailable
from memorybank.ports.models import Purpose

MOST = 32
"""The most texts that are encoded together."""

MOST_CHARACTERS = 4_000
"""The most characters that are encoded together.

Time grows with them, 19 ms of a CPU for a thousand, and whoever comes meanwhile waits: 32 texts of 2,000 characters
took 1.2 s at once, and take 0.08 s for each two.
"""

_COUNTED = 2_000
"""The characters of a text that count: encoders read little more of it."""


class Encoder(Protocol):
    """Encodes texts by their meaning. Loaded by the first call of `encode`, and called by one thread at a time."""

    @property
    def name(self) -> str:
        """A name that changes with the weights: vectors of one name can be compared."""
        ...

    @property
    def length(self) -> int:
        """The length of the vectors."""
        ...

    def encode(self, texts: Sequence[str], purpose: Purpose) -> list[list[float]]:
        """Return one vector per text, in order; zeros for a text that it cannot read."""
        ...


@dataclass(eq=False)
class _Request:
    """Texts that wait to be encoded. `vectors` or `error` is set when it is done."""

    texts: Sequence[str]
    purpose: Purpose
    vectors: list[list[float]] = field(default_factory=list)
    error: Exception | None = None
    done: bool = False


class Batches:
    """Encodes the texts of all threads in batches, first come, first served. Thread-safe."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._turn, self._lock = Lock(), Lock()
        self._waiting: list[_Request] = []

    @property
    def waiting(self) -> int:
        """How many texts wait."""
        with self._lock:
            return sum(len(request.texts) for request in self._waiting)

    def encode(self, texts: Sequence[str], purpose: Purpose) -> list[list[float]]:
        """Return the vectors of texts, in order, as the encoder gives them."""
        found: list[list[float]] = []
        for part in _parts(texts):
            request = _Request(part, purpose)
            with self._lock:
                self._waiting.append(request)
            self._finish(request)
            found += request.vectors
        return found

    def _finish(self, request: _Request) -> None:
        """Encode what waits until this request is done, by this thread or another one before it."""
        while not request.done:
            with self._turn:
                if not request.done:
                    self._encode(self._next())
        if request.error is not None:
            raise request.error

    def _next(self) -> list[_Request]:
        """Take the first requests of one purpose that make a batch."""
        with self._lock:
            taken = [self._waiting.pop(0)]
            count, size = len(taken[0].texts), _size(taken[0].texts)
            for request in tuple(self._waiting):
                more, larger = count + len(request.texts), size + _size(request.texts)
                if request.purpose is taken[0].purpose and more <= MOST and larger <= MOST_CHARACTERS:
                    self._waiting.remove(request)
                    taken.append(request)
                    count, size = more, larger
            return taken

    def _encode(self, batch: Sequence[_Request]) -> None:
        error: Exception = Unavailable("the thread that encoded these texts was interrupted: try again")
        try:
            vectors = self._vectors([text for request in batch for text in request.texts], batch[0].purpose)
            for request in batch:
                request.vectors, vectors = vectors[: len(request.texts)], vectors[len(request.texts) :]
        except Exception as raised:  # noqa: BLE001 - each thread whose texts these were raises it
            error = raised
        finally:
            for request in batch:
                request.error = None if request.vectors else error
                request.done = True

    def _vectors(self, texts: Sequence[str], purpose: Purpose) -> list[list[float]]:
        vectors = self._encoder.encode(texts, purpose)
        if len(vectors) != len(texts):
            raise FailedPrecondition(f"{self._encoder.name} gave {len(vectors)} vectors for {len(texts)} texts")
        return vectors


def _parts(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield texts in batches."""
    part: list[str] = []
    for text in texts:
        if part and (len(part) == MOST or _size([*part, text]) > MOST_CHARACTERS):
            yield part
            part = []
        part.append(text)
    if part:
        yield part


def _size(texts: Sequence[str]) -> int:
    return sum(min(len(text), _COUNTED) for text in texts)
