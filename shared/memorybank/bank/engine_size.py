"""How large an engine may be: it is one document of the store, and its operation's response is one field of another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from memorybank.errors import InvalidArgument, Violation

MAX_ENGINE = 900_000
"""Firestore's limit is 1,048,487 bytes for a field and a little more for a document, which has other fields, too."""

_NUMBER = 8


def check_size(engine: Mapping[str, Any]) -> None:
    """Raise `InvalidArgument`, naming the largest field, if an engine as it is on the wire is too large to be kept."""
    size = max(_bytes(engine), len(json.dumps(engine, ensure_ascii=False).encode()))
    if size > MAX_ENGINE:
        says = f"makes the engine {size} bytes large; the limit is {MAX_ENGINE}: shorten it"
        raise InvalidArgument.of(Violation(_largest(engine), says))


def _largest(engine: Mapping[str, Any]) -> str:
    """Return the path of the smallest field that has most of the bytes."""
    path: list[str] = []
    value: Any = engine
    while isinstance(value, Mapping) and value:
        key = max(value, key=lambda each: _bytes(value[each]))
        if path and 2 * _bytes(value[key]) < _bytes(value):
            break
        path.append(key)
        value = value[key]
    return ".".join(path)


def _bytes(value: Any) -> int:
    """Return about how many bytes a value takes in Firestore (https://firebase.google.com/docs/firestore/storage-size)."""
    match value:
        case str():
            return len(value.encode(errors="replace")) + 1
        case Mapping():
            return sum(_bytes(key) + _bytes(each) for key, each in value.items())
        case list():
            return sum(map(_bytes, value))
        case bool() | None:
            return 1
        case _:
            return _NUMBER
