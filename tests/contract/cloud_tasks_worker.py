"""A worker for the Cloud Tasks double: a small HTTP server that hands each delivery to a function of the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

Receiver = Callable[[Mapping[str, str], Mapping[str, Any]], None]
"""Takes the headers, by lower-case names, and the JSON of the body; when it raises, the answer is 500."""


class CloudTasksWorker(ThreadingHTTPServer):
    """Listens from the beginning and hands what arrives to `receiver` for as long as it is entered."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(("127.0.0.1", 0), _Posted)
        self.receiver = receiver
        self.url = f"http://127.0.0.1:{self.server_port}/tasks"
        self._thread = Thread(target=self.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Posted(BaseHTTPRequestHandler):
    server: CloudTasksWorker

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers["content-length"]))
        status = 204
        try:
            self.server.receiver(headers, json.loads(body))
        except Exception:  # noqa: BLE001  # whatever it is, the task is to be tried again
            status = 500
        self.send_response(status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        pass
