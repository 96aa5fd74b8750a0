"""Requests and responses as plain values, read from and written to WSGI."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from typing import IO, Any, NamedTuple
from urllib.parse import parse_qsl

from memorybank.errors import InvalidArgument

_CHUNK = 64 * 1024
_MAX_QUERY_FIELDS = 100
_MOST_DISCARDED = 64 * 1024 * 1024
"""Bytes of a refused body that are read and dropped; Cloud Run itself takes 32 MiB in one HTTP/1 request."""

JSON = (("Content-Type", "application/json; charset=UTF-8"),)
"""The headers of an answer in JSON."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

_LINES = {
    status: f"{status} {phrase}"
    for status, phrase in ((499, "Client Closed Request"), *((each.value, each.phrase) for each in HTTPStatus))
}


class BodyTooLarge(InvalidArgument):
    """The request's body is larger than this server takes; rendered as HTTP 413."""


class UnsupportedEncoding(InvalidArgument):
    """The request's body is compressed in a way that this server does not read; rendered as HTTP 415."""


class Request(NamedTuple):
    """One HTTP request.

    `path` is percent-decoded; `query` has the pairs of the query string in order; the keys of `headers` are lower case.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes


class Response(NamedTuple):
    """One HTTP response; `respond` adds Content-Length."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def json_response(payload: object, status: int = 200) -> Response:
    """Render a JSON value, which must hold no NaN or infinity."""
    # A lone surrogate cannot be written in UTF-8; its backslash form is a valid JSON escape.
    return Response(status, _encode(payload).encode("utf-8", "backslashreplace"), JSON)


class Body(NamedTuple):
    """The unread body of a request: its length if it was announced, and its parts, which may be read once only."""

    length: int | None
    parts: Iterable[bytes]


def request_from_environ(environ: Mapping[str, Any], max_body: int) -> Request:
    """Read a request from a WSGI environment, with a body of at most `max_body` bytes.

    Raises `BodyTooLarge`, and `InvalidArgument` for a request that is not well-formed.
    """
    path = path_of(environ)
    query = environ.get("QUERY_STRING", "")
    pairs = _pairs(query) if query else ()
    body = b"".join(body_of(environ, max_body).parts)
    if body:
        body = _decoded(body, environ.get("HTTP_CONTENT_ENCODING", ""), max_body)
    return Request(environ["REQUEST_METHOD"].upper(), path, pairs, _Headers(environ), body)


def _pairs(query: str) -> list[tuple[str, str]]:
    text = _text(query, what="query string")
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_QUERY_FIELDS)
    except ValueError as error:
        raise InvalidArgument(
            f"The query string must be percent-encoded UTF-8 of at most {_MAX_QUERY_FIELDS} fields."
        ) from error


def path_of(environ: Mapping[str, Any]) -> str:
    """Return the percent-decoded path of a request, `/` if it is empty."""
    return _text(environ.get("PATH_INFO", ""), what="path") or "/"


class _Headers(Mapping[str, str]):
    """The headers of a request by their names in lower case, looked up where the server keeps them.

    Most requests are asked for a few of them, and copying all would take longer.
    """

    __slots__ = ("_environ",)

    def __init__(self, environ: Mapping[str, Any]) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        value: str | None = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def get(self, name: str, default: Any = None) -> Any:
        key = _key_of(name)
        value = self._environ.get(key)
        if key in _BARE:  # an empty one stands for none
            value = self._environ.get(_BARE[key]) or value
        return default if value is None else value

    def __iter__(self) -> Iterator[str]:
        return iter(headers_of(self._environ))

    def __len__(self) -> int:
        return len(headers_of(self._environ))


_BARE = {"HTTP_CONTENT_TYPE": "CONTENT_TYPE", "HTTP_CONTENT_LENGTH": "CONTENT_LENGTH"}
"""Two headers lack the prefix of the others."""


@lru_cache(maxsize=256)
def _key_of(name: str) -> str:
    return f"HTTP_{name.replace('-', '_').upper()}"


def headers_of(environ: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of a request by their names in lower case."""
    headers = {
        key.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers[key.replace("_", "-").lower()] = str(environ[key])
    return headers


def body_of(environ: Mapping[str, Any], max_body: int) -> Body:
    """Return the body of a request; refuse one larger than `max_body` as soon as that is known.

    Raises `BodyTooLarge` and `InvalidArgument`, even while the parts are read.
    """
    declared = str(environ.get("CONTENT_LENGTH") or "")
    if declared and environ.get("HTTP_TRANSFER_ENCODING"):
        # Two servers in a row could disagree on where such a body ends: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
        raise InvalidArgument("Send Content-Length or Transfer-Encoding, not both.")
    if not declared:
        return _body_of_unknown_length(environ, max_body)
    if not (declared.isascii() and declared.isdecimal()):
        raise InvalidArgument(f"Content-Length must be a number of bytes, not {declared[:40]!r}.")
    digits = declared.lstrip("0") or "0"
    # Counted before converted: Python refuses to convert numbers of thousands of digits.
    if len(digits) > len(str(max_body)) or int(digits) > max_body:
        raise _too_large(max_body)
    return Body(int(digits), _exactly(environ["wsgi.input"], int(digits)))


def discard_body(environ: Mapping[str, Any]) -> None:
    """Read what is left of a refused body, up to a bound: many clients read the answer only after they wrote it all."""
    with suppress(InvalidArgument):  # the client has gone, or sends something else than it announced
        for _ in _parts(environ["wsgi.input"], _MOST_DISCARDED):
            pass


def respond(response: Response, start_response: Callable[..., object], *, head: bool = False) -> Iterable[bytes]:
    """Pass a response to a WSGI server; an answer to HEAD has no body, which would be read as the next answer."""
    status, body, headers = response
    start_response(_LINES.get(status) or f"{status} Unknown", [*headers, ("Content-Length", str(len(body)))])
    return [] if head else [body]


def _decoded(body: bytes, encoding: str, max_body: int) -> bytes:
    """Return the decompressed body; gzip is the only encoding that is supported.

    It is inflated up to `max_body` only: a small body may expand to a huge one.
    """
    encodings = [name.strip().lower() for name in encoding.split(",") if name.strip().lower() not in ("", "identity")]
    if not body or not encodings:
        return body
    if encodings not in (["gzip"], ["x-gzip"]):
        raise UnsupportedEncoding(f"Content-Encoding must be gzip or identity, not {encoding[:40]!r}.")
    found: list[bytes] = []
    room = max_body + 1
    try:
        while body and room > 0:  # a gzip file may have several members, one after the other
            member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            found.append(member.decompress(body, room))
            room -= len(found[-1])
            if not member.eof and room > 0:
                raise InvalidArgument("The body ends before its gzip data does.")
            body = member.unused_data
    except zlib.error as error:
        raise InvalidArgument("The body is not gzip data, as Content-Encoding says.") from error
    if room <= 0:
        raise _too_large(max_body)
    return b"".join(found)


def _text(raw: str, *, what: str) -> str:
    """Decode a WSGI string (PEP 3333), which carries bytes as latin-1."""
    try:
        text = raw.encode("latin-1").decode("utf-8")
    except UnicodeError as error:
        raise InvalidArgument(f"The {what} must be UTF-8.") from error
    if "\0" in text:
        raise InvalidArgument(f"The {what} must not contain NUL characters.")
    return text


def _body_of_unknown_length(environ: Mapping[str, Any], max_body: int) -> Body:
    # Reading is safe only where the server ends the stream; elsewhere it could block for ever.
    if environ.get("wsgi.input_terminated") or "chunked" in str(environ.get("HTTP_TRANSFER_ENCODING", "")).lower():
        return Body(None, _at_most(environ["wsgi.input"], max_body))
    return Body(0, ())


def _exactly(stream: IO[bytes], length: int) -> Iterator[bytes]:
    read = 0
    for part in _parts(stream, length):
        read += len(part)
        yield part
    if read < length:
        raise InvalidArgument(f"The body ended after {read} of the {length} bytes that Content-Length announced.")


def _at_most(stream: IO[bytes], limit: int) -> Iterator[bytes]:
    read = 0
    for part in _parts(stream, limit + 1):
        read += len(part)
        if read > limit:
            raise _too_large(limit)
        yield part


def _parts(stream: IO[bytes], room: int) -> Iterator[bytes]:
    """Yield at most `room` bytes, or fewer if the stream ends first. Raises `InvalidArgument` if it cannot be read."""
    while room:
        try:
            part = stream.read(min(room, _CHUNK))
        except Exception as error:  # each server has its own for chunks that are malformed and clients that have gone
            raise InvalidArgument("The body cannot be read: its chunks are malformed, or it broke off.") from error
        if not part:
            return
        yield part
        room -= len(part)


def _too_large(max_body: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body is larger than {max_body} bytes, the most that is taken.")
