"""The lease of a scope: one consolidation of a scope at a time, so that waiting facts are decided on together.

The lease only saves model calls. What keeps a lost lease harmless is that its holder's commit names the version of the
scope's document: of two holders one commit fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, AlreadyExists, NotFound
from memorybank.storage.documents import Create, Document, Patch, Version, Write

DURATION = timedelta(seconds=60)


@dataclass(frozen=True)
class Lease:
    """A lease that is held: `version` is the scope document's, `generation` counts the consolidations of the scope."""

    path: str
    version: Version
    generation: int

    def release(self) -> Write:
        """Return the write that ends the lease, to be part of the commit of what was done under it."""
        return Patch(self.path, {"owner": None, "generation": self.generation + 1}, version=self.version)


@dataclass(frozen=True)
class Held:
    """Somebody else holds the lease, until then unless they end it earlier."""

    until: datetime
    generation: int


def acquire(ports: Ports, path: str, *, owner: str, also: tuple[Write, ...] = ()) -> Lease | Held:
    """Take the lease of the scope whose document is at `path`, committing the writes of `also` with it.

    An owner may take over its own lease: its earlier attempt died. When the lease is held, `also` is committed alone.
    """
    while True:
        document = ports.store.get(path)
        held = _held(document, owner=owner, now=ports.clock.now())
        if held:
            if also:
                ports.store.commit(also)
            return held
        try:
            return _take(ports, path, document, owner=owner, also=also)
        except (Aborted, AlreadyExists, NotFound):
            # Either the scope's document changed or one of `also` cannot be written: looking again tells.
            changed = ports.store.get(path)
            if (changed and changed.version) == (document and document.version):
                raise


def _take(ports: Ports, path: str, document: Document | None, *, owner: str, also: tuple[Write, ...]) -> Lease:
    state = {"owner": owner, "until": ports.clock.now() + DURATION}
    if document is None:
        [version, *_] = ports.store.commit([Create(path, {**state, "generation": 0}), *also])
        return Lease(path, version, 0)
    [version, *_] = ports.store.commit([Patch(path, state, version=document.version), *also])
    return Lease(path, version, document.data["generation"])


def _held(document: Document | None, *, owner: str, now: datetime) -> Held | None:
    if document is None or document.data["owner"] in (None, owner) or document.data["until"] <= now:
        return None
    return Held(document.data["until"], document.data["generation"])
