"""The lease of a scope: who gets it, how it ends, and that of two holders one commit fails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from memorybank.bank.generation.lease import DURATION, Held, Lease, acquire, refresh
from memorybank.errors import Aborted, AlreadyExists
from memorybank.ports.documents import Create
from tests.unit.policy import Interfering, Policy, open_policy

_PATH = "engines/p:us-central1:1/scopes/s"


def _acquire(policy: Policy, owner: str) -> Lease | Held:
    return acquire(policy.ports, _PATH, owner=owner)[0]


def _taken(policy: Policy, owner: str) -> Lease:
    lease = _acquire(policy, owner)
    assert isinstance(lease, Lease)
    return lease


def test_the_first_who_asks_gets_the_lease_and_others_are_told_until_when() -> None:
    policy = open_policy()
    assert _taken(policy, "a").generation == 0
    assert _acquire(policy, "b") == Held(until=policy.clock.now() + DURATION, generation=0)


def test_a_lease_that_was_ended_is_free_and_the_consolidations_of_the_scope_are_counted() -> None:
    policy = open_policy()
    for generation in range(3):
        lease = _taken(policy, f"owner {generation}")
        assert lease.generation == generation
        policy.end_lease(lease)


@pytest.mark.parametrize("moment", ["just before", "at"])
def test_a_lease_that_has_expired_is_taken_over(moment: str) -> None:
    policy = open_policy()
    _taken(policy, "a")
    policy.clock.advance(DURATION - (timedelta(microseconds=1) if moment == "just before" else timedelta()))
    assert isinstance(_acquire(policy, "b"), Held if moment == "just before" else Lease)


def test_a_clock_that_was_set_back_blocks_a_scope_no_longer_than_a_lease_lasts() -> None:
    policy = open_policy()
    _taken(policy, "dead")
    policy.clock.advance(timedelta(hours=-1))
    waiting = _acquire(policy, "b")
    assert isinstance(waiting, Held)
    assert waiting.until == policy.clock.now() + DURATION
    policy.clock.advance(DURATION)
    assert isinstance(_acquire(policy, "b"), Lease)


def test_an_owner_takes_over_its_own_lease_and_the_earlier_one_is_worth_nothing() -> None:
    policy = open_policy()
    earlier, later = _taken(policy, "a"), _taken(policy, "a")
    with pytest.raises(Aborted):
        policy.ports.store.commit([earlier.release(emptied=True)])
    policy.ports.store.commit([later.release(emptied=True)])


def test_the_commit_of_a_holder_whose_lease_was_taken_over_fails() -> None:
    policy = open_policy()
    lost = _taken(policy, "a")
    policy.clock.advance(DURATION)
    lease = _taken(policy, "b")
    with pytest.raises(Aborted):
        policy.end_lease(lost)
    policy.end_lease(lease)


@pytest.mark.parametrize("known", [True, False])
def test_who_is_overtaken_while_taking_the_lease_finds_it_held(known: bool) -> None:  # noqa: FBT001 - a table
    policy = open_policy(wrap=Interfering)
    if known:
        policy.end_lease(_taken(policy, "earlier"))

    def overtake(_: object) -> None:
        policy.interfere(lambda _: None)
        _taken(policy, "b")

    policy.interfere(overtake)
    assert isinstance(_acquire(policy, "a"), Held)


@pytest.mark.parametrize("free", [True, False])
def test_what_is_to_be_committed_with_the_lease_is_committed_whether_it_is_free_or_not(free: bool) -> None:  # noqa: FBT001 - a table
    policy = open_policy()
    if not free:
        _taken(policy, "b")
    lease, _ = acquire(policy.ports, _PATH, owner="a", also=(Create("notes/n", {"text": "x"}),))
    assert isinstance(lease, Lease if free else Held)
    assert policy.ports.store.get("notes/n") is not None


def test_what_cannot_be_committed_with_the_lease_is_an_error_and_the_lease_stays_free() -> None:
    policy = open_policy()
    policy.ports.store.commit([Create("notes/n", {})])
    with pytest.raises(AlreadyExists):
        acquire(policy.ports, _PATH, owner="a", also=(Create("notes/n", {}),))
    assert isinstance(_acquire(policy, "b"), Lease)


def test_a_holder_cannot_give_back_what_somebody_has_come_to_wait_for() -> None:
    policy = open_policy()
    lease = _taken(policy, "a")
    assert not lease.has_waiters
    assert isinstance(_acquire(policy, "b"), Held)
    with pytest.raises(Aborted):
        policy.ports.store.commit([lease.release(emptied=True)])
    present = refresh(policy.ports, lease)
    assert present is not None
    assert present.has_waiters
    [version] = policy.ports.store.commit([present.keep(policy.clock.now())])
    policy.ports.store.commit([present.kept(version).release(emptied=True)])
    assert not _taken(policy, "c").has_waiters


def test_who_takes_the_lease_after_one_that_was_given_back_with_people_waiting_knows_of_them() -> None:
    policy = open_policy()
    lease = _taken(policy, "a")
    _acquire(policy, "b")
    policy.end_lease(lease)
    assert _taken(policy, "c").has_waiters


@pytest.mark.parametrize("owner", ["a", "b"])
def test_who_takes_over_a_lease_that_was_not_given_back_expects_somebody_to_wait(owner: str) -> None:
    policy = open_policy()
    _taken(policy, "a")
    policy.clock.advance(DURATION)
    assert _taken(policy, owner).has_waiters


def test_a_lost_lease_is_not_refreshed() -> None:
    policy = open_policy()
    lease = _taken(policy, "a")
    policy.clock.advance(DURATION)
    _taken(policy, "b")
    assert refresh(policy.ports, lease) is None
