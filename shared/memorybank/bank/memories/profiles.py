"""Structured profiles: one memory for each field of a schema that has a value in a scope.

The memory of a field has an id derived from its scope, schema and field. So a new value replaces the old one without
any comparison, and concurrent generations conflict on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from memorybank.bank import engines
from memorybank.bank.memories.records import MEMORY_FIELDS, record_of
from memorybank.bank.ports import Ports
from memorybank.ports.models import ProfileField, ProfileSchema
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import EngineName
from memorybank.resources.profiles import Profile
from memorybank.resources.scopes import scope_key


def schemas_for(config: MemoryBankConfig, scope: Mapping[str, str]) -> tuple[ProfileSchema, ...]:
    """Return the schemas whose fields are extracted from the conversations of a scope."""
    return tuple(ProfileSchema(each.id, each.effective_schema) for each in config.schemas_for(scope))


def path_of(engine: EngineName, scope: str, field: ProfileField) -> str:
    """Return the id of a field's memory, given the key of a scope; callers cannot choose ids that contain `_`."""
    text = f"{scope}\n{field.schema}\n{field.name}"
    return engine.child("memories", f"profile_{hashlib.sha256(text.encode()).hexdigest()[:40]}")


def retrieve(ports: Ports, engine: EngineName, scope: Mapping[str, str]) -> dict[str, Profile]:
    """Return the values of each profile that the bank keeps for a scope, by schema; empty profiles are omitted."""
    schemas = schemas_for(engines.recent_config(ports, engine), scope)
    key, now = scope_key(scope), ports.clock.now()
    # Stores do not keep the order of a map's keys, so a fixed order is set here.
    fields = [ProfileField(each.id, name, None) for each in schemas for name in sorted(each.schema["properties"])]
    if not fields:
        return {}
    documents = ports.store.get_many([path_of(engine, key, field) for field in fields], fields=MEMORY_FIELDS)
    found: dict[str, Profile] = {}
    for document in documents:
        record = record_of(document) if document else None
        content = record.memory.structured_content if record and record.alive(now) else None
        if content is not None:
            profile = found.setdefault(content.schema_id, Profile(schema_id=content.schema_id))
            profile.profile |= content.data
    return found
