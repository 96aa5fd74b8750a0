"""What waits in a scope: streams with events that nothing has read yet, and operations that are not done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from memorybank.bank import waiting
from memorybank.bank.operations import start
from memorybank.ports.documents import Create, Patch
from memorybank.resources.names import path_of
from memorybank.resources.operation_kinds import GENERATE_MEMORIES
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, open_policy
from tests.unit.streaming import HOUR, MINUTE, Streaming, rule

OTHER = {"user_id": "bob"}


@pytest.fixture
def streaming() -> Streaming:
    return Streaming(open_policy(ScriptedModel()))


def _waiting(streaming: Streaming, scope: dict[str, str] | None = None) -> waiting.Waiting:
    return waiting.waiting(streaming.policy.ports, streaming.policy.engine, scope or SCOPE)


def test_streams_are_told_with_their_events_and_the_time_of_their_flush(streaming: Streaming) -> None:
    begun = streaming.policy.clock.now()
    streaming.ingest("I like tea", streamId="late", **rule(idleDuration="7200s"))
    streaming.policy.clock.advance(MINUTE)
    streaming.ingest("I like figs", "I like jam", streamId="soon", **rule(idleDuration="3600s"))
    streaming.ingest("I like rain", scope=OTHER, **rule(idleDuration="3600s"))
    found = _waiting(streaming)
    told = [(each.stream_id, each.events, each.create_time - begun, each.flush_time - begun) for each in found.streams]
    assert told == [("soon", 2, MINUTE, HOUR + MINUTE), ("late", 1, timedelta(0), 2 * HOUR)]
    assert {each.operation for each in found.streams} == {each.name for each in found.operations}
    assert not found.more


def test_a_stream_that_was_flushed_waits_no_longer_and_its_generation_does_until_it_is_done(
    streaming: Streaming,
) -> None:
    streaming.ingest("I like tea", forceFlush=True)
    found = _waiting(streaming)
    assert found.streams == []
    assert [each.kind for each in found.operations] == ["GenerateMemories"]
    streaming.policy.deliver(found.operations[0].name)
    assert _waiting(streaming).operations == []


def test_operations_are_those_of_exactly_the_scope_and_newest_first(streaming: Streaming) -> None:
    policy = streaming.policy
    first = policy.accept("I like tea")
    policy.clock.advance(MINUTE)
    second = policy.accept("I like figs")
    policy.accept("I like rain", scope=OTHER)
    policy.accept("I like jam", scope={**SCOPE, "team": "x"})
    assert [each.name for each in _waiting(streaming).operations] == [second, first]
    policy.ports.store.commit([Patch(path_of(first), {"expire_time": policy.clock.now()})])
    assert [each.name for each in _waiting(streaming).operations] == [second], "what has expired is never shown"


def test_more_is_reported_where_not_every_stream_was_looked_at(
    streaming: Streaming, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_READ", 2)
    for stream in ("a", "b"):
        streaming.ingest("I like tea", streamId=stream, **rule(idleDuration="3600s"))
    assert not _waiting(streaming).more
    streaming.ingest("I like jam", streamId="c", **rule(idleDuration="3600s"))
    assert _waiting(streaming).more


def test_the_newest_operations_are_returned_however_many_there_are_and_those_that_are_done_cost_nothing(
    streaming: Streaming, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_SHOWN", 2)
    policy, parent = streaming.policy, str(streaming.policy.engine)
    for number in range(9):  # ids that do not follow each other in time
        identifier, data = start(
            policy.ports, GENERATE_MEMORIES, parent=parent, scope=SCOPE, identifier=f"{9 - number}"
        )
        policy.ports.store.commit([Create(policy.engine.child("operations", identifier), data)])
        policy.clock.advance(MINUTE)
    for identifier in ("2", "3"):
        policy.ports.store.commit([Patch(policy.engine.child("operations", identifier), {"done": True})])
    found = _waiting(streaming)
    assert [each.name.rpartition("/")[2] for each in found.operations] == ["1", "4"]
    assert found.more


def test_no_more_than_a_hundred_are_returned(streaming: Streaming) -> None:
    policy, parent = streaming.policy, str(streaming.policy.engine)
    for _ in range(waiting.MOST_SHOWN + 1):
        identifier, data = start(policy.ports, GENERATE_MEMORIES, parent=parent, scope=SCOPE)
        policy.ports.store.commit([Create(policy.engine.child("operations", identifier), data)])
    found = _waiting(streaming)
    assert (len(found.operations), found.more) == (waiting.MOST_SHOWN, True)
