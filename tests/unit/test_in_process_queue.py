"""What the in-process queue promises beyond the contract: it outlives processes, and shares its file with others."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from memorybank.errors import AlreadyExists, ResourceExhausted, Unavailable
from memorybank.ports.clock import SystemClock
from memorybank.ports.documents import Create, Delete, Document, Patch, Put, Query, Version, Write
from memorybank.ports.tasks import Attempt, Ending, Task
from memorybank.storage.sqlite import SqliteStore
from memorybank.tasks.in_process import InProcessQueue
from memorybank.testing.contracts.queue import Deliveries
from memorybank.testing.frozen import FrozenClock
from tests.unit.in_process_queues import MOMENT, VISIBILITY, Gate, OpenQueue, OpenStore
from tests.waiting import LONG, PATIENCE, until


class FlakyStore(SqliteStore):
    """A store that is unavailable for as many calls of a kind as it is told."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.failing: Counter[str] = Counter()

    def query(self, query: Query) -> list[Document]:
        self._fail("query")
        return super().query(query)

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        for write in writes:
            self._fail(type(write).__name__)
        return super().commit(writes)

    def _fail(self, call: str) -> None:
        if self.failing[call] > 0:
            self.failing[call] -= 1
            raise Unavailable(f"{call} is told to fail")


@pytest.fixture
def flaky(queue_file: Path) -> Iterator[FlakyStore]:
    store = FlakyStore(queue_file)
    yield store
    store.close()


def test_a_task_comes_with_other_writes_or_not_at_all(open_store: OpenStore, open_queue: OpenQueue) -> None:
    deliveries, store = Deliveries(), open_store()
    queue = open_queue()
    queue.start(deliveries)
    queue.enqueue_with(Task("one", "body"), [Create("notes/n", {"text": "x"})])
    with pytest.raises(AlreadyExists):
        queue.enqueue_with(Task("two", "body"), [Create("notes/n", {"text": "y"})])
    assert queue.wait_idle(LONG)
    assert deliveries.names == ["one"]
    assert store.below("tasks", limit=9) == []


def test_a_handler_may_end_its_task_in_a_commit_of_its_own(open_store: OpenStore, open_queue: OpenQueue) -> None:
    store = open_store()
    left: list[list[str]] = []

    def handle(attempt: Attempt) -> None:
        writes = [Put("notes/n", {"text": "x"}), *attempt.ending.writes]
        store.commit(writes)
        attempt.ending.note(writes)
        left.append(store.below("tasks", limit=9))

    queue = open_queue()
    queue.start(handle)
    queue.enqueue(Task("one", "body"))
    until(lambda: left)
    assert queue.wait_idle(LONG)
    assert left == [[]]


def test_an_ending_that_was_not_committed_ends_nothing() -> None:
    ending = Ending((Delete("tasks/one"),))
    ending.note([Delete("tasks/two")])
    assert not ending.committed
    ending.note([Delete("tasks/one"), Delete("tasks/two")])
    assert ending.committed


def test_a_task_outlives_the_queue_that_took_it(open_queue: OpenQueue) -> None:
    first = open_queue()
    first.enqueue(Task("t", "body"))
    first.stop()
    second, deliveries = open_queue(), Deliveries()
    second.start(deliveries)
    assert second.wait_idle(LONG)
    assert deliveries.names == ["t"]


def test_attempts_are_counted_across_restarts(open_queue: OpenQueue) -> None:
    clock, numbers = FrozenClock(), []
    for _ in range(3):
        queue, deliveries = open_queue(clock=clock), Deliveries(failures=3)
        queue.enqueue(Task("t", "body"))
        queue.start(deliveries)
        assert queue.wait_idle(LONG)
        queue.stop()
        numbers += deliveries.numbers
        clock.advance(timedelta(hours=1))
    assert numbers == [1, 2, 3]


def test_a_finished_task_leaves_nothing_behind_and_its_name_free(open_queue: OpenQueue, open_store: OpenStore) -> None:
    queue, deliveries = open_queue(), Deliveries()
    queue.start(deliveries)
    for _ in range(2):
        queue.enqueue(Task("t", "body"))
        assert queue.wait_idle(LONG)
        assert open_store().get("tasks/t") is None
    assert deliveries.numbers == [1, 1]


def test_two_queues_on_one_file_share_the_tasks_without_delivering_any_twice(open_queue: OpenQueue) -> None:
    """Each queue's handlers wait for the other's first delivery, so both must take part."""
    mine, others = open_queue(visibility=LONG), open_queue(visibility=LONG)
    deliveries, i_ran, others_ran = Deliveries(), threading.Event(), threading.Event()
    mine.start(_meeting(deliveries, i_ran, others_ran))
    others.start(_meeting(deliveries, others_ran, i_ran))
    names = [f"task-{number}" for number in range(200)]
    for name in names:
        mine.enqueue(Task(name, "body"))
    assert mine.wait_idle(LONG)
    assert others.wait_idle(LONG)
    assert sorted(deliveries.names) == sorted(names)


def _meeting(deliveries: Deliveries, here: threading.Event, there: threading.Event) -> Callable[[Attempt], None]:
    def handler(attempt: Attempt) -> None:
        deliveries(attempt)
        here.set()
        assert there.wait(PATIENCE)

    return handler


def test_a_failure_that_says_when_to_try_again_is_believed_up_to_an_hour(open_queue: OpenQueue) -> None:
    clock, asked = FrozenClock(), [600.0, 100_000.0]
    delivered: list[int] = []

    def fail(attempt: Attempt) -> None:
        delivered.append(attempt.number)
        if asked:
            raise ResourceExhausted("no quota left", retry_after=asked.pop(0))

    queue = open_queue(clock=clock, max_backoff=timedelta(seconds=1))
    queue.start(fail)
    queue.enqueue(Task("t", "body"))
    for step in (timedelta(0), timedelta(seconds=599), timedelta(seconds=2), timedelta(minutes=59)):
        clock.advance(step)
        assert queue.wait_idle(LONG)
    assert delivered == [1, 2], "neither before ten minutes nor before an hour"
    clock.advance(timedelta(minutes=2))
    assert queue.wait_idle(LONG)
    assert delivered == [1, 2, 3]


def test_nobody_waits_behind_anothers_hundred(open_queue: OpenQueue) -> None:
    gate = Gate()
    queue = open_queue(threads=4, clock=FrozenClock())
    for number in range(100):
        queue.enqueue(Task(f"a{number}", "body", lane="a"))
    queue.start(gate)
    until(lambda: len(gate.deliveries.names) == 3)  # one thread is left for whoever comes next
    queue.enqueue(Task("b", "body", lane="b"))
    until(lambda: "b" in gate.deliveries.names)
    assert len(gate.deliveries.names) == 4
    gate.open()
    assert queue.wait_idle(LONG)
    assert len(gate.deliveries.names) == 101


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dispatcher_that_has_died_is_started_again_and_delivers(open_queue: OpenQueue) -> None:
    class Dying(InProcessQueue):
        deaths = 1

        def _deliver_due(self) -> timedelta:
            if self.deaths:
                self.deaths -= 1
                raise SystemExit
            return super()._deliver_due()

    deliveries, path = Deliveries(), open_queue()
    queue = Dying(path.store, clock=SystemClock(), poll=MOMENT)
    queue.start(deliveries)
    queue.enqueue(Task("t", "body"))
    until(lambda: queue.revive() == ["task-dispatcher"])
    until(lambda: deliveries.names)
    assert queue.revive() == []
    queue.stop()


def _live_through(span: timedelta, *, clock: FrozenClock, store: SqliteStore) -> None:
    """Let time pass, each step only when a heartbeat has moved the claim of task t on to beyond it."""
    end, step = clock.now() + span, VISIBILITY / 2
    while clock.now() < end:
        clock.advance(step)
        until(lambda: (claimed := store.get("tasks/t")) and claimed.data["run_at"] == clock.now() + VISIBILITY)


def test_a_slow_handler_keeps_its_task_from_other_processes(open_store: OpenStore, open_queue: OpenQueue) -> None:
    """It may take longer than the visibility, and its queue may be told to stop meanwhile."""
    clock = FrozenClock()
    slow, eager, gate, doubled = open_queue(clock=clock), open_queue(clock=clock), Gate(), Deliveries()
    slow.enqueue(Task("t", "body"))
    slow.start(gate)
    until(lambda: gate.deliveries.names)
    eager.start(doubled)
    _live_through(3 * VISIBILITY, clock=clock, store=open_store())
    assert not slow.stop(MOMENT)
    _live_through(3 * VISIBILITY, clock=clock, store=open_store())
    gate.open()
    assert slow.stop(LONG)
    assert eager.wait_idle(LONG)
    assert gate.deliveries.names == ["t"]
    assert doubled.names == []


def test_a_slow_handler_is_not_doubled_by_its_own_queue_when_the_clock_jumps(open_queue: OpenQueue) -> None:
    clock, gate, after = FrozenClock(), Gate(), Deliveries()
    queue = open_queue(clock=clock, visibility=LONG)
    queue.start(lambda attempt: gate(attempt) if attempt.task.name == "slow" else after(attempt))
    queue.enqueue(Task("slow", "body"))
    until(lambda: gate.deliveries.names)
    clock.advance(timedelta(hours=1))
    queue.enqueue(Task("after", "body"))  # once this arrives, the queue has looked at both
    until(lambda: after.names)
    gate.open()
    assert queue.wait_idle(LONG)
    assert gate.deliveries.names == ["slow"]


def test_a_handler_that_lost_its_claim_leaves_the_task_to_the_new_holder(
    open_store: OpenStore, open_queue: OpenQueue, caplog: pytest.LogCaptureFixture
) -> None:
    store, gate = open_store(), Gate()
    queue = open_queue(clock=FrozenClock(), visibility=LONG)
    queue.start(gate)
    queue.enqueue(Task("t", "body"))
    until(lambda: gate.deliveries.names)
    taken = store.get("tasks/t")
    assert taken
    store.commit([Patch(taken.path, {"attempts": 2}, taken.version)])  # as another process would
    gate.open()
    assert queue.wait_idle(LONG)
    left = store.get("tasks/t")
    assert left
    assert left.data["attempts"] == 2
    assert [record.getMessage() for record in caplog.records] == ["task t was taken over by another process"]


def test_backoff_doubles_up_to_its_cap(open_store: OpenStore, open_queue: OpenQueue) -> None:
    clock, store = FrozenClock(), open_store()
    queue = open_queue(clock=clock, min_backoff=timedelta(seconds=10), max_backoff=timedelta(seconds=60))
    queue.start(Deliveries(failures=8))
    queue.enqueue(Task("t", "body"))
    waits = []
    for _ in range(5):
        assert queue.wait_idle(LONG)
        waiting = store.get("tasks/t")
        assert waiting
        waits.append((waiting.data["run_at"] - clock.now()).total_seconds())
        clock.set(waiting.data["run_at"])
    assert waits == [10, 20, 40, 60, 60]


def test_a_retry_comes_when_its_backoff_is_over_without_waiting_for_the_poll(open_queue: OpenQueue) -> None:
    queue, deliveries = open_queue(min_backoff=MOMENT, poll=timedelta(minutes=1)), Deliveries(failures=2)
    queue.start(deliveries)
    queue.enqueue(Task("t", "body"))
    until(lambda: deliveries.numbers == [1, 2, 3])


def test_a_backlog_fills_all_threads_at_once(open_queue: OpenQueue) -> None:
    queue, gate = open_queue(threads=4, poll=timedelta(minutes=1), visibility=LONG), Gate()
    for number in range(4):
        queue.enqueue(Task(f"task-{number}", "body"))
    queue.start(gate)
    until(lambda: len(gate.deliveries.names) == 4)
    gate.open()


def test_stopping_finishes_what_runs_and_keeps_what_waits(open_store: OpenStore, open_queue: OpenQueue) -> None:
    queue, gate = open_queue(threads=1), Gate()
    queue.start(gate)
    queue.enqueue(Task("running", "body"))
    until(lambda: gate.deliveries.names)
    queue.enqueue(Task("waiting", "body"))
    assert not queue.stop(MOMENT)
    gate.open()
    assert queue.stop(LONG)
    assert queue.stop()
    store = open_store()
    assert gate.deliveries.names == ["running"]
    assert store.get("tasks/running") is None
    assert store.get("tasks/waiting")


def test_a_handler_that_exits_its_thread_has_failed(open_queue: OpenQueue) -> None:
    """More such tasks than threads, so that no thread may end by it."""
    queue, after = open_queue(threads=1, clock=FrozenClock()), Deliveries()
    queue.start(lambda attempt: after(attempt) if attempt.task.name == "after" else sys.exit())
    for name in ("exit-1", "exit-2", "after"):
        queue.enqueue(Task(name, "body"))
    assert queue.wait_idle(LONG)
    assert after.names == ["after"]


def test_a_stopped_queue_leaves_no_thread(open_queue: OpenQueue) -> None:
    before = set(threading.enumerate())
    with open_queue() as queue:
        queue.start(Deliveries())
        for number in range(20):
            queue.enqueue(Task(f"task-{number}", "body"))
        assert queue.wait_idle(LONG)
    assert not set(threading.enumerate()) - before  # threads of other tests may end meanwhile


def test_a_queue_starts_only_once(open_queue: OpenQueue) -> None:
    queue = open_queue()
    queue.start(Deliveries())
    with pytest.raises(RuntimeError, match="before"):
        queue.start(Deliveries())


def test_a_queue_whose_store_fails_does_not_ask_it_before_the_next_poll(
    flaky: FlakyStore, open_queue: OpenQueue
) -> None:
    """It asks once more when a task comes, and no sooner within the minutes of a poll."""
    queue = open_queue(store=flaky, poll=LONG)
    flaky.failing["query"] = 1_000
    queue.start(Deliveries())
    for asked in range(1, 4):
        until(lambda asked=asked: flaky.failing["query"] == 1_000 - asked)  # type: ignore[misc]  # bound at once
        queue.enqueue(Task(f"t-{asked}", "body"))


def test_waiting_for_idle_gives_up_in_time(open_queue: OpenQueue) -> None:
    queue = open_queue()
    queue.enqueue(Task("t", "body"))
    assert not queue.wait_idle(MOMENT)


@pytest.mark.parametrize("call", ["query", "Patch", "Delete"])
def test_errors_of_the_store_do_not_stop_the_deliveries(flaky: FlakyStore, open_queue: OpenQueue, call: str) -> None:
    """Looking, claiming and finishing may fail; every task still arrives."""
    queue, deliveries = open_queue(store=flaky, visibility=timedelta(milliseconds=100)), Deliveries()
    for name in ("a", "b"):  # before it starts: what comes later may be delivered without looking and claiming
        queue.enqueue(Task(name, "body"))
    flaky.failing[call] = 3
    queue.start(deliveries)
    until(lambda: flaky.get("tasks/a") is None and flaky.get("tasks/b") is None)
    assert set(deliveries.names) == {"a", "b"}
    assert flaky.failing[call] == 0


def test_a_failing_heartbeat_tries_again(flaky: FlakyStore, open_queue: OpenQueue) -> None:
    queue, gate = open_queue(store=flaky, visibility=timedelta(milliseconds=150)), Gate()
    queue.start(gate)
    queue.enqueue(Task("t", "body"))
    until(lambda: gate.deliveries.names)
    flaky.failing["Patch"] = 1
    until(lambda: flaky.failing["Patch"] == 0)
    kept = flaky.get("tasks/t")
    assert kept
    until(lambda: (now := flaky.get("tasks/t")) and now.data["run_at"] > kept.data["run_at"])
    gate.open()
    assert queue.wait_idle(LONG)


@pytest.mark.parametrize("failing", [0, 1])
def test_a_task_that_comes_while_the_queue_stops_is_kept(queue_file: Path, open_queue: OpenQueue, failing: int) -> None:
    """Its caller gets no error even if it cannot be put back at once; then its delivery counts as lost."""

    class Stopping(FlakyStore):
        def commit(self, writes: Sequence[Write]) -> list[Version]:
            versions = super().commit(writes)
            queue.stop()
            self.failing["Patch"] = failing
            return versions

    deliveries = Deliveries()
    with contextlib.closing(Stopping(queue_file)) as store:
        queue = open_queue(store=store, visibility=VISIBILITY)
        queue.start(deliveries)
        until(lambda: not queue._running.behind)  # noqa: SLF001 - only then is a task delivered at once
        queue.enqueue(Task("t", "body"))
    another = open_queue()
    another.start(deliveries)
    until(lambda: deliveries.names)
    assert another.wait_idle(LONG)
    assert deliveries.numbers == [1 + failing]


def test_an_error_of_the_store_while_enqueuing_is_the_callers(flaky: FlakyStore, open_queue: OpenQueue) -> None:
    flaky.failing["Create"] = 1
    with pytest.raises(Unavailable):
        open_queue(store=flaky).enqueue(Task("t", "body"))


def test_a_failure_is_logged_with_its_task_and_attempt(open_queue: OpenQueue, caplog: pytest.LogCaptureFixture) -> None:
    queue = open_queue(clock=FrozenClock())
    with caplog.at_level(logging.WARNING):
        queue.start(Deliveries(failures=1))
        queue.enqueue(Task("t-1", "the body"))
        assert queue.wait_idle(LONG)
    [record] = caplog.records
    assert record.getMessage() == "task t-1 failed in attempt 1 of 8"
    assert record.exc_info
    assert "the body" not in caplog.text
