"""How tests wait: for minutes if need be, because a slow machine is no failure."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal, TypeVar

import httpx

LONG = timedelta(minutes=5)
"""When a test gives up: it is stuck, not slow."""

PATIENCE = LONG.total_seconds()
"""The same in seconds."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.01, 0.5
_PART_OF_THE_WAIT = 0.25
"""A pause is a quarter of the wait so far: many polls of what is slow would slow it down further."""

_Reached = TypeVar("_Reached")


def until(
    reached: Callable[[], _Reached | Literal[False] | None], *, state: Callable[[], object] = lambda: "waited in vain"
) -> _Reached:
    """Poll until something is true, and return it; a test that waits in vain is told the state."""
    begun = time.monotonic()
    while not (found := reached()):
        waited = time.monotonic() - begun
        assert waited < PATIENCE, state()
        time.sleep(min(max(waited * _PART_OF_THE_WAIT, _SHORTEST_PAUSE), _LONGEST_PAUSE))
    return found


def finished(http: httpx.Client, operation: dict[str, Any]) -> dict[str, Any]:
    """Return an operation when it is done, whatever its outcome; calls answer it running or done already."""
    now = operation

    def done() -> bool:
        nonlocal now
        if not now.get("done"):
            answer = http.get(http.base_url.join(f"/v1beta1/{operation['name']}"))
            assert answer.status_code == httpx.codes.OK, answer.text
            now = answer.json()
        return bool(now.get("done"))

    until(done, state=lambda: now)
    return now
