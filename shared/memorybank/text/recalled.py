"""Finds what an agent has put into a conversation, so that the bank does not learn from its own output.

That is recalled memories, in a tagged block or in a list under a heading, and reminders of agent frameworks.
"""

from __future__ import annotations

import re

_KINDS = "recalled|retrieved|relevant|stored|saved|known|past|previous|prior|user|agent|long[-_ ]?term"
_TAG = re.compile(
    # ADK's preload_memory, then what other frameworks and people's own agents write.
    rf"<\s*+(?P<end>/?)\s*+(?P<name>past[-_ ]?conversations?|(?:(?:{_KINDS})[-_ ]?){{0,3}}"
    r"(?:memory|memories)(?:[-_ ]?(?:bank|block|context|results?|search|store))?"
    rf"|(?:(?:{_KINDS})[-_ ]?){{1,3}}(?:context|facts?|knowledge|information|info|profile|preferences)"
    r"|system[-_ ]?(?:reminder|message|note|notification|context|info)"
    r"|(?:environment|additional|session|agent|workspace|ide)[-_ ]?(?:details|context|info|reminder|state)"
    r"|command[-_](?:name|message|args|stdout)|local[-_]command[-_]stdout)\b[^<>]{0,200}>",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^[#*_ \t]{0,8}(?:(?:here|these|below) are (?:the |some )?|the )?"
    rf"(?:(?:{_KINDS})[- ](?:user |long-term )?(?:memory|memories)|memories (?:of|about|from) (?:the|this) user"
    rf"|(?:(?:{_KINDS}) )?(?:facts|information|details|notes|knowledge) (?:about|on) (?:the|this) user"
    r"|what (?:you|I|we) know about (?:the|this) user|(?<=# )memories)"
    r"(?: \([^()\n]{0,80}\))?[*_]{0,3}:?[*_]{0,3}[ \t]*\n(?:[ \t]*\n)?"
    r"(?P<items>(?:[ \t]{0,8}(?:[-*\u2022]|\d{1,3}[.)])[^\n]*(?:\n|\Z))+)",
    re.IGNORECASE | re.MULTILINE,
)
_FEWEST_WORDS = 3


def split(text: str) -> tuple[str, list[str]]:
    """Return what was said, and the texts of the blocks of recalled memories and reminders in it.

    A block is the text between an opening and a closing tag of a known name, such as <PAST_CONVERSATIONS>, or a list
    under a heading such as "Relevant memories:". A tag that is never closed counts as something that was said, as does
    a value in a tag: <memory>2Gi</memory>.
    """
    said, recalled = _untagged(text) if "<" in text else (text, [])
    if not any(word in said.lower() for word in ("memor", "the user", "this user")):
        return said, recalled
    lists = [match["items"].strip() for match in _LIST.finditer(said)]
    return (_LIST.sub("", said).strip(), [*recalled, *lists]) if lists else (said, recalled)


def _untagged(text: str) -> tuple[str, list[str]]:
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
            block = text[begin.end() : tag.start()].strip()
            if _name(tag) != "memory" or len(block[:200].split()) >= _FEWEST_WORDS:
                said.append(text[at : begin.start()])
                recalled.append(block)
                at = tag.end()
            begin = None
    return ("\n".join([*said, text[at:]]).strip(), recalled) if recalled else (text, [])


def _name(tag: re.Match[str]) -> str:
    return tag["name"].lower()
