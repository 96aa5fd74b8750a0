"""Usage: what was billed is added up by step, for the work at hand and no other."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from memorybank.models.usage import Meter, ModelCall, OverBudget, check, metered, report, seconds, timed
from memorybank.testing.frozen import FrozenClock


def test_calls_count_for_the_work_at_hand_and_no_other() -> None:
    report(ModelCall("extract", "m", input=1))
    with metered(Meter()) as outer:
        report(ModelCall("extract", "m", "p-1", input=2, output=3, cached=1))
        with metered(Meter()) as inner:
            report(ModelCall("embed", "e", input=5))
        report(ModelCall("extract", "n", "p-2", input=10))
        thread = threading.Thread(target=report, args=(ModelCall("decide", "m"),))
        thread.start()
        thread.join()
    assert (outer.tokens, inner.tokens) == (15, 5)
    both = {"calls": 2, "inputTokens": 12, "outputTokens": 3, "cachedTokens": 1}
    assert outer.summary() == {"extract": {**both, "model": "n", "prompt": "p-2"}}
    assert list(inner.summary()) == ["embed"]


def test_a_budget_counts_what_earlier_attempts_have_spent() -> None:
    check(0, expected=10**9)
    check(100, expected=100)
    with pytest.raises(OverBudget, match="allows 100"):
        check(100, expected=101)
    earlier = {"extract": {"calls": 2, "inputTokens": 50, "outputTokens": 10, "cachedTokens": 5, "model": "m"}}
    with metered(Meter(earlier)) as meter:
        check(100, expected=40)
        report(ModelCall("extract", "m", input=20))
        with pytest.raises(OverBudget, match="has used 80 tokens and its next model call needs about 21 more"):
            check(100, expected=21)
    both = {"calls": 3, "inputTokens": 70, "outputTokens": 10, "cachedTokens": 5, "model": "m"}
    assert meter.summary() == {"extract": both}


def test_the_time_of_a_step_counts_also_if_it_fails_and_never_below_zero() -> None:
    clock = FrozenClock()

    def take(step: str, **passed: int) -> None:
        with timed(step, clock.now):
            clock.advance(timedelta(**passed))
            raise ConnectionError

    with metered(Meter(seconds={"extract": 2.0})):
        for step, passed in (("extract", 1500), ("extract", 1), ("decide", -5000)):
            with pytest.raises(ConnectionError):
                take(step, milliseconds=passed)
        assert seconds() == {"extract": 3.501, "decide": 0.0}
    with timed("extract", clock.now):
        assert seconds() == {}, "without an operation nothing is counted"
