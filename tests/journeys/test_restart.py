"""A bank on a file, closed and served again: nothing is lost, and what was under way goes on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import agentplatform
import httpx
import pytest
from google.oauth2.credentials import Credentials

from memorybank.config import Settings
from memorybank.errors import Unavailable
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.server import LocalServer
from memorybank.ports.models import ExtractedFact
from memorybank.testing.scripted import ScriptedModel
from tests.waiting import PATIENCE, finished

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from memorybank.ports.models import ExtractionRequest
    from tests.journeys.conftest import Models

    Start = Callable[..., LocalServer]

SCOPE = {"user_id": "ada"}


@pytest.fixture
def start(tmp_path: Path, models: Models) -> Start:
    """Make a function that builds a server of one and the same file."""

    def build(**adapters: Any) -> LocalServer:
        settings = Settings(data=str(tmp_path / "bank.db"), **models.settings)
        return LocalServer(Bank(settings, embedded_adapters(settings, **adapters)))

    return build


def _banks(server: LocalServer) -> Any:
    options = {"project": "p", "location": "us-central1", "credentials": Credentials(token="any")}
    return agentplatform.Client(**options, http_options={"base_url": server.url}).memory_banks


def test_a_bank_that_was_closed_still_has_everything(start: Start) -> None:
    with start() as server:
        banks = _banks(server)
        engine = banks.create(config={"display_name": "kept"}).name
        banks.memories.create(name=engine, fact="I like figs", scope=SCOPE, config={"memory_id": "figs"})
        source = {"direct_memories": [{"fact": "I live in Paris"}]}
        operation = banks.memories.generate(name=engine, scope=SCOPE, direct_memories_source=source)
        [change] = operation.response.generated_memories
        banks.memories.delete(name=f"{engine}/memories/figs")
        memory = banks.memories.get(name=change.memory.name)
        deletion, creation = banks.memories.revisions.list(name=f"{engine}/memories/figs")
    with start() as server:
        banks = _banks(server)
        assert banks.get(name=engine).display_name == "kept"
        assert banks.memories.get(name=memory.name) == memory
        params = {"search_query": "I live in Paris"}
        [hit] = banks.memories.retrieve(name=engine, scope=SCOPE, similarity_search_params=params)
        assert hit.memory == memory
        history = list(banks.memories.revisions.list(name=f"{engine}/memories/figs"))
        assert history == [deletion, creation]
        banks.memories.rollback(name=f"{engine}/memories/figs", target_revision_id=creation.name.rpartition("/")[2])
        assert {each.fact for each in banks.memories.list(name=engine)} == {"I like figs", "I live in Paris"}
        [repeated] = banks.memories.generate(
            name=engine, scope=SCOPE, direct_memories_source=source
        ).response.generated_memories
        assert (repeated.action.value, repeated.memory.name) == ("UPDATED", memory.name)


def test_a_generation_that_was_under_way_is_finished_by_the_next_process(start: Start) -> None:
    reached = threading.Event()

    def fail(request: ExtractionRequest) -> Sequence[ExtractedFact]:
        reached.set()
        raise Unavailable("the model is gone")

    with start(model=ScriptedModel(extract=fail)) as server:
        banks = _banks(server)
        engine = banks.create().name
        source = {"events": [{"content": {"parts": [{"text": "I like tea"}]}}]}
        config = {"wait_for_completion": False}
        running = banks.memories.generate(name=engine, scope=SCOPE, direct_contents_source=source, config=config)
        assert not running.done
        assert reached.wait(PATIENCE)
    with start(model=ScriptedModel()) as server:
        banks = _banks(server)
        with httpx.Client(base_url=server.url, timeout=PATIENCE) as http:
            finished(http, {"name": running.name})
        assert [memory.fact for memory in banks.memories.list(name=engine)] == ["I like tea"]
