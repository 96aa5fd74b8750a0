"""Registries of model providers, stores and queues, which `MEMORYBANK_MODELS`, `_STORE` and `_QUEUE` select by name.

The built-in ones are in `builtin/`. A package adds its own by an entry point, a program by `register`:

    [project.entry-points."memorybank.models"]
    acme = "acme_memory:MODELS"        # a ModelsPlugin

A plugin is a small declaration. Only its name is read at first; the adapter is imported when it is made.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:  # the ports stand above this module, which settings read
    from memorybank.config import Settings
    from memorybank.errors import Violation
    from memorybank.ports.clock import Clock
    from memorybank.ports.documents import DocumentStore
    from memorybank.ports.models import Embedder, LanguageModel
    from memorybank.ports.tasks import Attempt, TaskQueue


def _no_problem(settings: Settings) -> Iterable[Violation]:
    del settings
    return ()


def _never(settings: Settings) -> bool:
    del settings
    return False


@dataclass(frozen=True, kw_only=True)
class ModelsPlugin:
    """A provider of both models. `label` names it in logs; `greeting` tells an operator where conversations are sent.

    `problems` reports settings that are missing. `auto` takes the first provider that is `available`. One that `embeds`
    is taken for the vectors, where no provider of embedders is chosen. `environment` returns the settings that are made
    by variables of the provider's own libraries, such as a key; None if it has none. A provider without an embedder
    leaves vectors to another one.
    """

    model: Callable[[Settings], LanguageModel]
    embedder: Callable[[Settings], Embedder]
    label: Callable[[Settings], str]
    greeting: Callable[[Settings], str]
    available: Callable[[Settings], bool] = _never
    embeds: Callable[[Settings], bool] = _never
    problems: Callable[[Settings], Iterable[Violation]] = _no_problem
    environment: Callable[[Mapping[str, str]], Mapping[str, str]] | None = None
    has_embedder: bool = True


@dataclass(frozen=True, kw_only=True)
class StorePlugin:
    """A store. `local` means that no other machine shares it: caches stay valid, and a starting process may repair it.

    `preload` names a module to load when a function starts, so that the first request does not wait for it.
    """

    open: Callable[[Settings], DocumentStore]
    local: bool = False
    preload: str | None = None
    problems: Callable[[Settings], Iterable[Violation]] = _no_problem


class MakeQueue(Protocol):
    """Makes a queue; `store` returns the bank's store, for a queue that keeps its tasks there."""

    def __call__(self, settings: Settings, *, store: Callable[[], DocumentStore], clock: Clock) -> TaskQueue:
        """Return the queue."""
        ...


class Receive(Protocol):
    """Reads a delivery of a remote queue; None if there is nothing to do now."""

    def __call__(
        self, settings: Settings, queue: TaskQueue, *, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> Attempt | None:
        """Return the attempt."""
        ...


@dataclass(frozen=True, kw_only=True)
class QueuePlugin:
    """A queue. One without `receive` runs in the bank's own process: its `make` returns a `RunningQueue`."""

    make: MakeQueue
    receive: Receive | None = None
    problems: Callable[[Settings], Iterable[Violation]] = _no_problem


_Plugin = TypeVar("_Plugin")


@cache
def _installed(group: str) -> EntryPoints:
    """Return the entry points of a group; finding them reads a file of every installed package."""
    return entry_points(group=group)


class Table(Generic[_Plugin]):
    """Plugins of one kind by name; other packages add theirs as entry points of `group`.

    `also` are values that the setting accepts besides the names.
    """

    def __init__(self, kind: type[_Plugin], group: str, own: Mapping[str, str], *, also: Sequence[str] = ()) -> None:
        self._kind: type[_Plugin] = kind
        self._group, self._also = group, tuple(also)
        self._known: dict[str, _Plugin | str] = dict(own)
        self._lock = Lock()

    def register(self, name: str, plugin: _Plugin) -> None:
        """Add a plugin; `ValueError` if the name is taken."""
        with self._lock:
            if name in self._known:
                raise ValueError(f"{name!r} is registered already")
            self._known[name] = plugin

    @contextmanager
    def registered(self, name: str, plugin: _Plugin) -> Iterator[None]:
        """Register a plugin for the duration of the block."""
        self.register(name, plugin)
        try:
            yield
        finally:
            with self._lock:
                del self._known[name]

    def names(self) -> list[str]:
        """Return all names, the default first."""
        return list(dict.fromkeys([*self._known, *(each.name for each in _installed(self._group))]))

    def find(self, name: str) -> _Plugin:
        """Return a plugin; raise `ValueError` if there is none of that name or it cannot be loaded."""
        found: Any = self._known.get(name)
        try:
            if isinstance(found, str):
                module, _, attribute = found.partition(":")
                found = getattr(importlib.import_module(module), attribute)
            elif found is None:
                found = next((each.load() for each in _installed(self._group).select(name=name)), None)
        except (ImportError, AttributeError) as error:
            raise ValueError(f"{name} cannot be loaded: {error}") from error
        if found is None:
            raise ValueError(f"must be one of {', '.join([*self._also, *self.names()])}")
        if not isinstance(found, self._kind):
            raise ValueError(f"{name} is no {self._kind.__name__}")  # noqa: TRY004 - of a setting's value
        with self._lock:
            self._known[name] = found
        plugin: _Plugin = found
        return plugin


AUTO = "auto"
"""The setting that takes the first available provider."""

OFFLINE = "offline"
"""The provider if no other is available; also how it labels itself."""

LOCAL = "local"
"""The embedder that compares meaning in this process."""

MODELS = Table(
    ModelsPlugin,
    "memorybank.models",
    {
        "gemini": "memorybank.builtin.models:GEMINI",
        "openai": "memorybank.builtin.models:OPENAI",
        "anthropic": "memorybank.builtin.anthropic:ANTHROPIC",
        LOCAL: "memorybank.builtin.local_models:LOCAL",
        OFFLINE: "memorybank.builtin.models:OFFLINE",
    },
    also=[AUTO],
)
STORES = Table(
    StorePlugin,
    "memorybank.stores",
    {"sqlite": "memorybank.builtin.stores:SQLITE", "firestore": "memorybank.builtin.stores:FIRESTORE"},
)
QUEUES = Table(
    QueuePlugin,
    "memorybank.queues",
    {"in-process": "memorybank.builtin.queues:IN_PROCESS", "cloud-tasks": "memorybank.builtin.queues:CLOUD_TASKS"},
)


def models_of(settings: Settings) -> ModelsPlugin:
    """Return the provider selected in the settings."""
    if settings.models != AUTO:
        return MODELS.find(settings.models)
    found = (MODELS.find(name) for name in MODELS.names() if name != OFFLINE)
    return next((plugin for plugin in found if plugin.available(settings)), None) or MODELS.find(OFFLINE)


def embeddings_of(settings: Settings) -> ModelsPlugin:
    """Return the provider of the embedder: unless one is selected, the local one if it `embeds`, or the models'."""
    if settings.embeddings != AUTO:
        return MODELS.find(settings.embeddings)
    local = MODELS.find(LOCAL)
    return local if local.embeds(settings) else models_of(settings)


def environment_of(models: str, embeddings: str, *, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return what the environment sets for the selected provider, by names that are the provider's own.

    They are those of one provider, because one key and one URL serve both models: of the first that has such names.
    """
    selected = [name for name in (embeddings, models) if name != AUTO]
    for name in [*selected, *(MODELS.names() if models == AUTO else ())]:
        with suppress(ValueError):  # settings say what is wrong with a name, with all else that is wrong
            if (read := MODELS.find(name).environment) is not None:
                return read(environment)
    return {}


def greeting_of(settings: Settings) -> str:
    """Return what an operator should know of the models."""
    models, embeds = models_of(settings), embeddings_of(settings)
    if embeds is models:
        return models.greeting(settings)
    if embeds is MODELS.find(LOCAL):
        return f"{models.greeting(settings)} {embeds.greeting(settings)}"
    return f"{models.greeting(settings)} Vectors come from another provider: {embeds.label(settings)}."


def store_of(settings: Settings) -> StorePlugin:
    """Return the store selected in the settings."""
    return STORES.find(settings.store)


def queue_of(settings: Settings) -> QueuePlugin:
    """Return the queue selected in the settings."""
    return QUEUES.find(settings.queue)
