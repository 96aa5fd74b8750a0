"""What the in-process queue promises beyond the contract: it outlives processes, and shares its file with others."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

import memorybank
from memorybank.errors import AlreadyExists, ResourceExhausted, Unavailable
from memorybank.ports.clock import Clock, SystemClock
from memorybank.ports.documents import Create, Delete, Document, Patch, Put, Query, Version, Write
from memorybank.ports.tasks import Attempt, Ending, Task
from memorybank.storage.sqlite import SqliteStore
from memorybank.tasks.in_process import InProcessQueue
from memorybank.testing.contracts.queue import Deliveries
from memorybank.testing.frozen import FrozenClock
from memorybank.testing.processes import run_program
from tests.waiting import LONG, PATIENCE, until

MOMENT = timedelta(milliseconds=20)
VISIBILITY = timedelta(seconds=0.3)

OpenStore = Callable[[], SqliteStore]
OpenQueue = Callable[..., InProcessQueue]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bank.sqlite"


@pytest.fixture
def open_store(path: Path) -> Iterator[OpenStore]:
    """Open the test's file once more."""
    stores: list[SqliteStore] = []

    def opened() -> SqliteStore:
        stores.append(SqliteStore(path))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def open_queue(open_store: OpenStore) -> Iterator[OpenQueue]:
    """Open a queue, by default on its own store of the test's file."""
    queues: list[InProcessQueue] = []

    def opened(*, store: SqliteStore | None = None, clock: Clock | None = None, **options: object) -> InProcessQueue:
        settings: dict[str, object] = {"poll": MOMENT, "visibility": VISIBILITY, **options}
        queue = InProcessQueue(store or open_store(), clock=clock or SystemClock(), **settings)  # type: ignore[arg-type]  # options are forwarded
        queues.append(queue)
        return queue

    yield opened
    for queue in queues:
        queue.stop()


class Gate:
    """A handler that notes its delivery and then waits to be opened."""

    def __init__(self) -> None:
        self.deliveries = Deliveries()
        self._opened = threading.Event()

    def __call__(self, attempt: Attempt) -> None:
        self.deliveries(attempt)
        assert self._opened.wait(PATIENCE)

    def open(self) -> None:
        self._opened.set()


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
def flaky(path: Path) -> Iterator[FlakyStore]:
    store = FlakyStore(path)
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


def test_a_task_whose_process_was_killed_is_delivered_by_another(path: Path, open_queue: OpenQueue) -> None:
    queue, deliveries = open_queue(), Deliveries()
    queue.enqueue(Task("t", "body"))
    crashed = run_program(
        [sys.executable, "-c", CRASHING, path, str(VISIBILITY.total_seconds())],
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
    """What died eight times while nothing else ran is told to its handler as exhausted."""
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
    assert set(threading.enumerate()) == before


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
    flaky.failing[call] = 3
    queue.start(deliveries)
    for name in ("a", "b"):
        queue.enqueue(Task(name, "body"))
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
