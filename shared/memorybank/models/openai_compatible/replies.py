"""Reads the answer of a chat completion, in one piece or as a stream of events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from memorybank.models.answers import End, Reply
from memorybank.models.failures import Endpoint, failure_of, garbled
from memorybank.models.rest import Answer

_ENDS = {
    "length": End.CUT_OFF,
    "max_tokens": End.CUT_OFF,
    "content_filter": End.REFUSED,
    **dict.fromkeys(("error", "tool_calls", "function_call"), End.EARLY),
}
"""Other reasons, such as "stop" and "eos", mean that the answer is complete."""


def reply_of(answer: Answer, endpoint: Endpoint) -> Reply:
    """Return the reply; raise the error that a server sends with status 200, or `Unavailable` if it cannot be read."""
    try:
        body = _streamed(answer.body) if _is_stream(answer) else json.loads(answer.body)
        if body.get("error"):
            raise failure_of(_status(body["error"]), body, headers=answer.headers, endpoint=endpoint)
        return _reply(body)
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise garbled(endpoint) from error


def _reply(body: Mapping[str, Any]) -> Reply:
    choice = body["choices"][0]
    message = choice["message"]
    finish = str(choice.get("finish_reason") or "")
    refused = bool(message.get("refusal"))
    usage = body.get("usage") or {}
    return Reply(
        _text(message.get("content")),
        End.REFUSED if refused else _ENDS.get(finish, End.COMPLETE),
        finish="refusal" if refused else finish,
        input=_count(usage, "prompt_tokens"),
        output=_count(usage, "completion_tokens"),
        cached=_count(usage.get("prompt_tokens_details") or {}, "cached_tokens"),
    )


def _text(content: Any) -> str:
    """Return the text of a message, which some servers send in parts, thoughts among them."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part.get("type") == "text")
    return str(content or "")


def _count(usage: Mapping[str, Any], name: str) -> int:
    return max(0, int(usage.get(name) or 0))


def _status(error: Any) -> int:
    """Return the status that an error names in its body."""
    code = error.get("code") if isinstance(error, Mapping) else None
    named = isinstance(code, int) and code >= HTTPStatus.BAD_REQUEST
    return int(code) if named and code else int(HTTPStatus.BAD_GATEWAY)


def _is_stream(answer: Answer) -> bool:
    kinds = (value for name, value in answer.headers.items() if name.lower() == "content-type")
    return any("text/event-stream" in kind for kind in kinds) or answer.body.startswith(b"data:")


def _streamed(data: bytes) -> dict[str, Any]:
    """Put a stream together, as of a server that streams although it was told not to."""
    text: list[str] = []
    found: dict[str, Any] = {}
    finish = refusal = None
    for event in _events(data):
        found |= {name: event[name] for name in ("usage", "error") if event.get(name)}
        for choice in event.get("choices") or []:
            delta = choice.get("delta") or {}
            text.append(_text(delta.get("content")))
            refusal = delta.get("refusal") or refusal
            finish = choice.get("finish_reason") or finish
    if finish is None and "error" not in found:
        raise ValueError("the stream broke off")
    message = {"content": "".join(text), "refusal": refusal}
    return {**found, "choices": [{"message": message, "finish_reason": finish}]}


def _events(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.decode().splitlines():
        sent = line.removeprefix("data:").strip()
        if line.startswith("data:") and sent != "[DONE]":
            yield json.loads(sent)
