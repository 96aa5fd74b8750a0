"""The guard for the words of a fact: its numbers, names, negation and subject must be those of the conversation.

A quote proves only that something was said. This guard compares the fact itself with what was said, in any language: a
number, date or name must occur in the conversation, a negation must be that of the quote, and a fact about something
that nobody mentioned, or in mostly other words than those around its quote, is refused. Dates may differ where the
conversation has times, as models resolve "yesterday".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from memorybank.bank.guards import said_numbers
from memorybank.bank.guards.coverage import Coverage
from memorybank.bank.guards.exchanged import Things, is_elsewhere, is_of_another
from memorybank.bank.guards.polarity import contradicts
from memorybank.bank.guards.refusals import Judged, Refusal
from memorybank.bank.guards.said_words import Words, abbreviated, content_of, is_swapped, names_of
from memorybank.languages.language import words
from memorybank.languages.meanings.sentence import sentence_of
from memorybank.languages.meanings.values import same_in
from memorybank.ports.models import ExtractedFact, ExtractionRequest, Intent
from memorybank.resources.topics import ManagedTopic
from memorybank.text.quotes import Sentences
from memorybank.text.recalled import split

_MANAGED = frozenset(topic.name for topic in ManagedTopic)
_REASONS = {
    "UNSAID_NUMBER": "The fact has a number or a date that was not said.",
    "UNSAID_NAME": "The fact has a name that was not said.",
    "UNSAID_NEGATION": "The fact denies what was said, or says what was denied.",
    "COPIED": "The fact is taken from known memories, not from the conversation.",
    "UNSAID_CONTENT": "The fact is about something that was not said.",
}
_SENTENCE_END = re.compile(r"(?<=[.!?\u2026])[\s\"')*_]+|[\n。\uff01\uff1f]+")
_TELLING = words("""
    live work named born cost due begin end marital pregnant diet dislike speak learn eat drink bought avoid allergic
    weigh height age stop change
""")
"""Senses that say what a statement is about."""

_MANY, _LEAST_SHARE = 5, 0.2
_MOST_SENTENCES = 3
_LONGEST_SENTENCES = 4_000
_MOST_VALUES = 64
_EVENTS_BEFORE, _LONGEST_NEAR = 2, 1_000
_SCRIPTS = tuple(
    re.compile(f"[{each}]")
    for each in (
        "a-zA-Z\u00c0-\u024f", "\u0370-\u03ff", "\u0400-\u04ff", "\u0590-\u05ff", "\u0600-\u06ff", "\u0900-\u0dff",
        "\u0e00-\u0e7f", "\u3040-\u30ff\u3400-\u9fff", "\uac00-\ud7a3",
    )
)  # fmt: skip


@dataclass(frozen=True)
class _Said:
    """What was said in a conversation."""

    request: ExtractionRequest
    _sentences: dict[int, Sentences] = field(default_factory=dict)

    @cached_property
    def words(self) -> Words:
        """The words, also those of recalled and known memories: "she" is somebody whom the bank knows."""
        return Words(self._all)

    @cached_property
    def conversation(self) -> Words:
        """The words of the conversation alone."""
        return Words(self._events)

    @cached_property
    def known(self) -> tuple[tuple[Words, said_numbers.Numbers], ...]:
        """The words and numbers of each memory that was shown beside the conversation."""
        return tuple((Words(text), said_numbers.Numbers(text, frozenset())) for text in self.request.known)

    @cached_property
    def numbers(self) -> said_numbers.Numbers:
        """The numbers, and the years that may be meant by words such as "last year"."""
        years = frozenset(event.time.year for event in self.request.events if event.time is not None)
        return said_numbers.Numbers(self._events, years)

    @cached_property
    def things(self) -> Things:
        """The things that were said, also those of known memories."""
        return Things(self._all, self.words)

    @cached_property
    def coverage(self) -> Coverage:
        """What was said around each event."""
        return Coverage(self.request.events)

    @cached_property
    def _all(self) -> str:
        described = [topic.description for topic in self.request.topics]
        return "\n".join([self._events, *described, *self.request.known])

    @cached_property
    def _events(self) -> str:
        return "\n".join(event.text for event in self.request.events)

    def near(self, fact: ExtractedFact) -> str:
        """Return what was said around a quote: its event, or its sentence if that is long, and the events before."""
        index = fact.event or 0
        own = split(self.request.events[index].text)[0]
        before = self.request.events[max(0, index - _EVENTS_BEFORE) : index]
        ends = [split(event.text)[0][-_LONGEST_NEAR:] for event in before]
        return "\n".join([*ends, own if len(own) <= _LONGEST_NEAR else self.sentence(fact)])

    def sentence(self, fact: ExtractedFact) -> str:
        """Return the sentences in which the quote of a fact stands, the quote itself if they are many or long."""
        index = fact.event or 0
        if index not in self._sentences:
            text = split(self.request.events[index].text)[0]
            self._sentences[index] = Sentences([part for part in _SENTENCE_END.split(text) if part.strip()])
        found = self._sentences[index].around(fact.quote)
        joined = "\n".join(found) if len(found) <= _MOST_SENTENCES else ""
        return joined if 0 < len(joined) <= _LONGEST_SENTENCES else fact.quote


def drop_unfounded(request: ExtractionRequest, facts: Sequence[ExtractedFact]) -> Judged:
    """Refuse facts that say something which the conversation does not.

    Not checked are requests to forget, facts of media, of examples and of models that give no evidence.
    """
    judged = Judged([], [])
    said = _Said(request)
    shown = {fact for example in request.examples for fact, _ in example.facts}
    for fact in facts:
        kind = None if _is_exempt(request, fact) or fact.fact in shown else _unfounded(fact, said)
        if kind:
            judged.refused.append(Refusal(kind, _REASONS[kind], fact.event))
        else:
            judged.kept.append(fact)
    return judged


def _is_exempt(request: ExtractionRequest, fact: ExtractedFact) -> bool:
    if fact.event is None or fact.intent is Intent.FORGET:
        return True
    return not 0 <= fact.event < len(request.events) or bool(request.events[fact.event].media)


def _unfounded(fact: ExtractedFact, said: _Said) -> str | None:
    """Return the kind of what a fact says and the conversation does not, None if there is no such thing."""
    text = abbreviated(fact.fact, said.words)
    if not said.numbers.have(text) and not said.numbers.have(_converted(text, said.near(fact))):
        return "UNSAID_NUMBER"
    if _is_copied(fact, text if fact.profile is None else str(fact.profile.value), said):
        return "COPIED"
    # The value of a profile may be one of the schema's own words.
    return _unsaid(text, fact, said) if fact.profile is None else None


def _converted(text: str, near: str) -> str:
    """Return a fact without the values that were said in another unit: 90 minutes for one and a half hours."""
    said = sentence_of(near, text).values
    told = [value for value in sentence_of(text, near).values if value.unit]
    for value in told if len(said) <= _MOST_VALUES else ():
        if same_in(value, said):
            text = re.sub(rf"(?<![\d.,]){re.escape(f'{value.amount:f}')}(?![\d.,]*\d)", " ", text)
    return text


def _unsaid(text: str, fact: ExtractedFact, said: _Said) -> str | None:
    """Return the kind of the words of a fact that the conversation does not bear out."""
    if not all(said.words.know(name) or _is_maker(name, text, said.words) for name in names_of(text)):
        return "UNSAID_NAME"
    sentence = said.sentence(fact)
    if contradicts(text, sentence):
        return "UNSAID_NEGATION"
    if not set(fact.topics) <= _MANAGED:
        return None
    if (
        _is_foreign(text, fact, said)
        or said.coverage.lacks(text, fact.event or 0, said.words.know)
        or _is_exchanged(text, fact, said)
    ):
        return "UNSAID_CONTENT"
    return None


def _is_maker(name: str, text: str, said: Words) -> bool:
    """Tell whether a name stands before one that was said, as that of a maker does: "Google Pixel 8a"."""
    after = re.search(rf"(?<!\w){re.escape(name)} ([A-Z]\w*(?: [A-Z]?\d\w*)?)", text)
    if after is None or not re.search(r"\d", after[1]):
        return False
    return all(said.know(part) for part in re.findall(r"[^\W\d_]{2,}", after[1]))


def _is_exchanged(text: str, fact: ExtractedFact, said: _Said) -> bool:
    """Tell whether a fact has something else in the place of what was said."""
    sentence = said.sentence(fact)
    negated = sentence_of(text, sentence).negates or sentence_of(sentence, text).negates
    return (
        is_swapped(text, sentence, said.words)
        or said.things.exclude(text, said.near(fact), negated=negated)
        or said.things.lack_code(text)
        or said.things.lack_identifier(text)
        or said.things.reverse(text)
        or is_of_another(text, sentence)
        or is_elsewhere(text, sentence, said.words)
    )


def _is_copied(fact: ExtractedFact, text: str, said: _Said) -> bool:
    """Tell whether a fact says what a known memory says, or nothing of what the conversation does."""
    if not said.known:
        return False
    content = [*content_of(text), *names_of(text)]
    unsaid = [word for word in content if not said.conversation.know(word)]
    if not unsaid:
        return False
    if any(all(map(words.know, content)) and numbers.have(text) for words, numbers in said.known):
        return True
    return set(fact.topics) <= _MANAGED and unsaid == content and not said_numbers.has_number(text)


def _is_foreign(text: str, fact: ExtractedFact, said: _Said) -> bool:
    """Tell whether (nearly) nothing of what a fact is about was said; a number or name in common is enough."""
    content = content_of(text)
    if said_numbers.has_number(text) or names_of(text):
        return False
    known = sum(said.words.know(word) for word in content)
    few = len(content) >= _MANY and known < _LEAST_SHARE * len(content)
    foreign = bool(content) and (known == 0 or few) and not said.words.know_kana(text)
    if not foreign:
        return False
    near = said.near(fact)
    return _has_script_of(text, near) and not _meanings(text, near) & _meanings(near, text)


def _meanings(text: str, beside: str) -> frozenset[tuple[str, str]]:
    """Return what the words of a text stand for, as far as it is more than a way of saying something."""
    found = sentence_of(text, beside).words
    return frozenset((word.kind, word.key) for word in found if word.kind == "person" or word.key in _TELLING)


def _has_script_of(text: str, near: str) -> bool:
    """Tell whether a text is written in a script that the other one has: words of others cannot be compared."""
    return any(script.search(text) and script.search(near) for script in _SCRIPTS)
