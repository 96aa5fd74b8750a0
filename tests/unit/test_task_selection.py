"""Which tasks come next: lanes take turns, in the order in which their tasks fell due."""

from __future__ import annotations

import pytest

from memorybank.ports.documents import Document
from memorybank.tasks.in_process.selection import chosen, lane_limit


def tasks(names: str) -> list[Document]:
    """Return tasks whose lanes are the letters of their names; a capital stands alone."""
    return [Document(f"tasks/{name}", {"lane": "" if name[0].isupper() else name[0]}, None) for name in names.split()]


@pytest.mark.parametrize(
    ("due", "running", "free", "taken"),
    [
        ("a1 a2 a3 a4", "", 3, "a1 a2 a3"),
        ("a1 a2 a3 b1", "", 2, "a1 b1"),
        ("a1 a2 b1 c1 c2", "", 5, "a1 b1 c1 a2 c2"),
        ("a1 a2 b1", "aa", 2, "b1 a1"),
        ("a1 b1", "ab", 1, "a1"),
        ("a1 a2", "aaaa", 4, ""),
        ("A1 B1 C1", "", 3, "A1 B1 C1"),
        ("a1", "", 0, ""),
        ("", "", 4, ""),
    ],
)
def test_lanes_take_turns(due: str, running: str, free: int, taken: str) -> None:
    found = chosen(tasks(due), running=running, free=free, limit=4)
    assert " ".join(document.id for document in found) == taken


def test_a_lane_never_has_all_threads_but_always_one() -> None:
    assert [lane_limit(threads) for threads in (1, 2, 4, 16)] == [1, 1, 3, 12]
