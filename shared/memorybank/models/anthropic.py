"""The language models of Anthropic, by its Messages API.

Answers are held to their schema by structured outputs, or for models that have none by a tool that must be called.
Source: https://platform.claude.com/docs/en/api/messages
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from memorybank.models.answers import End, Reply
from memorybank.models.failures import Endpoint, failure_of, garbled
from memorybank.models.media import MediaRules
from memorybank.models.prompted import PromptedModel
from memorybank.models.rest import Rest, exchange
from memorybank.models.retry import Retry
from memorybank.models.strict_schema import strict_schema
from memorybank.ports.models import Media

if TYPE_CHECKING:
    from pydantic import BaseModel

URL = "https://api.anthropic.com"
_VERSION = "2023-06-01"
_PDF = "application/pdf"
_MEDIA = MediaRules(frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", _PDF}), frozenset({"https"}))
_ENDS = {
    "max_tokens": End.CUT_OFF,
    "model_context_window_exceeded": End.CUT_OFF,
    "refusal": End.REFUSED,
    "pause_turn": End.EARLY,
}
"""Other reasons mean that the answer is complete: "end_turn", "stop_sequence", and "tool_use" for an answer by tool."""


@dataclass(frozen=True)
class Service:
    """A server that speaks Anthropic's API, by its base URL, with or without /v1."""

    key: str = field(repr=False)
    url: str = URL

    @property
    def address(self) -> str:
        """The URL of the method."""
        return f"{self.url.rstrip('/').removesuffix('/v1')}/v1/messages"

    @property
    def headers(self) -> dict[str, str]:
        """The version, and what proves who asks."""
        return {"anthropic-version": _VERSION, "x-api-key": self.key}


class AnthropicModel(PromptedModel):
    """A `LanguageModel` of Anthropic. `timeout` is the read timeout in seconds."""

    def __init__(
        self,
        service: Service,
        *,
        default_model: str,
        max_tokens: int = 0,
        timeout: float = 300.0,
        retry: Retry | None = None,
    ) -> None:
        transport = _Messages(service, Rest(timeout=timeout))
        super().__init__(transport, default_model=default_model, max_tokens=max_tokens, retry=retry)


@dataclass(frozen=True)
class _Messages:
    """The `Transport`. `by_tool` are the models that are known to have no structured outputs."""

    service: Service
    rest: Rest
    by_tool: set[str] = field(default_factory=set)
    media: MediaRules = _MEDIA

    def model_id(self, model: str) -> str:
        """Return the id of a model, which is its name."""
        return model

    def send(self, model: str, *, system: str, parts: Sequence[str | Media], schema: type[BaseModel]) -> Reply:
        """Return the model's answer to `parts`."""
        place = "Anthropic" if self.service.url == URL else "the server of MEMORYBANK_MODEL_URL"
        endpoint = Endpoint(model, place, "MEMORYBANK_GENERATION_MODEL", access="check MEMORYBANK_MODEL_KEY")
        body = {
            "model": model,
            "max_tokens": 16_384,
            "system": system,
            "messages": [{"role": "user", "content": [_block(part) for part in parts]}],
        }
        by_tool = model in self.by_tool
        while True:
            form = _form(strict_schema(schema, bounds=False), by_tool=by_tool)
            headers = self.service.headers
            answer = exchange(self.rest, self.service.address, body | form, headers=headers, endpoint=endpoint)
            if answer.status == HTTPStatus.OK:
                return _reply(answer.body, endpoint)
            refused = answer.status == HTTPStatus.BAD_REQUEST and b"output_config" in answer.body
            if not refused or by_tool:
                error = failure_of(answer.status, answer.body, headers=answer.headers, endpoint=endpoint)
                raise error from HTTPException(f"status {answer.status}")
            by_tool = True
            self.by_tool.add(model)

    def close(self) -> None:
        """Close idle connections."""
        self.rest.close()


def _form(schema: Mapping[str, Any], *, by_tool: bool) -> dict[str, Any]:
    if not by_tool:
        return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}
    tool = {"name": "answer", "description": "Takes the whole answer.", "input_schema": schema}
    return {"tools": [tool], "tool_choice": {"type": "tool", "name": "answer"}}


def _block(part: str | Media) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    data = base64.b64encode(part.data or b"").decode()
    inline = {"type": "base64", "media_type": part.mime_type, "data": data}
    source = {"type": "url", "url": part.uri} if part.uri else inline
    return {"type": "document" if part.mime_type == _PDF else "image", "source": source}


def _reply(body: bytes, endpoint: Endpoint) -> Reply:
    """Return the reply; raise `Unavailable` if it cannot be read. Anthropic counts tokens from a cache apart."""
    try:
        found = json.loads(body)
        usage, finish = found["usage"], str(found["stop_reason"])
        counts = [int(usage.get(f"{kind}input_tokens") or 0) for kind in ("cache_read_", "cache_creation_", "")]
        text = "".join(_text(block) for block in found["content"])
        end = _ENDS.get(finish, End.COMPLETE)
        return Reply(text, end, finish, sum(counts), int(usage.get("output_tokens") or 0), counts[0])
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise garbled(endpoint) from error


def _text(block: Mapping[str, Any]) -> str:
    """Return what a block says: thoughts say nothing, and a tool is called with the answer."""
    return json.dumps(block["input"]) if block["type"] == "tool_use" else str(block.get("text", ""))
