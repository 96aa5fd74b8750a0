"""How the bank treats each field of a memory: the rule in the field's annotation.

All code that stores, updates, restores or filters memories reads these rules, so a new field is declared in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel


class Restored(IntEnum):
    """What restores a field of an existing memory: only an undo, or also a rollback of that memory."""

    NEVER = 0
    UNDO = 1
    ROLLBACK = 2


@dataclass(frozen=True)
class MemoryField:
    """How the bank treats a field of a memory.

    `stored`: it is stored with the memory and in the snapshots of revisions, and is restored with a deleted memory. A
    field that is not stored belongs to one request, or to the memory's path. `updatable`: an update may name it.
    `as_json`: it is stored as JSON text, because its values may be nested in ways that Firestore does not support.
    `own`: Google's message has no such field, so its clients are not shown it. `filters` are the paths that filters may
    name, each with its type.
    """

    stored: bool = False
    updatable: bool = False
    restored: Restored = Restored.NEVER
    as_json: bool = False
    own: bool = False
    filters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


REQUEST_ONLY = MemoryField()
"""A field with an option of one request; it is not part of the memory."""


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
    if texts := [name for name, rule in found.items() if rule.as_json and rule.filters]:
        raise TypeError(f"{', '.join(texts)}: stored as JSON text, so no filter may name it")
    return found


def defaults_of(message: type[BaseModel], names: list[str]) -> dict[str, Any]:
    """Return new default values for the fields that were not given."""
    fields = message.model_fields
    return {
        name: None if fields[name].default is None else fields[name].get_default(call_default_factory=True)
        for name in names
    }
