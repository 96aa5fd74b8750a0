"""Everything that policy needs from outside."""

from __future__ import annotations

from typing import Protocol

from memorybank.bank.engine_configs import ConfigCache
from memorybank.clock import Clock, Ids
from memorybank.models.port import Embedder, LanguageModel
from memorybank.storage.documents import DocumentStore
from memorybank.tasks.port import TaskQueue


class Ports(Protocol):
    """The ports, each made on first use: a function that never asks for one never pays for it."""

    @property
    def store(self) -> DocumentStore:
        """Where documents are kept."""
        ...

    @property
    def queue(self) -> TaskQueue:
        """Where work waits."""
        ...

    @property
    def model(self) -> LanguageModel:
        """What understands conversations."""
        ...

    @property
    def embedder(self) -> Embedder:
        """What turns texts into vectors."""
        ...

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...

    @property
    def ids(self) -> Ids:
        """Ids that nobody has used."""
        ...

    @property
    def configs(self) -> ConfigCache:
        """What is remembered of engines' configurations."""
        ...
