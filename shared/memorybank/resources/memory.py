"""The memory and its revisions."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from memorybank.resources.memory_fields import REQUEST_ONLY, MemoryField, Restored, defaults_of, fields_of
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


PartialDate = Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
"""A date of the precision that was said: "2021", "2021-03" or "2021-03-15"."""


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
    """The options of a request for the revisions that it creates."""

    revision_expire_time: Annotated[Timestamp | None, REQUEST_ONLY] = None
    revision_ttl: Annotated[PositiveDuration | None, REQUEST_ONLY] = None
    disable_memory_revisions: Annotated[Bool, REQUEST_ONLY] = False
    revision_labels: Annotated[Labels, REQUEST_ONLY] = {}

    @model_validator(mode="after")
    def _one_life(self) -> Self:
        refuse_any(at_most_one(self, "revision_ttl", "revision_expire_time"))
        return self


class Memory(RevisionOptions):
    """A fact about a scope. Revision options and `ttl` are input only; names and times of change are output only.

    So are `since` and `until`, which Google's message does not have: when the fact holds, as far as it says so.
    """

    name: Annotated[str | None, MemoryField()] = None
    display_name: Annotated[
        Annotated[str, Field(max_length=128)] | None, MemoryField(stored=True, updatable=True, restored=Restored.UNDO)
    ] = None
    description: Annotated[
        Annotated[str, Field(max_length=2048)] | None, MemoryField(stored=True, updatable=True, restored=Restored.UNDO)
    ] = None
    fact: Annotated[
        Annotated[str, Field(max_length=MAX_FACT)] | None,
        MemoryField(stored=True, updatable=True, restored=Restored.ROLLBACK, filters={"fact": "string"}),
    ] = None
    scope: Annotated[Scope | None, MemoryField(stored=True, filters={"scope": "json", "scope.*": "string"})] = None
    topics: Annotated[
        list[MemoryTopicId],
        Field(max_length=MAX_PAIRS),
        MemoryField(
            stored=True,
            updatable=True,
            restored=Restored.ROLLBACK,
            filters={"topics.managed_memory_topic": "list", "topics.custom_memory_topic_label": "list"},
        ),
    ] = []
    since: Annotated[
        PartialDate | None, MemoryField(stored=True, restored=Restored.ROLLBACK, own=True, filters={"since": "string"})
    ] = None
    until: Annotated[
        PartialDate | None, MemoryField(stored=True, restored=Restored.ROLLBACK, own=True, filters={"until": "string"})
    ] = None
    metadata: Annotated[Metadata, MemoryField(stored=True, updatable=True, restored=Restored.UNDO)] = {}
    context: Annotated[
        Annotated[str, Field(max_length=MAX_FACT)] | None,
        MemoryField(stored=True, updatable=True, restored=Restored.UNDO),
    ] = None
    memory_type: Annotated[Annotated[str, named_enum(MemoryType)] | None, MemoryField(stored=True)] = None
    structured_content: Annotated[
        StructuredContent | None, MemoryField(stored=True, restored=Restored.ROLLBACK, as_json=True)
    ] = None
    create_time: Annotated[Timestamp | None, MemoryField(stored=True, filters={"create_time": "timestamp"})] = None
    update_time: Annotated[Timestamp | None, MemoryField(stored=True, filters={"update_time": "timestamp"})] = None
    expire_time: Annotated[Timestamp | None, MemoryField(stored=True, updatable=True)] = None
    ttl: Annotated[PositiveDuration | None, MemoryField(updatable=True)] = None

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        # On output only expire_time is there.
        refuse_any(at_most_one(self, "ttl", "expire_time"))
        return self


FIELDS = fields_of(Memory)
"""What the bank does with each field of a memory."""

STORED = tuple(name for name, rule in FIELDS.items() if rule.stored)
"""The fields that are stored with a memory, and in the snapshots of its revisions."""

AS_JSON = tuple(name for name, rule in FIELDS.items() if rule.as_json)
"""The stored fields that are stored as JSON text."""

UPDATABLE = frozenset(name for name, rule in FIELDS.items() if rule.updatable)
"""The fields that an update may change."""

OWN = tuple(name for name, rule in FIELDS.items() if rule.own)
"""The fields that Google's message does not have; each is spelt alike on the wire."""

MAPS = frozenset({"metadata"})
"""Those of them that are free maps, whose keys an update may name one by one."""


_REQUEST_ONLY = [name for name, rule in FIELDS.items() if not rule.stored]


def without_request(memory: Memory, **values: Any) -> Memory:
    """Return a memory in stored form, without the fields that belong only to its request; `values` replace fields."""
    unset = defaults_of(Memory, _REQUEST_ONLY)
    return memory.model_copy(update=unset | values)


def restored_by(cause: Restored, memory: Memory) -> dict[str, Any]:
    """Return the fields that a rollback or an undo restores from `memory`, an earlier state; not its expiry time."""
    return {name: getattr(memory, name) for name, rule in FIELDS.items() if rule.restored >= cause}


class ReembedMemoriesRequest(WireModel):
    """Asks to reembed memories with the engine's current model; there are no options."""


class ExtractedMemory(WireModel):
    """What was extracted from a conversation and led to a revision, and why."""

    fact: str
    context: str | None = None
    structured_data: dict[str, Any] | None = None


class MemoryRevision(WireModel):
    """An immutable snapshot of a memory after one change. A deletion leaves one without a fact.

    `labels` are exactly those of the request. `produced_by` names the prompt and the model of each step (`extraction`,
    `consolidation`) that led to the change. `event_time` is when the fact behind the change was said, or else when the
    change was made. Google's message has neither of these two.
    """

    name: str
    fact: str | None = None
    create_time: Timestamp
    expire_time: Timestamp
    event_time: Timestamp
    labels: dict[str, str] = {}
    produced_by: dict[str, str] = {}
    context: str | None = None
    structured_data: dict[str, Any] | None = None
    extracted_memories: list[ExtractedMemory] = []
