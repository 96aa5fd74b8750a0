"""Undoing a generation that is too large for one commit, or that ended half-way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from memorybank.bank import retries
from memorybank.bank.generation import undo
from memorybank.bank.memories import crud
from memorybank.errors import FailedPrecondition
from memorybank.ports.models import Action
from memorybank.resources.names import path_of
from memorybank.testing.scripted import ScriptedModel
from tests.unit.limited_store import LimitedStore, ProcessKilledError
from tests.unit.policy import Policy, Says, decides, open_policy

_METADATA = {f"{number:02}": {"stringValue": "\U0001f600" * 1024} for number in range(64)}
_CITIES = ("Paris", "Lyon", "Nice", "Lille", "Brest", "Tours", "Metz", "Dijon", "Nantes")
OLD, NEW = [f"I have a house in {city}" for city in _CITIES], [f"I sold my house in {city}" for city in _CITIES]
_SPAN = timedelta(minutes=1)


def _updated() -> tuple[Policy, str]:
    """Open a bank whose last generation changed nine memories of the largest size, and return that one's name."""
    rules = [Says(new, Action.UPDATE, old, new) for old, new in zip(OLD, NEW, strict=True)]
    policy = open_policy(ScriptedModel(decide=decides(*rules)), wrap=LimitedStore)
    for fact in OLD:
        policy.remember(fact, metadata=_METADATA)
    policy.clock.advance(_SPAN)
    name = policy.accept(*NEW)
    policy.deliver(name)
    assert policy.facts() == sorted(NEW)
    policy.clock.advance(_SPAN)
    return policy, name


def _begin(policy: Policy, name: str) -> str:
    return undo.undo(policy.ports, policy.engine, name.rpartition("/")[2]).name


def test_a_large_generation_is_undone_in_several_commits_and_that_can_be_undone_as_well() -> None:
    policy, name = _updated()
    undone = _begin(policy, name)
    assert not policy.operation(undone).done
    assert undone in [task.data["body"] for task in policy.tasks()]
    policy.deliver(undone)
    assert policy.actions(undone) == ["UPDATED"] * 9
    assert policy.facts() == sorted(OLD)
    assert all(len(record.memory.metadata) == 64 for record in policy.records())
    again = _begin(policy, undone)
    policy.deliver(again)
    assert policy.actions(again) == ["UPDATED"] * 9
    assert policy.facts() == sorted(NEW)


@pytest.mark.parametrize("dies_after", [False, True])
def test_an_undo_whose_process_dies_between_commits_is_finished_by_the_next_one(dies_after: bool) -> None:  # noqa: FBT001 - a table
    policy, name = _updated()
    store = policy.ports.store
    assert isinstance(store, LimitedStore)
    undone = _begin(policy, name)
    store.commits, store.dies_at, store.dies_after = 0, 1, dies_after
    with pytest.raises(ProcessKilledError):
        policy.deliver(undone)
    policy.deliver(undone)
    assert policy.actions(undone) == ["UPDATED"] * 9
    assert policy.facts() == sorted(OLD)
    assert all(len(policy.revisions(record.path)) == 3 for record in policy.records())


def test_an_undo_that_is_overtaken_reverts_the_others_and_says_what_it_could_not() -> None:
    policy, name = _updated()
    undone = _begin(policy, name)
    left = next(record for record in policy.records() if record.fact in NEW)
    crud.delete(policy.ports, left.path)
    policy.deliver(undone)
    error = policy.operation(undone).error
    assert error is not None
    assert "8 memories were reverted" in error["message"]
    assert left.path.rpartition("/")[2] in error["message"]
    assert len(policy.facts()) == 8
    assert set(policy.facts()) < set(OLD)


def _half_done() -> tuple[Policy, str]:
    """Open a bank with a generation whose process died after a commit of a part of it, and return that one's name."""
    policy = open_policy(wrap=LimitedStore)
    name = policy.accept(*NEW, metadata=_METADATA)
    store = policy.ports.store
    assert isinstance(store, LimitedStore)
    store.commits, store.dies_at, store.dies_after = 0, 2, True
    with pytest.raises(ProcessKilledError):
        policy.deliver(name)
    assert 0 < len(policy.facts()) < 9
    policy.clock.advance(_SPAN)
    return policy, name


def test_a_generation_that_was_cancelled_half_way_can_be_undone() -> None:
    policy, name = _half_done()
    policy.cancel(name)
    done = len(policy.facts())
    assert policy.actions(_begin(policy, name)) == ["DELETED"] * done
    assert policy.facts() == []


def test_a_generation_that_was_given_up_half_way_can_be_undone_but_not_retried_after_that() -> None:
    policy, name = _half_done()
    retries.give_up(policy.ports, path_of(name), FailedPrecondition("no"))
    assert policy.operation(name).retryable
    _begin(policy, name)
    assert policy.facts() == []
    assert not policy.operation(name).retryable
    with pytest.raises(FailedPrecondition, match="no longer stored"):
        retries.retry(policy.ports, policy.engine, name.rpartition("/")[2], parent=str(policy.engine))
