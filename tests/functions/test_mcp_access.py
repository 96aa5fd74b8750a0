"""MCP on a bank with access rules: each caller is who their token says, and reaches no more than over the API."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from memorybank.local.bank import Bank
from memorybank.mcp.http import PATH, McpOverHttp
from tests.functions.callers import ADA, EVE, bank_with_rules, new_engine, token


@pytest.fixture(scope="module")
def bank() -> Iterator[Bank]:
    with bank_with_rules() as opened:
        yield opened


@pytest.fixture(scope="module")
def engine(bank: Bank) -> str:
    return new_engine(bank).engine


class Agent:
    """Calls tools over HTTP, without a server between."""

    def __init__(self, bank: Bank, engine: str, *, caller: str | None, user: str) -> None:
        self._mcp = McpOverHttp(bank.application.handle, project="p", location="l")
        self._address, self._query = f"{PATH}/{engine}", f"user_id={user}"
        self._token = None if caller is None else token(caller)

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return the result of a tool, or the error of the bank."""
        params = {"name": tool, "arguments": arguments}
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": self._address,
            "QUERY_STRING": self._query,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_ACCEPT": "application/json, text/event-stream",
            "wsgi.input": io.BytesIO(body),
            **({} if self._token is None else {"HTTP_AUTHORIZATION": f"Bearer {self._token}"}),
        }
        answer = json.loads(b"".join(self._mcp(environ, lambda _status, _headers: None)))
        found: dict[str, Any] = answer.get("result") or answer
        return found


def test_an_agent_remembers_and_recalls_in_the_scope_that_its_rules_allow(bank: Bank, engine: str) -> None:
    ada = Agent(bank, engine, caller=ADA, user=ADA)
    made = ada.call("remember", text="I like tea")["structuredContent"]["changes"]
    assert [each["action"] for each in made] == ["CREATED"]
    ada.call("undo", change=made[0]["id"])


def test_an_agent_that_names_the_scope_of_another_is_refused(bank: Bank, engine: str) -> None:
    made = Agent(bank, engine, caller=ADA, user=ADA).call("remember", text="I like figs")["structuredContent"]
    eve = Agent(bank, engine, caller=EVE, user=ADA)
    memory = made["changes"][0]["id"]
    attempts = [
        eve.call("recall", query="figs"),
        eve.call("list"),
        eve.call("history", id=memory),
        eve.call("update", id=memory, fact="I like nothing"),
        eve.call("forget", id=memory),
        eve.call("undo", change=made["undo"]),
        eve.call("remember", text="I like nothing"),
    ]
    assert "figs" not in str(attempts)
    assert [each["isError"] or each["structuredContent"]["memories"] == [] for each in attempts] == [True] * 7
    kept = Agent(bank, engine, caller=ADA, user=ADA).call("list")["structuredContent"]["memories"]
    assert [each["fact"] for each in kept] == ["I like figs"]


def test_a_caller_without_a_token_is_refused_before_any_tool_runs(bank: Bank, engine: str) -> None:
    refused = Agent(bank, engine, caller=None, user=ADA).call("recall", query="figs")
    assert refused["error"]["status"] == "UNAUTHENTICATED"
