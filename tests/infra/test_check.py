"""infra/check.sh never passes for a check that it could not make, unless that is allowed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.infra.conftest import REPOSITORY

TOOLS = ("bash", "sh", "dirname", "mktemp", "cp", "rm")
LACKING: dict[str, dict[str, str]] = {
    "no terraform": {},
    "no registry": {"terraform": "exit 0", "curl": "exit 6"},
}


def _check(folder: Path, programs: Mapping[str, str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script where there are only the programs that it always needs, and those given as scripts."""
    path = folder / "bin"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    for name in TOOLS:
        (path / name).symlink_to(str(shutil.which(name)))
    for name, script in programs.items():
        (path / name).write_text(f"#!/bin/sh\n{script}\n")
        (path / name).chmod(0o755)
    command = [str(path / "bash"), str(REPOSITORY / "infra/check.sh")]
    return subprocess.run(command, env={"PATH": str(path), **environment}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("programs", LACKING.values(), ids=list(LACKING))
def test_what_could_not_be_checked_fails(tmp_path: Path, programs: dict[str, str]) -> None:
    done = _check(tmp_path, programs)
    assert done.returncode == 3
    assert "NOT CHECKED" in done.stderr


@pytest.mark.parametrize("programs", LACKING.values(), ids=list(LACKING))
def test_it_passes_where_that_is_allowed_and_still_says_so(tmp_path: Path, programs: dict[str, str]) -> None:
    done = _check(tmp_path, programs, ALLOW_UNCHECKED="1")
    assert done.returncode == 0
    assert "NOT CHECKED" in done.stderr


@pytest.mark.parametrize("code", [0, 1])
def test_the_checker_for_machines_without_a_registry_decides(tmp_path: Path, code: int) -> None:
    offline = tmp_path / "offline.sh"
    offline.write_text(f"exit {code}\n")
    done = _check(tmp_path, LACKING["no registry"], OFFLINE=str(offline), ALLOW_UNCHECKED="1")
    assert done.returncode == code


def test_a_wrong_format_fails_whatever_is_allowed(tmp_path: Path) -> None:
    done = _check(tmp_path, {"terraform": "exit 1", "curl": "exit 6"}, ALLOW_UNCHECKED="1")
    assert done.returncode == 1


def test_with_a_registry_every_module_is_validated_and_then_tested(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    programs = {"terraform": f'echo "$PWD $1" >> {calls}', "curl": "exit 0"}
    assert _check(tmp_path, programs, TMPDIR=str(tmp_path)).returncode == 0
    made = [line.rpartition("/")[2] for line in calls.read_text().splitlines()]
    assert [call.split()[0] for call in made if call.endswith("validate")] == [
        *("infra", "bootstrap"),
        *("existing_network", "load_balancer", "minimal"),
    ]
    assert made[-1] == "infra test"


@pytest.mark.parametrize("failing", ["init", "validate", "test"])
def test_with_a_registry_any_failure_fails(tmp_path: Path, failing: str) -> None:
    programs = {"terraform": f'[ "$1" != {failing} ]', "curl": "exit 0"}
    assert _check(tmp_path, programs, TMPDIR=str(tmp_path), ALLOW_UNCHECKED="1").returncode == 1
