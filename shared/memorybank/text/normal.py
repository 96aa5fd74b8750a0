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
_IN_ROW = re.compile(r"[^\w\s\x00-\u02ff]|[\uff9e\uff9f]")
_ROW = re.compile(rf"(?:{_IN_ROW.pattern}){{{MAX_MARKS + 1},}}+")

# In texts of these characters NFKC changes only what is wide, each by itself: five times as fast for Chinese.
_WIDE = re.compile("[\uff01-\uff5e\u3000]")
_WIDE_AT_MOST = re.compile(
    "[\x00-\x7f\u2014\u2018-\u201d\u3000-\u3002\u3008-\u3011\u3041-\u3094\u30a1-\u30fe\u4e00-\u9fff\uff01-\uff5e]*"
)
_WIDER = 0xFEE0
_OTHER_DIGIT = re.compile(r"[^\D0-9]")


def nfc(text: str) -> str:
    """Return the text in NFC, which looks the same."""
    return text if text.isascii() else unicodedata.normalize("NFC", _with_few_marks(text))


def nfkc(text: str) -> str:
    """Return the text in NFKC, which unifies widths, ligatures and the like."""
    if text.isascii():
        return text
    if _WIDE_AT_MOST.fullmatch(text):
        return _WIDE.sub(_narrowed, text)
    return unicodedata.normalize("NFKC", _with_few_marks(text))


def _narrowed(wide: re.Match[str]) -> str:
    return " " if wide[0] == "\u3000" else chr(ord(wide[0]) - _WIDER)


def with_ascii_digits(text: str) -> str:
    """Return the text with the digits of all scripts as 0 to 9."""
    return text if text.isascii() else _OTHER_DIGIT.sub(lambda digit: str(int(digit[0])), text)


def spaced(text: str) -> str:
    """Return the text with each run of white space as one space, and none at its ends."""
    return " ".join(text.split())


def lined(text: str) -> str:
    """Return the text with each run of white space as one space or line break, and none at its ends."""
    lines = text.splitlines()
    return spaced(text) if len(lines) < 2 else "\n".join(line for line in map(spaced, lines) if line)  # noqa: PLR2004


def lowered(text: str) -> str:
    """Return the text case-folded, with dotted and dotless I as the same letter."""
    return text.lower() if text.isascii() else text.casefold().replace("\u0307", "").replace("\u0131", "i")


def _with_few_marks(text: str) -> str:
    # A row that is too long has one of its characters in every place that is looked at here.
    return _ROW.sub(_shortened, text) if _IN_ROW.search(text[MAX_MARKS :: MAX_MARKS + 1]) else text


def _shortened(row: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in row[0]:
        marks = marks + 1 if unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
