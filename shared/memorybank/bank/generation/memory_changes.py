"""What an operation did to memories: what its answer tells of it, and what an undo needs to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from memorybank.ports.documents import Data
from memorybank.resources.generation import GeneratedMemoryChange, GenerateMemoriesResponse, MemoryReference
from memorybank.resources.names import name_of


@dataclass(frozen=True)
class Change:
    """What an operation did to one memory, and the revision that the memory had before.

    `state` is the revision that says what the memory was after it, None if none does; `before` is when the memory had
    last been changed.
    """

    path: str
    action: str
    previous: str | None
    state: str | None = None
    before: datetime | None = None

    def data(self) -> Data:
        """Return what the operation keeps of it, for an undo."""
        known = {"memory": self.path.rpartition("/")[2], "action": self.action, "previous": self.previous}
        return {**known, "state": self.state, "before": self.before}


def answer_of(changes: Sequence[Change]) -> dict[str, Any]:
    """Return the response of an operation that changed memories."""
    told = []
    for change in changes:
        # What an undo brought back had a revision before, too: that of its deletion.
        previous = change.previous if change.action != "CREATED" else None
        told.append(
            GeneratedMemoryChange(
                memory=MemoryReference(name=name_of(change.path)),
                action=change.action,
                previous_revision=name_of(f"{change.path}/revisions/{previous}") if previous else None,
            )
        )
    return GenerateMemoriesResponse(generated_memories=told).to_wire()


def combine(first: Change, second: Change) -> Change | None:
    """Return what two changes of one memory by one operation come to."""
    # Where another operation came between, no revision is all this one's, and none can be undone with the others kept.
    state = second.state if first.state == second.previous else None
    if first.action == "CREATED":
        return None if second.action == "DELETED" else replace(first, state=state)
    return replace(second, previous=first.previous, before=first.before, state=state)
