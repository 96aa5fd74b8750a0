"""Exports of this program: a head, an engine, its memories, its sessions, one on each line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from memorybank.client.transfer import FORMAT, VERSION, Record
from memorybank.commands.importers.files import Readable, lines_of, object_in
from memorybank.errors import FailedPrecondition, InvalidArgument, Violation

_RECORDS = ("memory", "session")


@dataclass(frozen=True)
class Head:
    """What an export holds: the engine's configuration, and how many records."""

    engine: dict[str, Any]
    records: int


def read_export(path: Readable) -> Head:
    """Read an export to its end and return what it holds; raise for the first line that is not of one."""
    engine: dict[str, Any] = {}
    count = 0
    for line, kind, body, _ in _objects(path):
        if kind == "engine":
            if engine:
                raise InvalidArgument.of(Violation(f"line {line}", "is a second engine: an export has one"))
            engine = body
        else:
            count += 1
    return Head(engine, count)


def records_of(path: Readable) -> Iterator[Record]:
    """Yield the memories and sessions of an export."""
    return (Record(kind, body, line, size) for line, kind, body, size in _objects(path) if kind in _RECORDS)


def _objects(path: Readable) -> Iterator[tuple[int, str, dict[str, Any], int]]:
    found = lines_of(path)
    number, text = next(found, (1, ""))
    head = object_in(text, line=number) if text.lstrip().startswith("{") else {}
    if head.get("format") != FORMAT:
        first = f'{{"kind": "head", "format": "{FORMAT}", "version": {VERSION}}}'
        right = f"is no export, whose first line is {first}; --from mem0, text, chatgpt or claude reads other files"
        raise InvalidArgument.of(Violation(str(path), right))
    if head.get("version") != VERSION:
        told = str(head.get("version"))[:40]
        raise FailedPrecondition(f"{path} has version {told} of the format, and this program reads {VERSION}: update")
    for line, each in found:
        body = object_in(each, line=line)
        kind = body.pop("kind", None)
        if kind != "engine" and kind not in _RECORDS:
            told = f"{kind!r:.60}"
            raise InvalidArgument.of(Violation(f"line {line}", f"kind {told} is none of engine, memory, session"))
        # Other characters take more bytes in a request than in the file.
        yield line, str(kind), body, len(each) if each.isascii() else 0
