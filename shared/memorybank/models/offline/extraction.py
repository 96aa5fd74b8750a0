"""Extraction by rules: sentences that state something worth remembering, under the requested topics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from memorybank.languages.function_words import FUNCTION_WORDS
from memorybank.languages.kinds import DETAIL, INSTRUCTION, PERSONAL, PREFERENCE
from memorybank.models.offline import lexicon, reading
from memorybank.models.offline.attributes import attribute_of
from memorybank.models.offline.decisions import contradicts
from memorybank.models.offline.person import third_person
from memorybank.models.offline.profiles import profile_fields
from memorybank.models.offline.sentences import sentences
from memorybank.models.offline.text import content, normalised, root, tokens
from memorybank.ports.models import Event, Example, ExtractedFact, ExtractionRequest, Intent, Topic
from memorybank.text.recalled import split

MAX_FACTS = 100
"""The most facts of one call; what comes later in the conversation is left out."""

MAX_SENTENCE = 2048
"""The longest sentence that is read, in characters; longer ones are skipped, never cut."""

_SHORTEST_WORD = 4
_ROOT = 6
_CJK_PAIR = 2
_REASONS = {
    PREFERENCE: "The user stated a preference.",
    PERSONAL: "The user stated something about themselves.",
    DETAIL: "The conversation tells of a plan, a decision or an outcome.",
    INSTRUCTION: "The user gave an instruction for the future.",
}


def extract(request: ExtractionRequest) -> list[ExtractedFact]:
    """Return at most `MAX_FACTS` facts in the order of the conversation, none twice."""
    found: dict[tuple[str, Intent], ExtractedFact] = {}
    for fact in _facts(request):
        found.setdefault((normalised(fact.fact), fact.intent), fact)
        if len(found) == MAX_FACTS:
            break
    return [*_last_versions(list(found.values())), *profile_fields(request)][:MAX_FACTS]


def _last_versions(facts: list[ExtractedFact]) -> list[ExtractedFact]:
    """Return the facts without those that a later one of the same conversation corrects."""
    attributes = [attribute_of(fact.fact) if fact.intent is Intent.REMEMBER else None for fact in facts]
    last = {each.key: each for each in attributes if each is not None and each.sure}
    return [
        fact
        for fact, own in zip(facts, attributes, strict=True)
        if own is None or not own.sure or own is last[own.key] or not contradicts(last[own.key], own)
    ]


def _facts(request: ExtractionRequest) -> Iterator[ExtractedFact]:
    topics = _Topics(request)
    shown = _shown(request)
    for index, event in enumerate(request.events):
        if index in shown:
            yield from _as_shown(shown[index], event=event, index=index, topics=topics)
        else:
            yield from _read(event, request, index=index, topics=topics)


def _read(event: Event, request: ExtractionRequest, *, index: int, topics: _Topics) -> Iterator[ExtractedFact]:
    read = _reader(event, monologue=request.monologue)
    seen: set[str] = set()
    for sentence in sentences(split(event.text)[0]):
        if len(sentence) > MAX_SENTENCE or sentence in seen:
            continue
        seen.add(sentence)
        for each in read(sentence):
            keys = topics.of(each) if each.fact else ()
            if keys:
                fact = (
                    third_person(each.fact) if request.third_person and (each.english or not each.kinds) else each.fact
                )
                yield ExtractedFact(fact, keys, each.intent, _reason(each, keys), index, sentence)


def _reader(event: Event, *, monologue: bool) -> Callable[[str], list[reading.Reading]]:
    if event.role == "model":
        return reading.of_the_assistant
    if monologue:
        return lambda sentence: reading.of_the_assistant(sentence) or list(reading.of_the_user(sentence))
    return lambda sentence: list(reading.of_the_user(sentence))


def _reason(each: reading.Reading, keys: tuple[str, ...]) -> str:
    if each.intent is Intent.FORGET:
        return "The user asked to forget this."
    if INSTRUCTION in each.kinds and len(each.kinds) > 1:
        return "The user asked to remember this."
    kind = next((kind for kind in _REASONS if kind in each.kinds and kind in keys), None)
    return _REASONS[kind] if kind else f"The statement fits the topic {keys[0]}."


class _Topics:
    """The topics of a request, by the words that fit them."""

    def __init__(self, request: ExtractionRequest) -> None:
        self._topics = request.topics
        self._words = {
            topic.key: _topic_words(topic, request.examples) for topic in request.topics if not topic.managed
        }

    def of(self, each: reading.Reading) -> tuple[str, ...]:
        """Return the keys of the topics that a reading fits, in the order of the request."""
        words = _subject(each.fact) if self._words else frozenset()
        return tuple(dict.fromkeys(topic.key for topic in self._topics if self._fits(topic, each.kinds, words)))

    def _fits(self, topic: Topic, kinds: tuple[str, ...], words: frozenset[str]) -> bool:
        return topic.key in kinds if topic.managed else not words.isdisjoint(self._words[topic.key])

    def kept(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Return the keys that are topics of the request."""
        return tuple(topic.key for topic in self._topics if topic.key in keys)


def _topic_words(topic: Topic, examples: tuple[Example, ...]) -> frozenset[str]:
    label = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-./]+", " ", topic.key)
    labelled = [fact for example in examples for fact, keys in example.facts if topic.key in keys]
    return _subject("\n".join([label, topic.description, *labelled]))


def _subject(text: str) -> frozenset[str]:
    ignored = FUNCTION_WORDS | lexicon.GENERIC_TOPIC_WORDS
    words = {root(token)[:_ROOT] for token in tokens(text) if len(token) >= _SHORTEST_WORD and token not in ignored}
    pairs = {part for part in content(text) if len(part) >= _CJK_PAIR and ord(part[0]) > ord("\u3000")}
    return frozenset(words | pairs)


def _shown(request: ExtractionRequest) -> dict[int, tuple[Example, bool]]:
    """Return, per event that an example shows, the example, and whether the event is the first of it."""
    if not request.examples:
        return {}
    spoken = [normalised(event.text) for event in request.events]
    found: dict[int, tuple[Example, bool]] = {}
    for example in request.examples:
        wanted = [normalised(event.text) for event in example.events]
        starts = range(len(spoken) - len(wanted) + 1) if any(wanted) else range(0)
        for start in starts:
            span = range(start, start + len(wanted))
            if spoken[start : span.stop] == wanted and found.keys().isdisjoint(span):
                found.update({index: (example, index == start) for index in span})
    return found


def _as_shown(shown: tuple[Example, bool], *, event: Event, index: int, topics: _Topics) -> Iterator[ExtractedFact]:
    example, first = shown
    fact = ExtractedFact("", context="An example shows what to remember of these words.", event=index, quote=event.text)
    for text, keys in example.facts if first else ():
        kept = topics.kept(keys)
        if kept or not keys:
            yield replace(fact, fact=text, topics=kept)
