"""Models, a store and a queue of one's own: registered in one place, chosen by a setting, served through HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from memorybank.adapters import make_store
from memorybank.config import Settings, read_settings
from memorybank.errors import InvalidArgument, Violation
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.server import LocalServer
from memorybank.plugins import MODELS, QUEUES, STORES, ModelsPlugin, QueuePlugin, StorePlugin
from memorybank.ports.clock import Clock
from memorybank.ports.documents import DocumentStore, Vector
from memorybank.ports.models import Purpose
from memorybank.ports.tasks import Attempt, Handler, Task
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.scripted import ScriptedModel
from tests.waiting import PATIENCE

SCOPE = {"user_id": "1"}


class ToyEmbedder:
    """Two numbers: the first tells vowels from the rest."""

    def resolve(self, model: str | None) -> str:
        return f"toy-{model or 'vowels'}"

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        del purpose, model
        return [Vector((1.0, 0.0) if text[:1].lower() in "aeiou" else (0.0, 1.0)) for text in texts]


class ToyStore(SqliteStore):
    """A store that counts its commits."""

    commits = 0

    def commit(self, *args: Any, **more: Any) -> Any:
        type(self).commits += 1
        return super().commit(*args, **more)


class ToyQueue:
    """A queue without threads: what is enqueued is done before the caller goes on."""

    def __init__(self) -> None:
        self.handler: Handler | None = None
        self.delivered: list[str] = []

    def enqueue(self, task: Task) -> None:
        self.delivered.append(task.name)
        if self.handler is not None and task.run_at is None:
            self.handler(Attempt(task, 1, final=True))

    def start(self, handler: Handler) -> None:
        self.handler = handler

    def revive(self) -> list[str]:
        return []

    def stop(self) -> None:
        self.handler = None

    def wait_idle(self, timeout: timedelta) -> bool:
        del timeout
        return True


def toy_models(settings: Settings) -> ScriptedModel:
    del settings
    return ScriptedModel()


TOY_MODELS = ModelsPlugin(
    model=toy_models,
    embedder=lambda _: ToyEmbedder(),
    label=lambda _: "toy",
    greeting=lambda _: "Its models are toys.",
)


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Make a function that serves a bank with settings of its own and returns the URL of a new engine."""
    with ExitStack() as stack:

        def start(**environment: str) -> str:
            settings = read_settings(
                {"MEMORYBANK_DATA": str(tmp_path / "bank.db"), "MEMORYBANK_EMBEDDINGS": "offline", **environment}
            )
            server = stack.enter_context(LocalServer(Bank(settings, embedded_adapters(settings))))
            engines = f"{server.url}/v1beta1/projects/local/locations/us-central1/reasoningEngines"
            made = httpx.post(engines, json={}, timeout=PATIENCE).raise_for_status().json()
            return f"{server.url}/v1beta1/{made['response']['name']}"

        yield start


def say(engine: str, text: str) -> list[dict[str, Any]]:
    """Have the bank remember what is said, and return what it then knows."""
    events = [{"content": {"role": "user", "parts": [{"text": text}]}}]
    body = {"scope": SCOPE, "directContentsSource": {"events": events}}
    begun = httpx.post(f"{engine}/memories:generate", json=body, timeout=PATIENCE).raise_for_status()
    operation = begun.json()["name"]
    root = engine.partition("/projects/")[0]
    waited = (
        httpx.post(f"{root}/{operation}:wait", json={"timeout": "300s"}, timeout=PATIENCE).raise_for_status().json()
    )
    assert waited.get("done"), waited
    assert "error" not in waited, waited
    found = httpx.post(f"{engine}/memories:retrieve", json={"scope": SCOPE}, timeout=PATIENCE).raise_for_status().json()
    return [each["memory"] for each in found.get("retrievedMemories", [])]


def test_a_provider_of_models_is_chosen_by_its_name(serving: Callable[..., str]) -> None:
    with MODELS.registered("toy", TOY_MODELS):
        engine = serving(MEMORYBANK_MODELS="toy", MEMORYBANK_EMBEDDINGS="auto")
        assert [memory["fact"] for memory in say(engine, "everything is a fact to me")] == [
            "everything is a fact to me"
        ], "the scripted model takes every line, the offline one would not"
        asked = {"scope": SCOPE, "similaritySearchParams": {"searchQuery": "any vowel", "topK": 1}}
        [hit] = httpx.post(f"{engine}/memories:retrieve", json=asked, timeout=PATIENCE).json()["retrievedMemories"]
        assert hit["distance"] == 0, "its embedder made both vectors"


def test_a_store_is_chosen_by_its_name(serving: Callable[..., str]) -> None:
    toy = StorePlugin(open=lambda settings: ToyStore(settings.data), local=True)
    with STORES.registered("toy", toy):
        ToyStore.commits = 0
        assert say(serving(MEMORYBANK_STORE="toy", MEMORYBANK_MODELS="offline"), "I like tea.")
        assert ToyStore.commits > 0


def test_a_queue_is_chosen_by_its_name(serving: Callable[..., str]) -> None:
    queues: list[ToyQueue] = []

    def make(settings: Settings, *, store: Callable[[], DocumentStore], clock: Clock) -> ToyQueue:
        del settings, store, clock
        queues.append(ToyQueue())
        return queues[-1]

    with QUEUES.registered("toy", QueuePlugin(make=make)):
        assert say(serving(MEMORYBANK_QUEUE="toy", MEMORYBANK_MODELS="offline"), "I like tea.")
    [queue] = queues
    assert queue.delivered


def test_what_a_plugin_lacks_is_told_with_all_that_is_wrong() -> None:
    lacking = StorePlugin(open=make_store, problems=lambda _: [Violation("MEMORYBANK_DATABASE", "is needed for toys")])
    with STORES.registered("toy", lacking), pytest.raises(InvalidArgument) as caught:
        Settings(store="toy", queue="pigeons")
    assert {each.field for each in caught.value.violations} == {"MEMORYBANK_DATABASE", "MEMORYBANK_QUEUE"}
    assert "must be one of in-process, cloud-tasks" in caught.value.message
    with pytest.raises(InvalidArgument, match="must be one of auto, gemini, openai, anthropic, local, offline"):
        Settings(models="toy")


def test_models_that_are_available_are_taken_without_being_asked_for() -> None:
    settings = Settings()
    eager = ModelsPlugin(
        model=toy_models,
        embedder=lambda _: ToyEmbedder(),
        label=lambda _: "toy",
        greeting=lambda _: "",
        available=lambda _: True,
    )
    assert settings.provider == "offline"
    with MODELS.registered("toy", eager):
        assert settings.provider == "toy"


def test_a_provider_gets_its_own_key_and_no_other_providers() -> None:
    keys = {"TOY_API_KEY": "toy's", "GEMINI_API_KEY": "google's", "OPENAI_API_KEY": "openai's"}
    toy = replace(TOY_MODELS, environment=lambda found: {"model_key": found["TOY_API_KEY"]})
    with MODELS.registered("toy", toy), MODELS.registered("keyless", TOY_MODELS):
        assert read_settings({**keys, "MEMORYBANK_MODELS": "toy"}).model_key == "toy's"
        assert read_settings(keys, models="toy", embeddings="offline").model_key == "toy's"
        assert read_settings(keys, models="offline", embeddings="toy").model_key == "toy's"
        assert read_settings({**keys, "MEMORYBANK_MODEL_KEY": "mine"}, models="toy").model_key == "mine"
        assert read_settings(keys, models="keyless").model_key is None
        assert read_settings(keys, embeddings="offline").model_key == "google's"


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered already"):
        MODELS.register("offline", TOY_MODELS)


def test_another_package_adds_models_by_an_entry_point(tmp_path: Path) -> None:
    (tmp_path / "acme_memory.py").write_text(
        "from memorybank.models.offline import OfflineEmbedder, OfflineModel\n"
        "from memorybank.plugins import ModelsPlugin\n"
        "MODELS = ModelsPlugin(model=lambda s: OfflineModel(), embedder=lambda s: OfflineEmbedder(),\n"
        "                      label=lambda s: 'acme', greeting=lambda s: 'Acme serves.')\n"
    )
    installed = tmp_path / "acme-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[memorybank.models]\nacme = acme_memory:MODELS\n")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from memorybank.config import read_settings\n"
        "settings = read_settings({'MEMORYBANK_MODELS': 'acme'})\n"
        "assert settings.provider == 'acme'\n"
        "assert 'memorybank.storage.sqlite' not in sys.modules, 'no other adapter is loaded'\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=PATIENCE)


@pytest.mark.parametrize(
    "environment",
    [
        {"GEMINI_API_KEY": "k"},
        {
            "MEMORYBANK_MODELS": "openai",
            "OPENAI_API_KEY": "k",
            "MEMORYBANK_GENERATION_MODEL": "m",
            "MEMORYBANK_EMBEDDING_MODEL": "e",
        },
    ],
    ids=["gemini", "openai"],
)
def test_settings_load_no_adapter(environment: dict[str, str]) -> None:
    program = (
        "import sys\n"
        "from memorybank.config import read_settings\n"
        f"read_settings({environment}).provider\n"
        "found = [name for name in sys.modules if name.startswith(('memorybank.models', 'memorybank.storage',"
        " 'memorybank.tasks', 'pydantic', 'google.auth', 'google.genai'))]\n"
        "assert not found, found\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=PATIENCE)
