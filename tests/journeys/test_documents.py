"""The examples of README and docs run as they stand, page by page, and print what their comments promise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from memorybank.handlers.routes import PUBLIC, routes_of
from memorybank.local.grpc.server import GrpcServer
from tests.conftest import Served
from tests.documents import PROMISE, REPOSITORY, USER_PAGES, blocks, page
from tests.journeys.conftest import ABOUT_CLIENTS
from tests.waiting import PATIENCE

pytestmark = ABOUT_CLIENTS

LOCAL, GRPC = "http://127.0.0.1:8080", "127.0.0.1:9090"
ON_A_BANK = ("README.md", "docs/tutorial.md", "docs/search.md", "docs/api.md")
ELSEWHERE = ("docs/agents.md", "docs/testing.md")
"""Pages whose Python needs more than a bank. Those who run it: test_adk, test_langgraph, test_langgraph_store,
test_openai_agents and test_pytest_plugin."""

IN_A_SHELL = ("README.md", "docs/agents.md", "docs/api.md", "docs/command-line.md", "docs/import-export.md")


def run_in_a_shell(name: str, *, url: str, folder: Path) -> str:
    """Run all `bash` blocks of a page in one shell against a bank, and return what they print."""
    commands = "\n".join(blocks(page(name), "bash")).replace(LOCAL, url)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_page_with_examples_has_a_test_that_runs_them() -> None:
    def pages_with(language: str) -> set[str]:
        return {str(path.relative_to(REPOSITORY)) for path in USER_PAGES if blocks(path, language)}

    assert pages_with("python") == {*ON_A_BANK, *ELSEWHERE}
    assert pages_with("bash") == {*IN_A_SHELL}


@pytest.mark.parametrize("name", ON_A_BANK)
def test_the_examples_of_a_page_do_what_they_say(served: Served, capsys: pytest.CaptureFixture[str], name: str) -> None:
    text = "\n".join(blocks(page(name), "python"))
    assert LOCAL in text
    names: dict[str, Any] = {}
    with GrpcServer(served.bank.application, routes_of(PUBLIC)) as server:
        text = text.replace(GRPC, server.address)
        exec(text.replace(LOCAL, served.url), names)  # noqa: S102 - the pages are ours
    promises = PROMISE.findall(text)
    assert len(promises) == text.count("print(")
    assert capsys.readouterr().out.splitlines() == promises


def test_the_calls_with_curl_remember_find_undo_and_erase(served: Served, tmp_path: Path) -> None:
    printed = run_in_a_shell("docs/api.md", url=served.url, folder=tmp_path)
    assert '"fact": "I like tea"' in printed or '"fact":"I like tea"' in printed
    assert '"action":"DELETED"' in printed.replace(" ", "")
    assert '"finished":true' in printed.replace(" ", "")


def test_the_command_line_remembers_searches_and_brings_back(served: Served, tmp_path: Path) -> None:
    printed = run_in_a_shell("docs/command-line.md", url=served.url, folder=tmp_path)
    assert "I prefer aisle seats on flights" in printed
    assert "Forgotten" in printed
    assert " operations" in printed


def test_the_first_commands_of_the_readme_find_what_they_have_stored(served: Served, tmp_path: Path) -> None:
    assert "I like tea" in run_in_a_shell("README.md", url=served.url, folder=tmp_path).splitlines()[-1]


def test_what_is_exported_is_imported_and_memories_come_from_elsewhere(served: Served, tmp_path: Path) -> None:
    printed = run_in_a_shell("docs/import-export.md", url=served.url, folder=tmp_path)
    assert '"createdCount": 1' in printed
    assert "Already there: 1." in printed
    assert "2 memories and 0 sessions were created" in printed
    assert (tmp_path / "bank.jsonl").read_text().count("\n") == 3
