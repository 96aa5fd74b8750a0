"""What the doubles of models' APIs share: replies from a script or a brain, over real HTTP."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from memorybank.testing.gemini.brain import offline
from memorybank.testing.gemini.requests import Asked
from memorybank.testing.http_double import DoubleHandler, HttpDouble

_Asked = TypeVar("_Asked", bound=Asked)


@dataclass(frozen=True)
class Reply:
    """A reply: a body (JSON, or any text), a status and headers; sent after `delay` seconds.

    `hang_up` closes the connection instead of answering.
    """

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    hang_up: bool = False


class ScriptedServer(HttpDouble, ABC, Generic[_Asked]):
    """Serves inside a `with` block: a request that is not refused gets the next reply of `script`, else the usual one.

    `asked` holds all requests in order of arrival, `accepted` those that were not refused by their form.
    """

    def __init__(self, brain: Callable[[Asked], Any] = offline) -> None:
        super().__init__(_Handler)
        self.brain = brain
        self.script: deque[Reply] = deque()
        self.asked: list[_Asked] = []
        self.accepted: list[_Asked] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def __exit__(self, *exception: object) -> None:
        self._stopping.set()
        super().__exit__(*exception)

    def receive(self, path: str, headers: Mapping[str, str], body: Any) -> Reply:
        """Return the reply to a request; headers' names are in lower case."""
        asked = self._read(path, headers, body)
        return self._unknown() if asked is None else self.answer(asked)

    def answer(self, asked: _Asked) -> Reply:
        """Return the reply, after the scripted delay; closing the server ends the wait."""
        with self._lock:
            self.asked.append(asked)
            reply = self._refusal(asked)
            if reply is None:
                self.accepted.append(asked)
                reply = self.script.popleft() if self.script else None
        if reply is None:
            reply = self._usual(asked)
        if reply.delay:
            self._stopping.wait(reply.delay)
        return self._in_its_manner(asked, reply)

    @abstractmethod
    def _read(self, path: str, headers: Mapping[str, str], body: Any) -> _Asked | None:
        """Return the request, or None if the API has no such path."""

    @abstractmethod
    def _unknown(self) -> Reply:
        """Return the reply to a path that the API does not have."""

    @abstractmethod
    def _refusal(self, asked: _Asked) -> Reply | None:
        """Return how the API refuses a request because of its form."""

    @abstractmethod
    def _usual(self, asked: _Asked) -> Reply:
        """Return the reply of a server that has no script."""

    def _in_its_manner(self, asked: _Asked, reply: Reply) -> Reply:
        """Return a reply in the form that was asked for."""
        del asked
        return reply


class _Handler(DoubleHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: ScriptedServer[Any]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.receive(self.path, headers, body)
        if reply.hang_up:
            self.close_connection = True
            return
        data = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
        self.answer(data, status=reply.status, headers={"Content-Type": "application/json", **reply.headers})
