"""Ports restricted to one caller, and what may step outside of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from memorybank.access.narrow_store import NarrowStore
from memorybank.access.rights import UNLIMITED, Rights
from memorybank.bank.config_cache import ConfigCache
from memorybank.bank.ports import BankRules, Ports
from memorybank.ports.clock import Clock, Ids
from memorybank.ports.documents import DocumentStore, Query, Version
from memorybank.ports.models import Embedder, LanguageModel
from memorybank.ports.tasks import TaskQueue
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import EngineName


class _NarrowPorts:
    """Ports with the narrow store in place of the full one; each is still created on first use only."""

    def __init__(self, whole: Ports, rights: Rights, *, write: bool) -> None:
        self.whole, self._rights, self._write = whole, rights, write
        self._store: DocumentStore | None = None

    @property
    def store(self) -> DocumentStore:
        # One store for the whole request: it remembers what the request has read.
        self._store = self._store or NarrowStore(self.whole.store, self._rights, write=self._write)
        return self._store

    @property
    def queue(self) -> TaskQueue:
        return self.whole.queue

    @property
    def model(self) -> LanguageModel:
        return self.whole.model

    @property
    def embedder(self) -> Embedder:
        return self.whole.embedder

    @property
    def clock(self) -> Clock:
        return self.whole.clock

    @property
    def ids(self) -> Ids:
        return self.whole.ids

    @property
    def configs(self) -> ConfigCache:
        return _NarrowConfigs(self.whole.configs, self._rights)

    @property
    def rules(self) -> BankRules:
        return self.whole.rules


class _NarrowConfigs(ConfigCache):
    """The cached configurations of engines that a caller may read; for others the narrow store is asked."""

    def __init__(self, whole: ConfigCache, rights: Rights) -> None:
        self._whole, self._rights = whole, rights

    def is_fresh(self, name: EngineName, *, now: datetime) -> bool:
        return self._rights.knows(name) and self._whole.is_fresh(name, now=now)

    def get(self, name: EngineName, read: Callable[[], MemoryBankConfig], *, now: datetime) -> MemoryBankConfig:
        return self._whole.get(name, read, now=now) if self._rights.knows(name) else read()

    def made(self, name: EngineName, version: Version, make: Callable[[], MemoryBankConfig]) -> MemoryBankConfig:
        return self._whole.made(name, version, make) if self._rights.knows(name) else make()


def paths_of(ports: Ports, query: Query) -> list[str]:
    """Return the paths of all documents that match a query, regardless of the caller: read them through `ports`."""
    return [document.path for document in unlimited(ports).store.query(query)]


def unlimited(ports: Ports) -> Ports:
    """Return unrestricted ports, for a listing that asks itself what of each document the caller may see."""
    return ports.whole if isinstance(ports, _NarrowPorts) else ports


def widened(ports: Ports, rights: Rights, *, engine: EngineName, scope: Mapping[str, str]) -> Ports:
    """Return unrestricted ports, for work on one scope that the caller may change.

    Such work must look only at documents of that scope. Raises as `Rights.require_scope` does.
    """
    rights.require_scope(engine, scope, write=True)
    return unlimited(ports)


def narrowed(ports: Ports, rights: Rights, *, write: bool) -> Ports:
    """Return the ports restricted to one caller, for reading only or also for writing."""
    return ports if rights is UNLIMITED else _NarrowPorts(ports, rights, write=write)
