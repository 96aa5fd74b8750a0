"""The wheel works alone: installed by pip into a clean environment, without a checkout and without extras."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, CompletedProcess

import httpx
import pytest

from infra.package import build_wheel
from memorybank.testing.processes import run_program, start_process
from tests.infra.conftest import REPOSITORY
from tests.infra.pips import make_environment
from tests.waiting import PATIENCE

LOCK = (REPOSITORY / "requirements.lock").read_text()
PROJECT = (REPOSITORY / "pyproject.toml").read_text()


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel in it, and a folder to run its command in."""

    programs: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of this process's own environment."""
        return {"PATH": os.defpath, "MEMORYBANK_MODELS": "offline", "MEMORYBANK_EMBEDDINGS": "offline"}

    def run(self, *arguments: str) -> CompletedProcess[str]:
        """Run `memorybank` to its end."""
        return run_program([self.programs / "memorybank", *arguments], env=self.environment, cwd=self.folder)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel with pip, held to the versions of the lock; needs the package registry."""
    folder = tmp_path_factory.mktemp("wheel")
    name, content = build_wheel()
    (folder / name).write_bytes(content)
    (folder / "constraints.txt").write_text("\n".join(re.findall(r"^[a-z0-9-]+==[^\\\n]+", LOCK, re.MULTILINE)))
    programs = make_environment(folder / "environment")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-compile", "--constraint", str(folder / "constraints.txt")]
    done = run_program([programs / "pip", "install", *quiet, f"open-memory-bank @ {(folder / name).as_uri()}"])
    assert done.returncode == 0, done.stderr
    return Installed(programs, folder)


def test_it_says_its_version(installed: Installed) -> None:
    [version] = re.findall(r'^version = "(.+)"$', PROJECT, re.MULTILINE)
    assert installed.run("--version").stdout == f"memorybank {version}\n"


def test_the_demonstration_goes_over_http_without_googles_sdk(installed: Installed) -> None:
    done = installed.run("demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It is called through plain HTTP (pip install 'open-memory-bank[sdk]' " in done.stdout


def test_the_evaluation_brings_its_cases(installed: Installed) -> None:
    done = installed.run("eval", "duplicates")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "duplicates" in done.stdout


def test_it_serves(installed: Installed) -> None:
    command: list[str | Path] = [installed.programs / "memorybank", "serve", "--port", "0", "--data", ":memory:"]
    with start_process(command, env=installed.environment, cwd=installed.folder, stdout=PIPE) as process:
        assert process.stdout is not None
        [url] = re.findall(r"is serving at (\S+) ", process.stdout.readline())
        assert httpx.get(f"{url}/health", timeout=PATIENCE).status_code == 200


def test_what_needs_more_says_which_extra(installed: Installed) -> None:
    done = installed.run("doctor", "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stdout == "memorybank: vertexai is not installed: pip install 'open-memory-bank[sdk]'\n"


def test_one_line_of_uv_runs_it_without_an_installation(installed: Installed) -> None:
    [wheel] = installed.folder.glob("*.whl")
    command = [sys.executable, "-m", "uv", "tool", "run", "--from", str(wheel), "open-memory-bank"]
    done = run_program([*command, "--version"], cwd=installed.folder)
    assert done.stdout == installed.run("--version").stdout, done.stderr
    command[-1] = "memorybank"
    with start_process([*command, "serve", "--port", "0", "--data", ":memory:"], stdout=PIPE) as process:
        assert process.stdout is not None
        [url] = re.findall(r"is serving at (\S+) ", process.stdout.readline())
        assert httpx.get(f"{url}/health", timeout=PATIENCE).status_code == 200
