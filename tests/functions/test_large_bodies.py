"""Bodies over the limit: a client that writes everything before it reads gets its 413, too."""

from __future__ import annotations

import http.client
import io
import json
import pathlib
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from memorybank.config import MAX_BODY, Settings
from memorybank.local import http_server
from memorybank.local.bank import Bank
from memorybank.local.server import LocalServer
from tests.conftest import patient_adapters
from tests.waiting import PATIENCE, until

MB = 1024 * 1024
_PIECE = b" " * MB
PATH = "/v1beta1/reasoningEngines"

Send = Callable[[LocalServer, int, bool], tuple[int, Any]]


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    """Serve a bank in memory."""
    settings = Settings(data=":memory:", embeddings="offline")
    with LocalServer(Bank(settings, patient_adapters(settings))) as serving:
        yield serving


def _pieces(size: int) -> Iterator[bytes]:
    for start in range(0, size, MB):
        yield _PIECE[: min(MB, size - start)]


def _head(size: int, *, chunked: bool) -> bytes:
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    return f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n\r\n".encode()


def connect(server: LocalServer) -> socket.socket:
    """Open a connection to the bank."""
    url = urlsplit(server.url)
    return socket.create_connection((url.hostname, url.port or 80), timeout=PATIENCE)


def by_raw_socket(server: LocalServer, size: int, chunked: bool) -> tuple[int, Any]:  # noqa: FBT001 - one of a table
    """Send head and body to their last byte, and only then begin to read, to the end of the connection."""
    with connect(server) as connection:
        connection.sendall(_head(size, chunked=chunked))
        for piece in _pieces(size):
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            connection.sendall(b"0\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def by_http_client(server: LocalServer, size: int, chunked: bool) -> tuple[int, Any]:  # noqa: FBT001 - as above
    """Send with the standard library."""
    url = urlsplit(server.url)
    with closing(http.client.HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE)) as connection:
        headers = {} if chunked else {"Content-Length": str(size)}
        connection.request("POST", PATH, _pieces(size), headers, encode_chunked=chunked)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def by_requests(server: LocalServer, size: int, chunked: bool) -> tuple[int, Any]:  # noqa: FBT001 - as above
    """Send with requests, as google-auth does."""
    body = _pieces(size) if chunked else b" " * size
    answer = requests.post(f"{server.url}{PATH}", data=body, timeout=PATIENCE)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
@pytest.mark.parametrize("size", [MAX_BODY + 1, 9 * MB, 100 * MB], ids=["limit", "9MB", "100MB"])
@pytest.mark.parametrize("send", [by_raw_socket, by_http_client, by_requests])
def test_a_body_over_the_limit_is_answered_to_whoever_writes_it_first(
    server: LocalServer, send: Send, size: int, *, chunked: bool
) -> None:
    status, answer = send(server, size, chunked)
    assert (status, answer["error"]["status"]) == (413, "INVALID_ARGUMENT")


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory where Linux keeps it")
def test_the_memory_of_the_server_does_not_grow_with_what_it_discards(server: LocalServer) -> None:
    def peak() -> int:
        with pathlib.Path("/proc/self/status").open(encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024

    by_raw_socket(server, 9 * MB, chunked=True)
    with pathlib.Path("/proc/self/clear_refs").open("w", encoding="ascii") as reset:
        reset.write("5")  # the peak is counted from here on
    before = peak()
    for chunked in (False, True):
        by_raw_socket(server, 100 * MB, chunked)
    assert peak() - before < 24 * MB


def test_what_is_discarded_is_bounded(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "_MOST_DISCARDED", MB)
    with connect(server) as connection:
        connection.sendall(_head(10**12, chunked=False))
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            connection.sendall(b" " * 64 * MB)  # more than the systems on both sides buffer


def test_a_connection_whose_data_is_discarded_counts_as_idle(server: LocalServer) -> None:
    with connect(server) as connection:
        connection.sendall(_head(10**12, chunked=False))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413")
        port = connection.getsockname()[1]
        [channel] = [each for each in server._server.active_channels.values() if each.addr[1] == port]  # noqa: SLF001 - a test
        # The answer can arrive before the server has noted its end, and before the thread that made it is done.
        until(lambda: channel.discarded == 0 and server._server.task_dispatcher.active_count == 0)  # noqa: SLF001 - as above
        before = channel.last_activity
        for count in range(1, 4):
            connection.sendall(_PIECE)
            wanted = count * MB
            until(lambda: (channel.discarded or 0) >= wanted or None)  # noqa: B023 - called at once
        assert channel.last_activity == before


def test_a_client_that_waits_to_be_asked_for_its_body_is_refused_unasked(server: LocalServer) -> None:
    head = _head(9 * MB, chunked=False).replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
    with connect(server) as connection:
        connection.sendall(head)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413")


def test_others_are_served_while_a_body_is_discarded(server: LocalServer) -> None:
    with connect(server) as connection:
        connection.sendall(_head(10**12, chunked=False))
        for _ in range(5):
            connection.sendall(_PIECE)
            assert requests.get(f"{server.url}/health", timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize("announced", [True, False])
def test_behind_another_server_the_body_is_read_to_its_end_too(announced: bool) -> None:  # noqa: FBT001 - a case
    stream = io.BytesIO(b" " * (MAX_BODY + 2 * MB))
    length = {"CONTENT_LENGTH": str(MAX_BODY + 2 * MB)} if announced else {"HTTP_TRANSFER_ENCODING": "chunked"}
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": PATH, "wsgi.input": stream, **length}
    settings, told = Settings(data=":memory:", embeddings="offline"), []
    with Bank(settings, patient_adapters(settings)) as bank:
        b"".join(bank.application(environ, lambda status, _: told.append(status)))
    assert told == ["413 Request Entity Too Large"]
    assert stream.tell() == MAX_BODY + 2 * MB
