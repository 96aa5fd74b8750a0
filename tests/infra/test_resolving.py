"""The requirements of a staged function install where pip resolves by itself, whatever has been released since.

Buildpacks run `pip install --requirement requirements.txt` with the pip that they have. Each is tried here against an
index in which there is a newer release of everything; what it would install is read from its own report.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from memorybank.testing.processes import run_program
from tests.infra.conftest import REPOSITORY
from tests.infra.package_index import PackageIndex
from tests.infra.pips import PIPS, UV, install_pip

BEFORE_23_3 = [version for version in PIPS if version.startswith(("23.0", "23.2"))]


@pytest.fixture(scope="module")
def pip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the pip of the version that the test names, by its hash; needs the package registry."""
    folder = tmp_path_factory.mktemp("pip")
    install_pip(request.param, f"--target={folder}", folder=folder)
    return folder / "pip"


def _resolve(pip: Path, index: PackageIndex, requirements: Path) -> subprocess.CompletedProcess[str]:
    """Have pip say what it would install, in a report beside the requirements."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-index", f"--find-links={index.files}"]
    kept = {"PATH": os.defpath, "PIP_CONFIG_FILE": os.devnull}
    command = [sys.executable, str(pip), "install", *quiet, "--dry-run", "--ignore-installed", "--report=report.json"]
    return run_program([*command, "--requirement", requirements.name], cwd=requirements.parent, env=kept)


def _chosen(requirements: Path) -> dict[str, str]:
    installed = json.loads((requirements.parent / "report.json").read_text())["install"]
    return {entry["metadata"]["name"].lower().replace("_", "-"): entry["metadata"]["version"] for entry in installed}


@pytest.fixture
def index(tmp_path: Path) -> PackageIndex:
    return PackageIndex(tmp_path / "index")


@pytest.fixture
def small(index: PackageIndex, tmp_path: Path) -> Path:
    """Pin two packages, of which one asks for an extra of the other, which has a newer release."""
    requirements = tmp_path / "requirements.txt"
    asking = index.add("asking", "1.0", requires=["asked[more]>=1"])
    requirements.write_text(asking + index.add("asked", "1.0", extras=["more"]))
    index.add("asked", "2.0", extras=["more"])
    return requirements


@pytest.mark.parametrize("pip", BEFORE_23_3, indirect=True)
def test_an_older_pip_needs_a_pin_with_the_extra(pip: Path, index: PackageIndex, small: Path) -> None:
    """The first half shows that these tests notice what they are here for."""
    refused = _resolve(pip, index, small)
    assert refused.returncode != 0
    assert "asked[more]>=1 from" in refused.stderr
    text = small.read_text()
    small.write_text(text + text.splitlines()[1].replace("asked==", "asked[more]=="))
    done = _resolve(pip, index, small)
    assert done.returncode == 0, done.stderr
    assert _chosen(small) == {"asking": "1.0", "asked": "1.0"}


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stage a function as it would be deployed from source."""
    output = tmp_path_factory.mktemp("staged")
    command = [sys.executable, str(REPOSITORY / "infra/package.py"), "--output", str(output), "retrieve"]
    done = run_program(command)
    assert done.returncode == 0, done.stderr
    return output / "retrieve"


def _pins(text: str) -> dict[str, str]:
    entries = [Requirement(line.split(" --hash")[0]) for line in text.splitlines() if "==" in line]
    needed = [entry for entry in entries if entry.marker is None or entry.marker.evaluate()]
    return {entry.name: str(entry.specifier).removeprefix("==") for entry in needed}


@pytest.fixture
def requirements(staged: Path, index: PackageIndex, tmp_path: Path) -> Path:
    """Take the staged requirements to the index, where all that is pinned has a newer release."""
    [wheel] = staged.glob("*.whl")
    (tmp_path / wheel.name).write_bytes(wheel.read_bytes())
    place = tmp_path / "requirements.txt"
    place.write_text(index.with_releases_after((staged / "requirements.txt").read_text()))
    assert len(list(index.files.glob("*.9999-py3-none-any.whl"))) > 50
    return place


@pytest.mark.parametrize("pip", PIPS, indirect=True)
def test_a_staged_function_is_installed_as_it_is_locked(pip: Path, index: PackageIndex, requirements: Path) -> None:
    done = _resolve(pip, index, requirements)
    assert done.returncode == 0, done.stderr
    chosen = _chosen(requirements)
    del chosen["open-memory-bank"]
    assert chosen == _pins(requirements.read_text())


def test_uv_which_buildpacks_use_from_python_3_14_on_does_the_same(
    index: PackageIndex, requirements: Path, tmp_path: Path
) -> None:
    options = ["--require-hashes", "--no-index", f"--find-links={index.files}", f"--target={tmp_path / 'target'}"]
    done = run_program([*UV, *options, "--requirement", requirements.name], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    names = [path.name.split("-")[:2] for path in (tmp_path / "target").glob("*.dist-info")]
    chosen = {name.replace("_", "-"): version.removesuffix(".dist") for name, version in names}
    del chosen["open-memory-bank"]
    assert chosen == _pins(requirements.read_text())
