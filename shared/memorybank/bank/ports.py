"""The ports that the bank's operations depend on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from memorybank.bank.config_cache import ConfigCache
from memorybank.ports.clock import Clock, Ids
from memorybank.ports.documents import DocumentStore
from memorybank.ports.models import Embedder, LanguageModel
from memorybank.ports.tasks import TaskQueue


@dataclass(frozen=True)
class BankRules:
    """What a deployment wants of its bank.

    With `second_opinion`, the model is asked once more about changes that are unlikely. So many known memories are
    shown beside a conversation as `memories_shown` says. `deleted_retention` is how long the revisions of a deleted
    memory can still be read and restored.
    """

    second_opinion: bool = False
    memories_shown: int = 0
    deleted_retention: timedelta = timedelta(hours=48)


class Ports(Protocol):
    """The ports, each created on first use, so that a function does not pay for those it never uses."""

    @property
    def store(self) -> DocumentStore:
        """The document store."""
        ...

    @property
    def queue(self) -> TaskQueue:
        """The task queue."""
        ...

    @property
    def model(self) -> LanguageModel:
        """The language model."""
        ...

    @property
    def embedder(self) -> Embedder:
        """The embedding model."""
        ...

    @property
    def clock(self) -> Clock:
        """The clock."""
        ...

    @property
    def ids(self) -> Ids:
        """The source of unique ids."""
        ...

    @property
    def configs(self) -> ConfigCache:
        """The cache of engine configurations."""
        ...

    @property
    def rules(self) -> BankRules:
        """What the deployment wants of the bank."""
        ...
