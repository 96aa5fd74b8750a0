"""The commits of a purge: each deletes a few memories, as DeleteMemory does."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.memories import stored
from memorybank.bank.memories.origin import Origin
from memorybank.bank.memories.records import MEMORY_FIELDS, lives, record_of
from memorybank.bank.memories.workspace import Workspace
from memorybank.bank.ports import Ports
from memorybank.ports.documents import Document, Write
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import RevisionOptions

_AT_ONCE, _WRITES = 10, 200
"""How many memories are deleted at once, and how many writes end a commit: no memory is added after that, as each may
bring 200 revisions whose life is shortened."""

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """The writes that delete `gone` memories of the first `looked` on the list."""

    writes: list[Write]
    gone: int
    looked: int


def step_of(ports: Ports, config: MemoryBankConfig, paths: Sequence[str], *, still: Callable[[Document], bool]) -> Step:
    """Prepare the deletion of existing memories that are `still` to be deleted, as many as fit one commit."""
    now = ports.clock.now()
    workspace, gone, looked, size = Workspace(config, now, ports.rules.deleted_retention), 0, 0, 0
    for document in ports.store.get_many(paths, fields=MEMORY_FIELDS):
        if size >= _WRITES:
            break
        looked += 1
        if document is None or not (lives(document.data.get("expire_time"), now) and still(document)):
            continue
        record = record_of(document)
        revisions = stored.revisions_of(ports, record.path)
        workspace.delete(record, Origin(RevisionOptions()), revisions=revisions)
        gone, size = gone + 1, size + 2 + len(revisions)
    return Step(workspace.writes(), gone, looked)


def commit_step(ports: Ports, prepare: Callable[[int], tuple[Sequence[Write], T]]) -> T:
    """Commit a step for this many memories, or fewer and fewer as long as concurrent changes conflict."""
    tries = itertools.count()

    def attempt() -> T:
        writes, outcome = prepare(max(1, _AT_ONCE >> next(tries)))
        if writes:
            commit(ports.store, writes)
        return outcome

    return retry_on_conflict(attempt)
