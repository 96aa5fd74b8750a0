"""Charts of numbers per day: columns that stand on each other, or a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720, 160


@dataclass(frozen=True)
class Series:
    """One row of numbers, one per day, and its name."""

    name: str
    values: Sequence[int]


@dataclass(frozen=True)
class Column:
    """A rectangle of a chart."""

    series: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """A chart and its numbers, which readers that do not see it are given as a table."""

    title: str
    days: Sequence[date]
    series: Sequence[Series]
    most: int
    columns: Sequence[Column]
    points: str
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def rows(self) -> list[tuple[date, list[int]]]:
        """The days on which there is something, newest first."""
        rows = [(day, [each.values[index] for each in self.series]) for index, day in enumerate(self.days)]
        return [row for row in reversed(rows) if any(row[1])]


def chart(title: str, days: Sequence[date], series: Sequence[Series], *, line: bool = False) -> Chart:
    """Draw numbers per day; the tallest day reaches the top."""
    totals = [sum(each.values[index] for each in series) for index in range(len(days))]
    most = max(totals, default=0)
    scale = HEIGHT / most if most else 0
    step = WIDTH / max(1, len(days))
    points = " ".join(f"{step * (index + 0.5):.1f},{HEIGHT - value * scale:.1f}" for index, value in enumerate(totals))
    columns = [] if line else _columns(series, step=step, scale=scale)
    return Chart(title, days, series, most, columns, points if line else "")


def _columns(series: Sequence[Series], *, step: float, scale: float) -> list[Column]:
    found = []
    for index, values in enumerate(zip(*(each.values for each in series), strict=True)):
        floor = float(HEIGHT)
        for each, value in zip(series, values, strict=True):
            height = value * scale
            floor -= height
            if value:
                found.append(
                    Column(each.name, round(step * index + 2, 1), round(floor, 1), round(step - 4, 1), round(height, 1))
                )
    return found
