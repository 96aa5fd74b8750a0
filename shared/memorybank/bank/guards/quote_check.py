"""The guard for quotes: a fact must have been said in the words that it quotes, by someone who may say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from memorybank.bank.guards.refusals import Judged, Refusal
from memorybank.ports.models import Event, ExtractedFact, ExtractionRequest, Intent
from memorybank.text.normal import nfkc, spaced
from memorybank.text.recalled import split
from memorybank.text.visible import visible

_OF_THE_USER = frozenset({"USER_PERSONAL_INFO", "USER_PREFERENCES", "EXPLICIT_INSTRUCTIONS"})
"""Managed topics on which only the user's word counts: an assistant's claim counts once the user confirms it."""

_SHORTEST = 3
"""The fewest characters of a quote that is not the whole event: a shorter one is found in any text."""

_TYPOGRAPHY = {
    **dict.fromkeys((0x2018, 0x2019, 0x201A, 0x02BC), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x00AB, 0x00BB), '"'),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-"),
}
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")  # other invisible characters are not shown to models either
_UNSUPPORTED = "The fact's quote is not in the event that it names."
_NOT_FROM_USER = "Only the user can say this about themselves, and the event is the assistant's."
_EDGES = " \"'.…"


def drop_unsupported(request: ExtractionRequest, facts: Sequence[ExtractedFact]) -> Judged:
    """Refuse facts that the conversation does not support, and remove topics that the speaker cannot attest to.

    An event supports a fact if it contains the fact's quote outside of recalled memories; for an event with media,
    naming it is enough. A fact that names no event passes, because its model gives no evidence at all. A fact that is
    left without a topic is refused, as are requests to forget and profile fields that are not from the user.
    """
    judged = Judged([], [])
    said: dict[int, str] = {}
    for fact in facts:
        if fact.event is not None and not _is_there(request.events, fact, said):
            judged.refused.append(Refusal("UNSUPPORTED", _UNSUPPORTED, fact.event))
            continue
        by_assistant = fact.event is not None and request.events[fact.event].role == "model"
        topics = tuple(key for key in fact.topics if not by_assistant or key not in _OF_THE_USER)
        for_the_user = fact.profile is not None or fact.intent is Intent.FORGET or (fact.topics and not topics)
        if by_assistant and for_the_user:
            judged.refused.append(Refusal("NOT_FROM_USER", _NOT_FROM_USER, fact.event))
        else:
            judged.kept.append(replace(fact, topics=topics))
    return judged


def folded(text: str) -> str:
    """Return a text in the form in which quotes are compared.

    It ignores differences in Unicode form, letter case, kinds of quotation marks and dashes, and white space, and drops
    invisible characters.
    """
    return spaced(_JOINERS.sub("", nfkc(visible(text))).translate(_TYPOGRAPHY).casefold())


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
