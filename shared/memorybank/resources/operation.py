"""The long-running operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from memorybank.resources.wire import WireModel, format_timestamp

_TYPES = "type.googleapis.com/google.cloud.aiplatform"
_RESPONSES = {
    "CreateReasoningEngine": "ReasoningEngine",
    "UpdateReasoningEngine": "ReasoningEngine",
    "CreateMemory": "Memory",
    "UpdateMemory": "Memory",
    "RollbackMemory": "Memory",
    "GenerateMemories": "GenerateMemoriesResponse",
    "RollbackOperation": "GenerateMemoriesResponse",
    "CreateSession": "Session",
    # gapic knows no PurgeMemoriesResponse, and reads no list of operations with one in it; this has the same field.
    "PurgeMemories": "PurgeArtifactsResponse",
}
_METADATA = {
    "DeleteSession": "DeleteOperationMetadata",
    "PurgeMemories": "DeleteMemoryOperationMetadata",
    "DeleteReasoningEngine": "DeleteOperationMetadata",
    "RollbackMemory": "UpdateMemoryOperationMetadata",
    "RollbackOperation": "GenerateMemoriesOperationMetadata",
}
_TOLD_BY_METADATA = frozenset({"IngestEvents", "ReembedMemories"})
"""Kinds whose outcome no message that gapic knows has room for: it stands in their metadata, as a Struct. Google's SDK
shows that, while it reads a response as a memory. What there is of it before they are done says how far they are."""


class RollbackOperationRequest(WireModel):
    """Asks that everything be undone that an operation did: there is nothing to choose."""


@dataclass(frozen=True)
class Operation:
    """Work that may take longer than one answer, and its outcome. `kind` is the method, such as `GenerateMemories`.

    `response` and `error` are as they go on the wire; an operation that is done has exactly one of them. `usage` is
    what models were asked and billed for, per step; it is no part of the wire's operation.
    """

    name: str
    kind: str
    create_time: datetime
    update_time: datetime
    done: bool = False
    response: dict[str, Any] | None = None
    error: dict[str, Any] | None = field(default=None)
    usage: dict[str, Any] | None = field(default=None)

    def to_wire(self, version: str) -> dict[str, Any]:
        """Return the operation as API `version` ("v1" or "v1beta1") shows it.

        gapic's REST client insists on `@type`s that it knows and that are of the version it asked for.
        """
        wire: dict[str, Any] = {"name": self.name, "metadata": self._metadata(version)}
        if not self.done:
            return wire
        wire["done"] = True
        if self.error is not None:
            return wire | {"error": self.error}
        answer = _RESPONSES.get(self.kind)
        kind = f"{_TYPES}.{version}.{answer}" if answer else "type.googleapis.com/google.protobuf.Empty"
        return wire | {"response": {"@type": kind, **({} if self.kind in _TOLD_BY_METADATA else self.response or {})}}

    def _metadata(self, version: str) -> dict[str, Any]:
        generic = {
            "genericMetadata": {
                "createTime": format_timestamp(self.create_time),
                "updateTime": format_timestamp(self.update_time),
            }
        }
        if self.kind in _TOLD_BY_METADATA:
            return {
                "@type": "type.googleapis.com/google.protobuf.Struct",
                "value": {**generic, **(self.response or {})},
            }
        metadata = _METADATA.get(self.kind, f"{self.kind}OperationMetadata")
        return {"@type": f"{_TYPES}.{version}.{metadata}", **generic}
