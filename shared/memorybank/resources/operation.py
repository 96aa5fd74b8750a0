"""The long-running operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from memorybank.resources.wire import format_timestamp

_TYPES = "type.googleapis.com/google.cloud.aiplatform"
_RESPONSES = {
    "CreateReasoningEngine": "ReasoningEngine",
    "UpdateReasoningEngine": "ReasoningEngine",
    "CreateMemory": "Memory",
    "UpdateMemory": "Memory",
    "RollbackMemory": "Memory",
    "GenerateMemories": "GenerateMemoriesResponse",
}
_METADATA = {"DeleteReasoningEngine": "DeleteOperationMetadata", "RollbackMemory": "UpdateMemoryOperationMetadata"}


@dataclass(frozen=True)
class Operation:
    """Work that may take longer than one answer, and its outcome. `kind` is the method, such as `GenerateMemories`.

    `response` and `error` are as they go on the wire; an operation that is done has exactly one of them.
    """

    name: str
    kind: str
    create_time: datetime
    update_time: datetime
    done: bool = False
    response: dict[str, Any] | None = None
    error: dict[str, Any] | None = field(default=None)

    def to_wire(self, version: str) -> dict[str, Any]:
        """Return the operation as API `version` ("v1" or "v1beta1") shows it.

        gapic's REST client insists on `@type`s that it knows and that are of the version it asked for.
        """
        metadata = _METADATA.get(self.kind, f"{self.kind}OperationMetadata")
        wire: dict[str, Any] = {
            "name": self.name,
            "metadata": {
                "@type": f"{_TYPES}.{version}.{metadata}",
                "genericMetadata": {
                    "createTime": format_timestamp(self.create_time),
                    "updateTime": format_timestamp(self.update_time),
                },
            },
        }
        if not self.done:
            return wire
        wire["done"] = True
        if self.error is not None:
            return wire | {"error": self.error}
        answer = _RESPONSES.get(self.kind)
        kind = f"{_TYPES}.{version}.{answer}" if answer else "type.googleapis.com/google.protobuf.Empty"
        return wire | {"response": {"@type": kind, **(self.response or {})}}
