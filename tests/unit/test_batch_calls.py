"""An import that its call still works on brings nothing back that was erased, and leaves nothing if it dies."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Event

import pytest

from memorybank.bank import engines, operation_tasks, operations, payloads, retries
from memorybank.bank.memories import batch_create, batch_erasure, batch_records, erase
from memorybank.errors import Aborted, Internal, NotFound
from memorybank.ports.documents import Create, Write
from memorybank.resources.erasure import EraseMemoriesRequest
from memorybank.resources.names import path_of
from memorybank.resources.operation import Operation
from memorybank.resources.transfer import BatchCreateMemoriesRequest
from memorybank.resources.wire import format_timestamp, parse
from tests.traces import traces
from tests.unit.between import seen_through
from tests.unit.policy import Interfering, Policy, open_policy
from tests.waiting import PATIENCE

SCOPE, OTHER = {"user_id": "zoe"}, {"user_id": "grace"}
WORD = "oolong"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_records, "_AT_ONCE", 2)
    monkeypatch.setattr(batch_erasure, "_NO_PROGRESS", 0)


def _request(policy: Policy) -> BatchCreateMemoriesRequest:
    """Return six memories and two sessions of two scopes in turn; those of the first name the word."""
    facts = [(f"I drank {n} {WORD}", SCOPE) if n % 2 == 0 else (f"I own {n} pens", OTHER) for n in range(6)]
    memories = [{"id": f"m{n}", "memory": {"fact": fact, "scope": scope}} for n, (fact, scope) in enumerate(facts)]
    now, later = format_timestamp(policy.clock.now()), format_timestamp(policy.clock.now() + timedelta(days=1))
    sessions = [
        {
            "id": f"talk-{user}",
            "session": {"userId": user, "createTime": now, "updateTime": now, "expireTime": later},
            "events": [
                {
                    "id": "a",
                    "event": {
                        "author": "user",
                        "invocationId": "1",
                        "timestamp": now,
                        "content": {"parts": [{"text": word}]},
                    },
                }
            ],
        }
        for user, word in (("zoe", WORD), ("grace", "pens"))
    ]
    return parse(BatchCreateMemoriesRequest, {"memories": memories, "sessions": sessions})


def _call(policy: Policy) -> Operation:
    return batch_create.batch_create(policy.ports, policy.engine, _request(policy))


def _slow_call(policy: Policy) -> Operation:
    """Import in a call whose time is over after two memories."""
    policy.interfere(lambda _: policy.clock.advance(timedelta(seconds=20)))
    try:
        return _call(policy)
    finally:
        policy.interfere(lambda _: None)


def _erase(policy: Policy) -> None:
    assert erase.erase(policy.ports, policy.engine, EraseMemoriesRequest(scope=SCOPE, include_sessions=True)).finished


def _imports(policy: Policy) -> list[Operation]:
    page, _ = operations.list_page(policy.ports, policy.engine, parent=None, limit=9, after=None)
    return [operation for operation in page if operation.kind == "BatchCreateMemories"]


def _running(policy: Policy) -> str:
    """Return the name of the only import, which its call still works on."""
    [operation] = _imports(policy)
    assert not operation.done
    return operation.name


@pytest.mark.parametrize("seconds", [0, 20])
def test_an_erasure_at_any_step_of_a_call_leaves_nothing(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """A commit of memories takes so many seconds; after 20, a call leaves the rest to a worker."""
    monkeypatch.setattr(payloads, "INLINE", 100)
    monkeypatch.setattr(payloads, "_PART", 500)  # the rest is in several parts
    for step in itertools.count(4):  # before that, nothing says that there is an import
        policy = open_policy(wrap=Interfering)

        def slow(writes: Sequence[Write], policy: Policy = policy) -> None:
            if any(isinstance(write, Create) and "/memories/" in write.path for write in writes):
                policy.clock.advance(timedelta(seconds=seconds))

        policy.interfere(slow)
        between, seen = seen_through(policy, at=step, then=partial(_erase, policy))
        done = _call(seen)
        if not done.done:
            policy.deliver(done.name)
            done = policy.operation(done.name)
        assert done.response is not None, f"at step {step}: {done.error}"
        if between.at == step:
            assert step > 7, "all steps have been tried"
            return
        told = {key: value for key, value in done.response.items() if value}
        assert told.pop("totalCount") == sum(told.values()) == 8
        assert traces(policy.ports.store, SCOPE, WORD) == [], f"at step {step}"
        assert policy.facts() == ["I own 1 pens", "I own 3 pens", "I own 5 pens"]


def test_a_call_that_goes_on_at_any_step_of_an_erasure_brings_nothing_back() -> None:
    for step in itertools.count(1):
        policy = open_policy(wrap=Interfering)
        begun, go_on = threading.Event(), threading.Event()
        with ThreadPoolExecutor(1) as pool:

            def hold(writes: Sequence[Write], *, policy: Policy = policy, seen: tuple[Event, Event]) -> None:
                if len(writes) > 1:
                    policy.interfere(lambda _: None)
                    seen[0].set()
                    assert seen[1].wait(PATIENCE)

            policy.interfere(partial(hold, seen=(begun, go_on)))
            call = pool.submit(_call, policy)
            assert begun.wait(PATIENCE)
            between, seen = seen_through(policy, at=step, then=partial(_finish, call, go_on))
            _erase(seen)
            go_on.set()
            assert call.result(PATIENCE).done
        if between.at == step:
            assert step > 8, "all steps have been tried"
            return
        assert traces(policy.ports.store, SCOPE, WORD) == [], f"at step {step}"
        assert policy.facts() == ["I own 1 pens", "I own 3 pens", "I own 5 pens"]


def _finish(call: Future[Operation], go_on: Event) -> None:
    go_on.set()
    call.result(PATIENCE)


def test_a_call_leaves_no_operation_when_it_has_done_everything() -> None:
    policy = open_policy(wrap=Interfering)
    running: list[str] = []
    policy.interfere(lambda writes: running.append(_running(policy)) if len(writes) > 1 else None)
    assert _call(policy).done
    assert len(set(running)) == 1, "while it works, it is shown"
    assert _imports(policy) == []


def test_a_call_that_was_cancelled_stops_and_says_what_to_do() -> None:
    policy = open_policy(wrap=Interfering)

    def cancel(writes: Sequence[Write]) -> None:
        if len(writes) > 1:
            policy.interfere(lambda _: None)
            policy.cancel(_running(policy))

    policy.interfere(cancel)
    with pytest.raises(Aborted, match=r"the operation was cancelled.*; repeat the call"):
        _call(policy)
    assert policy.facts() == []


def test_a_call_whose_engine_was_deleted_creates_nothing_more() -> None:
    policy = open_policy(wrap=Interfering)

    def delete(writes: Sequence[Write]) -> None:
        if len(writes) > 1:
            policy.interfere(lambda _: None)
            policy.deliver(engines.delete(policy.ports, policy.engine, force=True).name)

    policy.interfere(delete)
    with pytest.raises(NotFound, match="reasoningEngines/1"):
        _call(policy)
    assert traces(policy.ports.store, SCOPE, WORD) == []


class _Killed(BaseException):
    """The process of a call has died."""


@contextmanager
def _dying(policy: Policy, *, seconds: int = 0) -> Iterator[None]:
    """Let the block die when it has stored the first part of a rest; each of its commits takes so many seconds."""

    def die(writes: Sequence[Write]) -> None:
        policy.clock.advance(timedelta(seconds=seconds))
        if any("/parts/" in write.path for write in writes):
            policy.interfere(lambda _: None)
            policy.ports.store.commit(writes)
            raise _Killed

    policy.interfere(die)
    with pytest.raises(_Killed):
        yield


def _die_storing(policy: Policy) -> str:
    """Let a call die after it has stored the first part of its rest, and return the name of its operation."""
    with _dying(policy, seconds=20):
        _call(policy)
    return _running(policy)


def test_what_a_call_was_storing_when_it_died_is_removed_and_the_operation_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(payloads, "INLINE", 100)
    policy = open_policy(wrap=Interfering)
    name = _die_storing(policy)
    assert policy.ports.store.below(path_of(name), limit=9)
    policy.deliver(name)
    assert not policy.operation(name).done, "it may still be alive"
    policy.clock.advance(operations.STALLED_AFTER)
    operation_tasks.resume(policy.ports)
    policy.deliver(name)
    assert policy.operation(name).error is not None
    assert "repeat the call" in policy.operation(name).error["message"]  # type: ignore[index]
    assert policy.ports.store.below(path_of(name), limit=9) == []
    assert [record.memory.fact for record in policy.records()] == [f"I drank 0 {WORD}", "I own 1 pens"]


def test_an_erasure_removes_what_a_dead_call_was_storing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "INLINE", 100)
    policy = open_policy(wrap=Interfering)
    name = _die_storing(policy)
    assert traces(policy.ports.store, SCOPE, WORD)
    _erase(policy)
    assert traces(policy.ports.store, {"user_id": "nobody"}, "zoe", WORD) == []
    policy.clock.advance(operations.STALLED_AFTER)
    policy.deliver(name)
    assert traces(policy.ports.store, SCOPE, WORD) == [], "until then, the key of the scope stood there for the call"


@pytest.mark.parametrize("then", ["erase", "cancel", "deliver", "give up"])
def test_what_an_erasure_was_storing_when_it_died_is_removed(monkeypatch: pytest.MonkeyPatch, then: str) -> None:
    monkeypatch.setattr(payloads, "INLINE", 100)
    policy = open_policy(wrap=Interfering)
    name = _slow_call(policy).name
    before = policy.ports.store.below(path_of(name), limit=9)
    with _dying(policy):
        erase.erase(policy.ports, policy.engine, EraseMemoriesRequest(scope=OTHER))
    assert len(policy.ports.store.below(path_of(name), limit=9)) > len(before)
    if then == "erase":
        _erase(policy)
    if then == "cancel":
        policy.cancel(name)
    elif then == "give up":
        retries.give_up(policy.ports, path_of(name), Internal("the bank failed"))
        assert policy.ports.store.below(path_of(name), limit=9) == before, "these are for a retry"
        return
    else:
        policy.deliver(name)
        assert policy.operation(name).error is None
    assert policy.ports.store.below(path_of(name), limit=9) == []
    if then == "erase":
        assert traces(policy.ports.store, SCOPE, WORD) == []
