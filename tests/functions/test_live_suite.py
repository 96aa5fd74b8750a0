"""The live suite runs when it is asked to and never otherwise, and says what it lacks."""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from http import HTTPStatus
from io import StringIO
from pathlib import Path

import pytest

from memorybank.testing.anthropic.server import AnthropicServer
from memorybank.testing.gemini.requests import Asked
from memorybank.testing.gemini.server import GeminiServer, Reply
from memorybank.testing.metadata_server import MetadataServer
from memorybank.testing.openai.kinds import OLLAMA
from memorybank.testing.openai.server import OpenAIServer
from memorybank.testing.processes import run_program
from tests.conftest import AUTHORITIES

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """How a run of the live suite ended, and what it said."""

    returncode: int
    stdout: str


def _live(*options: str, **environment: str) -> Ran:
    """Run the suite with no more of an environment than a program needs.

    It runs in this process: Google's SDK, which takes 5 s of CPU time to import, is there already. So is the file
    of the one certificate authority, which `tests/conftest.py` would name in a process of its own.
    """
    # The models are those that tests/conftest.py sets where nothing else is set, as it does in a process of its own.
    given = {"MEMORYBANK_MODELS": "offline", "MEMORYBANK_EMBEDDINGS": "offline", **environment}
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as said:
        for name in set(os.environ) - {"PATH", "HOME", AUTHORITIES}:
            patch.delenv(name)
        for name, value in given.items():
            patch.setenv(name, value)
        patch.chdir(ROOT)
        code = pytest.main(["tests/live", "--capture=sys", "-p", "no:cacheprovider", *options])
    return Ran(int(code), said.getvalue())


def test_nothing_is_asked_of_a_model_unless_that_is_meant() -> None:
    """Nothing is started in this process: the command runs as people run it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept, "GEMINI_API_KEY": "k", "MEMORYBANK_MODEL_URL": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "pytest", "tests/live", "-p", "no:cacheprovider"]
    ran = run_program(command, cwd=ROOT, env=environment)
    assert ran.returncode == 0, ran.stdout
    assert "passed" not in ran.stdout
    assert "asks a real model, which is billed: pytest tests/live --live" in ran.stdout


@pytest.mark.parametrize(
    ("environment", "needed"),
    [
        ({}, "GEMINI_API_KEY"),
        (
            {"GOOGLE_GENAI_USE_VERTEXAI": "1", "MEMORYBANK_PROJECT": "p", "GOOGLE_APPLICATION_CREDENTIALS": "/no/file"},
            "gcloud auth application-default login",
        ),
    ],
)
def test_what_is_needed_is_named(environment: dict[str, str], needed: str) -> None:
    ran = _live("--live", "-k", "remembered", **environment)
    assert ran.returncode == 1
    assert "the live suite cannot start" in ran.stdout
    assert needed in ran.stdout
    assert "Traceback" not in ran.stdout


class CachingGemini(GeminiServer):
    """A scripted Gemini that reports what came from a cache, and lacks one model."""

    def answer(self, asked: Asked) -> Reply:
        before = any(asked.body == each.body for each in self.of("generateContent"))
        self.missing.add((asked.location, "gemini-0-nonsense"))
        reply = super().answer(asked)
        if before and asked.method == "generateContent" and reply.status == HTTPStatus.OK:
            reply.body["usageMetadata"]["cachedContentTokenCount"] = 60
        return reply


def test_all_but_what_needs_understanding_passes_on_both_apis_of_a_scripted_gemini() -> None:
    with CachingGemini() as server, MetadataServer("live@p.iam.gserviceaccount.com") as metadata:
        ran = _live(
            "--live=scripted",
            GEMINI_API_KEY="k",
            MEMORYBANK_PROJECT="p",
            MEMORYBANK_MODEL_CREDENTIALS="metadata",
            MEMORYBANK_METADATA_HOST=metadata.host,
            MEMORYBANK_MODEL_URL=server.url,
        )
    assert ran.returncode == 0, ran.stdout
    assert Counter(asked.api for asked in server.of("generateContent")).keys() == {"developer", "vertex"}
    assert len(server.of("generateContent")) > 40
    assert max(len(asked.text) for asked in server.of("generateContent")) > 20_000, "too short to be cached"
    assert "needs a model that understands" in ran.stdout
    assert "the environment has no credentials" not in ran.stdout


def test_the_suite_for_openais_api_passes_on_a_scripted_server() -> None:
    with OpenAIServer(OLLAMA) as server:
        server.missing.add("no-such-model-0")
        ran = _live(
            "--live=scripted",
            "-k",
            "test_live_openai",
            MEMORYBANK_MODELS="openai",
            MEMORYBANK_MODEL_URL=server.url,
            MEMORYBANK_GENERATION_MODEL="small-1",
            MEMORYBANK_EMBEDDING_MODEL="vectors-1",
        )
    assert ran.returncode == 0, ran.stdout
    assert "5 passed" in ran.stdout
    assert "skipped" not in ran.stdout


def test_the_suite_for_anthropics_api_passes_on_a_scripted_server() -> None:
    with AnthropicServer() as server:
        server.missing.add("no-such-model-0")
        ran = _live(
            "--live=scripted",
            "-k",
            "test_live_anthropic",
            MEMORYBANK_MODELS="anthropic",
            MEMORYBANK_MODEL_KEY=server.key,
            MEMORYBANK_MODEL_URL=server.url,
            MEMORYBANK_GENERATION_MODEL="small-1",
        )
    assert ran.returncode == 0, ran.stdout
    assert "4 passed" in ran.stdout
    assert "skipped" not in ran.stdout
