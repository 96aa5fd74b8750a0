"""Purges that meet conflicts, crashes and other callers: what goes is exactly what was meant, and is counted once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank import retries
from memorybank.bank.memories import crud, erase, purge, purge_search, revisions
from memorybank.errors import Aborted, DeadlineExceeded, NotFound, Unavailable
from memorybank.ports.documents import Delete, Patch, Query, Where, Write
from memorybank.ports.tasks import Task
from memorybank.resources.erasure import EraseMemoriesRequest
from memorybank.resources.memory import Memory
from memorybank.resources.names import path_of
from memorybank.resources.operation import Operation
from memorybank.resources.scopes import scope_key
from memorybank.resources.wire import parse
from tests.traces import traces
from tests.unit.policy import SCOPE, Interfering, Policy, open_policy

OTHER = {"user_id": "bob"}


def _policy(count: int, **config: Any) -> tuple[Policy, list[str]]:
    """Open a bank with so many memories, and one of somebody else."""
    policy = open_policy(wrap=Interfering, config=config)
    paths = [policy.remember(f"fact {number}") for number in range(count)]
    policy.remember("fact of Bob", scope=OTHER)
    return policy, paths


def _purge(policy: Policy, accept: Callable[[Any], bool] = lambda _: True, *, force: bool = True) -> Operation:
    return purge.purge(policy.ports, policy.engine, scope=SCOPE, accept=accept, force=force)


def _slowly(policy: Policy, *, after: int = 1) -> Operation:
    """Begin a purge whose time is over after so many commits, and return what it leaves to a worker."""
    commits: list[Sequence[Write]] = []

    def take_time(writes: Sequence[Write]) -> None:
        commits.append(writes)
        if len(commits) == after:
            policy.clock.advance(timedelta(seconds=20))

    policy.interfere(take_time)
    operation = _purge(policy)
    policy.interfere(lambda _: None)
    assert not operation.done
    return operation


def _count(policy: Policy, operation: Operation) -> int:
    found = policy.operation(operation.name)
    assert found.done, found
    assert found.response is not None, found
    return int(found.response["purgeCount"])


def _update(policy: Policy, path: str, fact: str) -> None:
    crud.update(policy.ports, path, parse(Memory, {"fact": fact}), mask=["fact"])


def test_each_memory_goes_as_a_deletion_of_its_own_would_have_it() -> None:
    policy, [purged, deleted] = _policy(2)
    _update(policy, purged, "changed")
    _update(policy, deleted, "changed")
    crud.delete(policy.ports, deleted)
    assert _purge(policy).response == {"purgeCount": 1}

    def left(path: str) -> list[Any]:
        own = {"operation", "restores", "sequence", "first_sequence"}
        found = [{key: each.data[key] for key in each.data.keys() - own} for each in policy.revisions(path)]
        return [{**data, "snapshot": (data.get("snapshot") or {}).get("fact")} for data in found]

    assert [data["snapshot"] for data in left(purged)] == ["fact 0", "changed", None]
    assert [{**data, "snapshot": None} for data in left(purged)] == [
        {**data, "snapshot": None} for data in left(deleted)
    ]
    oldest = policy.revisions(purged)[0]
    revisions.rollback(policy.ports, purged, oldest.id)
    assert policy.facts() == ["fact 0", "fact of Bob"]


def test_no_commit_is_larger_than_a_few_hundred_writes() -> None:
    policy, paths = _policy(9)
    for path in paths:
        for number in range(70):
            _update(policy, path, f"wording {number}")
    sizes: list[int] = []
    policy.interfere(lambda writes: sizes.append(len(writes)))
    assert _purge(policy).response == {"purgeCount": 9}
    assert sum(sizes) == 9 * (71 + 2)
    assert len(sizes) == 3
    assert policy.facts() == ["fact of Bob"]


def test_a_memory_that_changed_meanwhile_goes_only_if_it_still_meets_the_condition() -> None:
    policy, [first, second, third] = _policy(3)
    changes = [(first, "kept"), (second, "fact anew")]

    def change(writes: Sequence[Write]) -> None:
        if changes and any(isinstance(write, Delete) for write in writes):
            policy.interfere(lambda _: None)
            for path, fact in changes:
                _update(policy, path, fact)

    policy.interfere(change)
    operation = _purge(policy, lambda memory: memory["fact"].startswith("fact"))
    assert operation.response == {"purgeCount": 2}
    assert policy.facts() == ["fact of Bob", "kept"]
    assert policy.ports.store.get_many([second, third]) == [None, None]


def test_a_memory_that_never_stands_still_is_caught_when_fewer_go_at_once() -> None:
    policy, paths = _policy(10)
    tries = 0

    def change(writes: Sequence[Write]) -> None:
        nonlocal tries
        # Whatever takes more than two memories at a time is too slow for this one, which comes last.
        if sum(isinstance(write, Delete) for write in writes) > 2:
            tries += 1
            policy.interfere(lambda _: None)
            _update(policy, paths[0], f"fact after {tries}")
            policy.interfere(change)

    policy.interfere(change)
    assert _purge(policy).response == {"purgeCount": 10}
    assert tries > 2
    assert policy.facts() == ["fact of Bob"]


def test_a_revision_that_ends_meanwhile_does_not_fail_a_purge() -> None:
    policy, [path, *_] = _policy(2)
    [revision] = policy.revisions(path)

    def sweep(_: Sequence[Write]) -> None:
        policy.interfere(lambda _: None)
        policy.ports.store.commit([Delete(revision.path)])

    policy.interfere(sweep)
    assert _purge(policy).response == {"purgeCount": 2}


def test_what_is_left_to_a_worker_is_a_list_and_no_condition() -> None:
    policy, paths = _policy(25)
    operation = _slowly(policy)
    document = policy.ports.store.get(path_of(operation.name))
    assert document is not None
    assert document.data["scope"] == SCOPE
    assert document.data["gone"] == 10
    assert all(path.encode() in document.data["request"] for path in paths[10:])
    policy.remember("later")
    policy.deliver(operation.name)
    assert _count(policy, operation) == 25
    assert policy.facts() == ["fact of Bob", "later"]


def test_a_worker_leaves_alone_what_has_changed_since_it_was_listed() -> None:
    policy, paths = _policy(25, disableMemoryRevisions=True)
    operation = _slowly(policy)
    policy.clock.advance(timedelta(seconds=1))
    _update(policy, paths[20], "changed")
    crud.delete(policy.ports, paths[21])
    again = parse(Memory, {"fact": "of somebody else by now", "scope": OTHER})
    crud.delete(policy.ports, paths[22])
    crud.create(policy.ports, policy.engine, again, memory_id=paths[22].rpartition("/")[2])
    policy.deliver(operation.name)
    assert _count(policy, operation) == 22
    assert policy.facts() == ["changed", "fact of Bob", "of somebody else by now"]


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("crash", [1, 2, 3])
def test_a_worker_that_dies_is_followed_by_one_that_counts_on(crash: int, *, lost: bool) -> None:
    policy, _ = _policy(35)
    operation = _slowly(policy)
    commits = 0

    def die(writes: Sequence[Write]) -> None:
        nonlocal commits
        commits += 1
        if commits == crash:
            policy.interfere(lambda _: None)
            if lost:
                policy.ports.store.commit(writes)  # it was written, and the answer got lost
            raise Unavailable("the worker dies")

    policy.interfere(die)
    policy.deliver(operation.name)
    policy.deliver(operation.name, number=2)
    policy.deliver(operation.name, number=3)
    assert _count(policy, operation) == 35
    assert policy.facts() == ["fact of Bob"]


def test_two_workers_at_once_count_every_memory_once() -> None:
    policy, _ = _policy(45)
    operation = _slowly(policy)

    def other(_: Sequence[Write]) -> None:
        policy.interfere(lambda _: None)
        policy.deliver(operation.name)

    policy.interfere(other)
    policy.deliver(operation.name)
    assert _count(policy, operation) == 45
    assert policy.facts() == ["fact of Bob"]


def test_a_cancelled_purge_stops_where_it_is() -> None:
    policy, _ = _policy(45)
    operation = _slowly(policy)

    def cancel(_: Sequence[Write]) -> None:
        policy.interfere(lambda _: None)
        policy.cancel(operation.name)

    policy.interfere(cancel)
    policy.deliver(operation.name)
    found = policy.operation(operation.name)
    assert found.error is not None
    assert found.error["code"] == 1
    assert len(policy.facts()) == 36


def test_an_erasure_ends_a_purge_and_leaves_no_trace_of_it() -> None:
    policy, paths = _policy(45)
    operation = _slowly(policy)

    def erase_all(_: Sequence[Write]) -> None:
        policy.interfere(lambda _: None)
        erase.erase(policy.ports, policy.engine, parse(EraseMemoriesRequest, {"scope": SCOPE}))

    policy.interfere(erase_all)
    policy.deliver(operation.name)
    with pytest.raises(NotFound):
        policy.operation(operation.name)
    assert traces(policy.ports.store, {}, scope_key(SCOPE), *paths) == []
    assert policy.facts() == ["fact of Bob"]


def test_a_long_list_is_kept_in_parts_that_go_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memorybank.bank.payloads._PART", 500)
    monkeypatch.setattr("memorybank.bank.payloads.INLINE", 500)
    policy, _ = _policy(45)
    operation = _slowly(policy)
    query = Query("parts", group=True, where=(Where("scope_key", "==", scope_key(SCOPE)),))
    parts = policy.ports.store.query(query)
    assert len(parts) > 2
    assert all(part.path.startswith(path_of(operation.name)) for part in parts)
    policy.deliver(operation.name)
    assert _count(policy, operation) == 45
    assert policy.ports.store.query(query) == []


def test_a_worker_whose_turn_is_over_puts_the_rest_into_the_queue() -> None:
    policy, _ = _policy(45)
    operation = _slowly(policy)
    policy.interfere(lambda _: policy.clock.advance(timedelta(minutes=11)))
    before = {task.id for task in policy.tasks()}
    policy.deliver(operation.name)
    policy.interfere(lambda _: None)
    assert not policy.operation(operation.name).done
    [task] = [task for task in policy.tasks() if task.id not in before]
    assert task.data["body"] == operation.name
    policy.ports.queue.enqueue(Task(task.id, operation.name))  # the same turn delivered twice is one task
    assert len(policy.tasks()) == len(before) + 1
    policy.deliver(operation.name)
    assert _count(policy, operation) == 45


def test_a_store_that_refuses_for_ever_fails_the_purge_and_nothing_is_lost() -> None:
    policy, paths = _policy(25)
    operation = _slowly(policy)

    def refuse(writes: Sequence[Write]) -> None:
        if any(isinstance(write, Patch) and "gone" in write.data for write in writes):
            raise Aborted("somebody is always faster")

    policy.interfere(refuse)
    policy.clock.advance(retries.RETRY_FOR)
    policy.deliver(operation.name, final=True)
    policy.interfere(lambda _: None)
    found = policy.operation(operation.name)
    assert found.error is not None
    assert len(policy.facts()) == 16
    assert _purge(policy).response == {"purgeCount": 15}
    assert policy.ports.store.get_many(paths) == [None] * 25


def test_what_expires_before_the_worker_comes_is_not_counted() -> None:
    policy, _ = _policy(12)
    policy.remember("fact of an hour", ttl="3600s")
    operation = _slowly(policy)
    policy.clock.advance(timedelta(hours=1))
    policy.deliver(operation.name)
    assert _count(policy, operation) == 12


@pytest.mark.parametrize(("scope", "kept"), [(SCOPE, SCOPE), (None, None)])
def test_the_operation_of_a_long_purge_is_of_a_scope_only_if_all_that_goes_is(scope: Any, kept: Any) -> None:
    """Whoever may see that scope may see the operation, so it must not tell of others."""
    policy, _ = _policy(12)
    policy.interfere(lambda _: policy.clock.advance(timedelta(seconds=20)))
    operation = purge.purge(policy.ports, policy.engine, scope=scope, accept=lambda _: True, force=True)
    policy.interfere(lambda _: None)
    document = policy.ports.store.get(path_of(operation.name))
    assert document is not None
    assert document.data["scope"] == kept


@pytest.mark.parametrize("force", [False, True])
def test_a_purge_that_looks_through_too_many_memories_changes_nothing_and_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
    force: bool,  # noqa: FBT001 - a table
) -> None:
    monkeypatch.setattr(purge_search, "PAGE", 10)
    policy, paths = _policy(25)

    def accept(_: Any) -> bool:
        policy.clock.advance(timedelta(seconds=1))
        return True

    with pytest.raises(DeadlineExceeded, match="nothing was deleted: name a scope, or a span of create_time"):
        _purge(policy, accept, force=force)
    assert len(policy.records()) == len(paths) + 1
