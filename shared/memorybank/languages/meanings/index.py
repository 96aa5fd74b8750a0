"""Finds what words stand for: by the whole word, or by how it begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from memorybank.languages.meanings.spelling import words

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
    """Words and phrases with what they stand for, and beginnings of words; `longest` counts the words of a phrase."""

    exact: Mapping[str, tuple[str, str]]
    stems: Mapping[str, tuple[str, str]]
    longest: int

    @classmethod
    def of(cls, tables: Mapping[str, Mapping[str, str]]) -> Index:
        """Return the index of tables by their kind."""
        exact: dict[str, tuple[str, str]] = {}
        stems: dict[str, tuple[str, str]] = {}
        for kind, table in tables.items():
            for key, said in table.items():
                for word in words(said):
                    place = stems if word.endswith("*") else exact
                    place.setdefault(word.rstrip("*"), (kind, key))
        return cls(exact, stems, max((word.count(" ") + 1 for word in exact), default=1))

    def find(self, word: str) -> tuple[str, str] | None:
        """Return the kind and key of a word or phrase, by the whole or else by its longest known beginning."""
        found = self.exact.get(word)
        if found or not self.stems:
            return found
        beginnings = (word[:size] for size in range(min(len(word), _LONGEST_STEM), 0, -1))
        return next((self.stems[each] for each in beginnings if each in self.stems), None)
