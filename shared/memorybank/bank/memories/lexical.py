"""How well facts match a query word by word: BM25 over the facts that a search has found, from 0 to 1.

A term counts by its rarity among these facts (inverse document frequency), and less in a long fact. The sum is divided
by that of a fact with every term of the query, so a score is the share of the query that a fact has. Other forms of a
word, and the parts of a compound ("Versicherung" in "Haftpflichtversicherung"), count half; so does, for a word that
no fact has, one that a typing error may have made of it. Function words ("what", "did") count 0.3: few facts have them,
so that they would seem rare.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from memorybank.bank.memories import misspelt
from memorybank.languages.function_words import LIGHT
from memorybank.text.kept import kept
from memorybank.text.terms import terms

_SATURATION, _LENGTH = 1.2, 0.25  # k1 and b of BM25
_FORM, _FUNCTION_WORD = 0.5, 0.3
_LIGHT = frozenset(term for word in LIGHT for term in terms(word))
_SHORTEST, _ENDING, _STEM = 5, 2, 4
_MOST_FORMS = 32


@dataclass(frozen=True, slots=True)
class Match:
    """How well a fact matches: its score, and the terms of the query that it has, in the query's order."""

    score: float
    terms: tuple[str, ...]


_NOTHING = Match(0.0, ())


class _Read(NamedTuple):
    """A fact as it is compared: how often it has each term, all its terms one per line, and how many they are."""

    counts: Mapping[str, int]
    lines: str
    length: int


def matches(query: str, facts: Sequence[str]) -> list[Match]:
    """Return how well each fact matches the query."""
    asked = dict.fromkeys(terms(query))
    words = [term for term in asked if len(term) >= _SHORTEST and term.isalpha() and term not in _LIGHT][:_MOST_FORMS]
    read = [_read(fact) for fact in facts]
    held = _held(asked, words, read)
    frequency = Counter(chain.from_iterable(held))
    rarity = {term: _importance(term) * _rarity(frequency[term], of=len(facts)) for term in asked}
    whole = sum(rarity.values()) or 1.0
    average = sum(fact.length for fact in read) / max(1, len(read)) or 1.0

    def match(length: int, counts: Mapping[str, float]) -> Match:
        if not counts:
            return _NOTHING
        stretch = _SATURATION * (1 - _LENGTH + _LENGTH * length / average)
        score = 0.0
        for term, count in counts.items():  # a plain loop: every candidate of every search passes here
            score += rarity[term] * (min(1.0, count * (_SATURATION + 1) / (count + stretch)) if count >= 1 else count)
        return Match(score / whole, tuple([term for term in asked if term in counts]))

    return [match(fact.length, counts) for fact, counts in zip(read, held, strict=True)]


@kept
def _read(fact: str) -> _Read:
    found = terms(fact)
    counts: dict[str, int] = {}
    for term in found:
        counts[term] = counts.get(term, 0) + 1
    return _Read(counts, "\n" + "\n".join(found), len(found))


def _importance(term: str) -> float:
    return _FUNCTION_WORD if term in _LIGHT else 1.0


def _rarity(count: int, *, of: int) -> float:
    return math.log1p((of - count + 0.5) / (count + 0.5))


def _held(asked: Iterable[str], words: Sequence[str], read: Sequence[_Read]) -> list[dict[str, float]]:
    """Return how often each fact has each term; half for a term of which it has only another form."""
    stems = [(term, _stem(term)) for term in words]
    held: list[dict[str, float]] = []
    for fact in read:
        counts, lines = fact.counts, fact.lines
        found: dict[str, float] = {term: counts[term] for term in asked if term in counts}
        for term, stem in stems:
            if stem in lines and term not in found:
                found[term] = _FORM
        held.append(found)
    missing = [term for term in words if not any(term in found for found in held)]
    if missing:
        _add_misspelt(missing, read, held)
    return held


def _stem(term: str) -> str:
    """Return the part of a word that its other forms have; a short one must begin their terms."""
    return term[:-_ENDING] if len(term) > _STEM + _ENDING else "\n" + term[:_STEM]


def _add_misspelt(missing: Iterable[str], read: Sequence[_Read], held: Sequence[dict[str, float]]) -> None:
    said = misspelt.Words(chain.from_iterable(fact.counts for fact in read))
    for term in missing:
        if near := said.near(term):
            for fact, found in zip(read, held, strict=True):
                if not fact.counts.keys().isdisjoint(near):
                    found[term] = _FORM
