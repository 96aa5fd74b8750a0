"""Who works on a scope: facts that wait beside its lease, looks back at them, and leases that are lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from memorybank.errors import (
    Aborted,
)
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import (
    Interfering,
    Meddler,
    everything,
    look_back,
    open_policy,
)

PARIS, LYON, TEA = "I live in Paris", "I live in Lyon", "I like tea"
SECRET = "quokka"


def test_facts_wait_beside_a_lease_that_is_held_and_a_look_back_finishes_them_if_the_holder_died() -> None:
    policy = open_policy()
    lease = policy.hold_lease(owner="a holder that dies")
    name = policy.accept(TEA)
    policy.deliver(name)
    assert not policy.operation(name).done
    [_, look_back] = policy.tasks()
    assert look_back.data["body"] == name
    assert look_back.data["run_at"] > policy.clock.now() + timedelta(seconds=60)
    policy.clock.set(look_back.data["run_at"])
    policy.deliver(name)
    assert policy.actions(name) == ["CREATED"]
    with pytest.raises(Aborted):
        policy.end_lease(lease)


def test_the_look_back_finds_nothing_to_do_if_the_holder_lived() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    first, second = policy.accept(TEA), policy.accept(PARIS)
    policy.wait(first, second)
    policy.deliver(first)
    before, asked = everything(policy), len(model.requests)
    look_back(policy)
    assert everything(policy) == before
    assert len(model.requests) == asked


def test_two_look_backs_on_two_holders_do_not_share_a_name() -> None:
    policy = open_policy()
    name = policy.accept(TEA)
    for number in range(2):
        policy.hold_lease(owner=f"holder {number}")
        policy.deliver(name)
        policy.clock.advance(timedelta(seconds=60))
    assert len({task.id for task in policy.tasks()}) == 3


def test_a_holder_that_lost_its_lease_leaves_the_work_to_the_new_one() -> None:
    """Its commit fails as a whole, and it neither repeats the work nor fails for it."""
    policy = open_policy(wrap=Interfering)
    name = policy.accept(TEA)

    def take_over() -> None:
        policy.clock.advance(timedelta(seconds=61))
        policy.hold_lease(owner="new")

    policy.interfere(Meddler(take_over))
    policy.deliver(name)
    assert policy.facts() == []
    assert not policy.operation(name).done
    policy.clock.advance(timedelta(seconds=62))
    look_back(policy)
    assert policy.actions(name) == ["CREATED"]


def test_an_operation_takes_over_the_lease_that_its_own_crashed_attempt_took() -> None:
    policy = open_policy()
    name = policy.accept(TEA)
    policy.hold_lease(owner=name.rpartition("/")[2])
    policy.deliver(name, number=2)
    assert policy.actions(name) == ["CREATED"]
