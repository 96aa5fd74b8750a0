"""The router: what it passes on and what it keeps back, streaming, kept connections, and outages told as such."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest
from gunicorn.http.errors import InvalidChunkSize  # type: ignore[import-untyped]

from memorybank.aip.forwarding import Upstream
from memorybank.errors import DeadlineExceeded, Unauthenticated, Unavailable
from memorybank.handlers.router import RouterApplication
from memorybank.handlers.routes import PUBLIC
from tests.unit.upstream_server import UpstreamServer
from tests.waiting import PATIENCE

GENERATE = "/v1beta1/projects/p/locations/l/reasoningEngines/1/memories:generate"
MEMORIES = "/v1beta1/projects/p/locations/l/reasoningEngines/1/memories"


@dataclass
class Answer:
    """What a WSGI application has answered."""

    status: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    parts: Iterable[bytes] = ()

    def start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, dict(headers)

    def text(self) -> str:
        """Read the body as a server does, and close it."""
        try:
            return b"".join(self.parts).decode()
        finally:
            getattr(self.parts, "close", lambda: None)()

    def error(self) -> dict[str, Any]:
        """Return the error that it tells."""
        told: dict[str, Any] = json.loads(self.text())["error"]
        assert self.status.startswith(str(told["code"]))
        return told


def environ(method: str, path: str, body: Any = b"", **more: Any) -> dict[str, Any]:
    """Return what a server tells an application of a request; keys in capitals are headers or variables of CGI."""
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    length = {"CONTENT_LENGTH": str(len(body))} if isinstance(body, bytes) and body else {}
    return {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "wsgi.input": stream, **length, **more}


class Routed:
    """A router in front of one server that stands for all functions."""

    def __init__(self, url: str, verify: Callable[[Mapping[str, str]], str | None]) -> None:
        self.application = RouterApplication(dict.fromkeys(PUBLIC, url), tokens="token for {}".format, verify=verify)

    def call(self, method: str, path: str, body: Any = b"", **more: Any) -> Answer:
        """Send a request."""
        answer = Answer()
        answer.parts = self.application(environ(method, path, body, **more), answer.start)
        return answer


@pytest.fixture
def upstream() -> Iterator[UpstreamServer]:
    with UpstreamServer() as server:
        yield server


@pytest.fixture
def routed(upstream: UpstreamServer) -> Iterator[Routed]:
    with ExitStack() as stack:
        found = Routed(upstream.url, lambda _: "ada@example.com")
        stack.callback(found.application.close)
        yield found


def test_a_call_arrives_as_it_was_sent_but_for_who_sends_it(routed: Routed, upstream: UpstreamServer) -> None:
    answer = routed.call(
        "POST",
        GENERATE,
        b'{"scope": {}}',
        QUERY_STRING="a=%2Fb&c=1",
        CONTENT_TYPE="application/json",
        HTTP_AUTHORIZATION="Bearer of the caller",
        HTTP_X_SERVERLESS_AUTHORIZATION="Bearer of the caller",
        HTTP_X_MEMORY_CALLER="eve@example.com",
        HTTP_CONNECTION="keep-alive, X-Hop",
        HTTP_X_HOP="1",
        HTTP_TE="trailers",
        HTTP_TRACEPARENT="00-1-2-01",
    )
    assert (answer.status, answer.text()) == ("200 OK", '{"a":1}')
    assert answer.headers == {"Content-Length": "7", "X-Odd": "kept"}
    [seen] = upstream.seen
    assert (seen.method, seen.target, seen.body) == ("POST", f"{GENERATE}?a=%2Fb&c=1", b'{"scope": {}}')
    assert seen.headers == {
        "host": upstream.url.removeprefix("http://"),
        "content-type": "application/json",
        "content-length": "13",
        "authorization": f"Bearer token for {upstream.url}",
        "x-memory-caller": "ada@example.com",
        "traceparent": "00-1-2-01",
    }


def test_an_error_of_a_function_is_passed_on(routed: Routed, upstream: UpstreamServer) -> None:
    upstream.answer = lambda handler: handler.reply(b'{"error":{}}', status=404)
    answer = routed.call("GET", MEMORIES)
    assert (answer.status, answer.text()) == ("404 Not Found", '{"error":{}}')


def test_the_path_that_was_judged_is_the_path_that_is_sent(routed: Routed, upstream: UpstreamServer) -> None:
    decoded = f"{MEMORIES}/ä ?#%2F".encode().decode("latin-1")
    assert routed.call("GET", decoded).text()
    assert upstream.seen[0].target == f"{MEMORIES}/%C3%A4%20%3F%23%252F"


def test_where_nobody_is_asked_no_caller_is_named(upstream: UpstreamServer) -> None:
    routed = Routed(upstream.url, lambda _: None)
    routed.call("GET", MEMORIES, HTTP_X_MEMORY_CALLER="eve@example.com").text()
    routed.application.close()
    assert "x-memory-caller" not in upstream.seen[0].headers


def test_who_is_not_let_in_does_not_get_through(upstream: UpstreamServer) -> None:
    def refuse(headers: Mapping[str, str]) -> str:
        assert headers == {"authorization": "Bearer of nobody"}
        raise Unauthenticated("no")

    answer = Routed(upstream.url, refuse).call("GET", MEMORIES, HTTP_AUTHORIZATION="Bearer of nobody")
    assert answer.error()["status"] == "UNAUTHENTICATED"
    assert not upstream.connections


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("POST", "/", 404), ("POST", "/worker", 404), ("GET", GENERATE, 405), ("HEAD", MEMORIES, 405), ("GET", "/x", 404)],
)
def test_what_no_public_function_serves_is_answered_without_a_hop(
    routed: Routed, upstream: UpstreamServer, method: str, path: str, code: int
) -> None:
    answer = routed.call(method, path)
    assert answer.status.startswith(str(code))
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert not upstream.connections


def test_health_is_the_routers_own(routed: Routed, upstream: UpstreamServer) -> None:
    assert routed.call("GET", "/health").text() == '{"status":"ok"}'
    assert not upstream.connections


def test_a_connection_is_used_again_once_its_answer_was_read(routed: Routed, upstream: UpstreamServer) -> None:
    for _ in range(5):
        routed.call("GET", MEMORIES).text()
        routed.call("POST", GENERATE, b"{}").text()
    assert len(upstream.seen) == 10
    assert upstream.connections == 2, "one for each function"


def test_a_connection_that_the_function_has_ended_is_not_used_again(routed: Routed, upstream: UpstreamServer) -> None:
    def reply_and_leave(handler: Any) -> None:
        handler.reply()
        handler.close_connection = True

    upstream.answer = reply_and_leave
    for number in range(3):
        assert routed.call("POST", GENERATE, b"{}").text() == '{"a":1}'
        assert upstream.wait_ended(number + 1)
    assert upstream.connections == 3


def test_a_get_whose_kept_connection_just_ended_is_asked_again(routed: Routed, upstream: UpstreamServer) -> None:
    routed.call("GET", MEMORIES).text()

    def hang_up_once(handler: Any) -> None:
        handler.close_connection = True
        upstream.answer = lambda other: other.reply()

    for body in (b"", b"{}"):  # Google's SDK sends a body with each GET
        upstream.answer = hang_up_once
        assert routed.call("GET", MEMORIES, body).text() == '{"a":1}'
    upstream.answer = hang_up_once
    assert routed.call("POST", MEMORIES, b"{}").error()["code"] == 503


def test_an_answer_that_nobody_reads_to_its_end_ends_its_connection(routed: Routed, upstream: UpstreamServer) -> None:
    answer = routed.call("GET", MEMORIES)
    answer.parts.close()  # type: ignore[attr-defined]  # WSGI's own way
    routed.call("GET", MEMORIES).text()
    assert upstream.connections == 2


def test_bodies_stream_both_ways(routed: Routed, upstream: UpstreamServer) -> None:
    arrived, go_on = Event(), Event()

    class Slow:
        def __init__(self) -> None:
            self.parts = [b"first", b"second"]

        def read(self, _size: int) -> bytes:
            """Give the second part only when the first one has arrived at the other end."""
            if len(self.parts) == 1:
                assert arrived.wait(PATIENCE)
            return self.parts.pop(0) if self.parts else b""

    def answer(handler: Any) -> None:
        assert handler.rfile.read(5) == b"first"
        arrived.set()
        assert handler.rfile.read(6) == b"second"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"3\r\none\r\n")
        assert go_on.wait(PATIENCE)
        handler.wfile.write(b"3\r\ntwo\r\n0\r\n\r\n")

    upstream.answer = answer
    found = routed.call("POST", GENERATE, Slow(), CONTENT_LENGTH="11")
    parts = iter(found.parts)
    assert next(parts) == b"one"
    go_on.set()
    assert list(parts) == [b"two"]
    assert "Transfer-Encoding" not in found.headers


def test_a_body_of_unknown_length_is_passed_on_in_chunks(routed: Routed, upstream: UpstreamServer) -> None:
    stream = io.BytesIO(b"x" * 200_000)
    routed.call("POST", GENERATE, stream, HTTP_TRANSFER_ENCODING="chunked").text()
    assert upstream.seen[0].body == b"x" * 200_000
    assert "content-length" not in upstream.seen[0].headers


def test_a_body_that_is_too_large_is_refused_before_anybody_is_called(routed: Routed, upstream: UpstreamServer) -> None:
    stream = io.BytesIO(b" " * (8 * 2**20 + 1))
    answer = routed.call("POST", GENERATE, stream, CONTENT_LENGTH=str(8 * 2**20 + 1))
    assert answer.error()["code"] == 413
    assert not upstream.connections
    assert not stream.read(1), "who sends everything before reading must be rid of it"


def test_a_body_that_turns_out_to_be_too_large_is_broken_off(routed: Routed, upstream: UpstreamServer) -> None:
    stream = io.BytesIO(b" " * (9 * 2**20))
    answer = routed.call("POST", GENERATE, stream, HTTP_TRANSFER_ENCODING="chunked")
    assert answer.error()["code"] == 413
    assert not upstream.seen
    assert not stream.read(1), "as above"


def test_a_caller_who_hangs_up_within_the_body_is_told_and_nothing_is_done(
    routed: Routed, upstream: UpstreamServer
) -> None:
    answer = routed.call("POST", GENERATE, io.BytesIO(b"half"), CONTENT_LENGTH="8")
    assert answer.error()["code"] == 400
    assert not [seen for seen in upstream.seen if len(seen.body) == 8]


def test_malformed_chunks_are_the_callers_mistake(routed: Routed, upstream: UpstreamServer) -> None:
    class Malformed(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise InvalidChunkSize(b"zz")

    answer = routed.call("POST", GENERATE, Malformed(), HTTP_TRANSFER_ENCODING="chunked")
    assert answer.error()["code"] == 400
    assert not upstream.seen


def test_nobody_there_is_told_as_an_outage() -> None:
    with UpstreamServer() as gone:
        url = gone.url
    answer = Routed(url, lambda _: None).call("GET", MEMORIES)
    error = answer.error()
    assert (error["code"], error["status"]) == (503, "UNAVAILABLE")
    assert url not in json.dumps(error)


def test_a_function_that_hangs_up_without_an_answer_is_told_as_an_outage(
    routed: Routed, upstream: UpstreamServer
) -> None:
    def hang_up(handler: Any) -> None:
        handler.close_connection = True

    upstream.answer = hang_up
    assert routed.call("GET", MEMORIES).error()["status"] == "UNAVAILABLE"


def test_an_answer_that_breaks_off_does_not_pass_for_a_whole_one(routed: Routed, upstream: UpstreamServer) -> None:
    def break_off(handler: Any) -> None:
        handler.reply(b"half", length=8)
        handler.close_connection = True

    upstream.answer = break_off
    answer = routed.call("GET", MEMORIES)
    with pytest.raises(ConnectionError):
        answer.text()


def test_a_function_that_takes_too_long_is_a_deadline_exceeded() -> None:
    done = Event()

    def hang(_: Any) -> None:
        done.wait(PATIENCE)

    with UpstreamServer(hang) as server:
        upstream = Upstream(server.url, read_timeout=0.1)
        with pytest.raises(DeadlineExceeded):
            upstream.forward(environ("GET", "/"), Answer().start, dropping=(), adding={}, max_body=1)
        done.set()


def test_a_token_that_is_not_to_be_had_is_an_outage(upstream: UpstreamServer) -> None:
    def unavailable(_: str) -> str:
        raise Unavailable("the metadata server gives no ID token")

    application = RouterApplication(dict.fromkeys(PUBLIC, upstream.url), tokens=unavailable, verify=lambda _: None)
    answer = Answer()
    answer.parts = application(environ("GET", MEMORIES), answer.start)
    assert answer.error()["code"] == 503
    assert not upstream.connections
