"""Memory topics: what a fact is about."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from memorybank.resources.wire import WireModel, named_enum, refuse


class ManagedTopic(IntEnum):
    """The four topics that need no description."""

    USER_PERSONAL_INFO = 1
    USER_PREFERENCES = 2
    KEY_CONVERSATION_DETAILS = 3
    EXPLICIT_INSTRUCTIONS = 4


ManagedTopicName = Annotated[str, named_enum(ManagedTopic)]
TopicLabel = Annotated[str, Field(min_length=1, max_length=128)]


class MemoryTopicId(WireModel):
    """What a fact is about: one managed topic, or the label of a custom one."""

    managed_memory_topic: ManagedTopicName | None = None
    custom_memory_topic_label: TopicLabel | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.managed_memory_topic is None) == (self.custom_memory_topic_label is None):
            refuse(("", "exactly one of managedMemoryTopic and customMemoryTopicLabel must be given"))
        return self

    @property
    def key(self) -> str:
        """The managed topic's name or the custom topic's label."""
        return self.managed_memory_topic or self.custom_memory_topic_label or ""

    @classmethod
    def of(cls, key: str) -> MemoryTopicId:
        """Return the id of the topic with that key; the four managed names mean managed topics."""
        if key in ManagedTopic.__members__:
            return cls(managed_memory_topic=key)
        return cls(custom_memory_topic_label=key)


class ManagedMemoryTopic(WireModel):
    """A managed topic in a configuration."""

    managed_topic_enum: ManagedTopicName


class CustomMemoryTopic(WireModel):
    """A custom topic: a label and a description."""

    label: TopicLabel
    description: Annotated[str, Field(min_length=1, max_length=8192)]


class MemoryTopic(WireModel):
    """A topic of a configuration."""

    managed_memory_topic: ManagedMemoryTopic | None = None
    custom_memory_topic: CustomMemoryTopic | None = None

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, value: Any) -> Any:
        """Accept {"managed_memory_topic": "X"}, as in Google's guides, in place of {"managed_topic_enum": "X"}."""
        if isinstance(value, dict):
            for key in ("managed_memory_topic", "managedMemoryTopic"):
                if isinstance(value.get(key), str):
                    return {**value, key: {"managedTopicEnum": value[key]}}
        return value

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.managed_memory_topic is None) == (self.custom_memory_topic is None):
            refuse(("", "exactly one of managedMemoryTopic and customMemoryTopic must be given"))
        return self

    @property
    def key(self) -> str:
        """The key by which facts refer to the topic."""
        if self.managed_memory_topic:
            return self.managed_memory_topic.managed_topic_enum
        return self.custom_memory_topic.label if self.custom_memory_topic else ""
