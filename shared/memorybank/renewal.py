"""A value that is fetched from elsewhere and expires, such as a token or certificates."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from memorybank.errors import Unavailable

RETRY_AFTER = 2.0
"""Least seconds between two attempts. In between, callers get the value there is, or the same failure at once."""

T = TypeVar("T")


class Renewing(Generic[T]):
    """Keeps a value and fetches a new one before it expires. Thread-safe.

    `fetch` returns the value and when it expires, on the clock of `now` (seconds), or raises `Unavailable`. There is
    one fetch at a time, however many callers wait for it. During the last `margin` seconds of its life a value is
    renewed in the background while callers keep using it: nobody waits for a slow source while the value is valid.
    """

    def __init__(
        self, fetch: Callable[[], tuple[T, float]], *, margin: float = 0.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch, self._margin, self._now = fetch, margin, now
        self._lock = threading.Lock()
        self._value: T | None = None
        self._end = self._tried = float("-inf")
        self._flight: Future[T] | None = None
        self._failure: Unavailable | None = None

    def __call__(self) -> T:
        """Return a value that is valid now; raise `Unavailable` if none can be fetched."""
        with self._lock:
            now = self._now()
            if self._value is not None and now < self._end:
                if now >= self._end - self._margin and self._flight is None and now >= self._tried + RETRY_AFTER:
                    self._begin(now)
                    threading.Thread(target=self._finish, args=(self._flight,), name="renewal", daemon=True).start()
                return self._value
            flight, ours = self._join(now)
        return self._outcome(flight, ours=ours)

    def again(self, *, interval: float) -> T:
        """Return a newly fetched value, or the old one if the last attempt was under `interval` seconds ago."""
        with self._lock:
            now = self._now()
            if self._value is not None and self._flight is None and now < self._tried + interval:
                return self._value
            flight, ours = self._join(now)
        try:
            return self._outcome(flight, ours=ours)
        except Unavailable:
            with self._lock:
                if self._value is not None and self._now() < self._end:
                    return self._value
            raise

    def _join(self, now: float) -> tuple[Future[T], bool]:
        """Return the fetch in progress, or a new one for the caller to run."""
        if self._flight is not None:
            return self._flight, False
        if self._failure is not None and now < self._tried + RETRY_AFTER:
            raise Unavailable(self._failure.message) from self._failure
        return self._begin(now), True

    def _begin(self, now: float) -> Future[T]:
        self._flight, self._tried = Future(), now
        return self._flight

    def _outcome(self, flight: Future[T], *, ours: bool) -> T:
        if ours:
            self._finish(flight)
        return flight.result()

    def _finish(self, flight: Future[T]) -> None:
        try:
            value, end = self._fetch()
        except BaseException as error:  # noqa: BLE001 - it is raised in every thread that waits
            with self._lock:
                self._flight = None
                self._failure = error if isinstance(error, Unavailable) else None
            flight.set_exception(error)
            return
        with self._lock:
            self._value, self._end = value, end
            self._flight = self._failure = None
        flight.set_result(value)
