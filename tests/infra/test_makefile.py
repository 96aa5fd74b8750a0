"""`make install` says in a sentence what is missing, and leaves no half-made environment."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from memorybank.testing.processes import run_program
from tests.infra.conftest import REPOSITORY

# A Python of the right version, whose Debian package lacks venv.
NO_VENV = f"""#!/bin/sh
[ "$1 $2" = "-m venv" ] && mkdir -p .venv/bin && exit 1
exec {sys.executable} "$@"
"""
TOO_OLD = "#!/bin/sh\nexit 1\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy what the target reads, into a folder whose `bin` is all that is on the PATH besides a few tools."""
    checkout = tmp_path / "checkout"
    (checkout / "infra").mkdir(parents=True)
    for name in (
        "Makefile",
        "pyproject.toml",
        "requirements.lock",
        "infra/build-requirements.lock",
        "infra/install.py",
    ):
        shutil.copy(REPOSITORY / name, checkout / name)
    (checkout / "bin").mkdir()
    for tool in ("sh", "rm", "mkdir"):
        (checkout / "bin" / tool).symlink_to(f"/bin/{tool}")
    return checkout


def _install(checkout: Path, *arguments: str, **pythons: str) -> tuple[int, list[str]]:
    for name, script in pythons.items():
        (checkout / "bin" / name).write_text(script)
        (checkout / "bin" / name).chmod(0o755)
    make = shutil.which("make")
    assert make is not None
    command = [make, "--silent", "install", *arguments]
    environment = {"PATH": str(checkout / "bin"), "LC_ALL": "C", "PIP_CONFIG_FILE": str(checkout / "pip.conf")}
    done = run_program(command, cwd=checkout, env=environment)
    said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("make: ***")]
    return done.returncode, said


def test_without_a_python_that_is_new_enough_it_says_which_is_needed(checkout: Path) -> None:
    code, said = _install(checkout, python3=TOO_OLD)
    assert code != 0
    assert said == ["No Python 3.11 or newer was found: install one, or name it by PYTHON=/path/to/python3."]


def test_a_python_that_is_named_is_the_one_that_is_tried(checkout: Path) -> None:
    code, said = _install(checkout, "PYTHON=python3.9", **{"python3": NO_VENV, "python3.9": TOO_OLD})
    assert code != 0
    assert said == ["python3.9 is not Python 3.11 or newer: install one, or name it by PYTHON=/path/to/python3."]


def test_without_venv_it_says_how_to_get_it_and_leaves_nothing(checkout: Path) -> None:
    code, said = _install(checkout, python3=NO_VENV)
    assert code != 0
    assert said[0].startswith("Installing into .venv with Python 3.")
    assert said[1:] == ["python3 cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv"]
    assert not (checkout / ".venv").exists()


def test_without_an_index_it_says_what_was_asked_and_what_to_do(checkout: Path) -> None:
    (checkout / "pip.conf").write_text("[global]\nindex-url = http://127.0.0.1:9/simple\nretries = 0\n")
    code, said = _install(checkout, python3=f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    assert code != 0
    assert said[0].startswith("Installing into .venv with Python 3.")
    assert said[1].startswith("install.py: ")
    assert said[-2].startswith("Is there a network? `pip config list` shows which package index was asked")
    assert not [line for line in said if "Traceback" in line]
