"""Deliveries that die with their process: what is delivered again, what runs alone, and what is given up."""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import memorybank
from memorybank.ports.documents import Patch
from memorybank.ports.tasks import Task
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.contracts.queue import Deliveries
from memorybank.testing.frozen import FrozenClock
from memorybank.testing.processes import run_program
from tests.unit.in_process_queues import VISIBILITY, Gate, OpenQueue, OpenStore
from tests.waiting import LONG, until

CRASHING = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
from memorybank.ports.clock import SystemClock
from memorybank.storage.sqlite import SqliteStore
from memorybank.tasks.in_process import InProcessQueue

store = SqliteStore(Path(sys.argv[1]))
queue = InProcessQueue(store, clock=SystemClock(), visibility=timedelta(seconds=float(sys.argv[2])))
queue.start(lambda attempt: os.kill(os.getpid(), signal.SIGKILL))
signal.pause()
"""


def test_a_task_whose_process_was_killed_is_delivered_by_another(queue_file: Path, open_queue: OpenQueue) -> None:
    queue, deliveries = open_queue(), Deliveries()
    queue.enqueue(Task("t", "body"))
    crashed = run_program(
        [sys.executable, "-c", CRASHING, queue_file, str(VISIBILITY.total_seconds())],
        env={**os.environ, "PYTHONPATH": str(Path(memorybank.__file__).parents[1])},
    )
    assert crashed.returncode == -signal.SIGKILL
    queue.start(deliveries)
    until(lambda: deliveries.names)
    assert queue.wait_idle(LONG)
    assert deliveries.numbers == [2]


def _died(store: SqliteStore, name: str, **fields: object) -> None:
    """Leave a task as a process leaves it that was killed while it delivered it."""
    store.commit([Patch(f"tasks/{name}", {"running": True, **fields})])


@pytest.mark.parametrize("deaths", [1, 8, 50])
def test_a_task_that_was_present_when_processes_died_is_delivered_all_the_same(
    open_store: OpenStore, open_queue: OpenQueue, deaths: int
) -> None:
    """Whatever else ran there may have killed them."""
    store, clock, deliveries = open_store(), FrozenClock(), Deliveries()
    queue = open_queue(store=store, clock=clock, max_attempts=3)
    queue.enqueue(Task("t", "body"))
    _died(store, "t", attempts=deaths, failed=0, lost=deaths - 1, lost_alone=0, alone=False)
    queue.start(deliveries)
    assert queue.wait_idle(LONG)
    [attempt] = deliveries.attempts
    assert (attempt.number, attempt.final, attempt.exhausted) == (deaths + 1, False, False)
    assert store.get("tasks/t") is None


def test_a_suspect_is_delivered_while_nothing_else_runs(open_store: OpenStore, open_queue: OpenQueue) -> None:
    store, clock, gate = open_store(), FrozenClock(), Gate()
    queue = open_queue(store=store, clock=clock)
    queue.enqueue(Task("suspect", "body"))
    _died(store, "suspect", attempts=3, failed=0, lost=2, lost_alone=0, alone=False)
    for number in range(3):
        queue.enqueue(Task(f"t{number}", "body"))
    queue.start(gate)
    until(lambda: gate.deliveries.names)
    assert gate.deliveries.names == ["suspect"]
    stored = store.get("tasks/suspect")
    assert stored
    assert stored.data["alone"] is True
    gate.open()
    assert queue.wait_idle(LONG)
    assert sorted(gate.deliveries.names) == ["suspect", "t0", "t1", "t2"]


def test_a_suspect_waits_for_what_runs_and_nothing_else_begins_before_it(
    open_store: OpenStore, open_queue: OpenQueue
) -> None:
    store, gate = open_store(), Gate()
    queue = open_queue(store=store)
    queue.enqueue(Task("running", "body"))
    queue.start(gate)
    until(lambda: gate.deliveries.names)
    queue.enqueue(Task("suspect", "body"))
    _died(store, "suspect", attempts=3, failed=0, lost=2, lost_alone=0, alone=False)
    queue.enqueue(Task("later", "body"))
    gate.open()
    assert queue.wait_idle(LONG)
    assert gate.deliveries.names == ["running", "suspect", "later"]


@pytest.mark.parametrize(("alone", "terms"), [(0, 1), (1, 2), (2, 4), (7, 128)])
def test_after_each_death_alone_a_task_waits_twice_as_long_for_its_next_delivery(
    open_store: OpenStore, open_queue: OpenQueue, alone: int, terms: int
) -> None:
    """Processes that are restarted again and again must not make a harmless task look guilty."""
    store, clock, gate = open_store(), FrozenClock(), Gate()
    queue = open_queue(store=store, clock=clock)
    queue.enqueue(Task("t", "body"))
    _died(store, "t", attempts=3 + alone, failed=0, lost=2 + alone, lost_alone=alone - (alone > 0), alone=alone > 0)
    queue.start(gate)
    until(lambda: gate.deliveries.names)
    stored = store.get("tasks/t")
    assert stored
    assert stored.data["run_at"] == clock.now() + terms * VISIBILITY
    gate.open()
    assert queue.wait_idle(LONG)


@pytest.mark.parametrize(("alone", "delivered"), [(1, [5]), (7, [11]), (8, [12])])
def test_a_task_that_kills_its_process_alone_gets_a_final_attempt_and_ends(
    open_store: OpenStore, open_queue: OpenQueue, alone: int, delivered: list[int]
) -> None:
    """What died eight times while nothing else ran is given to its handler as exhausted."""
    store, clock, deliveries = open_store(), FrozenClock(), Deliveries()
    queue = open_queue(store=store, clock=clock)
    queue.enqueue(Task("t", "body"))
    _died(store, "t", attempts=3 + alone, failed=0, lost=2 + alone, lost_alone=alone - 1, alone=True)
    queue.start(deliveries)
    assert queue.wait_idle(LONG)
    assert deliveries.numbers == delivered
    assert [attempt.exhausted for attempt in deliveries.attempts] == [alone == 8]
    assert store.get("tasks/t") is None


def test_a_task_whose_last_delivery_was_lost_too_is_dropped(
    open_store: OpenStore, open_queue: OpenQueue, caplog: pytest.LogCaptureFixture
) -> None:
    store, clock, deliveries = open_store(), FrozenClock(), Deliveries()
    queue = open_queue(store=store, clock=clock)
    queue.enqueue(Task("t", "body"))
    _died(store, "t", attempts=12, failed=0, lost=11, lost_alone=8, alone=True, exhausted=True)
    queue.start(deliveries)
    assert queue.wait_idle(LONG)
    assert deliveries.names == []
    assert store.get("tasks/t") is None
    assert "task t is dropped" in caplog.text


def test_errors_alone_make_an_attempt_final(open_store: OpenStore, open_queue: OpenQueue) -> None:
    store, clock, deliveries = open_store(), FrozenClock(), Deliveries(failures=9)
    queue = open_queue(store=store, clock=clock, max_attempts=3)
    queue.enqueue(Task("t", "body"))
    _died(store, "t", attempts=4, failed=1, lost=1, lost_alone=0, alone=False)
    queue.start(deliveries)
    for _ in range(3):
        assert queue.wait_idle(LONG)
        clock.advance(timedelta(minutes=1))
    assert [(attempt.number, attempt.final) for attempt in deliveries.attempts] == [(5, False), (6, True)]
