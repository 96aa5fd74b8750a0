"""Removes invisible characters from text."""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    # Controls, soft hyphens, fillers, zero-width spaces, direction marks, tags and runs of variation selectors: readers
    # do not see them, but models read what is written with them. Joiners are kept: scripts and emoji need them.
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
    "|[\ufe00-\ufe0f](?=[\ufe00-\ufe0f])"
)

_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Every character that one of the two others looks for, in one class: most texts have none of them."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """Return the text without invisible characters; lone surrogates become U+FFFD."""
    if (text.isascii() and text.replace("\n", "").isprintable()) or _SUSPECT.search(text) is None:
        return text
    return _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text))
