"""The lease of a scope: one consolidation of a scope at a time, so that waiting facts are decided on together.

The document of a scope says who holds the lease and counts those who came to wait beside it. Taking the lease, waiting
and giving it back are commits that name the document's version, so none can miss another: a holder cannot give back
what somebody has come to wait for, and nobody waits beside a lease that has been given back.

The lease only saves model calls. A holder that has lost it cannot commit: its version is not the document's any more.
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
    """A lease that is held. `version` is the scope document's; `generation` counts what was committed under leases.

    `has_waiters` says that others may be waiting beside it.
    """

    path: str
    owner: str
    version: Version
    generation: int
    has_waiters: bool

    def release(self, *, emptied: bool) -> Write:
        """Return the write that gives the lease back; `emptied` says that nobody waits any more."""
        state = {"owner": None, "generation": self.generation + 1, "waiters": 0 if emptied else 1}
        return Patch(self.path, state, version=self.version)

    def keep(self, now: datetime) -> Write:
        """Return the write that goes on holding the lease."""
        state = {"until": now + DURATION, "generation": self.generation + 1}
        return Patch(self.path, state, version=self.version)

    def kept(self, version: Version) -> Lease:
        """Return the lease after `keep` was committed and gave the scope's document that version."""
        return replace(self, version=version, generation=self.generation + 1, has_waiters=True)


@dataclass(frozen=True)
class Held:
    """Somebody else holds the lease, until then unless they end it earlier, and knows that the caller waits."""

    until: datetime
    generation: int


def acquire(
    ports: Ports, path: str, *, owner: str, also: tuple[Write, ...] = (), proof: tuple[Write, ...] = ()
) -> tuple[Lease | Held, list[Version]]:
    """Take the lease of the scope whose document is at `path`, or come to wait beside it.

    Either is one commit, together with the writes of `also`, whose new versions are returned. An owner may take over
    its own lease: its earlier attempt died. Where the scope has no document yet, those of `proof` are part of it, too:
    they fail when what the lease is wanted for is gone, so that nothing brings back the document of an erased scope.
    """
    while True:
        document = ports.store.get(path)
        now = ports.clock.now()
        try:
            if document is None:
                state = {"owner": owner, "until": now + DURATION, "generation": 0, "waiters": 0}
                version, *others = ports.store.commit([Create(path, state), *also, *proof])
                return Lease(path, owner, version, 0, has_waiters=False), others
            return _take(ports, document, owner=owner, now=now, also=also)
        except (Aborted, AlreadyExists, NotFound):
            # Either the scope's document changed or one of `also` cannot be written: looking again tells.
            changed = ports.store.get(path)
            if (changed and changed.version) == (document and document.version):
                raise


def _take(
    ports: Ports, document: Document, *, owner: str, now: datetime, also: tuple[Write, ...]
) -> tuple[Lease | Held, list[Version]]:
    data = document.data
    if data["owner"] in (None, owner) or data["until"] <= now:
        state = {"owner": owner, "until": now + DURATION}
        version, *others = ports.store.commit([Patch(document.path, state, version=document.version), *also])
        # Where an owner did not get to give its lease back, what it was at may be waiting uncounted.
        has_waiters = data["waiters"] > 0 or data["owner"] is not None
        return Lease(document.path, owner, version, data["generation"], has_waiters=has_waiters), others
    # A lease that ends later than one taken now would was taken by a clock that was ahead, or has been set back since.
    until = min(data["until"], now + DURATION)
    waiting = Patch(document.path, {"waiters": data["waiters"] + 1, "until": until}, version=document.version)
    _, *others = ports.store.commit([waiting, *also])
    return Held(until, data["generation"]), others


def refresh(ports: Ports, lease: Lease) -> Lease | None:
    """Return the lease as it is now, after somebody may have come to wait beside it; None if it is lost."""
    document = ports.store.get(lease.path)
    if document is None:
        return None
    if (document.data["owner"], document.data["generation"]) != (lease.owner, lease.generation):
        return None
    return replace(lease, version=document.version, has_waiters=lease.has_waiters or document.version != lease.version)
