"""The long-running operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from memorybank.resources.operation_kinds import kind_of
from memorybank.resources.wire import WireModel, format_timestamp

_TYPES = "type.googleapis.com/google.cloud.aiplatform"
_EMPTY = "type.googleapis.com/google.protobuf.Empty"


class RollbackOperationRequest(WireModel):
    """Asks to undo everything that an operation did; there are no options."""


class RetryOperationRequest(WireModel):
    """Asks to retry a failed operation; there are no options."""


@dataclass(frozen=True)
class Waiting:
    """The state of an operation between two attempts: how many have failed, when the next one is due, and why."""

    failed_attempts: int
    next_attempt: datetime
    reason: str

    def to_wire(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "failedAttempts": self.failed_attempts,
            "nextAttemptTime": format_timestamp(self.next_attempt),
            "reason": self.reason,
        }


def _left_out(data: Mapping[str, Any]) -> dict[str, Any]:
    event = {} if data.get("event") is None else {"event": data["event"]}
    return {"kind": data["kind"], "count": data["count"], **event}


def _duration(seconds: float) -> str:
    """Return a duration as JSON has it: `1.25s`."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


@dataclass(frozen=True)
class Operation:
    """Work that may outlast the call that starts it, and its outcome. `kind` names an `OperationKind`.

    `response` and `error` have their wire format; an operation that is done has exactly one of them. `usage` counts the
    model calls and billed tokens, per step. `waiting` is set while the bank waits to retry it; one that has failed and
    keeps its request is `retryable`. `left_out` says what a generation did not store: `kind`, `count`, and the index of
    the `event`. `scope` is that of its memories, None if it concerns an engine. `seconds` is the time that each step
    of a generation took. These six, and the kind by its name, are not part of Google's operation.
    """

    name: str
    kind: str
    create_time: datetime
    update_time: datetime
    done: bool = False
    response: dict[str, Any] | None = None
    error: dict[str, Any] | None = field(default=None)
    usage: dict[str, Any] | None = field(default=None)
    seconds: Mapping[str, float] | None = None
    left_out: Sequence[Mapping[str, Any]] = ()
    waiting: Waiting | None = None
    retryable: bool = False
    scope: Mapping[str, str] | None = None

    def extras(self) -> dict[str, Any]:
        """Return this bank's additions to Google's fields, for the metadata of an operation."""
        found = {
            "type": self.kind,
            "scope": self.scope and dict(self.scope),
            "usage": self.usage or None,
            "stepDurations": {step: _duration(each) for step, each in (self.seconds or {}).items()} or None,
            "waiting": self.waiting and self.waiting.to_wire(),
            "retryable": self.retryable or None,
            "leftOut": [_left_out(each) for each in self.left_out] or None,
        }
        return {name: value for name, value in found.items() if value is not None}

    def to_wire(self, version: str) -> dict[str, Any]:
        """Return the operation in the format of API `version` ("v1" or "v1beta1").

        gapic's REST client accepts only `@type`s that it knows, in the version that it requested.
        """
        wire: dict[str, Any] = {"name": self.name, "metadata": self._metadata(version)}
        if not self.done:
            return wire
        wire["done"] = True
        if self.error is not None:
            return wire | {"error": self.error}
        kind = kind_of(self.kind)
        message = f"{_TYPES}.{version}.{kind.response}" if kind.response else _EMPTY
        outcome = {} if kind.outcome_in_metadata else self.response or {}
        return wire | {"response": {"@type": message, **outcome}}

    def to_data(self) -> dict[str, Any]:
        """Return the fields of the operation that filters may use."""
        times = {"create_time": self.create_time, "update_time": self.update_time}
        metadata = {"type": self.kind, **times, "generic_metadata": times}
        return {"name": self.name, "done": self.done, "metadata": metadata}

    def _metadata(self, version: str) -> dict[str, Any]:
        generic = {
            "genericMetadata": {
                "createTime": format_timestamp(self.create_time),
                "updateTime": format_timestamp(self.update_time),
            }
        }
        kind = kind_of(self.kind)
        if kind.outcome_in_metadata:
            return {
                "@type": "type.googleapis.com/google.protobuf.Struct",
                "value": {**generic, **(self.response or {})},
            }
        metadata = kind.metadata or f"{kind.name}OperationMetadata"
        return {"@type": f"{_TYPES}.{version}.{metadata}", **generic}
