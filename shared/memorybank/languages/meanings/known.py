"""All tables of meanings, and which one reads a text."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from memorybank.languages.meanings.arabic import ARABIC
from memorybank.languages.meanings.chinese import CHINESE
from memorybank.languages.meanings.dutch import DUTCH
from memorybank.languages.meanings.english import ENGLISH
from memorybank.languages.meanings.french import FRENCH
from memorybank.languages.meanings.german import GERMAN
from memorybank.languages.meanings.hindi import HINDI
from memorybank.languages.meanings.italian import ITALIAN
from memorybank.languages.meanings.japanese import JAPANESE
from memorybank.languages.meanings.korean import KOREAN
from memorybank.languages.meanings.polish import POLISH
from memorybank.languages.meanings.portuguese import PORTUGUESE
from memorybank.languages.meanings.russian import RUSSIAN
from memorybank.languages.meanings.spanish import SPANISH
from memorybank.languages.meanings.table import Meanings, plain
from memorybank.languages.meanings.turkish import TURKISH
from memorybank.text.normal import nfkc

LATIN = (ENGLISH, GERMAN, FRENCH, SPANISH, PORTUGUESE, ITALIAN, DUTCH, POLISH, TURKISH)
"""Languages told apart by their words."""

TABLES = (*LATIN, RUSSIAN, ARABIC, HINDI, KOREAN, JAPANESE, CHINESE)
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
)
"""Letters by which a language is recognised, with its table."""

_UKRAINIAN = re.compile(r"[іїєґ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_OWN = 3
"""How much more the words of the text itself count than those of the text that it is compared with."""


@lru_cache(maxsize=2048)
def meanings_of(text: str, beside: str = "") -> Meanings:
    """Return the table for a text; `beside` is a text that it is compared with, probably in the same language."""
    if _KANA.search(text):
        return JAPANESE
    for script, table in _SCRIPTS:
        if script.search(text):
            if table is CHINESE and _KANA.search(beside):
                return JAPANESE
            return NONE if table is RUSSIAN and _UKRAINIAN.search(text) else table
    own, other = _words(text), _words(beside)
    letters = {table.code for letters, table in _LETTERS if letters.search(text)}
    scores = [
        (_OWN * (len(own & table.vocabulary) + (table.code in letters)) + len(other & table.vocabulary), table)
        for table in LATIN
    ]
    best, found = max(scores, key=lambda pair: pair[0])
    return found if best and (own & found.vocabulary or found.code in letters) else NONE


@cache
def words_of(sense: str) -> frozenset[str]:
    """Return the single words of a sense in all languages, as they are written."""
    listed = (table.senses.get(sense, "") for table in TABLES)
    return frozenset(word for each in listed for word in nfkc(each).casefold().split() if not set("_*") & set(word))


def _words(text: str) -> frozenset[str]:
    """Return the words of a text, without those that are names by their capital letter."""
    found = _WORD.findall(text.replace("\u2019", "'"))
    told = (word for number, word in enumerate(found) if (not number or word.islower() or word == "I") and word != "i")
    return frozenset(map(plain, told))
