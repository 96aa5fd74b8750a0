"""The time that the steps of a generation take is on its operation, and costs no write of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from memorybank.errors import Unavailable
from memorybank.models import usage
from memorybank.ports.documents import Write
from memorybank.ports.models import Decision, DecisionRequest, ExtractedFact, ExtractionRequest
from memorybank.resources.operation import Operation
from memorybank.testing.scripted import ScriptedModel, sentences
from tests.unit.policy import Interfering, Policy, open_policy


class _Slow:
    """A model that takes 1.25 s to extract and 0.5 s to decide; `fails` are the errors of its first extractions."""

    def __init__(self, *fails: Exception, billed: bool = False) -> None:
        self._fails, self._billed = list(fails), billed
        model = ScriptedModel(extract=self._extract, decide=self._decide)
        self.policy: Policy = open_policy(model, wrap=Interfering)
        self.commits = 0
        self.policy.interfere(self._count)

    def _count(self, writes: Sequence[Write]) -> None:
        self.commits += any("/operations/" in write.path for write in writes)

    def _extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        self.policy.clock.advance(timedelta(milliseconds=1250))
        if self._billed:
            usage.report(usage.ModelCall("extract", "m", input=1))
        if self._fails:
            raise self._fails.pop()
        return sentences(request)

    def _decide(self, request: DecisionRequest) -> list[Decision]:
        del request
        self.policy.clock.advance(timedelta(milliseconds=500))
        return []

    def told(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.policy.operation(name).extras()["stepDurations"]
        return found


def test_each_step_of_a_generation_is_told_with_its_time() -> None:
    slow = _Slow()
    slow.policy.remember("I like tea")
    name = slow.policy.accept("I like figs")
    slow.policy.deliver(name)
    assert slow.told(name) == {"extract": "1.25s", "match": "0s", "embed": "0s", "decide": "0.5s"}


def test_a_generation_that_finds_nothing_is_told_with_its_time() -> None:
    slow = _Slow()
    name = slow.policy.accept(" ")
    slow.policy.deliver(name)
    assert slow.told(name) == {"extract": "1.25s"}


@pytest.mark.parametrize(("billed", "told"), [(True, "2.5s"), (False, "1.25s")])
def test_a_failed_attempt_counts_where_its_usage_is_written_anyway(*, billed: bool, told: str) -> None:
    slow = _Slow(Unavailable("away"), billed=billed)
    name = slow.policy.accept("I like figs")
    slow.policy.deliver(name)
    commits = slow.commits
    slow.policy.deliver(name)
    assert slow.told(name)["extract"] == told
    assert commits == 2 + billed, "the acceptance, what was billed, and when to try again"


def test_durations_are_written_as_json_writes_them() -> None:
    slow = _Slow()
    at = slow.policy.clock.now()
    make = partial(Operation, "o", "GenerateMemories", at, at)
    told = make(seconds={"extract": 12.0, "decide": 0.001}).extras()
    assert told["stepDurations"] == {"extract": "12s", "decide": "0.001s"}
    assert "stepDurations" not in make(seconds={}).extras()
