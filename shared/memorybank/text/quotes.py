"""Finds a quote in a text whatever its typography: models drop markup, emoji and dashes, and change quotation marks.

Only letters and digits are compared. Markup, punctuation, symbols and white space between them do not count, nor do
letter case, accents, the script of digits, HTML entities, tags and escapes. In a long quote a few letters may differ,
but no digit.
"""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, compress

from memorybank.text.kept import forgettable
from memorybank.text.normal import nfkc, spaced, with_ascii_digits
from memorybank.text.visible import visible

_TYPOGRAPHY = {
    **dict.fromkeys((0x2018, 0x2019, 0x201A, 0x02BC), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x00AB, 0x00BB), '"'),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-"),
}
_ALIKE = str.maketrans("\u0629\u0649\u06cc\u06a9\u0671", "\u0647\u064a\u064a\u0643\u0627", "\u0640")
"""Letters of Arabic that are written for one another, and the stroke that only stretches words."""

_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")  # other invisible characters are not shown to models either
_ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|[nrt])", re.IGNORECASE)
_OMISSION = re.compile(r"\[?(?:\.\.\.|\u2026)\]?")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_EDGES = " \"'.…"
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\([^()\s]{1,500}\)")
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,9}(?: [^<>]{0,200})?/?>", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"^[ \t]{0,8}\d{1,3}[.)] ", re.MULTILINE)

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
    """A text of which only letters and digits count."""

    text: str

    @cached_property
    def letters(self) -> str:
        return "".join(filter(str.isalnum, self.text))

    @cached_property
    def at(self) -> array[int]:
        """Where each of the letters and digits stands; only short quotes need it."""
        return array("I", compress(range(len(self.text)), map(str.isalnum, self.text)))

    @cached_property
    def digits(self) -> list[str]:
        return _digits(self.letters)


def folded(text: str) -> str:
    """Return a text in the form in which quotes are compared.

    It ignores differences in Unicode form, letter case, kinds of quotation marks and dashes, and white space, and drops
    invisible characters.
    """
    return spaced(_JOINERS.sub("", nfkc(visible(text))).translate(_TYPOGRAPHY).casefold())


@dataclass(frozen=True)
class _Quote:
    """A quote as it is and, if it has escapes, without them; and its parts, if dots stand for what it leaves out."""

    forms: tuple[_Compact, ...]
    parts: tuple[str, ...]


class Said:
    """A text in which quotes are looked for; it is read once for all of them."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _whole(self) -> _Compact:
        return _compact(self._text)

    @cached_property
    def _shown(self) -> Said | None:
        """The text as it is shown: without escapes, tags, the addresses of links and the numbers of lists."""
        shown = _TAG.sub(" ", _LIST_NUMBER.sub("", _LINK.sub(r"\1", _unescaped(self._text))))
        return None if shown == self._text else Said(shown)

    def has(self, quote: str, *, exactly: bool = False) -> bool:
        """Tell whether the text has a quote; `exactly` allows no other letters, only other typography."""
        if self._has(quote, exactly=exactly):
            return True
        return self._shown is not None and self._shown._has(quote, exactly=exactly)  # noqa: SLF001 - the same class

    def _has(self, quote: str, *, exactly: bool) -> bool:
        wanted = _read(quote)
        if not wanted.forms[0].letters:
            plain = folded(quote).strip(_EDGES)
            return bool(plain) and plain in folded(self._text)
        return self._found(wanted, exactly=exactly) is not None

    def place(self, quote: str) -> tuple[int, int] | None:
        """Return where a quote stands among the letters and digits of the text; None if it is not there.

        A quote with "..." may leave out the words between its parts: the place has them.
        """
        return self._found(_read(quote), exactly=False)

    def _found(self, wanted: _Quote, *, exactly: bool) -> tuple[int, int] | None:
        whole = self._whole
        found = next((place for each in wanted.forms if (place := _place(each, whole))), None)
        if found is None and not exactly:
            found = next((place for each in wanted.forms if (place := _nearly(each, whole.letters))), None)
        return found or _across(wanted.parts, whole.letters)


class Sentences:
    """The parts of a text, such as its sentences, in which quotes are looked for."""

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = parts
        self._said = Said(" ".join(parts))

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(len(_compact(part).letters) for part in self._parts))

    def around(self, quote: str) -> Sequence[str]:
        """Return the parts in which a quote stands, none if it is not there."""
        place = self._said.place(quote)
        if place is None:
            return ()
        return self._parts[bisect_right(self._ends, place[0]) : bisect_left(self._ends, place[1]) + 1]


def _compact(text: str) -> _Compact:
    decomposed = unicodedata.normalize("NFD", html.unescape(folded(text)))
    return _Compact(with_ascii_digits(unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed)).translate(_ALIKE)))


@forgettable
@lru_cache(maxsize=16)  # a quote is looked for in several texts, one after the other
def _read(quote: str) -> _Quote:
    plain = _unescaped(quote)
    parts = tuple(filter(None, (_compact(part).letters for part in _OMISSION.split(quote))))
    told = len(parts) > 1 and min(map(len, parts)) >= _SHORTEST_PART
    forms = (_compact(quote),) if plain == quote else (_compact(quote), _compact(plain))
    return _Quote(forms, parts if told else ())


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
    return None


def _begins(text: _Compact, index: int) -> bool:
    return index == 0 or text.at[index] - text.at[index - 1] > 1


def _ends(text: _Compact, index: int) -> bool:
    return index == len(text.letters) or text.at[index] - text.at[index - 1] > 1


def _across(parts: Sequence[str], text: str) -> tuple[int, int] | None:
    """Return the place of a quote whose parts are separated by dots; all of them must be there, in order."""
    first = end = -1
    for part in parts:
        start = text.find(part, max(end, 0))
        if start < 0:
            return None
        first, end = (start if first < 0 else first), start + len(part)
    return (first, end) if parts else None


def _nearly(quote: _Compact, text: str) -> tuple[int, int] | None:
    """Return the place of a long quote in which a few letters differ, None if there is none or digits differ.

    With n errors one of n + 1 equal parts of the quote must be there as it is: only such places are compared.
    """
    wanted = quote.letters
    errors = min(len(wanted) // _LETTERS_PER_ERROR, _MOST_ERRORS)
    if not errors or len(wanted) > _LONGEST_NEARLY:
        return None
    size = len(wanted) // (errors + 1)
    for offset in range(0, size * (errors + 1), size):
        start = text.find(wanted[offset : offset + size])
        for _ in range(_MOST_PLACES):
            if start < 0:
                break
            begin = max(0, start - offset - errors)
            found = _aligned(wanted, text[begin : begin + len(wanted) + 2 * errors], errors)
            if found is not None:
                first, last = begin + found[0], begin + found[1]
                if _digits(text[first:last]) == quote.digits:
                    return first, last
            start = text.find(wanted[offset : offset + size], start + 1)
    return None


def _digits(letters: str) -> list[str]:
    return [character for character in letters if character.isdigit()]


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
