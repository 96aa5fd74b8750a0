"""A session of OpenAI's Agents SDK in a bank, used by a runner with a scripted model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from memorybank.client import Engine
from memorybank.client.memories import ScopedMemories
from memorybank.errors import InvalidArgument
from tests.documents import PROMISE, examples
from tests.unit.engines_in_process import client_in_process, new_engine

if TYPE_CHECKING:
    from memorybank.openai_agents import MemoryBankSession


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with client_in_process() as client:
        yield new_engine(client)


@pytest.fixture
def session(engine: Engine) -> MemoryBankSession:
    from memorybank.openai_agents import MemoryBankSession

    return MemoryBankSession(f"s{uuid4().hex}", user_id=uuid4().hex, engine=engine)


def said(*texts: str) -> Any:
    return [{"role": "user", "content": text} for text in texts]


def test_a_runner_goes_on_with_what_was_said_before(session: MemoryBankSession) -> None:
    from agents import Agent, Runner
    from agents.memory import Session

    from tests.unit.openai_agent import QUIET, Scripted

    agent = Agent("guide", model=Scripted())

    async def run() -> list[str]:
        first = await Runner.run(agent, "I live in Rome.", session=session, run_config=QUIET)
        later = await Runner.run(agent, "I have a dog.", session=session, run_config=QUIET)
        return [first.final_output, later.final_output]

    assert isinstance(session, Session)
    assert asyncio.run(run()) == ["I see 1.", "I see 3."]


def test_items_come_back_in_their_order_as_they_were_added(session: MemoryBankSession) -> None:
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": '{"snake_case": 1}', "id": "x"}
    items = [*said(*(f"{number}" for number in range(150))), call]

    async def run() -> Any:
        await session.add_items(items)
        return await session.get_items(), await session.get_items(2), await session.get_items(0)

    assert asyncio.run(run()) == (items, items[-2:], [])


def test_the_limit_of_the_settings_holds_unless_another_is_given(session: MemoryBankSession) -> None:
    from agents.memory import SessionSettings

    async def run() -> Any:
        await session.add_items(said("a", "b"))
        session.session_settings = SessionSettings(limit=1)
        return await session.get_items(), await session.get_items(2)

    assert asyncio.run(run()) == (said("b"), said("a", "b"))


def test_items_are_taken_back_one_by_one_and_all(session: MemoryBankSession) -> None:
    async def run() -> None:
        assert await session.pop_item() is None
        await session.add_items(said("a", "b", "c"))
        assert [await session.pop_item(), await session.pop_item()] == said("c", "b")
        await session.add_items(said("d"))
        assert await session.get_items() == said("a", "d")
        await session.clear_session()
        await session.clear_session()
        assert await session.get_items() == []
        await session.add_items(said("e"))
        assert await session.get_items() == said("e")

    asyncio.run(run())


def test_a_conversation_becomes_memories_of_the_user(engine: Engine, session: MemoryBankSession) -> None:
    parts: Any = [{"role": "user", "content": [{"type": "input_text", "text": "I live in Rome."}]}]

    async def run() -> None:
        await session.add_items(parts)
        assert len(await session.remember()) == 1
        assert len(await session.remember({"app": "guide"})) == 1

    asyncio.run(run())
    for scope in ({"user_id": session.user_id}, {"app": "guide"}):
        found = ScopedMemories(engine, scope).newest()["memories"]
        assert [each["fact"] for each in found] == ["I live in Rome"]


def test_a_session_id_that_the_bank_does_not_take_is_refused(engine: Engine) -> None:
    from memorybank.openai_agents import MemoryBankSession

    for odd in ("Not An Id", "", "a/b", "-a", "a" * 64):
        with pytest.raises(InvalidArgument, match="lower-case letters"):
            MemoryBankSession(odd, user_id="ada", engine=engine)


def test_the_example_of_the_docs_remembers(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.unit.openai_agent import QUIET, Scripted

    [example] = examples("docs/agents.md", "memorybank.openai_agents")
    names: dict[str, Any] = {"engine": engine, "model": Scripted(), "QUIET": QUIET}
    exec(example, names)  # noqa: S102 - the page is ours
    assert capsys.readouterr().out.splitlines() == PROMISE.findall(example)
