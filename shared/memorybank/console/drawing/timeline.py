"""The timeline of a memory: one dot per revision, as far apart as they are in time, but never on top of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 720, 56
_EDGE = 20
_APART = 16


@dataclass(frozen=True)
class Dot:
    """One revision on the line."""

    x: float
    id: str
    action: str
    time: str


@dataclass(frozen=True)
class Timeline:
    """The dots, oldest first, and the size of the picture."""

    dots: Sequence[Dot]
    width: int = WIDTH
    height: int = HEIGHT


def timeline(revisions: Sequence[tuple[str, str, str]]) -> Timeline:
    """Place revisions, given newest first as id, action and time."""
    oldest_first = list(reversed(revisions))
    times = [datetime.fromisoformat(time).timestamp() for _, _, time in oldest_first]
    apart = min(_APART, (WIDTH - 2 * _EDGE) / max(1, len(times) - 1))
    places = _spread(times, apart=apart)
    return Timeline([Dot(round(x, 1), *each) for x, each in zip(places, oldest_first, strict=True)])


def _spread(times: Sequence[float], *, apart: float) -> list[float]:
    """Return places in proportion to times; each takes at least `apart`, and what is left is shared by time."""
    if not times:
        return []
    length = times[-1] - times[0]
    free = WIDTH - 2 * _EDGE - apart * (len(times) - 1)
    return [
        _EDGE + apart * index + (free * (time - times[0]) / length if length > 0 else 0)
        for index, time in enumerate(times)
    ]
