"""A filter that takes too much CPU time is refused, however it is written."""

from __future__ import annotations

import itertools

import pytest

from memorybank.aip.filters.budget import MAX_SECONDS, Budget
from memorybank.aip.filters.linear_pattern import LinearPattern
from memorybank.errors import InvalidArgument


def test_a_filter_is_refused_when_its_cpu_time_is_spent() -> None:
    clock = itertools.count()
    test = Budget(seconds=3, clock=lambda: float(next(clock))).charged(lambda _record: True)
    assert test({})
    with pytest.raises(InvalidArgument, match="more than 3 s of CPU time"):
        list(itertools.takewhile(bool, (test({}) for _ in range(3))))


def test_a_long_match_asks_while_it_goes_on() -> None:
    clock = itertools.count()
    budget = Budget(seconds=5, clock=lambda: float(next(clock)))
    pattern = LinearPattern("x")
    with pytest.raises(InvalidArgument, match="more than 5 s"):
        budget.charged(lambda record: pattern.found_in(record["fact"], ask=budget.check))({"fact": "a" * 10_000})


def test_ordinary_filters_are_far_from_the_limit() -> None:
    test = Budget().charged(lambda record: LinearPattern("tea|coffee").found_in(record["fact"]))
    assert MAX_SECONDS >= 1
    assert not any(test({"fact": "I like milk"}) for _ in range(100))
