"""Versions of pip, fetched by their hashes, and environments that have one without a run of it to install itself."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from memorybank.testing.processes import run_program

UV = [sys.executable, "-m", "uv", "pip", "install", "--quiet"]
_LOCK = (Path(__file__).parent / "pips.lock").read_text()
PIPS = re.findall(r"^pip==(\S+)", _LOCK, re.MULTILINE)
_OF_THE_IMAGE = "24.0"
"""The version in the image that the Dockerfile begins with."""


def install_pip(version: str, *where: str, folder: Path) -> None:
    """Install a version into what uv's options name, with a file of requirements in a folder; needs the registry."""
    [pin] = [line for line in _LOCK.splitlines() if line.startswith(f"pip=={version} ")]
    requirements = folder / "pip.txt"
    requirements.write_text(pin)
    done = run_program([*UV, "--no-deps", "--require-hashes", *where, "--requirement", str(requirements)])
    assert done.returncode == 0, done.stderr


def make_environment(folder: Path) -> Path:
    """Make an environment with pip and return the folder of its programs.

    `python -m venv` alone has pip unpack itself, which takes 5 s of CPU time.
    """
    made = run_program([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    assert made.returncode == 0, made.stderr
    programs = folder / "bin"
    install_pip(_OF_THE_IMAGE, f"--python={programs / 'python'}", folder=folder)
    return programs
