r"""Regular expressions whose matching takes linear time, for patterns that anyone may send.

Python's `re` backtracks: a short hostile pattern can keep it busy for years. This is the subset of RE2's syntax that a
finite automaton with one state per character of the pattern can run: characters, `.`, classes in brackets, `\d \w \s`
and their opposites, groups, `|`, `*`, `+`, `?`, `^` and `$`, each of which matches at most once (`^^` never matches).
A pattern may match anywhere in a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

MAX_PATTERN = 200
"""The longest pattern, in characters."""

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?:|.", re.DOTALL)
_ESCAPE = re.compile(r"\\[dDwWsSnrtfv]|\\[^\w]")
_SET_OPERATION = re.compile(r"\[|--|&&|~~|\|\|")
_QUANTIFIERS = ("*", "+", "?")
_START, _END = "start", "end"  # no single character equals these
_MAX_REMEMBERED = 10_000
_ASKED_EVERY = 256


class PatternError(ValueError):
    """The pattern is outside this subset; the message says why."""


@dataclass(frozen=True)
class _Part:
    """A part of a pattern: whether it matches nothing at all, and the positions it may begin and end at, as bits."""

    nullable: bool
    first: int
    last: int


class LinearPattern:
    """A compiled pattern. Raises `PatternError` for one that cannot be compiled; may be shared by threads."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_PATTERN:
            raise PatternError(f"a pattern has at most {MAX_PATTERN} characters")
        self._tokens: list[str] = _TOKEN.findall(pattern)
        self._next = 0
        self._atoms: list[re.Pattern[str] | str] = []
        self._follow: list[int] = []
        self._whole = self._alternatives()
        if self._next < len(self._tokens):
            raise PatternError("a closing parenthesis has no opening one")
        self._steps: dict[tuple[int, str], int] = {}

    def found_in(self, text: str, *, ask: Callable[[], None] = lambda: None) -> bool:
        """Tell whether the pattern matches anywhere in `text`; call `ask` regularly, which may raise to stop."""
        if self._whole.nullable:
            return True
        state = 0
        for number, symbol in enumerate(chain((_START,), text, (_END,))):
            if number % _ASKED_EVERY == 0:
                ask()
            state = self._step(state, symbol)
            if state & self._whole.last:
                return True
        return False

    def _step(self, state: int, symbol: str) -> int:
        known = self._steps.get((state, symbol))
        if known is not None:
            return known
        candidates = self._whole.first
        for position in _bits(state):
            candidates |= self._follow[position]
        reached = sum(1 << position for position in _bits(candidates) if self._takes(position, symbol))
        if len(self._steps) >= _MAX_REMEMBERED:
            self._steps.clear()
        self._steps[state, symbol] = reached
        return reached

    def _takes(self, position: int, symbol: str) -> bool:
        atom = self._atoms[position]
        return atom == symbol if isinstance(atom, str) else bool(atom.fullmatch(symbol))

    def _peek(self) -> str | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self) -> str:
        self._next += 1
        return self._tokens[self._next - 1]

    def _alternatives(self) -> _Part:
        whole = self._sequence()
        while self._peek() == "|":
            self._take()
            other = self._sequence()
            whole = _Part(whole.nullable or other.nullable, whole.first | other.first, whole.last | other.last)
        return whole

    def _sequence(self) -> _Part:
        whole = _Part(nullable=True, first=0, last=0)
        while self._peek() not in (None, "|", ")"):
            after = self._repeated()
            self._connect(whole.last, after.first)
            whole = _Part(
                whole.nullable and after.nullable,
                whole.first | (after.first if whole.nullable else 0),
                after.last | (whole.last if after.nullable else 0),
            )
        return whole

    def _repeated(self) -> _Part:
        part = self._single()
        if self._peek() in _QUANTIFIERS:
            quantifier = self._take()
            if quantifier != "?":
                self._connect(part.last, part.first)
            part = _Part(part.nullable or quantifier != "+", part.first, part.last)
            if self._peek() in _QUANTIFIERS:
                raise PatternError("one quantifier cannot follow another")
        return part

    def _single(self) -> _Part:
        token = self._take()
        if token in ("(", "(?:"):
            group = self._alternatives()
            if self._peek() is None:
                raise PatternError("a parenthesis is never closed")
            self._take()
            return group
        self._atoms.append(_atom(token))
        self._follow.append(0)
        bit = 1 << (len(self._atoms) - 1)
        return _Part(nullable=False, first=bit, last=bit)

    def _connect(self, ends: int, begins: int) -> None:
        for position in _bits(ends):
            self._follow[position] |= begins


def _atom(piece: str) -> re.Pattern[str] | str:
    """Return the test for one symbol: a pattern for a character, or the symbol itself."""
    if piece in ("^", "$"):
        return _START if piece == "^" else _END
    if piece in _QUANTIFIERS:
        raise PatternError(f"there is nothing for {piece} to repeat")
    if piece in ("{", "[", "\\"):
        raise PatternError(f"{piece} is not offered here alone; write \\{piece} for the character")
    if piece.startswith("["):
        if _SET_OPERATION.search(re.sub(r"\\.", "", piece[1:-1], flags=re.DOTALL)):
            raise PatternError("inside brackets, write [ - & ~ | with a backslash before")
    elif piece.startswith("\\") and not _ESCAPE.fullmatch(piece):
        raise PatternError(f"the escape {piece} is not offered")
    try:
        return re.compile(piece, re.DOTALL)
    except re.error as error:
        raise PatternError(f"{piece} cannot be read: {error.msg}") from error


def _bits(bits: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
