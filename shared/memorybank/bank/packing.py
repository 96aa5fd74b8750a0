"""How an operation keeps many changes and a large response: compressed, where its document might have no room for them.

Names that differ in a few digits take a fifth of their size that way.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from memorybank.ports.documents import Data
from memorybank.ports.sizes import MAX_DOCUMENT

CHANGE_SIZE = 1000
"""The most bytes that a change of a memory has in its operation: in the response, and for an undo."""

_MOST_LISTED, _PACKED_SIZE = 500, 250
"""More changes than these are packed, and have at most so many bytes each."""

_LARGEST_TEXT = 200_000
"""The most characters of a response that is stored as text."""


def size_of_changes(count: int) -> int:
    """Return how many bytes so many changes have in their operation, rounded up."""
    size = CHANGE_SIZE * count if count <= _MOST_LISTED else _PACKED_SIZE * count
    return min(size, MAX_DOCUMENT)


def stored_changes(changes: Sequence[Data]) -> list[Data] | bytes:
    """Return the form in which an operation stores changes (see `memory_changes.Change.data`)."""
    if len(changes) <= _MOST_LISTED:
        return list(changes)
    return _packed([{**each, "before": each["before"] and each["before"].isoformat()} for each in changes])


def changes_in(stored: Sequence[Data] | bytes | None) -> list[Data]:
    """Return the changes that an operation stores."""
    if not isinstance(stored, bytes):
        return list(stored or ())
    found = _unpacked(stored)
    return [{**each, "before": each["before"] and datetime.fromisoformat(each["before"])} for each in found]


def stored_response(response: Mapping[str, Any]) -> str | bytes:
    """Return a response in stored form: as text, because it may be nested in ways that stores do not support."""
    text = json.dumps(response, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= _LARGEST_TEXT else _packed(response)


def response_in(stored: str | bytes) -> dict[str, Any]:
    """Return the response that an operation stores."""
    response: dict[str, Any] = _unpacked(stored) if isinstance(stored, bytes) else json.loads(stored)
    return response


def _packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _unpacked(content: bytes) -> Any:
    return json.loads(zlib.decompress(content))
