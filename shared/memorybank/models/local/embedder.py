"""An embedder whose vectors hold meaning and words: an encoder's vector, and hashed words after it.

An encoder finds paraphrases and other languages, hashed words find names, numbers and rare words. Both parts have the
length of one before they are weighted, so the cosine of two vectors is 0.9 of meaning and 0.1 of words. Of a text that
the encoder cannot read, words take both parts, or all of it if it has no letters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from memorybank.errors import FailedPrecondition, InvalidArgument
from memorybank.models.local.batches import Batches, Encoder
from memorybank.ports.documents import MAX_DIMENSIONS, Vector
from memorybank.ports.models import Purpose
from memorybank.text.visible import visible

DIMENSIONS = 768
FEWEST_FOR_WORDS = 128
"""With fewer places, too many words would share one."""

_SHARE = 0.1
"""The share of words. More is worse where words are compared again, as the bank's ranking of search results does."""

_MEANING, _WORDS = math.sqrt(1 - _SHARE), math.sqrt(_SHARE)
_LONGEST_TEXT = 20_000


class HashWords(Protocol):
    """Hashes the words of a text into a vector of length one."""

    def __call__(self, text: str, *, dimensions: int) -> Vector:
        """Return the vector."""
        ...


class LocalEmbedder:
    """An `Embedder` on an encoder in this process; the first 20,000 characters of a text count.

    There is one model per process: names that engines configure are ignored. If `dimensions` is the encoder's own
    length, vectors hold meaning only.
    """

    def __init__(self, encoder: Encoder, *, words: HashWords, dimensions: int = DIMENSIONS) -> None:
        if problem := problem_of(encoder.length, dimensions):
            raise InvalidArgument(f"dimensions: {problem}")
        self._encoder, self._words = encoder, words
        self._dimensions = dimensions
        self._for_words = dimensions - encoder.length
        self._batches = Batches(encoder)

    def resolve(self, model: str | None) -> str:  # noqa: ARG002  # there is one model only
        """Return the name of the encoder, whatever is configured. Nothing is loaded."""
        words = f"+words-{_SHARE:.0%}".removesuffix("%") if self._for_words else ""
        return f"{self._encoder.name}{words}@{self._dimensions}"

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:  # noqa: ARG002  # as above
        """Return one unit vector per text, in order."""
        cut = [visible(text)[:_LONGEST_TEXT] for text in texts]
        return list(map(self._vector, cut, self._batches.encode(cut, purpose)))

    def _vector(self, text: str, meaning: Sequence[float]) -> Vector:
        length = math.sqrt(math.fsum(value * value for value in meaning))
        if not math.isfinite(length):
            raise FailedPrecondition(f"the encoder {self._encoder.name} gave a vector that is not of numbers")
        words = self._words(text, dimensions=self._for_words).values if self._for_words else ()
        if not length:
            if words and not any(map(str.isalpha, text)):  # such as an emoji, which stands among words elsewhere
                return Vector((*meaning, *words))
            meaning, length = self._words(text, dimensions=len(meaning)).values, 1.0
        if not self._for_words:
            return Vector(tuple(value / length for value in meaning))
        share = _MEANING / length
        return Vector((*(value * share for value in meaning), *(value * _WORDS for value in words)))


def problem_of(length: int, dimensions: int) -> str | None:
    """Return why vectors of so many dimensions cannot be made with an encoder, or None if they can."""
    least = length + FEWEST_FOR_WORDS
    if dimensions == length or least <= dimensions <= MAX_DIMENSIONS:
        return None
    of_both = f", or from {least} to {MAX_DIMENSIONS} with words" if least <= MAX_DIMENSIONS else ""
    return f"the local encoder's vectors have {length}{of_both}, not {dimensions}"
