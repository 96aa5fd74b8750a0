"""The terms by which texts are compared word by word: words, numbers, identifiers, pairs of unspaced characters.

Terms are folded: no case, accents, vowel points or typographic forms. A compound of words and marks counts as a whole
and by its parts, so that "db-prod-04", "v2.14.3", "fetchUserProfile" and "ada@example.org" are found by either.
Scripts without spaces, and Korean, whose particles are written on to words, give pairs of neighbouring characters.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from memorybank.text.normal import nfkc
from memorybank.text.visible import visible

MAX_CHARACTERS = 8_192
"""How many characters of a text are read."""

_LONGEST = 64
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_HANGUL = "\uac00-\ud7a3"
_LETTER = rf"(?:(?![{_UNSPACED}{_HANGUL}_\u0964\u0965])[\w\u0900-\u0dff\u0f00-\u0fff])"
_WORD = rf"{_LETTER}+"
_TERM = re.compile(rf"{_WORD}(?:[-._:/@,'+#&]{_WORD})*[+#]*|[{_UNSPACED}]+|[{_HANGUL}]+|[\U0001f300-\U0001faff]")
_ASCII_TERM = re.compile(r"[A-Za-z0-9]+(?:[-._:/@,'+#&][A-Za-z0-9]+)*[+#]*")  # the same for ASCII, twice as fast
_COMPOUND = re.compile(
    rf"[A-Za-z0-9](?:[-._:/@,'+#&][A-Za-z0-9]|[+#])|[a-z][A-Z]|[A-Z]{{2}}[a-z]|[A-Za-z0-9]{{{_LONGEST + 1}}}"
)
_PLAIN_TERM = re.compile("[a-z0-9]+")  # where nothing is compound, four times as fast
_PART = re.compile(rf"{_WORD}[+#]*")
_PAIRED = re.compile(f"[{_UNSPACED}{_HANGUL}]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+")
_STRAIGHT = str.maketrans("\u2019\u02bc\u2010\u2011\u0131", "''--i")


def terms(text: str) -> list[str]:
    """Return the terms of a text in order; the first 8,192 characters count."""
    text = _plain(visible(text[:MAX_CHARACTERS]))[:MAX_CHARACTERS]
    if text.isascii() and not _COMPOUND.search(text):
        return _PLAIN_TERM.findall(text.lower())
    pattern = _ASCII_TERM if text.isascii() else _TERM
    found: list[str] = []
    for word in pattern.findall(text):
        folded = word.casefold()
        if word[1:] == folded[1:] and word.isalnum() and not _PAIRED.match(word):
            found.append(folded[:_LONGEST])
        else:
            found += _of(word, folded)
    return found


def _plain(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", nfkc(text.translate(_STRAIGHT)))))


def _of(word: str, folded: str) -> list[str]:
    if _PAIRED.match(word):
        return [first + second for first, second in pairwise(folded)] or [folded]
    parts = [part.casefold() for piece in _PART.findall(word) for part in _HUMP.split(piece)]
    if len(parts) == 1:
        return [folded[:_LONGEST]]
    whole = [folded] if len(folded) <= _LONGEST else []
    return whole + [part for part in parts if len(part) > 1 or part.isdigit()]
