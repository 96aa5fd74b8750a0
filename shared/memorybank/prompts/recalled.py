"""Memories that an agent has put into a conversation: told apart from what was said, for they must not feed the bank."""

from __future__ import annotations

import re

_NAMES = (
    # ADK's preload_memory, then what other frameworks and people's own agents write; any of -, _ or nothing between.
    r"past[-_ ]?conversations?|"
    r"(?:(?:recalled|retrieved|relevant|stored|saved|known|past|previous|prior|user|agent|long[-_ ]?term)[-_ ]?)*"
    r"(?:memory|memories)(?:[-_ ]?(?:bank|block|context|results?|search|store))?"
)
_BLOCK = re.compile(rf"<\s*(?P<name>{_NAMES})\b[^<>]{{0,200}}>(?P<text>.*?)<\s*/\s*(?P=name)\s*>", re.I | re.S)


def split(text: str) -> tuple[str, list[str]]:
    """Return what was said, and the texts of the blocks of recalled memories that were in it.

    A block is what stands between an opening and a closing tag of a telling name, such as <PAST_CONVERSATIONS>. A tag
    that is never closed is taken for what somebody said.
    """
    if "</" not in text.replace("< ", "<"):
        return text, []
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        found.append(match["text"].strip())
        return "\n"

    said = _BLOCK.sub(take, text)
    return (said.strip(), found) if found else (text, [])
