"""`adk web` with a bank behind it: google-adk's own program, started as docs/agents.md shows."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from memorybank.testing.processes import start_process, stop_process
from tests.documents import blocks, page
from tests.journeys.conftest import ON_A_FILE, Begin, Journey
from tests.journeys.test_documents import run_in_a_shell
from tests.waiting import PATIENCE, until

pytestmark = ON_A_FILE

AGENTS = "docs/agents.md"
DOCUMENTED = "memorybank://127.0.0.1:8080/4242"

AGENT = '''
from google.adk.agents import Agent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.tools.preload_memory_tool import PreloadMemoryTool
from google.genai.types import ModelContent

class Scripted(BaseLlm):
    """Says whether it is told of seats."""

    model: str = "scripted"

    async def generate_content_async(self, llm_request, stream=False):
        told = str(llm_request.contents).partition("PAST_CONVERSATIONS")[2]
        yield LlmResponse(content=ModelContent("An aisle seat." if "aisle seats" in told else "Noted."))

root_agent = Agent(name="guide", model=Scripted(), tools=[PreloadMemoryTool()])
'''


def _is_up(url: str) -> bool:
    try:
        return bool(httpx.get(f"{url}/list-apps", timeout=PATIENCE).json() == ["guide"])
    except httpx.TransportError:
        return False


@pytest.fixture
def journey(begin: Begin) -> Journey:
    return begin()


@pytest.fixture
def web(journey: Journey, tmp_path: Path) -> Iterator[httpx.Client]:
    """Run `adk web` on a free port, and call it."""
    agent = tmp_path / "agents" / "guide"
    agent.mkdir(parents=True)
    run_in_a_shell(AGENTS, url=journey.served.url, folder=tmp_path)  # writes services.py
    (agent / "__init__.py").write_text("from . import agent\n")
    (agent / "agent.py").write_text(AGENT)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    address = journey.served.url.replace("http://", "memorybank://") + f"/{journey.engine}"
    [line] = [line for line in "".join(blocks(page(AGENTS), "console")).splitlines() if line.startswith("adk web ")]
    _, web, *options = shlex.split(line.replace(DOCUMENTED, address))
    command = [sys.executable, "-m", "google.adk.cli", web, f"--port={port}", *options]
    log = tmp_path / "adk.log"
    shared = Path(__file__).parents[2] / "shared"
    environment = {**os.environ, "PYTHONPATH": str(shared)}
    with (
        log.open("wb") as output,
        start_process(command, cwd=tmp_path, stdout=output, stderr=subprocess.STDOUT, env=environment) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
    ):

        def serves() -> bool:
            assert process.poll() is None, log.read_text()
            return _is_up(str(client.base_url))

        until(serves, state=log.read_text)
        yield client
        stop_process(process)


def _converse(web: httpx.Client, text: str) -> tuple[str, str]:
    """Say something in a session of its own and return its id and the last thing that was said."""
    session = web.post("/apps/guide/users/ada/sessions", json={}).raise_for_status().json()["id"]
    message = {"role": "user", "parts": [{"text": text}]}
    asked = {"appName": "guide", "userId": "ada", "sessionId": session, "newMessage": message}
    events = web.post("/run", json=asked).raise_for_status().json()
    return session, events[-1]["content"]["parts"][0]["text"]


def test_what_is_said_in_one_session_is_known_in_the_next(web: httpx.Client, journey: Journey) -> None:
    session, said = _converse(web, "I prefer aisle seats on flights.")
    assert said == "Noted."
    web.patch("/apps/guide/users/ada/memory", json={"sessionId": session}).raise_for_status()
    until(journey.facts)
    assert _converse(web, "Which seats do I prefer on flights?")[1] == "An aisle seat."
    with journey.served.http() as http:
        kept = http.get(f"/v1beta1/{journey.engine}/sessions/{session}/events").json()["sessionEvents"]
        assert [event["author"] for event in kept] == ["user", "guide"]
