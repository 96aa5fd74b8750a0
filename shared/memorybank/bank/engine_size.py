"""How large an engine may be: it is one document of the store, and its operation's response is one field of another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from memorybank.errors import InvalidArgument, Violation
from memorybank.ports.sizes import size_of_value

MAX_ENGINE = 900_000
"""Firestore's limit is 1,048,487 bytes for a field and a little more for a document, which has other fields, too."""


def check_size(engine: Mapping[str, Any]) -> None:
    """Raise `InvalidArgument`, naming the largest field, if an engine as it is on the wire is too large to be kept."""
    size = max(size_of_value(engine), len(json.dumps(engine, ensure_ascii=False).encode()))
    if size > MAX_ENGINE:
        says = f"makes the engine {size} bytes large; the limit is {MAX_ENGINE}: shorten it"
        raise InvalidArgument.of(Violation(_largest(engine), says))


def _largest(engine: Mapping[str, Any]) -> str:
    """Return the path of the smallest field that has most of the bytes."""
    path: list[str] = []
    value: Any = engine
    while isinstance(value, Mapping) and value:
        key = max(value, key=lambda each: size_of_value(value[each]))
        if path and 2 * size_of_value(value[key]) < size_of_value(value):
            break
        path.append(key)
        value = value[key]
    return ".".join(path)
