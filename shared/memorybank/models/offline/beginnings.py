"""Finds how the texts begin that a pattern may match, so that it is tried on no others.

Patterns are those of the tables: they match at the beginning of a text and ignore case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from memorybank.text.normal import lowered

_SIZE = 4
_ANY = "\0"
_PART = re.compile(
    r"\(\?(?:P<\w+>|[:>]|<?[=!])?|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[?*+][?+]?|\{\d*(?:,\d*)?\}[?+]?|.", re.DOTALL
)
_OTHER_GROUP = "(?"
"""The part that begins a group of a kind that is not read, as one with flags or a reference."""
_NO_LETTERS = frozenset({"^", "$", r"\A", r"\Z", r"\b", r"\B"})

_Entry = TypeVar("_Entry")


class ByBeginning(Generic[_Entry]):
    """Entries by how the texts begin that they are for."""

    def __init__(self, entries: Iterable[tuple[frozenset[str], _Entry]]) -> None:
        """Take each entry with the beginnings of its texts."""
        numbers: dict[str, set[int]] = {"": set()}
        listed: list[_Entry] = []
        for begun, entry in entries:
            for beginning in begun:
                numbers.setdefault(beginning, set()).add(len(listed))
            listed.append(entry)
        self._entries: dict[str, tuple[_Entry, ...]] = {}
        for beginning in numbers:
            shorter = (beginning[:size] for size in range(len(beginning) + 1))
            found = set[int]().union(*(numbers.get(each, ()) for each in shorter))
            self._entries[beginning] = tuple(listed[number] for number in sorted(found))

    def of(self, text: str) -> tuple[_Entry, ...]:
        """Return the entries that a text may be for, in order."""
        beginning = lowered(text[:_SIZE])[:_SIZE]
        while beginning not in self._entries:
            beginning = beginning[:-1]
        return self._entries[beginning]


def beginnings(pattern: str) -> frozenset[str]:
    """Return how texts begin, in lower case, that a pattern may match; anything may follow."""
    parts = _PART.findall(pattern)
    choices = {_ANY} if _OTHER_GROUP in parts else _Reader(parts).choices()
    return frozenset(lowered(each.rstrip(_ANY))[:_SIZE] for each in choices)


def led(pattern: re.Pattern[str]) -> Callable[[str], re.Match[str] | None]:
    """Return what matches a pattern as it does, and tries it only on texts that begin as it may."""
    tried = ByBeginning([(beginnings(pattern.pattern), pattern)])

    def match(text: str) -> re.Match[str] | None:
        return pattern.match(text) if tried.of(text) else None

    return match


class _Reader:
    """Reads a pattern up to what its first letters are. A beginning ends with `_ANY` if any letter may follow."""

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = parts
        self._at = 0

    def choices(self) -> set[str]:
        """Return the beginnings of what is read up to the end of the group."""
        found, begun = set[str](), {""}
        while (part := self._next()) not in ("", ")"):
            if part == "|":
                found, begun = found | begun, {""}
            elif all(map(_is_known, begun)):
                self._pass_over(part)
            else:
                begun = _followed(begun, self._repeated(self._one(part)))
        return found | begun

    def _next(self) -> str:
        self._at += 1
        return self._parts[self._at - 1] if self._at <= len(self._parts) else ""

    def _pass_over(self, part: str) -> None:
        depth = int(part.startswith("("))
        while depth:
            part = self._next()
            depth += part.startswith("(") - (part == ")")

    def _one(self, part: str) -> set[str]:
        if part.startswith("("):
            inside = self.choices()
            return {""} if part[-1] in "=!" else inside
        if part in _NO_LETTERS:
            return {""}
        if part.startswith("["):
            return {_ANY} if set(part) & {"^", "-", "\\"} else set(part[1:-1])
        return {_ANY} if part == "." or part[1:].isalnum() else {part[-1]}

    def _repeated(self, once: set[str]) -> set[str]:
        repeat = self._parts[self._at] if self._at < len(self._parts) else ""
        if not repeat.startswith(("?", "*", "+", "{")):
            return once
        self._at += 1
        several = once if repeat.startswith("?") else {each + _ANY for each in once}
        return several | {""} if repeat.startswith(("?", "*", "{0", "{,")) else several


def _is_known(begun: str) -> bool:
    return len(begun) >= _SIZE or begun.endswith(_ANY)


def _followed(begun: set[str], after: set[str]) -> set[str]:
    return {each if _is_known(each) else (each + more)[:_SIZE] for each in begun for more in after}
