"""Finds memories that an agent has put into a conversation, so that the bank does not learn from its own output."""

from __future__ import annotations

import re

_KINDS = "recalled|retrieved|relevant|stored|saved|known|past|previous|prior|user|agent|long[-_ ]?term"
_TAG = re.compile(
    # ADK's preload_memory, then what other frameworks and people's own agents write.
    rf"<\s*+(?P<end>/?)\s*+(?P<name>past[-_ ]?conversations?|(?:(?:{_KINDS})[-_ ]?){{0,3}}"
    r"(?:memory|memories)(?:[-_ ]?(?:bank|block|context|results?|search|store))?)\b[^<>]{0,200}>",
    re.IGNORECASE,
)


def split(text: str) -> tuple[str, list[str]]:
    """Return what was said, and the texts of the blocks of recalled memories in it.

    A block is the text between an opening and a closing tag of a known name, such as <PAST_CONVERSATIONS>. A tag that
    is never closed counts as something that was said.
    """
    tags = list(_TAG.finditer(text))
    last_end = {_name(tag): tag.start() for tag in tags if tag["end"]}
    said: list[str] = []
    recalled: list[str] = []
    begin: re.Match[str] | None = None
    at = 0
    for tag in tags:
        if begin is None and not tag["end"] and last_end.get(_name(tag), -1) > tag.start():
            begin = tag
        elif begin is not None and tag["end"] and _name(tag) == _name(begin):
            said.append(text[at : begin.start()])
            recalled.append(text[begin.end() : tag.start()].strip())
            begin, at = None, tag.end()
    return ("\n".join([*said, text[at:]]).strip(), recalled) if recalled else (text, [])


def _name(tag: re.Match[str]) -> str:
    return tag["name"].lower()
