r"""Anthropic itself: its answers have the form that is asked for, and a bank remembers with it.

MEMORYBANK_MODELS=anthropic ANTHROPIC_API_KEY=... MEMORYBANK_GENERATION_MODEL=... \
        pytest tests/live/test_live_anthropic.py --live
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from uuid import uuid4

import pytest

from memorybank.adapters import make_model
from memorybank.config import Settings, read_settings
from memorybank.errors import FailedPrecondition, MemoryBankError
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.server import LocalServer
from memorybank.models.anthropic import AnthropicModel
from memorybank.models.usage import Meter, metered
from memorybank.testing.contracts.model import deciding, saying
from tests.conftest import Served
from tests.journeys.conftest import Journey
from tests.live.decisions import check_decisions


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Return the settings of the environment."""
    if os.environ.get("MEMORYBANK_MODELS") != "anthropic":
        pytest.skip("the environment does not say MEMORYBANK_MODELS=anthropic")
    try:
        return read_settings(os.environ, embeddings="offline", store="sqlite", data=":memory:", queue="in-process")
    except MemoryBankError as error:
        pytest.exit(f"the live suite cannot start: {error.message}", returncode=1)


@pytest.fixture
def journey(settings: Settings) -> Iterator[Journey]:
    with LocalServer(Bank(settings, embedded_adapters(settings))) as server:
        served = Served(server.bank, server.url, project=f"p-{uuid4().hex[:12]}")
        yield Journey(served, served.create_engine(), served.client().memory_banks.memories)


def test_both_prompts_are_answered_in_their_form(settings: Settings) -> None:
    model = make_model(settings)
    assert isinstance(model, AnthropicModel)
    with closing(model), metered(Meter()) as meter:
        assert model.extract(saying("I live in Oslo and I like green tea"))
        model.decide(deciding("I live in Rome", against="I live in Oslo"))
    told = {step: each["calls"] for step, each in meter.summary().items()}
    assert told == {"extract": 1, "decide": 1}, "an answer had to be mended"


def test_a_bank_remembers_finds_and_replaces(journey: Journey) -> None:
    journey.say("I live in Oslo", "My dog is called Rex")
    [hit] = journey.search("the name of my dog", top_k=1)
    assert "Rex" in hit.memory.fact
    journey.say("I live in Rome now")
    facts = journey.facts()
    assert any("Rome" in fact for fact in facts)
    assert not any("Oslo" in fact and "Rome" not in fact for fact in facts)


def test_a_model_that_is_not_there_is_told_with_the_setting_to_change(settings: Settings) -> None:
    model = make_model(replace(settings, generation_model="no-such-model-0"))
    assert isinstance(model, AnthropicModel)
    with closing(model), pytest.raises(FailedPrecondition, match="MEMORYBANK_GENERATION_MODEL"):
        model.extract(saying("I like tea"))


def test_wrong_decisions_do_not_pass_and_right_ones_do(settings: Settings) -> None:
    check_decisions(settings)
