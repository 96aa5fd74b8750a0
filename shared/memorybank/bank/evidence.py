"""Evidence: what was extracted must have been said, in the words that it names, by whoever may say it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from memorybank.models.port import Event, ExtractedFact, ExtractionRequest, Intent
from memorybank.prompts.recalled import split

_OF_THE_USER = frozenset({"USER_PERSONAL_INFO", "USER_PREFERENCES", "EXPLICIT_INSTRUCTIONS"})
"""Managed topics that only the user can speak to: an assistant's claim becomes a fact when the user confirms it."""

_SHORTEST = 3
"""Characters of a quote that is not all that was said: fewer are found in any text."""

_TYPOGRAPHY = {
    **dict.fromkeys((0x2018, 0x2019, 0x201A, 0x02BC), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x00AB, 0x00BB), '"'),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-"),
}
_EDGES = " \"'.…"


def supported(request: ExtractionRequest, facts: Sequence[ExtractedFact]) -> list[ExtractedFact]:
    """Return the facts that rest on the conversation, without topics that their speaker cannot speak to.

    A fact rests on an event if its quote stands there, outside of recalled memories; for an event with media naming it
    is enough. A fact that names no event is taken: its model gives no evidence at all. One to remember that is left
    without a topic is not.
    """
    found = []
    said: dict[int, str] = {}
    for fact in facts:
        if fact.event is not None and not _is_there(request.events, fact, said):
            continue
        topics = _topics(request.events, fact)
        if topics or not fact.topics or fact.intent is Intent.FORGET:
            found.append(fact if topics == fact.topics else replace(fact, topics=topics))
    return found


def folded(text: str) -> str:
    """Return a text as quotes are compared.

    That is without the difference of Unicode forms, letter case, kinds of quotation marks and dashes, white space, and
    without characters that nobody sees.
    """
    seen = (character for character in unicodedata.normalize("NFKC", text) if not _is_hidden(character))
    return " ".join("".join(seen).translate(_TYPOGRAPHY).casefold().split())


def _is_there(events: Sequence[Event], fact: ExtractedFact, said: dict[int, str]) -> bool:
    index = fact.event
    if index is None or not 0 <= index < len(events):
        return False
    if events[index].media:
        return True
    if index not in said:
        said[index] = folded(split(events[index].text)[0])
    quote = folded(fact.quote).strip(_EDGES)
    return bool(quote) and quote in said[index] and (len(quote) >= _SHORTEST or quote == said[index].strip(_EDGES))


def _topics(events: Sequence[Event], fact: ExtractedFact) -> tuple[str, ...]:
    if fact.event is None or events[fact.event].role != "model":
        return fact.topics
    return tuple(key for key in fact.topics if key not in _OF_THE_USER)


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or _SELECTOR.match(character) is not None


_SELECTOR = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
