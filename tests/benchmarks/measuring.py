"""Taking times, side by side, and telling them in a table."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Side = Callable[[int], object]
"""One thing to measure; it is told the number of the round."""

_FEW = 8
_LOOK = 50
"""After how many rounds it is looked whether they are enough."""

_NARROW = 0.02
"""The width of a median's interval, as its share, below which more rounds tell nothing that a goal asks for."""
_HEADINGS = ("", "median", "compared with", "median", "ratio", "goal", "")


@dataclass(frozen=True)
class Row:
    """One line of the table. `met` is None where there is no goal."""

    what: str
    measured: str
    against: str = ""
    floor: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line's texts, one per heading."""
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return (self.what, self.measured, self.against, self.floor, self.ratio, self.goal, verdict)


def timed(side: Side, number: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds that one round of a side takes, by a clock."""
    begun = clock()
    side(number)
    return clock() - begun


def cpu_seconds(act: Callable[[], object], *, rounds: int = 3) -> float:
    """Return the seconds of this process's CPU that something takes, the least of some rounds."""
    return min(timed(lambda _: act(), number, time.process_time) for number in range(rounds))


def interleaved(
    rounds: int, *sides: Side, warm_up: int = 3, clock: Callable[[], float] = time.perf_counter
) -> list[list[float]]:
    """Return each side's seconds. Sides take turns in every round (A B, then B A), so that noise falls on all alike.

    There are no more than `rounds`, and fewer if all medians are known well before.
    """
    found: list[list[float]] = [[] for _ in sides]
    for number in range(-warm_up, rounds):
        if number and number % _LOOK == 0 and all(map(_is_narrow, found)):
            break
        order = range(len(sides)) if number % 2 else reversed(range(len(sides)))
        for index in order:
            seconds = timed(sides[index], number, clock)
            if number >= 0:
                found[index].append(seconds)
    return found


def _is_narrow(seconds: Sequence[float]) -> bool:
    """Tell whether the interval that holds the true median, with 95 % confidence, is narrow."""
    ordered, middle = sorted(seconds), len(seconds) // 2
    reach = math.ceil(math.sqrt(len(seconds)))  # in ranks: twice the deviation of the median's own
    return ordered[middle + reach] - ordered[middle - reach] <= _NARROW * ordered[middle]


def compared(
    what: str, seconds: Sequence[float], *, against: str, floor: Sequence[float], goal: float | None = None
) -> Row:
    """Return the line of two medians and their ratio; `goal` is the largest ratio that is good.

    Half of the rounds had a ratio within the span in brackets: what noise does to it.
    """
    measured, base = statistics.median(seconds), statistics.median(floor)
    ratio = measured / base
    return Row(
        what,
        duration(measured),
        against=against,
        floor=duration(base),
        ratio=f"{ratio:.2f}x{_span(seconds, floor)}",
        goal="" if goal is None else f"<= {goal:g}x",
        met=None if goal is None else ratio <= goal,
    )


def _span(seconds: Sequence[float], floor: Sequence[float]) -> str:
    if len(seconds) != len(floor) or len(seconds) < _FEW:
        return ""
    low, _, high = statistics.quantiles([one / other for one, other in zip(seconds, floor, strict=True)])
    return f" ({low:.2f}-{high:.2f})"


def bounded(what: str, seconds: float, *, goal: float | None = None) -> Row:
    """Return the line of seconds of CPU that should not be more than a goal."""
    limit = "" if goal is None else f"<= {duration(goal)}"
    return Row(what, duration(seconds), goal=limit, met=None if goal is None else seconds <= goal)


def told(what: str, seconds: Sequence[float]) -> Row:
    """Return the line of a median that is for information."""
    return Row(what, duration(statistics.median(seconds)))


def duration(seconds: float) -> str:
    """Write seconds in the unit that reads best."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} us"
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"


def spread(what: str, seconds: Sequence[float]) -> Row:
    """Return the line of how values spread: the one that half of them, 99 % and all do not exceed."""
    ordered = sorted(seconds)
    picked = (ordered[max(0, math.ceil(len(ordered) * share) - 1)] for share in (0.5, 0.99, 1.0))
    return Row(f"{what}: p50 / p99 / max", " / ".join(map(duration, picked)))


def missing(error: Exception) -> Row:
    """Return the line of a chapter that broke off; on a busy machine the emulator may answer too late."""
    return Row(f"not measured: {type(error).__name__}: {str(error)[:80]}", "", met=False)


def table(chapters: Iterable[tuple[str, Sequence[Row]]]) -> str:
    """Return titled groups of lines as aligned text."""
    kept = list(chapters)
    cells = [_HEADINGS, *(row.cells for _, rows in kept for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [_line(_HEADINGS, widths)]
    for title, rows in kept:
        lines += ["", title, *(_line(row.cells, widths) for row in rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    right = {1, 3, 4}  # numbers end where numbers end
    padded = (
        f"{cell:>{width}}" if index in right else f"{cell:<{width}}"
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(padded).rstrip()
