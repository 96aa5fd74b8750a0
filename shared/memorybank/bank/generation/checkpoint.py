"""Checkpoints of extraction: the results for a long conversation, stored on its operation chunk by chunk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from memorybank.bank import operations, payloads
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
from memorybank.ports.sizes import size_of_value
from memorybank.resources.generation import GenerateMemoriesRequest, GenerationOptions
from memorybank.text.visible import visible

_MOST = 500_000
"""The most bytes of chunk results on an operation, which must fit a document; the rest is read again if needed."""


class CheckpointedReading:
    """The operation of a conversation that is being read, tracked at its current version after each chunk.

    Storing a chunk fails with `Aborted` or `NotFound` if another worker has advanced or ended the operation; no further
    model calls are made for it then.
    """

    def __init__(self, ports: Ports, operation: Document) -> None:
        self._ports = ports
        self.operation = operation

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Resume extraction after the stored chunks, and store the result of each further chunk."""
        plan, chunks = _read(self.operation.data.get("chunks"))
        with resumable(ChunkProgress(plan, chunks, self._keep)):
            yield

    def _keep(self, plan: str, chunks: Chunks) -> None:
        text = json_text({"plan": plan, "chunks": [[fact_data(fact) for fact in facts] for facts in chunks]})
        if len(text.encode()) > _MOST:
            return
        now, operation = self._ports.clock.now(), self.operation
        data = {"chunks": text, "update_time": now, "stalled_at": now + operations.STALLED_AFTER, **operations.cost()}
        [version] = self._ports.store.commit([Patch(operation.path, data, version=operation.version)])
        self.operation = replace(operation, data={**operation.data, **data}, version=version)


def _read(text: str | None) -> tuple[str, Chunks]:
    if text is None:
        return "", []
    kept = json.loads(text)
    return kept["plan"], [[fact_of(data) for data in facts] for facts in kept["chunks"]]


def fact_data(fact: ExtractedFact) -> Data:
    """Return a fact in the form stored on an operation, in values that JSON and every store can hold."""
    profile = fact.profile and json_text(asdict(fact.profile))
    kept = {each.name: getattr(fact, each.name) for each in fields(fact)}
    said = fact.said and fact.said.isoformat()
    return {**kept, "said": said, "topics": list(fact.topics), "intent": fact.intent.value, "profile": profile}


def fact_of(data: Mapping[str, Any]) -> ExtractedFact:
    """Read a stored fact. Fields missing from earlier versions get their defaults; unknown fields are ignored."""
    kept = {each.name: data[each.name] for each in fields(ExtractedFact) if each.name in data}
    profile = kept.get("profile")
    if isinstance(profile, str):
        profile = json.loads(profile)
    return ExtractedFact(
        **{
            **kept,
            "topics": tuple(kept.get("topics") or ()),
            "intent": Intent(kept.get("intent") or Intent.REMEMBER),
            "profile": ProfileField(**profile) if profile else None,
            "said": datetime.fromisoformat(kept["said"]) if kept.get("said") else None,
        }
    )


_MOST_QUOTED = 500
"""The most characters that are stored of a quote, and of a reason."""


def checkpoint_of(
    ports: Ports, operation: Document, request: GenerateMemoriesRequest, *, facts: list[ExtractedFact]
) -> Data:
    """Return the fields that store the extracted facts, with only as much of the request as is still needed.

    An operation with these fields is waiting for its scope. Facts and options for which its document has no room are
    stored in parts.
    """
    facts_data = [fact_data(replace(fact, context=_why(fact), quote=_short(fact.quote))) for fact in facts]
    kept: Data = {"facts": facts_data, "options": request.options().to_data(), "spilled": None}
    if size_of_value(kept) > payloads.INLINE:
        content = json_text({"facts": facts_data, "options": request.options().to_wire()}).encode()
        reference = payloads.spill(ports, operation.path, content, scope_key=operation.data["scope_key"])
        kept = {"facts": None, "options": None, "spilled": reference}
    return {
        **kept,
        "stage": "extracted",
        "waiting_scope": operation.data["scope_key"],
        "chunks": None,
        "fact_count": len(facts),
        "left": None,
        "produced_by": None
        if request.direct_memories_source
        else usage.produced_by("extract", otherwise=ports.model.name),
        "request": None,
        "parts": 0,
        "stalled_at": ports.clock.now() + operations.STALLED_AFTER,
        "update_time": ports.clock.now(),
    }


def extracted(ports: Ports, operation: Document) -> tuple[GenerationOptions, list[ExtractedFact]]:
    """Read what a checkpoint has stored: the part of the request that is still needed, and all facts."""
    data = operation.data
    if reference := data.get("spilled"):
        data = json.loads(payloads.spilled(ports, operation.path, reference))
    return GenerationOptions.model_validate(data["options"]), [fact_of(each) for each in data["facts"]]


def facts_left(operation: Document) -> int:
    """Return how many facts of a checkpoint are not committed yet."""
    data = operation.data
    if data.get("left") is not None:
        return len(data["left"])
    return int(data.get("fact_count") or len(data["facts"]))


def _why(fact: ExtractedFact) -> str:
    """Return why a fact was extracted, with the event and the quote that it is based on."""
    if fact.event is None:
        return fact.context[:_MOST_QUOTED]
    quote = f': "{_short(fact.quote)}"' if fact.quote else ""
    return f"{fact.context[:_MOST_QUOTED]} (event {fact.event + 1}{quote})".strip()


def _short(quote: str) -> str:
    return visible(quote)[:_MOST_QUOTED]
