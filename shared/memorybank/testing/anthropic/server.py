"""A scripted server that speaks Anthropic's Messages API over real HTTP.

    with AnthropicServer() as server:
        server.script.append(said({"facts": []}))
        ... a client whose base URL is server.url ...
        [asked] = server.accepted

Replies in `script` are sent first, in order; then each request goes to `brain`, by default the offline model reading
the prompts of this project. What the API refuses is refused before the script is used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from memorybank.testing.gemini import requests as gemini
from memorybank.testing.gemini.brain import offline
from memorybank.testing.scripted_server import Reply, ScriptedServer

__all__ = ["KEY", "AnthropicServer", "Asked", "Reply", "failing", "said"]

KEY = "the-key"
_BLOCKS = {"text": {"text"}, "image": {"source"}, "document": {"source"}}
_KNOWN = {"model", "max_tokens", "system", "messages", "output_config", "tools", "tool_choice"}


@dataclass(frozen=True)
class Asked(gemini.Asked):
    """One request, of which the brain of a scripted Gemini reads what it reads of Gemini's."""

    @property
    def system(self) -> str:
        """The system prompt."""
        return str(self.body["system"])

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The blocks of the user's message."""
        [message] = self.body["messages"]
        return list(message["content"])

    @property
    def by_tool(self) -> bool:
        """Whether the answer is to be the input of a tool."""
        return "tools" in self.body


def said(answer: Any, *, stop: str = "end_turn", delay: float = 0.0, cached: int = 0) -> Reply:
    """Reply with text, or with anything else as JSON; 100 tokens in, of which some may be `cached`, and 20 out."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    usage = {
        "input_tokens": 100 - cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": cached,
        "output_tokens": 20,
    }
    message = {"id": "msg_1", "type": "message", "role": "assistant", "content": [{"type": "text", "text": text}]}
    return Reply({**message, "stop_reason": stop, "stop_sequence": None, "usage": usage}, delay=delay)


def failing(status: int, kind: str = "api_error", message: str = "scripted", **headers: str) -> Reply:
    """Reply with an error in Anthropic's format; `retry_after="3"` is sent as Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return Reply(body, status, named)


class AnthropicServer(ScriptedServer[Asked]):
    """Serves inside a `with` block. `structured` says whether its models have structured outputs.

    `missing` are models that are not there.
    """

    def __init__(self, *, structured: bool = True, brain: Callable[[gemini.Asked], Any] = offline) -> None:
        super().__init__(brain)
        self.structured = structured
        self.missing: set[str] = set()

    @property
    def key(self) -> str:
        """The key that it asks for."""
        return KEY

    def _read(self, path: str, headers: Mapping[str, str], body: Any) -> Asked | None:
        known = path == "/v1/messages"
        return Asked("anthropic", body["model"], "messages", body, headers, 0.0) if known else None

    def _unknown(self) -> Reply:
        return failing(404, "not_found_error", "Not found")

    def _refusal(self, asked: Asked) -> Reply | None:
        if asked.headers.get("x-api-key") != KEY:
            return failing(401, "authentication_error", "invalid x-api-key")
        if asked.headers.get("anthropic-version") != "2023-06-01":
            return failing(400, "invalid_request_error", "anthropic-version: header is required")
        if asked.model in self.missing:
            return failing(404, "not_found_error", f"model: {asked.model}")
        problem = _problem(asked.body)
        if problem is None and "output_config" in asked.body and not self.structured:
            problem = "output_config.format: this model does not support structured outputs"
        return failing(400, "invalid_request_error", problem) if problem else None

    def _usual(self, asked: Asked) -> Reply:
        return said(self.brain(asked))

    def _in_its_manner(self, asked: Asked, reply: Reply) -> Reply:
        return _by_tool(reply) if asked.by_tool else reply


def _problem(body: dict[str, Any]) -> str | None:
    """Return what the API does not take in a request."""
    if unknown := body.keys() - _KNOWN:
        return f"{min(unknown)}: Extra inputs are not permitted"
    if not isinstance(body.get("max_tokens"), int):
        return "max_tokens: Field required"
    for block in body["messages"][0]["content"]:
        if block.keys() - {"type"} != _BLOCKS.get(block["type"]):
            return f"messages.0.content: {block['type']} is no such block"
        if block.get("text") == "":
            return "messages: text content blocks must be non-empty"
    forms = [body["output_config"]["format"]["schema"]] if "output_config" in body else []
    forms += [tool["input_schema"] for tool in body.get("tools", [])]
    return next(filter(None, map(_schema_problem, forms)), None)


def _schema_problem(schema: Any) -> str | None:
    """Return what structured outputs do not take in a schema: open objects, and bounds of lists and texts."""
    if isinstance(schema, list):
        return next(filter(None, map(_schema_problem, schema)), None)
    if not isinstance(schema, dict):
        return None
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return "output_config.format.schema: additionalProperties must be false"
    if unknown := schema.keys() & {"maxItems", "minLength", "maxLength", "minimum", "maximum"}:
        return f"output_config.format.schema: {min(unknown)} is not supported"
    return next(filter(None, map(_schema_problem, schema.values())), None)


def _by_tool(reply: Reply) -> Reply:
    """Return an answer as the input of the tool. What is no object stays text, as a model may still answer."""
    if reply.status != 200 or not isinstance(reply.body, dict):
        return reply
    [block] = reply.body["content"]
    try:
        given = json.loads(block["text"])
    except ValueError:
        return reply
    if not isinstance(given, dict):
        return reply
    called = {"type": "tool_use", "id": "toolu_1", "name": "answer", "input": given}
    stop = "tool_use" if reply.body["stop_reason"] == "end_turn" else reply.body["stop_reason"]
    return Reply({**reply.body, "content": [called], "stop_reason": stop}, reply.status, reply.headers)
