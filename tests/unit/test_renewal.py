"""A value that is fetched in time: one fetch at once, nobody waits while it is good, failures are told at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from memorybank.errors import Unavailable
from memorybank.renewal import RETRY_AFTER, Renewing

PATIENCE = 120.0


class Source:
    """Gives values 1, 2, ... that are good for `life` seconds of its clock; it can be broken, or held up."""

    def __init__(self, *, life: float = 100.0) -> None:
        self.now, self.life, self.calls = 0.0, life, 0
        self.broken = False
        self.open = threading.Event()
        self.open.set()
        self.asked = threading.Event()

    def fetch(self) -> tuple[int, float]:
        self.calls += 1
        number = self.calls
        self.asked.set()
        assert self.open.wait(PATIENCE)
        if self.broken:
            raise Unavailable("nothing to be had")
        return number, self.now + self.life

    def value(self, **options: float) -> Renewing[int]:
        return Renewing(self.fetch, now=lambda: self.now, **options)


def poll(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_a_value_is_fetched_once_while_it_is_good() -> None:
    source = Source()
    value = source.value()
    assert [value(), value()] == [1, 1]
    source.now = 100.0
    assert value() == 2


def test_threads_that_ask_at_once_share_one_fetch() -> None:
    source = Source()
    source.open.clear()
    value = source.value()
    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(value) for _ in range(8)]
        assert source.asked.wait(PATIENCE)
        source.open.set()
        assert {future.result(PATIENCE) for future in found} == {1}
    assert source.calls == 1


def test_nobody_waits_for_a_slow_source_while_the_value_is_good() -> None:
    source = Source()
    value = source.value(margin=30.0)
    assert value() == 1
    source.now, source.open = 80.0, threading.Event()
    assert [value(), value()] == [1, 1]  # the source is not answering
    poll(lambda: source.calls == 2)
    source.open.set()
    poll(lambda: value() == 2)
    assert source.calls == 2


def test_a_failing_source_does_not_cost_a_value_that_is_good() -> None:
    source = Source()
    value = source.value(margin=30.0)
    assert value() == 1
    source.now, source.broken = 80.0, True
    for _ in range(5):
        assert value() == 1
    poll(lambda: source.calls == 2)
    source.now += RETRY_AFTER
    poll(lambda: value() == 1 and source.calls == 3)


def test_a_failure_is_told_at_once_to_those_who_ask_right_after_it() -> None:
    source = Source()
    source.broken = True
    value = source.value()
    for _ in range(3):
        with pytest.raises(Unavailable, match="nothing to be had"):
            value()
    assert source.calls == 1
    source.broken, source.now = False, RETRY_AFTER
    assert value() == 2


def test_everyone_who_waits_for_a_fetch_that_fails_is_told() -> None:
    source = Source()
    source.open.clear()
    source.broken = True
    value = source.value()
    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(value) for _ in range(4)]
        assert source.asked.wait(PATIENCE)
        source.open.set()
        assert all(isinstance(future.exception(PATIENCE), Unavailable) for future in found)
    assert source.calls == 1


def test_an_unexpected_error_is_raised_and_not_remembered() -> None:
    calls = iter(range(2))

    def fetch() -> tuple[int, float]:
        if next(calls) == 0:
            raise ValueError("odd")
        return 7, 10.0

    value = Renewing(fetch, now=lambda: 0.0)
    with pytest.raises(ValueError, match="odd"):
        value()
    assert value() == 7


def test_a_value_can_be_asked_for_anew_but_not_too_often() -> None:
    source = Source()
    value = source.value()
    assert value() == 1
    source.now = 59.0
    assert value.again(interval=60.0) == 1
    source.now = 60.0
    assert value.again(interval=60.0) == 2
    source.now, source.broken = 130.0, True
    assert value.again(interval=60.0) == 2  # it is good still, and better than nothing
    source.now = 200.0
    with pytest.raises(Unavailable):
        value.again(interval=60.0)
