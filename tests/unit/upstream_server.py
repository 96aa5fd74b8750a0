"""A function as the router sees it: an HTTP server that does what each test tells it to, and remembers all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition
from typing import Any

from memorybank.testing.http_double import DoubleHandler, HttpDouble
from tests.waiting import PATIENCE


@dataclass(frozen=True)
class Seen:
    """One request; the names of `headers` are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class UpstreamServer(HttpDouble):
    """Serves at `url` while it is entered; `answer` writes each answer and may read the body itself before."""

    def __init__(self, answer: Callable[[Any], None] | None = None) -> None:
        super().__init__(_Asked)
        self.answer = answer or (lambda handler: handler.reply())
        self.seen: list[Seen] = []
        self.connections = 0
        self._ended = Condition()
        self._ends = 0

    def shutdown_request(self, request: Any) -> None:
        """Count connections when they have ended."""
        super().shutdown_request(request)
        with self._ended:
            self._ends += 1
            self._ended.notify_all()

    def wait_ended(self, connections: int) -> bool:
        """Wait until so many connections have ended; say whether they have."""
        with self._ended:
            return self._ended.wait_for(lambda: self._ends >= connections, timeout=PATIENCE)


class _Asked(DoubleHandler):
    protocol_version = "HTTP/1.1"
    server: UpstreamServer

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def reply(self, body: bytes = b'{"a":1}', *, status: int = 200, length: int | None = None) -> None:
        """Read the request to its end, remember it, and answer."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append(Seen(self.command, self.path, headers, self.read_body()))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("X-Odd", "kept")
        self.end_headers()
        self.wfile.write(body)

    def read_body(self) -> bytes:
        """Read the body, in chunks if it comes so."""
        if self.headers["Transfer-Encoding"] != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"] or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def do_GET(self) -> None:
        self.server.answer(self)

    def do_POST(self) -> None:
        self.server.answer(self)
