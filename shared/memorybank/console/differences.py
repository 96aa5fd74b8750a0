"""What changed between two sentences, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple, TypeAlias

Change: TypeAlias = Literal["same", "added", "removed"]

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
MOST_WORDS = 300
"""Beyond this, all of a text counts as changed: comparing takes time that grows with the square of it."""


class Piece(NamedTuple):
    """Words that stand together and changed in one way."""

    change: Change
    text: str


def differences(old: str, new: str) -> Sequence[Piece]:
    """Return the pieces of both texts in reading order: together, those not added are the old one."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if old == new:
        return [Piece("same", new)] if new else []
    if max(len(before), len(after)) > MOST_WORDS:
        return _pieces([("removed", old), ("added", new)])
    found: list[tuple[Change, str]] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", "".join(before[start:end])))
        else:
            found += [("removed", "".join(before[start:end])), ("added", "".join(after[new_start:new_end]))]
    return _pieces(found)


def _pieces(found: Sequence[tuple[Change, str]]) -> list[Piece]:
    return [Piece(change, text) for change, text in found if text]
