"""The messages of each method: what its body holds and what it answers. Only the description of the API reads them.

A method that answers an operation has its answer in `rpcs`. One that is missing here always refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from memorybank.resources import operation_kinds as kinds
from memorybank.resources.engine import DeleteEngineRequest, ReasoningEngine
from memorybank.resources.erasure import EraseMemoriesRequest, ErasureReceipt
from memorybank.resources.explanation import MemoryExplanation
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.ingestion import IngestEventsRequest
from memorybank.resources.memory import Memory, MemoryRevision, ReembedMemoriesRequest
from memorybank.resources.operation import RetryOperationRequest, RollbackOperationRequest
from memorybank.resources.profiles import Profile, RetrieveProfilesRequest
from memorybank.resources.retrieval import (
    PurgeMemoriesRequest,
    RetrievedMemory,
    RetrieveMemoriesRequest,
    RollbackMemoryRequest,
)
from memorybank.resources.session import Session, SessionEvent
from memorybank.resources.transfer import BatchCreateMemoriesRequest, MemoryRecord
from memorybank.resources.wire import WireModel


@dataclass(frozen=True)
class Page:
    """An answer with a list of messages in `field`, and `nextPageToken` if there are more."""

    field: str
    item: type[WireModel] | str


@dataclass(frozen=True)
class Named:
    """An answer with a map of messages in `field`, by name."""

    field: str
    item: type[WireModel]


@dataclass(frozen=True)
class Messages:
    """The body of a method, None if it takes none, and its answer, None for an empty object.

    An answer without a model of its own is named as text: see `SHAPES` in `openapi_schemas`. With `optional`, the body
    may be left out. With `paged`, the answer has a `nextPageToken` beside its fields.
    """

    body: type[WireModel] | None = None
    answer: type[WireModel] | Page | Named | str | None = None
    optional: bool = False
    paged: bool = False


MESSAGES: Mapping[str, Messages] = {
    kinds.CREATE_ENGINE.name: Messages(ReasoningEngine, optional=True),
    "GetReasoningEngine": Messages(answer=ReasoningEngine),
    "ListReasoningEngines": Messages(answer=Page("reasoningEngines", ReasoningEngine)),
    kinds.UPDATE_ENGINE.name: Messages(ReasoningEngine),
    kinds.DELETE_ENGINE.name: Messages(DeleteEngineRequest, optional=True),
    "GetLocation": Messages(answer="Location"),
    "ListLocations": Messages(answer=Page("locations", "Location")),
    kinds.GENERATE_MEMORIES.name: Messages(GenerateMemoriesRequest),
    kinds.INGEST_EVENTS.name: Messages(IngestEventsRequest),
    kinds.BATCH_CREATE_MEMORIES.name: Messages(BatchCreateMemoriesRequest),
    "ExportMemories": Messages(answer=Page("memories", MemoryRecord)),
    kinds.CREATE_MEMORY.name: Messages(Memory),
    "GetMemory": Messages(answer=Memory),
    "ListMemories": Messages(answer=Page("memories", Memory)),
    "ExplainMemory": Messages(answer=MemoryExplanation, paged=True),
    kinds.UPDATE_MEMORY.name: Messages(Memory),
    kinds.DELETE_MEMORY.name: Messages(),
    kinds.PURGE_MEMORIES.name: Messages(PurgeMemoriesRequest),
    "EraseMemories": Messages(EraseMemoriesRequest, ErasureReceipt),
    kinds.REEMBED_MEMORIES.name: Messages(ReembedMemoriesRequest, optional=True),
    "ListScopes": Messages(answer=Page("scopes", "ScopeSummary")),
    "ListWaiting": Messages(answer="Waiting"),
    "RetrieveMemories": Messages(RetrieveMemoriesRequest, Page("retrievedMemories", RetrievedMemory)),
    "RetrieveProfiles": Messages(RetrieveProfilesRequest, Named("profiles", Profile)),
    kinds.ROLLBACK_MEMORY.name: Messages(RollbackMemoryRequest),
    "GetMemoryRevision": Messages(answer=MemoryRevision),
    "ListMemoryRevisions": Messages(answer=Page("memoryRevisions", MemoryRevision)),
    kinds.CREATE_SESSION.name: Messages(Session),
    "GetSession": Messages(answer=Session),
    "ListSessions": Messages(answer=Page("sessions", Session)),
    "UpdateSession": Messages(Session, Session),
    kinds.DELETE_SESSION.name: Messages(),
    "AppendEvent": Messages(SessionEvent),
    "ListEvents": Messages(answer=Page("sessionEvents", SessionEvent)),
    "GetOperation": Messages(answer="Operation"),
    "ListOperations": Messages(answer=Page("operations", "Operation")),
    "DeleteOperation": Messages(),
    "CancelOperation": Messages(),
    "WaitOperation": Messages(answer="Operation"),
    "RetryOperation": Messages(RetryOperationRequest, "Operation", optional=True),
    kinds.ROLLBACK_OPERATION.name: Messages(RollbackOperationRequest, optional=True),
}
"""The messages of the methods that are served, by the method's name."""
