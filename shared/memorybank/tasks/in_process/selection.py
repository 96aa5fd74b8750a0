"""Chooses the next tasks fairly: lanes take turns, so that one lane's backlog does not delay the others."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence

from memorybank.ports.documents import Document


def lane_limit(threads: int) -> int:
    """Return how many of the threads one lane may use; the rest are kept free for other lanes."""
    return max(1, threads * 3 // 4)


def chosen(due: Sequence[Document], *, running: Iterable[str], free: int, limit: int) -> list[Document]:
    """Return at most `free` of the due tasks, which are given in the order in which they fell due.

    The lane with the fewest running tasks comes first; among equals, the one that has waited longest. `running` lists
    the lanes of the running tasks. A task without a lane counts as a lane of its own.
    """
    waiting: dict[str, deque[Document]] = {}
    for document in due:
        waiting.setdefault(lane_of(document), deque()).append(document)
    busy: Mapping[str, int] = Counter(running)
    taken: Counter[str] = Counter(busy)
    found: list[Document] = []
    while waiting and len(found) < free:
        # The first of equals: lanes are in the order of their due times.
        lane = min(waiting, key=lambda name: taken[name])
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
