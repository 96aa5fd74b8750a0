"""Revisions: every change leaves one, deletions too, and each can be read and rolled back to while it lives."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from google.genai.errors import ClientError

from memorybank.testing.frozen import START, FrozenClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.conftest import Begin, Journey

DAY = timedelta(days=1)


def _code(call: Callable[..., Any], **arguments: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.code, refused.value.status


def _correct(journey: Journey, name: str, fact: str) -> None:
    journey.memories._update(name=name, fact=fact)  # noqa: SLF001 - the SDK has no public update


def test_every_change_leaves_a_revision_and_the_newest_comes_first(begin_anywhere: Begin) -> None:
    journey = begin_anywhere(clock=FrozenClock())
    name = journey.remember("I like tea").name
    for fact in ("I like green tea", "I like black tea"):
        _correct(journey, name, fact)
    history = journey.history(name)
    assert [revision.fact for revision in history] == ["I like black tea", "I like green tea", "I like tea"]
    assert all(revision.name.startswith(f"{name}/revisions/") for revision in history)
    assert all(revision.name.rpartition("/")[2].isdecimal() for revision in history)
    assert [revision.name for revision in journey.history(name, page_size=1)] == [each.name for each in history]
    got = journey.revisions.get(name=history[1].name)
    assert (got.name, got.fact, got.create_time) == (history[1].name, "I like green tea", START)


def test_revisions_of_a_generation_tell_what_was_extracted_and_why(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    [change] = journey.say("I live in Paris.")
    [revision] = journey.history(change.memory.name)
    [extracted] = revision.extracted_memories
    assert extracted.fact == "I live in Paris"
    assert extracted.context
    assert journey.history(journey.remember("by hand").name)[0].extracted_memories is None


def test_the_previous_revision_that_a_generation_answers_is_a_target_as_it_stands(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    journey.say("I live in Paris.")
    [change] = journey.say("I live in Rome.")
    assert len(journey.history(change.previous_revision)) == 2, "revisions are listed by the name of one of them"
    journey.memories.rollback(name=change.memory.name, target_revision_id=change.previous_revision)
    assert journey.facts() == ["I live in Paris"]


def test_the_labels_of_a_revision_are_exactly_those_of_its_request(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    [change] = journey.say("I live in Paris.", revision_labels={"key": "value"})
    journey.say("I live in Rome.")
    assert [revision.labels for revision in journey.history(change.memory.name)] == [None, {"key": "value"}]


def test_labels_mark_revisions_and_filter_them(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    [change] = journey.tell("I like tea", revision_labels={"run_id": "one"})
    journey.tell("I like tea", revision_labels={"run_id": "two", "camelKey": "x"})
    name = change.memory.name
    assert [revision.labels for revision in journey.history(name)] == [
        {"run_id": "two", "camelKey": "x"},
        {"run_id": "one"},
    ]
    assert [each.labels["run_id"] for each in journey.history(name, filter='labels.run_id="one"')] == ["one"]
    assert len(journey.history(name, filter='labels.camelKey="x"')) == 1
    assert journey.history(name, filter='labels.run_id="three"') == []


@pytest.mark.parametrize(
    ("config", "request_says", "life"),
    [
        ({}, {}, 365 * DAY),
        ({"ttlConfig": {"memoryRevisionDefaultTtl": "172800s"}}, {}, 2 * DAY),
        ({"ttlConfig": {"memoryRevisionDefaultTtl": "172800s"}}, {"revision_ttl": "86400s"}, DAY),
        ({"ttlConfig": {"memoryRevisionDefaultTtl": "172800s"}}, {"revision_expire_time": START + 3 * DAY}, 3 * DAY),
    ],
)
@pytest.mark.parametrize("generated", [False, True])
def test_a_revision_lives_as_long_as_request_engine_or_default_say(
    begin: Begin, config: dict[str, Any], request_says: dict[str, Any], life: timedelta, *, generated: bool
) -> None:
    clock = FrozenClock()
    journey = begin(config, clock=clock)
    if generated:
        name = journey.tell("I like tea", **request_says)[0].memory.name
    else:
        name = journey.remember("I like tea", **request_says).name
    [revision] = journey.history(name)
    assert revision.expire_time == START + life
    clock.advance(life - timedelta(seconds=1))
    assert len(journey.history(name)) == 1
    clock.advance(timedelta(seconds=1))
    assert journey.history(name) == []
    assert _code(journey.revisions.get, name=revision.name) == (404, "NOT_FOUND")
    assert journey.memories.get(name=name).fact == "I like tea"


def test_a_request_can_do_without_a_revision(begin: Begin) -> None:
    journey = begin()
    name = journey.remember("I like tea", disable_memory_revisions=True).name
    assert journey.history(name) == []
    [change] = journey.tell("I like tea", disable_memory_revisions=True)
    assert (change.action.value, change.memory.name, journey.history(name)) == ("UPDATED", name, [])
    _correct(journey, name, "I like green tea")
    assert [revision.fact for revision in journey.history(name)] == ["I like green tea"]


def test_an_engine_can_do_without_revisions(begin: Begin) -> None:
    journey = begin({"disableMemoryRevisions": True})
    name = journey.tell("I like tea")[0].memory.name
    _correct(journey, name, "I like green tea")
    assert journey.history(name) == []
    journey.memories.delete(name=name)
    assert _code(journey.revisions.list, name=name) == (404, "NOT_FOUND")
    assert not [path for path in journey.stored() if "/revisions/" in path]


def test_a_deletion_is_a_revision_without_a_fact(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    name = journey.remember("I like tea").name
    journey.memories.delete(name=name)
    assert _code(journey.memories.get, name=name) == (404, "NOT_FOUND")
    deletion, creation = journey.history(name)
    assert (deletion.fact, creation.fact) == (None, "I like tea")
    assert journey.revisions.get(name=deletion.name).fact is None


@pytest.mark.parametrize("forgotten", [False, True])
def test_revisions_of_a_deleted_memory_can_be_read_for_48_hours(begin: Begin, *, forgotten: bool) -> None:
    clock = FrozenClock()
    journey = begin(clock=clock)
    name = journey.tell("I live in Paris")[0].memory.name
    if forgotten:
        [change] = journey.say("Please forget that I live in Paris.")
        assert change.action.value == "DELETED"
    else:
        journey.memories.delete(name=name)
    deletion, creation = journey.history(name)
    clock.advance(2 * DAY - timedelta(seconds=1))
    assert [revision.fact for revision in journey.history(name)] == [None, "I live in Paris"]
    clock.advance(timedelta(seconds=1))
    assert _code(journey.revisions.list, name=name) == (404, "NOT_FOUND")
    for revision in (deletion, creation):
        assert _code(journey.revisions.get, name=revision.name) == (404, "NOT_FOUND")
    assert _rollback_refused(journey, name, creation) == (404, "NOT_FOUND")


def test_a_living_memory_can_be_rolled_back(begin_anywhere: Begin) -> None:
    clock = FrozenClock()
    journey = begin_anywhere(clock=clock)
    topics = [{"custom_memory_topic_label": "drinks"}]
    name = journey.remember("I like tea", topics=topics, display_name="kept").name
    clock.advance(DAY)
    other = {"topics": [{"custom_memory_topic_label": "music"}]}
    journey.memories._update(name=name, fact="I play the violin", config=other)  # noqa: SLF001 - the SDK has no public update
    assert journey.search("I like tea")[0].distance > 0.5
    operation = _rollback(journey, name, journey.history(name)[-1])
    assert operation.name.startswith(f"{name}/operations/")
    memory = journey.memories.get(name=name)
    assert (memory.fact, memory.display_name, memory.topics[0].custom_memory_topic_label) == (
        "I like tea",
        "kept",
        "drinks",
    )
    assert (memory.create_time, memory.update_time) == (START, START + DAY)
    assert operation.done
    assert journey.search("I like tea")[0].distance == pytest.approx(0, abs=1e-3)
    assert [each.fact for each in journey.history(name)] == ["I like tea", "I play the violin", "I like tea"]


def test_a_deleted_memory_can_be_rolled_back_for_48_hours(begin_anywhere: Begin) -> None:
    clock = FrozenClock()
    journey = begin_anywhere(clock=clock)
    topics, metadata = [{"custom_memory_topic_label": "drinks"}], {"k": {"string_value": "v"}}
    created = journey.remember("I like tea", topics=topics, metadata=metadata, display_name="d")
    journey.memories.delete(name=created.name)
    clock.advance(2 * DAY - timedelta(seconds=1))
    _rollback(journey, created.name, journey.history(created.name)[-1])
    memory = journey.memories.get(name=created.name)
    told = {"update_time"}
    assert memory.model_dump(exclude=told) == created.model_dump(exclude=told)
    assert [hit.memory.name for hit in journey.search("tea")] == [created.name]
    assert [each.fact for each in journey.history(created.name)] == ["I like tea", None, "I like tea"]
    clock.advance(30 * DAY)
    assert "I like tea" in [each.fact for each in journey.history(created.name)]
    assert journey.memories.get(name=created.name).fact == "I like tea"


def test_a_deletion_or_an_unknown_revision_is_nothing_to_roll_back_to(begin: Begin) -> None:
    journey = begin()
    name = journey.remember("I like tea").name
    journey.memories.delete(name=name)
    deletion = journey.history(name)[0]
    assert _rollback_refused(journey, name, deletion) == (400, "FAILED_PRECONDITION")
    for target, expected in (("1", (404, "NOT_FOUND")), ("latest", (400, "INVALID_ARGUMENT"))):
        assert _code(journey.memories.rollback, name=name, target_revision_id=target) == expected


def test_a_memory_created_anew_under_the_id_of_a_deleted_one_starts_its_own_history(begin: Begin) -> None:
    journey = begin()
    name = journey.remember("I like tea", memory_id="tea").name
    [old] = journey.history(name)
    journey.memories.delete(name=name)
    journey.remember("I like green tea", memory_id="tea")
    assert [revision.fact for revision in journey.history(name)] == ["I like green tea"]
    assert _code(journey.revisions.get, name=old.name) == (404, "NOT_FOUND")


def _rollback(journey: Journey, name: str, revision: Any) -> Any:
    return journey.memories.rollback(name=name, target_revision_id=revision.name.rpartition("/")[2])


def _rollback_refused(journey: Journey, name: str, revision: Any) -> tuple[int, str]:
    target = revision.name.rpartition("/")[2]
    return _code(journey.memories.rollback, name=name, target_revision_id=target)
