"""A graph of LangGraph whose nodes recall and remember: docs/agents.md's, with a scripted model and no network."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.documents import PROMISE, examples
from tests.journeys.conftest import ABOUT_CLIENTS, Begin

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage

pytestmark = ABOUT_CLIENTS


def _say_what_is_known(messages: list[BaseMessage]) -> AIMessage:
    from langchain_core.messages import AIMessage

    _, _, known = str(messages[0].content).partition(": ")
    return AIMessage(f"You know: {known}" if known else "Noted.")


def test_the_graph_of_the_docs_remembers_from_one_run_to_the_next(
    begin: Begin, capsys: pytest.CaptureFixture[str]
) -> None:
    from langchain_core.runnables import RunnableLambda

    journey = begin()
    names: dict[str, Any] = {
        "bank": SimpleNamespace(name=journey.engine),
        "memories": journey.memories,
        "model": RunnableLambda(_say_what_is_known),
    }
    [example] = examples("docs/agents.md", "langgraph.graph")
    exec(example, names)  # noqa: S102 - the page is ours
    [promise] = PROMISE.findall(example)
    assert capsys.readouterr().out.splitlines() == [promise]
    assert [hit.memory.fact for hit in journey.search("seats", scope={"user_id": "grace"})] == [
        promise.partition(": ")[2]
    ]
    assert names["ask"]("Hello!") == "Noted."
