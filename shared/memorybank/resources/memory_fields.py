"""What the bank does with each field of a memory: the rule that stands in the field's annotation.

Whatever stores, updates, restores or filters memories asks these rules, so a new field is told of in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel


class Restored(IntEnum):
    """By what a field of a living memory is set back: by an undo only, or by a rollback of the one memory too."""

    NEVER = 0
    UNDO = 1
    ROLLBACK = 2


@dataclass(frozen=True)
class MemoryField:
    """What the bank does with a field of a memory.

    `stored`: it is kept with the memory and in the snapshots of revisions, and comes back whole with a deleted memory.
    What is not belongs to one request, or to the memory's path. `updatable`: an update may name it. `as_json`: it is
    stored as JSON text, for its values may nest as Firestore cannot. `filters` are the paths that filters may name,
    each with its type.
    """

    stored: bool = False
    updatable: bool = False
    restored: Restored = Restored.NEVER
    as_json: bool = False
    filters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


REQUEST_ONLY = MemoryField()
"""A field that says what one request wants; the memory does not have it."""


def fields_of(message: type[BaseModel]) -> dict[str, MemoryField]:
    """Return the rule of every field of a message; raise `TypeError` for fields that have none."""
    found = {
        name: rule
        for name, info in message.model_fields.items()
        for rule in info.metadata
        if isinstance(rule, MemoryField)
    }
    lost = [f"{message.__name__}.{name}" for name in message.model_fields if name not in found]
    if lost:
        right = "annotate it with a MemoryField: is it stored, updatable, restored, to be filtered by?"
        raise TypeError(f"nothing says what the bank does with {', '.join(lost)}: {right}")
    return found


def defaults_of(message: type[BaseModel], names: list[str]) -> dict[str, Any]:
    """Return the values that fields have which nobody gave, each value new."""
    return {name: message.model_fields[name].get_default(call_default_factory=True) for name in names}
