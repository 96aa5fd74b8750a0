"""Structured profiles: one memory for each field of a schema that has a value in a scope.

The memory of a field has an id derived from its scope, schema and field. So a new value replaces the old one without
any comparison, and concurrent generations conflict on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from memorybank.bank import engines
from memorybank.bank.listing import MAX_PAGE, Room, weight
from memorybank.bank.memories.records import MEMORY_FIELDS, record_of
from memorybank.bank.ports import Ports
from memorybank.errors import FailedPrecondition
from memorybank.ports.models import ProfileField, ProfileSchema
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import EngineName
from memorybank.resources.profiles import Profile, StructuredContent
from memorybank.resources.scopes import scope_key

_AT_ONCE = 200


def schemas_for(config: MemoryBankConfig, scope: Mapping[str, str]) -> tuple[ProfileSchema, ...]:
    """Return the schemas whose fields are extracted from the conversations of a scope."""
    return tuple(ProfileSchema(each.id, each.effective_schema) for each in config.schemas_for(scope))


def path_of(engine: EngineName, scope: str, field: ProfileField) -> str:
    """Return the id of a field's memory, given the key of a scope; callers cannot choose ids that contain `_`."""
    text = f"{scope}\n{field.schema}\n{field.name}"
    return engine.child("memories", f"profile_{hashlib.sha256(text.encode()).hexdigest()[:40]}")


def retrieve(ports: Ports, engine: EngineName, scope: Mapping[str, str]) -> dict[str, Profile]:
    """Return the values of each profile that the bank keeps for a scope, by schema; empty profiles are omitted.

    Raises `FailedPrecondition` if they are too large for one answer: on the wire, profiles have no pages.
    """
    schemas = schemas_for(engines.recent_config(ports, engine), scope)
    key, now = scope_key(scope), ports.clock.now()
    # Stores do not keep the order of a map's keys, so a fixed order is set here.
    fields = [ProfileField(each.id, name, None) for each in schemas for name in sorted(each.schema["properties"])]
    if not fields:
        return {}
    found: dict[str, Profile] = {}
    room = Room()
    for content in _contents(ports, [path_of(engine, key, field) for field in fields], now):
        if not room.take(weight(content.data)):
            right = 'page through them with memories:retrieve and "memoryTypes": ["STRUCTURED_PROFILE"]'
            raise FailedPrecondition(f"the profiles of this scope have more than {MAX_PAGE} bytes: {right}")
        profile = found.setdefault(content.schema_id, Profile(schema_id=content.schema_id))
        profile.profile |= content.data
    return found


def _contents(ports: Ports, paths: Sequence[str], now: datetime) -> Iterator[StructuredContent]:
    for start in range(0, len(paths), _AT_ONCE):
        for document in ports.store.get_many(paths[start : start + _AT_ONCE], fields=MEMORY_FIELDS):
            record = record_of(document) if document else None
            if record and record.alive(now) and record.memory.structured_content is not None:
                yield record.memory.structured_content
