"""A memory that a retrieval has found, as it is stored: only who asks for the message pays for making it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from memorybank.bank.memories.records import record_of, wire_memory
from memorybank.ports.documents import Document
from memorybank.resources.memory import Memory
from memorybank.resources.retrieval import Explanation


@dataclass(frozen=True, slots=True)
class FoundMemory:
    """A stored memory, its distance if it was found by similarity, and why it was found, if that was asked for."""

    document: Document
    distance: float | None = None
    explanation: Explanation | None = None

    @property
    def memory(self) -> Memory:
        """The memory."""
        return record_of(self.document).memory

    def to_wire(self) -> dict[str, Any]:
        """Return the wire format of a `RetrievedMemory`."""
        wire: dict[str, Any] = {"memory": wire_memory(self.document)}
        if self.distance is not None:
            wire["distance"] = self.distance
        if self.explanation is not None:
            wire["explanation"] = self.explanation.to_wire()
        return wire
