"""What has been read of a long conversation, kept on its operation chunk by chunk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from memorybank.bank import operations
from memorybank.bank.memories.records import json_text
from memorybank.bank.ports import Ports
from memorybank.models import usage
from memorybank.models.chunks import ChunkProgress, Chunks, resumable
from memorybank.ports.documents import Data, Document, Patch
from memorybank.ports.models import (
    ExtractedFact,
    Intent,
    ProfileField,
)
from memorybank.resources.generation import GenerateMemoriesRequest, GenerationOptions
from memorybank.text.visible import visible

_MOST = 500_000
"""Characters of chunks that an operation keeps: it must fit a document. What is more is read again if need be."""


class CheckpointedReading:
    """The operation of a conversation that is being read, at the version that it has after each chunk.

    Keeping a chunk fails with `Aborted` or `NotFound` where somebody else has got on with the operation or ended it:
    then nothing more is asked of a model for it.
    """

    def __init__(self, ports: Ports, operation: Document) -> None:
        self._ports = ports
        self.operation = operation

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Have the model go on from the chunks that are kept, and keep what it reads."""
        plan, chunks = _read(self.operation.data.get("chunks"))
        with resumable(ChunkProgress(plan, chunks, self._keep)):
            yield

    def _keep(self, plan: str, chunks: Chunks) -> None:
        text = json_text({"plan": plan, "chunks": [[asdict(fact) for fact in facts] for facts in chunks]})
        if len(text) > _MOST:
            return
        now, operation = self._ports.clock.now(), self.operation
        data = {"chunks": text, "update_time": now, "stalled_at": now + operations.STALLED_AFTER, **operations.cost()}
        [version] = self._ports.store.commit([Patch(operation.path, data, version=operation.version)])
        self.operation = replace(operation, data={**operation.data, **data}, version=version)


def _read(text: str | None) -> tuple[str, Chunks]:
    if text is None:
        return "", []
    kept = json.loads(text)
    return kept["plan"], [[_fact(data) for data in facts] for facts in kept["chunks"]]


def _fact(data: dict[str, Any]) -> ExtractedFact:
    profile = data["profile"] and ProfileField(**data["profile"])
    return ExtractedFact(
        **{**data, "topics": tuple(data["topics"]), "intent": Intent(data["intent"]), "profile": profile}
    )


_MOST_QUOTED = 500
"""Characters of a quote, and of a reason, that are kept."""


def checkpoint_of(
    ports: Ports, operation: Document, request: GenerateMemoriesRequest, facts: list[ExtractedFact]
) -> Data:
    """Return the fields that keep what has been extracted, and with it no more of the request than is still needed.

    With them the operation waits for its scope.
    """
    return {
        "stage": "extracted",
        "waiting_scope": operation.data["scope_key"],
        "chunks": None,
        "facts": _facts_data(facts),
        "produced_by": None
        if request.direct_memories_source
        else usage.produced_by("extract", otherwise=ports.model.name),
        "options": request.options().to_data(),
        "request": None,
        "parts": 0,
        "stalled_at": ports.clock.now() + operations.STALLED_AFTER,
        "update_time": ports.clock.now(),
    }


def options_of(operation: Document) -> GenerationOptions:
    """Read what a checkpoint has kept of the request."""
    return GenerationOptions.model_validate(operation.data["options"])


def _facts_data(facts: list[ExtractedFact]) -> list[Data]:
    return [
        {
            "fact": fact.fact,
            "topics": list(fact.topics),
            "intent": fact.intent.value,
            "context": _why(fact),
            "profile": None if fact.profile is None else json_text(asdict(fact.profile)),
            "chunk": fact.chunk,
        }
        for fact in facts
    ]


def _why(fact: ExtractedFact) -> str:
    """Return why a fact was taken, with the event and the words in it that it rests on."""
    if fact.event is None:
        return fact.context[:_MOST_QUOTED]
    quote = f': "{visible(fact.quote)[:_MOST_QUOTED]}"' if fact.quote else ""
    return f"{fact.context[:_MOST_QUOTED]} (event {fact.event + 1}{quote})".strip()


def facts_of(data: list[Data]) -> list[ExtractedFact]:
    """Read the facts of an operation's checkpoint."""
    return [
        ExtractedFact(
            fact["fact"],
            topics=tuple(fact["topics"]),
            intent=Intent(fact["intent"]),
            context=fact["context"],
            profile=None if fact["profile"] is None else ProfileField(**json.loads(fact["profile"])),
            chunk=fact.get("chunk", 0),
        )
        for fact in data
    ]
