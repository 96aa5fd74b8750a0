"""A bank whose models are behind OpenAI's API: it remembers, finds and updates, whatever kind of server that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from memorybank.config import Settings
from memorybank.local.bank import Bank
from memorybank.local.server import LocalServer
from memorybank.plugins import models_of
from memorybank.testing.openai.kinds import KINDS
from memorybank.testing.openai.server import OpenAIServer
from tests.conftest import Served, patient_adapters
from tests.journeys.conftest import Journey


@pytest.mark.parametrize("kind", KINDS)
def test_a_bank_remembers_finds_and_updates_with_models_of_any_server(kind: str, tmp_path: Path) -> None:
    with OpenAIServer(KINDS[kind]) as models:
        settings = Settings(
            data=str(tmp_path / "bank.db"),
            models="openai",
            model_url=models.url,
            model_key=models.key,
            generation_model="small-1",
            embedding_model="vectors-1",
        )
        greeting = models_of(settings).greeting(settings)
        assert "small-1" in greeting
        assert "vectors-1" in greeting
        assert "the-key" not in greeting
        with LocalServer(Bank(settings, patient_adapters(settings))) as server:
            served = Served(server.bank, server.url, project="p-openai")
            memories = served.client().memory_banks.memories
            journey = Journey(served, served.create_engine(None), memories)
            assert not any("Oslo" in fact for fact in journey.move_to_rome())
            [home] = [memory for memory in memories.list(name=journey.engine) if "Rome" in memory.fact]
            assert len(journey.history(home.name)) == 2
        methods = {asked.method for asked in models.accepted}
        assert methods == {"chat/completions", "embeddings"}
