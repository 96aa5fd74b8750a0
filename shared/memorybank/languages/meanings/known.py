"""All tables of meanings, and which one reads a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from memorybank.languages.meanings.arabic import ARABIC
from memorybank.languages.meanings.chinese import CHINESE
from memorybank.languages.meanings.czech import CZECH
from memorybank.languages.meanings.dutch import DUTCH
from memorybank.languages.meanings.english import ENGLISH
from memorybank.languages.meanings.finnish import FINNISH
from memorybank.languages.meanings.french import FRENCH
from memorybank.languages.meanings.german import GERMAN
from memorybank.languages.meanings.hindi import HINDI
from memorybank.languages.meanings.hungarian import HUNGARIAN
from memorybank.languages.meanings.italian import ITALIAN
from memorybank.languages.meanings.japanese import JAPANESE
from memorybank.languages.meanings.korean import KOREAN
from memorybank.languages.meanings.polish import POLISH
from memorybank.languages.meanings.portuguese import PORTUGUESE
from memorybank.languages.meanings.russian import RUSSIAN
from memorybank.languages.meanings.spanish import SPANISH
from memorybank.languages.meanings.spelling import plain, words
from memorybank.languages.meanings.swedish import SWEDISH
from memorybank.languages.meanings.table import Meanings
from memorybank.languages.meanings.turkish import TURKISH
from memorybank.languages.meanings.ukrainian import UKRAINIAN
from memorybank.languages.meanings.vietnamese import VIETNAMESE
from memorybank.text.kept import kept
from memorybank.text.normal import nfkc

LATIN = (
    *(ENGLISH, GERMAN, FRENCH, SPANISH, PORTUGUESE, ITALIAN, DUTCH, POLISH, TURKISH),
    *(SWEDISH, CZECH, FINNISH, HUNGARIAN, VIETNAMESE),
)
"""Languages told apart by their words."""

CYRILLIC = (RUSSIAN, UKRAINIAN)

TABLES = (*LATIN, *CYRILLIC, ARABIC, HINDI, KOREAN, JAPANESE, CHINESE)
"""All languages with a table."""

NONE = Meanings("")
"""The table of a language that has none: nothing in it is known."""

_KANA = re.compile(r"[\u3040-\u30ff]")
_SCRIPTS = (
    (re.compile(r"[\u3400-\u9fff]"), CHINESE),
    (re.compile(r"[\uac00-\ud7a3]"), KOREAN),
    (re.compile(r"[\u0900-\u097f]"), HINDI),
    (re.compile(r"[\u0600-\u06ff]"), ARABIC),
    (re.compile(r"[\u0400-\u04ff]"), RUSSIAN),
)
_LETTERS = (
    (re.compile("[ąęłśżźćń]", re.IGNORECASE), POLISH),
    (re.compile("[ğşıİ]"), TURKISH),
    (re.compile("ß"), GERMAN),
    (re.compile("[ñ¿¡]", re.IGNORECASE), SPANISH),
    (re.compile("[ãõ]", re.IGNORECASE), PORTUGUESE),
    (re.compile("å", re.IGNORECASE), SWEDISH),
    (re.compile("[ěřů]", re.IGNORECASE), CZECH),
    (re.compile("ää|öö", re.IGNORECASE), FINNISH),
    (re.compile("[őű]", re.IGNORECASE), HUNGARIAN),
    (re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE), VIETNAMESE),
    (re.compile("[іїєґ]", re.IGNORECASE), UKRAINIAN),
)
"""Letters by which a language is recognised, with its table."""

_WORD = re.compile(r"[^\W\d_]+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_OWN = 3
"""How much more the words of the text itself count than those of the text that it is compared with."""


@kept
def meanings_of(text: str, beside: str = "") -> Meanings:
    """Return the table for a text; `beside` is a text that it is compared with, probably in the same language."""
    if text.isascii():
        return _most_likely(text, beside, LATIN) or NONE
    if _KANA.search(text):
        return JAPANESE
    for script, table in _SCRIPTS:
        if script.search(text):
            if table is CHINESE and _KANA.search(beside):
                return JAPANESE
            return (_most_likely(text, beside, CYRILLIC) or RUSSIAN) if table is RUSSIAN else table
    return _most_likely(text, beside, LATIN) or NONE


def _most_likely(text: str, beside: str, tables: tuple[Meanings, ...]) -> Meanings | None:
    """Return the table that knows most words of a text, None if none knows any."""
    (own, spelt), (other, _) = _words(text), _words(beside)
    letters, letters_beside = _letters_in(text), _letters_in(beside)
    known = _known_in(tables)
    scores = [0] * len(tables)
    for found, numbers, weight in (
        (own, known.words, _OWN),
        (spelt, known.spellings, _OWN),
        (letters, known.codes, _OWN),
        (other, known.words, 1),
        (letters_beside, known.codes, 1),
    ):
        for each in found:
            for number in numbers.get(each, ()):
                scores[number] += weight
    best = tables[scores.index(max(scores))]
    knows = not own.isdisjoint(best.vocabulary) or best.code in letters or best.code in letters_beside
    return best if knows else None


class _Known(NamedTuple):
    """The numbers of the tables that know a word as it is compared or as it is written, or that have a code."""

    words: Mapping[str, tuple[int, ...]]
    spellings: Mapping[str, tuple[int, ...]]
    codes: Mapping[str, tuple[int, ...]]


@cache
def _known_in(tables: tuple[Meanings, ...]) -> _Known:
    return _Known(
        _numbers(table.vocabulary for table in tables),
        _numbers(table.spellings for table in tables),
        _numbers([table.code] for table in tables),
    )


def _numbers(tables: Iterable[Iterable[str]]) -> dict[str, tuple[int, ...]]:
    """Return the numbers of the tables that have a word, for each word."""
    found: dict[str, tuple[int, ...]] = {}
    for number, table in enumerate(tables):
        found.update({word: (*found.get(word, ()), number) for word in table})
    once = {numbers: numbers for numbers in found.values()}  # most words are of one table
    return {word: once[numbers] for word, numbers in found.items()}


def _letters_in(text: str) -> set[str]:
    """Return the languages that a text has letters of which no other has."""
    if text.isascii():
        return set()
    beyond = " ".join(_BEYOND_ASCII.findall(text))
    return {table.code for each, table in _LETTERS if each.search(beyond)}


@cache
def table_of(code: str) -> Meanings:
    """Return the table of a language; of one that has none, a table in which nothing is known."""
    return next((table for table in TABLES if table.code == code), NONE)


@cache
def words_of(sense: str) -> frozenset[str]:
    """Return the single words of a sense in all languages, as they are written."""
    listed = (table.senses.get(sense, "") for table in TABLES)
    return frozenset(word for each in listed for word in nfkc(each).casefold().split() if not set("_*") & set(word))


def may_mean(text: str, senses: frozenset[str]) -> bool:
    """Tell whether a text may have a word of some senses, or one for the speaker's "own": most need no more reading."""
    said = plain(text).replace("'", "").replace("\u02bc", "")
    return any(map(said.__contains__, _begins(meanings_of(text), senses)))


@cache
def _begins(table: Meanings, senses: frozenset[str]) -> tuple[str, ...]:
    said = {**table.senses, "own": table.own}
    listed = (word.split()[0] for sense in senses for word in words(said.get(sense, "")))
    begun = {word.rstrip("*").replace("'", "") for word in listed}
    return tuple(word for word in begun if not any(part in word for part in begun - {word}))


def _words(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of a text, without those that are names by their capital letter: as compared, and as written."""
    found = _WORD.findall(text)
    told = [word for word in found[1:] if word.islower() or word == "I"] + found[:1]
    joined = "\n".join([word for word in told if word != "i"])
    compared = frozenset(plain(joined).split("\n"))
    return compared, compared if joined.isascii() else frozenset(nfkc(joined).casefold().split("\n"))
