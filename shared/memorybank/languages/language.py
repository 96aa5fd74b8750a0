"""What the bank knows of one language: words that guards compare facts by, and sentence shapes of the offline model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Language:
    """The tables of one language; words are in lower case and NFC. A language may have few of them.

    `negations` turn a statement round. `negation_parts` do so inside a word, or where words are not spaced; `exempt`
    are words with such a part that negate nothing. `denials` and `denial_parts` deny by what they mean ("hate",
    "refuse", "formerly"). `endings` say that something is over. `numbers` gives the words for a number. `everywhere`
    are words that sentences about anything share. `shapes` are patterns of statements per kind, as
    `memorybank.models.offline.patterns` reads them; without `spaced` they may match anywhere in a sentence.
    """

    code: str
    negations: frozenset[str] = frozenset()
    negation_parts: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    denials: frozenset[str] = frozenset()
    denial_parts: tuple[str, ...] = ()
    endings: frozenset[str] = frozenset()
    everywhere: frozenset[str] = frozenset()
    numbers: Mapping[int, str] = field(default_factory=dict)
    weekdays: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    shapes: Mapping[str, str] = field(default_factory=dict)
    spaced: bool = True
