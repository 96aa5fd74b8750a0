"""Errors named after the canonical codes of google.rpc, independent of HTTP.

Source of names and numbers: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Violation:
    """One problem with one field of a request: what is wrong and what would be right."""

    field: str
    description: str


class MemoryBankError(Exception):
    """An error that is reported to the caller; `code` and `status` are the number and name in google.rpc.

    `final` means that a retry cannot help (see `retrying.py`). `retry_after` is how many seconds the other side asked
    us to wait.
    """

    code: ClassVar[int] = 2
    status: ClassVar[str] = "UNKNOWN"
    final: ClassVar[bool] = False

    def __init__(self, message: str, *, violations: Sequence[Violation] = (), retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.violations = tuple(violations)
        self.retry_after = retry_after

    def details(self) -> list[dict[str, Any]]:
        """Return the `details` of google.rpc.Status as JSON: the violations, if there are any."""
        if not self.violations:
            return []
        violations = [{"field": each.field, "description": each.description} for each in self.violations]
        return [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}]


class Cancelled(MemoryBankError):
    """The operation was cancelled by its caller."""

    code, status = 1, "CANCELLED"


class InvalidArgument(MemoryBankError):
    """The request is invalid, whatever the state of the bank."""

    code, status, final = 3, "INVALID_ARGUMENT", True

    @classmethod
    def of(cls, *violations: Violation) -> InvalidArgument:
        """Build the error that names every violation of one request."""
        return cls("; ".join(f"{v.field}: {v.description}" for v in violations), violations=violations)


class DeadlineExceeded(MemoryBankError):
    """Something took longer than its deadline."""

    code, status = 4, "DEADLINE_EXCEEDED"


class NotFound(MemoryBankError):
    """The resource does not exist, or has expired."""

    code, status, final = 5, "NOT_FOUND", True


class AlreadyExists(MemoryBankError):
    """A resource of that name already exists."""

    code, status = 6, "ALREADY_EXISTS"


class PermissionDenied(MemoryBankError):
    """The caller is known but not allowed to do this."""

    code, status, final = 7, "PERMISSION_DENIED", True


class ResourceExhausted(MemoryBankError):
    """A quota or budget is used up."""

    code, status = 8, "RESOURCE_EXHAUSTED"


class FailedPrecondition(MemoryBankError):
    """The request is valid, but the state of the bank does not allow it."""

    code, status, final = 9, "FAILED_PRECONDITION", True


class Aborted(MemoryBankError):
    """Another writer changed the same data; reading it again and retrying may help."""

    code, status = 10, "ABORTED"


class Unimplemented(MemoryBankError):
    """The method exists in the API, but this bank does not support it."""

    code, status, final = 12, "UNIMPLEMENTED", True


class Internal(MemoryBankError):
    """A bug in the bank, or a fault of its deployment."""

    code, status = 13, "INTERNAL"


class Unavailable(MemoryBankError):
    """A service that the bank depends on cannot be reached now."""

    code, status = 14, "UNAVAILABLE"


class Unauthenticated(MemoryBankError):
    """The caller sent no valid credentials."""

    code, status = 16, "UNAUTHENTICATED"
