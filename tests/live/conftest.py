"""The live suite: what only a real model can tell. It runs by hand, is billed, and needs what docs/models.md says.

    GEMINI_API_KEY=... pytest tests/live --live
    GOOGLE_GENAI_USE_VERTEXAI=1 MEMORYBANK_PROJECT=... MEMORYBANK_LOCATION=... pytest tests/live --live

Who gives a key as well as MEMORYBANK_PROJECT and GOOGLE_APPLICATION_CREDENTIALS has both APIs asked in one run.
`--live=scripted` leaves out what needs understanding: so the suite itself is tested, against a scripted Gemini.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from memorybank.config import Settings, read_settings
from memorybank.errors import MemoryBankError
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.server import LocalServer
from memorybank.models.gemini.provider_settings import provider_of
from tests.conftest import Served
from tests.journeys.conftest import Journey

_HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--live`, which is known where this folder is named in the command."""
    says = "ask the model that the environment names; it is billed"
    parser.addoption("--live", nargs="?", const="real", choices=["real", "scripted"], help=says)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip everything here unless it is asked for."""
    if config.getoption("--live", default=None) is not None:
        return
    skip = pytest.mark.skip(reason="asks a real model, which is billed: pytest tests/live --live")
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(skip)


@pytest.fixture
def real(request: pytest.FixtureRequest) -> None:
    """Skip a test whose outcome only a model that understands can bring about."""
    if request.config.getoption("--live") == "scripted":
        pytest.skip("needs a model that understands")


@pytest.fixture(scope="session", params=["developer", "vertex"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Return the settings of a bank on Gemini, by each API that there are credentials for; what is lacking is told."""
    try:
        found = read_settings(
            os.environ, models="gemini", embeddings="gemini", store="sqlite", data=":memory:", queue="in-process"
        )
        if request.param == "vertex" and found.model_credentials != "none" and found.project != "local":
            found = replace(found, model_key=None)
        if found.provider != request.param:
            pytest.skip(f"the environment has no credentials for the {request.param} API")
        provider_of(found).headers()  # asks for a token where one is needed
    except MemoryBankError as error:
        pytest.exit(f"the live suite cannot start: {error.message}", returncode=1)
    return found


@pytest.fixture(scope="session")
def served(settings: Settings) -> Iterator[Served]:
    """Serve a bank whose models are Gemini's."""
    with LocalServer(Bank(settings, embedded_adapters(settings))) as server:
        yield Served(server.bank, server.url, project=f"p-{uuid4().hex[:12]}")


@pytest.fixture
def begin(served: Served) -> Callable[..., Journey]:
    """Make a function that begins a journey in an engine of its own."""

    def start(config: dict[str, Any] | None = None) -> Journey:
        return Journey(served, served.create_engine(config), served.client().memory_banks.memories)

    return start
