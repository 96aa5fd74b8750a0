"""Compares two statements word by word: what one says that the other does not, in any language.

Words are alike if they are the same but for an ending, people and senses if their keys are the same, values if they
are equal. Nothing is known of meaning beyond `memorybank.languages.meanings`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from memorybank.languages.language import words
from memorybank.languages.meanings.known import table_of
from memorybank.languages.meanings.places import PLACES
from memorybank.languages.meanings.sentence import Sentence, Word
from memorybank.languages.meanings.values import Value, same_in
from memorybank.text.kept import forgettable

SCOPES = frozenset({"only", "except", "minimum", "maximum", "nearly", "alternate", "off"})
"""Senses that say of how much a statement is true."""

MARKERS = SCOPES | {"now", "change", "stop", "past", "also", "plan", "compare", "and", "report", "if", "filler"}
"""Senses that say how a statement relates to another one, or to time, and nothing of their own."""

LIGHT = frozenset({"live", "work", "have", "named", "age", "born", "origin"})
"""Senses that a wording may leave out: "I work as a nurse" says what "I am a nurse" does."""

OVER = frozenset({"stop", "past"})
"""Senses that say that something is over."""

CONTRARY = frozenset({"dislike", "avoid", "stop"})
"""Senses that reverse a statement as "not" does."""

_ENDINGS = words(
    "ming ning ting ping ging ding med ned ted ped ged s es e d ed ing n en er t st te ten y ies ly r x i"
) | {""}
_INFLECTIONS = words(
    "a o as os i e u ar er ir are ere ire ando endo ado ido ato ito uto ons ez ent "
    "а у е ы и ой ю я о ом ам ах ą ę ie u owi ить ать еть ять ть ать ać ić yć eć em om yu yi da de ta te dan den"
)
_INFLECTED = frozenset({"pl", "ru", "tr", "ko", "hi", "ar", "", "es", "pt", "it", "fr"})
_KIN = frozenset({"uncle", "aunt", "grandmother", "grandfather", "mother-in-law", "father-in-law"})
"""Relatives for whom some languages have several words, by the side of the family."""

MANY = 64
"""The most words of one kind that are compared one by one."""

_SHORT, _STEM, _TAIL = 3, 4, 3


def negative(sentence: Sentence) -> bool:
    """Tell whether a statement denies: by negation, or by a word such as "stopped"."""
    return sentence.negates or bool(sentence.senses & CONTRARY)


def said_in(word: Word, sentence: Sentence) -> bool:
    """Tell whether a sentence has a word that stands for the same."""
    if word.value is not None:
        values = _index(sentence).values
        return word.value in values or (len(values) <= MANY and same_in(word.value, values))
    if word.kind == "person" and word.key in _KIN and table_of(sentence.code).kin_by_side:
        return any(other.kind == "person" and other.form[:_SHORT] == word.form[:_SHORT] for other in sentence.words)
    if word.kind in ("sense", "person", "self"):
        return any(other.kind == word.kind and other.key == word.key for other in sentence.words)
    index = _index(sentence)
    starts = {_start(each, sentence.code) for each in (word.key, word.form)}
    others = [each for start in starts for each in index.words.get(start, ())]
    if len(others) > MANY:  # texts made of variants of one word are compared by the words alone
        return any(other.key == word.key for other in others)
    place = PLACES.get(word.key)
    return (place is not None and place in index.places) or any(alike(word, each, sentence.code) for each in others)


class _Index(NamedTuple):
    """The words of a sentence by how they begin, its places and its values: so that comparing takes linear time."""

    words: dict[str, tuple[Word, ...]]
    places: frozenset[str]
    values: tuple[Value, ...]


@forgettable
@lru_cache(maxsize=256)
def _index(sentence: Sentence) -> _Index:
    found: dict[str, dict[tuple[str, str], Word]] = {}
    for word in sentence.words:
        if word.kind in ("content", "name", "silent"):
            for each in {word.key, word.form}:
                found.setdefault(_start(each, sentence.code), {})[word.kind, word.key] = word
    values = tuple(dict.fromkeys(word.value for word in sentence.words if word.value is not None))
    places = frozenset(PLACES[word.key] for word in sentence.words if word.key in PLACES)
    return _Index({start: tuple(each.values()) for start, each in found.items()}, places, values)


def _start(key: str, code: str) -> str:
    return _umlauts(key)[: 1 if code == "ko" else _SHORT]


def lacking(said: Iterable[Word], sentence: Sentence) -> list[Word]:
    """Return the words that a sentence does not have."""
    return [word for word in said if not said_in(word, sentence)]


def speaking(sentence: Sentence) -> list[Word]:
    """Return the words that say something: content, names, people and values, articles left out."""
    kinds = ("content", "name", "person", "value")
    return [word for word in sentence.words if word.kind in kinds and not (word.value and word.value.kind == "one")]


def things(sentence: Sentence) -> list[Word]:
    """Return the words with content and the names."""
    return list(sentence.content)


def rest(sentence: Sentence) -> list[Word]:
    """Return the words with content, without those that say how many of all it is: "every day"."""
    units = table_of(sentence.code).measures if sentence.shares else {}
    return [word for word in sentence.content if word.form not in sentence.share_words and word.form not in units]


def predicates(sentence: Sentence) -> frozenset[str]:
    """Return what a statement says of its subject, as far as it is known."""
    return sentence.senses - MARKERS


def shared(one: Sentence, other: Sentence) -> list[Word]:
    """Return the words with content, names and people that both have."""
    return [word for word in speaking(one) if word.value is None and said_in(word, other)]


def alike(one: Word, other: Word, code: str) -> bool:
    """Tell whether two words are the same but for an ending."""
    first, second = one.key, other.key
    if first == second or _umlauts(first) == _umlauts(second):
        return True
    if PLACES.get(first, first) == PLACES.get(second, second):
        return True
    if other.kind == "silent":
        return first == f"{second}s"
    if any(one.key.endswith(each) != other.key.endswith(each) for each in table_of(code).without):
        return False  # sugarless is not sugar
    names = "name" in (one.kind, other.kind)
    forms = one.form != first or other.form != second  # a form that is not in the table of things
    return _stemsalike(first, second, code, names=names) or (
        forms and _stemsalike(one.form, other.form, code, names=names)
    )


def _stemsalike(first: str, second: str, code: str, *, names: bool) -> bool:
    size = next(
        (n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    tails = first[size:], second[size:]
    if names and code not in ("pl", "ru", "tr", "ko", "hi", "") and not table_of(code).inflects:
        return size >= _SHORT and set(tails) <= {"", "s", "es"}
    if code == "ko" and not names:
        return size >= 2 or (size == 1 and "" in tails)  # noqa: PLR2004  # two syllables make a word
    if size < _SHORT:
        return False
    endings = set(tails) <= _ENDINGS or (code in _INFLECTED and not names and set(tails) <= _ENDINGS | _INFLECTIONS)
    if code == "tr" and size >= _STEM and "" in tails and max(map(len, tails)) <= _TAIL:
        return True
    own = _INFLECTIONS if code in ("ru", "pl") else table_of(code).own_inflections
    if own and set(tails) <= own | _ENDINGS:
        return True
    long = size > _STEM and max(map(len, tails)) <= _TAIL
    return endings or (long and not names) or (long and min(map(len, tails)) <= 1)


def _umlauts(word: str) -> str:
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
