"""The claim on a task, and the record of its deliveries, which tells a task that kills its process from its victims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Lock

from memorybank.errors import Aborted, NotFound
from memorybank.ports.documents import Data, Delete, Document, DocumentStore, Patch, Version, Write

SUSPECT_AFTER = 3
"""How many deliveries may die with their process before the task is delivered alone."""

GUILTY_AFTER = 8
"""How many deliveries may die with their process while the task runs alone: no other task can be the cause.

Somebody who kills or restarts the process can. But each death alone doubles the time until the next delivery, so eight
of them take 20 minutes, and a task that does no harm has ended long before.
"""


@dataclass(frozen=True)
class Record:
    """The history of a task's deliveries before the next one.

    `begun` counts all of them, `failed` those that ended with an error, `lost` those that died with their process, and
    `lost_alone` the lost ones that ran alone. `exhausted` means that the last one was only to record the failure.
    """

    begun: int
    failed: int
    lost: int
    lost_alone: int
    exhausted: bool

    @classmethod
    def of(cls, data: Data) -> Record:
        """Read the record. A delivery still marked as running has died, or its process was paused for too long."""
        died = bool(data.get("running"))
        begun: int = data["attempts"]
        return cls(
            begun=begun,
            failed=data.get("failed", begun),
            lost=data.get("lost", 0) + died,
            lost_alone=data.get("lost_alone", 0) + (died and bool(data.get("alone"))),
            exhausted=bool(data.get("exhausted")),
        )

    @property
    def suspect(self) -> bool:
        """Whether the task may be killing its process. If so it runs alone, so that no other task is lost or blamed."""
        return self.lost >= SUSPECT_AFTER

    @property
    def guilty(self) -> bool:
        """Whether the task is known to kill its process."""
        return self.lost_alone >= GUILTY_AFTER

    def term(self, visibility: timedelta) -> timedelta:
        """Return how long after its last sign of life the task is due again, if its next delivery dies."""
        return visibility * (1 << min(self.lost_alone, GUILTY_AFTER - 1))

    def beginning(self) -> Data:
        """Return the fields of the task while the next delivery runs."""
        return {
            "attempts": self.begun + 1,
            "failed": self.failed,
            "lost": self.lost,
            "lost_alone": self.lost_alone,
            "running": True,
            "alone": self.suspect,
            "exhausted": self.guilty,
        }


NEW = Record(begun=0, failed=0, lost=0, lost_alone=0, exhausted=False)
"""The record of a task that was never delivered."""


class Claim:
    """The right to deliver one task. It holds until somebody else changes the task's document.

    Others may take the task `term` after the claim was last extended. A claim on a document without a version holds
    from `stored` on. `over` is set when the delivery has ended.
    """

    def __init__(self, store: DocumentStore, document: Document, *, term: timedelta) -> None:
        self.path = document.path
        self.body: str = document.data["body"]
        self.term = term
        self.lane: str = document.data.get("lane") or document.path
        self.over = Event()
        self._store = store
        self._lock = Lock()  # the heartbeat and the handler's thread write in turn, each on top of the other's version
        self._version = document.version
        self._held = document.version is not None

    def stored(self, version: Version) -> None:
        """Begin to hold: the task has been stored as claimed."""
        with self._lock:
            self._version, self._held = version, True

    def keep(self, data: Data) -> bool:
        """Change the document and say whether the claim still holds."""
        with self._lock:
            return self._commit(Patch(self.path, data, self._version))

    def settle(self, data: Data | None) -> bool:
        """Change the document (None deletes it) and release the claim; say whether it still held."""
        with self._lock:
            write = Delete(self.path, self._version) if data is None else Patch(self.path, data, self._version)
            held = self._commit(write)
            self._held = False
            return held

    def _commit(self, write: Write) -> bool:
        if self._held:
            try:
                [self._version] = self._store.commit([write])
            except (Aborted, NotFound):
                self._held = False
        return self._held
