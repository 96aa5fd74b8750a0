"""The form in which words are compared: in lower case, and without accents where these do not tell words apart."""

from __future__ import annotations

import re
import unicodedata

from memorybank.text.normal import nfkc

MARKS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e00-\u109f\u200c\u200d"
"""Marks that are parts of words, for a class of characters."""

_LATIN_MARKS = re.compile(r"[\u0300-\u036f](?<=[a-zA-Z].)[\u0300-\u036f]*")
_VIETNAMESE = re.compile("([\u01a1\u01b0\u1ea0-\u1ef9]+)")
"""Letters of Vietnamese alone: without their marks, they would be other words."""

_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0640]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "ё": "е", "أ": "ا", "إ": "ا", "آ": "ا"}
)


def plain(text: str) -> str:
    """Return a text in lower case, without the accents of Latin letters and in one form of apostrophes."""
    if text.isascii():
        return text.lower()
    text = nfkc(text).casefold().replace("\u2019", "'")
    if text.isascii():
        return text
    bare = "".join(
        part if number % 2 else _LATIN_MARKS.sub("", unicodedata.normalize("NFD", part))
        for number, part in enumerate(_VIETNAMESE.split(text))
    )
    return unicodedata.normalize("NFC", _ARABIC_MARKS.sub("", bare)).translate(_LETTERS)


def as_written(text: str) -> frozenset[str]:
    """Return the words of a text in lower case, with their accents."""
    return frozenset(word.replace("_", " ") for word in nfkc(text).casefold().split())


def words(text: str) -> frozenset[str]:
    """Return the words of a text as they are compared; an underscore becomes a space."""
    return frozenset(word.replace("_", " ") for word in plain(text).split())
