"""Agents built with google-adk whose memories and sessions a bank keeps; their models are scripted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

import pytest
from google.adk.agents import Agent
from google.adk.events.event import Event
from google.adk.memory.memory_entry import MemoryEntry
from google.adk.models import BaseLlm, LlmRequest, LlmResponse
from google.adk.runners import Runner
from google.adk.sessions.base_session_service import GetSessionConfig
from google.adk.tools.load_memory_tool import LoadMemoryTool
from google.genai.errors import ClientError
from google.genai.types import Content, FunctionCall, ModelContent, Part, UserContent

from memorybank.adk import MemoryBankService, SessionService
from tests.documents import examples
from tests.journeys.conftest import ABOUT_CLIENTS, Begin, Journey
from tests.waiting import until

pytestmark = ABOUT_CLIENTS

ADA: dict[str, Any] = {"app_name": "guide", "user_id": "ada"}
GRACE: dict[str, Any] = {"app_name": "guide", "user_id": "grace"}


class Scripted(BaseLlm):  # type: ignore[misc]  # Google's packages carry no types
    """A model that answers by a function of all that it is told."""

    model: str = "scripted"
    answer: Callable[[LlmRequest], Part]

    async def generate_content_async(
        self,
        llm_request: LlmRequest,
        stream: bool = False,  # noqa: FBT001, FBT002, ARG002 - as google-adk calls it
    ) -> AsyncGenerator[LlmResponse, None]:
        yield LlmResponse(content=ModelContent(self.answer(llm_request)))


def _told(request: LlmRequest) -> str:
    return "\n".join(part.text or str(part.function_response or "") for each in request.contents for part in each.parts)


@pytest.fixture
def journey(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> Journey:
    """Begin a journey whose bank the environment names, as it would for a program."""
    journey = begin()
    monkeypatch.setenv("MEMORYBANK_URL", journey.served.url)
    monkeypatch.setenv("MEMORYBANK_ENGINE", journey.engine)
    return journey


def _with(act: Callable[[MemoryBankService], Coroutine[Any, Any, Any]], **options: Any) -> Any:
    """Do something with a service that is closed afterwards."""

    async def run() -> Any:
        async with MemoryBankService(**options) as service:
            return await act(service)

    return asyncio.run(run())


def _entry(fact: str, **metadata: Any) -> MemoryEntry:
    return MemoryEntry(content=Content(parts=[Part(text=fact)]), custom_metadata=metadata)


def _event(text: str, **fields: Any) -> Event:
    return Event(author="user", invocation_id="i", content=UserContent(text), **fields)


def _facts(found: Any) -> list[str]:
    return [entry.content.parts[0].text for entry in found.memories]


def test_the_agent_of_the_docs_remembers_in_its_second_conversation(
    journey: Journey, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(request: LlmRequest) -> Part:
        *_, known = _told(request).partition("<PAST_CONVERSATIONS>")
        return Part(
            text="You prefer aisle seats on flights." if "I prefer aisle seats on flights" in known else "Noted."
        )

    first, second = examples("docs/agents.md", "converse(")
    names: dict[str, Any] = {"scripted": Scripted(answer=answer)}
    exec(re.sub('model="[^"]+"', "model=scripted", first), names)  # noqa: S102 - the page is ours
    until(journey.facts)
    exec(second, names)  # noqa: S102 - as above
    promise = second.strip().rpartition("# ")[2]
    assert capsys.readouterr().out.splitlines() == ["Noted.", promise]
    with journey.served.http() as http:
        sessions = http.get(f"/v1beta1/{journey.engine}/sessions").json()["sessions"]
        assert [session["userId"] for session in sessions] == ["ada", "ada"]


def test_a_model_can_look_memories_up_by_a_tool_and_so_can_a_program_without_async(journey: Journey) -> None:
    _with(lambda service: service.add_memory(**ADA, memories=[_entry("I like tea")]))

    def answer(request: LlmRequest) -> Part:
        if "I like tea" in _told(request):
            return Part(text="Tea!")
        return Part(function_call=FunctionCall(name="load_memory", args={"query": "What drink do I like?"}))

    agent = Agent(name="guide", model=Scripted(answer=answer), tools=[LoadMemoryTool()])
    sessions = SessionService()
    runner = Runner(app_name="guide", agent=agent, memory_service=MemoryBankService(), session_service=sessions)
    session = asyncio.run(sessions.create_session(**ADA, state={"mood": "curious"}))
    events = list(runner.run(user_id="ada", session_id=session.id, new_message=UserContent("What do I like?")))
    assert events[-1].content.parts[0].text == "Tea!"
    kept = asyncio.run(sessions.get_session(**ADA, session_id=session.id))
    assert kept.state["mood"] == "curious"
    assert [event.id for event in kept.events][1:] == [event.id for event in events]


def test_a_session_comes_back_as_it_was_and_state_merges(journey: Journey) -> None:
    async def run() -> None:
        async with SessionService() as sessions:
            session = await sessions.create_session(**ADA, state={"a": {"snake_case": 1}, "b": 1}, session_id="chosen")
            event = _event("Hello", custom_metadata={"snake_case": [1, None]}, timestamp=1_900_000_000.25)
            event.actions.state_delta = {"b": 2, "c_d": "3", "temp:x": 1}
            await sessions.append_event(session, event)
            await sessions.append_event(session, _event("Later", timestamp=1_900_000_001.5))
            kept = await sessions.get_session(**ADA, session_id="chosen")
            assert kept.state == {"a": {"snake_case": 1}, "b": 2, "c_d": "3"}
            assert kept.events[0].model_dump() == event.model_dump()
            late = GetSessionConfig(after_timestamp=1_900_000_001)
            found = await sessions.get_session(**ADA, session_id="chosen", config=late)
            assert [each.content.parts[0].text for each in found.events] == ["Later"]
            await sessions.create_session(**GRACE)
            assert [each.id for each in (await sessions.list_sessions(**ADA)).sessions] == ["chosen"]
            with pytest.raises(ValueError, match="does not belong"):
                await sessions.get_session(**GRACE, session_id="chosen")
            await sessions.delete_session(**ADA, session_id="chosen")
            assert await sessions.get_session(**ADA, session_id="chosen") is None

    asyncio.run(run())


def test_a_search_is_as_wide_and_as_strict_as_it_is_told_to_be(journey: Journey) -> None:
    facts = ["I like green tea", "I like black tea", "I like cold tea", "I like tea", "I live in Paris"]

    async def search(service: MemoryBankService) -> None:
        await service.add_memory(**ADA, memories=[_entry(fact, rank=rank) for rank, fact in enumerate(facts)])
        await service.add_memory(**GRACE, memories=[_entry("I like tea")])
        usual = (await service.search_memory(**ADA, query="I like tea")).memories
        assert len(usual) == 3
        best = usual[0]
        found = best.custom_metadata["memorybank"]
        assert (best.content.parts[0].text, best.author, best.custom_metadata["rank"]) == ("I like tea", "user", 3.0)
        assert found["name"] == f"{journey.engine}/memories/{best.id}"
        assert found["similarity"] == pytest.approx(1 - found["distance"] ** 2 / 2) == pytest.approx(1, abs=1e-5)
        assert len((await service.search_memory(**ADA, query="I like tea", top_k=10)).memories) == 5
        like = await service.search_memory(**ADA, query="I like tea", top_k=10, min_similarity=0.3)
        assert set(_facts(like)) == set(facts[:4])
        only = await service.search_memory(**ADA, query="I like tea", filter='fact="I live in Paris"')
        assert _facts(only) == ["I live in Paris"]
        assert _facts(await service.search_memory(**ADA, query="I like tea " * 1000, top_k=1)) == ["I like tea"]

    _with(search)
    given = {"top_k": 1, "min_similarity": 0.3}
    assert _with(lambda service: service.search_memory(**ADA, query="Paris"), **given).memories[0].id
    assert _with(lambda service: service.search_memory(**ADA, query="zebra"), **given).memories == []


def test_a_search_can_be_narrowed_by_metadata(journey: Journey) -> None:
    async def search(service: MemoryBankService) -> list[str]:
        await service.add_memory(**ADA, memories=[_entry("I like tea", at="home"), _entry("I like figs", at="work")])
        condition = {"key": "at", "op": "EQUAL", "value": {"string_value": "work"}}
        groups = [{"filters": [condition]}]
        return _facts(await service.search_memory(**ADA, query="I like", filter_groups=groups))

    assert _with(search) == ["I like figs"]


def test_a_memory_is_deleted_by_its_entry_and_only_for_its_user(journey: Journey) -> None:
    async def delete(service: MemoryBankService) -> None:
        await service.add_memory(**ADA, memories=[_entry("I like tea"), _entry("I like figs")])
        [tea] = (await service.search_memory(**ADA, query="I like tea", top_k=1)).memories
        await service.delete_memory(**GRACE, memory_id=tea.id)
        await service.delete_memory(**ADA, memory_id="never-was")
        assert len((await service.search_memory(**ADA, query="I like tea")).memories) == 2
        await service.delete_memory(**ADA, memory_id=tea.id)
        await service.delete_memory(**ADA, memory_id=tea.id)
        assert _facts(await service.search_memory(**ADA, query="I like tea")) == ["I like figs"]

    _with(delete)


def test_all_memories_of_a_user_are_deleted_whatever_the_user_is_called(journey: Journey) -> None:
    odd: dict[str, Any] = {"app_name": 'a "guide" \\ for {all}', "user_id": "ada ü\n=1 OR"}

    async def delete(service: MemoryBankService) -> list[int]:
        for user in (odd, ADA):
            await service.add_memory(**user, memories=[_entry("I like tea"), _entry("I like figs")])
        await service.delete_memories(**odd)
        return [len((await service.search_memory(**user, query="tea")).memories) for user in (odd, ADA)]

    assert _with(delete) == [0, 2]


def test_a_user_is_erased_and_there_is_a_receipt(journey: Journey) -> None:
    async def erase(service: MemoryBankService) -> None:
        async with SessionService() as sessions:
            await sessions.create_session(**ADA)
            await sessions.create_session(**GRACE)
            await service.add_memory(**ADA, memories=[_entry("I like tea")])
            receipt = await service.erase_user(**ADA)
            assert (receipt["finished"], receipt["erased"]["memories"], receipt["erased"]["sessions"]) == (True, 1, 1)
            assert (await service.search_memory(**ADA, query="tea")).memories == []
            assert [each.user_id for each in (await sessions.list_sessions(app_name="guide")).sessions] == ["grace"]

    _with(erase)
    assert not [path for path in journey.stored() if "/memories/" in path]


def test_events_are_learnt_from_once_however_often_they_are_added(journey: Journey) -> None:
    events = [_event("I live in Paris."), _event("I like tea.")]

    async def add(service: MemoryBankService) -> None:
        await asyncio.gather(*(service.add_events_to_memory(**ADA, events=events) for _ in range(4)))

    _with(add)
    assert sorted(until(lambda: len(journey.facts()) == 2 and journey.facts())) == ["I like tea", "I live in Paris"]
    _with(add)
    assert all(len(journey.history(memory.name)) == 1 for memory in journey.memories.list(name=journey.engine))


def test_whoever_waits_for_completion_finds_what_was_learnt(journey: Journey) -> None:
    async def add(service: MemoryBankService) -> list[str]:
        waiting = {"wait_for_completion": True}
        await service.add_events_to_memory(**ADA, events=[_event("I like tea.")], custom_metadata=waiting)
        return _facts(await service.search_memory(**ADA, query="tea"))

    assert _with(add) == ["I like tea"]


def test_what_went_wrong_is_raised_by_the_call_or_in_the_background_by_the_next_flush(journey: Journey) -> None:
    nowhere = journey.engine.rpartition("/")[0] + "/1"

    async def add(service: MemoryBankService) -> None:
        await service.add_events_to_memory(**ADA, events=[_event("I like tea.")])

    with pytest.raises(ClientError) as told:
        _with(add, engine=nowhere)
    assert told.value.code == 404

    async def flush(service: MemoryBankService) -> None:
        await add(service)
        with pytest.RaisesGroup(pytest.RaisesExc(ClientError, match="404")):
            await service.flush()
        await service.flush()

    _with(flush, engine=nowhere, background=True)
    with pytest.RaisesGroup(pytest.RaisesExc(ClientError, match="404")):
        _with(add, engine=nowhere, background=True)


def test_what_is_added_in_the_background_has_reached_the_bank_when_the_service_is_closed(journey: Journey) -> None:
    async def add(service: MemoryBankService) -> None:
        for fact in ("I live in Paris.", "I like tea."):
            await service.add_events_to_memory(**ADA, events=[_event(fact)])

    _with(add, background=True)
    until(lambda: len(journey.facts()) == 2)
