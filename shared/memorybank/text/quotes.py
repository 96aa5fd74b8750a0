"""Finds a quote in a text whatever its typography: models drop markup, emoji and dashes, and change quotation marks.

Only letters and digits are compared. Markup, punctuation, symbols and white space between them do not count, nor do
letter case, accents, HTML entities and escapes. In a long quote a few letters may differ, but no digit.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from memorybank.text.normal import nfkc, spaced
from memorybank.text.visible import visible

_TYPOGRAPHY = {
    **dict.fromkeys((0x2018, 0x2019, 0x201A, 0x02BC), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x00AB, 0x00BB), '"'),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-"),
}
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")  # other invisible characters are not shown to models either
_ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|[nrt])", re.IGNORECASE)
_OMISSION = re.compile(r"\[?(?:\.\.\.|\u2026)\]?")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_EDGES = " \"'.…"

_SHORTEST = 3
"""The fewest letters and digits of a quote that is not the whole text: a shorter one is found in any text."""

_SHORTEST_UNSPACED = 2
_WHOLE_WORDS = 8
"""A quote shorter than this must begin and end where words do."""

_SHORTEST_PART = 4
_LETTERS_PER_ERROR = 14
_MOST_ERRORS = 6
_MOST_PLACES = 8
_LONGEST_NEARLY = 300


@dataclass(frozen=True)
class _Compact:
    """A text without anything but letters and digits; `at` has their positions in `plain`."""

    plain: str
    letters: str
    at: tuple[int, ...]


def folded(text: str) -> str:
    """Return a text in the form in which quotes are compared.

    It ignores differences in Unicode form, letter case, kinds of quotation marks and dashes, and white space, and drops
    invisible characters.
    """
    return spaced(_JOINERS.sub("", nfkc(visible(text))).translate(_TYPOGRAPHY).casefold())


def span_of(quote: str, text: str) -> str | None:
    """Return the part of a text that a quote stands for, in the text's own words; None if it is not there.

    A quote with "..." may leave out the words between its parts: the result has them.
    """
    whole = _compact(text)
    wanted = _compact(quote)
    if not wanted.letters:
        plain = folded(quote).strip(_EDGES)
        return plain if plain and plain in folded(text) else None
    place = _place(wanted, whole) or _place(_compact(_unescaped(quote)), whole) or _across(quote, whole)
    return whole.plain[whole.at[place[0]] : whole.at[place[1] - 1] + 1] if place else None


@lru_cache(maxsize=512)
def _compact(text: str) -> _Compact:
    decomposed = unicodedata.normalize("NFD", html.unescape(folded(text)))
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))
    kept = [(character, index) for index, character in enumerate(plain) if character.isalnum()]
    return _Compact(plain, "".join(character for character, _ in kept), tuple(index for _, index in kept))


def _unescaped(quote: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else " ", quote)


def _place(wanted: _Compact, text: _Compact) -> tuple[int, int] | None:
    letters = wanted.letters
    if letters == text.letters:
        return (0, len(letters)) if letters else None
    unspaced = _UNSPACED.search(letters) is not None
    if len(letters) < (_SHORTEST_UNSPACED if unspaced or letters.isdigit() else _SHORTEST):
        return None
    start = text.letters.find(letters)
    while start >= 0:
        end = start + len(letters)
        if len(letters) >= _WHOLE_WORDS or unspaced or (_begins(text, start) and _ends(text, end)):
            return start, end
        start = text.letters.find(letters, start + 1)
    return _nearly(letters, text.letters)


def _begins(text: _Compact, index: int) -> bool:
    return index == 0 or text.at[index] - text.at[index - 1] > 1


def _ends(text: _Compact, index: int) -> bool:
    return index == len(text.letters) or text.at[index] - text.at[index - 1] > 1


def _across(quote: str, text: _Compact) -> tuple[int, int] | None:
    """Return the place of a quote whose parts are separated by dots; all of them must be there, in order."""
    parts = [_compact(part).letters for part in _OMISSION.split(quote)]
    parts = [part for part in parts if part]
    if len(parts) < 2 or min(map(len, parts)) < _SHORTEST_PART:  # noqa: PLR2004 - a part on each side
        return None
    first = end = -1
    for part in parts:
        start = text.letters.find(part, max(end, 0))
        if start < 0:
            return None
        first, end = (start if first < 0 else first), start + len(part)
    return first, end


def _nearly(wanted: str, text: str) -> tuple[int, int] | None:
    """Return the place of a long quote in which a few letters differ, None if there is none or digits differ.

    With n errors one of n + 1 equal parts of the quote must be there as it is: only such places are compared.
    """
    errors = min(len(wanted) // _LETTERS_PER_ERROR, _MOST_ERRORS)
    if not errors or len(wanted) > _LONGEST_NEARLY:
        return None
    size = len(wanted) // (errors + 1)
    digits = [character for character in wanted if character.isdigit()]
    for offset in range(0, size * (errors + 1), size):
        start = text.find(wanted[offset : offset + size])
        for _ in range(_MOST_PLACES):
            if start < 0:
                break
            begin = max(0, start - offset - errors)
            found = _aligned(wanted, text[begin : begin + len(wanted) + 2 * errors], errors)
            if found is not None:
                first, last = begin + found[0], begin + found[1]
                if [character for character in text[first:last] if character.isdigit()] == digits:
                    return first, last
            start = text.find(wanted[offset : offset + size], start + 1)
    return None


def _aligned(wanted: str, text: str, most: int) -> tuple[int, int] | None:
    """Return where the text has the wanted letters with the fewest errors, None if it takes more than `most`.

    Only starts up to twice `most` are tried, so a band of the table is enough.
    """
    none = (len(wanted) + len(text), 0)
    row = {start: (0, start) for start in range(min(2 * most, len(text)) + 1)}  # errors, and where the match starts
    for done, letter in enumerate(wanted, start=1):
        best: dict[int, tuple[int, int]] = {}
        for index in range(max(0, done - most), min(len(text), done + 3 * most) + 1):
            skipped, missed, paired = row.get(index, none), best.get(index - 1, none), row.get(index - 1, none)
            differs = index == 0 or letter != text[index - 1]
            best[index] = min(
                (paired[0] + differs, paired[1]), (skipped[0] + 1, skipped[1]), (missed[0] + 1, missed[1])
            )
        row = best
    if not row:
        return None
    (errors, start), end = min((found, index) for index, found in row.items())
    return (start, end) if errors <= most and end > start else None
