"""What an operation does, as its metadata tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TYPE = re.compile(r"\.([A-Za-z]+?)(?:OperationMetadata|Metadata)$")
_BY_FIELD = {"totalCount": "BatchCreateMemories", "reembeddedCount": "ReembedMemories"}
"""What only the outcome of these has: their metadata is a Struct, which does not name a kind."""


def kind_of(operation: Mapping[str, Any]) -> str:
    """Return the name of the method that began an operation, such as `GenerateMemories`; `Operation` if unknown."""
    metadata = operation.get("metadata", {})
    value = metadata.get("value")
    if isinstance(value, Mapping):
        return next((kind for field, kind in _BY_FIELD.items() if field in value), "IngestEvents")
    found = _TYPE.search(str(metadata.get("@type", "")))
    return found[1] if found else "Operation"
