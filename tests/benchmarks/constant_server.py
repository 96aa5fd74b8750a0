"""The floor of a round trip: the bank's own HTTP server around an application that does nothing.

Run as a program with two arguments: the JSON that answers every GET, and the JSON that answers everything else. With
a third one, the path of a bank's data file, it commits to a new file before each of the latter what that file holds of
memories, revisions and operations: what a create writes, if there was one.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self, cast

from memorybank.local.bank import Bank
from memorybank.local.server import LocalServer
from memorybank.ports.documents import Create
from memorybank.resources.operation_kinds import CREATE_ENGINE
from memorybank.storage.sqlite import SqliteStore


class _Constant:
    """Stands where a bank stands, so that the server is set up to the letter as it is for a bank."""

    def __init__(self, get: bytes, other: bytes, *, write: Callable[[], object]) -> None:
        self._get, self._other, self._write = get, other, write

    def application(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        body = self._get
        if environ["REQUEST_METHOD"] != "GET":
            self._write()
            body = self._other
        headers = [("Content-Type", "application/json; charset=UTF-8"), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""


def _again(file: str) -> Callable[[], object]:
    """Return what commits the documents of a bank's create once more, under new ids."""
    source, target, numbers = SqliteStore(file), SqliteStore(f"{file}.bare"), itertools.count()
    paths = [path for path in source.below("engines", limit=100) if path.count("/") > 1]
    read = [document for document in source.get_many(paths) if document is not None]
    found = [document for document in read if document.data.get("kind") != CREATE_ENGINE.name]

    def commit() -> object:
        number = next(numbers)
        return target.commit([Create(_renamed(each.path, number), each.data) for each in found])

    return commit


def _renamed(path: str, number: int) -> str:
    engines, engine, collection, identifier, *rest = path.split("/")
    return "/".join([engines, engine, collection, f"{identifier}{number}", *rest])


def main() -> None:
    """Serve until the process is ended."""
    get, other, *file = sys.argv[1:]
    write = _again(*file) if file else lambda: None
    # It asks no more of a bank than this.
    server = LocalServer(cast(Bank, _Constant(os.fsencode(get), os.fsencode(other), write=write)))
    print(server.url, flush=True)
    server.run()


if __name__ == "__main__":
    main()
