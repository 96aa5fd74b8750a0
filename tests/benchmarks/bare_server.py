"""What calls cost at least: the bank's own HTTP server around handlers that do no more than they must.

Run as a program with two arguments, the JSON that answers every GET and the JSON that answers everything else, it does
nothing. With a third one, the path of a bank's data file, it commits to a new file before each of the latter what that
file holds of memories, revisions and operations: what a create writes, if there was one.

With the path of a bank's data file alone, it reads that: a GET is answered with the row that its path names, as it is
stored, and everything else with the rows of the three memories nearest to the query, by vectors held in memory.
"""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self, TypeAlias, cast

import numpy as np

from memorybank.local.bank import Bank
from memorybank.local.server import LocalServer
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.documents import Create
from memorybank.ports.models import Purpose
from memorybank.resources.operation_kinds import CREATE_ENGINE
from memorybank.storage.sqlite import SqliteStore

Handler: TypeAlias = Callable[[str, str, bytes], bytes]
"""Returns the body of the answer to a request: its method, path and body."""

_NEAREST = 3


class _Bare:
    """Stands where a bank stands, so that the server is set up to the letter as it is for a bank."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def application(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        body = self._handler(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["wsgi.input"].read())
        headers = [("Content-Type", "application/json; charset=UTF-8"), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""


def _constant(get: str, other: str, *, write: Callable[[], object]) -> Handler:
    answers = os.fsencode(get), os.fsencode(other)

    def handle(method: str, path: str, body: bytes) -> bytes:
        del path, body
        if method == "GET":
            return answers[0]
        write()
        return answers[1]

    return handle


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


class _Rows(threading.local):
    """Reads rows by primary key; each thread has a connection of its own."""

    def __init__(self, file: str) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)

    def read(self, path: str) -> str:
        text: str = self._connection.execute("SELECT data FROM documents WHERE path = ?", (path,)).fetchone()[0]
        return text


def _reading(file: str) -> Handler:
    rows, embedder = _Rows(file), OfflineEmbedder()
    paths, vectors = _vectors(file)

    def nearest(body: bytes) -> str:
        [query] = embedder.embed(
            [json.loads(body)["similaritySearchParams"]["searchQuery"]], purpose=Purpose.QUERY, model=None
        )
        products = vectors @ np.array(query.values, np.float32)  # of unit vectors the nearest have the largest
        picked = np.argpartition(products, -_NEAREST)[-_NEAREST:]
        ordered = picked[np.argsort(-products[picked])]
        distances = np.sqrt(np.maximum(0, 2 - 2 * products[ordered])).tolist()
        found = [
            f'{{"memory":{rows.read(paths[index])},"distance":{distance}}}'
            for index, distance in zip(ordered.tolist(), distances, strict=True)
        ]
        return f'{{"retrievedMemories":[{",".join(found)}]}}'

    def handle(method: str, path: str, body: bytes) -> bytes:
        if method != "GET":
            return nearest(body).encode()
        _, _, _, project, _, location, _, engine, *rest = path.split("/")
        return rows.read(f"engines/{project}:{location}:{engine}/{'/'.join(rest)}").encode()

    return handle


def _vectors(file: str) -> tuple[list[str], np.ndarray[Any, np.dtype[np.float32]]]:
    """Return the paths of all memories, and their vectors in the same order."""
    connection = sqlite3.connect(file)
    found = connection.execute("SELECT path, value FROM vectors WHERE field = 'embedding' ORDER BY id").fetchall()
    connection.close()
    packed = b"".join(value for _, value in found)
    return [path for path, _ in found], np.frombuffer(packed, dtype="<f4").reshape(len(found), -1)


def _handler(*arguments: str) -> Handler:
    if len(arguments) == 1:
        return _reading(*arguments)
    get, other, *file = arguments
    return _constant(get, other, write=_again(*file) if file else lambda: None)


def main() -> None:
    """Serve until the process is ended."""
    # It asks no more of a bank than this.
    server = LocalServer(cast(Bank, _Bare(_handler(*sys.argv[1:]))))
    print(server.url, flush=True)
    server.run()


if __name__ == "__main__":
    main()
