"""An import that waits brings nothing back that was erased, whichever of the two comes first at which step."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from memorybank.bank import payloads, retries
from memorybank.bank.memories import batch_create, batch_records, crud, erase
from memorybank.errors import Internal, Unavailable
from memorybank.ports.documents import Delete, Patch, Write
from memorybank.resources.erasure import EraseMemoriesRequest, ErasureReceipt
from memorybank.resources.names import path_of
from memorybank.resources.transfer import BatchCreateMemoriesRequest
from memorybank.resources.wire import parse
from tests.traces import traces
from tests.unit.between import seen_through
from tests.unit.policy import Interfering, Policy, open_policy

SCOPE, OTHER = {"user_id": "zoe"}, {"user_id": "grace"}  # no word that documents have otherwise
WORD = "oolong"


@pytest.fixture(autouse=True)
def _two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_records, "_AT_ONCE", 2)


def _memories(count: int = 6) -> list[dict[str, Any]]:
    """Return memories of two scopes in turn; those of the first name the word."""
    facts = [(f"I drank {number} {WORD}", SCOPE) for number in range(count)]
    facts[1::2] = [(f"I own {number} pens", OTHER) for number in range(1, count, 2)]
    return [
        {"id": f"m{number}", "memory": {"fact": fact, "scope": scope}} for number, (fact, scope) in enumerate(facts)
    ]


def _sessions(policy: Policy) -> list[dict[str, Any]]:
    now = policy.clock.now()
    times: dict[str, Any] = {"createTime": now, "updateTime": now, "expireTime": now + timedelta(days=1)}
    event: dict[str, Any] = {"author": "user", "invocationId": "1", "timestamp": now}
    found: list[dict[str, Any]] = []
    for user, word in ((SCOPE["user_id"], WORD), (OTHER["user_id"], "pens")):
        small, large = ({"content": {"parts": [{"text": f"{word} " * count}] * 3}} for count in (1, 50))
        events = [{"id": "a", "event": event | small}, {"id": "b", "event": event | large}]
        found.append({"id": f"talk-{user}", "session": times | {"userId": user}, "events": events})
    return found


def _begin(policy: Policy, memories: Sequence[dict[str, Any]], **fields: Any) -> str:
    """Begin an import that has created two memories when its call ends, and return its operation."""
    assert isinstance(policy.ports.store, Interfering)
    policy.interfere(lambda _: policy.clock.advance(timedelta(seconds=20)))
    body = json.loads(json.dumps({"memories": list(memories), **fields}, default=lambda time: time.isoformat()))
    request = parse(BatchCreateMemoriesRequest, body)
    begun = batch_create.batch_create(policy.ports, policy.engine, request)
    policy.interfere(lambda _: None)
    assert not begun.done
    return begun.name


def _erase(policy: Policy, *, sessions: bool = False) -> ErasureReceipt:
    request = EraseMemoriesRequest(scope=SCOPE, include_sessions=sessions)
    receipt = erase.erase(policy.ports, policy.engine, request)
    assert receipt.finished
    return receipt


def _told(policy: Policy, name: str) -> dict[str, Any]:
    operation = policy.operation(name)
    assert operation.done
    assert operation.error is None
    return {key: value for key, value in (operation.response or {}).items() if value}


def test_what_waits_of_a_scope_is_erased_and_the_rest_is_created() -> None:
    policy = open_policy(wrap=Interfering)
    name = _begin(policy, _memories())
    assert traces(policy.ports.store, SCOPE, WORD)
    receipt = _erase(policy)
    assert receipt.erased.other == 3, "the one that had been created stood in the rest, too"
    assert receipt.erased.memories == 1
    assert traces(policy.ports.store, SCOPE, WORD) == []
    policy.deliver(name)
    assert _told(policy, name) == {"totalCount": 6, "createdCount": 4, "erasedCount": 2}
    assert traces(policy.ports.store, SCOPE, WORD) == []
    assert policy.facts() == ["I own 1 pens", "I own 3 pens", "I own 5 pens"]


@pytest.mark.parametrize("inline", [100, 800, 10_000])
def test_a_rest_is_rewritten_whole_also_if_it_is_in_parts(monkeypatch: pytest.MonkeyPatch, inline: int) -> None:
    monkeypatch.setattr(payloads, "INLINE", inline)
    policy = open_policy(wrap=Interfering)
    name = _begin(policy, _memories(12))
    assert bool(policy.ports.store.below(path_of(name), limit=10)) is (inline < 10_000)
    _erase(policy)
    assert bool(policy.ports.store.below(path_of(name), limit=10)) is (inline < 800)
    assert traces(policy.ports.store, SCOPE, WORD) == []
    policy.deliver(name)
    assert _told(policy, name) == {"totalCount": 12, "createdCount": 7, "erasedCount": 5}
    assert policy.ports.store.below(path_of(name), limit=10) == []


def test_sessions_are_taken_out_only_if_they_are_asked_for() -> None:
    for sessions in (False, True):
        policy = open_policy(wrap=Interfering)
        name = _begin(policy, _memories(), sessions=_sessions(policy))
        _erase(policy, sessions=sessions)
        policy.deliver(name)
        assert _told(policy, name)["sessionsCreatedCount"] == 2 - sessions
        of_theirs = policy.ports.store.get(policy.engine.child("sessions", "talk-zoe"))
        assert (of_theirs is None) is sessions


def test_a_failed_import_keeps_nothing_of_the_scope_for_its_retry() -> None:
    policy = open_policy(wrap=Interfering)
    name = _begin(policy, _memories())
    retries.give_up(policy.ports, path_of(name), Internal("the bank failed"))
    _erase(policy)
    assert traces(policy.ports.store, SCOPE, WORD) == []
    parent, _, identifier = name.rpartition("/operations/")
    retries.retry(policy.ports, policy.engine, identifier, parent=parent)
    policy.deliver(name)
    assert policy.facts() == ["I own 1 pens", "I own 3 pens", "I own 5 pens"]


def test_an_erasure_at_any_step_of_a_worker_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "INLINE", 300)  # so that the longer event of each session is in parts
    for step in itertools.count(1):
        policy = open_policy(wrap=Interfering)
        name = _begin(policy, _memories(), sessions=_sessions(policy))
        between, seen = seen_through(policy, at=step, then=partial(_erase, policy, sessions=True))
        seen.deliver(name)
        assert policy.operation(name).done, f"at step {step}"
        if between.at == step:
            assert step > 8, "all steps have been tried"
            return
        assert traces(policy.ports.store, SCOPE, WORD) == [], f"at step {step}"
        told = _told(policy, name)
        assert told["totalCount"] == sum(value for key, value in told.items() if key != "totalCount"), told


def test_a_worker_at_any_step_of_an_erasure_brings_nothing_back() -> None:
    for step in itertools.count(1):
        policy = open_policy(wrap=Interfering)
        name = _begin(policy, _memories())
        between, seen = seen_through(policy, at=step, then=partial(policy.deliver, name))
        _erase(seen)
        if between.at == step:
            assert step > 8, "all steps have been tried"
            return
        assert traces(policy.ports.store, SCOPE, WORD) == [], f"at step {step}"
        assert policy.facts() == ["I own 1 pens", "I own 3 pens", "I own 5 pens"]


def test_a_cancellation_at_any_step_of_an_erasure_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "INLINE", 100)
    for step in itertools.count(1):
        policy = open_policy(wrap=Interfering)
        name = _begin(policy, _memories())
        between, seen = seen_through(policy, at=step, then=partial(policy.cancel, name))
        _erase(seen)
        if between.at == step:
            return
        assert traces(policy.ports.store, SCOPE, WORD) == [], f"at step {step}"
        assert policy.ports.store.below(path_of(name), limit=10) == [], f"at step {step}"


def test_an_import_of_which_parts_have_expired_does_not_stop_an_erasure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "INLINE", 100)
    monkeypatch.setattr(payloads, "_PART", 200)
    policy = open_policy(wrap=Interfering)
    name = _begin(policy, _memories())
    expired, *others = policy.ports.store.below(path_of(name), limit=100)
    assert others
    policy.ports.store.commit([Delete(expired)])
    _erase(policy)
    assert policy.ports.store.below(path_of(name), limit=100) == []
    assert traces(policy.ports.store, SCOPE, WORD) == []


def test_a_rewritten_rest_is_kept_if_the_answer_to_its_commit_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "INLINE", 100)
    policy = open_policy(wrap=Interfering)
    name = _begin(policy, _memories())

    def lose_the_answer(writes: Sequence[Write]) -> None:
        if path_of(name) in [write.path for write in writes]:
            policy.interfere(lambda _: None)
            policy.ports.store.commit(writes)
            raise Unavailable("no answer")

    policy.interfere(lose_the_answer)
    with pytest.raises(Unavailable):
        _erase(policy)
    _erase(policy)
    policy.deliver(name)
    assert _told(policy, name) == {"totalCount": 6, "createdCount": 4, "erasedCount": 2}


def test_what_was_deleted_after_its_commit_does_not_come_back_with_the_next_delivery() -> None:
    policy = open_policy(wrap=Interfering)
    name = _begin(policy, _memories())
    commits: list[int] = []

    def die_second(_: Sequence[Write]) -> None:
        commits.append(1)
        if len(commits) == 2:
            raise RuntimeError("killed")

    policy.interfere(die_second)
    with suppress(RuntimeError):
        policy.deliver(name)
    policy.interfere(lambda _: None)
    crud.delete(policy.ports, policy.engine.child("memories", "m2"))
    policy.deliver(name, number=2)
    assert _told(policy, name) == {"totalCount": 6, "createdCount": 6}
    assert policy.engine.child("memories", "m2") not in [record.path for record in policy.records()]


def test_an_erasure_waits_for_a_busy_import_no_longer_than_its_call_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = open_policy(wrap=Interfering)
    path = path_of(_begin(policy, _memories()))
    parts = itertools.count()
    begun = policy.clock.now()

    def store_more(seconds: float) -> None:
        policy.clock.advance(timedelta(seconds=seconds))
        assert policy.clock.now() - begun < timedelta(seconds=30)
        policy.ports.store.commit([Patch(path, {"storing": f"x-{next(parts)}"})])

    policy.ports.store.commit([Patch(path, {"storing": "x"})])
    monkeypatch.setattr(time, "sleep", store_more)
    receipt = erase.erase(policy.ports, policy.engine, EraseMemoriesRequest(scope=SCOPE))
    assert not receipt.finished
    assert next(parts) > 1


def test_an_operation_of_an_earlier_version_is_finished() -> None:
    policy = open_policy(wrap=Interfering)
    name = _begin(policy, _memories())
    document = policy.ports.store.get(path_of(name))
    assert document is not None
    counts = {key: value for key, value in json.loads(document.data["counts"]).items() if key != "erased"}
    old = {"scope_key": None, "total": None, "counts": json.dumps(counts)}
    policy.ports.store.commit([Patch(document.path, old)])
    policy.deliver(name)
    assert _told(policy, name) == {"totalCount": 6, "createdCount": 6}


def test_an_erasure_asks_for_waiting_imports_once_in_each_pass() -> None:
    policy = open_policy(wrap=Interfering)
    between, seen = seen_through(policy)
    _erase(seen)
    alone = between.calls
    policy.deliver(_begin(policy, [], sessions=_sessions(policy)))
    between.calls = 0
    _erase(seen)
    assert between.calls == alone, "an import that is done costs no read of its own"
