import io
import json
from typing import Any

import pytest
from gunicorn.http.errors import ChunkMissingTerminator, InvalidChunkSize, NoMoreData  # type: ignore[import-untyped]

from memorybank.aip.http import BodyTooLarge, Response, discard_body, json_response, request_from_environ, respond
from memorybank.errors import InvalidArgument


class Trickle(io.BytesIO):
    """A stream that hands out one byte at a time, as sockets may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 1))


def environ(**changes: Any) -> dict[str, Any]:
    return {"REQUEST_METHOD": "POST", "PATH_INFO": "/v1/x", "QUERY_STRING": "", "wsgi.input": io.BytesIO()} | changes


def test_a_request_is_read_whole() -> None:
    request = request_from_environ(
        environ(
            REQUEST_METHOD="patch",
            PATH_INFO="/v1/caf\u00c3\u00a9",  # "é" as the two bytes of UTF-8, each as a latin-1 character
            QUERY_STRING="updateMask=fact&a=1&a=2&empty=&filter=x+y%2B%C3%A9",
            CONTENT_LENGTH="3",
            CONTENT_TYPE="application/json",
            HTTP_X_GOOG_API_KEY="k",
            **{"wsgi.input": Trickle(b"abcdef")},
        ),
        max_body=10,
    )
    assert request.method == "PATCH"
    assert request.path == "/v1/caf\u00e9"
    assert request.query == [
        ("updateMask", "fact"),
        ("a", "1"),
        ("a", "2"),
        ("empty", ""),
        ("filter", "x y+\u00e9"),
    ]
    assert request.headers == {"content-length": "3", "content-type": "application/json", "x-goog-api-key": "k"}
    assert request.body == b"abc"


def test_a_request_without_any_length_has_no_body_and_the_stream_is_left_alone() -> None:
    stream = io.BytesIO(b"the next request")
    assert request_from_environ(environ(**{"wsgi.input": stream}), max_body=100).body == b""
    assert stream.tell() == 0


def test_an_empty_path_is_the_root() -> None:
    assert request_from_environ(environ(PATH_INFO=""), max_body=1).path == "/"


class Breaking(io.BytesIO):
    """A stream that gives what it has, and then fails as a server's own stream does."""

    def __init__(self, error: Exception) -> None:
        super().__init__(b"half")
        self.error = error

    def read(self, size: int | None = -1, /) -> bytes:
        if part := super().read(size):
            return part
        raise self.error


@pytest.mark.parametrize(
    "error",
    [InvalidChunkSize(b"zz"), ChunkMissingTerminator(b"x"), NoMoreData(), ConnectionResetError(), ValueError("closed")],
)
def test_a_body_that_cannot_be_read_is_the_senders_mistake(error: Exception) -> None:
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": Breaking(error)}
    with pytest.raises(InvalidArgument, match="its chunks are malformed, or it broke off"):
        request_from_environ(environ(**chunked), max_body=100)


def test_what_is_left_of_a_refused_body_need_not_be_readable() -> None:
    discard_body(environ(**{"wsgi.input": Breaking(InvalidChunkSize(b"zz"))}))


@pytest.mark.parametrize("length", ["11", "00011", "9" * 5000])
def test_a_body_announced_as_too_large_is_refused_unread(length: str) -> None:
    stream = io.BytesIO(b"x" * 11)
    with pytest.raises(BodyTooLarge):
        request_from_environ(environ(CONTENT_LENGTH=length, **{"wsgi.input": stream}), max_body=10)
    assert stream.tell() == 0


def test_leading_zeros_of_a_length_mean_nothing() -> None:
    body = request_from_environ(
        environ(CONTENT_LENGTH="0000010", **{"wsgi.input": Trickle(b"x" * 10)}), max_body=10
    ).body
    assert body == b"x" * 10


@pytest.mark.parametrize("size", [0, 10])
@pytest.mark.parametrize("marks", [{"HTTP_TRANSFER_ENCODING": "Chunked"}, {"wsgi.input_terminated": True}])
def test_a_chunked_body_is_read_to_its_end(size: int, marks: dict[str, Any]) -> None:
    request = request_from_environ(environ(**{"wsgi.input": Trickle(b"x" * size)}, **marks), max_body=10)
    assert request.body == b"x" * size


def test_a_chunked_body_that_grows_too_large_is_refused_without_reading_on() -> None:
    stream = io.BytesIO(b"x" * 1000)
    with pytest.raises(BodyTooLarge):
        request_from_environ(environ(HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": stream}), max_body=10)
    assert stream.tell() == 11


@pytest.mark.parametrize("length", ["-1", "x", "1.5", "+3", "\u0663", "1_0", " 3"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(InvalidArgument, match="Content-Length"):
        request_from_environ(environ(CONTENT_LENGTH=length), max_body=10)


def test_a_body_that_ends_early_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="after 2 of the 3 bytes"):
        request_from_environ(environ(CONTENT_LENGTH="3", **{"wsgi.input": io.BytesIO(b"ab")}), max_body=10)


@pytest.mark.parametrize(
    "changes",
    [
        {"PATH_INFO": "/\xff"},
        {"PATH_INFO": "/a\0b"},
        {"QUERY_STRING": "a=%ff"},
        {"QUERY_STRING": "a=\xff"},
        {"QUERY_STRING": "a=1&" * 200},
    ],
)
def test_paths_and_queries_that_are_not_text_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(InvalidArgument):
        request_from_environ(environ(**changes), max_body=10)


def test_a_response_is_handed_over_with_its_length() -> None:
    started: list[Any] = []
    body = b"".join(respond(json_response({"a": "\u00e9"}, 404), lambda *said: started.append(said)))
    assert body == b'{"a":"\xc3\xa9"}'
    assert started == [
        ("404 Not Found", [("Content-Type", "application/json; charset=UTF-8"), ("Content-Length", str(len(body)))])
    ]


@pytest.mark.parametrize("status", [499, 299])
def test_unusual_statuses_have_a_reason_too(status: int) -> None:
    started: list[str] = []
    respond(Response(status, b""), lambda status_line, _headers: started.append(status_line))
    number, _, reason = started[0].partition(" ")
    assert number == str(status)
    assert reason


def test_a_lone_surrogate_still_makes_a_json_response() -> None:
    assert json.loads(json_response({"a": "\ud800"}).body) == {"a": "\ud800"}


def test_not_a_number_is_never_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_response({"a": float("nan")})
