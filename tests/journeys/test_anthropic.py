"""A bank whose language model is Anthropic's, and whose vectors are made in its own process."""

from __future__ import annotations

from pathlib import Path

from memorybank.config import Settings
from memorybank.local.bank import Bank
from memorybank.local.server import LocalServer
from memorybank.testing.anthropic.server import AnthropicServer
from tests.conftest import Served, patient_adapters
from tests.journeys.conftest import Journey, Models


def test_a_bank_remembers_finds_and_updates_with_a_model_of_anthropic(tmp_path: Path) -> None:
    with AnthropicServer() as anthropic:
        settings = Settings(data=str(tmp_path / "bank.db"), **Models(anthropic).settings)
        with LocalServer(Bank(settings, patient_adapters(settings))) as server:
            served = Served(server.bank, server.url, project="p-anthropic")
            journey = Journey(served, served.create_engine(None), served.client().memory_banks.memories)
            assert not any("Oslo" in fact for fact in journey.move_to_rome())
        assert len(anthropic.accepted) >= 3, "two conversations were read, and one change was decided"
