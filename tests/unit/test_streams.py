"""Streams by themselves: their settings, when they are due, what a generation reads, and what is kept of that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from memorybank.bank.ingestion import streams
from memorybank.bank.ingestion.streams import Stream
from memorybank.ports.documents import Query
from memorybank.resources.config import GenerationTriggerConfig
from memorybank.resources.content import MAX_EVENTS
from memorybank.resources.wire import parse
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.frozen import START
from tests.unit.policy import open_policy
from tests.unit.streaming import DAY, HOUR, MINUTE, event, open_streaming, rule

PATH = "engines/p:l:1/streams/s"
EMPTY = Stream(PATH, {"user_id": "ada"}, "default")
_STREAMS = Query("streams", group=True, limit=10)


def _trigger(**fields: Any) -> GenerationTriggerConfig:
    return parse(GenerationTriggerConfig, {"generationRule": fields})


def _event(text: str, *, minute: int = 0) -> dict[str, Any]:
    return event(text, time=f"2030-01-01T00:{minute:02}:00Z")


def _after(now: datetime, **fields: Any) -> Stream:
    """Return a stream with a rule into which one event has come."""
    ruled = EMPTY.with_settings(_trigger(**fields), {})
    return ruled.with_events([_event("a")], ruled.rule(None), now=now)


def _texts(events: Any) -> list[str]:
    return [each["content"]["parts"][0]["text"] for each in events]


def test_a_stream_comes_back_from_the_store_as_it_was() -> None:
    stream = replace(_after(START, idleDuration="120s", overlapEventCount=2), options={"revisionTtl": "60s"})
    stream = replace(stream, operation="o", overlap=[_event("before")], batches=2).timed("t")
    store = SqliteStore(":memory:")
    try:
        [version] = store.commit([stream.write(START)])
        document = store.get(PATH)
        assert document is not None
        assert Stream.read(document) == replace(stream, version=version)
        assert document.data["expire_time"] == START + 90 * DAY
    finally:
        store.close()


def test_the_latest_settings_win_each_by_itself() -> None:
    stream = EMPTY.with_settings(_trigger(eventCount=3), {"revisionTtl": "60s", "metadata": {"a": 1}})
    stream = stream.with_settings(None, {"metadata": {"b": 2}})
    assert stream.options == {"revisionTtl": "60s", "metadata": {"b": 2}}
    assert stream.rule(_trigger(eventCount=9)) == _trigger(eventCount=3).generation_rule


@pytest.mark.parametrize(
    ("first", "second"),
    [("revisionTtl", "revisionExpireTime"), ("revisionExpireTime", "revisionTtl"), ("revisionTtl", "revisionTtl")],
)
def test_of_two_ends_of_revisions_the_latest_counts_alone(first: str, second: str) -> None:
    assert EMPTY.with_settings(None, {first: "1"}).with_settings(None, {second: "2"}).options == {second: "2"}


def test_a_trigger_without_a_rule_gives_the_stream_back_to_the_engine() -> None:
    stream = EMPTY.with_settings(_trigger(eventCount=3), {}).with_settings(GenerationTriggerConfig(), {})
    assert stream.rule(None) is None
    assert stream.rule(_trigger(eventCount=9)) == _trigger(eventCount=9).generation_rule


@pytest.mark.parametrize(
    ("fields", "later"),
    [
        ({"eventCount": 5}, DAY),
        ({"idleDuration": "120s"}, timedelta(seconds=120)),
        ({"fixedInterval": "60s"}, MINUTE),
        ({"fixedInterval": f"{100 * 86400}s"}, DAY),
    ],
)
def test_what_waits_is_due_when_its_rule_says_or_a_day_after_its_last_event(
    fields: dict[str, Any], later: timedelta
) -> None:
    stream = _after(START, **fields)
    assert stream.due == START + later
    assert not stream.is_due(START + later - timedelta(microseconds=1))
    assert stream.is_due(START + later)


def test_an_idle_stream_is_put_off_by_each_event_and_an_interval_is_not() -> None:
    for fields, due in (({"idleDuration": "120s"}, 60 + 120), ({"fixedInterval": "120s"}, 120)):
        stream = _after(START, **fields)
        stream = stream.with_events([_event("b")], stream.rule(None), now=START + MINUTE)
        assert (stream.opened, stream.last) == (START, START + MINUTE)
        assert stream.due == START + timedelta(seconds=due)


def test_nothing_waits_for_longer_than_28_days_however_often_it_is_put_off() -> None:
    stream, now = _after(START, eventCount=1000), START
    while now < START + 27 * DAY + 12 * HOUR:
        now += 12 * HOUR
        stream = stream.with_events([_event("b")], stream.rule(None), now=now)
    assert stream.due == START + 28 * DAY


@pytest.mark.parametrize(
    ("at", "now", "comes"),
    [
        (None, START, False),
        (START + MINUTE, START, True),
        (START + MINUTE, START + MINUTE, False),
        (START + MINUTE, START + HOUR, False),
        (START + 2 * DAY, START, False),
    ],
)
def test_a_timer_counts_if_it_is_still_to_come_and_in_time(at: datetime | None, now: datetime, *, comes: bool) -> None:
    """One that has passed without having flushed the stream was lost."""
    assert replace(_after(START, eventCount=5), timer="t", timer_at=at).has_timer(now) == comes


def test_a_generation_reads_the_last_events_before_and_all_that_wait_in_the_order_of_their_times() -> None:
    stream = replace(EMPTY, overlap_count=2, overlap=[_event("a"), _event("b", minute=1), _event("c", minute=2)])
    waiting = [_event("e", minute=9), _event("d", minute=3)]
    assert _texts(stream.reading(waiting)) == ["b", "c", "d", "e"]


def test_what_waits_has_precedence_over_what_was_read_before() -> None:
    stream = replace(EMPTY, overlap_count=5, overlap=[_event("before")] * 5)
    assert "before" not in _texts(stream.reading([_event("x")] * MAX_EVENTS))
    assert _texts(stream.reading([_event("x")] * (MAX_EVENTS - 2))).count("before") == 2


def test_a_flushed_stream_keeps_its_settings_its_timer_and_the_overlap_only() -> None:
    stream = replace(_after(START, idleDuration="120s", overlapEventCount=2), operation="o").timed("t")
    left = stream.flushed([_event("x"), _event("y"), _event("z")])
    assert (left.operation, left.opened, left.last, left.due) == (None, None, None, None)
    assert (left.count, left.size, left.batches, left.events, left.options) == (0, 0, 0, [], {})
    assert _texts(left.overlap) == ["y", "z"]
    assert (left.timer, left.timer_at, left.trigger) == ("t", stream.timer_at, stream.trigger)


def test_an_overlap_that_would_not_fit_is_cut_at_its_beginning() -> None:
    stream = replace(EMPTY, overlap_count=4)
    events = [_event("small"), _event("x" * 40_000), _event("y" * 70_000), _event("z")]
    assert [text[0] for text in _texts(stream.flushed(events).overlap)] == ["y", "z"]


def test_a_stream_takes_no_more_than_a_generation_can_read() -> None:
    full = replace(EMPTY, count=MAX_EVENTS - 1, size=10)
    assert full.takes([_event("a")])
    assert not full.takes([_event("a"), _event("b")])
    assert not replace(EMPTY, count=1, size=streams.MAX_WAITING).takes([_event("a")])
    assert replace(EMPTY, count=0).takes([_event("x")] * 2)


@pytest.mark.parametrize(
    ("fields", "count", "flushes"),
    [
        (None, 1, True),
        ({}, 1, True),
        ({"overlapEventCount": 3}, 1, True),
        ({"eventCount": 3}, 2, False),
        ({"eventCount": 3}, 3, True),
        ({"idleDuration": "60s"}, 999, False),
        ({"eventCount": 3, "idleDuration": "60s"}, 3, True),
    ],
)
def test_where_nothing_says_to_wait_one_event_is_enough(
    fields: dict[str, Any] | None, count: int, *, flushes: bool
) -> None:
    found = None if fields is None else _trigger(**fields).generation_rule
    assert streams.enough(found, count) == flushes


def test_streams_of_other_scopes_and_ids_lie_elsewhere() -> None:
    engine = open_policy().engine
    places = {
        streams.path_of(engine, scope, identifier)
        for scope in ({"user_id": "ada"}, {"user_id": "bob"}, {"user_id": "ada", "app": "x"})
        for identifier in ("default", "a")
    }
    assert len(places) == 6


def test_a_timer_that_another_one_has_replaced_does_nothing() -> None:
    """It may come late: the stream has its own timer by then, which must stay the one that it is."""
    streaming = open_streaming()
    streaming.ingest("I like tea", **rule(idleDuration="120s"))
    [stale] = streaming.timers()
    streaming.policy.clock.advance(MINUTE)
    streaming.ingest(**rule(idleDuration="60s"))
    streaming.ingest("I like figs")
    fresh = [task for task in streaming.timers() if task.id != stale.id]
    before = streaming.policy.ports.store.query(_STREAMS)
    streaming.deliver(stale)
    assert streaming.policy.ports.store.query(_STREAMS) == before
    assert [task for task in streaming.timers() if task.id != stale.id] == fresh
