"""The changes that an operation made to memories, for its response and for a later undo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from memorybank.ports.documents import Data
from memorybank.resources.generation import GeneratedMemoryChange, GenerateMemoriesResponse, MemoryReference
from memorybank.resources.names import EngineName, name_of


@dataclass(frozen=True)
class Change:
    """The change that an operation made to one memory, and the revision that the memory had before.

    `state` is the revision that holds the memory's state after the change, None if there is none; `before` is the time
    of the memory's previous change.
    """

    path: str
    action: str
    previous: str | None
    state: str | None = None
    before: datetime | None = None

    @classmethod
    def read(cls, engine: EngineName, data: Data) -> Self:
        """Read a change as the operation stores it."""
        return cls(
            engine.child("memories", data["memory"]),
            data["action"],
            data["previous"],
            state=data["state"],
            before=data["before"],
        )

    def data(self) -> Data:
        """Return the form in which the operation stores the change, for an undo."""
        known = {"memory": self.path.rpartition("/")[2], "action": self.action, "previous": self.previous}
        return {**known, "state": self.state, "before": self.before}


def answer_of(changes: Sequence[Change]) -> dict[str, Any]:
    """Return the response of an operation that changed memories."""
    told = []
    for change in changes:
        # A memory restored by an undo has a previous revision, too: that of its deletion.
        previous = change.previous if change.action != "CREATED" else None
        told.append(
            GeneratedMemoryChange(
                memory=MemoryReference(name=name_of(change.path)),
                action=change.action,
                previous_revision=name_of(f"{change.path}/revisions/{previous}") if previous else None,
            )
        )
    return GenerateMemoriesResponse(generated_memories=told).to_wire()


def net(changes: Iterable[Change]) -> list[Change]:
    """Return the net change to each memory, in the order in which the memories were last changed."""
    merged: dict[str, Change] = {}
    for change in changes:
        first = merged.pop(change.path, None)
        after = change if first is None else combine(first, change)
        if after is not None:
            merged[change.path] = after
    return list(merged.values())


def combine(first: Change, second: Change) -> Change | None:
    """Return the net change of two changes to one memory by the same operation."""
    # If another operation's change came between, this one has no revision of its own and cannot be undone separately.
    state = second.state if first.state == second.previous else None
    if first.action == "CREATED":
        return None if second.action == "DELETED" else replace(first, state=state)
    return replace(second, previous=first.previous, before=first.before, state=state)
