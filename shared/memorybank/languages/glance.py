"""Tells in one look which kinds of words a text may have: most texts have none that need a search of their own.

A word of a table is found by the longest of its parts between spaces. Most of them begin with ASCII letters, and are
looked for in the bytes of a text, with spaces for all that is no such letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from memorybank.languages.stems import Stems
from memorybank.text.normal import lowered

_Tree: TypeAlias = dict[str, "_Tree"]
_ASCII = 0x80
_PLAIN = bytes(code if code < _ASCII and chr(code).isalnum() else ord(" ") for code in range(0x100))
_BEGINNING = "[a-z0-9]{4}"
"""What most words of texts are too short for, so that looking for longer ones takes half the time."""

_BEGINS = re.compile(f" {_BEGINNING}".encode())
_NOTHING = "(?!)"
_OTHER = re.compile(r"[^\x00-\x7f]")


def letters(lower: str) -> bytes:
    """Return a text in lower case with spaces around it, and for each character but ASCII letters and digits."""
    return b" %b " % lower.encode("ascii", "replace").translate(_PLAIN)


class Glance:
    """A look at a text for the words of several kinds. It may see kinds that a search would not find, but misses none.

    Letters and their accents must be one character in the text, where there is one for both.
    """

    def __init__(self, tables: Mapping[str, Stems]) -> None:
        """Take from each word of the tables what every text with it has."""
        latin, other, short = dict[str, set[str]](), dict[str, set[str]](), dict[tuple[bytes, ...], set[str]]()
        for kind, word in ((kind, lowered(word)) for kind, table in tables.items() for word in table.words):
            longest = max(_parts(word), key=_size)
            beyond = _OTHER.search(longest)
            if _BEGINS.match(letters(longest)):
                latin.setdefault(letters(longest)[:-1].decode(), set()).add(kind)
            elif beyond:
                other.setdefault(longest[beyond.start() :].rstrip(), set()).add(kind)
            else:
                short.setdefault(tuple(letters(part)[:-1] for part in _parts(word)), set()).add(kind)
        self._kinds = _with_longer(latin) | _with_longer(other)
        self._short = dict[bytes, list[tuple[re.Pattern[bytes], set[str]]]]()
        for parts, kinds in short.items():
            pattern = re.compile(rb"\s+".join(re.escape(part.strip()) for part in parts))
            self._short.setdefault(parts[0], []).append((pattern, kinds))
        self._latin = re.compile(f" (?={_BEGINNING}){_pattern(part[1:] for part in latin) or _NOTHING}".encode())
        self._other = re.compile(_pattern(other) or _NOTHING)

    def kinds(self, lower: str, plain: bytes) -> set[str]:
        """Return the kinds of which a text in lower case may have words; `plain` are its letters."""
        return set[str]().union(*(kinds for _, kinds in self.places(lower, plain)))

    def places(self, lower: str, plain: bytes) -> Iterator[tuple[int, set[str]]]:
        """Yield where such words may stand in the text, in no order, each with the kinds that have it."""
        match = self._latin.search(plain)
        while match:
            yield match.start(), self._kinds[match[0].decode()]
            match = self._latin.search(plain, match.start() + 1)
        for begun in filter(plain.__contains__, self._short):
            for pattern, kinds in self._short[begun]:
                short = pattern.search(plain)
                while short:
                    yield short.start() - 1, kinds
                    short = pattern.search(plain, short.start() + 1)
        other = None if lower.isascii() else self._other.search(lower)
        while other:
            yield other.start(), self._kinds[other[0]]
            other = self._other.search(lower, other.start() + 1)


def _parts(word: str) -> list[str]:
    """Return the parts of a table's word, each with a space if a word ends there."""
    return [part for part in word.replace("_", " _").split("_") if part]


def _size(part: str) -> tuple[int, int]:
    return len(letters(part).replace(b" ", b"")) + part.endswith(" "), len(part)


def _with_longer(parts: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return the kinds of each part and of those that begin with it, which a pattern does not find by themselves."""
    found = dict[str, set[str]]()
    for part, kinds in parts.items():
        for end in range(1, len(part) + 1):
            if part[:end] in parts:
                found.setdefault(part[:end], set()).update(kinds)
    return found


def _pattern(words: Iterable[str]) -> str:
    """Return a pattern that matches any of the words, the shortest if one begins with another."""
    root: _Tree = {}
    for word in sorted(words, key=len):
        node = root
        for letter in word:
            if "" in node:
                break
            node = node.setdefault(letter, {})
        else:
            node[""] = {}
    return _branches(root)


def _branches(tree: _Tree) -> str:
    branches = [re.escape(letter) + _branches(rest) for letter, rest in tree.items()]
    return f"(?:{'|'.join(branches)})" if len(branches) > 1 else "".join(branches)
