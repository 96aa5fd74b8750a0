"""When events that are ingested become memories, which of them, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, cast

import pytest

from memorybank.bank import engines, operations, sweep
from memorybank.errors import NotFound
from memorybank.ports.documents import Delete, DocumentStore, Version, Write
from memorybank.resources.names import EngineName
from memorybank.storage.firestore.commit import prepare
from memorybank.testing.frozen import START
from tests.unit.policy import Interfering
from tests.unit.streaming import DAY, HOUR, MINUTE, Streaming, event, open_streaming, rule, texts

TEA, FIGS, RAIN = "I like tea", "I like figs", "I like rain"


@pytest.fixture
def streaming() -> Streaming:
    """Open a bank whose commits Firestore would take too."""
    streaming = open_streaming(wrap=Interfering)
    streaming.policy.interfere(_check_size)
    return streaming


def _check_size(writes: Sequence[Write]) -> None:
    assert len(writes) < 500
    database = "projects/p/databases/(default)"
    prepare(writes, database=database, root=f"{database}/documents")


def _with_default(**fields: Any) -> Streaming:
    return open_streaming(config={"generationConfig": {"generationTriggerConfig": {"generationRule": fields}}})


def test_without_a_rule_events_become_memories_at_once(streaming: Streaming) -> None:
    operation = streaming.ingest(TEA)
    assert operation.done
    assert streaming.operation(operation) == operation
    assert operation.response is not None
    generation = operation.response["generateMemoriesOperation"]
    assert streaming.heard() == [[TEA]]
    assert streaming.timers() == []
    [task] = streaming.policy.tasks()
    assert task.data["body"] == generation
    streaming.policy.deliver(generation)
    assert streaming.policy.facts() == [TEA]
    assert streaming.below("batches") == []


def test_calls_share_one_operation_until_enough_events_wait(streaming: Streaming) -> None:
    first = streaming.ingest(TEA, **rule(eventCount=3))
    second = streaming.ingest(FIGS)
    assert first == second == streaming.operation(first)
    assert not first.done
    assert streaming.heard() == []
    third = streaming.ingest(RAIN)
    assert (third.name, third.done, third.create_time) == (first.name, True, first.create_time)
    assert streaming.operation(first) == third
    assert streaming.heard() == [[TEA, FIGS, RAIN]]
    fourth = streaming.ingest(TEA)
    assert fourth.name != first.name
    assert not fourth.done


def test_a_call_with_more_events_than_needed_has_them_all_read_together(streaming: Streaming) -> None:
    assert streaming.ingest(TEA, FIGS, RAIN, **rule(eventCount=2)).done
    assert streaming.heard() == [[TEA, FIGS, RAIN]]


def test_streams_are_told_apart_by_scope_and_id(streaming: Streaming) -> None:
    wait = rule(eventCount=2)
    names = {
        streaming.ingest(TEA, **wait).name,
        streaming.ingest(TEA, scope={"user_id": "bob"}, **wait).name,
        streaming.ingest(TEA, streamId="a", **wait).name,
        streaming.ingest(TEA, streamId="b", **wait).name,
    }
    assert len(names) == 4
    assert streaming.ingest(FIGS, streamId="default").done, "an empty id is the one named default"
    assert streaming.heard() == [[TEA, FIGS]]


def test_an_event_id_counts_once_in_a_stream_also_after_a_flush(streaming: Streaming) -> None:
    tea, figs = event(TEA, identifier="1"), event(FIGS, identifier="2")
    waiting = streaming.ingest(tea, tea, **rule(eventCount=2))
    assert not waiting.done
    assert streaming.ingest(tea) == waiting
    assert streaming.ingest(tea, figs).done
    nothing = streaming.ingest(figs, tea)
    assert (nothing.done, nothing.response) == (True, {})
    assert not streaming.ingest(tea, streamId="another", **rule(eventCount=2)).done
    assert streaming.heard() == [[TEA, FIGS]]


def test_an_event_without_an_id_counts_once_at_its_time(streaming: Streaming) -> None:
    """A client that repeats a call whose answer was lost sends the same events again."""
    tea, figs = event(TEA, time="2030-01-01T00:00:00Z"), event(FIGS, time="2030-01-01T00:00:00Z")
    snake = {"content": tea["content"], "event_time": {"seconds": 1893456000}}
    waiting = streaming.ingest(tea, figs, tea, **rule(eventCount=4))
    assert streaming.ingest(tea, figs, tea) == waiting
    assert streaming.ingest(snake, figs, tea) == waiting
    assert streaming.ingest({**tea, "eventTime": "2030-01-01T00:00:01Z"}).done
    assert streaming.heard() == [[TEA, FIGS, TEA, TEA]]


def test_events_without_an_id_and_a_time_are_never_taken_for_repeats(streaming: Streaming) -> None:
    streaming.ingest(TEA, TEA)
    streaming.ingest({**event(TEA), "eventId": ""}, {**event(TEA), "eventId": ""})
    assert streaming.heard() == [[TEA, TEA], [TEA, TEA]]


def test_an_event_id_is_known_for_90_days(streaming: Streaming) -> None:
    tea = event(TEA, identifier="1")
    streaming.ingest(tea)
    streaming.policy.clock.advance(90 * DAY - MINUTE)
    assert streaming.ingest(tea).response == {}
    streaming.policy.clock.advance(MINUTE)
    assert streaming.ingest(tea).response != {}
    assert streaming.ingest(tea).response == {}
    sweep.sweep(streaming.policy.ports)
    assert len(streaming.below("seen")) == 1


def test_events_are_read_in_the_order_of_their_times_and_of_arrival(streaming: Streaming) -> None:
    late, early = "2029-06-01T00:00:00.5Z", "2029-06-01T00:00:00Z"
    streaming.ingest(event("d", time=late), "e", event("a", time=early), "b", **rule(eventCount=7))
    streaming.ingest("h", event("c", time=early), event("g", time="2029-12-31T00:00:00+01:00"))
    assert streaming.heard() == [["a", "b", "h", "c", "d", "e", "g"]]


def test_an_event_without_a_time_was_said_when_the_one_before_it_was_or_when_it_arrived(streaming: Streaming) -> None:
    streaming.ingest("a", event("b", time="2029-06-01T00:00:00Z"), "c", event("d", time="2028-01-01T00:00:00Z"))
    streaming.ingest("e")
    times = [
        [(each.content.parts[0].text, str(each.event_time)[:10]) for each in source.events]
        for request in streaming.requests()
        if (source := request.direct_contents_source)
    ]
    assert times == [
        [("d", "2028-01-01"), ("a", "2029-06-01"), ("b", "2029-06-01"), ("c", "2029-06-01")],
        [("e", "2030-01-01")],
    ]


def test_the_last_events_of_a_flush_are_read_again_with_the_next(streaming: Streaming) -> None:
    wait = rule(eventCount=3, overlapEventCount=2)
    streaming.ingest("a", "b", "c", **wait)
    streaming.ingest("d", "e", "f")
    streaming.ingest("g", forceFlush=True, **rule(eventCount=3, overlapEventCount=1))
    streaming.ingest("h", forceFlush=True, **rule(eventCount=3))
    streaming.ingest("i", forceFlush=True, **wait)
    assert streaming.heard() == [["a", "b", "c"], ["b", "c", "d", "e", "f"], ["f", "g"], ["h"], ["i"]]


def test_a_rule_of_an_overlap_alone_flushes_at_once(streaming: Streaming) -> None:
    for text in ("a", "b", "c"):
        assert streaming.ingest(text, **rule(overlapEventCount=1)).done
    assert streaming.heard() == [["a"], ["a", "b"], ["b", "c"]]


def test_nothing_new_is_not_read_again_for_the_sake_of_the_overlap(streaming: Streaming) -> None:
    streaming.ingest(event("a", identifier="1"), **rule(overlapEventCount=1))
    assert streaming.ingest(event("a", identifier="1"), forceFlush=True).response == {}
    assert streaming.heard() == [["a"]]


def test_the_latest_options_count_each_by_itself_and_until_the_flush(streaming: Streaming) -> None:
    first: dict[str, Any] = {"revisionLabels": {"a": "1"}, "revisionTtl": "60s", "metadata": {"K": {"doubleValue": 1}}}
    streaming.ingest("a", **rule(eventCount=2), **first, disableMemoryRevisions=True)
    streaming.ingest(revisionExpireTime="2031-01-01T00:00:00Z", revisionLabels={})
    streaming.ingest("b", disableMemoryRevisions=False, metadataMergeStrategy="MERGE")
    streaming.ingest("c", "d")
    asked, plain = (request.to_wire() for request in streaming.requests())
    assert asked.pop("directContentsSource")
    assert plain.pop("directContentsSource")
    assert plain == {"scope": {"user_id": "ada"}}
    assert asked == {
        **plain,
        "revisionExpireTime": "2031-01-01T00:00:00Z",
        "metadata": {"K": {"doubleValue": 1.0}},
        "metadataMergeStrategy": "MERGE",
    }


def test_the_rule_of_the_bank_counts_for_streams_without_their_own() -> None:
    streaming = _with_default(eventCount=2)
    assert not streaming.ingest("a").done
    assert streaming.ingest("b").done
    assert not streaming.ingest("c", "d", **rule(eventCount=3)).done
    assert streaming.ingest("e").done, "the stream remembers the rule it was given"
    assert not streaming.ingest("f", "g").done
    assert streaming.ingest(generationTriggerConfig={}).done, "an empty one is forgotten, and so the bank's is in force"
    assert streaming.heard() == [["a", "b"], ["c", "d", "e"], ["f", "g"]]


def test_a_call_without_events_says_how_those_to_come_are_read(streaming: Streaming) -> None:
    only = streaming.ingest(**rule(eventCount=2))
    assert (only.done, only.response) == (True, {})
    assert not streaming.ingest("a").done
    assert streaming.ingest(**rule(eventCount=1)).done
    assert streaming.heard() == [["a"]]


def test_a_forced_flush_of_nothing_does_nothing(streaming: Streaming) -> None:
    forced = streaming.ingest(forceFlush=True)
    assert (forced.done, forced.response) == (True, {})
    streaming.ingest("a", **rule(eventCount=2))
    assert streaming.ingest(forceFlush=True).response != {}
    assert streaming.ingest(forceFlush=True).response == {}
    assert streaming.heard() == [["a"]]


def test_an_idle_stream_is_flushed_by_its_timer(streaming: Streaming) -> None:
    operation = streaming.ingest("a", **rule(idleDuration="120s"))
    streaming.policy.clock.advance(MINUTE)
    streaming.ingest("b")
    [timer] = streaming.timers()
    assert (timer.data["body"], timer.data["run_at"]) == (operation.name, START + 2 * MINUTE)
    streaming.policy.clock.advance(MINUTE)
    assert streaming.work() == 1
    assert streaming.heard() == []
    [timer] = streaming.timers()
    assert timer.data["run_at"] == START + 3 * MINUTE
    streaming.policy.clock.advance(MINUTE)
    assert streaming.work() == 1
    assert streaming.heard() == [["a", "b"]]
    assert streaming.operation(operation).done
    assert streaming.timers() == []


def test_repeats_do_not_put_the_end_of_an_idle_stream_off(streaming: Streaming) -> None:
    tea = event(TEA, identifier="1")
    streaming.ingest(tea, **rule(idleDuration="120s"))
    streaming.policy.clock.advance(MINUTE)
    streaming.ingest(tea)
    streaming.policy.clock.advance(MINUTE)
    streaming.work()
    assert streaming.heard() == [[TEA]]


def test_an_interval_counts_from_the_first_event_that_waits(streaming: Streaming) -> None:
    streaming.ingest("a", **rule(fixedInterval="120s"))
    streaming.policy.clock.advance(MINUTE)
    streaming.ingest("b")
    streaming.policy.clock.advance(MINUTE)
    streaming.work()
    assert streaming.heard() == [["a", "b"]]
    streaming.policy.clock.advance(HOUR)
    streaming.ingest("c")
    [timer] = streaming.timers()
    assert timer.data["run_at"] == streaming.policy.clock.now() + 2 * MINUTE


@pytest.mark.parametrize("fields", [{"eventCount": 9}, {"fixedInterval": "864000s"}, {"idleDuration": "864000s"}])
def test_a_stream_that_nobody_touches_is_flushed_after_24_hours(streaming: Streaming, fields: dict[str, Any]) -> None:
    streaming.ingest("a", **rule(**fields))
    streaming.policy.clock.advance(23 * HOUR)
    streaming.ingest("b")
    streaming.policy.clock.advance(23 * HOUR)
    assert streaming.work() == 1
    assert streaming.heard() == []
    streaming.policy.clock.advance(HOUR)
    streaming.work()
    assert streaming.heard() == [["a", "b"]]


def test_no_event_waits_for_more_than_28_days(streaming: Streaming) -> None:
    operation = streaming.ingest("a", **rule(eventCount=1000))
    for _ in range(27):
        streaming.policy.clock.advance(DAY - MINUTE)
        streaming.work()
        streaming.ingest("b")
    streaming.policy.clock.advance(DAY - MINUTE)
    streaming.work()
    streaming.ingest("b")
    streaming.policy.clock.advance(27 * MINUTE)
    streaming.work()
    assert streaming.heard() == []
    streaming.policy.clock.advance(MINUTE)
    streaming.work()
    [heard] = streaming.heard()
    assert len(heard) == 29
    assert streaming.operation(operation).done


def test_a_stream_has_one_timer_whatever_happens_in_it(streaming: Streaming) -> None:
    for number in range(20):
        streaming.ingest(f"{number}", **rule(eventCount=5, idleDuration="600s"))
        streaming.policy.clock.advance(MINUTE)
        streaming.work()
        assert len(streaming.timers()) <= 1
    assert len(streaming.heard()) == 4
    streaming.policy.clock.advance(HOUR)
    streaming.work()
    assert streaming.timers() == []


def test_a_rule_that_ends_sooner_brings_a_sooner_timer(streaming: Streaming) -> None:
    streaming.ingest("a", **rule(eventCount=9))
    streaming.policy.clock.advance(MINUTE)
    streaming.ingest(**rule(idleDuration="120s"))
    streaming.policy.clock.advance(MINUTE)
    streaming.work()
    assert streaming.heard() == [["a"]]


def test_what_is_due_is_flushed_before_a_late_event_is_taken(streaming: Streaming) -> None:
    first = streaming.ingest("a", **rule(idleDuration="60s"))
    streaming.policy.clock.advance(MINUTE)
    second = streaming.ingest("b")
    assert streaming.operation(first).done
    assert not second.done
    assert streaming.heard() == [["a"]]


def test_a_timer_that_comes_twice_or_too_early_changes_nothing(streaming: Streaming) -> None:
    operation = streaming.ingest("a", **rule(idleDuration="60s"))
    [timer] = streaming.timers()
    for _ in range(3):
        streaming.deliver(timer)
        assert not streaming.operation(operation).done
    streaming.policy.clock.advance(MINUTE)
    for _ in range(3):
        streaming.deliver(timer)
    assert streaming.heard() == [["a"]]
    streaming.work()
    assert streaming.heard() == [["a"]]
    assert streaming.timers() == []


def test_a_timer_that_came_too_early_comes_again(streaming: Streaming) -> None:
    streaming.ingest("a", **rule(idleDuration="60s"))
    [early] = streaming.timers()
    streaming.deliver(early)
    names = {timer.id for timer in streaming.timers()}
    assert len(names) == 2, "Cloud Tasks takes no name twice"
    assert early.id in names


def test_a_buffer_that_is_full_is_flushed_before_the_next_events(streaming: Streaming) -> None:
    first = streaming.ingest(*(f"{number}" for number in range(900)), **rule(eventCount=1000))
    second = streaming.ingest(*(f"{number}" for number in range(900, 1001)))
    assert streaming.operation(first).done
    assert not second.done
    streaming.ingest(forceFlush=True)
    assert [len(heard) for heard in streaming.heard()] == [900, 101]


def test_an_overlap_leaves_room_for_a_thousand_new_events(streaming: Streaming) -> None:
    streaming.ingest(*(f"{number}" for number in range(900)), **rule(overlapEventCount=800))
    streaming.ingest(*(f"{number}" for number in range(900, 1400)))
    streaming.ingest(*(f"{number}" for number in range(1400, 2400)))
    assert [(len(heard), heard[0]) for heard in streaming.heard()] == [(900, "0"), (1000, "400"), (1000, "1400")]


def test_a_thousand_events_with_ids_are_read_together_and_known_after(streaming: Streaming) -> None:
    assert streaming.ingest(*texts(1000)).done
    [heard] = streaming.heard()
    assert heard == [each["content"]["parts"][0]["text"] for each in texts(1000)]
    assert streaming.ingest(*texts(1000)).response == {}
    assert not streaming.ingest(*texts(1, start=1000), **rule(eventCount=2)).done


def test_the_longest_scope_leaves_commits_small_enough(streaming: Streaming) -> None:
    scope = {f"{number}" + "\N{GRINNING FACE}" * 127: "\N{GRINNING FACE}" * 1024 for number in range(5)}
    assert streaming.ingest(*texts(250), scope=scope).done
    assert [len(heard) for heard in streaming.heard()] == [250]


def test_large_events_wait_whole_and_leave_nothing_behind(streaming: Streaming) -> None:
    said = [f"{number}" + "x" * 250_000 for number in range(8)]
    large = {"content": {"parts": [{"text": text} for text in said[:7]]}}
    streaming.ingest("a", **rule(eventCount=9, overlapEventCount=9))
    streaming.ingest(large)
    for text in ("b", said[7], "c"):
        streaming.ingest(text)
    assert len(streaming.below("batches", "parts")) == 4
    [stream] = [path for path in streaming.below("streams") if path.count("/") == 3]
    document = streaming.policy.ports.store.get(stream)
    assert document is not None
    assert len(document.data["content"]) < 1000
    streaming.ingest(forceFlush=True)
    assert streaming.heard() == [["a", *said[:7], "b", said[7], "c"]]
    assert not streaming.below("batches")
    streaming.ingest("d", forceFlush=True)
    assert streaming.heard()[1] == ["c", "d"], "an overlap ends where an event is too large to be kept"


def test_more_than_the_largest_request_never_waits(streaming: Streaming) -> None:
    large = {"content": {"parts": [{"text": "x" * 250_000}] * 16}}
    operations = [streaming.ingest(large, **rule(eventCount=9)).name for _ in range(3)]
    assert len(set(operations)) == 3
    assert [len(heard) for heard in streaming.heard()] == [16, 16]


def test_an_engine_that_does_not_exist_takes_no_events(streaming: Streaming) -> None:
    other = Streaming(type(streaming.policy)(streaming.policy.ports, EngineName("p", "l", "2"), streaming.policy.clock))
    with pytest.raises(NotFound):
        other.ingest("a")
    assert other.below("streams") == []


def test_cancelling_leaves_waiting_events_alone(streaming: Streaming) -> None:
    operation = streaming.ingest("a", **rule(eventCount=2))
    streaming.policy.cancel(operation.name)
    assert not streaming.operation(operation).done
    assert streaming.ingest("b").name == operation.name
    assert streaming.heard() == [["a", "b"]]


def test_a_timer_serves_the_next_operation_too_and_the_sweep_helps_where_its_own_was_deleted(
    streaming: Streaming,
) -> None:
    first = streaming.ingest("a", **rule(eventCount=2, idleDuration="60s"))
    streaming.ingest("b")
    second = streaming.ingest("c")
    [timer] = streaming.timers()
    assert timer.data["body"] == first.name
    engine, identifier = streaming.policy.engine, first.name.rpartition("/")[2]
    operations.delete(streaming.policy.ports, engine, identifier, parent=str(engine))
    streaming.policy.clock.advance(MINUTE)
    streaming.work()
    assert not streaming.operation(second).done
    streaming.policy.clock.advance(operations.STALLED_AFTER)
    sweep.sweep(streaming.policy.ports)
    streaming.work()
    assert streaming.operation(second).done


def test_deleting_an_engine_takes_its_streams_along(streaming: Streaming) -> None:
    streaming.ingest(*texts(3), **rule(idleDuration="60s"))
    timers = streaming.timers()
    deletion = engines.delete(streaming.policy.ports, streaming.policy.engine, force=True)
    streaming.policy.deliver(deletion.name)
    assert not streaming.below("streams")
    streaming.policy.clock.advance(DAY)
    for timer in timers:
        streaming.deliver(timer)
    assert not streaming.below("streams")


class _Late:
    """A store in front of another one, that does something just after it has removed a stream."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self.after_a_stream_went: Callable[[], Any] | None = None

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        versions = self._store.commit(writes)
        act = self.after_a_stream_went
        if act and any(isinstance(write, Delete) and write.path.split("/")[-2] == "streams" for write in writes):
            self.after_a_stream_went = None
            act()
        return versions

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class TestTheSweep:
    def test_flushes_a_stream_whose_timer_was_lost(self, streaming: Streaming) -> None:
        operation = streaming.ingest("a", **rule(idleDuration="60s"))
        self._lose(streaming)
        streaming.policy.clock.advance(MINUTE + operations.STALLED_AFTER - timedelta(seconds=1))
        sweep.sweep(streaming.policy.ports)
        assert streaming.timers() == []
        streaming.policy.clock.advance(timedelta(seconds=1))
        sweep.sweep(streaming.policy.ports)
        sweep.sweep(streaming.policy.ports)
        assert streaming.work() == 1
        assert streaming.operation(operation).done
        assert streaming.heard() == [["a"]]

    def test_tries_again_every_day_what_kills_its_workers_and_gives_up_in_the_end(self, streaming: Streaming) -> None:
        operation = streaming.ingest("a", **rule(idleDuration="60s"))
        days = tried = 0
        while streaming.below("streams") and days < 200:
            for timer in streaming.timers():
                streaming.deliver(timer, exhausted=True)
                tried += 1
            self._lose(streaming)
            streaming.policy.clock.advance(DAY)
            days += 1
            sweep.sweep(streaming.policy.ports)
            assert len(streaming.timers()) <= 1
        assert streaming.heard() == []
        assert days == 90
        assert tried > 25
        with pytest.raises(NotFound):
            streaming.operation(operation)

    def test_removes_what_has_been_left_behind_but_not_what_has_begun_anew(self, streaming: Streaming) -> None:
        streaming.ingest(event("a", identifier="1"), **rule(eventCount=2))
        streaming.ingest(forceFlush=True)
        self._lose(streaming)
        streaming.policy.clock.advance(90 * DAY)
        streaming.ingest(event("b", identifier="2"), streamId="another")
        sweep.sweep(streaming.policy.ports)
        left = streaming.below("streams")
        assert len([path for path in left if "/seen/" in path]) == 1
        assert len(left) == 2

    def test_leaves_alone_what_arrives_while_it_removes_a_stream(self) -> None:
        stores: list[_Late] = []

        def wrap(store: DocumentStore) -> DocumentStore:
            stores.append(_Late(store))
            return cast(DocumentStore, stores[0])

        streaming = open_streaming(wrap=wrap)
        streaming.ingest("a")
        streaming.policy.clock.advance(90 * DAY)
        large = {"content": {"parts": [{"text": "x" * 200_000}]}}
        stores[0].after_a_stream_went = lambda: streaming.ingest(large, **rule(eventCount=2))
        sweep.sweep(streaming.policy.ports)
        assert stores[0].after_a_stream_went is None
        assert streaming.ingest("b").done
        assert [len(heard) for heard in streaming.heard()] == [2]

    @staticmethod
    def _lose(streaming: Streaming) -> None:
        for timer in streaming.timers():
            streaming.policy.ports.store.commit([Delete(timer.path)])


def test_a_task_of_an_exhausted_timer_begins_nothing(streaming: Streaming) -> None:
    operation = streaming.ingest("a", **rule(idleDuration="60s"))
    [timer] = streaming.timers()
    streaming.policy.clock.advance(MINUTE)
    streaming.deliver(timer, exhausted=True)
    assert not streaming.operation(operation).done
