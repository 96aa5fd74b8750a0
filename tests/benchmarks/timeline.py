"""Virtual time: threads that take turns, so that seconds of waiting cost nothing and every run is the same."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from memorybank.testing.frozen import START

Event = Callable[[], None]


class Timeline:
    """A clock and what happens when. Only one thread runs at a time: that of `run`, or the one it has woken."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._events: list[tuple[float, int, Event]] = []
        self._order = itertools.count()
        self._turn = threading.Semaphore(0)
        self._own = threading.local()

    def now(self) -> datetime:
        """Return the time, as a port of time does."""
        return START + timedelta(seconds=self.seconds)

    def at(self, seconds: float, event: Event) -> None:
        """Have something happen at a time, or now if that is past."""
        heapq.heappush(self._events, (max(seconds, self.seconds), next(self._order), event))

    def run(self) -> None:
        """Let time pass until nothing more is to happen."""
        while self._events:
            self.seconds, _, event = heapq.heappop(self._events)
            event()

    def sleep(self, seconds: float) -> None:
        """Let time pass for a thread that was made by `thread`; any other takes no time at all."""
        if (baton := getattr(self._own, "baton", None)) is not None:
            self.at(self.seconds + seconds, lambda: self._wake(baton))
            self._pause(baton)

    def thread(self, body: Callable[[Event], None]) -> Event:
        """Make a thread and return what wakes it; `body` is given what puts it to rest until it is woken again."""
        baton = threading.Semaphore(0)

        def run() -> None:
            self._own.baton = baton
            baton.acquire()
            body(lambda: self._pause(baton))

        threading.Thread(target=run, daemon=True).start()
        return lambda: self._wake(baton)

    def _wake(self, baton: threading.Semaphore) -> None:
        baton.release()
        self._turn.acquire()

    def _pause(self, baton: threading.Semaphore) -> None:
        self._turn.release()
        baton.acquire()


class Pool:
    """A number of workers, each of which does one thing at a time; what finds none free waits, first come first served.

    They are made when they are first needed. `most` is how many were at work at once.
    """

    def __init__(self, timeline: Timeline, *, workers: int) -> None:
        self._timeline, self._left = timeline, workers
        self._idle: list[tuple[Event, list[Event]]] = []
        self._backlog: deque[Event] = deque()
        self._busy, self.most, self.longest_backlog = 0, 0, 0

    def do(self, work: Event) -> None:
        """Have a worker do something now, or as soon as one is free."""
        if not self._idle and self._left:
            self._left -= 1
            self._idle.append(self._hired())
        if not self._idle:
            self._backlog.append(work)
            self.longest_backlog = max(self.longest_backlog, len(self._backlog))
            return
        wake, desk = self._idle.pop()
        desk.append(work)
        self._busy += 1
        self.most = max(self.most, self._busy)
        wake()

    def _hired(self) -> tuple[Event, list[Event]]:
        desk: list[Event] = []

        def body(rest: Event) -> None:
            while True:
                work: Event | None = desk.pop()
                while work is not None:
                    work()
                    work = self._backlog.popleft() if self._backlog else None
                self._busy -= 1
                self._idle.append(worker)
                rest()

        worker = (self._timeline.thread(body), desk)
        return worker
