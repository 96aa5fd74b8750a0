"""Known memories that the model sees beside a conversation, if the deployment wants that: who "she" is."""

from __future__ import annotations

from collections.abc import Sequence

from memorybank.bank.memories.records import MEMORY_FIELDS, NATURAL, record_of
from memorybank.bank.ports import Ports
from memorybank.ports.documents import Nearest, Where
from memorybank.ports.models import Event, Purpose
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.names import EngineName
from memorybank.resources.scopes import scope_key

_LONGEST_QUERY = 2_000
"""The characters of a conversation, its last ones, that memories are searched for with."""

_LONGEST_FACT = 200
"""The characters of a memory that are shown."""


def known_memories(
    ports: Ports,
    engine: EngineName,
    *,
    config: MemoryBankConfig,
    request: GenerateMemoriesRequest,
    events: Sequence[Event],
) -> tuple[str, ...]:
    """Return the facts that the scope knows and that are nearest to a conversation, by one embedding and one search."""
    count = ports.rules.memories_shown
    said = "\n".join(event.text for event in events if event.role == "user")[-_LONGEST_QUERY:].strip()
    if not count or not said:
        return ()
    [vector] = ports.embedder.embed([said], purpose=Purpose.QUERY, model=config.embedding_model)
    search = Nearest(
        f"{engine.path}/memories",
        "embedding",
        vector,
        where=(
            Where("scope_key", "==", scope_key(request.scope or {})),
            Where("embedding_model", "==", ports.embedder.resolve(config.embedding_model)),
            Where("memory_type", "==", NATURAL),
        ),
        limit=count,
        fields=MEMORY_FIELDS,
    )
    now = ports.clock.now()
    strict = request.metadata_merge_strategy == "REQUIRE_EXACT_MATCH"
    found = (record_of(hit.document) for hit in ports.store.nearest(search))
    return tuple(
        record.fact[:_LONGEST_FACT]
        for record in found
        if record.alive(now) and (not strict or record.memory.metadata == (request.metadata or {}))
    )
