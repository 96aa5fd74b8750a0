"""Finds what words stand for: by the whole word, or by how it begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from memorybank.languages.meanings.spelling import as_written, plain, words

Meaning = TypeVar("Meaning")
_LONGEST_STEM = 16
_SHORTEST_STEM, _LONGEST_TAIL = 3, 5


def by_stem(table: Mapping[str, Meaning], word: str) -> Meaning | None:
    """Return what a word stands for, by the whole or by its beginning with a `*`."""
    if word in table:
        return table[word]
    beginnings = (
        f"{word[:size]}*" for size in range(len(word), max(_SHORTEST_STEM, len(word) - _LONGEST_TAIL) - 1, -1)
    )
    return next((table[each] for each in beginnings if each in table), None)


@dataclass(frozen=True)
class Index:
    """Words and phrases with what they stand for, and how words begin; `longest` counts the words of a phrase.

    `begun` are phrases whose last word may have any ending, by their first word. `written` are words with accents that
    are other words without them: Portuguese avó is a grandmother, avô a grandfather.
    """

    exact: Mapping[str, tuple[str, str]]
    stems: Mapping[str, tuple[str, str]]
    begun: Mapping[str, Mapping[str, tuple[str, str]]]
    longest: int
    written: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, tables: Mapping[str, Mapping[str, str]]) -> Index:
        """Return the index of tables by their kind."""
        exact: dict[str, tuple[str, str]] = {}
        stems: dict[str, tuple[str, str]] = {}
        begun: dict[str, dict[str, tuple[str, str]]] = {}
        written: dict[str, tuple[str, str]] = {}
        for kind, table in tables.items():
            for key, said in table.items():
                for word in words(said):
                    if not word.endswith("*"):
                        place = exact
                    else:
                        place = begun.setdefault(word.split()[0], {}) if " " in word else stems
                    place.setdefault(word.rstrip("*"), (kind, key))
                written.update({word: (kind, key) for word in as_written(said) if not word.isascii()})
        phrases = (*exact, *(phrase for each in begun.values() for phrase in each))
        longest = max((phrase.count(" ") + 1 for phrase in phrases), default=1)
        marked = {word: each for word, each in written.items() if exact.get(plain(word), each) != each}
        return cls(exact, stems, begun, longest, marked)

    @cached_property
    def _sizes(self) -> list[int]:
        """The lengths of stems, the longest first."""
        return sorted({len(stem) for stem in self.stems if len(stem) <= _LONGEST_STEM}, reverse=True)

    def phrase(self, phrase: str) -> tuple[str, str] | None:
        """Return the kind and key of a phrase, whose last word may have an ending."""
        if phrase in self.exact:
            return self.exact[phrase]
        begun = self.begun.get(phrase.partition(" ")[0], {}).items() if self.begun else ()
        size = phrase.count(" ")
        return next((each for start, each in begun if phrase.startswith(start) and start.count(" ") == size), None)

    def find(self, word: str) -> tuple[str, str] | None:
        """Return the kind and key of a word or phrase, by the whole or else by its longest known beginning."""
        found = self.exact.get(word)
        for size in () if found else self._sizes:
            if found := self.stems.get(word[:size]):
                break
        return found
