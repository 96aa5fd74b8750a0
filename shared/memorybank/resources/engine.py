"""The reasoning engine: the parent resource of a memory bank."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import Labels
from memorybank.resources.wire import Bool, Timestamp, WireModel


class ContextSpec(WireModel):
    """The engine's context features for agents: its memory bank."""

    memory_bank_config: MemoryBankConfig | None = None


class ReasoningEngine(WireModel):
    """An engine. `spec` and other fields for running agents are stored and returned but otherwise ignored."""

    name: str | None = None
    display_name: Annotated[str, Field(max_length=128)] | None = None
    description: Annotated[str, Field(max_length=8192)] | None = None
    labels: Labels = {}
    context_spec: ContextSpec | None = None
    spec: dict[str, Any] | None = None
    encryption_spec: dict[str, Any] | None = None
    traffic_config: dict[str, Any] | None = None
    revision_garbage_collection_strategy: dict[str, Any] | None = None
    etag: str | None = None
    create_time: Timestamp | None = None
    update_time: Timestamp | None = None

    @model_validator(mode="after")
    def _context_holds_something(self) -> Self:
        """Treat an empty context as unset: Google's SDK cannot read an engine that returns one."""
        if self.context_spec == ContextSpec():
            self.context_spec = None
        return self

    @property
    def config(self) -> MemoryBankConfig:
        """The bank's configuration, or the default one."""
        return (self.context_spec and self.context_spec.memory_bank_config) or MemoryBankConfig()


class DeleteEngineRequest(WireModel):
    """The optional body of an engine's deletion; gapic and curl send `?force=true` instead."""

    force: Bool = False
