"""Undo: one call reverts all that one generation did, or says what has changed since and changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from memorybank.testing.frozen import FrozenClock
from tests.functions.refusals import violations_of

if TYPE_CHECKING:
    from tests.journeys.conftest import Begin, Journey

PARIS, TEA, AISLE = "I live in Paris", "I like tea", "I prefer aisle seats on flights"


def _say(journey: Journey, *turns: str, **config: Any) -> str:
    """Generate from what a user says and return the operation's name."""
    events = [{"content": {"role": "user", "parts": [{"text": text}]}} for text in turns]
    operation = journey.memories.generate(
        name=journey.engine,
        scope={"user_id": "ada"},
        direct_contents_source={"events": events},
        config=config,
    )
    assert operation.done
    return str(operation.name)


def _rollback(journey: Journey, operation: str, **request: Any) -> httpx.Response:
    """Send what curl sends: a POST without a body."""
    with journey.served.http() as http:
        return http.post(f"/v1beta1/{operation}:rollback", **request)


def _undo(journey: Journey, operation: str) -> dict[str, Any]:
    """Undo an operation and return that of the undo."""
    answer = _rollback(journey, operation)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert found["done"]
    return found


def _corrected(journey: Journey) -> str:
    """Have a conversation that changes everything known, and return the operation's name."""
    _say(journey, "I live in Paris.", "I like tea.")
    name = _say(journey, "I moved to Lyon.", "Please forget that I like tea.", "I prefer aisle seats on flights.")
    assert sorted(journey.facts()) == ["I moved to Lyon", AISLE]
    return name


def test_a_conversation_that_should_not_have_been_is_undone_by_one_call(begin: Begin) -> None:
    journey = begin()
    operation = _corrected(journey)
    undone = _undo(journey, operation)
    assert sorted(journey.facts()) == [TEA, PARIS]
    assert undone["response"]["@type"].endswith("GenerateMemoriesResponse")
    actions = [change["action"] for change in undone["response"]["generatedMemories"]]
    assert sorted(actions) == ["CREATED", "DELETED", "UPDATED"]
    assert journey.search("Where do I live?", top_k=1)[0].memory.fact == PARIS
    [moved] = [memory for memory in journey.memories.list(name=journey.engine) if memory.fact == PARIS]
    assert [revision.fact for revision in journey.history(moved.name)] == [PARIS, "I moved to Lyon", PARIS]


def test_an_undo_is_an_operation_that_can_be_read_and_undone(begin: Begin) -> None:
    journey = begin()
    undone = _undo(journey, _corrected(journey))
    with journey.served.http() as http:
        read = http.get(f"/v1beta1/{undone['name']}").json()
    assert read == undone
    _undo(journey, undone["name"])
    assert sorted(journey.facts()) == ["I moved to Lyon", AISLE]
    assert journey.search("seats on flights", top_k=1)[0].memory.fact == AISLE


def test_what_has_changed_since_is_named_and_nothing_is_undone(begin: Begin) -> None:
    journey = begin()
    operation = _corrected(journey)
    [seat] = [memory for memory in journey.memories.list(name=journey.engine) if memory.fact == AISLE]
    journey.memories._update(name=seat.name, fact="I prefer window seats")  # noqa: SLF001 - the SDK has no public update
    before = journey.stored()
    answer = _rollback(journey, operation)
    assert answer.json()["error"]["status"] == "FAILED_PRECONDITION"
    newest = journey.history(seat.name)[0].name.rpartition("/")[2]
    assert f"revision {newest}" in violations_of(answer)[seat.name]
    assert list(violations_of(answer)) == [seat.name]
    assert journey.stored() == before
    assert sorted(journey.facts()) == ["I moved to Lyon", "I prefer window seats"]


def test_later_conversations_are_undone_first(begin: Begin) -> None:
    journey = begin()
    first = _say(journey, "I live in Paris.")
    second = _say(journey, "I moved to Lyon.")
    answer = _rollback(journey, first)
    assert f"roll operation {second.rpartition('/')[2]} back first" in answer.json()["error"]["message"]
    _undo(journey, second)
    _undo(journey, first)
    assert journey.facts() == []


def test_a_deletion_is_undone_within_48_hours(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin(clock=clock)
    _say(journey, "I like tea.")
    operation = _say(journey, "Please forget that I like tea.")
    clock.advance(timedelta(hours=47))
    undone = _undo(journey, operation)
    assert journey.facts() == [TEA]
    clock.advance(timedelta(hours=2))
    assert journey.facts() == [TEA]
    _undo(journey, undone["name"])
    assert journey.facts() == []
    clock.advance(timedelta(hours=49))
    assert "its revisions have expired" in _rollback(journey, operation).json()["error"]["message"]


def test_without_revisions_there_is_no_undo(begin: Begin) -> None:
    journey = begin()
    operation = _say(journey, "I like tea.", disable_memory_revisions=True)
    answer = _rollback(journey, operation)
    assert answer.status_code == 400
    assert "left no revision" in answer.json()["error"]["message"]
    assert journey.facts() == [TEA]
