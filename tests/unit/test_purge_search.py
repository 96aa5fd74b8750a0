"""Purges that one call cannot look through: a worker goes on, deletes what was meant, and counts it once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank import operations, retries
from memorybank.bank.memories import batch_create, crud, exports, purge, purge_search
from memorybank.errors import Internal
from memorybank.ports.documents import Write
from memorybank.resources.memory import Memory
from memorybank.resources.names import path_of
from memorybank.resources.operation import Operation
from memorybank.resources.transfer import BatchCreateMemoriesRequest
from memorybank.resources.wire import parse
from tests.unit.policy import SCOPE, Interfering, Policy, open_policy

FILTER = f'fact:"tea" AND scope={json.dumps(json.dumps(SCOPE))}'
BOB = {"user_id": "bob"}


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge_search, "PAGE", 10)


def _policy() -> tuple[Policy, list[str]]:
    """Open a bank with 25 memories of tea, one of coffee, and one of somebody else."""
    policy = open_policy(wrap=Interfering)
    paths = [policy.remember(f"tea {number}") for number in range(25)]
    policy.remember("coffee")
    policy.remember("tea of Bob", scope=BOB)
    return policy, paths


def _begin(policy: Policy, *, force: bool = True, **condition: Any) -> Operation:
    """Begin a purge for whose first page a call's time is not enough."""

    def slow(_: Any) -> bool:
        policy.clock.advance(timedelta(seconds=3))
        return True

    asked = {"filter": FILTER, **condition}
    begun = purge.purge(policy.ports, policy.engine, scope=SCOPE, accept=slow, condition=asked, force=force)
    assert not begun.done
    assert len(policy.records()) == 27, "nothing has gone yet"
    return begun


def _count(policy: Policy, begun: Operation) -> int:
    found = policy.operation(begun.name)
    assert found.done, found
    assert found.response is not None, found
    return int(found.response["purgeCount"])


def test_a_worker_deletes_what_matched_when_it_was_asked() -> None:
    policy, paths = _policy()
    begun = _begin(policy)
    crud.update(policy.ports, paths[7], parse(Memory, {"fact": "tea again"}), mask=["fact"])
    policy.remember("tea later")
    policy.deliver(begun.name)
    assert _count(policy, begun) == 24
    assert policy.facts() == ["coffee", "tea again", "tea later", "tea of Bob"]
    policy.deliver(begun.name)
    assert _count(policy, begun) == 24


@pytest.mark.parametrize("whole", [False, True])
def test_what_is_imported_meanwhile_stays_whatever_its_times_are(*, whole: bool) -> None:
    """An import brings a memory with its history, or a fact of long ago."""
    policy, _ = _policy()
    source = open_policy()
    source.remember("tea of old")
    [record], _ = exports.export_page(source.ports, source.engine, vectors=False, limit=9, after=None)
    told = {"memory": {"fact": "tea of old", "scope": SCOPE, "createTime": "2020-01-01T00:00:00Z"}}
    body = json.loads(json.dumps(record.to_wire())) | {"id": "old"} if whole else told
    begun = _begin(policy)
    policy.clock.advance(timedelta(seconds=1))
    batch_create.batch_create(policy.ports, policy.engine, parse(BatchCreateMemoriesRequest, {"memories": [body]}))
    policy.deliver(begun.name)
    assert _count(policy, begun) == 25
    assert policy.facts() == ["coffee", "tea of Bob", "tea of old"]
    later = purge.purge(policy.ports, policy.engine, scope=SCOPE, accept=lambda _: True, force=True)
    assert later.response == {"purgeCount": 2}


def test_a_purge_that_fails_while_it_looks_can_be_retried_from_where_it_was() -> None:
    policy, _ = _policy()
    begun = _begin(policy)
    commits: list[int] = []

    def fail_third(_: Sequence[Write]) -> None:
        commits.append(1)
        if len(commits) == 3:
            policy.interfere(lambda _: None)
            raise Internal("the bank failed")

    policy.interfere(fail_third)
    policy.deliver(begun.name, final=True)
    failed = policy.operation(begun.name)
    assert failed.error is not None
    assert failed.retryable
    parent, _, identifier = begun.name.rpartition("/operations/")
    retries.retry(policy.ports, policy.engine, identifier, parent=parent)
    policy.remember("tea after all")
    policy.deliver(begun.name)
    assert _count(policy, begun) == 25
    assert policy.facts() == ["coffee", "tea after all", "tea of Bob"]


def test_a_worker_that_only_counts_changes_nothing() -> None:
    policy, _ = _policy()
    begun = _begin(policy, force=False)
    policy.deliver(begun.name)
    assert _count(policy, begun) == 25
    assert len(policy.records()) == 27


def test_groups_of_conditions_are_read_again_by_the_worker() -> None:
    policy, _ = _policy()
    policy.remember("old tea", metadata={"year": {"doubleValue": 1999}})
    groups = [{"filters": [{"key": "year", "value": {"doubleValue": 1999}, "op": "EQUAL"}]}]
    begun = purge_search.begin(
        policy.ports,
        policy.engine,
        {"filter": FILTER, "filterGroups": groups},
        scope=SCOPE,
        requested=policy.clock.now(),
        force=True,
    )
    policy.deliver(begun.name)
    assert _count(policy, begun) == 1
    assert "old tea" not in policy.facts()


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("lost", [False, True])
def test_a_worker_that_dies_at_any_commit_is_followed_by_one_that_counts_on(*, force: bool, lost: bool) -> None:
    """The commit at which it dies is lost, or only its answer is."""
    for number in range(1, 20):
        policy, _ = _policy()
        begun = _begin(policy, force=force)
        left = [number]

        def die(writes: Sequence[Write], policy: Policy = policy, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                policy.interfere(lambda _: None)
                if not lost:
                    policy.ports.store.commit(writes)
                raise RuntimeError("killed")

        policy.interfere(die)
        try:
            policy.deliver(begun.name)
        except RuntimeError:
            policy.deliver(begun.name, number=2)
        assert _count(policy, begun) == 25
        assert policy.facts()[:2] == (["coffee", "tea of Bob"] if force else ["coffee", "tea 0"])
        if left[0] > 0:
            break
    assert number > 3


def test_a_worker_whose_turn_is_over_puts_the_rest_into_the_queue() -> None:
    policy, _ = _policy()
    begun = _begin(policy)
    policy.interfere(lambda _: policy.clock.advance(timedelta(minutes=10)))
    policy.deliver(begun.name)
    policy.interfere(lambda _: None)
    assert not policy.operation(begun.name).done
    assert any("-look-" in task.path for task in policy.tasks())
    policy.deliver(begun.name)
    assert _count(policy, begun) == 25


def test_a_cancelled_purge_stops_and_forgets_its_condition() -> None:
    policy, _ = _policy()
    begun = _begin(policy)
    identifier = begun.name.rpartition("/")[2]
    operations.cancel(policy.ports, policy.engine, identifier, parent=begun.name.rpartition("/operations/")[0])
    policy.deliver(begun.name)
    assert len(policy.records()) == 27
    [document] = policy.ports.store.get_many([path_of(begun.name)])
    assert document is not None
    assert document.data["looking"] is None
    assert "tea" not in str(document.data)
