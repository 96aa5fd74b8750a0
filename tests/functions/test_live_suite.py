"""The live suite runs when it is asked to and never otherwise, and says what it lacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from memorybank.testing.gemini_server import GeminiServer

ROOT = Path(__file__).parents[2]


def _live(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the suite with no more of an environment than a program needs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "pytest", "tests/live", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=ROOT, env={**kept, **environment}, check=False, capture_output=True, text=True)


def test_nothing_is_asked_of_a_model_unless_that_is_meant() -> None:
    ran = _live(GEMINI_API_KEY="k", MEMORYBANK_MODEL_URL="http://127.0.0.1:9")
    assert ran.returncode == 0, ran.stdout
    assert "passed" not in ran.stdout
    assert "asks a real model, which is billed: pytest tests/live --live" in ran.stdout


def test_what_is_needed_is_named() -> None:
    ran = _live("--live", "-k", "remembered")
    assert ran.returncode == 1
    assert "the live suite cannot start" in ran.stdout
    assert "GEMINI_API_KEY" in ran.stdout


def test_all_but_what_needs_understanding_passes_on_a_scripted_gemini() -> None:
    with GeminiServer() as server:
        ran = _live("--live=scripted", GEMINI_API_KEY="k", MEMORYBANK_MODEL_URL=server.url)
    assert ran.returncode == 0, ran.stdout
    assert len(server.of("generateContent")) > 20
    assert "needs a model that understands" in ran.stdout
