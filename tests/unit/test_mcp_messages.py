"""What is not a JSON-RPC message is refused by the code of the specification, in words that say what would be right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memorybank.mcp.messages import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    MessageRefused,
    check_message,
    refused_response,
)
from tests.growth import LINEAR, growth

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.mark.parametrize(
    "message",
    [
        PING,
        PING | {"id": "a"},
        PING | {"id": 10**400},
        PING | {"params": None},
        PING | {"params": {"a": 1}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
        {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "x"}},
    ],
)
def test_messages_are_accepted(message: dict[str, Any]) -> None:
    check_message(json.dumps(message).encode(), "Application/JSON; charset=utf-8")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        # The first two are examples of the specification.
        (b'{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]', "line 1, column 40"),
        (b'[{"jsonrpc": "2.0", "method": "sum", "id": "1"},{"jsonrpc": "2.0", "method"]', "line 1, column 76"),
        (b"", "The body is empty"),
        (b" \n", "The body is empty"),
        (b"{'jsonrpc': '2.0'}", "enclosed in double quotes"),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n{"jsonrpc":"2.0","id":2,"method":"ping"}', "line 2, column 1"),
        (b'data: {"jsonrpc":"2.0","id":1,"method":"ping"}\n\n', "line 1, column 1"),
        (b'{"method":"p\xff"}', "must be UTF-8; byte 12"),
        (json.dumps(PING).encode("utf-16"), "must be UTF-8; byte 0"),
        (b"\xef\xbb\xbf" + json.dumps(PING).encode(), "byte order mark"),
        (b'{"method":"\\ud800"}', "method: holds U+D800"),
        (b'"\\ud800"', "body: holds U+D800"),
        (b'{"id":NaN}', "NaN is not a JSON value"),
        (b'{"id":1e400}', "too large"),
        (b'{"id":' + b"9" * 5000 + b"}", "too many digits"),
        (b"[" * 100_000, "nested deeper than 40"),
        (b'{"id":1,"id":2}', "id: occurs twice"),
    ],
)
def test_what_is_not_json_is_a_parse_error_that_says_where(body: bytes, says: str) -> None:
    with pytest.raises(MessageRefused) as refused:
        check_message(body)
    assert (refused.value.code, refused.value.identifier) == (PARSE_ERROR, None)
    assert says in refused.value.text
    assert '. Send one message, such as {"jsonrpc": "2.0"' in refused.value.text


@pytest.mark.parametrize(
    ("message", "says", "identifier"),
    [
        # The first three are examples of the specification.
        ({"jsonrpc": "2.0", "method": 1, "params": "bar"}, "method must be a string, not a number", None),
        ([], "Batches are not accepted", None),
        ([1, 2, 3], "send each message in a request of its own", None),
        ([PING], "Batches are not accepted", None),
        (None, "not null", None),
        (True, "not a boolean", None),
        ("ping", "not a string", None),
        ({}, 'jsonrpc must be "2.0" and is missing; method is missing', None),
        ({"id": 7, "method": "ping"}, 'jsonrpc must be "2.0" and is missing', 7),
        (PING | {"jsonrpc": "1.0"}, 'jsonrpc must be "2.0", not "1.0"', 1),
        (PING | {"jsonrpc": 2.0}, "not a number", 1),
        ({"jsonrpc": "2.0", "id": "a"}, "method is missing, such as tools/list", "a"),
        (PING | {"method": None}, "method must be a string, not null", 1),
        (PING | {"method": {}}, "method must be a string, not an object", 1),
        (PING | {"id": None}, "id must be a string or a whole number, not null (a notification has none)", None),
        (PING | {"id": True}, "id must be a string or a whole number, not a boolean", None),
        (PING | {"id": 1.5}, "id must be a string or a whole number, not a number", None),
        (PING | {"id": {}}, "id must be a string or a whole number, not an object", None),
        (PING | {"id": [1]}, "id must be a string or a whole number, not an array", None),
        ({"jsonrpc": "2.0", "id": 1, "result": {}, "error": {}}, "both result and error", 1),
        ({"jsonrpc": "2.0", "id": 1, "result": []}, "result must be an object, not an array", 1),
        ({"jsonrpc": "2.0", "id": 1, "error": {"message": "x"}}, "a whole number as code", 1),
        ({"jsonrpc": "2.0", "result": {}}, "id is missing", None),
    ],
)
def test_json_that_is_not_a_message_is_an_invalid_request(
    message: Any, says: str, identifier: int | str | None
) -> None:
    with pytest.raises(MessageRefused) as refused:
        check_message(json.dumps(message).encode())
    assert (refused.value.code, refused.value.identifier) == (INVALID_REQUEST, identifier)
    assert says in refused.value.text


@pytest.mark.parametrize("params", [[42, 23], "x", 3, True])
def test_parameters_are_an_object(params: Any) -> None:
    with pytest.raises(MessageRefused, match="params must be an object, not a") as refused:
        check_message(json.dumps(PING | {"params": params}).encode())
    assert (refused.value.code, refused.value.identifier) == (INVALID_PARAMS, 1)


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonl"])
def test_another_content_type_is_refused(content_type: str) -> None:
    with pytest.raises(MessageRefused, match="Content-Type must be application/json") as refused:
        check_message(json.dumps(PING).encode(), content_type)
    answer = refused_response(refused.value)
    assert answer.status == 415
    assert json.loads(answer.body)["error"]["code"] == INVALID_REQUEST


def test_a_long_message_is_checked_in_linear_time() -> None:
    def message(size: int) -> bytes:
        return json.dumps(PING | {"params": {str(number): [] for number in range(size)}}).encode()

    assert growth(check_message, message, 2_000) < LINEAR
