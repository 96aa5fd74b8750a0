"""The messages of GenerateMemories."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from memorybank.resources.content import MAX_EVENTS, ContentEvent
from memorybank.resources.memory import Fact, Metadata, RevisionOptions
from memorybank.resources.scopes import Scope
from memorybank.resources.topics import MemoryTopicId
from memorybank.resources.violations import SCOPE_REQUIRED
from memorybank.resources.wire import Bool, Timestamp, WireModel, at_most_one, named_enum, refuse_any


class MergeStrategy(IntEnum):
    """What happens to the metadata of a memory that is updated."""

    METADATA_MERGE_STRATEGY_UNSPECIFIED = 0
    OVERWRITE = 1
    MERGE = 2
    REQUIRE_EXACT_MATCH = 3


class DirectContentsSource(WireModel):
    """A conversation sent with the request."""

    events: Annotated[list[ContentEvent], Field(min_length=1, max_length=MAX_EVENTS)]


class DirectMemory(WireModel):
    """A fact that needs no extraction."""

    fact: Fact
    topics: Annotated[list[MemoryTopicId], Field(max_length=64)] = []


class DirectMemoriesSource(WireModel):
    """Facts that need no extraction, only consolidation."""

    direct_memories: Annotated[list[DirectMemory], Field(min_length=1, max_length=5)]


class VertexSessionSource(WireModel):
    """A stored session to extract from."""

    session: Annotated[str, Field(min_length=1)]
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be an IANA time zone, such as Europe/Paris") from None
    return name


class GenerationOptions(RevisionOptions):
    """The scope and options of a generation: the part of a request that is needed after its source has been read."""

    scope: Scope | None = None
    disable_consolidation: Bool = False
    metadata: Metadata | None = None
    metadata_merge_strategy: Annotated[str, named_enum(MergeStrategy)] | None = None


class GenerateMemoriesRequest(GenerationOptions):
    """A request to generate memories for a scope from exactly one source."""

    vertex_session_source: VertexSessionSource | None = None
    direct_contents_source: DirectContentsSource | None = None
    direct_memories_source: DirectMemoriesSource | None = None
    allowed_topics: Annotated[list[MemoryTopicId], Field(max_length=64)] = []
    time_zone: Annotated[str, Field(max_length=64), AfterValidator(_known_zone)] = "UTC"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        sources = ("vertex_session_source", "direct_contents_source", "direct_memories_source")
        found = at_most_one(self, *sources)
        if all(getattr(self, source) is None for source in sources):
            right = "one of directContentsSource, directMemoriesSource and vertexSessionSource is required"
            found.append(("source", right))
        if self.scope is None and self.vertex_session_source is None:
            found.append(("scope", SCOPE_REQUIRED))
        refuse_any(found)
        return self

    def options(self) -> GenerationOptions:
        """Return the request without its source."""
        fields = {field: getattr(self, field) for field in GenerationOptions.model_fields}
        return GenerationOptions.model_construct(**fields)


class MemoryReference(WireModel):
    """The name of a memory that a generation changed."""

    name: str


class GeneratedMemoryChange(WireModel):
    """One memory that a generation created, updated or deleted."""

    memory: MemoryReference
    action: str
    previous_revision: str | None = None


class GenerateMemoriesResponse(WireModel):
    """All memories that a generation changed."""

    generated_memories: list[GeneratedMemoryChange] = []
