"""MCP with the official client: over stdio to a process with its own bank, and over HTTP to the local server."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from memorybank.client.memories import NOTICE, ScopedMemories
from memorybank.config import Settings
from memorybank.local.bank import Bank
from memorybank.local.server import LocalServer
from memorybank.mcp.http import PATH, McpOverHttp
from tests.conftest import Served, patient_adapters
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from mcp import Client, StdioServerParameters

TOOLS = {"remember", "recall", "list", "update", "forget", "history", "undo"}
CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "recall", "arguments": {"query": "tea"}},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(data=str(tmp_path_factory.mktemp("mcp") / "bank.db"), embeddings="offline")
    bank = Bank(settings, patient_adapters(settings))
    mcp = McpOverHttp(bank.application.handle, project=settings.project, location=settings.location)
    with LocalServer(bank, mounts={PATH: mcp}) as server:
        yield Served(bank, server.url, project="p")


@pytest.fixture(scope="module")
def address(served: Served) -> str:
    """Return the address of the memories of an engine, without a scope."""
    return f"{served.url}{PATH}/{served.create_engine().rpartition('/')[2]}"


def client_of(server: str | StdioServerParameters, **options: Any) -> Client:
    """Return the official client of a server.

    It is imported here: that takes 2 s of CPU time, in every process that collects the tests.
    """
    from mcp import Client

    return Client(server, **options)


async def used(client: Client) -> None:
    """Remember, find, correct, forget and take back through a client."""

    async def call(tool: str, **arguments: Any) -> dict[str, Any]:
        answer = await client.call_tool(tool, arguments)
        assert not answer.is_error, answer
        [block] = answer.content
        assert json.loads(block.text) == answer.structured_content  # type: ignore[union-attr]  # a text block
        return answer.structured_content or {}

    tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == TOOLS
    assert not any("scope" in str(tool.input_schema) for tool in tools)
    told = await call("remember", conversation=[{"role": "user", "text": "I live in Rome. I have a dog."}])
    assert len(told["changes"]) == 2
    [made] = (await call("remember", text="I like tea"))["changes"]
    found = await call("recall", query="tea", limit=1)
    assert (found["notice"], [each["fact"] for each in found["memories"]]) == (NOTICE, ["I like tea"])
    await call("update", id=made["id"], fact="I like coffee")
    assert [each["fact"] for each in (await call("history", id=made["id"]))["revisions"]] == [
        "I like coffee",
        "I like tea",
    ]
    await call("undo", change=(await call("forget", id=made["id"]))["undo"])
    await call("undo", change=told["undo"])
    assert [each["fact"] for each in (await call("list"))["memories"]] == ["I like coffee"]
    newest = (await client.read_resource("memory://newest")).contents[0]
    assert (json.loads(newest.text)["notice"], "I like coffee" in newest.text) == (NOTICE, True)  # type: ignore[union-attr]  # as above
    profile = (await client.read_resource("memory://profile")).contents[0]
    assert json.loads(profile.text) == {"notice": NOTICE, "profiles": {}}  # type: ignore[union-attr]  # as above


def test_an_agent_uses_all_tools_over_stdio(tmp_path: Path) -> None:
    from mcp import StdioServerParameters

    arguments = ["-m", "memorybank", "mcp", "--data", str(tmp_path / "bank.db"), "--scope", "user_id=ada"]
    offline = {"MEMORYBANK_MODELS": "offline", "MEMORYBANK_EMBEDDINGS": "offline"}
    process = StdioServerParameters(command=sys.executable, args=arguments, env=offline)

    async def run() -> None:
        async with client_of(process) as client:
            await used(client)

    asyncio.run(run())


def test_an_agent_uses_all_tools_over_http(address: str) -> None:
    async def run() -> None:
        async with client_of(f"{address}?user_id={uuid4().hex}") as client:
            await used(client)

    asyncio.run(run())


def test_a_client_of_an_older_protocol_is_served_too(address: str) -> None:
    async def run() -> None:
        async with client_of(f"{address}?user_id=ada", mode="legacy") as client:
            assert (await client.call_tool("recall", {"query": "tea"})).structured_content is not None

    asyncio.run(run())


def test_a_tool_that_is_used_wrongly_says_what_would_be_right(address: str) -> None:
    async def refused(client: Client, tool: str, **arguments: Any) -> str:
        answer = await client.call_tool(tool, arguments)
        assert answer.is_error
        return str(answer.content)

    async def run() -> None:
        async with client_of(f"{address}?user_id=ada") as client:
            assert "either text, one statement, or conversation" in await refused(client, "remember")
            assert "2048" in (await refused(client, "remember", text="x" * 5000)).replace(",", "")
            assert " text: must not be blank" in await refused(client, "remember", text=" ")
            assert " query: " in await refused(client, "recall", query="x" * 9000)
            turns = [{"role": "user", "text": text} for text in ("Hi", "x" * 300_000)]
            assert " conversation[1].text: " in await refused(client, "remember", conversation=turns)
            assert " conversation: " in await refused(client, "remember", conversation=[])
            assert "no memory 1 in this scope" in await refused(client, "forget", id="1")
            assert "limit must be at most 100" in await refused(client, "list", limit=101)
            assert "role" in await refused(client, "remember", conversation=[{"role": "system", "text": "Obey."}])
            assert "query must be a string, not a list" in await refused(client, "recall", query=["x"])

    asyncio.run(run())


def test_what_was_remembered_in_one_scope_is_not_there_in_another(address: str) -> None:
    async def run() -> None:
        async with client_of(f"{address}?user_id=eve&app=a") as eve, client_of(f"{address}?user_id=eve") as other:
            made = (await eve.call_tool("remember", {"text": "I like tea"})).structured_content
            assert made is not None
            for tool in ("forget", "history"):
                assert (await other.call_tool(tool, {"id": made["changes"][0]["id"]})).is_error
            assert (await other.call_tool("undo", {"change": made["undo"]})).is_error
            assert (await other.call_tool("list", {})).structured_content == {"notice": NOTICE, "memories": []}

    asyncio.run(run())


def posted(url: str, *, body: Any = CALL, **headers: str) -> httpx.Response:
    sent = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json", **headers}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.post(url, content=content, headers=sent, timeout=PATIENCE)


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example:8080"}]
)
def test_a_web_page_cannot_call_mcp(address: str, headers: dict[str, str]) -> None:
    answer = posted(f"{address}?user_id=ada", **headers)
    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("query", ["", "?", "?user_id", "?user_id=", "?user_id=a&user_id=b", "?user_id=%ff"])
def test_an_address_without_a_scope_says_what_would_be_right(address: str, query: str) -> None:
    answer = posted(f"{address}{query}")
    assert answer.status_code == 400
    assert "user_id=ada" in answer.json()["error"]["message"]


def test_an_engine_that_is_not_there_is_named(served: Served) -> None:
    absent = posted(f"{served.url}{PATH}/4711?user_id=ada")
    assert (absent.status_code, absent.json()["error"]["message"][:31]) == (404, "this server has no engine 4711:")
    for nothing in ("", "/", "/a/b", "/projects/p"):
        answer = posted(f"{served.url}{PATH}{nothing}?user_id=ada")
        assert answer.status_code == 400
        assert "/mcp/ENGINE?user_id=ada" in answer.json()["error"]["message"]


def test_a_stream_is_not_offered(address: str) -> None:
    answer = httpx.get(f"{address}?user_id=ada", headers={"Accept": "text/event-stream"}, timeout=PATIENCE)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff" * 1_000_000, b"[" * 100_000, b"null", b"[]", {"jsonrpc": "2.0", "id": 1, "method": "x"}]
)
def test_garbage_is_refused_and_the_next_request_served(address: str, body: Any) -> None:
    assert posted(f"{address}?user_id=ada", body=body).status_code in (200, 400, 404)
    assert posted(f"{address}?user_id=ada").json()["result"]["structuredContent"]["notice"] == NOTICE


@pytest.mark.parametrize(
    ("method", "params", "says"),
    [
        ("initialize", {"protocolVersion": 1}, "params.capabilities is required"),
        ("tools/call", None, "params is required"),
        ("tools/call", {"name": None}, "params.name must be a string, not null"),
        ("tools/call", {"name": "recall", "arguments": '{"query": "tea"}'}, "params.arguments must be an object"),
        ("tools/call", {"name": "recal"}, "There is no tool recal: do you mean recall?"),
        ("tools/call", {"name": "x"}, "there are recall, list"),
        ("tools/call", {"name": "recall", "arguments": None}, "recall: query is required."),
        ("tools/call", {"name": "recall", "arguments": {"q": "tea"}}, "q is not an argument: it takes query, limit"),
        (
            "tools/call",
            {"name": "recall", "arguments": {"query": "a", "limit": "many"}},
            "limit must be a whole number",
        ),
        ("tools/call", {"name": "remember", "arguments": {"conversation": "Hi"}}, "conversation must be a list"),
        (
            "tools/call",
            {"name": "remember", "arguments": {"conversation": [{"content": "Hi"}]}},
            "conversation[0].text",
        ),
        ("tools/list", {"cursor": 5}, "params.cursor must be a string"),
        ("resources/read", {}, "params.uri is required"),
        ("resources/read", {"uri": "memory://all"}, "there are memory://profile, memory://newest"),
        ("prompts/get", {"name": "x"}, "This server has no prompts"),
        ("foobar", {}, "This server has no method foobar"),
    ],
)
def test_a_wrong_request_is_refused_in_plain_words(
    address: str, method: str, params: dict[str, Any] | None, says: str
) -> None:
    answer = posted(f"{address}?user_id=ada", body={"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
    told = answer.json()
    assert told["id"] == 7
    [text] = [told["error"]["message"]] if "error" in told else [each["text"] for each in told["result"]["content"]]
    assert says in text
    assert "error" in told or told["result"]["isError"]
    assert "pydantic" not in answer.text


def test_a_wrong_answer_of_a_tool_is_no_fault_of_its_arguments() -> None:
    from mcp.server.mcpserver.exceptions import UnexpectedToolError

    from memorybank.mcp.server import build_server

    class Wrong(ScopedMemories):
        def __init__(self) -> None:
            """Have no bank."""

        def newest(self, *, limit: int = 20, page: str | None = None) -> Any:
            del limit, page
            return {"facts": 7}

    with pytest.raises(UnexpectedToolError) as crashed:
        asyncio.run(build_server(Wrong, version="1").call_tool("list", {}))
    assert "facts" not in str(crashed.value)


def test_an_argument_of_a_clients_own_is_let_through(address: str) -> None:
    """Some clients add arguments, such as the id of a session."""
    params = {"name": "recall", "arguments": {"query": "tea", "sessionId": "1"}}
    answer = posted(f"{address}?user_id=ada", body={**CALL, "params": params})
    assert answer.json()["result"]["isError"] is False


def test_what_is_not_a_message_is_answered_with_an_error_of_json_rpc(address: str) -> None:
    answer = posted(f"{address}?user_id=ada", body=b'[{"jsonrpc": "2.0"}]')
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32600)
    assert answer.json() == {"jsonrpc": "2.0", "id": None, "error": answer.json()["error"]}
