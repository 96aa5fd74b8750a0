"""What every task queue must do, as tests: subclass `QueueContract` beside a fixture `bench` and run it with pytest.

    class TestMyQueue(QueueContract):
        @pytest.fixture
        def bench(self, tmp_path: Path) -> Iterator[QueueBench]: ...

Each test gets a bench with an empty queue. For failures that show both sides of an assertion, call
`pytest.register_assert_rewrite("memorybank.testing.contracts.queue")` before importing this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Lock
from typing import Protocol

from memorybank.ports.tasks import Attempt, Handler, Task, TaskQueue

PATIENCE = timedelta(minutes=5)
"""How long a test waits for deliveries that should take milliseconds: a slow machine must not fail it."""

LONG = timedelta(days=1)
"""Longer than any queue waits between two attempts."""

TOGETHER = 4
"""How many handlers must be able to run at once."""


class QueueBench(Protocol):
    """A queue under test, with a clock that stands still until `advance`.

    The queue must run at least `TOGETHER` handlers at once, and allow at least two attempts.
    """

    @property
    def queue(self) -> TaskQueue:
        """The queue under test."""
        ...

    @property
    def max_attempts(self) -> int:
        """How many attempts the queue makes at a task that always fails."""
        ...

    def start(self, handler: Handler) -> None:
        """Start delivering tasks to `handler`; called once at most."""
        ...

    def wait_idle(self, timeout: timedelta) -> bool:
        """Wait until nothing is due and no handler runs; say whether that happened within `timeout`."""
        ...

    def now(self) -> datetime:
        """Return the time by which the queue decides what is due."""
        ...

    def advance(self, step: timedelta) -> None:
        """Move that time forward; for `wait_idle`, tasks that fall due count at once."""
        ...


class Deliveries:
    """A handler that records every delivery, and raises in the attempts numbered up to `failures`."""

    def __init__(self, *, failures: int = 0) -> None:
        self._failures = failures
        self._lock = Lock()
        self._attempts: list[Attempt] = []

    def __call__(self, attempt: Attempt) -> None:
        """Record the delivery, then raise if this attempt should fail."""
        with self._lock:
            self._attempts.append(attempt)
        if attempt.number <= self._failures:
            raise RuntimeError(f"attempt {attempt.number} is told to fail")

    @property
    def attempts(self) -> list[Attempt]:
        """Every delivery so far, in order of arrival."""
        with self._lock:
            return list(self._attempts)

    @property
    def names(self) -> list[str]:
        """The name of the task of every delivery so far."""
        return [attempt.task.name for attempt in self.attempts]

    @property
    def numbers(self) -> list[int]:
        """The number of every delivery so far."""
        return [attempt.number for attempt in self.attempts]


def settle(bench: QueueBench) -> None:
    """Let the queue deliver all that is due."""
    assert bench.wait_idle(PATIENCE), "the queue did not become idle"


def enqueue_all(queue: TaskQueue, tasks: Sequence[Task]) -> None:
    """Enqueue from eight threads at once."""
    with ThreadPoolExecutor(8) as pool:
        for taken in [pool.submit(queue.enqueue, task) for task in tasks]:
            taken.result()


class QueueContract:
    """The promises of a queue; a subclass brings the fixture `bench`, a `QueueBench`."""

    def test_a_task_arrives_once_with_its_name_and_body(self, bench: QueueBench) -> None:
        """The first attempt is number 1 and not final, and what succeeds is not delivered again."""
        deliveries = Deliveries()
        bench.start(deliveries)
        bench.queue.enqueue(Task("extract-1", "projects/p/operations/ä"))
        settle(bench)
        bench.advance(LONG)
        settle(bench)
        [attempt] = deliveries.attempts
        assert (attempt.task.name, attempt.task.body) == ("extract-1", "projects/p/operations/ä")
        assert (attempt.number, attempt.final) == (1, False)

    def test_the_longest_name_and_a_large_body_arrive_whole(self, bench: QueueBench) -> None:
        """Names of 500 characters and bodies just under 10 KB are allowed."""
        name, body = "Name_-9" + "n" * 493, "b" * 9_999
        deliveries = Deliveries()
        bench.start(deliveries)
        bench.queue.enqueue(Task(name, body))
        settle(bench)
        [attempt] = deliveries.attempts
        assert (attempt.task.name, attempt.task.body) == (name, body)

    def test_tasks_enqueued_before_the_start_arrive(self, bench: QueueBench) -> None:
        """Taking a task does not need anyone who runs it."""
        deliveries = Deliveries()
        bench.queue.enqueue(Task("early", "body"))
        bench.start(deliveries)
        settle(bench)
        assert deliveries.names == ["early"]

    def test_a_name_that_waits_is_left_as_it_is(self, bench: QueueBench) -> None:
        """The second task of a name is left out without an error, whatever its body and time."""
        deliveries = Deliveries()
        at = bench.now() + timedelta(hours=1)
        bench.queue.enqueue(Task("same", "first", at))
        bench.queue.enqueue(Task("same", "second"))
        bench.start(deliveries)
        settle(bench)
        assert deliveries.attempts == []
        bench.advance(LONG)
        settle(bench)
        assert [attempt.task.body for attempt in deliveries.attempts] == ["first"]

    def test_a_name_enqueued_by_many_threads_at_once_arrives_once(self, bench: QueueBench) -> None:
        """Deduplication holds under a race."""
        deliveries = Deliveries()
        enqueue_all(bench.queue, [Task("same", "body")] * 24)
        bench.start(deliveries)
        settle(bench)
        assert deliveries.names == ["same"]

    def test_a_name_that_is_being_run_counts_as_waiting(self, bench: QueueBench) -> None:
        """A handler that enqueues its own task again gets nothing by it."""
        deliveries = Deliveries()

        def again(attempt: Attempt) -> None:
            deliveries(attempt)
            bench.queue.enqueue(attempt.task)

        bench.start(again)
        bench.queue.enqueue(Task("self", "body"))
        settle(bench)
        assert deliveries.names == ["self"]

    def test_a_name_between_two_attempts_counts_as_waiting(self, bench: QueueBench) -> None:
        """Enqueuing a failed task again neither hastens it nor starts its count anew."""
        deliveries = Deliveries(failures=1)
        bench.start(deliveries)
        bench.queue.enqueue(Task("t", "body"))
        settle(bench)
        bench.queue.enqueue(Task("t", "body"))
        settle(bench)
        assert deliveries.numbers == [1]
        bench.advance(LONG)
        settle(bench)
        assert deliveries.numbers == [1, 2]

    def test_a_handler_may_enqueue_other_tasks(self, bench: QueueBench) -> None:
        """Work that is too much for one task goes on in the next."""
        deliveries = Deliveries()

        def chain(attempt: Attempt) -> None:
            deliveries(attempt)
            if attempt.task.name == "one":
                bench.queue.enqueue(Task("two", "body"))

        bench.start(chain)
        bench.queue.enqueue(Task("one", "body"))
        settle(bench)
        assert deliveries.names == ["one", "two"]

    def test_a_failed_task_waits_before_it_is_tried_again(self, bench: QueueBench) -> None:
        """The next attempt needs time to pass, and succeeds for good."""
        deliveries = Deliveries(failures=1)
        bench.start(deliveries)
        bench.queue.enqueue(Task("t", "body"))
        settle(bench)
        assert deliveries.numbers == [1]
        for _ in range(2):
            bench.advance(LONG)
            settle(bench)
        assert deliveries.numbers == [1, 2]

    def test_a_task_that_always_fails_ends_after_the_final_attempt(self, bench: QueueBench) -> None:
        """Numbers count up, the last attempt alone is marked, and no other follows."""
        deliveries = Deliveries(failures=1_000)
        bench.start(deliveries)
        bench.queue.enqueue(Task("t", "body"))
        for _ in range(bench.max_attempts + 2):
            settle(bench)
            bench.advance(LONG)
        assert deliveries.numbers == list(range(1, bench.max_attempts + 1))
        assert [attempt.final for attempt in deliveries.attempts] == [False] * (bench.max_attempts - 1) + [True]

    def test_the_final_attempt_may_succeed(self, bench: QueueBench) -> None:
        """The last attempt is as good as any other."""
        deliveries = Deliveries(failures=bench.max_attempts - 1)
        bench.start(deliveries)
        bench.queue.enqueue(Task("t", "body"))
        for _ in range(bench.max_attempts + 2):
            settle(bench)
            bench.advance(LONG)
        assert len(deliveries.numbers) == bench.max_attempts
        assert deliveries.attempts[-1].final

    def test_a_failing_task_does_not_hold_up_others(self, bench: QueueBench) -> None:
        """Attempts are counted for each task by itself."""
        deliveries = Deliveries()

        def fail_bad(attempt: Attempt) -> None:
            deliveries(attempt)
            if attempt.task.name == "bad":
                raise RuntimeError("told to fail")

        bench.start(fail_bad)
        for name in ("bad", "good-1", "good-2"):
            bench.queue.enqueue(Task(name, "body"))
        settle(bench)
        assert sorted(deliveries.names) == ["bad", "good-1", "good-2"]
        assert deliveries.numbers == [1, 1, 1]

    def test_a_scheduled_task_waits_for_its_time(self, bench: QueueBench) -> None:
        """It is not delivered a minute early, and holds up nobody meanwhile."""
        deliveries = Deliveries()
        bench.start(deliveries)
        bench.queue.enqueue(Task("later", "body", bench.now() + timedelta(hours=1)))
        bench.queue.enqueue(Task("now", "body"))
        bench.advance(timedelta(minutes=59))
        settle(bench)
        assert deliveries.names == ["now"]
        bench.advance(timedelta(minutes=1))
        settle(bench)
        assert deliveries.names == ["now", "later"]

    def test_a_task_scheduled_in_the_past_arrives_at_once(self, bench: QueueBench) -> None:
        """A time that has passed is no error."""
        deliveries = Deliveries()
        bench.start(deliveries)
        bench.queue.enqueue(Task("late", "body", bench.now() - LONG))
        settle(bench)
        assert deliveries.names == ["late"]

    def test_all_tasks_of_many_threads_arrive(self, bench: QueueBench) -> None:
        """Three hundred tasks from eight threads, none lost."""
        deliveries = Deliveries()
        tasks = [Task(f"task-{number}", f"body {number}") for number in range(300)]
        bench.start(deliveries)
        enqueue_all(bench.queue, tasks)
        settle(bench)
        assert {(attempt.task.name, attempt.task.body) for attempt in deliveries.attempts} == {
            (task.name, task.body) for task in tasks
        }

    def test_handlers_run_in_parallel(self, bench: QueueBench) -> None:
        """Handlers that wait for each other all come through."""
        meeting = Barrier(TOGETHER)
        met = Deliveries()

        def meet(attempt: Attempt) -> None:
            meeting.wait(PATIENCE.total_seconds() / 2)
            met(attempt)

        bench.start(meet)
        for number in range(TOGETHER):
            bench.queue.enqueue(Task(f"task-{number}", "body"))
        settle(bench)
        assert len(met.names) == TOGETHER
