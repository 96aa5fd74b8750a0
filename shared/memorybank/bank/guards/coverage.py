"""How much of what a fact says was said around its quote, by the words that the two share.

A fact of another conversation can still share a name and a word or two with this one. So the words that it is about are
counted: nearly half of them must be said around the quote, or nearly all of them somewhere. A fact of one or two such
words is left to the other checks. Words that run through the whole conversation, such as the names of those who speak,
are not counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from memorybank.bank.guards.said_numbers import has_number
from memorybank.bank.guards.said_words import Words, content_of, parts_of
from memorybank.languages.meanings.known import meanings_of
from memorybank.languages.meanings.sentence import sentence_of
from memorybank.languages.meanings.spelling import plain as fold
from memorybank.languages.meanings.values import same_in
from memorybank.ports.models import Event
from memorybank.text.recalled import split

_BEFORE, _AFTER = 2, 1
"""How many events before and after a quote count as around it: a question before, a confirmation after."""

_FEWEST_EVENTS, _COMMON = 8, 4
"""In a conversation of that many events, a word of every fourth is common."""

_ANYWHERE = 0.9
_LONGEST_FOR_SENSES = 8_000
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True)
class Coverage:
    """What was said in a conversation, event by event."""

    events: Sequence[Event]
    _near: dict[range, tuple[str, Words]] = field(default_factory=dict)

    def lacks(self, text: str, index: int, anywhere: Callable[[str], bool]) -> bool:
        """Tell whether too few of the words of a fact were said around the event that it quotes.

        `anywhere` tells whether a word was said at all. A fact with a number lacks nothing, nor
        does one in another language or in a script without spaces: neither can be compared by words alone.
        """
        if has_number(text) or _UNSPACED.search(text):
            return False
        content = [word for word in content_of(text) if not self._is_common(word)]
        around = self._around(index)
        if not _are_most(set(content) - self._literally(around), content):
            return False
        near, words = self._near_words(around)
        unsaid = [word for word in content if not words.know(word)]
        if not _are_most(unsaid, content) or meanings_of(text).code != meanings_of(near).code:
            return False
        if sum(map(anywhere, content)) >= _ANYWHERE * len(content):
            return False
        if len(near) > _LONGEST_FOR_SENSES:
            return True
        told, said = sentence_of(text, near), sentence_of(near, text)
        meant = {(word.kind, word.key) for word in said.words if word.kind != "silent"}
        senses = {word.form for word in told.words if (word.kind, word.key) in meant}
        has_value = any(same_in(value, said.values) for value in told.values if value.unit)
        return not has_value and _are_most([word for word in unsaid if fold(word) not in senses], content)

    def _around(self, index: int) -> range:
        return range(max(0, index - _BEFORE), min(len(self.events), index + _AFTER + 1))

    def _literally(self, around: range) -> set[str]:
        return {word for index in around for word in self._parts[index]}

    def _near_words(self, around: range) -> tuple[str, Words]:
        if around not in self._near:
            near = "\n".join(split(self.events[index].text)[0] for index in around)
            self._near[around] = near, Words(near)
        return self._near[around]

    def _is_common(self, word: str) -> bool:
        return len(self.events) >= _FEWEST_EVENTS and _COMMON * self._frequency[word] >= len(self.events)

    @cached_property
    def _frequency(self) -> Counter[str]:
        """In how many events each word is."""
        return Counter(word for parts in self._parts for word in parts)

    @cached_property
    def _parts(self) -> tuple[frozenset[str], ...]:
        return tuple(parts_of(split(event.text)[0]) for event in self.events)


def _are_most(unsaid: Collection[str], content: Sequence[str]) -> bool:
    said = len(content) - len(unsaid)
    return 2 * (said + 1) < len(content)
