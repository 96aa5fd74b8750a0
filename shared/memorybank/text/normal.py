"""Unicode forms and white space of text that anyone may send, in time that is linear in its length.

Python sorts the marks after a character by insertion, so normalising a long row of them takes quadratic time, in any
form. Only as many as the Stream-Safe Text Format allows (Unicode Standard Annex 15) are kept after one character.
"""

from __future__ import annotations

import re
import unicodedata

MAX_MARKS = 30
"""The most marks that are kept after one character: no script needs as many."""

# To Python no mark is a letter or a digit, but two halfwidth sound marks are letters that turn into marks.
_ROW = re.compile(rf"(?:[^\w\s\x00-\u02ff]|[\uff9e\uff9f]){{{MAX_MARKS + 1},}}+")


def nfc(text: str) -> str:
    """Return a text in NFC, which looks and reads the same."""
    return text if text.isascii() else unicodedata.normalize("NFC", _with_few_marks(text))


def nfkc(text: str) -> str:
    """Return a text in NFKC: without the difference of widths, ligatures and the like."""
    return text if text.isascii() else unicodedata.normalize("NFKC", _with_few_marks(text))


def spaced(text: str) -> str:
    """Return a text with one space for all white space in a row, and none at its ends."""
    return " ".join(text.split())


def lined(text: str) -> str:
    """Return a text with one space or line break for all white space in a row, and none at its ends."""
    return "\n".join(line for line in map(spaced, text.splitlines()) if line)


def lowered(text: str) -> str:
    """Return a text without the difference of letter case, in which I counts the same with and without its dot."""
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
