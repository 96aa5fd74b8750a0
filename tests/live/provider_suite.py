"""What is asked of every provider of a language model that has no suite of its own, as Gemini has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import ClassVar
from uuid import uuid4

import pytest

from memorybank.adapters import make_model
from memorybank.config import Settings, read_settings
from memorybank.errors import FailedPrecondition, MemoryBankError
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.server import LocalServer
from memorybank.models.prompted import PromptedModel
from memorybank.models.usage import Meter, metered
from memorybank.testing.contracts.model import deciding, saying
from tests.conftest import Served
from tests.journeys.conftest import Journey
from tests.live.decisions import check_decisions


class ProviderSuite:
    """Tests of the provider that `models` names, with vectors of `embeddings`."""

    models: ClassVar[str]
    embeddings: ClassVar[str]

    @pytest.fixture
    def settings(self) -> Settings:
        """Return the settings of the environment."""
        if os.environ.get("MEMORYBANK_MODELS") != self.models:
            pytest.skip(f"the environment does not say MEMORYBANK_MODELS={self.models}")
        chosen = {"embeddings": self.embeddings, "store": "sqlite", "data": ":memory:", "queue": "in-process"}
        try:
            return read_settings(os.environ, **chosen)
        except MemoryBankError as error:
            pytest.exit(f"the live suite cannot start: {error.message}", returncode=1)

    @pytest.fixture
    def journey(self, settings: Settings) -> Iterator[Journey]:
        """Begin a journey in a bank of its own."""
        with LocalServer(Bank(settings, embedded_adapters(settings))) as server:
            served = Served(server.bank, server.url, project=f"p-{uuid4().hex[:12]}")
            yield Journey(served, served.create_engine(), served.client().memory_banks.memories)

    def test_both_prompts_are_answered_in_their_form(self, settings: Settings) -> None:
        model = make_model(settings)
        assert isinstance(model, PromptedModel)
        with closing(model), metered(Meter()) as meter:
            assert model.extract(saying("I live in Oslo and I like green tea"))
            model.decide(deciding("I live in Rome", against="I live in Oslo"))
        told = {step: each["calls"] for step, each in meter.summary().items()}
        assert told == {"extract": 1, "decide": 1}, "an answer had to be mended"

    def test_a_bank_remembers_finds_and_replaces(self, journey: Journey) -> None:
        assert not any("Oslo" in fact and "Rome" not in fact for fact in journey.move_to_rome())

    def test_a_model_that_is_not_there_is_reported_with_the_setting_to_change(self, settings: Settings) -> None:
        model = make_model(replace(settings, generation_model="no-such-model-0"))
        assert isinstance(model, PromptedModel)
        with closing(model), pytest.raises(FailedPrecondition, match="MEMORYBANK_GENERATION_MODEL"):
            model.extract(saying("I like tea"))

    def test_wrong_decisions_do_not_pass_and_right_ones_do(self, settings: Settings) -> None:
        check_decisions(settings)
