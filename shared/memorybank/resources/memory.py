"""The memory and its revisions."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from memorybank.resources.profiles import StructuredContent
from memorybank.resources.scopes import Scope
from memorybank.resources.topics import MemoryTopicId
from memorybank.resources.wire import (
    Bool,
    Double,
    PositiveDuration,
    Timestamp,
    WireModel,
    at_most,
    at_most_one,
    named_enum,
    refuse,
    refuse_any,
)

MAX_FACT = 2048
"""The most characters of a fact: our limit."""

MAX_PAIRS = 64
"""The most metadata entries or labels: our limit."""


def _not_blank(fact: str) -> str:
    if not fact.strip():
        raise ValueError("must not be blank")
    return fact


Fact = Annotated[str, Field(max_length=MAX_FACT), AfterValidator(_not_blank)]
Labels = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=64)], Annotated[str, Field(max_length=256)]],
    at_most(MAX_PAIRS),
]


class MemoryType(IntEnum):
    """How a memory is shaped."""

    NATURAL_LANGUAGE_COLLECTION = 1
    STRUCTURED_PROFILE = 3


class MetadataValue(WireModel):
    """One typed value of a memory's metadata."""

    string_value: Annotated[str, Field(max_length=1024)] | None = None
    double_value: Double | None = None
    bool_value: Bool | None = None
    timestamp_value: Timestamp | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            refuse(("", "exactly one of stringValue, doubleValue, boolValue and timestampValue must be given"))
        return self


Metadata = Annotated[dict[Annotated[str, Field(min_length=1, max_length=128)], MetadataValue], at_most(MAX_PAIRS)]


class RevisionOptions(WireModel):
    """What a request may say of the revisions it makes."""

    revision_expire_time: Timestamp | None = None
    revision_ttl: PositiveDuration | None = None
    disable_memory_revisions: Bool = False
    revision_labels: Labels = {}

    @model_validator(mode="after")
    def _one_life(self) -> Self:
        refuse_any(at_most_one(self, "revision_ttl", "revision_expire_time"))
        return self


class Memory(RevisionOptions):
    """A fact about a scope. Revision options and `ttl` are input only; names and times of change are output only."""

    name: str | None = None
    display_name: Annotated[str, Field(max_length=128)] | None = None
    description: Annotated[str, Field(max_length=2048)] | None = None
    fact: Annotated[str, Field(max_length=MAX_FACT)] | None = None
    scope: Scope | None = None
    topics: Annotated[list[MemoryTopicId], Field(max_length=MAX_PAIRS)] = []
    metadata: Metadata = {}
    context: str | None = None
    memory_type: Annotated[str, named_enum(MemoryType)] | None = None
    structured_content: StructuredContent | None = None
    create_time: Timestamp | None = None
    update_time: Timestamp | None = None
    expire_time: Timestamp | None = None
    ttl: PositiveDuration | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        # On output only expire_time is there.
        refuse_any(at_most_one(self, "ttl", "expire_time"))
        return self


class ReembedMemoriesRequest(WireModel):
    """Asks that memories be embedded by the engine's present model: there is nothing to choose."""


class ExtractedMemory(WireModel):
    """What was extracted from a conversation and led to a revision, and why."""

    fact: str
    context: str | None = None
    structured_data: dict[str, Any] | None = None


class MemoryRevision(WireModel):
    """An immutable snapshot of a memory after one change. A deletion leaves one without a fact.

    `labels` are exactly those of the request. `produced_by` names the prompt and the model of each step (`extraction`,
    `consolidation`) that led to the change; Google's message has no such field.
    """

    name: str
    fact: str | None = None
    create_time: Timestamp
    expire_time: Timestamp
    labels: dict[str, str] = {}
    produced_by: dict[str, str] = {}
    structured_data: dict[str, Any] | None = None
    extracted_memories: list[ExtractedMemory] = []
