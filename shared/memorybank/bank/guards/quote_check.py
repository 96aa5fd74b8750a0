"""Evidence: what was extracted must have been said, in the words that it names, by whoever may say it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from memorybank.ports.models import Event, ExtractedFact, ExtractionRequest, Intent
from memorybank.text.recalled import split
from memorybank.text.visible import visible

_OF_THE_USER = frozenset({"USER_PERSONAL_INFO", "USER_PREFERENCES", "EXPLICIT_INSTRUCTIONS"})
"""Managed topics that only the user can speak to: an assistant's claim becomes a fact when the user confirms it."""

_SHORTEST = 3
"""Characters of a quote that is not all that was said: fewer are found in any text."""

_TYPOGRAPHY = {
    **dict.fromkeys((0x2018, 0x2019, 0x201A, 0x02BC), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x00AB, 0x00BB), '"'),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-"),
}
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")  # what else nobody sees is not shown to models either
_EDGES = " \"'.…"


def drop_unsupported(request: ExtractionRequest, facts: Sequence[ExtractedFact]) -> list[ExtractedFact]:
    """Return the facts that rest on the conversation, without topics that their speaker cannot speak to.

    A fact rests on an event if its quote stands there, outside of recalled memories; for an event with media naming it
    is enough. A fact that names no event is taken: its model gives no evidence at all. One that is left without a topic
    is not, nor a request to forget or a field of a profile that is not the user's.
    """
    found = []
    said: dict[int, str] = {}
    for fact in facts:
        if fact.event is not None and not _is_there(request.events, fact, said):
            continue
        by_assistant = fact.event is not None and request.events[fact.event].role == "model"
        if by_assistant and fact.profile is not None:
            continue
        topics = tuple(key for key in fact.topics if not by_assistant or key not in _OF_THE_USER)
        if (topics or not fact.topics) and not (by_assistant and fact.intent is Intent.FORGET):
            found.append(replace(fact, topics=topics))
    return found


def folded(text: str) -> str:
    """Return a text as quotes are compared.

    That is without the difference of Unicode forms, letter case, kinds of quotation marks and dashes, white space, and
    without characters that nobody sees.
    """
    normal = unicodedata.normalize("NFKC", visible(text))
    return " ".join(_JOINERS.sub("", normal).translate(_TYPOGRAPHY).casefold().split())


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
