"""Journeys: a served bank, an engine in it, and the calls of Google's SDK that people make of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from memorybank.config import Settings, variable
from memorybank.local.bank import Bank
from memorybank.local.server import LocalServer
from memorybank.storage.firestore import FirestoreStore
from memorybank.testing.anthropic.server import AnthropicServer
from memorybank.testing.gemini.brain import thinking_as
from memorybank.testing.gemini.server import GeminiServer
from memorybank.testing.openai.server import OpenAIServer
from memorybank.testing.scripted import ScriptedModel
from tests.conftest import Serve, Served, data_file, patient_adapters
from tests.waiting import finished

SCOPE = {"user_id": "ada"}

ON_A_FILE = pytest.mark.on_a_file
"""For a module whose journeys are about a file: `pytestmark = ON_A_FILE`."""

ABOUT_MODELS = pytest.mark.about_models
"""For a module whose journeys depend on what a model says: `pytestmark = ABOUT_MODELS`."""

ABOUT_CLIENTS = pytest.mark.about_clients
"""For a module whose journeys are about who calls a bank over HTTP: the store behind it makes no difference to them."""

_DOOR = "agentplatform"
"""The one of the SDK's doors by which every store and provider is called in every run."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take journeys on both stores with the models that the command names.

    If it names none, with the offline ones, and on SQLite with a scripted Gemini, too.
    """
    chosen, marks = metafunc.config.getoption("--models"), {mark.name for mark in metafunc.definition.iter_markers()}
    stores = ["sqlite"] if "on_a_file" in marks else ["sqlite", "firestore"]
    pairs = [(store, chosen or "offline") for store in stores]
    pairs += [("sqlite", "gemini")] if chosen is None else []
    if "serve" in metafunc.fixturenames:
        ids = [store if models == "offline" else f"{store}-{models}" for store, models in pairs]
        metafunc.parametrize(("serve", "models"), pairs, ids=ids, indirect=True)
    elif "models" in metafunc.fixturenames:
        metafunc.parametrize("models", list(dict.fromkeys(models for _, models in pairs)), indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave repetitions of the same journey for another provider or door to the nightly run."""
    for item in items:
        if _repeats(item):
            item.add_marker(pytest.mark.nightly)
    if config.getoption("--nightly") or config.getoption("--models"):
        return
    later = [item for item in items if item.get_closest_marker("nightly")]
    if later:
        config.hook.pytest_deselected(items=later)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]


def _repeats(item: pytest.Item) -> bool:
    """Tell whether this is a journey that every run takes by another way, with nothing that this way adds.

    On SQLite with the offline models, every journey is taken by every door. On Firestore each is taken by one door;
    with a scripted Gemini, by one door and only if it depends on a model. What is about clients needs no second store.
    """
    given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    provider = given.get("models", "offline") != "offline"
    if provider and not item.get_closest_marker("about_models"):
        return True
    firestore = given.get("serve") == "firestore"
    if firestore and item.get_closest_marker("about_clients"):
        return True
    return (provider or firestore) and given.get("begin_anywhere", _DOOR) != _DOOR


@dataclass(frozen=True)
class Models:
    """Which models banks have that are given none: the offline ones or, with a server, a provider's over HTTP."""

    server: GeminiServer | OpenAIServer | AnthropicServer | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """The settings by which a bank has them."""
        if self.server is None:
            return {"embeddings": "offline"}
        if isinstance(self.server, GeminiServer):
            return {"models": "gemini", "embeddings": "gemini", "model_key": "k", "model_url": self.server.url}
        given = {"model_key": self.server.key, "model_url": self.server.url, "generation_model": "small-1"}
        if isinstance(self.server, AnthropicServer):
            return {"models": "anthropic", "embeddings": "offline", **given}
        return {"models": "openai", "embeddings": "openai", "embedding_model": "vectors-1", **given}

    @property
    def environment(self) -> dict[str, str]:
        """The same for a process of its own."""
        return {variable(name): value for name, value in self.settings.items()}

    def think_as(self, model: ScriptedModel) -> dict[str, ScriptedModel]:
        """Return adapters by which a bank has a scripted model: none with a provider at hand, which answers so."""
        if self.server is None:
            return {"model": model}
        self.server.brain = thinking_as(model)
        return {}


@pytest.fixture
def models(request: pytest.FixtureRequest) -> Iterator[Models]:
    """Serve a scripted provider if this journey is taken with one."""
    if request.param == "offline":
        yield Models()
        return
    with _SERVERS[request.param]() as server:
        yield Models(server)


_SERVERS: dict[str, Callable[[], GeminiServer | OpenAIServer | AnthropicServer]] = {
    "gemini": GeminiServer,
    "openai": OpenAIServer,
    "anthropic": AnthropicServer,
}


@pytest.fixture
def serve(request: pytest.FixtureRequest, models: Models, tmp_path: Path) -> Iterator[Serve]:
    """Make a function that serves a bank, on each store in turn; keyword arguments replace other adapters."""
    if request.param == "firestore":
        request.getfixturevalue("firestore_emulator")
    with ExitStack() as stack:

        def start(*, data: str | None = None, **adapters: Any) -> Served:
            settings = Settings(data=data or data_file(tmp_path), media_prefixes="gs://b/", **models.settings)
            if request.param == "firestore":
                assert data is None, "this journey is about a file: say so by `pytestmark = ON_A_FILE`"
                adapters.setdefault("store", FirestoreStore(f"p-{uuid4().hex[:12]}"))
            server = LocalServer(Bank(settings, patient_adapters(settings, **adapters)))
            stack.enter_context(server)
            return Served(server.bank, server.url, project=f"p-{uuid4().hex[:12]}")

        yield start


@dataclass(frozen=True)
class Journey:
    """One engine of a served bank. `memories` is what the SDK calls so: it has create, generate, retrieve and more."""

    served: Served
    engine: str
    memories: Any

    @property
    def revisions(self) -> Any:
        """What the SDK calls revisions."""
        return self.memories.revisions

    @property
    def path(self) -> str:
        """The path of the engine's document in the store."""
        _, project, _, location, _, engine = self.engine.split("/")
        return f"engines/{project}:{location}:{engine}"

    def remember(self, fact: str, *, scope: dict[str, str] | None = None, **config: Any) -> Any:
        """Create a memory and return it."""
        return self.memories.create(name=self.engine, fact=fact, scope=scope or SCOPE, config=config).response

    def say(self, *turns: str, scope: dict[str, str] | None = None, **config: Any) -> list[Any]:
        """Generate from what a user says, one turn after the other, and return what changed."""
        events = [{"content": {"role": "user", "parts": [{"text": text}]}} for text in turns]
        source = {"direct_contents_source": {"events": events}}
        return self._generate(source, scope=scope, config=config)

    def tell(self, *facts: str, scope: dict[str, str] | None = None, **config: Any) -> list[Any]:
        """Generate from facts and return what changed."""
        source = {"direct_memories_source": {"direct_memories": [{"fact": fact} for fact in facts]}}
        return self._generate(source, scope=scope, config=config)

    def facts(self, **config: Any) -> list[str]:
        """Return the facts of all memories, newest first."""
        return [memory.fact for memory in self.memories.list(name=self.engine, config=config)]

    def search(self, query: str, *, scope: dict[str, str] | None = None, top_k: int | None = None) -> list[Any]:
        """Return what is found by similarity."""
        params = {"search_query": query, **({} if top_k is None else {"top_k": top_k})}
        return list(self.memories.retrieve(name=self.engine, scope=scope or SCOPE, similarity_search_params=params))

    def history(self, memory: str, **config: Any) -> list[Any]:
        """Return the revisions of a memory, newest first."""
        return list(self.revisions.list(name=memory, config=config))

    def move_to_rome(self) -> list[str]:
        """Say where one lives and what one's dog is called, find the dog, move, and return the facts."""
        self.say("I live in Oslo", "My dog is called Rex")
        [found] = self.search("What is my dog called?", top_k=1)
        assert "Rex" in found.memory.fact
        self.say("I live in Rome now")
        facts = self.facts()
        assert any("Rome" in fact for fact in facts)
        return facts

    def stored(self) -> list[str]:
        """Return the paths of all documents below the engine."""
        return list(self.served.bank.adapters.store.below(self.path, limit=1000))

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a body to a path below the engine as curl would, and return the answer."""
        with self.served.http() as http:
            answer = http.post(f"/v1beta1/{self.engine}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def finish(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a body to a path below the engine as curl would, and return its operation when it is done."""
        with self.served.http() as http:
            return finished(http, self.post(path, body))

    def _generate(self, source: dict[str, Any], *, scope: dict[str, str] | None, config: dict[str, Any]) -> list[Any]:
        operation = self.memories.generate(name=self.engine, scope=scope or SCOPE, **source, config=config)
        return (operation.response and operation.response.generated_memories) or []


class _Awaited:
    """What `.aio` offers, called as if it were not asynchronous: answers are awaited, pages are read to their end."""

    def __init__(self, target: Any, runner: asyncio.Runner) -> None:
        self._target, self._runner = target, runner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if not callable(found):
            return _Awaited(found, self._runner)
        return lambda **arguments: self._runner.run(_whole(found(**arguments)))


async def _whole(answer: Any) -> Any:
    found = await answer
    return [item async for item in found] if hasattr(found, "__aiter__") else found


Begin = Callable[..., Journey]


def _beginner(serve: Serve, open_memories: Callable[[Served], Any]) -> Begin:
    def begin(config: dict[str, Any] | None = None, **adapters: Any) -> Journey:
        served = serve(**adapters)
        return Journey(served, served.create_engine(config), open_memories(served))

    return begin


@pytest.fixture
def begin(serve: Serve) -> Begin:
    """Make a function that begins a journey: it takes a bank's configuration, and adapters as `serve` does."""
    return _beginner(serve, lambda served: served.client().memory_banks.memories)


@pytest.fixture(params=["vertexai", "vertexai.aio", "agentplatform", "agentplatform.aio"])
def begin_anywhere(serve: Serve, request: pytest.FixtureRequest) -> Iterator[Begin]:
    """Make the same function for each of the SDK's doors: two modules, each with and without async."""
    module, _, asynchronous = str(request.param).partition(".")
    with ExitStack() as stack:

        def open_memories(served: Served) -> Any:
            client = served.client(module)
            door = client.aio if asynchronous else client
            memories = (door.agent_engines if module == "vertexai" else door.memory_banks).memories
            if not asynchronous:
                return memories
            runner = stack.enter_context(asyncio.Runner())
            # The lambda holds the client, too: its async transport closes with it.
            stack.callback(lambda: runner.run(client.aio.aclose()))
            return _Awaited(memories, runner)

        yield _beginner(serve, open_memories)
