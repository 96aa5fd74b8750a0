"""Revisions: which can be seen, for how long, and what a rollback makes of the memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank.memories import crud, explain, revisions
from memorybank.bank.ports import BankRules
from memorybank.config import Settings
from memorybank.errors import FailedPrecondition, InvalidArgument, NotFound
from memorybank.local.bank import embedded_adapters
from memorybank.ports.documents import Write
from memorybank.resources.memory import Memory
from memorybank.resources.wire import parse
from memorybank.testing.frozen import START
from tests.unit.policy import Interfering, Policy, open_policy

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def policy() -> Policy:
    return open_policy(wrap=Interfering)


def _update(policy: Policy, path: str, **fields: Any) -> None:
    policy.clock.advance(timedelta(seconds=1))
    crud.update(policy.ports, path, parse(Memory, fields), mask=None)


def _delete(policy: Policy, path: str) -> None:
    policy.clock.advance(timedelta(seconds=1))
    crud.delete(policy.ports, path)


def _create(policy: Policy, identifier: str, **fields: Any) -> str:
    memory = parse(Memory, {"scope": {"user_id": "ada"}, **fields})
    crud.create(policy.ports, policy.engine, memory, memory_id=identifier)
    return policy.engine.child("memories", identifier)


def _ids(policy: Policy, path: str) -> list[str]:
    """Return the ids of the revisions that a memory shows, newest first."""
    found, _ = revisions.list_page(policy.ports, path, accept=None, limit=100, after=None)
    return [str(revision.name).rpartition("/")[2] for revision in found]


def _facts(policy: Policy, path: str) -> list[str | None]:
    return [revisions.get(policy.ports, path, identifier).fact for identifier in _ids(policy, path)]


def test_every_change_leaves_a_revision_that_says_what_the_memory_was(policy: Policy) -> None:
    path = policy.remember("I like tea")
    _update(policy, path, fact="I like green tea", revisionLabels={"by": "me"})
    _update(policy, path, displayName="d")
    assert _facts(policy, path) == ["I like green tea", "I like green tea", "I like tea"]
    middle = revisions.get(policy.ports, path, _ids(policy, path)[1])
    assert (middle.labels, middle.create_time) == ({"by": "me"}, START + timedelta(seconds=1))
    assert middle.expire_time == START + timedelta(seconds=1, days=365)


def test_a_revision_that_has_expired_is_not_seen_any_more(policy: Policy) -> None:
    path = policy.remember("I like tea", revisionTtl="3600s")
    _update(policy, path, displayName="d")
    newest, oldest = _ids(policy, path)
    policy.clock.set(START + HOUR)
    assert _ids(policy, path) == [newest]
    with pytest.raises(NotFound, match="has expired"):
        revisions.get(policy.ports, path, oldest)
    with pytest.raises(NotFound):
        revisions.rollback(policy.ports, path, oldest)


def test_a_memory_of_the_same_id_does_not_show_what_was_before_it(policy: Policy) -> None:
    path = _create(policy, "m", fact="of before", ttl="3600s")
    [before] = _ids(policy, path)
    policy.clock.advance(HOUR)
    _create(policy, "m", fact="of now")
    assert _facts(policy, path) == ["of now"]
    with pytest.raises(NotFound):
        revisions.get(policy.ports, path, before)
    with pytest.raises(NotFound):
        revisions.rollback(policy.ports, path, before)


def test_a_deleted_memory_shows_its_history_for_48_hours(policy: Policy) -> None:
    path = policy.remember("I like tea")
    _delete(policy, path)
    assert _facts(policy, path) == [None, "I like tea"]
    policy.clock.advance(timedelta(hours=48) - timedelta(microseconds=1))
    assert len(_ids(policy, path)) == 2
    policy.clock.advance(timedelta(microseconds=1))
    with pytest.raises(NotFound):
        _ids(policy, path)


def test_a_memory_that_has_expired_shows_no_history(policy: Policy) -> None:
    path = policy.remember("I like tea", ttl="3600s")
    policy.clock.advance(HOUR)
    with pytest.raises(NotFound):
        _ids(policy, path)


def test_a_rollback_gives_fact_and_topics_back_and_is_a_revision_itself(policy: Policy) -> None:
    path = policy.remember("I like tea", topics=[{"managedMemoryTopic": "USER_PREFERENCES"}])
    _update(policy, path, fact="I like figs", displayName="kept", topics=[])
    operation = revisions.rollback(policy.ports, path, _ids(policy, path)[-1])
    [record] = policy.records()
    assert (record.fact, record.memory.display_name) == ("I like tea", "kept")
    assert [topic.key for topic in record.memory.topics] == ["USER_PREFERENCES"]
    assert operation.response is not None
    assert operation.response["fact"] == "I like tea"
    assert _facts(policy, path) == ["I like tea", "I like figs", "I like tea"]
    assert policy.generate("I like tea") == ["UPDATED"], "it is found by its hash and vector again"


def test_a_rollback_brings_a_deleted_memory_and_the_life_of_its_revisions_back(policy: Policy) -> None:
    path = policy.remember("I like tea", displayName="d")
    ends = [document.data["expire_time"] for document in policy.revisions(path)]
    _delete(policy, path)
    policy.clock.advance(47 * HOUR)
    revisions.rollback(policy.ports, path, _ids(policy, path)[-1])
    [record] = policy.records()
    assert (record.fact, record.memory.display_name) == ("I like tea", "d")
    policy.clock.advance(10 * DAY)
    assert _facts(policy, path)[-1] == "I like tea"
    assert [document.data["expire_time"] for document in policy.revisions(path)][: len(ends)] == ends


def test_the_revision_of_a_deletion_cannot_be_rolled_back_to(policy: Policy) -> None:
    path = policy.remember("I like tea")
    _delete(policy, path)
    with pytest.raises(FailedPrecondition, match="records the deletion"):
        revisions.rollback(policy.ports, path, _ids(policy, path)[0])


def test_an_end_that_has_passed_is_not_restored(policy: Policy) -> None:
    path = policy.remember("I like tea", ttl="3600s")
    _delete(policy, path)
    policy.clock.advance(2 * HOUR)
    revisions.rollback(policy.ports, path, _ids(policy, path)[-1])
    [record] = policy.records()
    assert record.memory.expire_time is None


def test_an_end_to_come_is_kept(policy: Policy) -> None:
    path = policy.remember("I like tea", ttl="3600s")
    _delete(policy, path)
    revisions.rollback(policy.ports, path, _ids(policy, path)[-1])
    assert policy.records()[0].memory.expire_time == START + HOUR


def test_a_rollback_that_meets_another_change_comes_after_it(policy: Policy) -> None:
    path = policy.remember("I like tea")
    [first] = _ids(policy, path)

    def change(writes: Sequence[Write]) -> None:
        del writes
        policy.interfere(lambda _: None)
        _update(policy, path, fact="I like figs", displayName="of another")

    policy.interfere(change)
    revisions.rollback(policy.ports, path, first)
    [record] = policy.records()
    assert (record.fact, record.memory.display_name) == ("I like tea", "of another")
    assert _facts(policy, path) == ["I like tea", "I like figs", "I like tea"]


def test_a_deleted_memory_is_kept_as_long_as_the_deployment_wants() -> None:
    policy = open_policy(rules=BankRules(deleted_retention=5 * HOUR))
    path = policy.remember("I like tea")
    crud.delete(policy.ports, path)
    told, _ = explain.explain(policy.ports, path, limit=1, after=None)
    assert told.purge_time == policy.clock.now() + 5 * HOUR
    policy.clock.advance(5 * HOUR - timedelta(seconds=1))
    assert len(_ids(policy, path)) == 2
    policy.clock.advance(timedelta(seconds=1))
    with pytest.raises(NotFound):
        _ids(policy, path)


def test_the_setting_of_deleted_memories_reaches_the_bank() -> None:
    adapters = embedded_adapters(Settings(models="offline", data=":memory:", deleted_retention_hours=5))
    assert adapters.rules == BankRules(deleted_retention=5 * HOUR)
    adapters.store.close()
    for wrong in (0, 8761, -1):
        with pytest.raises(InvalidArgument, match="DELETED_RETENTION_HOURS: must be a number from 1 to 8760"):
            Settings(models="offline", deleted_retention_hours=wrong)
