"""Everything that policy needs from outside."""

from __future__ import annotations

from typing import Protocol

from memorybank.bank.config_cache import ConfigCache
from memorybank.ports.clock import Clock, Ids
from memorybank.ports.documents import DocumentStore
from memorybank.ports.models import Embedder, LanguageModel
from memorybank.ports.tasks import TaskQueue


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
