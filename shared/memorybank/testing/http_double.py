"""The server that HTTP doubles are: threads on a free port, for the length of a `with` block."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self


class HttpDouble(ThreadingHTTPServer):
    """Serves at `url` and `host` (with its port) while it is entered; it listens from the beginning."""

    daemon_threads = True
    request_queue_size = 128
    """Many clients connect at once; with the default of 5, some would wait a second."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], *, listen: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        super().__init__(listen, handler)
        self.host = f"127.0.0.1:{self.server_port}"
        self._thread = Thread(target=self.serve_forever, args=(0.01,), name=type(self).__name__)

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://{self.host}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up, as those that time out do."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class DoubleHandler(BaseHTTPRequestHandler):
    """Answers requests without a word on the terminal."""

    def answer(self, body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Keep quiet."""
