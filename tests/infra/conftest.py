"""Builds what the image is made of, once per session: the Dockerfile's first stage, in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import restore_authorities
from tests.infra.dockerfile import Instruction, instructions_of, run_stage, stages_of

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Image:
    """What the image would hold: its files below `root`, and the instructions of its last stage."""

    root: Path
    final: list[Instruction]


@pytest.fixture(scope="session", autouse=True)
def _all_authorities() -> None:
    """Fetch from package registries."""
    restore_authorities()


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Run the Dockerfile's install steps with a Python of their own; needs the package registry, and fails without."""
    root = tmp_path_factory.mktemp("image")
    base = root / "base"
    subprocess.run([sys.executable, "-m", "venv", str(base)], check=True, capture_output=True)
    stages = stages_of(instructions_of((REPOSITORY / "Dockerfile").read_text()))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    run_stage(
        stages[0],
        repository=REPOSITORY,
        root=root,
        environment={**kept, "PATH": f"{base / 'bin'}{os.pathsep}{kept['PATH']}", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    return Image(root, stages[-1])
