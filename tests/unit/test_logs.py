"""What the log says, and what it keeps to itself."""

from __future__ import annotations

import io
import json
import logging

import pytest

from memorybank.errors import NotFound
from memorybank.logs import set_up


@pytest.fixture
def lines() -> io.StringIO:
    stream = io.StringIO()
    set_up("INFO", stream=stream)
    return stream


def _raise_from(cause: Exception, error: Exception) -> None:
    try:
        raise cause  # noqa: TRY301 - the error is the point
    except Exception as caught:
        raise error from caught


def test_a_line_is_json_with_severity_and_what_extra_carries(lines: io.StringIO) -> None:
    logging.getLogger("memorybank.test").warning("slow", extra={"operation": "o/1"})
    entry = json.loads(lines.getvalue())
    assert entry["severity"] == "WARNING"
    assert entry["message"] == "slow"
    assert entry["operation"] == "o/1"
    assert entry["logger"] == "memorybank.test"


def test_a_trace_shows_where_but_not_what_others_errors_quote(lines: io.StringIO) -> None:
    try:
        _raise_from(ValueError("I like tea"), NotFound("memory m/1 does not exist"))
    except NotFound:
        logging.getLogger("memorybank.test").exception("failed")
    trace = json.loads(lines.getvalue())["stack_trace"]
    assert "_raise_from" in trace
    assert "NotFound: memory m/1 does not exist" in trace
    assert "ValueError: (text withheld" in trace
    assert "tea" not in trace.replace('ValueError("I like tea")', "")


def test_at_level_debug_a_trace_tells_everything(lines: io.StringIO) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        raise ValueError("I like tea")  # noqa: TRY301 - the error is the point
    except ValueError:
        logging.getLogger("memorybank.test").exception("failed")
    assert "ValueError: I like tea" in json.loads(lines.getvalue())["stack_trace"]
