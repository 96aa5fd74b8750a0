"""A worker for the Cloud Tasks double: a small HTTP server that hands each delivery to a function of the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from memorybank.testing.http_double import DoubleHandler, HttpDouble

Receiver = Callable[[Mapping[str, str], Mapping[str, Any]], None]
"""Takes the headers, by lower-case names, and the JSON of the body; when it raises, the answer is 500."""


class CloudTasksWorker(HttpDouble):
    """Listens from the beginning and hands what arrives to `receiver` for as long as it is entered."""

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(_Posted)
        self.receiver = receiver

    @property
    def url(self) -> str:
        """The address that deliveries are posted to."""
        return f"{super().url}/tasks"


class _Posted(DoubleHandler):
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
