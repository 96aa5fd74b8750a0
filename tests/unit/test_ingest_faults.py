"""No event is lost or read twice, wherever a process dies, the store fails, or somebody else is quicker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any

import pytest

from memorybank.bank import operations, sweep
from memorybank.errors import MemoryBankError, Unavailable
from memorybank.ports.documents import DocumentStore, Version, Write
from memorybank.resources.operation import Operation
from tests.unit.policy import Interfering
from tests.unit.streaming import DAY, HOUR, MINUTE, Streaming, event, open_streaming, rule

LARGE = "y" * 240_000


class _Killed(Exception):
    """The process died here."""


class _Faulty:
    """A store whose commit number `at` fails once, before or after it has taken effect."""

    def __init__(self, store: DocumentStore, *, at: int, error: type[Exception], applied: bool) -> None:
        self._store, self._numbers = store, count()
        self._at, self._error, self._applied = at, error, applied
        self.reached = False
        self.get, self.get_many, self.query, self.count = store.get, store.get_many, store.query, store.count
        self.nearest, self.below, self.close = store.nearest, store.below, store.close
        self.scrub = store.scrub

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Commit, and once do so or not, and fail."""
        if next(self._numbers) != self._at:
            return self._store.commit(writes)
        self.reached = True
        if self._applied:
            self._store.commit(writes)
        raise self._error("here")


def _calls() -> Iterator[dict[str, Any]]:
    """Make the calls of a client: two flushes by count, one of them of a batch in parts, and one by the timer."""
    yield {"events": [event("a", identifier="a")], **rule(eventCount=3, idleDuration="60s")}
    large = {"content": {"parts": [{"text": LARGE}] * 4}, "eventId": "large"}
    yield {"events": [large]}
    yield {"events": [event("b", identifier="b"), event("a", identifier="a")]}
    yield {"events": [event("c", identifier="c")]}
    yield {"events": [event("d", identifier="d")]}
    yield {"events": [event("e", identifier="e")]}
    yield {"events": [event("f", identifier="f")]}


def _again(act: Callable[[], Any]) -> Any:
    """Do something until it does not fail, as clients and queues do."""
    for _ in range(3):
        with suppress(_Killed, MemoryBankError):
            return act()
    raise AssertionError("it fails whenever it is tried")


def _live(streaming: Streaming) -> None:
    for call in _calls():
        events = call.pop("events")
        _again(partial(streaming.ingest, *events, **call))
    for _ in range(3):
        streaming.policy.clock.advance(MINUTE)
        _again(streaming.work)
    # Only now does the sweep come: it is needed where a fault was, and not before.
    streaming.policy.clock.advance(operations.STALLED_AFTER)
    _again(partial(sweep.sweep, streaming.policy.ports))
    _again(streaming.work)


@pytest.mark.parametrize("error", [_Killed, Unavailable])
@pytest.mark.parametrize("applied", [False, True])
def test_a_fault_at_any_commit_neither_loses_nor_doubles_an_event(error: type[Exception], applied: bool) -> None:  # noqa: FBT001 - a parameter
    for at in count():
        stores: list[_Faulty] = []

        def wrap(store: DocumentStore, at: int = at, stores: list[_Faulty] = stores) -> DocumentStore:
            stores.append(_Faulty(store, at=at, error=error, applied=applied))
            return stores[0]

        # The engine's own creation is the first commit.
        streaming = open_streaming(wrap=wrap) if at else open_streaming()
        _live(streaming)
        heard = Counter(text for texts in streaming.heard() for text in texts)
        assert heard == {**dict.fromkeys("abcdef", 1), LARGE: 4}, f"the fault was at commit {at}"
        _all_is_done(streaming)
        streaming.policy.clock.advance(31 * DAY)
        _again(partial(sweep.sweep, streaming.policy.ports))
        assert not streaming.below("batches"), "what a fault leaves behind expires"
        if at and not stores[0].reached:
            assert at > 15
            return


def _all_is_done(streaming: Streaming) -> None:
    """Check that nothing waits any more, and that every generation has a task."""
    assert [task for task in streaming.timers() if task.data["run_at"] <= streaming.policy.clock.now()] == []
    bodies = {task.data["body"] for task in streaming.policy.tasks()}
    ingestions = [document.data for document in streaming.operations_of("IngestEvents")]
    assert all(ingestion["done"] for ingestion in ingestions)
    for generation in streaming.operations_of("GenerateMemories"):
        assert generation.data["name"] in bodies


class _Meddler:
    """Does something just before a commit that empties the stream, once."""

    def __init__(self, streaming: Streaming, meddle: Callable[[], Any]) -> None:
        self._meddle: Callable[[], Any] | None = meddle
        streaming.policy.interfere(self)

    def __call__(self, writes: Sequence[Write]) -> None:
        begins = [write for write in writes if getattr(write, "data", {}).get("kind") == "GenerateMemories"]
        if begins and self._meddle is not None:
            meddle, self._meddle = self._meddle, None
            meddle()


def _waiting(*events: str) -> tuple[Streaming, Operation]:
    streaming = open_streaming(wrap=Interfering)
    return streaming, streaming.ingest(*events, **rule(eventCount=5, idleDuration="60s"))


def test_of_two_who_flush_at_once_one_does() -> None:
    streaming, operation = _waiting("a", "b")
    _Meddler(streaming, lambda: streaming.ingest(forceFlush=True))
    late = streaming.ingest(forceFlush=True)
    assert streaming.heard() == [["a", "b"]]
    assert streaming.operation(operation).done
    assert (late.name != operation.name, late.response) == (True, {})


def test_a_timer_that_meets_a_flush_leaves_it_to_it() -> None:
    streaming, operation = _waiting("a")
    [timer] = streaming.timers()
    streaming.policy.clock.advance(MINUTE)
    _Meddler(streaming, lambda: streaming.ingest(forceFlush=True))
    streaming.deliver(timer)
    assert streaming.heard() == [["a"]]
    assert streaming.operation(operation).done


def test_an_event_that_arrives_during_a_flush_is_read_by_it_or_waits() -> None:
    streaming, operation = _waiting("a")
    _Meddler(streaming, lambda: streaming.ingest("b"))
    streaming.ingest("c", forceFlush=True)
    assert streaming.heard() == [["a", "b", "c"]]
    assert streaming.operation(operation).done


def test_the_same_event_sent_twice_at_once_counts_once() -> None:
    streaming = open_streaming(wrap=Interfering)
    tea = event("a", identifier="1")
    _Meddler(streaming, lambda: streaming.ingest(tea))
    late = streaming.ingest(tea)
    assert (late.done, late.response) == (True, {})
    assert streaming.heard() == [["a"]]


def test_a_flush_that_meets_a_conflict_leaves_no_parts_of_its_first_attempt() -> None:
    streaming, _ = _waiting("a")
    _Meddler(streaming, lambda: streaming.ingest("b"))
    streaming.ingest({"content": {"parts": [{"text": LARGE}] * 5}}, forceFlush=True)
    assert len(streaming.heard()) == 1
    assert len([path for path in streaming.below("operations") if "/parts/" in path]) == 2


def test_a_flush_whose_queue_fails_is_taken_up_by_the_sweep() -> None:
    streaming = open_streaming(wrap=Interfering)

    def fail(writes: Sequence[Write]) -> None:
        if any(write.path.startswith("tasks/") for write in writes):
            raise Unavailable("the queue is down")

    streaming.policy.interfere(fail)
    assert streaming.ingest("a").done
    assert not streaming.ingest("b", **rule(idleDuration="60s")).done
    assert streaming.policy.tasks() == []
    streaming.policy.interfere(lambda _: None)
    streaming.policy.clock.advance(HOUR)
    sweep.sweep(streaming.policy.ports)
    streaming.work()
    assert streaming.heard() == [["a"], ["b"]]
    assert len(streaming.policy.tasks()) == 2


def test_a_timer_whose_next_one_was_lost_sets_it_again_when_it_is_delivered_again() -> None:
    streaming, operation = _waiting("a")
    [timer] = streaming.timers()
    streaming.policy.clock.advance(MINUTE / 2)
    streaming.ingest("b")
    streaming.policy.clock.advance(MINUTE / 2)

    def fail(writes: Sequence[Write]) -> None:
        if any(write.path.startswith("tasks/") for write in writes):
            raise Unavailable("the queue is down")

    streaming.policy.interfere(fail)
    with pytest.raises(Unavailable):
        streaming.deliver(timer)
    streaming.policy.interfere(lambda _: None)
    streaming.work()
    streaming.policy.clock.advance(MINUTE / 2)
    streaming.work()
    assert streaming.heard() == [["a", "b"]]
    assert streaming.operation(operation).done
