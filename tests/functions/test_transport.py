"""The transport: whatever comes over a socket is answered in the shape of an error, and good requests go on."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from typing import Any

import httpx
import pytest

from memorybank.config import MAX_BODY
from tests.conftest import Served
from tests.functions.refusals import Caller, error_of
from tests.waiting import PATIENCE

HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def connect(served: Served) -> socket.socket:
    """Open a connection to the server."""
    url = httpx.URL(served.url)
    return socket.create_connection((url.host, url.port or 80), timeout=PATIENCE)


def answer_on(connection: socket.socket, method: str = "GET") -> httpx.Response:
    """Read one answer from a connection."""
    found = HTTPResponse(connection, method=method)
    found.begin()
    return httpx.Response(found.status, headers=found.getheaders(), content=found.read())


def exchange(served: Served, request: bytes) -> httpx.Response:
    """Send bytes on a connection of their own and read the answer."""
    with connect(served) as connection:
        connection.sendall(request)
        return answer_on(connection)


def request(method: str, target: str, *headers: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request."""
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


MALFORMED = [
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", 400, "Start line is invalid"),
    (b"hello\r\n\r\n", 400, "Start line is invalid"),
    (b"get /health HTTP/1.1\r\n\r\n", 400, "Malformed HTTP method"),
    (request("GET", "/health", "no colon"), 400, "Invalid header"),
    (request("GET", "/health", "a b: c"), 400, "Invalid header"),
    (request("GET", "/v1/\xff"), 400, "Bad URI"),
    (request("POST", "/v1/x", "Content-Length: ten"), 400, "Content-Length is invalid"),
    (request("POST", "/v1/x", "Content-Length: -1"), 400, "Content-Length is invalid"),
    (request("POST", "/v1/x", "Content-Length: 1", "Content-Length: 2"), 400, "Content-Length is invalid"),
    (request("POST", "/v1/x", "Content-Length: " + "9" * 6000), 400, "header cannot be read"),
    (request("POST", "/v1/x", "Transfer-Encoding: gzip"), 501, "not supported"),
    (
        request("POST", "/v1/x", "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
        400,
        "Content-Length or Transfer-Encoding, not both",
    ),
    (request("POST", "/v1/x", "Transfer-Encoding: chunked", body=b"zz\r\n\r\n"), 400, "Invalid chunk size"),
    (request("GET", "/health", *(f"X-{number}: {'y' * 1000}" for number in range(400))), 431, "exceeds max_header"),
    (request("GET", "/health", "X: " + "y" * 300_000), 431, "exceeds max_header"),
    (request("GET", "/v1/" + "y" * 300_000), 431, "exceeds max_header"),
    (request("GET", "/v1/a%00b"), 400, "must not contain NUL"),
    (request("GET", "/v1/\0"), 400, "must not contain NUL"),
    (request("GET", "/v1/%ff"), 400, "The path must be UTF-8"),
    (request("GET", "/v1/reasoningEngines?filter=%ff"), 400, "percent-encoded UTF-8"),
    (request("GET", "/v1/reasoningEngines?filter=%00"), 400, "filter"),
]


def test_a_malformed_request_is_answered_as_an_error(served: Served) -> None:
    for sent, code, says in MALFORMED:
        assert says in error_of(exchange(served, sent), code)["message"], sent[:80]
    assert exchange(served, HEALTH).status_code == 200


def test_a_path_that_leads_nowhere_is_not_found(caller: Caller) -> None:
    for target in (
        "/",
        "//",
        "/v1",
        "/v1/",
        "/v2/reasoningEngines",
        "/v1beta1/reasoningEngines/",
        "/v1beta1//reasoningEngines",
        "/v1beta1/projects/p/reasoningEngines",
        "/v1beta1/projects//locations/l/reasoningEngines",
        f"/v1beta1/{caller.engine}/",
        f"/v1beta1/{caller.engine}//memories",
        f"/v1beta1/{caller.engine}/memories/",
        f"/v1beta1/{caller.engine}/memories/a%2Fb",
        f"/v1beta1/{caller.engine}/memories/m/",
        f"/v1beta1/{caller.engine}/memories/m:explode",
        f"/v1beta1/{caller.engine}/memories:",
        f"/v1beta1/{caller.engine}/poems",
        f"/v1beta1/{caller.engine}/memories/m/revisions/1/2",
        "/v1beta1/" + "a/" * 5000,
        "/health/",
        "/%zz",
        "/../../etc/passwd",
        "*",
    ):
        error = error_of(exchange(caller.served, request("GET", target)), 404)
        assert error["message"].startswith("There is no method at"), target


def test_an_unknown_path_is_told_with_what_is_there(caller: Caller) -> None:
    for target, hint in (
        (f"/v1beta1/{caller.engine}/memories:search", ":batchCreate, :erase, :export, :generate"),
        (f"/v1beta1/{caller.engine}/scopes:search", "It has :waiting."),
        (f"/{caller.engine}/memories", f"such as /v1beta1/{caller.engine}/memories."),
    ):
        assert hint in error_of(exchange(caller.served, request("GET", target)), 404)["message"]


def test_a_method_that_a_path_does_not_take_is_named_with_those_that_it_does(caller: Caller) -> None:
    for path, allow in (
        ("/memories", "GET, POST"),
        ("/memories/m", "DELETE, GET, PATCH"),
        ("/memories:generate", "POST"),
        ("/memories/m:rollback", "POST"),
        ("/memories/m/revisions", "GET"),
        ("/operations/o", "DELETE, GET"),
    ):
        for method in ("PUT", "OPTIONS", "TRACE", "QUERY", "X" * 200):
            answer = exchange(caller.served, request(method, f"/v1beta1/{caller.engine}{path}"))
            assert error_of(answer, 405)["status"] == "UNIMPLEMENTED"
            assert answer.headers["allow"] == allow


def test_the_answer_to_a_head_has_no_body_and_the_connection_goes_on(served: Served) -> None:
    with connect(served) as connection:
        for target, code in (("/health", 405), ("/nowhere", 404)):
            connection.sendall(request("HEAD", target))
            answer = answer_on(connection, "HEAD")
            assert answer.status_code == code
            connection.sendall(HEALTH)
            assert answer_on(connection).json() == {"status": "ok"}


def test_a_connection_is_kept_through_good_and_refused_requests(caller: Caller) -> None:
    target = f"/v1beta1/{caller.engine}/memories"
    good = json.dumps({"fact": "I like tea", "scope": {"user_id": "u"}}).encode()
    with connect(caller.served) as connection:
        for body, code in ((good, 200), (b"{", 400), (b"\xff", 400), (good, 200), (b"[]", 400), (good, 200)):
            connection.sendall(request("POST", target, f"Content-Length: {len(body)}", body=body))
            assert answer_on(connection).status_code == code


def test_requests_sent_without_waiting_are_answered_in_order(served: Served) -> None:
    wanted = [200, 404, 200, 405, 200]
    sent = [HEALTH, request("GET", "/nowhere"), HEALTH, request("PUT", "/health"), HEALTH]
    found = b""
    with connect(served) as connection:
        connection.sendall(b"".join(sent))
        while found.count(b"HTTP/1.1 ") < len(sent):
            part = connection.recv(65_536)
            assert part, found
            found += part
    assert [int(answer[:3]) for answer in found.split(b"HTTP/1.1 ")[1:]] == wanted


def chunks(count: int) -> Iterator[bytes]:
    """Yield that many bytes of white space."""
    for start in range(0, count, 65_536):
        yield b" " * min(65_536, count - start)


@pytest.mark.parametrize("size", [MAX_BODY + 1, 3 * MAX_BODY])
def test_a_body_that_is_too_large_is_refused_in_an_answer_that_can_be_read(caller: Caller, size: int) -> None:
    before = caller.state()
    announced: Any = b" " * size
    for body in (announced, chunks(size)):
        error = error_of(caller.call("POST", "/memories", content=body), 413)
        assert error["message"] == f"The body is larger than {MAX_BODY} bytes, the most that is taken."
    head = request("POST", f"/v1beta1/{caller.engine}/memories", f"Content-Length: {10**15}")
    assert error_of(exchange(caller.served, head), 413)["status"] == "INVALID_ARGUMENT"
    assert caller.state() == before


def test_a_body_of_exactly_the_limit_is_taken(caller: Caller) -> None:
    body = json.dumps({"fact": "I like tea", "scope": {"user_id": "u"}}).encode().ljust(MAX_BODY)
    assert caller.ok("POST", "/memories", content=body)["response"]["fact"] == "I like tea"


def test_a_query_of_a_thousand_fields_is_refused(caller: Caller) -> None:
    error = caller.refused(400, "GET", "/memories", params={f"k{number}": "v" for number in range(1000)})
    assert "at most 100 fields" in error["message"]


def test_a_slow_client_is_served_and_keeps_nobody_waiting(caller: Caller) -> None:
    body = json.dumps({"fact": "I like tea", "scope": {"user_id": "u"}}).encode()
    sent = request("POST", f"/v1beta1/{caller.engine}/memories", f"Content-Length: {len(body)}", body=body)
    slow = [connect(caller.served) for _ in range(50)]  # more than the server has threads
    try:
        for position in range(0, len(sent), 40):
            for connection in slow:
                connection.sendall(sent[position : position + 40])
            assert caller.http.get("/health").status_code == 200
        assert [answer_on(connection).status_code for connection in slow] == [200] * 50
    finally:
        for connection in slow:
            connection.close()


def test_clients_that_hang_up_in_the_middle_do_no_harm(caller: Caller) -> None:
    before = caller.state()
    sent = request("POST", f"/v1beta1/{caller.engine}/memories", "Content-Length: 500", body=b'{"fact": "I like tea"')
    for end in (1, 20, len(sent) // 2, len(sent)):
        with connect(caller.served) as connection:
            connection.sendall(sent[:end])
    assert caller.ok("GET", "/memories") == {}
    assert caller.state() == before


def test_hostile_requests_do_not_stop_good_ones(caller: Caller) -> None:
    target = f"/v1beta1/{caller.engine}/memories"
    hostile = [
        b"\x00" * 1000 + b"\r\n\r\n",
        request("POST", target, f"Content-Length: {10**12}"),
        request("POST", target, "Content-Length: 9", body=b'{"a":[[[['),
        request("GET", f"{target}?filter=" + "(" * 3000),
        request("GET", f"{target}?pageToken=" + "A" * 5000),
        request("BREW", target),
        request("GET", "/" + "%2e%2e/" * 1000),
    ]
    stop = threading.Event()

    def attack(number: int) -> int:
        count = 0
        while not stop.is_set():
            answer = exchange(caller.served, hostile[(number + count) % len(hostile)])
            assert 400 <= answer.status_code < 500
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        attacks = [pool.submit(attack, number) for number in range(4)]
        try:
            for number in range(30):
                assert caller.memory(f"m{number}")["fact"] == "I like tea"
        finally:
            stop.set()
        assert all(future.result() > 0 for future in attacks)
    assert len(caller.ok("GET", "/memories")["memories"]) == 30


GZIPPED_TEA = gzip.compress(json.dumps({"fact": "I like tea", "scope": {"user_id": "u"}}).encode())


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip", "identity, gzip"])
def test_a_gzipped_body_is_read(caller: Caller, encoding: str) -> None:
    answer = caller.ok("POST", "/memories", content=GZIPPED_TEA, headers={"Content-Encoding": encoding})
    assert answer["response"]["fact"] == "I like tea"


def test_a_gzipped_body_of_two_members_is_read_as_one(caller: Caller) -> None:
    body = gzip.compress(b'{"fact": "I like tea",') + gzip.compress(b'"scope": {"user_id": "u"}}')
    assert caller.ok("POST", "/memories", content=body, headers={"Content-Encoding": "gzip"})["done"] is True


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{}", "not gzip data"),
        (GZIPPED_TEA[:-9], "ends before its gzip data does"),
        (GZIPPED_TEA[:20] + b"x" * 8 + GZIPPED_TEA[28:], "gzip data"),
        (GZIPPED_TEA + b"trailing", "gzip data"),
    ],
    ids=["no gzip", "cut off", "damaged", "trailing data"],
)
def test_a_body_that_is_not_the_gzip_it_claims_to_be_is_refused(caller: Caller, body: bytes, says: str) -> None:
    error = caller.refused(400, "POST", "/memories", content=body, headers={"Content-Encoding": "gzip"})
    assert says in error["message"]


@pytest.mark.parametrize("size", [MAX_BODY + 1, 40 * MAX_BODY])
def test_a_small_body_that_inflates_beyond_the_limit_is_refused(caller: Caller, size: int) -> None:
    body = gzip.compress(b" " * size)
    error = error_of(caller.call("POST", "/memories", content=body, headers={"Content-Encoding": "gzip"}), 413)
    assert error["message"] == f"The body is larger than {MAX_BODY} bytes, the most that is taken."


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "gzip, br"])
def test_another_encoding_of_a_body_is_refused_by_name(caller: Caller, encoding: str) -> None:
    answer = caller.call("POST", "/memories", content=GZIPPED_TEA, headers={"Content-Encoding": encoding})
    error = error_of(answer, 415)
    assert error["status"] == "INVALID_ARGUMENT"
    assert "must be gzip or identity" in error["message"]
