"""Which of the tasks that are due come next: lanes take turns, so that nobody waits behind another's hundred."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence

from memorybank.ports.documents import Document


def lane_limit(threads: int) -> int:
    """Return how many of the threads one lane may use: some are left for whoever comes next."""
    return max(1, threads * 3 // 4)


def chosen(due: Sequence[Document], *, running: Iterable[str], free: int, limit: int) -> list[Document]:
    """Return at most `free` of the due tasks, which come in the order in which they fell due.

    The lane with the fewest running tasks comes first, among equals the one that has waited longest. `running` names
    the lanes of the tasks that run now. A task without a lane has one of its own.
    """
    waiting: dict[str, deque[Document]] = {}
    for document in due:
        waiting.setdefault(lane_of(document), deque()).append(document)
    busy: Mapping[str, int] = Counter(running)
    taken: Counter[str] = Counter(busy)
    found: list[Document] = []
    while waiting and len(found) < free:
        lane = min(waiting, key=lambda name: taken[name])  # the first of equals: lanes stand in the order of their due
        if taken[lane] >= limit:
            break
        found.append(waiting[lane].popleft())
        taken[lane] += 1
        if not waiting[lane]:
            del waiting[lane]
    return found


def lane_of(document: Document) -> str:
    """Return the lane of a stored task."""
    return document.data.get("lane") or document.path
