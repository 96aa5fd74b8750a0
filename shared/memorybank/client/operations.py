"""What the metadata of an operation says to every reader, wherever it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNKNOWN = "Operation"
"""What an operation is called whose server does not name its kind, as Google's does not."""


def kind_of(operation: Mapping[str, Any]) -> str:
    """Return the name of the method that started an operation, such as `RollbackMemory`."""
    return str(operation.get("metadata", {}).get("type") or UNKNOWN)


def outcome_of(operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an outcome that is in the metadata, such as the counts of an import."""
    return {name: value for name, value in _value(operation).items() if name != "genericMetadata"}


def times_of(operation: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the `createTime` and `updateTime` of an operation."""
    found = operation.get("metadata", {}).get("genericMetadata") or _value(operation).get("genericMetadata")
    return found if isinstance(found, Mapping) else {}


def _value(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the content of metadata that are a Struct; of others, nothing."""
    found = operation.get("metadata", {}).get("value")
    return found if isinstance(found, Mapping) else {}
