"""The floor of a round trip: the bank's own HTTP server around an application that does nothing.

Run as a program with two arguments: the JSON that answers every GET, and the JSON that answers everything else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self, cast

from memorybank.local.bank import Bank
from memorybank.local.server import LocalServer


class _Constant:
    """Stands where a bank stands, so that the server is set up to the letter as it is for a bank."""

    def __init__(self, get: bytes, other: bytes) -> None:
        self._get, self._other = get, other

    def application(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        body = self._get if environ["REQUEST_METHOD"] == "GET" else self._other
        headers = [("Content-Type", "application/json; charset=UTF-8"), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""


def main() -> None:
    """Serve until the process is ended."""
    get, other = map(os.fsencode, sys.argv[1:])
    server = LocalServer(cast(Bank, _Constant(get, other)))  # it asks no more of a bank than this
    print(server.url, flush=True)
    server.run()


if __name__ == "__main__":
    main()
