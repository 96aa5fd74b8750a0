"""Test doubles of the clock and the ids: a clock that moves only when told to, and ids that count up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock

START = datetime(2030, 1, 1, tzinfo=UTC)
"""The default time of a frozen clock."""

FIRST_ID = 10**17
"""The first id of `CountingIds`: the smallest number of 18 digits, as long as the real ids are at least."""


class FrozenClock:
    """A clock that stands still until it is moved. Thread-safe."""

    def __init__(self, start: datetime = START) -> None:
        self._lock = Lock()
        self._now = _utc(start)

    def now(self) -> datetime:
        """Return the time that the clock was last moved to, in UTC."""
        with self._lock:
            return self._now

    def advance(self, step: timedelta) -> None:
        """Move the clock by `step`, backwards if it is negative."""
        with self._lock:
            self._now += step

    def set(self, now: datetime) -> None:
        """Move the clock to `now`; raise `ValueError` if it has no time zone."""
        moved = _utc(now)
        with self._lock:
            self._now = moved


class CountingIds:
    """Ids that count up from `FIRST_ID`, the same in every run. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._next = FIRST_ID

    def new(self) -> str:
        """Return the next id, a decimal number of 18 digits."""
        with self._lock:
            taken = self._next
            self._next += 1
        return str(taken)


def _utc(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise ValueError(f"{time} has no time zone")
    return time.astimezone(UTC)
