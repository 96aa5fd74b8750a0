"""An in-process cache of engine configurations, so that not every call reads one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from memorybank.ports.documents import Version
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import EngineName

_MOST = 1000

ValueT = TypeVar("ValueT")


class ConfigCache:
    """The configurations of recently used engines, each valid for `lifetime` after it was read; zero disables caching.

    A changed configuration therefore takes effect everywhere within `lifetime`. A deleted engine answers searches for
    no longer than that, with no results, because its memories disappear at once.
    """

    def __init__(self, lifetime: timedelta) -> None:
        self.lifetime = lifetime
        self._held: OrderedDict[EngineName, tuple[datetime, MemoryBankConfig]] = OrderedDict()
        self._made: OrderedDict[EngineName, tuple[Version, MemoryBankConfig]] = OrderedDict()
        self._lock = threading.Lock()

    def is_fresh(self, name: EngineName, *, now: datetime) -> bool:
        """Tell whether `get` can answer without reading the store."""
        return self._believed(name, now) is not None

    def get(self, name: EngineName, read: Callable[[], MemoryBankConfig], *, now: datetime) -> MemoryBankConfig:
        """Return the configuration of an engine, reading it from the store if the cached one is stale."""
        held = self._believed(name, now)
        if held is not None:
            return held
        config = read()
        if self.lifetime:
            self._keep(self._held, name, (now, config))
        return config

    def made(self, name: EngineName, version: Version, make: Callable[[], MemoryBankConfig]) -> MemoryBankConfig:
        """Return the configuration in a version of an engine's document that has been read; `make` reads it out."""
        with self._lock:
            made = self._made.get(name)
        if made is not None and made[0] == version:
            return made[1]
        config = make()
        self._keep(self._made, name, (version, config))
        return config

    def _keep(self, among: OrderedDict[EngineName, ValueT], name: EngineName, value: ValueT) -> None:
        with self._lock:
            among[name] = value
            among.move_to_end(name)
            if len(among) > _MOST:
                among.popitem(last=False)

    def _believed(self, name: EngineName, now: datetime) -> MemoryBankConfig | None:
        if not self.lifetime:
            return None
        with self._lock:
            held = self._held.get(name)
        return held[1] if held is not None and now < held[0] + self.lifetime else None
