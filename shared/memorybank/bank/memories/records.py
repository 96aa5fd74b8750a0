"""Memories as they are stored: the wire's memory, and what the bank keeps beside it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from memorybank.ports.documents import Data, Document, Vector, Version
from memorybank.resources.memory import Memory, MemoryType
from memorybank.resources.names import name_of
from memorybank.resources.scopes import scope_key

NATURAL = MemoryType.NATURAL_LANGUAGE_COLLECTION.name
PROFILE = MemoryType.STRUCTURED_PROFILE.name

_WIRE_FIELDS = (
    "display_name",
    "description",
    "fact",
    "scope",
    "topics",
    "metadata",
    "memory_type",
    "structured_content",
    "create_time",
    "update_time",
    "expire_time",
)

MEMORY_FIELDS = (*_WIRE_FIELDS, "embedding_model", "latest_revision", "sequence", "first_sequence")
"""The fields of a stored memory that reads need: all but its vector and the keys of its indexes."""


@dataclass(frozen=True)
class MemoryRecord:
    """A stored memory.

    `sequence` grows with every revision. `first_sequence` is that of the first one: it separates the revisions of this
    memory from those of an earlier memory with the same id. `version` is None until it has been written. `embedding`
    is None where it was not read.
    """

    path: str
    memory: Memory
    embedding_model: str
    first_sequence: int
    sequence: int
    latest_revision: str | None = None
    embedding: Vector | None = None
    version: Version | None = None

    @property
    def fact(self) -> str:
        """The memory's fact."""
        return self.memory.fact or ""

    @property
    def name(self) -> str:
        """The memory's resource name."""
        return name_of(self.path)

    @cached_property
    def hash(self) -> str:
        """The hash by which exact repeats of the fact are found."""
        return fact_hash(self.fact)

    def alive(self, now: datetime) -> bool:
        """Tell whether the memory has not expired."""
        end = self.memory.expire_time
        return end is None or end > now

    def snapshot(self) -> Data:
        """Return the memory's stored fields, without its vector and index keys."""
        data = self.memory.to_data()
        data.pop("name", None)
        if data.get("structured_content") is not None:
            # As text, for values may nest as Firestore cannot.
            data["structured_content"] = json_text(data["structured_content"])
        return {
            **{field: data.get(field) for field in _WIRE_FIELDS},
            "embedding_model": self.embedding_model,
            "latest_revision": self.latest_revision,
            "sequence": self.sequence,
            "first_sequence": self.first_sequence,
        }

    def document(self) -> Data:
        """Return the whole document to store; the vector must be there."""
        return {
            **self.snapshot(),
            "scope_key": scope_key(self.memory.scope or {}),
            "fact_hash": self.hash,
            "embedding": self.embedding,
        }


def record_of(document: Document) -> MemoryRecord:
    """Read a stored memory; fields that were not asked for must not be used."""
    data = document.data
    fields = {field: data[field] for field in _WIRE_FIELDS if data.get(field) is not None}
    if "structured_content" in fields:
        fields["structured_content"] = json.loads(fields["structured_content"])
    return MemoryRecord(
        path=document.path,
        memory=Memory.model_validate({"name": name_of(document.path), **fields}),
        embedding_model=data["embedding_model"],
        first_sequence=data.get("first_sequence", 0),
        sequence=data["sequence"],
        latest_revision=data.get("latest_revision"),
        embedding=data.get("embedding"),
        version=document.version,
    )


def json_text(value: Any) -> str:
    """Write JSON as it is stored where it may have any shape."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def fact_hash(fact: str) -> str:
    """Return the hash by which exact repeats of a fact are found.

    Unicode form, letter case, white space and a closing full stop make no difference.
    """
    text = unicodedata.normalize("NFKC", fact).casefold()
    text = " ".join(text.split()).rstrip(".。 ")
    return hashlib.sha256(text.encode()).hexdigest()[:40]
