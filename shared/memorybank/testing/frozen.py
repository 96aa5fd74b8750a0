"""Doubles of time and identity: a clock that moves only when told to, and ids that count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock

START = datetime(2030, 1, 1, tzinfo=UTC)
"""What a frozen clock shows unless it is told otherwise."""

FIRST_ID = 10**17
"""The first id of `CountingIds`: the smallest number of 18 digits, as long as the real ids are at least."""


class FrozenClock:
    """A clock that stands still until it is moved; any thread may read or move it."""

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
        """Move the clock to `now`, which must have a time zone, or it is a `ValueError`."""
        moved = _utc(now)
        with self._lock:
            self._now = moved


class CountingIds:
    """Ids that count up from `FIRST_ID`, the same ones in every run; any thread may take one."""

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
