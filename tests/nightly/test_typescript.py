"""The TypeScript of docs/agents.md compiles with Google's packages for Node, and remembers and finds."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from memorybank.testing.scripted import ScriptedModel
from tests.conftest import Serve, Served
from tests.documents import blocks, page
from tests.waiting import PATIENCE, until

PACKAGES = Path(__file__).parent / "typescript"
LANGUAGE = ("--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022")


def _run(*command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, **environment}
    return subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the packages that the lock names; each is compared with its hash there."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("needs node and npm")
    folder = tmp_path_factory.mktemp("typescript")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGES / name, folder)
    # No package may run anything while it is installed.
    done = _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
    if "network" in done.stderr or "EAI_AGAIN" in done.stderr or "ENOTFOUND" in done.stderr:
        pytest.skip(f"the registry of npm cannot be reached: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def bank(serve: Serve) -> Served:
    return serve(model=ScriptedModel())


def test_the_example_compiles_and_what_it_says_is_remembered_and_found(project: Path, bank: Served) -> None:
    [example] = blocks(page("docs/agents.md"), "typescript")
    engine = bank.create_engine()
    _, name, _, location, _, identifier = engine.split("/")
    place = f"['{name}', '{location}', '{identifier}']"
    assert "['p', 'us-central1', '4242']" in example
    (project / "example.ts").write_text(example.replace("['p', 'us-central1', '4242']", place))
    scope = {"app_name": "guide", "user_id": "ada"}
    with bank.http() as http:
        known = {"fact": "I like window tables", "scope": scope}
        http.post(f"/v1beta1/{engine}/memories", json=known).raise_for_status()
        compiled = _run("node_modules/.bin/tsc", *LANGUAGE, "example.ts", folder=project)
        assert compiled.returncode == 0, compiled.stdout
        ran = _run("node", "example.js", folder=project, MEMORYBANK_URL=bank.url)
        assert ran.returncode == 0, ran.stderr
        assert "I like window tables" in ran.stdout

        def remembered() -> bool:
            found = http.get(f"/v1beta1/{engine}/memories").raise_for_status().json()["memories"]
            return {"fact": "I prefer aisle seats on flights.", "scope": scope} in [
                {name: each[name] for name in ("fact", "scope")} for each in found
            ]

        until(remembered)
