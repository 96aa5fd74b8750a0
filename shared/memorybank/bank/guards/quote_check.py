"""The guard for quotes: a fact must have been said in the words that it quotes, by someone who may say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from memorybank.bank.guards.refusals import Judged, Refusal
from memorybank.ports.models import Event, ExtractedFact, ExtractionRequest, Intent
from memorybank.text.quotes import Said
from memorybank.text.recalled import split

_OF_THE_USER = frozenset({"USER_PERSONAL_INFO", "USER_PREFERENCES", "EXPLICIT_INSTRUCTIONS"})
"""Managed topics on which only the user's word counts: an assistant's claim counts once the user confirms it."""

_NEAREST = 40
"""How many events are searched for a quote that none contains as it is."""

_UNSUPPORTED = "The fact's quote is not in the event that it names."
_NOT_FROM_USER = "Only the user can say this about themselves, and the event is the assistant's."


def drop_unsupported(request: ExtractionRequest, facts: Sequence[ExtractedFact]) -> Judged:
    """Refuse facts that the conversation does not support, and remove topics that the speaker cannot attest to.

    An event supports a fact if it contains the fact's quote outside of recalled memories; for an event with media,
    naming it is enough. If another event contains the quote, that is the fact's event: models miscount. A fact that
    names no event passes, because its model gives no evidence at all. A fact that is left without a topic is refused,
    as are requests to forget and profile fields that are not from the user.
    """
    judged = Judged([], [])
    said = _Events(request.events)
    for fact in facts:
        event = None if fact.event is None else said.place_of(fact.quote, fact.event)
        if fact.event is not None and event is None:
            judged.refused.append(Refusal("UNSUPPORTED", _UNSUPPORTED, fact.event))
            continue
        by_assistant = event is not None and request.events[event].role == "model"
        topics = tuple(key for key in fact.topics if not by_assistant or key not in _OF_THE_USER)
        for_the_user = fact.profile is not None or fact.intent is Intent.FORGET or (fact.topics and not topics)
        if by_assistant and for_the_user:
            judged.refused.append(Refusal("NOT_FROM_USER", _NOT_FROM_USER, event))
        else:
            judged.kept.append(replace(fact, topics=topics, event=event))
    return judged


class _Events:
    """The events of a conversation, each read once for all quotes."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._said: dict[int, Said] = {}

    def place_of(self, quote: str, named: int) -> int | None:
        """Return the index of the event that contains a quote: the named one, or else another; None if there is none.

        The one before the named comes next, because models count from one, then the user's events, then the others.
        Only the nearest of them are searched for a quote in which letters differ.
        """
        order = [index for index in (named, named - 1) if 0 <= index < len(self._events)]
        if order and order[0] == named and self._events[named].media:
            return named
        found = next((index for index in order if self._has(index, quote)), None)
        if found is not None:
            return found
        others = sorted(
            range(len(self._events)), key=lambda each: (self._events[each].role == "model", abs(each - named))
        )
        found = next((index for index in others if self._has(index, quote, exactly=True)), None)
        if found is not None:
            return found
        return next((index for index in others[:_NEAREST] if self._has(index, quote)), None)

    def _has(self, index: int, quote: str, *, exactly: bool = False) -> bool:
        if index not in self._said:
            self._said[index] = Said(split(self._events[index].text)[0])
        return self._said[index].has(quote, exactly=exactly)
