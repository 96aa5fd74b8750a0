"""Calls to a bank in this process, as a client makes them over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

from memorybank.aip.http import Request, Response
from memorybank.client.transport import Answer

Handle: TypeAlias = Callable[[Request], Response]
"""What `memorybank.aip.entry.Application.handle` is."""

URL = "http://in-process"
"""The URL of a client whose requests do not leave the process; errors do not show it."""


class InProcess:
    """Exchanges requests with an application in this process."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def __call__(
        self, url: str, method: str, path: str, *, body: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> Answer:
        """Answer a request; `url` and `timeout` are for exchanges over a network."""
        del url, timeout
        target = urlsplit(path)
        response = self._handle(
            Request(
                method=method,
                path=unquote(target.path),
                query=parse_qsl(target.query, keep_blank_values=True),
                headers={name.lower(): value for name, value in headers.items()},
                body=body or b"",
            )
        )
        return Answer(response.status, response.body)
