"""The third step of a generation: find the stored memories that new facts may affect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from memorybank.bank.memories import searching, stored
from memorybank.bank.memories.records import MEMORY_FIELDS, NATURAL, MemoryRecord, fact_hash, record_of
from memorybank.bank.ports import Ports
from memorybank.models.usage import timed
from memorybank.ports.documents import MAX_IN, Nearest, Query, Vector, Where
from memorybank.ports.models import ExtractedFact, Purpose
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.generation import GenerationOptions
from memorybank.resources.memory import MetadataValue
from memorybank.resources.names import EngineName

CANDIDATES = 10
"""How many of the nearest memories are shown to the model for each new fact."""


@dataclass(frozen=True)
class Pending:
    """A new fact on its way into the bank.

    `operation` is the path of the operation that brings it, `index` its place among that operation's facts; `path` is
    where its memory will be if it becomes one. The operation arrived at `arrived`.
    `produced_by` is the prompt and the model that extracted it, None if it was given directly.
    `siblings` are the memories made of facts that were extracted together with it and committed before it.
    """

    operation: str
    path: str
    request: GenerationOptions
    fact: ExtractedFact
    produced_by: str | None = None
    index: int = 0
    siblings: frozenset[str] = frozenset()
    arrived: datetime | None = None

    @property
    def said(self) -> datetime | None:
        """When the fact was said: the time of its event, or else when it arrived."""
        return self.fact.said or self.arrived

    @cached_property
    def hash(self) -> str:
        """The hash that identifies exact repeats."""
        return fact_hash(self.fact.fact)

    @property
    def consolidates(self) -> bool:
        """Tell whether the fact is compared with stored memories at all."""
        return not self.request.disable_consolidation

    def may_touch(self, metadata: dict[str, MetadataValue]) -> bool:
        """Tell whether the request allows consolidating the fact with a memory that has this metadata."""
        strict = self.request.metadata_merge_strategy == "REQUIRE_EXACT_MATCH"
        return not strict or metadata == (self.request.metadata or {})


@dataclass
class Matcher:
    """Searches one scope. Vectors are cached, so that a retry costs nothing."""

    ports: Ports
    engine: EngineName
    config: MemoryBankConfig
    scope_key: str
    _vectors: dict[str, Vector] = field(default_factory=dict)

    @property
    def model(self) -> str:
        """The name of the model that makes the vectors."""
        return self.ports.embedder.resolve(self.config.embedding_model)

    def embed(self, texts: Sequence[str]) -> None:
        """Embed the texts that have no vector yet, in one call."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            model = self.config.embedding_model
            with timed("embed", self.ports.clock.now):
                vectors = self.ports.embedder.embed(missing, purpose=Purpose.DOCUMENT, model=model)
            self._vectors.update(zip(missing, vectors, strict=True))

    def vector(self, text: str) -> tuple[Vector, str]:
        """Return the vector of a text, and the name of the model that made it."""
        self.embed([text])
        return self._vectors[text], self.model

    def at(self, paths: Sequence[str]) -> dict[str, MemoryRecord | None]:
        """Return the unexpired memories at the given paths; expired ones are removed."""
        found: dict[str, MemoryRecord | None] = {}
        with timed("match", self.ports.clock.now):
            documents = self.ports.store.get_many(paths, fields=MEMORY_FIELDS)
        for path, document in zip(paths, documents, strict=True):
            record = record_of(document) if document else None
            if record is not None and not record.alive(self.ports.clock.now()):
                stored.remove_expired(self.ports, path)
                record = None
            found[path] = record
        return found

    def repeats(self, pending: Sequence[Pending]) -> list[MemoryRecord]:
        """Return the memories whose text is exactly that of a new fact."""
        hashes = list(dict.fromkeys(new.hash for new in pending if new.consolidates))
        found = []
        for start in range(0, len(hashes), MAX_IN):
            query = Query(
                collection=f"{self.engine.path}/memories",
                where=(
                    Where("scope_key", "==", self.scope_key),
                    Where("fact_hash", "in", hashes[start : start + MAX_IN]),
                ),
                limit=1000,
                fields=MEMORY_FIELDS,
            )
            with timed("match", self.ports.clock.now):
                found += [record_of(document) for document in self.ports.store.query(query)]
        now = self.ports.clock.now()
        return [record for record in found if record.alive(now) and record.memory.memory_type == NATURAL]

    def nearest(self, new: Pending) -> list[MemoryRecord]:
        """Return the unexpired memories nearest to a new fact among those that it may change, nearest first."""
        vector, model = self.vector(new.fact.fact)
        search = Nearest(
            f"{self.engine.path}/memories",
            "embedding",
            vector,
            where=(
                Where("scope_key", "==", self.scope_key),
                Where("embedding_model", "==", model),
                Where("memory_type", "==", NATURAL),
            ),
            limit=CANDIDATES,
            fields=MEMORY_FIELDS,
        )
        with timed("match", self.ports.clock.now):
            hits = searching.nearest(
                self.ports, search, may=lambda found: new.may_touch(record_of(found).memory.metadata), exhaustive=False
            )
        return [record_of(document) for _, document in hits]

    def distance(self, one: str, other: str) -> float:
        """Return the squared Euclidean distance of two texts that have been embedded."""
        pairs = zip(self.vector(one)[0].values, self.vector(other)[0].values, strict=True)
        return sum((a - b) ** 2 for a, b in pairs)
