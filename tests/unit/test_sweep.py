"""The sweep: what has expired goes with all that hangs on it, and nothing that has begun to live again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from memorybank.bank import sessions, sweep
from memorybank.bank.memories import crud, revisions
from memorybank.errors import Unavailable
from memorybank.ports.documents import Delete, Write
from memorybank.resources.memory import Memory
from memorybank.resources.session import Session
from tests.unit.policy import Interfering, Policy, open_policy

HOUR = timedelta(hours=1)


@pytest.fixture
def policy() -> Policy:
    return open_policy(wrap=Interfering)


def _before_the_deletion_of(policy: Policy, path: str, act: object) -> None:
    """Do something just before the sweep removes a document that it has found to be over."""

    def before(writes: Sequence[Write]) -> None:
        if any(isinstance(write, Delete) and write.path == path for write in writes):
            policy.interfere(lambda _: None)
            assert callable(act)
            act()

    policy.interfere(before)


def test_an_expired_memory_goes_with_its_revisions_and_a_living_one_stays(policy: Policy) -> None:
    gone, kept = policy.remember("I like tea", ttl="3600s"), policy.remember("I like figs")
    policy.clock.advance(HOUR - timedelta(microseconds=1))
    assert sweep.sweep(policy.ports) == 0
    policy.clock.advance(timedelta(microseconds=1))
    assert sweep.sweep(policy.ports) == 2 + len(policy.ports.store.below(f"{gone}/operations", limit=10))
    assert policy.facts() == ["I like figs"]
    assert policy.ports.store.below(gone, limit=10) == []
    assert len(policy.revisions(kept)) == 1
    assert sweep.sweep(policy.ports) == 0


def test_what_has_been_changed_since_it_was_found_is_left_alone(policy: Policy) -> None:
    """Its end was put off between the look and the removal, which is of the version that was looked at."""
    path = policy.remember("I like tea", ttl="3600s")
    longer = Memory.model_validate({"ttl": "7200s"})
    policy.clock.advance(HOUR - timedelta(seconds=1))

    def prolong() -> None:
        policy.clock.advance(-timedelta(seconds=2))
        crud.update(policy.ports, path, longer, mask=None)
        policy.clock.advance(timedelta(seconds=2))

    _before_the_deletion_of(policy, path, prolong)
    policy.clock.advance(timedelta(seconds=1))
    sweep.sweep(policy.ports)
    assert policy.facts() == ["I like tea"]
    assert len(policy.revisions(path)) == 2


def test_a_session_that_is_prolonged_in_the_last_moment_keeps_its_events(policy: Policy) -> None:
    sessions.create(policy.ports, policy.engine, Session(user_id="ada", ttl=24 * HOUR), session_id="s")
    path = policy.engine.child("sessions", "s")

    def prolong() -> None:
        policy.clock.advance(-timedelta(seconds=1))
        sessions.update(policy.ports, path, Session(ttl=48 * HOUR), mask=None)
        policy.clock.advance(timedelta(seconds=1))

    _before_the_deletion_of(policy, path, prolong)
    policy.clock.advance(24 * HOUR)
    sweep.sweep(policy.ports)
    assert sessions.get(policy.ports, path).user_id == "ada"


def test_the_history_of_a_deleted_memory_goes_as_a_whole_after_48_hours(policy: Policy) -> None:
    path = policy.remember("I like tea")
    crud.delete(policy.ports, path)
    policy.clock.advance(48 * HOUR - timedelta(microseconds=1))
    sweep.sweep(policy.ports)
    assert len(policy.revisions(path)) == 2
    policy.clock.advance(timedelta(microseconds=1))
    sweep.sweep(policy.ports)
    assert policy.revisions(path) == []


def test_the_mark_of_a_deletion_that_was_undone_takes_nothing_along(policy: Policy) -> None:
    path = policy.remember("I like tea")
    [first] = policy.revisions(path)
    policy.clock.advance(HOUR)
    crud.delete(policy.ports, path)
    policy.clock.advance(HOUR)
    revisions.rollback(policy.ports, path, first.id)
    policy.clock.advance(72 * HOUR)
    sweep.sweep(policy.ports)
    assert policy.facts() == ["I like tea"]
    assert first.id in [document.id for document in policy.revisions(path)]


def test_what_has_expired_goes_also_while_the_queue_is_out_of_reach(policy: Policy) -> None:
    gone = policy.remember("I like tea", ttl="3600s")
    policy.accept("I like figs")
    policy.clock.advance(HOUR)

    def refuse(writes: Sequence[Write]) -> None:
        if any(write.path.startswith("tasks/") for write in writes):
            raise Unavailable("the queue cannot be reached")

    policy.interfere(refuse)
    with pytest.raises(Unavailable, match="the queue"):
        sweep.sweep(policy.ports)
    assert policy.ports.store.get(gone) is None
