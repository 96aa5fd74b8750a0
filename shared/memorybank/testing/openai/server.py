"""A scripted server that speaks OpenAI's API over real HTTP, in the manner of OpenAI, Ollama and others.

    with OpenAIServer(kinds.OLLAMA) as server:
        server.script.append(said({"facts": []}))
        ... a client whose base URL is server.url ...
        [asked] = server.accepted

Replies in `script` are sent first, in order; then each request goes to `brain`, by default the offline model reading
the prompts of this project. What its kind of server refuses is refused before the script is used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.models import Purpose
from memorybank.testing.gemini import requests as gemini
from memorybank.testing.gemini.brain import offline
from memorybank.testing.openai.kinds import OPENAI, Kind
from memorybank.testing.openai.refusals import error, refusal_of_chat
from memorybank.testing.scripted_server import Reply, ScriptedServer

__all__ = ["KEY", "Asked", "OpenAIServer", "Reply", "failing", "said"]

KEY = "the-key"
"""The key of those servers that ask for one."""

_CHAT, _EMBEDDINGS = "chat/completions", "embeddings"


@dataclass(frozen=True)
class Asked(gemini.Asked):
    """One request, of which the brain of a scripted Gemini reads what it reads of Gemini's."""

    @property
    def system(self) -> str:
        """The text of the system message."""
        return "".join(each["content"] for each in self.body["messages"] if each["role"] == "system")

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The parts of the user's message."""
        content = self.body["messages"][-1]["content"]
        return [{"type": "text", "text": content}] if isinstance(content, str) else content


def said(answer: Any, *, finish: str | None = "stop", delay: float = 0.0, cached: int = 0, **message: Any) -> Reply:
    """Reply with text, or with anything else as JSON; `message` adds fields to the message."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    told = {"role": "assistant", "content": text, **message}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": cached}}
    choice = {"index": 0, "message": told, "finish_reason": finish}
    return Reply({"object": "chat.completion", "choices": [choice], "usage": usage}, delay=delay)


def failing(status: int, message: str = "scripted", *, code: str | None = None, **headers: str) -> Reply:
    """Reply with an error in OpenAI's format; `retry_after="3"` is sent as Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(error(message, code=code), status, named)


class OpenAIServer(ScriptedServer[Asked]):
    """Serves inside a `with` block, at the base URL `url`; `missing` are models that are not there."""

    def __init__(self, kind: Kind = OPENAI, brain: Callable[[gemini.Asked], Any] = offline) -> None:
        super().__init__(brain)
        self.kind = kind
        self.missing: set[str] = set()

    @property
    def url(self) -> str:
        """The base URL, as a person would set it for this kind of server."""
        path = self.kind.prefix.removesuffix("/{model}")
        return f"{super().url}{path}" + (f"?{self.kind.query}" if self.kind.query else "")

    @property
    def key(self) -> str | None:
        """The key that it asks for, or None."""
        return KEY if self.kind.key_header else None

    def _read(self, path: str, headers: Mapping[str, str], body: Any) -> Asked | None:
        path, _, query = path.partition("?")
        method = path.removeprefix(f"{self.kind.prefix.format(model=body['model'])}/")
        known = method in {_CHAT, _EMBEDDINGS} and query == self.kind.query
        return Asked("openai", body["model"], method, body, headers, 0.0) if known else None

    def _unknown(self) -> Reply:
        return failing(404, "404 page not found")

    def _refusal(self, asked: Asked) -> Reply | None:
        kind, header = self.kind, self.kind.key_header
        if header and KEY not in asked.headers.get(header, ""):
            return failing(401, "You didn't provide an API key.", code="invalid_api_key")
        if asked.model in self.missing:
            return failing(404, f"model '{asked.model}' not found", code="model_not_found")
        if asked.method == _CHAT:
            refused = refusal_of_chat(kind, asked.body)
            return Reply(refused[1], refused[0]) if refused else None
        if kind.dimensions and "dimensions" in asked.body:
            return failing(400, "Model does not support matryoshka representation.")
        return None

    def _usual(self, asked: Asked) -> Reply:
        if asked.method == _EMBEDDINGS:
            return Reply(self._embeddings(asked.body))
        form = asked.body.get("response_format", {}).get("type", "")
        shown = "# Schema" in asked.system + asked.text
        if form != "json_schema" or form in self.kind.ignored:
            return said(self.brain(asked)) if shown else said("Sure! I have noted all of it.")
        return said(self.brain(asked))

    def _in_its_manner(self, asked: Asked, reply: Reply) -> Reply:
        if reply.status != 200 or asked.method != _CHAT or not isinstance(reply.body, dict):
            return reply
        body = json.loads(json.dumps(reply.body))
        message = body["choices"][0]["message"]
        if self.kind.thinks:
            message["content"] = f"<think>\nA {{hard}} one.\n</think>\n\n{message['content']}"
        if not self.kind.counts:
            del body["usage"]
        if self.kind.streams:
            return Reply(_stream_of(body), 200, {"Content-Type": "text/event-stream; charset=utf-8"})
        return Reply(body, reply.status, reply.headers)

    def _embeddings(self, body: dict[str, Any]) -> dict[str, Any]:
        dimensions = self.kind.dimensions or body["dimensions"]
        found = OfflineEmbedder(dimensions=dimensions).embed(list(body["input"]), purpose=Purpose.DOCUMENT)
        data = [
            {"object": "embedding", "index": index, "embedding": [2 * value for value in vector.values]}
            for index, vector in enumerate(found)
        ]
        return {"data": data[::-1]} | ({"usage": {"prompt_tokens": 7}} if self.kind.counts else {})


def _stream_of(body: dict[str, Any]) -> str:
    """Return an answer as a stream of its parts."""
    [choice] = body["choices"]
    text = choice["message"]["content"]
    deltas = [{"delta": {"content": part}} for part in re.findall(r"(?s).{1,40}", text)]
    events = [*({"choices": [each]} for each in deltas), {"choices": [{"delta": {}, "finish_reason": "stop"}]}]
    return "".join(f"data: {each}\n\n" for each in [*map(json.dumps, events), "[DONE]"])
