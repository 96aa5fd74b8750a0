"""Lexical embedding by signed feature hashing: texts that share words, word stems and characters are near.

The same text gives the same vector, bit for bit, in every process and on every machine: features are hashed with
BLAKE2b, and only additions, products and square roots are used, which IEEE 754 rounds exactly.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

from memorybank.languages.function_words import FUNCTION_WORDS
from memorybank.models.offline.text import root, tokens
from memorybank.ports.documents import Vector
from memorybank.text.kept import forgettable

MAX_CHARACTERS = 20_000
"""How many characters of a text are embedded."""

_WORD, _ROOT, _UNACCENTED, _PAIR, _SPELLING = 1.0, 0.7, 0.4, 0.4, 0.8
_FUNCTION_WORD = 0.12
_TRIGRAM = 3
_SHORT, _MOST_SHORT = 40, 90
"""The characters of a word, and of a feature, that are kept for the next text that has them; longer ones are not."""

_KANA = ("\u3041", "\u309f")


def embed(text: str, *, dimensions: int) -> Vector:
    """Return a vector of unit length; a text without any word gives the first axis."""
    counts: dict[str, int] = {}
    weights: dict[str, float] = {}
    for feature, weight in _features(tokens(text[:MAX_CHARACTERS])):
        if feature in counts:
            counts[feature] += 1
            weights[feature] = max(weight, weights[feature])
        else:
            counts[feature], weights[feature] = 1, weight
    sums: dict[int, float] = {}
    for feature, count in counts.items():
        number = _kept_hash(feature) if len(feature) <= _MOST_SHORT else _hashed(feature)
        axis = (number >> 1) % dimensions
        amount = weights[feature] if count == 1 else weights[feature] * math.sqrt(count)
        sums[axis] = sums.get(axis, 0.0) + (amount if number & 1 else -amount)
    return _unit(sums, dimensions)


def _hashed(feature: str) -> int:
    return int.from_bytes(blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


_kept_hash = forgettable(lru_cache(maxsize=8192)(_hashed))  # texts share most of their features


def _unit(sums: dict[int, float], dimensions: int) -> Vector:
    """Return the vector of unit length with these values, by axis: a text has few of them."""
    # Not sum(), which adds floats differently since Python 3.12: vectors must be identical to the bit everywhere.
    length = math.sqrt(math.fsum(value * value for value in sums.values()))
    values = [0.0] * dimensions
    if length == 0.0:
        sums, length = {0: 1.0}, 1.0
    for axis, value in sums.items():
        values[axis] = value / length if value else 0.0
    return Vector(tuple(values))


def _features(words: Sequence[str]) -> Iterator[tuple[str, float]]:
    for word in words:
        yield from _of_word(word) if len(word) <= _SHORT else _word_features(word)
    for first, second in pairwise(words):
        yield f"2 {first} {second}", _PAIR * _importance(first) * _importance(second) + _adjacent(first, second)


def _importance(word: str) -> float:
    if word in FUNCTION_WORDS:
        return _FUNCTION_WORD
    return 0.2 if len(word) == 1 and _KANA[0] <= word <= _KANA[1] else 1.0


def _adjacent(first: str, second: str) -> float:
    return _PAIR if len(first) == len(second) == 1 and first > "\u3000" and second > "\u3000" else 0.0


@forgettable
@lru_cache(maxsize=1024)
def _of_word(word: str) -> tuple[tuple[str, float], ...]:
    return tuple(_word_features(word))


def _word_features(word: str) -> Iterator[tuple[str, float]]:
    weight = _importance(word)
    yield f"1 {word}", weight * _WORD
    if weight < 1.0 or len(word) == 1:
        return
    if (stem := root(word)) != word or len(word) > _TRIGRAM:
        yield f"r {stem}", _ROOT
    if not word.isascii() and (bare := _bare(word)) != word:
        yield f"1 {bare}", _UNACCENTED
        yield f"r {root(bare)}", _UNACCENTED
    yield from _spelling(word)


def _bare(word: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFKD", word) if not unicodedata.combining(mark))


def _spelling(word: str) -> Iterator[tuple[str, float]]:
    framed = f"^{word}$"
    count = len(framed) - _TRIGRAM + 1
    share = _SPELLING / math.sqrt(max(1, count))
    for start in range(count):
        yield f"3 {framed[start : start + _TRIGRAM]}", share
