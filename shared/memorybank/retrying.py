"""Whether to try again after an error: one decision, which retries of calls, the worker and the queues all go by.

An error's class says what it is for good (`MemoryBankError.final`), its kind whether it passes by itself, and the error
itself when the other side wants to be asked again (`retry_after`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from memorybank.errors import Aborted, DeadlineExceeded, MemoryBankError, ResourceExhausted, Unavailable

_PASSING = (Aborted, DeadlineExceeded, ResourceExhausted, Unavailable)


class When(Enum):
    """When to try again."""

    NOW = "now"
    """Whoever made the call may make it again: what failed passes by itself."""
    LATER = "later"
    """Not the call but the work may be done again, in another attempt of its task."""
    NEVER = "never"
    """Trying again cannot mend it."""


@dataclass(frozen=True)
class RetryDecision:
    """When to try again, not before `after` seconds, and why."""

    when: When
    reason: str
    after: float = 0.0

    @property
    def final(self) -> bool:
        """Whether nothing is to be tried again."""
        return self.when is When.NEVER


def decision_of(error: BaseException, *, last_attempt: bool = False) -> RetryDecision:
    """Return what to do after an error; nothing follows a `last_attempt`, whatever the error is."""
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
