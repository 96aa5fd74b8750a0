"""The lease of a scope: one consolidation of a scope at a time, so that waiting facts are decided on together.

The document of a scope names the holder of the lease and counts the waiters. Taking the lease, waiting for it and
releasing it are commits with the document's version as precondition, so none can miss another: a holder cannot release
a lease while it overlooks a waiter, and nobody waits for a lease that has been released.

The lease only saves model calls. A holder that has lost it cannot commit, because the document's version has changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, AlreadyExists, NotFound
from memorybank.ports.documents import Create, Document, Patch, Version, Write

DURATION = timedelta(seconds=60)


@dataclass(frozen=True)
class Lease:
    """A lease that is held. `version` is the scope document's; `generation` counts the commits made under leases.

    `has_waiters` says that others may be waiting for it.
    """

    path: str
    owner: str
    version: Version
    generation: int
    has_waiters: bool

    def release(self, *, emptied: bool) -> Write:
        """Return the write that releases the lease; `emptied` says that nobody waits any more."""
        state = {"owner": None, "generation": self.generation + 1, "waiters": 0 if emptied else 1}
        return Patch(self.path, state, version=self.version)

    def keep(self, now: datetime) -> Write:
        """Return the write that extends the lease."""
        state = {"until": now + DURATION, "generation": self.generation + 1}
        return Patch(self.path, state, version=self.version)

    def kept(self, version: Version) -> Lease:
        """Return the lease after `keep` was committed, with the scope document's new version."""
        return replace(self, version=version, generation=self.generation + 1, has_waiters=True)


@dataclass(frozen=True)
class Held:
    """Another owner holds the lease, at most until the given time; the caller is now counted as a waiter."""

    until: datetime
    generation: int


def acquire(
    ports: Ports,
    path: str,
    *,
    owner: str,
    also: tuple[Write, ...] = (),
    proof: tuple[Write, ...] = (),
    read: tuple[Document | None, ...] = (),
) -> tuple[Lease | Held, list[Version]]:
    """Take the lease of the scope whose document is at `path`, or register as a waiter.

    Either is a single commit together with the writes of `also`, whose new versions are returned. An owner may take
    over its own lease, because its earlier attempt has died. If the scope has no document yet, the commit includes
    `proof`: these writes fail if the work is gone, so that the document of an erased scope is not recreated. `read` is
    the scope's document, if it has just been read.
    """
    [document] = read or (ports.store.get(path),)
    while True:
        now = ports.clock.now()
        try:
            if document is None:
                state = {"owner": owner, "until": now + DURATION, "generation": 0, "waiters": 0}
                version, *others = ports.store.commit([Create(path, state), *also, *proof])
                return Lease(path, owner, version, 0, has_waiters=False), others
            return _take(ports, document, owner=owner, now=now, also=also)
        except (Aborted, AlreadyExists, NotFound):
            # Either the scope's document changed or one of `also` cannot be written; a second read tells which.
            changed = ports.store.get(path)
            if (changed and changed.version) == (document and document.version):
                raise
            document = changed


def _take(
    ports: Ports, document: Document, *, owner: str, now: datetime, also: tuple[Write, ...]
) -> tuple[Lease | Held, list[Version]]:
    data = document.data
    if data["owner"] in (None, owner) or data["until"] <= now:
        state = {"owner": owner, "until": now + DURATION}
        version, *others = ports.store.commit([Patch(document.path, state, version=document.version), *also])
        # If the last owner did not release its lease, its own work may be waiting without having been counted.
        has_waiters = data["waiters"] > 0 or data["owner"] is not None
        return Lease(document.path, owner, version, data["generation"], has_waiters=has_waiters), others
    # A lease that ends later than one taken now was taken when a clock was ahead, or before it was set back.
    until = min(data["until"], now + DURATION)
    waiting = Patch(document.path, {"waiters": data["waiters"] + 1, "until": until}, version=document.version)
    _, *others = ports.store.commit([waiting, *also])
    return Held(until, data["generation"]), others


def refresh(ports: Ports, lease: Lease) -> Lease | None:
    """Return the lease in its current state, as waiters may have joined; None if it is lost."""
    document = ports.store.get(lease.path)
    if document is None:
        return None
    if (document.data["owner"], document.data["generation"]) != (lease.owner, lease.generation):
        return None
    return replace(lease, version=document.version, has_waiters=lease.has_waiters or document.version != lease.version)
