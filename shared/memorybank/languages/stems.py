"""Patterns of words that may have any ending, in tables of all languages: `_` is a space, or the end of a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property

from memorybank.text.normal import nfkc

JOINERS = {0x200C: None, 0x200D: None}
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
"""Letters of scripts in which a word may stand anywhere in a row of them."""

_APART = dict.fromkeys(map(ord, "!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~“”„«»‘’。：＝「」"), " ")
_FEW, _FEWEST = 4, 2
_LONG_ENOUGH = 5
"""The letters from which on a word is also known without its accents."""


def folded(text: str) -> str:
    """Return a text in lower case, letter by letter, with dotted and dotless I as one."""
    return text.lower() if text.isascii() else text.replace("\u0130", "i").lower().replace("\u0131", "i")


def forms(word: str, *, bare: bool = True) -> set[str]:
    """Return a word of a table as folded texts have it: with accents, and if `bare` a long one without, too."""
    plain = nfkc(folded(word)).translate(JOINERS)
    latin = bare and len(plain) >= _LONG_ENOUGH and plain[0] < "\u0250"
    return {plain, _without_accents(plain)} if latin else {plain}


class Stems:
    """The words of one table; `bare` says that accents may be left out."""

    def __init__(self, listed: str, *, bare: bool = True) -> None:
        """Read a table."""
        self.words = frozenset(form for word in listed.split() for form in forms(word, bare=bare))
        self._inside = tuple(word.rstrip("_").replace("_", " ") for word in self.words if UNSPACED.match(word))
        self._begun, self._led = set[str](), set[str]()
        for word in self.words:
            first = word.replace("_", " ").translate(_APART).split()[0]
            beginning = first[: _FEW if len(first) >= _FEW else _FEWEST]
            (self._begun if word.startswith(beginning) else self._led).add(beginning)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """A pattern that matches any word of the table, the longest first."""
        inside, begun = list[str](), list[str]()
        for word in sorted(self.words, key=lambda each: (-len(each), each)):
            pattern = re.escape(word.rstrip("_")).replace("_", " ") + (r"(?![^\W_])" if word.endswith("_") else "")
            (inside if UNSPACED.match(word) else begun).append(pattern)
        parts = [rf"(?<![^\W_])(?:{'|'.join(begun)})" if begun else "", "|".join(inside)]
        return re.compile("|".join(filter(None, parts)))

    def search(self, plain: str) -> re.Match[str] | None:
        """Return the first word of the table in a folded text."""
        return self.pattern.search(plain)

    def all_in(self, plain: str) -> Iterator[re.Match[str]]:
        """Return all words of the table in a folded text."""
        return self.pattern.finditer(plain)

    def are_in(self, plain: str, begun: AbstractSet[str]) -> bool:
        """Tell whether a folded text, which has these beginnings of words, has a word of the table.

        Looking for the beginnings first takes a tenth of the time, as most texts have none.
        """
        if not self._led.isdisjoint(begun):
            return self.pattern.search(plain) is not None
        if any(self._stands(plain, beginning) for beginning in self._begun & begun):
            return True
        inside = not plain.isascii() and any(map(plain.__contains__, self._inside))
        return inside and self.pattern.search(plain) is not None

    def _stands(self, plain: str, beginning: str) -> bool:
        """Tell whether a word of the table stands where a text has this beginning of one."""
        start = plain.find(beginning)
        while start >= 0:
            if self.pattern.match(plain, start):
                return True
            start = plain.find(beginning, start + 1)
        return False


def beginnings(plain: str) -> AbstractSet[str]:
    """Return the beginnings of the words of a folded text."""
    words = set(plain.split())
    tied = [word for word in words if not word.isalpha()]
    words.difference_update(tied)
    words.update(" ".join(tied).translate(_APART).split())
    begun = {word[:_FEW] for word in words}
    return begun.union([word[:_FEWEST] for word in begun])


def _without_accents(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.replace("ł", "l").replace("ø", "o").replace("ə", "e"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
