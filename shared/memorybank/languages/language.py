"""The data of one language: words by which guards compare facts, and sentence patterns of the offline model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


@dataclass(frozen=True, eq=False)
class Language:
    """The tables of one language; words are in lower case and NFC. A language may have few of them.

    `negations` negate a statement; `own_negations` do so where the language is known: in others they are other words.
    `negated_form` is a pattern of words that negate by their form, for the same. `negation_parts` do so inside a word,
    or in languages without spaces; `exempt` are words that contain such a part but negate nothing. `denials` and
    `denial_parts` deny by their meaning ("hate", "refuse", "formerly"). `endings` say that something is over. `numbers`
    gives the words for a number in languages without a table of meanings. `everywhere` are words common to sentences
    about any subject. `shapes` are patterns of statements per kind, as `memorybank.models.offline.patterns` reads them;
    without `spaced` they may match anywhere in a sentence.
    """

    code: str
    negations: frozenset[str] = frozenset()
    own_negations: frozenset[str] = frozenset()
    negated_form: str = ""
    negation_parts: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    denials: frozenset[str] = frozenset()
    denial_parts: tuple[str, ...] = ()
    endings: frozenset[str] = frozenset()
    everywhere: frozenset[str] = frozenset()
    numbers: Mapping[int, str] = field(default_factory=dict)
    shapes: Mapping[str, str] = field(default_factory=dict)
    spaced: bool = True
