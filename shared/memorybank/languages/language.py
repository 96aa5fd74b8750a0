"""The data of one language: words by which guards compare facts, and sentence patterns of the offline model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


@dataclass(frozen=True, eq=False)
class Said:
    """Words by which a fact is compared with what was said; a trailing `*` matches any ending, `_` stands for a space.

    `breaks` begin a clause of their own, `joins` mean "and", `openers` begin a clause after it. `affirming` are
    patterns of negations that deny nothing. `denying` deny without a negation, or end something, as `denying_parts` do
    inside a word. `recasts` are parts of words that make what was denied something that is: a problem, a wish, an
    aversion. `scales` multiply a number, `pairs` mean two, `halves` and `quarters` a part of one, `afternoon` are
    patterns after an hour. `feasts` are the names of days, by their dates. `percent` are patterns of "percent",
    `out_of` stand between the parts of "3 of 10". `rank_signs` follow a day in digits, `day_of` stand before its month;
    `homonyms` of days and months are other words as well.
    """

    breaks: str = ""
    joins: str = ""
    openers: str = ""
    affirming: str = ""
    denying: str = ""
    denying_parts: str = ""
    recasts: str = ""
    scales: Mapping[int, str] = field(default_factory=dict)
    pairs: str = ""
    halves: str = ""
    quarters: str = ""
    feasts: Mapping[str, str] = field(default_factory=dict)
    afternoon: str = ""
    percent: str = ""
    out_of: str = ""
    rank_signs: str = ""
    day_of: str = ""
    homonyms: str = ""


def alternatives(listed: Iterable[str]) -> str:
    """Return a pattern that matches any of the words, the longest first."""
    patterns = (re.escape(word).replace(r"\*", r"\w*").replace("_", " ") for word in listed)
    return "|".join(sorted(patterns, key=len, reverse=True))


@dataclass(frozen=True, eq=False)
class Language:
    """The tables of one language; words are in lower case and NFC. A language may have few of them.

    `negations` negate a statement; `own_negations` do so where the language is known: in others they are other words.
    `negated_form` is a pattern of words that negate by their form, for the same. `negation_parts` do so inside a word,
    or in languages without spaces; `exempt` are words that contain such a part but negate nothing. `denials` and
    `denial_parts` deny by their meaning ("hate", "refuse", "formerly"). `endings` say that something is over. `numbers`
    gives the words for a number in languages without a table of meanings. `everywhere` are words common to sentences
    about any subject. `shapes` are patterns of statements per kind, as `memorybank.models.offline.patterns` reads them;
    without `spaced` they may match anywhere in a sentence. `said` are words by which a fact is compared with what was
    said.
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
    said: Said = field(default_factory=Said)
