"""Reads JSON as models write it: with comments, single quotes, constants of Python, and commas too many or missing.

Only what has one meaning is read. A quotation mark inside a string that is not escaped ends the reading, as does a key
that is given two values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_TOKEN = re.compile(
    r"""[\s\ufeff]++
    |(?P<comment>//[^\n]*+|\#[^\n]*+|/\*.*?\*/)
    |(?P<mark>[\[\]{},:])
    |(?P<text>"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|\u201c[^\u201c\u201d"]*+\u201d|`[^`"]*+`)
    |(?P<number>[-+]?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?)
    |(?P<word>-?[A-Za-z_]\w*+)""",
    re.DOTALL | re.VERBOSE,
)
_UNKNOWN_ESCAPE = re.compile(r'(?<!\\)((?:\\\\)*)\\(?!["\\/bfnrtu])')
_BARE_MARK = re.compile(r'(?<!\\)((?:\\\\)*)"')
_CONSTANTS = {
    "true": True,
    "false": False,
    "null": None,
    "True": True,
    "False": False,
    "None": None,
    "undefined": None,
    **dict.fromkeys(("NaN", "Infinity", "-Infinity")),
}
_ENDS = {"[": "]", "{": "}"}
_DEEPEST = 20
_NOTHING = object()


class Read(NamedTuple):
    """A value, where the text goes on after it, and whether the text ends before the value does.

    Of a list that is cut off, the items that are whole are kept; an object that is cut off is kept if it has a list.
    """

    value: Any
    end: int
    is_cut: bool = False


class _Token(NamedTuple):
    kind: str
    said: str
    end: int


def read_value(text: str, start: int) -> Read:
    """Return the object or list at an index; raise `ValueError` if its meaning is in doubt."""
    reader = _Reader(_tokens(text, start))
    value = reader.value(reader.next(), 0)
    if value is _NOTHING:
        raise ValueError("nothing of the value is whole")
    return Read(value, reader.end, reader.is_cut)


def _tokens(text: str, at: int) -> Iterator[_Token]:
    while found := _TOKEN.match(text, at):
        at = found.end()
        if found.lastgroup not in (None, "comment"):
            yield _Token(found.lastgroup or "", found[0], at)
    yield _Token("doubt" if at < len(text) and not _is_open_text(text, at) else "end", "", at)


def _is_open_text(text: str, at: int) -> bool:
    """Tell whether a string begins that is never closed: the answer is cut off within it."""
    return text[at] == '"'


class _Reader:
    """Reads values from tokens, none of which is looked at twice."""

    def __init__(self, tokens: Iterator[_Token]) -> None:
        self._tokens = tokens
        self.end = 0
        self.is_cut = False

    def next(self) -> _Token:
        token = next(self._tokens)
        if token.kind == "doubt":
            raise ValueError("not JSON")
        self.end = token.end
        self.is_cut = self.is_cut or token.kind == "end"
        return token

    def value(self, token: _Token, depth: int) -> Any:
        """Return the value that begins with a token, `_NOTHING` if the text ends within it."""
        if token.kind == "end":
            return _NOTHING
        if token.said in _ENDS:
            if depth == _DEEPEST:
                raise ValueError("nested too deeply")
            return self._list(depth) if token.said == "[" else self._object(depth)
        if token.kind == "text":
            return _string(token.said)
        if token.kind == "number":
            return int(token.said) if token.said.lstrip("+-").isdigit() else float(token.said)
        if token.said in _CONSTANTS:
            return _CONSTANTS[token.said]
        raise ValueError("not a value")

    def _list(self, depth: int) -> Any:
        found: list[Any] = []
        while (token := self.next()).said != "]" or token.kind != "mark":
            if token.kind == "mark" and token.said == "," and found:
                continue
            value = self.value(token, depth + 1)
            if value is not _NOTHING:
                found.append(value)
            if self.is_cut:
                return found
        return found

    def _object(self, depth: int) -> Any:
        found: dict[str, Any] = {}
        while (token := self.next()).said != "}" or token.kind != "mark":
            if token.kind == "mark" and token.said == "," and found:
                continue
            if token.kind not in ("text", "word", "end"):
                raise ValueError("not a key")
            value = _NOTHING if self.is_cut else self._member(depth)
            if value is not _NOTHING:
                _put(found, _string(token.said) if token.kind == "text" else token.said, value)
            if self.is_cut:
                return found if any(isinstance(each, list) for each in found.values()) else _NOTHING
        return found

    def _member(self, depth: int) -> Any:
        """Return the value after a key, `_NOTHING` if the text ends before it does."""
        colon = self.next()
        if not self.is_cut and colon.said != ":":
            raise ValueError("no colon after a key")
        return _NOTHING if self.is_cut else self.value(self.next(), depth + 1)


def _put(found: dict[str, Any], key: str, value: Any) -> None:
    """Give a key its value; lists that have the same key are joined."""
    before = found.setdefault(key, value)
    if before != value and not (isinstance(before, list) and isinstance(value, list)):
        raise ValueError("one key, two values")
    if before != value:
        before.extend(value)


def _string(said: str) -> str:
    text = said[1:-1].replace("\\'", "'")
    text = _UNKNOWN_ESCAPE.sub(r"\1\\\\", text)
    text = text if said[0] == '"' else _BARE_MARK.sub(r'\1\\"', text)
    return str(json.loads(f'"{text}"', strict=False))
