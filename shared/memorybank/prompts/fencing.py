"""How others' words stand in a prompt: as JSON that cannot end its fence, without characters that nobody sees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

_LINE_END = re.compile(r"\r\n?")
_REPEATED_LINES = re.compile(r"^([^\n]*+)(?:\n\1(?=\n|\Z)){3,}+", re.MULTILINE)


def condensed(text: str) -> str:
    """Return a text in which a line that stands four times or more in a row stands once, with a note.

    Only true repeats are left out: lines that differ in a digit may be somebody's diary. All line ends become LF.
    """
    return _REPEATED_LINES.sub(_once, _LINE_END.sub("\n", text))


def as_data(value: Any) -> str:
    """Return JSON on one line in which no text can close a fence: angle brackets are written as escapes."""
    text = json.dumps(value, ensure_ascii=False)
    return text.translate({0x3C: "\\u003c", 0x3E: "\\u003e", 0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"})


def fenced(name: str, values: Iterable[Any]) -> str:
    """Return values as data, one per line, between tags of that name."""
    return "\n".join([f"<{name}>", *map(as_data, values), f"</{name}>"])


def _once(match: re.Match[str]) -> str:
    return f"{match[1]}\n[the line above is repeated {match[0].count(chr(10)) + 1} times]" if match[1] else "\n"
