"""What a generation left out, as an operation tells it: kind, count and event, never the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from memorybank.bank.guards.refusals import LeftOut
from memorybank.ports.documents import Data

_MOST = 200
"""The most entries that an operation tells; if there are more, they are counted by kind alone."""


def combined(earlier: Sequence[Data] | None, more: Iterable[LeftOut]) -> list[Data]:
    """Return what was left out before and now, in the form stored on an operation; equal entries are one."""
    counts: Counter[tuple[str, int | None]] = Counter()
    for data in earlier or ():
        counts[data["kind"], data["event"]] += data["count"]
    for each in more:
        counts[each.kind, each.event] += each.count
    if len(counts) > _MOST:
        kinds: Counter[tuple[str, int | None]] = Counter()
        for (kind, _), count in counts.items():
            kinds[kind, None] += count
        counts = kinds
    return [{"kind": kind, "count": count, "event": event} for (kind, event), count in counts.items()]
