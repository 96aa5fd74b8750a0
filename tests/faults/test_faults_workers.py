"""Workers get into each other's way: one operation twice at once, leases that expire, clocks that differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank import worker
from memorybank.errors import Unavailable
from memorybank.ports.tasks import Attempt, Task
from memorybank.testing.cloud_tasks.server import CloudTasksServer
from memorybank.testing.scripted import ScriptedModel, sentences
from tests.contract.cloud_tasks_worker import Receiver
from tests.faults.bench import Bench, receiver_of
from tests.faults.sides import CLEAN, OTHER, PAST_A_LEASE, TOLD, Doors, ShiftedClock, Side, moves

_SKEW = timedelta(minutes=5)
_PAST_ALL = timedelta(minutes=10)
_BOTH = {**CLEAN, OTHER: [OTHER]}
"""What two generations leave of which the second says something of its own."""


class _Counting:
    """A receiver that counts the deliveries that have come to their end, whatever it was."""

    def __init__(self, receive: Receiver) -> None:
        self._receive = receive
        self.ended = 0

    def __call__(self, headers: Mapping[str, str], body: Mapping[str, Any]) -> None:
        try:
            self._receive(headers, body)
        finally:
            self.ended += 1


class _AnswerLost:
    """A queue whose task is done by the time that it says it could not take it."""

    def __init__(self, side: Side) -> None:
        self._side = side

    def enqueue(self, task: Task) -> None:
        worker.run(self._side, Attempt(task, 1, final=False))
        raise Unavailable("the answer is lost")


def test_an_acceptance_succeeds_if_a_worker_has_its_task_though_the_queue_says_otherwise(
    firestore_emulator: str, tasks: CloudTasksServer
) -> None:
    """Were the caller told to ask again, everything would be remembered twice."""
    with Bench(firestore_emulator, tasks) as bench:
        side = bench.side("http://127.0.0.1:9/")
        name = bench.accept(replace(side, queue=_AnswerLost(side)), *TOLD)
        assert [operation.data["name"] for operation in bench.finished()] == [name]
        assert bench.known() == CLEAN


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["the-first-ends-first", "the-second-ends-first"])
@pytest.mark.parametrize("step", ["extract", "decide"])
def test_two_workers_on_one_operation_at_once_do_it_once(
    firestore_emulator: str, tasks: CloudTasksServer, step: str, order: tuple[int, int]
) -> None:
    """Both stand in the same model call, one after a task that Cloud Tasks has delivered twice."""
    doors = Doors(2)
    model = (
        ScriptedModel(extract=doors.before(sentences), decide=moves)
        if step == "extract"
        else ScriptedModel(decide=doors.before(moves))
    )
    with Bench(firestore_emulator, tasks) as bench:
        listening = bench.listen()
        working = bench.side(listening.url, model=model)
        listening.receiver = receiver = _Counting(receiver_of(working))
        if step == "extract":
            tasks.deliver_twice()
        bench.accept(working, *TOLD)
        doors.wait(0)
        if step == "decide":
            bench.deliver_again()
        doors.wait(1)
        doors.open(order[0])
        bench.wait(lambda: receiver.ended >= 1)
        assert bench.all_done()
        doors.open(order[1])
        bench.wait(lambda: receiver.ended >= 2)
        assert len(bench.finished()) == 1
        assert bench.known() == CLEAN
        bench.check_rest()
    assert (model.extractions, model.decisions) == ((2, 1) if step == "extract" else (1, 2))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["the-late-one-ends-first", "the-new-one-ends-first"])
def test_a_lease_that_expires_in_mid_model_call_is_taken_over_and_nothing_is_doubled(
    firestore_emulator: str, clock: ShiftedClock, tasks: CloudTasksServer, order: tuple[int, int]
) -> None:
    """Who waits beside the lease looks back when it has expired, and settles what its holder was at as well."""
    doors = Doors(2)
    model = ScriptedModel(decide=doors.before(moves))
    with Bench(firestore_emulator, tasks) as bench:
        listening = bench.listen()
        working = bench.side(listening.url, model=model, clock=clock)
        listening.receiver = receiver = _Counting(receiver_of(working))
        bench.accept(working, *TOLD)
        doors.wait(0)
        bench.accept(working, OTHER)
        bench.wait(lambda: receiver.ended >= 1)
        clock.jump(PAST_A_LEASE)
        doors.wait(1)
        doors.open(order[0])
        bench.wait(lambda: receiver.ended >= 2)
        assert bench.all_done() == (order[0] == 1)  # who has lost the lease leaves no trace
        doors.open(order[1])
        assert len(bench.finished()) == 2
        assert bench.known() == _BOTH
        bench.check_rest()
    assert (model.extractions, model.decisions) == (2, 2)


@pytest.mark.parametrize("hangs", [False, True], ids=["the-holder-goes-on", "the-holder-hangs"])
@pytest.mark.parametrize("skew", [_SKEW, -_SKEW], ids=["the-holder-ahead", "the-holder-behind"])
def test_workers_whose_clocks_are_five_minutes_apart_do_everything_once(
    firestore_emulator: str, clock: ShiftedClock, tasks: CloudTasksServer, skew: timedelta, *, hangs: bool
) -> None:
    """One takes the lease by its clock and stands in a model call, when the other wants it by its own clock."""
    doors, ahead = Doors(1), ShiftedClock(skew)
    holding, other = ScriptedModel(decide=doors.before(moves)), ScriptedModel(decide=moves)
    with Bench(firestore_emulator, tasks) as bench:
        workers = bench.listen(), bench.listen()
        sides = (
            bench.side(workers[0].url, model=holding, clock=ahead),
            bench.side(workers[1].url, model=other, clock=clock),
        )
        receivers = [_Counting(receiver_of(side)) for side in sides]
        for listening, receiver in zip(workers, receivers, strict=True):
            listening.receiver = receiver
        bench.accept(sides[0], *TOLD)
        doors.wait(0)
        bench.accept(sides[1], OTHER)
        bench.wait(lambda: receivers[1].ended >= 1)
        assert bench.all_done() == (skew < timedelta(0))  # a lease of the past is no hindrance
        if hangs:
            clock.jump(_PAST_ALL)
            bench.wait(bench.all_done)
        doors.open(0)
        bench.wait(bench.all_done)
        clock.jump(_PAST_ALL)
        assert len(bench.finished()) == 2
        assert bench.known() == _BOTH
        bench.check_rest()
    assert holding.extractions + other.extractions == 2
    assert holding.decisions + other.decisions <= 3
