"""Memories that are created as they were: by a worker, through conflicts and crashes, with every field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank import operations
from memorybank.bank.memories import batch_create, batch_records, crud, exports
from memorybank.bank.memories.transfer import NOT_TRANSFERRED
from memorybank.errors import Aborted, InvalidArgument, Unavailable
from memorybank.ports.documents import Create, Document, Put, Query, Write
from memorybank.resources.memory import Memory
from memorybank.resources.operation import Operation
from memorybank.resources.transfer import BatchCreateMemoriesRequest, MemoryState, RevisionRecord
from memorybank.resources.wire import format_timestamp, parse
from tests.unit.policy import SCOPE, Interfering, Policy, open_policy


def _exported(policy: Policy, *, vectors: bool = True) -> list[dict[str, Any]]:
    found, cursor = exports.export_page(policy.ports, policy.engine, vectors=vectors, limit=1000, after=None)
    assert cursor is None
    return [json.loads(json.dumps(record.to_wire())) for record in found]


def _create(policy: Policy, records: Sequence[dict[str, Any]], **fields: Any) -> Operation:
    request = parse(BatchCreateMemoriesRequest, {"memories": list(records), **fields})
    return batch_create.batch_create(policy.ports, policy.engine, request)


def _slowly(policy: Policy, records: Sequence[dict[str, Any]]) -> Operation:
    """Begin a call whose time is over after one commit, and return what it leaves to a worker."""
    policy.interfere(lambda _: policy.clock.advance(timedelta(seconds=20)))
    begun = _create(policy, records)
    policy.interfere(lambda _: None)
    return begun


def _told(operation: Operation) -> dict[str, Any]:
    assert operation.response is not None
    return {name: value for name, value in operation.response.items() if value}


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few memories take several commits."""
    monkeypatch.setattr(batch_records, "_AT_ONCE", 20)


@pytest.fixture(scope="module")
def exported() -> str:
    """Return the export of a bank with 25 memories, of which one has a history, and one is deleted."""
    policy = open_policy()
    paths = [policy.remember(f"I own {number} pens") for number in range(25)]
    crud.update(policy.ports, paths[0], parse(Memory, {"fact": "I own no pens"}), mask=("fact",))
    crud.delete(policy.ports, paths[1])
    return json.dumps(_exported(policy))


@pytest.fixture
def records(exported: str) -> list[dict[str, Any]]:
    """Return its records."""
    return list(json.loads(exported))


def test_a_bank_that_was_made_of_an_export_exports_the_same(records: list[dict[str, Any]]) -> None:
    policy = open_policy()
    assert _told(_create(policy, records)) == {"totalCount": 24, "createdCount": 24}
    assert _exported(policy) == records
    assert _told(_create(policy, records)) == {"totalCount": 24, "unchangedCount": 24}


def test_what_one_call_has_no_time_for_is_done_by_a_worker_that_tells_its_progress(
    records: list[dict[str, Any]],
) -> None:
    policy = open_policy(wrap=Interfering)
    begun = _slowly(policy, records)
    assert not begun.done
    told = policy.operation(begun.name).to_wire("v1beta1")["metadata"]["value"]
    assert (told["totalCount"], told["createdCount"]) == (24, 20)
    policy.deliver(begun.name)
    done = policy.operation(begun.name)
    assert done.done
    assert done.error is None
    assert _told(done) == {"totalCount": 24, "createdCount": 24}
    assert _exported(policy) == records
    assert not policy.ports.store.query(Query(f"{policy.engine.path}/operations/{begun.name.rpartition('/')[2]}/parts"))


def test_a_worker_that_dies_at_any_commit_is_followed_by_one_that_does_the_rest(
    records: list[dict[str, Any]],
) -> None:
    for number in range(1, 3):
        policy = open_policy(wrap=Interfering)
        begun = _slowly(policy, records)
        left = [number]

        def die(_: Sequence[Write], left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise RuntimeError("killed")

        policy.interfere(die)
        with pytest.raises(RuntimeError):
            policy.deliver(begun.name)
        policy.interfere(lambda _: None)
        policy.deliver(begun.name, number=2)
        assert _told(policy.operation(begun.name)) == {"totalCount": 24, "createdCount": 24}, "each is counted once"
        assert _exported(policy) == records


def test_an_operation_that_is_cancelled_stops_and_keeps_what_it_has_created(records: list[dict[str, Any]]) -> None:
    policy = open_policy(wrap=Interfering)
    begun = _slowly(policy, records)
    operations.cancel(
        policy.ports, policy.engine, begun.name.rpartition("/")[2], parent=begun.name.rpartition("/operations/")[0]
    )
    policy.deliver(begun.name)
    assert len(policy.records()) == 20


def test_a_conflict_is_tried_again_and_counted_once(records: list[dict[str, Any]]) -> None:
    policy = open_policy(wrap=Interfering)
    conflicts = [Aborted("somebody else")]

    def conflict_once(writes: Sequence[Write]) -> None:
        if conflicts and len(writes) > 1:
            raise conflicts.pop()

    policy.interfere(conflict_once)
    assert _told(_create(policy, records)) == {"totalCount": 24, "createdCount": 24}


def _session(policy: Policy, *said: str, ids: str = "ab") -> dict[str, Any]:
    now = policy.clock.now()
    times = {"createTime": format_timestamp(now), "updateTime": format_timestamp(now)}
    events = [
        {
            "author": "user",
            "invocationId": "1",
            "timestamp": format_timestamp(now),
            "content": {"parts": [{"text": text}]},
        }
        for text in said
    ]
    session = {"userId": "u", "expireTime": format_timestamp(now + timedelta(days=1)), **times}
    named = [{"id": identifier, "event": event} for identifier, event in zip(ids, events, strict=False)]
    return {"id": "talk", "session": session, "events": named}


def test_a_session_that_somebody_creates_meanwhile_stays_as_it_is() -> None:
    policy = open_policy(wrap=Interfering)
    mine, other = _session(policy, "I own a pen", "Two, even"), _session(policy, "I own a cat")

    def create_other(_: Sequence[Write]) -> None:
        policy.interfere(lambda _: None)
        _create(policy, [], sessions=[other])

    policy.interfere(create_other)
    told = _told(_create(policy, [], sessions=[mine]))
    assert told == {"totalCount": 1, "conflictCount": 1, "conflicts": ["talk"]}
    sessions = f"{policy.engine.path}/sessions"
    assert {*policy.ports.store.below(sessions, limit=9)} == {f"{sessions}/talk", f"{sessions}/talk/events/a"}


def test_events_of_a_session_need_an_id_each() -> None:
    policy = open_policy()
    with pytest.raises(InvalidArgument, match=r"sessions\[0\].events: must have an id each"):
        _create(policy, [], sessions=[_session(policy, "I own a pen", "Two, even", ids="aa")])


def test_an_outage_is_told_and_the_same_call_goes_on(records: list[dict[str, Any]]) -> None:
    policy = open_policy(wrap=Interfering)
    commits: list[int] = []

    def fail_second(writes: Sequence[Write]) -> None:
        commits.append(1)
        if len(commits) == 3:
            assert len(writes) > 1
            raise Unavailable("the store is gone")

    policy.interfere(fail_second)
    with pytest.raises(Unavailable):
        _create(policy, records)
    shown, _ = operations.list_page(policy.ports, policy.engine, parent=None, limit=9, after=None)
    assert all(operation.done for operation in shown), "nothing seems to go on"
    assert _told(_create(policy, records)) == {"totalCount": 24, "createdCount": 4, "unchangedCount": 20}


def test_a_memory_with_more_revisions_than_a_commit_takes_is_written_last() -> None:
    source = open_policy()
    path = source.remember("I own 0 pens")
    for number in range(1, 460):
        source.clock.advance(timedelta(seconds=1))
        crud.update(source.ports, path, parse(Memory, {"fact": f"I own {number} pens"}), mask=("fact",))
    [record] = _exported(source)
    assert len(record["revisions"]) == 460
    policy = open_policy(wrap=Interfering)
    seen: list[Sequence[Write]] = []
    policy.interfere(seen.append)
    _create(policy, [record])
    of_memories = [[write for write in writes if "/memories/" in write.path] for writes in seen]
    assert max(map(len, of_memories)) <= 450
    assert isinstance(of_memories[-1][-1], Create)
    assert not any("/revisions/" not in write.path for writes in of_memories[:-1] for write in writes)
    assert _exported(policy) == [record]


def test_an_expired_memory_gives_way_and_one_that_has_expired_in_the_file_is_left_out() -> None:
    source = open_policy()
    source.remember("I like tea", ttl="3600s")
    records = _exported(source)
    policy = open_policy()
    _create(policy, records)
    policy.clock.advance(timedelta(hours=2))
    assert _told(_create(policy, records)) == {"totalCount": 1, "expiredCount": 1}
    del records[0]["memory"]["expireTime"]
    assert _told(_create(policy, records)) == {"totalCount": 1, "createdCount": 1}


def test_a_fact_whose_memory_has_expired_is_created_again() -> None:
    policy = open_policy(config={"ttlConfig": {"defaultTtl": "86400s"}})
    told = {"memory": {"fact": "I like tea", "scope": SCOPE}}
    _create(policy, [told])
    policy.clock.advance(timedelta(days=2))
    assert _told(_create(policy, [told])) == {"totalCount": 1, "createdCount": 1}


def test_records_of_the_same_memory_in_one_request_are_compared_with_each_other() -> None:
    policy = open_policy()
    told: dict[str, Any] = {"memory": {"fact": "I like tea", "scope": SCOPE}}
    other: dict[str, Any] = {"id": "a", "memory": {"fact": "I like figs", "scope": SCOPE}}
    both = [told, told, {**told, "id": "a"}, other]
    assert _told(_create(policy, both)) == {
        "totalCount": 4,
        "createdCount": 2,
        "unchangedCount": 1,
        "conflictCount": 1,
        "conflicts": ["a"],
    }


def test_a_new_memory_has_its_time_and_the_life_that_the_bank_gives() -> None:
    policy = open_policy(config={"ttlConfig": {"defaultTtl": "86400s"}})
    told = {"fact": "I like tea", "scope": SCOPE, "createTime": "2020-01-02T03:04:05Z"}
    future = {"fact": "I like figs", "scope": SCOPE, "createTime": "2990-01-02T03:04:05Z"}
    _create(policy, [{"memory": told}, {"memory": future}])
    old, new = policy.records()
    assert old.memory.create_time is not None
    assert old.memory.create_time.year == 2020
    assert old.memory.expire_time == policy.clock.now() + timedelta(days=1)
    assert new.memory.create_time == policy.clock.now(), "nothing is from the future"


def test_a_wrong_vector_is_refused_before_anything_is_written(records: list[dict[str, Any]]) -> None:
    policy = open_policy()
    records[22]["embedding"] = "AAAA"
    with pytest.raises(InvalidArgument, match=r"memories\[22\]\.embedding"):
        _create(policy, records)
    assert policy.records() == []


def test_every_stored_field_of_memories_and_revisions_is_transferred() -> None:
    """A new field must be added to the messages in `resources.transfer`, or to `NOT_TRANSFERRED`."""
    policy = open_policy()
    path = policy.remember("I like tea")
    crud.delete(policy.ports, path)
    again = policy.remember("I like figs")
    stored = policy.ports.store.get(again)
    revisions = [
        each
        for memory in (path, again)
        for each in policy.ports.store.query(Query(f"{memory}/revisions"))
        if isinstance(each, Document)
    ]
    assert stored is not None
    own = set(stored.data) - set(Memory.model_fields) - {"scope_key", "fact_hash", "embedding"}
    assert own == set(MemoryState.model_fields)
    kept = {name for each in revisions for name in each.data}
    assert kept - NOT_TRANSFERRED <= set(RevisionRecord.model_fields)


def test_a_revision_is_written_as_the_bank_writes_it(records: list[dict[str, Any]]) -> None:
    policy = open_policy(wrap=Interfering)
    written: list[Write] = []
    policy.interfere(written.extend)
    _create(policy, records[:1])
    [put, create] = [write for write in written if isinstance(write, Put | Create)][-2:]
    fresh = open_policy(wrap=Interfering)
    expected: list[Write] = []
    fresh.interfere(expected.extend)
    fresh.remember("I own 2 pens")
    for ours in (put, create):
        [theirs] = [
            write
            for write in expected
            if isinstance(write, Create) and ("/revisions/" in write.path) is ("/revisions/" in ours.path)
            if "/operations/" not in write.path
        ]
        assert set(ours.data) - {"import_time"} == set(theirs.data)
