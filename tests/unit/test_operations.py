"""Operations: how long they stay, how they are waited for and cancelled, and what takes up those that stand still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from memorybank.bank import operation_tasks, operations
from memorybank.errors import Aborted, FailedPrecondition, NotFound
from memorybank.ports.documents import Document, DocumentStore, Patch, Write
from memorybank.ports.tasks import RunningQueue, Task
from tests.unit.policy import Interfering, Policy, open_policy

TEA = "I like tea"


@pytest.fixture
def policy() -> Policy:
    return open_policy(wrap=Interfering)


def _id(name: str) -> str:
    return name.rpartition("/")[2]


def test_an_operation_can_be_asked_for_for_30_days(policy: Policy) -> None:
    name = policy.accept(TEA)
    policy.deliver(name)
    policy.clock.advance(timedelta(days=30) - timedelta(microseconds=1))
    assert policy.operation(name).done
    policy.clock.advance(timedelta(microseconds=1))
    with pytest.raises(NotFound):
        policy.operation(name)
    page, _ = operations.list_page(policy.ports, policy.engine, parent=str(policy.engine), limit=10, after=None)
    assert name not in [operation.name for operation in page]


def test_an_operation_that_runs_cannot_be_deleted_and_one_that_is_done_can(policy: Policy) -> None:
    name = policy.accept(TEA)
    with pytest.raises(FailedPrecondition, match="still running"):
        operations.delete(policy.ports, policy.engine, _id(name), parent=str(policy.engine))
    policy.deliver(name)
    operations.delete(policy.ports, policy.engine, _id(name), parent=str(policy.engine))
    with pytest.raises(NotFound):
        policy.operation(name)
    assert policy.facts() == [TEA]


def test_what_is_done_before_the_cancellation_comes_stays_done(policy: Policy) -> None:
    name = policy.accept(TEA)

    def finish(writes: Sequence[Write]) -> None:
        del writes
        policy.interfere(lambda _: None)
        policy.deliver(name)

    policy.interfere(finish)
    policy.cancel(name)
    assert policy.actions(name) == ["CREATED"]
    policy.cancel(name)
    assert policy.actions(name) == ["CREATED"]


def test_what_stands_still_is_put_into_the_queue_once_for_each_step(policy: Policy) -> None:
    name = policy.accept(TEA)
    before = len(policy.tasks())
    policy.clock.advance(operations.STALLED_AFTER - timedelta(microseconds=1))
    operation_tasks.resume(policy.ports)
    assert len(policy.tasks()) == before
    policy.clock.advance(timedelta(microseconds=1))
    for _ in range(2):
        operation_tasks.resume(policy.ports)
    assert [task.data["body"] for task in policy.tasks()] == [name] * (before + 1)


def test_what_moves_on_while_it_is_looked_at_is_looked_after_still(policy: Policy) -> None:
    """Its worker came to a step just before that was noted: should it die then, the next look finds the operation."""
    name = policy.accept(TEA)
    path = policy.engine.child("operations", _id(name))
    policy.clock.advance(operations.STALLED_AFTER)
    later = policy.clock.now() + operations.STALLED_AFTER

    def move_on(writes: Sequence[Write]) -> None:
        if any(isinstance(write, Patch) and write.path == path for write in writes):
            policy.interfere(lambda _: None)
            policy.ports.store.commit([Patch(path, {"stalled_at": later})])

    policy.interfere(move_on)
    operation_tasks.resume(policy.ports)
    document = policy.ports.store.get(path)
    assert document is not None
    assert document.data["stalled_at"] == later


class _Finishing(Interfering):
    """A store in which an operation is done when it is looked at for the third time."""

    def __init__(self, store: DocumentStore) -> None:
        super().__init__(store)
        self.looks, self._get = 0, store.get
        self.get = self._look

    def _look(self, path: str, *, fields: Sequence[str] | None = None) -> Document | None:
        if "/operations/" in path:
            self.looks += 1
            if self.looks == 3:
                self.commit([Patch(path, {"done": True})])
        return self._get(path, fields=fields)


def test_a_wait_ends_with_the_look_that_finds_the_operation_done() -> None:
    policy = open_policy(wrap=_Finishing)
    name, store = policy.accept(TEA), policy.ports.store
    assert isinstance(store, _Finishing)
    timeout = timedelta(seconds=30)
    found = operations.wait(policy.ports, policy.engine, _id(name), parent=str(policy.engine), timeout=timeout)
    assert found.done
    assert store.looks == 3


def test_a_wait_without_time_is_one_look() -> None:
    policy = open_policy(wrap=_Finishing)
    name, store = policy.accept(TEA), policy.ports.store
    assert isinstance(store, _Finishing)
    timeout = timedelta(0)
    found = operations.wait(policy.ports, policy.engine, _id(name), parent=str(policy.engine), timeout=timeout)
    assert not found.done
    assert store.looks == 1


class _Joined:
    """A queue that notes which work is waited for."""

    def __init__(self, store: DocumentStore) -> None:
        self.store, self.joined = store, list[str]()

    def enqueue(self, task: Task) -> None:
        """Deliver nothing."""

    def enqueue_with(self, task: Task, writes: Sequence[Write]) -> None:
        """Commit the writes, and deliver nothing."""
        del task
        self.store.commit(writes)

    def join(self, body: str, timeout: timedelta) -> None:
        """Note the body."""
        del timeout
        self.joined.append(body)


def test_work_is_waited_for_only_on_behalf_of_those_who_may_see_it() -> None:
    """Otherwise the time of the answer would tell them that it runs."""
    policy = open_policy(wrap=_Finishing)
    queue = _Joined(policy.ports.store)
    ports = replace(policy.ports, queue=cast("RunningQueue", queue))
    name, timeout = policy.accept(TEA), timedelta(seconds=30)
    with pytest.raises(NotFound):
        operations.wait(ports, policy.engine, _id(name), parent="another", timeout=timeout)
    assert queue.joined == []
    assert operations.wait(ports, policy.engine, _id(name), parent=str(policy.engine), timeout=timeout).done
    assert queue.joined == [name]


def test_cancelling_gives_up_against_a_writer_that_never_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memorybank.bank.conflict_retry.time.sleep", lambda _: None)
    policy = open_policy(wrap=Interfering)
    name = policy.accept("I like tea")
    tries = 0

    def change(writes: Sequence[Write]) -> None:
        nonlocal tries
        tries += 1
        raise Aborted("changed meanwhile")

    policy.interfere(change)
    with pytest.raises(Aborted):
        policy.cancel(name)
    assert 1 < tries < 100
