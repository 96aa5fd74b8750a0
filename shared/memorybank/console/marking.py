"""Finds quotes in the text of a conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """Words that a memory was taken from, and that memory."""

    quote: str
    name: str
    fact: str


@dataclass(frozen=True)
class Span:
    """A part of a text, and the memory that was taken from it, if any."""

    text: str
    mark: Mark | None = None


MOST_SEARCHED = 20_000
"""How many characters of a text are searched for quotes: there may be hundreds of each."""


def marked(text: str, marks: Sequence[Mark]) -> list[Span]:
    """Split a text at the quotes found in it; where they overlap, the one that begins first and is longer counts."""
    found = [
        (start, -len(mark.quote), mark) for mark in marks if (start := text.find(mark.quote, 0, MOST_SEARCHED)) >= 0
    ]
    return list(_spans(text, sorted(found, key=lambda each: each[:2])))


def _spans(text: str, found: Sequence[tuple[int, int, Mark]]) -> Iterator[Span]:
    done = 0
    for start, length, mark in found:
        if start < done:
            continue
        if start > done:
            yield Span(text[done:start])
        done = start - length
        yield Span(text[start:done], mark)
    if done < len(text):
        yield Span(text[done:])
