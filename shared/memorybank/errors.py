"""Errors named after the canonical codes of google.rpc; they know nothing of HTTP.

Source of names and numbers: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Violation:
    """One thing wrong with one field of a request: what was wrong and what would be right."""

    field: str
    description: str


class MemoryBankError(Exception):
    """Anything that a caller is told about; `code` and `status` are google.rpc's number and name.

    `final` says that trying again cannot mend it (`retrying.py`); `retry_after` is how many seconds the other side
    wants to be left alone.
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
        """Return the `details` of google.rpc.Status, as JSON has them: the violations, if there are any."""
        if not self.violations:
            return []
        violations = [{"field": each.field, "description": each.description} for each in self.violations]
        return [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}]


class Cancelled(MemoryBankError):
    """The operation was cancelled by its caller."""

    code, status = 1, "CANCELLED"


class InvalidArgument(MemoryBankError):
    """The request is wrong whatever the state of the bank."""

    code, status, final = 3, "INVALID_ARGUMENT", True

    @classmethod
    def of(cls, *violations: Violation) -> InvalidArgument:
        """Build the error that names every violation of one request."""
        return cls("; ".join(f"{v.field}: {v.description}" for v in violations), violations=violations)


class DeadlineExceeded(MemoryBankError):
    """Something took longer than the time it was given."""

    code, status = 4, "DEADLINE_EXCEEDED"


class NotFound(MemoryBankError):
    """The named thing does not exist, or has expired."""

    code, status, final = 5, "NOT_FOUND", True


class AlreadyExists(MemoryBankError):
    """Something of that name exists already."""

    code, status = 6, "ALREADY_EXISTS"


class PermissionDenied(MemoryBankError):
    """The caller is known and may not do this."""

    code, status, final = 7, "PERMISSION_DENIED", True


class ResourceExhausted(MemoryBankError):
    """A quota or budget is used up."""

    code, status = 8, "RESOURCE_EXHAUSTED"


class FailedPrecondition(MemoryBankError):
    """The request is right, the state of the bank forbids it."""

    code, status, final = 9, "FAILED_PRECONDITION", True


class Aborted(MemoryBankError):
    """Somebody else changed the same thing meanwhile; reading again and retrying may help."""

    code, status = 10, "ABORTED"


class Unimplemented(MemoryBankError):
    """The method is known and not offered by this bank."""

    code, status, final = 12, "UNIMPLEMENTED", True


class Internal(MemoryBankError):
    """A defect of ours."""

    code, status = 13, "INTERNAL"


class Unavailable(MemoryBankError):
    """A part the bank depends on cannot be reached now."""

    code, status = 14, "UNAVAILABLE"


class Unauthenticated(MemoryBankError):
    """The caller did not say, or could not prove, who they are."""

    code, status = 16, "UNAUTHENTICATED"
