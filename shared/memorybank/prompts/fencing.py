"""How others' words stand in a prompt: as JSON that cannot end its fence, without characters that nobody sees."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable
from typing import Any

_DIGITS = re.compile(r"\d+")
_LOG, _SHOWN_BEFORE = 20, 3
_REPEATED_LINES = re.compile(r"^([^\n]*+)(?:\n\1(?=\n|\Z)){3,}+", re.MULTILINE)


def condensed(text: str) -> str:
    """Return a text in which a line that stands four times or more in a row stands once, with a note.

    Of twenty or more in a row that differ in their digits only, as logs have them, the first three and the last stay.
    """
    return _REPEATED_LINES.sub(_once, _without_logs(text))


def _without_logs(text: str) -> str:
    found: list[str] = []
    for _, run in itertools.groupby(text.split("\n"), key=lambda line: _DIGITS.sub("0", line)):
        lines = list(run)
        left = len(lines) - _SHOWN_BEFORE - 1
        if len(lines) >= _LOG and len(set(lines)) > 1:
            note = f"[{left} lines that differ from these in their digits only are left out]"
            lines = [*lines[:_SHOWN_BEFORE], note, lines[-1]]
        found += lines
    return "\n".join(found)


def as_data(value: Any) -> str:
    """Return JSON on one line in which no text can close a fence: angle brackets are written as escapes."""
    text = json.dumps(value, ensure_ascii=False)
    return text.translate({0x3C: "\\u003c", 0x3E: "\\u003e", 0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"})


def fenced(name: str, values: Iterable[Any]) -> str:
    """Return values as data, one per line, between tags of that name."""
    return "\n".join([f"<{name}>", *map(as_data, values), f"</{name}>"])


def _once(match: re.Match[str]) -> str:
    return f"{match[1]}\n[the line above is repeated {match[0].count(chr(10)) + 1} times]" if match[1] else "\n"
