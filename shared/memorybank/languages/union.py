"""All languages combined: the words for sentences whose language is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from memorybank.languages.arabic import ARABIC
from memorybank.languages.chinese import CHINESE
from memorybank.languages.czech import CZECH
from memorybank.languages.danish import DANISH
from memorybank.languages.dutch import DUTCH
from memorybank.languages.english import ENGLISH
from memorybank.languages.finnish import FINNISH
from memorybank.languages.french import FRENCH
from memorybank.languages.german import GERMAN
from memorybank.languages.greek import GREEK
from memorybank.languages.hebrew import HEBREW
from memorybank.languages.hindi import HINDI
from memorybank.languages.hungarian import HUNGARIAN
from memorybank.languages.indonesian import INDONESIAN
from memorybank.languages.italian import ITALIAN
from memorybank.languages.japanese import JAPANESE
from memorybank.languages.korean import KOREAN
from memorybank.languages.language import Language
from memorybank.languages.meanings.known import TABLES
from memorybank.languages.norwegian import NORWEGIAN
from memorybank.languages.polish import POLISH
from memorybank.languages.portuguese import PORTUGUESE
from memorybank.languages.romanian import ROMANIAN
from memorybank.languages.russian import RUSSIAN
from memorybank.languages.spanish import SPANISH
from memorybank.languages.swedish import SWEDISH
from memorybank.languages.thai import THAI
from memorybank.languages.turkish import TURKISH
from memorybank.languages.ukrainian import UKRAINIAN
from memorybank.languages.vietnamese import VIETNAMESE
from memorybank.text.normal import nfkc

READ: tuple[Language, ...] = (
    ENGLISH,
    GERMAN,
    FRENCH,
    SPANISH,
    ITALIAN,
    PORTUGUESE,
    DUTCH,
    JAPANESE,
    CHINESE,
    RUSSIAN,
    KOREAN,
)
"""Languages whose sentences the offline model has patterns for."""

READ_CODES = frozenset(language.code for language in READ)
"""The codes of these languages."""

LANGUAGES: tuple[Language, ...] = (
    *READ,
    SWEDISH,
    DANISH,
    NORWEGIAN,
    ROMANIAN,
    HUNGARIAN,
    FINNISH,
    CZECH,
    POLISH,
    UKRAINIAN,
    GREEK,
    TURKISH,
    ARABIC,
    HEBREW,
    VIETNAMESE,
    INDONESIAN,
    HINDI,
    THAI,
)
"""All supported languages."""

_FULL_NAME = 5
"""The letters from which on a second form of a month or day is more than an abbreviation."""


@cache
def languages_of(code: str) -> tuple[Language, ...]:
    """Return the language of a code, or all if there is none: "pas" negates in French and looks after in Dutch."""
    return tuple(each for each in LANGUAGES if each.code == code) or LANGUAGES


@cache
def negations(languages: tuple[Language, ...] = LANGUAGES) -> frozenset[str]:
    """Return the words that negate a statement in any of the languages.

    Names of months and days in other languages are left out: "mai" is "never" in Italian, but May in German and French.
    """
    return _union(each.negations for each in languages) - dates()


def negates_inside(text: str, languages: tuple[Language, ...] = LANGUAGES) -> bool:
    """Tell whether a text negates inside a word, or without spaces, in any of the languages."""
    exempt, parts = _inside(languages)
    for word in exempt:
        text = text.replace(word, "")
    return any(part in text for part in parts)


@cache
def _inside(languages: tuple[Language, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    exempt = tuple(word for each in languages for word in each.exempt)
    return exempt, tuple(part for each in languages for part in each.negation_parts)


@cache
def denials() -> frozenset[str]:
    """Return the words of any language that deny by their meaning."""
    return _union(each.denials for each in LANGUAGES)


@cache
def denial_parts() -> tuple[str, ...]:
    """Return the parts of words that deny by their meaning, in any language."""
    return tuple(part for each in LANGUAGES for part in each.denial_parts)


@cache
def endings() -> frozenset[str]:
    """Return the words of any language that say that something is over."""
    return _union(each.endings for each in LANGUAGES)


@cache
def everywhere() -> frozenset[str]:
    """Return the words of any language that are common to sentences about any subject."""
    return _union(each.everywhere for each in LANGUAGES)


@cache
def dates() -> frozenset[str]:
    """Return the names of days and months in any language, short forms left out."""
    names = [nfkc(each).casefold().split() for table in TABLES for each in (*table.weekdays, *table.months)]
    return frozenset(
        name for forms in names for name in forms if name == forms[0] or len(name) >= _FULL_NAME or not name.isascii()
    )


@cache
def said(kind: str) -> tuple[str, ...]:
    """Return the words of one kind of `Said` in all languages, each once; patterns are separated by lines."""
    separator = "\n" if kind in ("affirming", "afternoon", "percent") else None
    listed = (word.strip() for each in LANGUAGES for word in getattr(each.said, kind).split(separator))
    return tuple(dict.fromkeys(word for word in listed if word))


@cache
def feasts() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return dates with what the days are called in any language."""
    found: dict[str, list[str]] = {}
    for date, listed in (pair for each in LANGUAGES for pair in each.said.feasts.items()):
        found.setdefault(date, []).extend(listed.split())
    return tuple((date, tuple(dict.fromkeys(called))) for date, called in found.items())


@cache
def scales() -> Mapping[str, int]:
    """Return the words of any language that multiply the number before them."""
    rows = (each.said.scales.items() for each in LANGUAGES)
    return {word: scale for row in rows for scale, listed in row for word in listed.split()}


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset(word for each in sets for word in each)
