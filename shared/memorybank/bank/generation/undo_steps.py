"""What a change of a memory needs to be reverted, and what stands in the way.

A memory can be reverted only while it is as the operation left it. Its newest revision must be the one that the
operation made, or one by which a later undo restored that state (`restores`). The memory must also match that revision,
because changes may be made without leaving revisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from memorybank.bank.memories import revisions
from memorybank.bank.memories.records import MEMORY_FIELDS, record_of
from memorybank.bank.ports import Ports
from memorybank.ports.documents import Data, Document
from memorybank.resources.names import EngineName

_AT_ONCE = 20
"""How many memories are read at once, each with two revisions, all of which may be large."""


@dataclass(frozen=True)
class Step:
    """One memory to revert: the change, the current memory, its newest revision, and the revision to go back to.

    Revisions that have expired are None.
    """

    path: str
    change: Data
    current: Document | None
    latest: Document | None
    previous: Document | None


def steps_of(ports: Ports, engine: EngineName, changes: Sequence[Data], *, now: datetime) -> Iterator[Step]:
    """Yield the memory of each change, reading a few at a time."""
    for start in range(0, len(changes), _AT_ONCE):
        yield from _read(ports, engine, changes[start : start + _AT_ONCE], now=now)


def obstacle(step: Step, now: datetime) -> str | None:
    """Return why a memory cannot be reverted and what to do instead, None if it can."""
    return next(_obstacles(step, now), None)


def state_of(revision: Document) -> str:
    """Return the id of the revision whose state this one holds: its own, unless it restored another's."""
    return str(revision.data["restores"] or revision.id)


def _read(ports: Ports, engine: EngineName, changes: Sequence[Data], *, now: datetime) -> list[Step]:
    paths = [engine.child("memories", change["memory"]) for change in changes]
    found = ports.store.get_many(paths, fields=MEMORY_FIELDS)
    newest = [document and document.data["latest_revision"] for document in found]
    read = _revisions(ports, [f"{path}/revisions/{latest}" for path, latest in zip(paths, newest, strict=True)], now)
    for place, (path, document) in enumerate(zip(paths, found, strict=True)):
        if document is None:
            read[place] = _living(revisions.newest(ports, path), now)
    before = [f"{path}/revisions/{change['previous']}" for path, change in zip(paths, changes, strict=True)]
    rows = zip(paths, changes, found, read, _revisions(ports, before, now), strict=True)
    return [Step(*row) for row in rows]


def _revisions(ports: Ports, paths: Sequence[str], now: datetime) -> list[Document | None]:
    return [_living(document, now) for document in ports.store.get_many(paths)]


def _living(revision: Document | None, now: datetime) -> Document | None:
    return revision if revision and revision.data["expire_time"] > now else None


def _obstacles(step: Step, now: datetime) -> Iterator[str]:
    """Yield why a memory cannot be reverted and what to do instead; only the first reason is certain to apply."""
    change, latest = step.change, step.latest
    created, previous = change["action"] == "CREATED", change["previous"]
    alone = "delete it" if created else f"roll it back alone, to revision {previous}"
    if change["state"] is None:
        yield f"the change left no revision of its own: {alone}"
    yield from _absences(step, now)
    if latest is None or state_of(latest) != change["state"]:
        by = latest and latest.data["operation"]
        first = f"roll operation {by} back first" if by else "revert that first"
        yield f"it has been changed since, by revision {latest and latest.id}: {first}, or {alone}"
    elif step.current and any(step.current.data[field] != then for field, then in latest.data["snapshot"].items()):
        yield f"it has been changed since without leaving a revision: {alone}"
    if created:
        return
    if step.previous is None:
        yield "the revision with its earlier state has expired or was never written"
    elif step.previous.data["snapshot"]["update_time"] != change["before"]:
        yield f"it was changed earlier without leaving a revision: {alone}, which is older"


def _absences(step: Step, now: datetime) -> Iterator[str]:
    """Yield what is missing but should exist, and what exists again but should not."""
    latest = step.latest
    if step.change["action"] == "DELETED":
        if step.current is not None:
            yield "it has been restored since: there is nothing left to revert"
        elif latest is None:
            yield "it was deleted so long ago that its revisions have expired"
    elif step.current is None:
        by = latest and latest.data["operation"]
        yield "it has been deleted since" + (f" by operation {by}: roll that back first" if by else "")
    elif not record_of(step.current).alive(now):
        yield "it has expired since"
    elif latest is None:
        yield "its newest revision has expired, so it is unknown whether it has been changed since"
