"""The entry point: how it writes what a handler answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memorybank.aip.entry import Application
from memorybank.aip.http import JSON, Request, Response
from memorybank.aip.routing import Route


def answered(answer: Any) -> Response:
    """Return the response where a handler answers that."""
    route = Route("GET", "/it", lambda *_: answer, "GetIt", absolute=True, needs="nothing")
    application = Application([route], None, max_body=9, admit=lambda *_: None)
    return application.handle(Request("GET", "/it", (), {}, b""))


def nested(levels: int) -> Any:
    return {"in": nested(levels - 1)} if levels else "there"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"text": 'quoted " and \\ and \x00 \x1f \x7f \u2028 é 😀', "list": [1, [], {}, None, True, False]},
        {"numbers": [0, -1, 2**63, -(2**64), 0.1, -0.0, 1e22, 5e-324, 1.7976931348623157e308]},
        {"half of a pair": "\ud800", "\udfff": 1},
        nested(400),
    ],
)
def test_an_answer_is_written_as_the_json_that_it_is(answer: Any) -> None:
    response = answered(answer)
    assert json.loads(response.body) == answer
    assert (response.status, response.headers) == (200, JSON)


def test_text_is_written_as_utf_8_and_without_spaces() -> None:
    assert answered({"a": "é", "b": [1, 2]}).body == '{"a":"é","b":[1,2]}'.encode()


def test_an_answer_that_is_no_json_is_an_internal_error() -> None:
    response = answered({"a": object()})
    assert (response.status, json.loads(response.body)["error"]["status"]) == (500, "INTERNAL")
