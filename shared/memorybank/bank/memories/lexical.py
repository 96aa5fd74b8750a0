"""How well facts match a query word by word: BM25 over the facts that a search has found, from 0 to 1.

A term counts by its rarity among these facts (inverse document frequency), and less in a long fact. The sum is divided
by that of a fact with every term of the query, so a score is the share of the query that a fact has. Other forms of a
word, and the parts of a compound ("Versicherung" in "Haftpflichtversicherung"), count half.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from memorybank.text.kept import kept
from memorybank.text.terms import terms

_SATURATION, _LENGTH = 1.2, 0.5  # k1 and b of BM25
_FORM = 0.5
_SHORTEST, _ENDING, _STEM = 5, 2, 4
_MOST_FORMS = 32
_FEW = 16


@dataclass(frozen=True, slots=True)
class Match:
    """How well a fact matches: its score, and the terms of the query that it has, in the query's order."""

    score: float
    terms: tuple[str, ...]


def matches(query: str, facts: Sequence[str]) -> list[Match]:
    """Return how well each fact matches the query."""
    asked = dict.fromkeys(terms(query))
    stems = [(term, _stem(term)) for term in asked if len(term) >= _SHORTEST and term.isalpha()][:_MOST_FORMS]
    read = [_terms_of(fact) for fact in facts]
    held = [_held(asked, stems, words) for words in read]
    frequency = Counter(term for each in held for term in each)
    rarity = {term: math.log1p((len(facts) - frequency[term] + 0.5) / (frequency[term] + 0.5)) for term in asked}
    whole = sum(rarity.values()) or 1.0
    average = sum(map(len, read)) / max(1, len(read)) or 1.0

    def match(words: Sequence[str], counts: dict[str, float]) -> Match:
        stretch = _SATURATION * (1 - _LENGTH + _LENGTH * len(words) / average)
        score = 0.0
        for term, count in counts.items():  # a plain loop: every candidate of every search passes here
            share = count * (_SATURATION + 1) / (count + stretch)
            score += rarity[term] * (min(1.0, share)) * (1.0 if count >= 1 else _FORM)
        return Match(score / whole, tuple(term for term in asked if term in counts))

    return [match(words, counts) for words, counts in zip(read, held, strict=True)]


@kept
def _terms_of(fact: str) -> tuple[str, ...]:
    return tuple(terms(fact))


def _stem(term: str) -> str:
    return term[: max(_STEM, len(term) - _ENDING)]


def _held(asked: dict[str, None], stems: list[tuple[str, str]], words: Sequence[str]) -> dict[str, float]:
    """Return how often a fact has each term; half for a term of which it has only another form."""
    shared = asked.keys() & set(words) if len(asked) > _FEW else asked
    found = {term: float(count) for term in shared if (count := words.count(term))}
    text = ""
    for term, stem in stems:
        if term not in found:
            text = text or "\n" + "\n".join(words)
            if (stem if len(stem) > _STEM else "\n" + stem) in text:
                found[term] = _FORM
    return found
