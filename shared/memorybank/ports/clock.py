"""The ports for time and ids: all other code uses these, so that tests can freeze them."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Protocol

_FIRST, _COUNT = 10**17, 2**62 - 10**17


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the current time, in UTC and with its time zone."""
        ...


class Ids(Protocol):
    """Makes unique ids."""

    def new(self) -> str:
        """Return a decimal number of 18 or 19 digits that fits an int64."""
        ...


class SystemClock:
    """The system clock."""

    def now(self) -> datetime:
        """Return the system's current time in UTC."""
        return datetime.now(UTC)


class RandomIds:
    """Ids from the operating system's randomness.

    62 bits, never sequential, so they spread over a store's key range.
    """

    def new(self) -> str:
        """Return a random decimal id between 10^17 and 2^62."""
        return str(_FIRST + secrets.randbelow(_COUNT))


def id_of(digest: str) -> str:
    """Return the id that follows from a digest in hexadecimal; it has the form of the others."""
    return str(_FIRST + int(digest, 16) % _COUNT)
