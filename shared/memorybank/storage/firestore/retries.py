"""Which failed calls of Firestore are made again.

The lists are those of Google's own client (`google/cloud/firestore_v1/services/firestore/transports/base.py`), where
reads and commits differ, and what it leaves to its callers: a token that expired under way, and a stream that was
removed, which gRPC reports as UNKNOWN.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_EXPIRED = "UNAUTHENTICATED"
_CONFLICTS = frozenset({"ALREADY_EXISTS", "FAILED_PRECONDITION", "NOT_FOUND"})
_NOT_APPLIED = frozenset({"ABORTED", "RESOURCE_EXHAUSTED", _EXPIRED})
"""Failures after which a commit has certainly had no effect."""

READ = frozenset({"DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", _EXPIRED})

CONDITIONAL_COMMIT = frozenset({"ABORTED", "INTERNAL", "RESOURCE_EXHAUSTED", "UNAVAILABLE", _EXPIRED})
"""For a commit that cannot be applied twice, because a condition of it does not hold the second time."""

COMMIT = frozenset({"RESOURCE_EXHAUSTED", _EXPIRED})
"""For a commit without conditions. Google's client repeats it after UNAVAILABLE, too: here somebody else's write in
between would be lost, and the bank's own retries read first."""


@dataclass
class Failures:
    """The failures of one call so far; `again` are the statuses after which it is made again."""

    again: frozenset[str]
    doubtful: Any = field(default=None, init=False)
    """The first failure after which a commit may have been applied."""
    _seen: set[str] = field(default_factory=set, init=False)

    def may_repeat(self, status: str) -> bool:
        """Say whether the call may be made again. A token is renewed once: a second refusal has another reason."""
        return status in self.again and not (status == _EXPIRED and status in self._seen)

    def hides_success(self, status: str) -> bool:
        """Say whether a refused commit may only mean that an earlier attempt has been applied after all."""
        return self.again is not READ and self.doubtful is not None and status in _CONFLICTS

    def add(self, status: str, failure: Any) -> None:
        """Note a failure."""
        self._seen.add(status)
        if self.doubtful is None and status not in _NOT_APPLIED:
            self.doubtful = failure


def status_of(failure: Any) -> str:
    """Return the name of a failure's status code."""
    name = str(failure.code().name)
    if name == "UNKNOWN" and "stream removed" in str(failure.details()).lower():
        return "UNAVAILABLE"  # the connection was closed under the call: https://github.com/grpc/grpc/issues/9945
    return name
