"""The configuration of a memory bank, as an engine's `context_spec.memory_bank_config` carries it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from enum import IntEnum
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from memorybank.resources.content import Content
from memorybank.resources.memory import Fact, MemoryType
from memorybank.resources.profile_schemas import check_schema
from memorybank.resources.profiles import json_schema_of
from memorybank.resources.topics import MemoryTopic, MemoryTopicId
from memorybank.resources.wire import (
    Bool,
    Int64,
    PositiveDuration,
    WireModel,
    at_most_one,
    named_enum,
    refuse,
    refuse_any,
)

MINUTE = timedelta(seconds=60)
ScopeKeys = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^*]+$")]], Field(max_length=5)
]


class GranularTtlConfig(WireModel):
    """How long memories live, by the cause of the write; an unset field sets no expiry."""

    create_ttl: PositiveDuration | None = None
    generate_created_ttl: PositiveDuration | None = None
    generate_updated_ttl: PositiveDuration | None = None


class TtlConfig(WireModel):
    """The default lifetimes of memories and revisions."""

    default_ttl: PositiveDuration | None = None
    granular_ttl_config: GranularTtlConfig | None = None
    memory_revision_default_ttl: PositiveDuration | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        refuse_any(at_most_one(self, "default_ttl", "granular_ttl_config"))
        return self


class GenerationRule(WireModel):
    """When buffered events are turned into memories."""

    event_count: Annotated[Int64, Field(ge=1, le=1000)] | None = None
    idle_duration: PositiveDuration | None = None
    fixed_interval: PositiveDuration | None = None
    overlap_event_count: Annotated[Int64, Field(ge=0, le=1000)] | None = None

    @model_validator(mode="after")
    def _whole_minutes(self) -> Self:
        found = at_most_one(self, "idle_duration", "fixed_interval")
        for name, value in (("idleDuration", self.idle_duration), ("fixedInterval", self.fixed_interval)):
            if value is not None and value % MINUTE:
                found.append((name, "must be whole minutes, such as 60s"))
        refuse_any(found)
        return self


class GenerationTriggerConfig(WireModel):
    """The trigger of event streams."""

    generation_rule: GenerationRule | None = None


class GenerationConfig(WireModel):
    """The language model, by full resource name or bare."""

    model: Annotated[str, Field(min_length=1, max_length=512)] | None = None
    generation_trigger_config: GenerationTriggerConfig | None = None


class Ranking(IntEnum):
    """Which memories a similarity search returns, and in which order. Beyond Google's API."""

    HYBRID = 1
    """The most relevant of the nearest, by meaning and by words; returned nearest first."""
    RELEVANCE = 2
    """The same, returned most relevant first."""
    DISTANCE = 3
    """The nearest."""


class SimilaritySearchConfig(WireModel):
    """The embedding model, by full resource name or bare, and how results are ranked (HYBRID unless set)."""

    embedding_model: Annotated[str, Field(min_length=1, max_length=512)] | None = None
    ranking: Annotated[str, named_enum(Ranking)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.embedding_model is None and self.ranking is None:
            refuse(("embeddingModel", "is required, or ranking"))
        return self


class ConversationEvent(WireModel):
    """One turn of an example."""

    content: Content


class ConversationSource(WireModel):
    """The conversation of an example."""

    events: Annotated[list[ConversationEvent], Field(min_length=1, max_length=100)]


class GeneratedMemory(WireModel):
    """A memory that an example should produce."""

    fact: Fact
    topics: Annotated[list[MemoryTopicId], Field(max_length=64)] = []


class GenerateMemoriesExample(WireModel):
    """A few-shot example: a conversation and the memories that it should produce, possibly none."""

    conversation_source: ConversationSource
    generated_memories: Annotated[list[GeneratedMemory], Field(max_length=100)] = []


class ConsolidationConfig(WireModel):
    """How new facts are compared with what is known."""

    revisions_per_candidate_count: Annotated[Int64, Field(ge=1, le=10)] | None = None


class CustomizationConfig(WireModel):
    """What to remember for scopes that have all of `scope_keys`; without keys, for every other scope."""

    scope_keys: ScopeKeys = []
    memory_topics: Annotated[list[MemoryTopic], Field(max_length=64)] = []
    generate_memories_examples: Annotated[list[GenerateMemoriesExample], Field(max_length=64)] = []
    enable_third_person_memories: Bool = False
    disable_natural_language_memories: Bool = False
    consolidation_config: ConsolidationConfig | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        repeated = [key for key, count in Counter(topic.key for topic in self.memory_topics).items() if count > 1]
        refuse_any(("memoryTopics", f"{key} is given more than once") for key in repeated)
        return self


class SchemaConfig(WireModel):
    """The shape of one structured profile."""

    model_config = WireModel.model_config | {"populate_by_name": True}

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
    memory_schema: dict[str, Any] | None = Field(default=None, alias="schema")
    json_schema: dict[str, Any] | None = None
    memory_type: Annotated[str, named_enum(MemoryType)] | None = None

    @model_validator(mode="after")
    def _usable(self) -> Self:
        found = at_most_one(self, "memory_schema", "json_schema")
        if self.memory_schema is None and self.json_schema is None:
            found.append(("schema", "is required, or jsonSchema"))
        if self.memory_type not in (None, MemoryType.STRUCTURED_PROFILE.name):
            found.append(("memoryType", f"must be {MemoryType.STRUCTURED_PROFILE.name}"))
        refuse_any(found)
        check_schema(self.effective_schema, field="schema" if self.memory_schema is not None else "jsonSchema")
        return self

    @property
    def effective_schema(self) -> dict[str, Any]:
        """The JSON schema of the profile, in whichever field it was given."""
        return json_schema_of(self.memory_schema) if self.memory_schema is not None else dict(self.json_schema or {})


class StructuredMemoryConfig(WireModel):
    """Structured profiles, for scopes that have all of `scope_keys`."""

    scope_keys: ScopeKeys = []
    schema_configs: Annotated[list[SchemaConfig], Field(max_length=64)] = []

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        repeated = [key for key, count in Counter(each.id for each in self.schema_configs).items() if count > 1]
        refuse_any(("schemaConfigs", f"{key} is given more than once") for key in repeated)
        return self


_GUIDE_SPELLINGS = {
    ("ttlConfig", "granularTtl"): "granularTtlConfig",
    ("ttlConfig", "revisionTtl"): "memoryRevisionDefaultTtl",
    ("customizationConfigs", "consolidationCustomization"): "consolidationConfig",
}
"""Spellings from Google's guides that its API does not have; accepted, because people paste them."""


class MemoryBankConfig(WireModel):
    """The configuration of one bank. An empty one means the defaults."""

    generation_config: GenerationConfig | None = None
    similarity_search_config: SimilaritySearchConfig | None = None
    customization_configs: Annotated[list[CustomizationConfig], Field(max_length=64)] = []
    ttl_config: TtlConfig | None = None
    disable_memory_revisions: Bool = False
    structured_memory_configs: Annotated[list[StructuredMemoryConfig], Field(max_length=64)] = []

    @model_validator(mode="before")
    @classmethod
    def _guide_spellings(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {key: _respell(key, item) for key, item in value.items()}

    @model_validator(mode="after")
    def _one_config_per_keys(self) -> Self:
        counts = Counter(frozenset(config.scope_keys) for config in self.customization_configs)
        found = []
        for keys, count in counts.items():
            if count > 1 and not keys:
                found.append(("customizationConfigs", "only one configuration may be the default (have no scopeKeys)"))
            elif count > 1:
                found.append(("customizationConfigs", f"scopeKeys {sorted(keys)} stand in more than one configuration"))
        shaped = Counter(frozenset(config.scope_keys) for config in self.structured_memory_configs)
        found += [
            ("structuredMemoryConfigs", f"scopeKeys {sorted(keys)} stand in more than one configuration")
            for keys, count in shaped.items()
            if count > 1
        ]
        if found:
            refuse(*found)
        return self

    @property
    def embedding_model(self) -> str | None:
        """The configured embedding model, None for the default."""
        search = self.similarity_search_config
        return search.embedding_model if search else None

    @property
    def ranking(self) -> str:
        """The name of the configured `Ranking`."""
        search = self.similarity_search_config
        return (search and search.ranking) or Ranking.HYBRID.name

    def schemas_for(self, scope: Mapping[str, str]) -> tuple[SchemaConfig, ...]:
        """Return the profiles of a scope: of the configuration whose keys it has all of, the one with the most keys."""
        fitting = [config for config in self.structured_memory_configs if set(config.scope_keys) <= scope.keys()]
        best = max(fitting, key=lambda config: (len(set(config.scope_keys)), config.scope_keys), default=None)
        return tuple(best.schema_configs) if best else ()

    def customization_for(self, scope: Mapping[str, str]) -> CustomizationConfig:
        """Return the configuration whose keys the scope has all of; the one with the most keys wins."""
        fitting = [config for config in self.customization_configs if set(config.scope_keys) <= scope.keys()]
        return max(fitting, key=lambda config: (len(set(config.scope_keys)), config.scope_keys), default=_DEFAULT)


_DEFAULT = CustomizationConfig()


def _respell(field: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_respell(field, item) for item in value]
    if not isinstance(value, Mapping):
        return value
    flat = field.replace("_", "").lower()
    renames = {wrong.lower(): right for (parent, wrong), right in _GUIDE_SPELLINGS.items() if parent.lower() == flat}
    return {renames.get(key.replace("_", "").lower(), key): item for key, item in value.items()}
