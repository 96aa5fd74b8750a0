"""Decides whether to retry after an error. Retries of calls, the worker and the queues share this decision.

The error's class says whether it is final (`MemoryBankError.final`) and whether it is transient; the error itself says
how long the other side asked us to wait (`retry_after`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from memorybank.errors import Aborted, DeadlineExceeded, MemoryBankError, ResourceExhausted, Unavailable

_PASSING = (Aborted, DeadlineExceeded, ResourceExhausted, Unavailable)


class When(Enum):
    """When to retry."""

    NOW = "now"
    """The caller may repeat the call: the failure is transient."""
    LATER = "later"
    """Do not repeat the call; another attempt of the task may do the work again."""
    NEVER = "never"
    """A retry cannot help."""


@dataclass(frozen=True)
class RetryDecision:
    """When to retry, not before `after` seconds, and why."""

    when: When
    reason: str
    after: float = 0.0

    @property
    def final(self) -> bool:
        """Whether there is no retry."""
        return self.when is When.NEVER


def decision_of(error: BaseException, *, last_attempt: bool = False) -> RetryDecision:
    """Return what to do after an error. After a `last_attempt` there is no retry, whatever the error."""
    name, final, after = type(error).__name__, False, 0.0
    if isinstance(error, MemoryBankError):
        name, final, after = error.status, error.final, max(0.0, error.retry_after or 0.0)
    if last_attempt:
        return RetryDecision(When.NEVER, f"{name} in the last attempt", after)
    if final:
        return RetryDecision(When.NEVER, f"{name} does not pass")
    if isinstance(error, _PASSING):
        return RetryDecision(When.NOW, f"{name} passes", after)
    return RetryDecision(When.LATER, f"{name} may be mended meanwhile", after)
