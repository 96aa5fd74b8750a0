"""Splits text into sentences without changing any character, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from memorybank.models.offline import lexicon

_BREAK = re.compile(r"[.!?\u2026]+|[。\uff01\uff1f\uff61\u0964\u061f]+|[\r\n\u2028\u2029]+")
_CLOSING = "\"')]}\u201d\u2019\u00bb\u300d\u300f\uff09"
_LAST_WORD = re.compile(r"(?<![^\s(\"'\u201e\u201c])[^\s(\"'\u201e\u201c]++$")
_LOOK_BACK = 24
_LOOK_AHEAD = 16
_LONGEST_ORDINAL = 2


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, trimmed but otherwise verbatim; empty ones are left out."""
    start = 0
    for match in _BREAK.finditer(text):
        end = match.end()
        if match[0][0] in ".!?\u2026":
            while end < len(text) and end - match.end() < _LOOK_BACK and text[end] in _CLOSING:
                end += 1
            if not _ends(text, match, after=end):
                continue
        if end > start and (sentence := text[start:end].strip()):
            yield sentence
        start = max(start, end)
    if rest := text[start:].strip():
        yield rest


def _ends(text: str, match: re.Match[str], *, after: int) -> bool:
    if after < len(text) and not text[after].isspace():
        return False
    following = text[after : after + _LOOK_AHEAD].lstrip()
    if match[0] != ".":
        return "?" in match[0] or "!" in match[0] or not following[:1].islower()
    before = _LAST_WORD.search(text, max(0, match.start() - _LOOK_BACK), match.start())
    return before is None or not _abbreviates(before[0], following=following)


def _abbreviates(word: str, *, following: str) -> bool:
    lower = word.lower()
    if word.isdigit():
        return len(word) <= _LONGEST_ORDINAL and following.lower().startswith(lexicon.MONTHS)
    if (word if len(word) == 1 else lower) in lexicon.NEVER_FINAL:
        return bool(following)
    if lower in lexicon.SOMETIMES_FINAL:
        return following[:1].isdigit() if lower == "no" else following[:1].islower() or following[:1].isdigit()
    return _is_initial(word, following=following)


def _is_initial(word: str, *, following: str) -> bool:
    named = following[:1].isupper() and not following.startswith(lexicon.PRONOUN_STARTS)
    return len(word) == 1 and word.isupper() and word != "I" and named
