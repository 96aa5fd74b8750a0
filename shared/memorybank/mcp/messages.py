"""JSON-RPC messages, checked before the package `mcp` reads them, so that refusals are in plain words.

https://www.jsonrpc.org/specification, without batches, which MCP has given up, and without positional parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from memorybank.aip.http import Response, json_response
from memorybank.aip.json_body import parse_value
from memorybank.errors import InvalidArgument

PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS = -32700, -32600, -32602

_UNSUPPORTED_MEDIA_TYPE = 415
_EXAMPLE = '{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
_NAMES: Mapping[type, str] = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "an array"}


class MessageRefused(Exception):
    """A message that is not one of JSON-RPC: the code of the error, what is wrong, and the id to answer with."""

    def __init__(self, code: int, text: str, *, identifier: int | str | None = None, status: int = 400) -> None:
        super().__init__(text)
        self.code, self.text, self.identifier, self.status = code, text, identifier, status


def check_message(body: bytes, content_type: str = "application/json") -> None:
    """Raise `MessageRefused` for a body that is not one message."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        right = f'The header Content-Type must be application/json, not "{content_type[:40]}".'
        raise MessageRefused(INVALID_REQUEST, right, status=_UNSUPPORTED_MEDIA_TYPE)
    try:
        message = parse_value(body)
    except InvalidArgument as error:
        right = f"{error.message.rstrip('.')}. Send one message, such as {_EXAMPLE}."
        raise MessageRefused(PARSE_ERROR, right) from error
    if isinstance(message, list):
        raise MessageRefused(INVALID_REQUEST, "Batches are not accepted: send each message in a request of its own.")
    if not isinstance(message, dict):
        right = f"The body must be one message, such as {_EXAMPLE}, not {_kind(message)}."
        raise MessageRefused(INVALID_REQUEST, right)
    identifier = message["id"] if _is_id(message.get("id")) else None
    if wrong := [*_wrong_in_envelope(message)]:
        raise MessageRefused(
            INVALID_REQUEST, f"This is not a JSON-RPC message: {'; '.join(wrong)}.", identifier=identifier
        )
    if not isinstance(message.get("params"), dict | None):
        right = f"params must be an object, not {_kind(message['params'])}."
        raise MessageRefused(INVALID_PARAMS, right, identifier=identifier)


def refused_response(refused: MessageRefused) -> Response:
    """Render a refusal as a JSON-RPC error."""
    error = {"code": refused.code, "message": refused.text}
    return json_response({"jsonrpc": "2.0", "id": refused.identifier, "error": error}, refused.status)


def _wrong_in_envelope(message: Mapping[str, Any]) -> Iterator[str]:
    if message.get("jsonrpc") != "2.0":
        yield f'jsonrpc must be "2.0"{_instead(message, "jsonrpc")}'
    answers_nobody = message.get("id", "") is None and "error" in message and "method" not in message
    if "id" in message and not _is_id(message["id"]) and not answers_nobody:
        yield f"id must be a string or a whole number{_instead(message, 'id')} (a notification has none)"
    if "method" in message:
        if not isinstance(message["method"], str):
            yield f"method must be a string{_instead(message, 'method')}"
    elif "result" in message or "error" in message:
        yield from _wrong_in_response(message)
    else:
        yield "method is missing, such as tools/list"


def _wrong_in_response(message: Mapping[str, Any]) -> Iterator[str]:
    if "id" not in message:
        yield "id is missing, that of the request which it answers"
    if "result" in message and "error" in message:
        yield "it has both result and error, and an answer has one of them"
    elif "result" in message:
        if not isinstance(message["result"], dict):
            yield f"result must be an object{_instead(message, 'result')}"
    elif not (isinstance(error := message["error"], dict) and _is_error(error)):
        yield "error must be an object with a whole number as code and a string as message"


def _is_error(error: Mapping[str, Any]) -> bool:
    return type(error.get("code")) is int and isinstance(error.get("message"), str)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) or type(value) is int


def _instead(message: Mapping[str, Any], name: str) -> str:
    """Say what a message has in place of what would be right."""
    if name not in message:
        return " and is missing"
    value = message[name]
    return f', not "{value[:40]}"' if isinstance(value, str) else f", not {_kind(value)}"


def _kind(value: Any) -> str:
    return "null" if value is None else _NAMES.get(type(value), "an object")
