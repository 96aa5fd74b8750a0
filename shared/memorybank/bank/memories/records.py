"""Memories as they are stored: the API's memory, and the fields that the bank adds to it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from memorybank.ports.documents import Data, Document, Vector, Version
from memorybank.resources.memory import AS_JSON, FIELDS, STORED, Memory, MemoryType
from memorybank.resources.names import name_of
from memorybank.resources.scopes import scope_key
from memorybank.resources.stored_data import read_stored
from memorybank.resources.wire_form import wire_of

NATURAL = MemoryType.NATURAL_LANGUAGE_COLLECTION.name
PROFILE = MemoryType.STRUCTURED_PROFILE.name

MEMORY_FIELDS = (
    *STORED,
    "embedding_model",
    "latest_revision",
    "sequence",
    "first_sequence",
    "said_time",
    "evidence_count",
    "import_time",
)
"""The fields of a stored memory that reads need: all except its vector and index keys.

Only an import gives an `import_time`: the memory has been here since then, as long as it does not change.
"""

FILTERED_FIELDS = (*(name for name, rule in FIELDS.items() if rule.filters), "metadata", "expire_time")
"""The fields of a stored memory that tell whether it lives and matches a filter."""


@dataclass(frozen=True)
class MemoryRecord:
    """A stored memory.

    `sequence` grows with every revision. `first_sequence` is that of the first one: it separates the revisions of this
    memory from those of an earlier memory with the same id. `version` is None until it has been written. `embedding`
    is None where it was not read. `said_time` is when its fact was said, None in memories of earlier versions, and
    `evidence` how many times it was said.
    """

    path: str
    memory: Memory
    embedding_model: str
    first_sequence: int
    sequence: int
    latest_revision: str | None = None
    embedding: Vector | None = None
    version: Version | None = None
    said_time: datetime | None = None
    evidence: int = 1

    @property
    def said(self) -> datetime | None:
        """When the memory's fact was said, or else when the memory last changed."""
        return self.said_time or self.memory.update_time

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
        return lives(self.memory.expire_time, now)

    def snapshot(self) -> Data:
        """Return the memory's stored fields, without its vector and index keys."""
        return dict(self._snapshot)

    @cached_property
    def _snapshot(self) -> Data:
        data = self.memory.to_data()
        data |= {field: json_text(data[field]) for field in AS_JSON if field in data}
        return {
            **{field: data.get(field) for field in STORED},
            "embedding_model": self.embedding_model,
            "latest_revision": self.latest_revision,
            "sequence": self.sequence,
            "first_sequence": self.first_sequence,
            "said_time": self.said_time,
            "evidence_count": self.evidence,
        }

    def document(self) -> Data:
        """Return the whole document to store; the vector must be there."""
        return {
            **self.snapshot(),
            "scope_key": scope_key(self.memory.scope or {}),
            "fact_hash": self.hash,
            "embedding": self.embedding,
        }


def unchanged_since(data: Data, moment: datetime) -> bool:
    """Tell whether a stored memory was here at a moment as it is now."""
    imported = data.get("import_time")
    return bool(data["update_time"] <= moment) and (imported is None or imported <= moment)


def lives(end: datetime | None, now: datetime) -> bool:
    """Tell whether something that expires at `end` has not expired."""
    return end is None or end > now


def record_of(document: Document) -> MemoryRecord:
    """Read a stored memory; fields that were not read must not be used."""
    data = document.data
    fields = {field: data.get(field) for field in STORED}
    fields |= {field: json.loads(text) for field in AS_JSON if (text := fields[field]) is not None}
    return MemoryRecord(
        path=document.path,
        memory=read_stored(Memory, {"name": name_of(document.path), **fields}),
        embedding_model=data["embedding_model"],
        first_sequence=data.get("first_sequence", 0),
        sequence=data["sequence"],
        latest_revision=data.get("latest_revision"),
        embedding=data.get("embedding"),
        version=document.version,
        said_time=data.get("said_time"),
        evidence=data.get("evidence_count") or 1,
    )


def wire_memory(document: Document) -> dict[str, Any]:
    """Return a stored memory in the API's wire format."""
    data = document.data
    if read := {field: json.loads(text) for field in AS_JSON if (text := data.get(field)) is not None}:
        data = data | read
    return {"name": name_of(document.path), **wire_of(Memory, data)}


def json_text(value: Any) -> str:
    """Return the stored form of JSON that may have any shape."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def fact_hash(fact: str) -> str:
    """Return the hash that identifies exact repeats of a fact.

    It ignores Unicode form, letter case, white space, and full stops or exclamation marks at the end.
    """
    text = unicodedata.normalize("NFKC", fact).casefold()
    text = " ".join(text.split()).rstrip(".。! ")
    return hashlib.sha256(text.encode()).hexdigest()[:40]
