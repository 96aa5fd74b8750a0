"""The entry point: how it writes what a handler answers, and what is logged meanwhile."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from memorybank.aip.entry import Application, Seen
from memorybank.aip.http import JSON, Request, Response
from memorybank.aip.routing import Route
from memorybank.logs import set_up

TRACE = "logging.googleapis.com/trace"


def answered(
    answer: Any, *, headers: Mapping[str, str] | None = None, record: Callable[[Seen[None]], None] | None = None
) -> Response:
    """Return the response where a handler logs a line and answers that."""

    def handler(*_: object) -> Any:
        logging.getLogger("memorybank.test").warning("in the handler")
        return answer

    route = Route("GET", "/it", handler, "GetIt", absolute=True, needs="nothing")
    application = Application([route], None, max_body=9, admit=lambda *_: None, record=record)
    return application.handle(Request("GET", "/it", (), headers or {}, b""))


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


def test_an_infinite_number_is_written_as_googles_clients_read_it() -> None:
    answer = json.loads(answered({"numbers": [float("nan"), float("inf"), float("-inf")]}).body)
    assert answer == {"numbers": ["NaN", "Infinity", "-Infinity"]}


def _full(_: object) -> None:
    logging.getLogger("memorybank.test").warning("in the record")
    raise OSError("the disk is full")


def test_what_is_logged_during_a_request_carries_its_trace_and_nothing_afterwards_does() -> None:
    stream = io.StringIO()
    set_up("WARNING", stream=stream)
    with pytest.raises(OSError, match="full"):
        answered({}, headers={"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}, record=_full)
    logging.getLogger("memorybank.test").warning("later")
    lines = {line["message"]: line.get(TRACE) for line in map(json.loads, stream.getvalue().splitlines())}
    assert lines == {"in the handler": "ab" * 16, "in the record": "ab" * 16, "later": None}
