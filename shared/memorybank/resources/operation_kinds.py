"""The kinds of long-running operations: their wire format, what finishes them, and what may stop them.

A kind has the name of the method that starts it. All code that distinguishes operations by kind reads this table. It is
plain data: the function that a worker runs is named as text and imported on first use.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class OperationKind:
    """One kind of operation.

    `response` names the message of a response (None: Empty), `metadata` that of the metadata (None: the kind's own).
    With `outcome_in_metadata`, the outcome is in the metadata, as a Struct, and the response is empty: no message that
    gapic knows has a place for it, and Google's SDK reads a response as a memory. Before that, it shows the progress.

    `finisher` is what a worker runs for it, as `module:function`; a `Delivery` is its only argument. None is for work
    that is done before the call is answered. With `runs_when_done`, it runs also for an operation that is done.
    Without `ends_on_failure`, no failure of a worker ends the operation: the sweep resumes it.

    With `answers_resource` the response is a resource that may end before the operation does: only its name is kept.

    One that `can_be_undone` keeps what it did to memories (`changes`).
    """

    name: str
    response: str | None = None
    metadata: str | None = None
    outcome_in_metadata: bool = False
    finisher: str | None = None
    answers_resource: bool = False
    cancellable: bool = True
    can_be_undone: bool = False
    ends_on_failure: bool = True
    runs_when_done: bool = False


_KINDS: dict[str, OperationKind] = {}
KINDS = MappingProxyType(_KINDS)
"""All kinds, by name."""


def register(kind: OperationKind) -> OperationKind:
    """Add a kind and return it; another one of the same name is a `ValueError`."""
    if _KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"two kinds of operations are named {kind.name}")
    return kind


def unregister(kind: OperationKind) -> None:
    """Remove a kind; its operations stay, and are shown like those of any unknown kind."""
    _KINDS.pop(kind.name, None)


def kind_of(name: str) -> OperationKind:
    """Return the kind with that name; for a name unknown to this version, a kind that nothing finishes."""
    return _KINDS.get(name) or OperationKind(name)


CREATE_ENGINE = register(OperationKind("CreateReasoningEngine", response="ReasoningEngine"))
UPDATE_ENGINE = register(OperationKind("UpdateReasoningEngine", response="ReasoningEngine"))
DELETE_ENGINE = register(
    OperationKind(
        "DeleteReasoningEngine",
        metadata="DeleteOperationMetadata",
        finisher="memorybank.bank.engines:finish_delete",
        cancellable=False,  # a half-deleted engine cannot be restored
        runs_when_done=True,  # a later task removes what calls have created meanwhile
    )
)
CREATE_MEMORY = register(OperationKind("CreateMemory", response="Memory", answers_resource=True))
UPDATE_MEMORY = register(OperationKind("UpdateMemory", response="Memory", answers_resource=True))
DELETE_MEMORY = register(OperationKind("DeleteMemory"))
ROLLBACK_MEMORY = register(
    OperationKind("RollbackMemory", response="Memory", metadata="UpdateMemoryOperationMetadata", answers_resource=True)
)
PURGE_MEMORIES = register(
    OperationKind(
        "PurgeMemories",
        # gapic has no PurgeMemoriesResponse and cannot read a list of operations with one in it; this has its field.
        response="PurgeArtifactsResponse",
        metadata="DeleteMemoryOperationMetadata",
        finisher="memorybank.handlers.purging:finish",
    )
)
REEMBED_MEMORIES = register(
    OperationKind("ReembedMemories", outcome_in_metadata=True, finisher="memorybank.bank.memories.reembedding:finish")
)
BATCH_CREATE_MEMORIES = register(
    OperationKind(
        "BatchCreateMemories", outcome_in_metadata=True, finisher="memorybank.bank.memories.batch_create:finish"
    )
)
GENERATE_MEMORIES = register(
    OperationKind(
        "GenerateMemories",
        response="GenerateMemoriesResponse",
        finisher="memorybank.bank.generation.finish:finish",
        can_be_undone=True,
    )
)
ROLLBACK_OPERATION = register(
    OperationKind(
        "RollbackOperation",
        response="GenerateMemoriesResponse",
        metadata="GenerateMemoriesOperationMetadata",
        finisher="memorybank.bank.generation.undo:finish",
        can_be_undone=True,
    )
)
INGEST_EVENTS = register(
    OperationKind(
        "IngestEvents",
        outcome_in_metadata=True,
        finisher="memorybank.bank.ingestion.flush:wake",
        # Waiting events must not be lost: only the flush of their stream ends the operation.
        cancellable=False,
        ends_on_failure=False,
        runs_when_done=True,  # its task may be the timer of the stream's next operation
    )
)
CREATE_SESSION = register(OperationKind("CreateSession", response="Session", answers_resource=True))
DELETE_SESSION = register(OperationKind("DeleteSession", metadata="DeleteOperationMetadata"))
