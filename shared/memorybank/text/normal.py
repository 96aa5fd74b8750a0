"""Normalises Unicode and white space of untrusted text, in linear time.

Python sorts the marks after a character by insertion, so normalising a long run of them takes quadratic time, in any
form. Only as many as the Stream-Safe Text Format allows (Unicode Standard Annex 15) are kept after one character.
"""

from __future__ import annotations

import re
import unicodedata

MAX_MARKS = 30
"""The most marks that are kept after one character: no script needs more."""

# To Python no mark is a letter or a digit, but two halfwidth sound marks are letters that turn into marks.
_ROW = re.compile(rf"(?:[^\w\s\x00-\u02ff]|[\uff9e\uff9f]){{{MAX_MARKS + 1},}}+")


def nfc(text: str) -> str:
    """Return the text in NFC, which looks the same."""
    return text if text.isascii() else unicodedata.normalize("NFC", _with_few_marks(text))


def nfkc(text: str) -> str:
    """Return the text in NFKC, which unifies widths, ligatures and the like."""
    return text if text.isascii() else unicodedata.normalize("NFKC", _with_few_marks(text))


def spaced(text: str) -> str:
    """Return the text with each run of white space as one space, and none at its ends."""
    return " ".join(text.split())


def lined(text: str) -> str:
    """Return the text with each run of white space as one space or line break, and none at its ends."""
    return "\n".join(line for line in map(spaced, text.splitlines()) if line)


def lowered(text: str) -> str:
    """Return the text case-folded, with dotted and dotless I as the same letter."""
    return text.lower() if text.isascii() else text.casefold().replace("\u0307", "").replace("\u0131", "i")


def _with_few_marks(text: str) -> str:
    return _ROW.sub(_shortened, text)


def _shortened(row: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in row[0]:
        marks = marks + 1 if unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
