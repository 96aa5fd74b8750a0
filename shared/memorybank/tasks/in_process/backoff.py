"""When a task whose attempt has failed is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from memorybank.retrying import decision_of

_MOST_ASKED = timedelta(hours=1)
"""The longest delay that an error can ask for: a quota used up for a day may be raised sooner."""

_MAX_DOUBLINGS = 30  # far beyond any sensible limit, and within the range of a timedelta


@dataclass(frozen=True)
class Backoff:
    """Waits that double from `shortest` to `longest`, or are as long as the error asks for if that is longer."""

    shortest: timedelta
    longest: timedelta

    def after(self, failed: int, error: BaseException) -> timedelta:
        """Return how long to wait after so many failed attempts, the last one with this error."""
        doublings = min(failed - 1, _MAX_DOUBLINGS)
        asked = timedelta(seconds=min(decision_of(error).after, _MOST_ASKED.total_seconds()))
        return max(min(self.shortest * (1 << doublings), self.longest), asked)
