"""How often the benchmarks repeat what they measure."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from tests.benchmarks.measuring import interleaved


def measured(*sides: Sequence[float]) -> list[int]:
    """Say how often sides are measured, at most 400 times, if their rounds take these seconds, again and again."""
    now = 0.0

    def side(seconds: Sequence[float]) -> Callable[[int], None]:
        each = itertools.cycle(seconds)

        def pass_time(_: int) -> None:
            nonlocal now
            now += next(each)

        return pass_time

    return [len(found) for found in interleaved(400, *map(side, sides), clock=lambda: now)]


def test_what_always_takes_the_same_time_is_measured_a_few_times() -> None:
    assert measured([1.0], [2.0]) == [50, 50]


def test_one_outlier_in_ten_changes_nothing() -> None:
    assert measured([1.0] * 9 + [100.0]) == [50]


def test_sides_are_measured_as_long_as_the_median_of_one_is_uncertain() -> None:
    assert measured([1.0], [1.0, 1.5]) == [400, 400]
