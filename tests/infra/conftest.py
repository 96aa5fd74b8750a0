"""Builds what the image is made of, once per session: the Dockerfile's first stage, in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import all_authorities
from tests.infra.dockerfile import Instruction, instructions_of, run_stage, stages_of
from tests.infra.pips import make_environment

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Image:
    """What the image would hold: its files below `root`, and the instructions of its last stage."""

    root: Path
    final: list[Instruction]


@pytest.fixture(scope="module", autouse=True)
def _all_authorities() -> Iterator[None]:
    """Fetch from package registries, and leave files of other folders, which do not, the one authority."""
    with all_authorities():
        yield


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Run the Dockerfile's install steps with a Python of their own; needs the package registry, and fails without."""
    root = tmp_path_factory.mktemp("image")
    stages = stages_of(instructions_of((REPOSITORY / "Dockerfile").read_text()))
    with all_authorities():
        programs = make_environment(root / "base")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        own = {"PATH": f"{programs}{os.pathsep}{kept['PATH']}", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        run_stage(stages[0], repository=REPOSITORY, root=root, environment={**kept, **own})
    return Image(root, stages[-1])
