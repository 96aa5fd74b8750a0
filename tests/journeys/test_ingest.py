"""Events sent as they happen, through Google's SDK: they wait in their stream and become memories when it is time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from google.adk.events import Event
from google.adk.memory import VertexAiMemoryBankService
from google.adk.sessions import Session
from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform_v1beta1
from google.genai.types import Content, Part

from memorybank.bank import operations, sweep
from memorybank.ports.documents import Delete
from memorybank.testing.frozen import FrozenClock
from memorybank.testing.scripted import ScriptedModel
from tests.journeys.conftest import ABOUT_MODELS, SCOPE
from tests.waiting import LONG, PATIENCE

if TYPE_CHECKING:
    from tests.journeys.conftest import Begin, Journey

pytestmark = ABOUT_MODELS

MINUTE = timedelta(minutes=1)
MANY = 32


def _source(*events: str | dict[str, Any]) -> dict[str, Any]:
    turns = [
        {"content": {"role": "user", "parts": [{"text": each}]}} if isinstance(each, str) else each for each in events
    ]
    return {"direct_contents_source": {"events": turns}} if events else {}


def _event(text: str, identifier: str, **fields: Any) -> dict[str, Any]:
    return {"content": {"role": "user", "parts": [{"text": text}]}, "event_id": identifier, **fields}


def _rule(**fields: Any) -> dict[str, Any]:
    return {"generation_trigger_config": {"generation_rule": fields}}


def _ingest(journey: Journey, *events: str | dict[str, Any], module: str = "agentplatform", **fields: Any) -> Any:
    """Ingest through one of the SDK's doors and return the operation."""
    if module == "vertexai":
        call = journey.served.client("vertexai").agent_engines.memories.ingest_events
    else:
        call = journey.served.client().memory_banks.ingest_events
    return call(name=journey.engine, scope=SCOPE, **_source(*events), **fields)


def _settle(journey: Journey) -> None:
    """Wait until no task is due or under way."""
    assert journey.served.bank.adapters.queue.wait_idle(LONG)


def _advance(journey: Journey, step: timedelta) -> None:
    clock = journey.served.bank.adapters.clock
    assert isinstance(clock, FrozenClock)
    clock.advance(step)
    _settle(journey)


@pytest.mark.parametrize("module", ["vertexai", "agentplatform"])
def test_events_become_memories_at_once_where_nothing_says_to_wait(begin: Begin, module: str) -> None:
    journey = begin()
    operation = _ingest(journey, "I like tea", module=module, config={"wait_for_completion": True})
    assert operation.done
    assert operation.error is None
    _settle(journey)
    assert journey.facts() == ["I like tea"]


@pytest.mark.parametrize("module", ["vertexai", "agentplatform"])
def test_events_wait_in_one_operation_until_enough_are_there(begin: Begin, module: str) -> None:
    journey = begin()
    first = _ingest(journey, "I like tea", module=module, **_rule(event_count=3))
    second = _ingest(journey, "I live in Rome", module=module)
    assert (first.name, first.done, second.done) == (second.name, None, None)
    _settle(journey)
    assert journey.facts() == []
    third = _ingest(journey, "I work as a nurse", module=module)
    assert (third.name, third.done) == (first.name, True)
    generation = third.metadata["value"]["generateMemoriesOperation"]
    assert generation.startswith(f"{journey.engine}/operations/")
    _settle(journey)
    assert len(journey.facts()) == 3
    assert _ingest(journey, "I like figs", module=module).name != first.name


def test_waiting_for_completion_is_waiting_for_the_flush(begin: Begin) -> None:
    journey = begin()
    _ingest(journey, "I like tea", **_rule(event_count=2))
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(_ingest, journey, config={"wait_for_completion": True})
        flushed = _ingest(journey, config={"force_flush": True})
        polled = waiting.result(timeout=PATIENCE)
    assert flushed.done
    assert polled.done
    _settle(journey)
    assert journey.facts() == ["I like tea"]


def test_a_call_without_events_tells_a_stream_when_to_flush(begin: Begin) -> None:
    journey = begin()
    assert _ingest(journey, **_rule(event_count=2)).done
    assert not _ingest(journey, "I like tea").done
    assert _ingest(journey, "I like figs").done


def test_an_event_that_is_sent_again_is_remembered_once(begin: Begin) -> None:
    model = ScriptedModel()
    journey = begin(model=model)
    tea, figs = _event("I like tea", "1"), _event("I like figs", "2")
    _ingest(journey, tea)
    _settle(journey)
    _ingest(journey, tea, figs)
    _settle(journey)
    assert sorted(journey.facts()) == ["I like figs", "I like tea"]
    assert model.extractions == 2
    repeat = _ingest(journey, tea, figs)
    assert repeat.done
    assert "generateMemoriesOperation" not in repeat.metadata["value"]
    assert [len(journey.history(name.name)) for name in journey.memories.list(name=journey.engine)] == [1, 1]


def test_streams_of_one_scope_are_flushed_each_by_itself(begin: Begin) -> None:
    journey = begin()
    _ingest(journey, "I like tea", stream_id="a", **_rule(event_count=2))
    _ingest(journey, "I live in Rome", stream_id="b", config={"force_flush": True})
    _settle(journey)
    assert journey.facts() == ["I live in Rome"]


def test_an_idle_stream_is_flushed_by_its_timer(begin: Begin) -> None:
    journey = begin(
        {"generationConfig": {"generationTriggerConfig": {"generationRule": {"idleDuration": "120s"}}}},
        clock=FrozenClock(),
    )
    operation = _ingest(journey, "I like tea")
    _advance(journey, MINUTE)
    assert _ingest(journey, "I live in Rome").name == operation.name
    _advance(journey, MINUTE)
    assert journey.facts() == []
    _advance(journey, MINUTE)
    assert sorted(journey.facts()) == ["I like tea", "I live in Rome"]
    with journey.served.http() as http:
        assert http.get(f"/v1beta1/{operation.name}").json()["done"]


def test_a_stream_that_nobody_touches_is_flushed_after_a_day(begin: Begin) -> None:
    journey = begin(clock=FrozenClock())
    _ingest(journey, "I like tea", **_rule(event_count=100, overlap_event_count=1))
    _advance(journey, timedelta(hours=24) - MINUTE)
    assert journey.facts() == []
    _advance(journey, MINUTE)
    assert journey.facts() == ["I like tea"]


def test_events_are_read_by_their_times_with_those_before_and_with_the_latest_options(begin: Begin) -> None:
    model = ScriptedModel()
    journey = begin(model=model, clock=FrozenClock())
    _ingest(
        journey, "I like tea", **_rule(event_count=2, overlap_event_count=1), config={"revision_labels": {"a": "1"}}
    )
    late, early = "2029-01-02T00:00:00Z", "2029-01-01T00:00:00Z"
    _ingest(journey, _event("b", "b", event_time=late), config={"revision_labels": {"k": "v"}})
    _settle(journey)
    _ingest(journey, _event("d", "d", event_time="2029-06-01T00:00:00Z"), _event("c", "c", event_time=early))
    _settle(journey)
    heard = [[event.text for event in request.events] for request in model.requests if hasattr(request, "events")]
    assert heard == [["b", "I like tea"], ["c", "d", "I like tea"]]
    [tea] = [memory for memory in journey.memories.list(name=journey.engine) if memory.fact == "I like tea"]
    assert journey.history(tea.name)[-1].labels["k"] == "v"


def test_metadata_of_a_call_comes_to_its_memories(begin: Begin) -> None:
    journey = begin()
    _ingest(journey, "I like tea", config={"metadata": {"My_key": {"string_value": "a"}}, "revision_ttl": "600s"})
    _settle(journey)
    [memory] = journey.memories.list(name=journey.engine)
    assert memory.metadata["My_key"].string_value == "a"


def test_it_works_asynchronously(begin: Begin) -> None:
    journey = begin()

    async def ingest() -> list[Any]:
        client = journey.served.client()
        calls = (
            client.aio.memory_banks.ingest_events(
                name=journey.engine, scope=SCOPE, **_source(text), **_rule(event_count=2)
            )
            for text in ("I like tea", "I live in Rome")
        )
        found = await asyncio.gather(*calls)
        await client.aio.aclose()
        return found

    first, second = asyncio.run(ingest())
    assert first.name == second.name
    assert {first.done, second.done} == {None, True}
    _settle(journey)
    assert sorted(journey.facts()) == ["I like tea", "I live in Rome"]


def test_adk_sends_a_whole_session_again_and_only_what_is_new_is_read(begin: Begin) -> None:
    model = ScriptedModel()
    journey = begin(model=model)
    said = [
        Event(author=role, content=Content(role=role, parts=[Part(text=text)]))
        for role, text in (("user", "I like tea"), ("model", "Noted"), ("user", "I live in Rome"))
    ]

    async def talk() -> None:
        client = journey.served.client()

        class Memory(VertexAiMemoryBankService):  # type: ignore[misc]  # Google's SDK carries no types
            def _build_api_client(self) -> Any:
                return client.aio

        engine = journey.engine.rpartition("/")[2]
        memory = Memory(project=journey.served.project, location="us-central1", agent_engine_id=engine)
        for events in (said[:2], said):
            await memory.add_session_to_memory(Session(id="s", app_name="app", user_id="ada", events=events))
            # It does not wait for its calls itself.
            await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
        await client.aio.aclose()

    asyncio.run(talk())
    _settle(journey)
    read = [[event.text for event in request.events] for request in model.requests if hasattr(request, "events")]
    assert sorted(read) == [["I like tea", "Noted"], ["I live in Rome"]]


def test_gapic_can_list_operations_with_ingestions_among_them(begin: Begin) -> None:
    journey = begin()
    _ingest(journey, "I like tea")
    _ingest(journey, "I like figs", **_rule(event_count=2))
    options = {"credentials": AnonymousCredentials(), "client_options": {"api_endpoint": journey.served.url}}
    with aiplatform_v1beta1.MemoryBankServiceClient(transport="rest", **options) as client:
        assert len(client.list_operations({"name": journey.engine}).operations) == 4


def test_many_calls_at_once_lose_and_double_nothing(begin: Begin) -> None:
    model = ScriptedModel()
    journey = begin(model=model)
    start = Barrier(MANY, timeout=PATIENCE)
    body = {"scope": SCOPE, "generationTriggerConfig": {"generationRule": {"eventCount": 5}}}

    def send(number: int) -> dict[str, Any]:
        # Every event comes twice, in calls of the same moment.
        events = [{"content": {"parts": [{"text": f"fact {number // 2}"}]}, "eventId": f"{number // 2}"}]
        start.wait()
        return journey.post("memories:ingestEvents", {**body, "directContentsSource": {"events": events}})

    with ThreadPoolExecutor(MANY) as threads:
        answers = list(threads.map(send, range(MANY)))
    journey.post("memories:ingestEvents", {"scope": SCOPE, "forceFlush": True})
    _settle(journey)
    heard = [event.text for request in model.requests if hasattr(request, "events") for event in request.events]
    assert sorted(heard) == sorted(f"fact {number}" for number in range(MANY // 2))
    flushed = {answer["name"] for answer in answers if answer.get("done") and len(answer["metadata"]["value"]) > 1}
    assert len(flushed) == 3
    assert len(journey.facts()) == MANY // 2


def test_a_lost_timer_is_made_up_for_by_the_sweep(begin: Begin) -> None:
    journey = begin(clock=FrozenClock())
    _ingest(journey, "I like tea", **_rule(fixed_interval="60s"))
    adapters = journey.served.bank.adapters

    adapters.store.commit([Delete(path) for path in adapters.store.below("tasks", limit=10)])
    _advance(journey, MINUTE)
    assert journey.facts() == []
    _advance(journey, operations.STALLED_AFTER)
    sweep.sweep(adapters)
    _settle(journey)
    assert journey.facts() == ["I like tea"]
