"""What is created while its engine is deleted does not outlive the engine, on either store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from memorybank.bank import engines, sessions
from memorybank.bank.ingestion import ingest
from memorybank.ports.documents import Write
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.ingestion import IngestEventsRequest
from memorybank.resources.session import Session
from memorybank.resources.wire import parse
from memorybank.storage.firestore import FirestoreStore
from tests.unit.policy import SCOPE, Interfering, Policy, open_policy

_EVENT = {"content": {"role": "user", "parts": [{"text": "I like tea"}]}}
_MOMENTS = 9
"""More than the commits of a deletion: the engine is marked, emptied and removed, and tasks are queued."""


class _OvertakenError(Exception):
    """The call gets no further for now."""


def _remember(policy: Policy) -> None:
    policy.remember("I like tea")


def _open_session(policy: Policy) -> None:
    sessions.create(policy.ports, policy.engine, parse(Session, {"userId": "ada"}), session_id=None)


def _ingest(policy: Policy) -> None:
    rule = {"generationRule": {"eventCount": 10}}
    request = {"scope": SCOPE, "directContentsSource": {"events": [_EVENT]}, "generationTriggerConfig": rule}
    ingest.ingest(policy.ports, policy.engine, parse(IngestEventsRequest, request))


def _generate(policy: Policy) -> None:
    policy.accept("I like tea")


CALLS = (_remember, _open_session, _ingest, _generate)


@pytest.fixture(params=["sqlite", "firestore"])
def policy(request: pytest.FixtureRequest) -> Policy:
    store: FirestoreStore | None = None
    if request.param == "firestore":
        store = request.getfixturevalue("firestore_store")
    return open_policy(store=store, wrap=Interfering)


def _held_writes(policy: Policy, call: Callable[[Policy], None]) -> Sequence[Write]:
    """Make a call up to its commit and return what it is about to commit."""
    held: list[Write] = []

    def hold(writes: Sequence[Write]) -> None:
        held.extend(writes)
        raise _OvertakenError

    policy.interfere(hold)
    with pytest.raises(_OvertakenError):
        call(policy)
    return held


def _delete(policy: Policy, before: Callable[[int], None]) -> tuple[str, int]:
    """Delete the engine, calling `before` with the number of each commit; return the operation and their number."""
    commits = 0

    def count(_: Sequence[Write]) -> None:
        nonlocal commits
        commits += 1
        policy.interfere(lambda _: None)
        before(commits)
        policy.interfere(count)

    policy.interfere(count)
    name = engines.delete(policy.ports, policy.engine, force=True).name
    policy.deliver(name)
    policy.interfere(lambda _: None)
    return name, commits


@pytest.mark.parametrize("moment", range(1, _MOMENTS + 1))
@pytest.mark.parametrize("call", CALLS)
def test_what_is_created_at_any_moment_of_a_deletion_is_gone_in_the_end(
    policy: Policy, call: Callable[[Policy], None], moment: int
) -> None:
    held = _held_writes(policy, call)

    def overtake(number: int) -> None:
        if number == moment:
            policy.ports.store.commit(held)

    name, commits = _delete(policy, overtake)
    assert commits < _MOMENTS
    if moment > commits:
        policy.ports.store.commit(held)
    assert policy.operation(name).done
    policy.clock.advance(timedelta(minutes=16))
    [again] = [task for task in policy.tasks() if task.id.endswith("-again")]
    assert again.data["run_at"] <= policy.clock.now()
    policy.deliver(again.data["body"])
    path = policy.engine.child("operations", name.rpartition("/")[2])
    assert policy.ports.store.below(policy.engine.path, limit=10) == [path]


def test_an_engine_that_has_taken_the_id_again_keeps_what_it_has(policy: Policy) -> None:
    name, _ = _delete(policy, lambda _: None)
    engines.create(policy.ports, policy.engine, ReasoningEngine())
    policy.remember("I like tea")
    policy.clock.advance(timedelta(minutes=16))
    policy.deliver(name)
    assert policy.facts() == ["I like tea"]
