"""A scripted Gemini: both APIs over real HTTP, for google-genai and other clients of their JSON.

    with GeminiServer() as server:
        server.script.append(said({"facts": []}))
        ... a client whose base URL is server.url ...
        [asked] = server.asked

Replies in `script` are sent first, in order; then each request goes to `brain`, by default the offline model reading
the prompts of this project. Embeddings are the offline embedder's, under the rules of each model: how many texts it
takes, its method, how long vectors may be. Streaming is not supported.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from memorybank.testing.gemini import embeddings, rules
from memorybank.testing.gemini.brain import offline
from memorybank.testing.gemini.requests import Asked, read_path, refusal_of
from memorybank.testing.scripted_server import Reply, ScriptedServer

__all__ = ["Asked", "GeminiServer", "Reply", "blocked", "failing", "said"]


def said(answer: Any, *, finish: str = "STOP", delay: float = 0.0, **usage: int) -> Reply:
    """Reply with text, or with anything else as JSON. `usage` has Gemini's names (promptTokenCount)."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": finish, "index": 0}
    counts = {"promptTokenCount": 100, "candidatesTokenCount": 20, "totalTokenCount": 120, **usage}
    return Reply({"candidates": [candidate], "usageMetadata": counts, "modelVersion": "scripted"}, delay=delay)


def blocked(reason: str = "PROHIBITED_CONTENT") -> Reply:
    """Reply that the prompt is blocked."""
    return Reply({"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 100}})


def failing(
    status: int, message: str = "scripted", *, retry_after: str | None = None, retry_info: str | None = None
) -> Reply:
    """Reply with an error in Google's format; `retry_info` is a duration such as "3s"."""
    kind = "type.googleapis.com/google.rpc.RetryInfo"
    details = [{"@type": kind, "retryDelay": retry_info}] if retry_info else []
    body = {"error": {"code": status, "message": message, "status": "SCRIPTED", "details": details}}
    return Reply(body, status, {} if retry_after is None else {"Retry-After": retry_after})


class GeminiServer(ScriptedServer[Asked]):
    """Serves at `url` inside a `with` block; `asked` holds all requests in order of arrival.

    `missing` are pairs of location and model that are not offered there, `closed` the models that are closed to new
    users. Options that a model does not accept (`rules.py`) are refused before the script is used. Keys and tokens are
    not checked, but must be sent in the form of the API that is called.
    """

    def __init__(self, brain: Callable[[Asked], Any] = offline) -> None:
        super().__init__(brain)
        self.missing: set[tuple[str, str]] = set()
        self.closed = set(rules.CLOSED)

    def of(self, method: str) -> list[Asked]:
        """Return the requests of one method, such as generateContent."""
        return [asked for asked in list(self.asked) if asked.method == method]

    def _read(self, path: str, headers: Mapping[str, str], body: Any) -> Asked | None:
        return read_path(path, headers, body, at=time.monotonic())

    def _unknown(self) -> Reply:
        return failing(404, "no such path")

    def _refusal(self, asked: Asked) -> Reply | None:
        if asked.method != "generateContent":
            return None
        if asked.model in self.closed:
            return failing(404, f"This model models/{asked.model} is no longer available to new users.")
        refused = rules.refusal_of_options(asked)
        return failing(400, refused) if refused else None

    def _usual(self, asked: Asked) -> Reply:
        refusal = refusal_of(asked)
        if refusal is not None:
            return failing(*refusal)
        if (asked.location, asked.model) in self.missing:
            return failing(404, f"Publisher Model `{asked.model}` was not found or your project does not have access.")
        if asked.method == "generateContent":
            return said(self.brain(asked))
        answer = embeddings.embeddings_of(asked)
        return failing(400, answer) if isinstance(answer, str) else Reply(answer)
