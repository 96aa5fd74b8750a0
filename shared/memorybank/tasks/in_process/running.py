"""What a queue is delivering in this process, shared by its dispatcher, its workers and those who enqueue."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Condition

from memorybank.tasks.in_process.claim import Claim
from memorybank.tasks.in_process.selection import lane_limit

_logger = logging.getLogger(__name__)


class Running:
    """The claims that this process holds, at most one for each of its `threads`.

    `changed` guards everything here, and is notified of changes. `woken` asks the dispatcher to look at the store,
    `behind` says that tasks which are due may be waiting there, and `alone` is the path of a task that runs alone, or
    is about to. `started` and `stopping` say what the queue was told.
    """

    def __init__(self, threads: int) -> None:
        self.changed = Condition()
        self.claims: dict[str, Claim] = {}
        self.started = False
        self.woken = False
        self.stopping = False
        self.behind = True
        self.alone: str | None = None
        self._threads = threads

    def wake(self) -> None:
        """Have the dispatcher look at the store."""
        with self.changed:
            self.woken = True
            self.changed.notify_all()

    def stop(self) -> None:
        """Have the dispatcher end, and take no more deliveries."""
        with self.changed:
            self.stopping = True
            self.changed.notify_all()

    def wait_for_work(self, timeout: timedelta) -> None:
        """Wait until the dispatcher is asked to look, or to end, at most so long."""
        with self.changed:
            self.changed.wait_for(lambda: self.woken or self.stopping, timeout.total_seconds())

    def wait_until(self, reached: Callable[[], bool], timeout: timedelta, *, poll: timedelta) -> bool:
        """Wait until something is true, which is looked at after every change; return whether it became true."""
        deadline = time.monotonic() + timeout.total_seconds()
        with self.changed:
            while not reached():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self.changed.wait(min(left, poll.total_seconds()))
        return True

    def reserve(self, claim: Claim) -> bool:
        """Take a thread for a task that is about to be stored; False if it must wait for its turn in the store."""
        with self.changed:
            lanes = [each.lane for each in self.claims.values()]
            is_full = len(lanes) >= self._threads or lanes.count(claim.lane) >= lane_limit(self._threads)
            if not self.started or self.behind or self.alone or is_full or not self.add(claim):
                self.behind = True
                return False
            return True

    def add(self, claim: Claim) -> bool:
        """Note a delivery; False if the queue is stopping, or delivers the task already."""
        with self.changed:
            if self.stopping or claim.path in self.claims:
                return False
            self.claims[claim.path] = claim
            return True

    def release(self, claim: Claim) -> None:
        """Note that a delivery is over."""
        with self.changed:
            del self.claims[claim.path]
            self.changed.notify_all()
        claim.over.set()

    def extend(self, now: datetime) -> None:
        """Extend all claims."""
        with self.changed:
            claims = list(self.claims.values())
        for claim in claims:
            try:
                claim.keep({"run_at": now + claim.term})
            except Exception:  # two more heartbeats fit into the visibility
                _logger.exception("the claim on %s could not be extended", claim.path)

    def join(self, body: str, timeout: timedelta) -> None:
        """Wait until the delivery of the task with this body is over; return at once if there is none."""
        with self.changed:
            found = next((claim for claim in self.claims.values() if claim.body == body), None)
        if found is not None:
            found.over.wait(timeout.total_seconds())
