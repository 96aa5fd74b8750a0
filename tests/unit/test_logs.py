"""What the log says, and what it keeps to itself."""

from __future__ import annotations

import io
import json
import logging

import pytest

from memorybank.errors import NotFound
from memorybank.logs import HEADERS, Trace, set_up, trace_of


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


def test_on_a_terminal_a_line_is_text_with_what_extra_carries_and_no_escape_sequences() -> None:
    stream = io.StringIO()
    set_up("INFO", stream=stream, for_people=True)
    logging.getLogger("memorybank.test").warning("slow: %s", "a\x1b[2Jb\nINFO forged", extra={"operation": "o/1"})
    [line] = stream.getvalue().splitlines()
    assert line.endswith(r"WARNING slow: a\x1b[2Jb\nINFO forged  operation=o/1")


def test_on_a_terminal_a_trace_withholds_what_others_errors_quote() -> None:
    stream = io.StringIO()
    set_up("INFO", stream=stream, for_people=True)
    try:
        _raise_from(ValueError("I like figs"), NotFound("memory m/1 does not exist"))
    except NotFound:
        logging.getLogger("memorybank.test").exception("failed")
    assert "NotFound: memory m/1 does not exist" in stream.getvalue()
    assert "ValueError: (text withheld" in stream.getvalue()


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_libraries_that_tell_of_every_call_are_quiet(level: str) -> None:
    stream = io.StringIO()
    set_up(level, stream=stream)
    for name in ("httpx", "httpcore.connection", "google_genai.models"):
        logging.getLogger(name).info("I like tea")
        logging.getLogger(name).debug("I like tea")
    assert stream.getvalue() == ""
    logging.getLogger("httpx").warning("slow")
    assert "slow" in stream.getvalue()


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


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}, Trace("ab" * 16, "cd" * 8, sampled=True)),
        ({"x-cloud-trace-context": f"{'ab' * 16}/255;o=1"}, Trace("ab" * 16, "00000000000000ff", sampled=True)),
        ({"x-cloud-trace-context": "ab" * 16}, Trace("ab" * 16, None, sampled=False)),
        ({"traceparent": "garbage", "x-cloud-trace-context": "x" * 100_000}, None),
        ({}, None),
    ],
)
def test_the_trace_of_a_request_is_read_from_its_headers(headers: dict[str, str], expected: Trace | None) -> None:
    assert trace_of(headers) == expected


def test_what_is_logged_for_a_request_carries_its_trace_as_cloud_logging_wants_it() -> None:
    stream = io.StringIO()
    set_up("INFO", stream=stream, project="p")
    token = HEADERS.set({"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})
    try:
        logging.getLogger("memorybank.test").info("hello")
    finally:
        HEADERS.reset(token)
    logging.getLogger("memorybank.test").info("later")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["logging.googleapis.com/trace"] == f"projects/p/traces/{'ab' * 16}"
    assert first["logging.googleapis.com/spanId"] == "cd" * 8
    assert first["logging.googleapis.com/trace_sampled"] is True
    assert "logging.googleapis.com/trace" not in second
