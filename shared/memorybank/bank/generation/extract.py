"""The second step of a generation: extract facts from its conversation, check them, and store them on the operation."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from memorybank.bank.generation.reference import known_memories
from memorybank.bank.guards.judge import judge_facts
from memorybank.bank.guards.refusals import LeftOut, counts_by_kind, tally
from memorybank.bank.memories import profiles
from memorybank.bank.ports import Ports
from memorybank.errors import Internal, InvalidArgument
from memorybank.ports.models import (
    Event,
    Example,
    ExtractedFact,
    ExtractionRequest,
    Media,
    Topic,
)
from memorybank.resources.config import CustomizationConfig, MemoryBankConfig
from memorybank.resources.content import Content, ContentEvent
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.memory import MAX_FACT
from memorybank.resources.names import EngineName
from memorybank.resources.topics import ManagedTopic

_log = logging.getLogger(__name__)
_DIRECT = "The request gave it as a memory."

_USERS = frozenset({"user", "human"})
"""The roles of users. Google has only "user" and "model"; other frameworks use other names for both."""

_MODEL = "model"

MAX_FACTS = 200
"""The most facts of one generation, which must fit one commit."""


@dataclass(frozen=True)
class Extraction:
    """The facts of a request, and the model's other facts, which the guards refused."""

    facts: list[ExtractedFact]
    left_out: tuple[LeftOut, ...] = ()


def extract(
    ports: Ports, engine: EngineName, *, config: MemoryBankConfig, request: GenerateMemoriesRequest
) -> Extraction:
    """Return the facts of a request, with at most one model call; direct memories need none."""
    if request.direct_memories_source is not None:
        memories = request.direct_memories_source.direct_memories
        return Extraction(
            [
                ExtractedFact(memory.fact.strip(), topics=tuple(topic.key for topic in memory.topics), context=_DIRECT)
                for memory in memories
            ]
        )
    source = request.direct_contents_source
    customization = config.customization_for(request.scope or {})
    said = [event for event in source.events if _is_told(_turn(event.content))] if source else []
    monologue = bool(said) and all((event.content.role or "user").lower() == _MODEL for event in said)
    events = tuple(_event(event, speaker="user" if monologue else None) for event in said)
    topics = _topics(customization, allowed={topic.key for topic in request.allowed_topics})
    if customization.disable_natural_language_memories:
        topics = ()
    schemas = profiles.schemas_for(config, request.scope or {})
    if not events or not (topics or schemas):
        return Extraction([])
    asked = ExtractionRequest(
        events=events,
        topics=topics,
        examples=_examples(customization),
        third_person=customization.enable_third_person_memories,
        time_zone=request.time_zone,
        model=config.generation_config.model if config.generation_config else None,
        schemas=schemas,
        monologue=monologue,
        known=known_memories(ports, engine, config=config, request=request, events=events),
    )
    kept, refused = judge_facts(asked, ports.model.extract(asked))
    left_out = tally(refused)
    if left_out:
        _log.warning("facts were left out", extra={"left_out": counts_by_kind(left_out), "kept": len(kept)})
    return Extraction(_timed(_checked(kept, topics), events), left_out)


def _timed(facts: list[ExtractedFact], events: Sequence[Event]) -> list[ExtractedFact]:
    """Give each fact the time of its event, or else the latest time of the conversation."""
    latest = max((event.time for event in events if event.time), default=None)
    return [replace(fact, said=_time_of(fact.event, events) or latest) for fact in facts]


def _time_of(index: int | None, events: Sequence[Event]) -> datetime | None:
    return events[index].time if index is not None and 0 <= index < len(events) else None


def _checked(facts: list[ExtractedFact], topics: tuple[Topic, ...]) -> list[ExtractedFact]:
    if len(facts) > MAX_FACTS:
        raise InvalidArgument(
            f"{len(facts)} facts were found; one generation takes at most {MAX_FACTS}: split the conversation"
        )
    if any(len(fact.fact) > MAX_FACT or not fact.fact.strip() for fact in facts):
        raise Internal(f"the model returned a fact that is blank or longer than {MAX_FACT} characters")
    known = {topic.key for topic in topics}
    return [
        replace(fact, fact=fact.fact.strip(), topics=tuple(key for key in fact.topics if key in known))
        for fact in facts
    ]


def _topics(customization: CustomizationConfig, *, allowed: set[str]) -> tuple[Topic, ...]:
    """Return the topics to extract: the configured ones, or the four managed ones, limited to what a request allows."""
    found = [
        Topic(
            key=topic.key,
            managed=topic.managed_memory_topic is not None,
            description=topic.custom_memory_topic.description if topic.custom_memory_topic else "",
        )
        for topic in customization.memory_topics
    ] or [Topic(key=topic.name, managed=True) for topic in ManagedTopic]
    return tuple(topic for topic in found if not allowed or topic.key in allowed)


def _examples(customization: CustomizationConfig) -> tuple[Example, ...]:
    return tuple(
        Example(
            events=tuple(_turn(event.content) for event in example.conversation_source.events),
            facts=tuple(
                (memory.fact, tuple(topic.key for topic in memory.topics)) for memory in example.generated_memories
            ),
        )
        for example in customization.generate_memories_examples
    )


def _is_told(turn: Event) -> bool:
    return bool(turn.text or turn.media)


def _event(event: ContentEvent, *, speaker: str | None) -> Event:
    turn = _turn(event.content)
    return Event(speaker or turn.role, turn.text, media=turn.media, time=event.event_time)


def _turn(content: Content) -> Event:
    """Return a turn with its text and media; thoughts, function calls and their responses are left out."""
    parts = [part for part in content.parts if not part.thought]
    media = [
        Media(part.inline_data.mime_type, data=part.inline_data.data) for part in parts if part.inline_data is not None
    ]
    media += [Media(part.file_data.mime_type or "", uri=part.file_data.file_uri) for part in parts if part.file_data]
    # Only the user speaks for the user: turns with a role such as system, tool or assistant are not the user's words.
    role = "user" if (content.role or "user").lower() in _USERS else "model"
    return Event(role, "\n".join(part.text for part in parts if part.text), media=tuple(media))
