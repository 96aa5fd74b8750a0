"""infra/package.py stages each function alone: the same bytes for the same code, other text for other code."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from infra.package import build_wheel
from tests.infra.conftest import REPOSITORY

FUNCTIONS = sorted(path.parent.name for path in (REPOSITORY / "functions").glob("*/main.py"))
[LEFT_OUT] = re.findall(r"^ONLY_LOCAL = (.+)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
ONLY_LOCAL = LEFT_OUT.split()
PIN = re.compile(r"^([a-z0-9-]+)(?:\[\S+\])?==(\S+)", re.MULTILINE)


def _package(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "infra" / "package.py"), *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def _staged(root: Path, output: Path, *names: str) -> dict[str, bytes]:
    """Stage functions and return every file's bytes by its path."""
    done = _package(root, "--output", str(output), *names)
    assert done.returncode == 0, done.stderr
    return {str(path.relative_to(output)): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def _pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((REPOSITORY / lock).read_text()))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Copy what the packages are made of, to be changed."""
    root = tmp_path / "copied"
    root.mkdir()
    for name in ("functions", "infra", "shared"):
        shutil.copytree(REPOSITORY / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, root / name)
    return root


def test_every_function_is_staged_with_its_main_the_wheel_and_the_requirements(tmp_path: Path) -> None:
    staged = _staged(REPOSITORY, tmp_path)
    [wheel] = {Path(path).name for path in staged if path.endswith(".whl")}
    assert set(staged) == {f"{name}/{file}" for name in FUNCTIONS for file in ("main.py", "requirements.txt", wheel)}
    for name in FUNCTIONS:
        assert staged[f"{name}/main.py"] == (REPOSITORY / "functions" / name / "main.py").read_bytes()


def test_staging_twice_gives_the_same_bytes_wherever_the_sources_lie(tmp_path: Path, copied: Path) -> None:
    first = _staged(REPOSITORY, tmp_path / "first")
    assert _staged(REPOSITORY, tmp_path / "first") == first
    for path in copied.rglob("*.py"):
        path.chmod(0o600)
        path.touch()
    assert _staged(copied, tmp_path / "second") == first


def test_a_changed_line_of_code_changes_the_wheel_and_the_text_of_the_requirements(
    tmp_path: Path, copied: Path
) -> None:
    before = _staged(copied, tmp_path / "before", "retrieve")
    with (copied / "shared" / "memorybank" / "errors.py").open("a") as module:
        module.write("# one line more\n")
    after = _staged(copied, tmp_path / "after", "retrieve")
    assert {path for path in before if before[path] != after[path]} == {
        "retrieve/requirements.txt",
        next(path for path in before if path.endswith(".whl")),
    }


def test_the_requirements_are_the_lock_and_the_wheel_by_its_hash(tmp_path: Path) -> None:
    staged = _staged(REPOSITORY, tmp_path, "retrieve")
    [wheel] = [path for path in staged if path.endswith(".whl")]
    text = staged["retrieve/requirements.txt"].decode()
    assert dict(PIN.findall(text)) == _pins("infra/requirements.lock")
    assert f"\n./{Path(wheel).name} \\\n    --hash=sha256:{hashlib.sha256(staged[wheel]).hexdigest()}\n" in text
    assert re.search(r"^functions-framework==", text, re.MULTILINE), "the buildpack looks for it at a line's start"
    entries = re.split(r"\n(?=\S)", text)
    assert [entry for entry in entries if not entry.startswith("#") and "--hash=sha256:" not in entry] == []


def test_the_staged_wheel_is_the_built_one_without_what_only_one_machine_needs(tmp_path: Path) -> None:
    staged = _staged(REPOSITORY, tmp_path, "retrieve")
    [content] = [content for path, content in staged.items() if path.endswith(".whl")]
    _, built = build_wheel()
    with zipfile.ZipFile(io.BytesIO(content)) as ours, zipfile.ZipFile(io.BytesIO(built)) as whole:
        changed = {name for name in whole.namelist() if ours.read(name) != whole.read(name)}
        [metadata], [record] = ([name for name in changed if name.endswith(end)] for end in ("/METADATA", "/RECORD"))
        assert changed == {metadata, record}
        removed = set(whole.read(metadata).decode().splitlines()) - set(ours.read(metadata).decode().splitlines())
        assert {Requirement(line.removeprefix("Requires-Dist: ")).name for line in removed} == set(ONLY_LOCAL)
        digest = base64.urlsafe_b64encode(hashlib.sha256(ours.read(metadata)).digest()).decode().rstrip("=")
        row = f"{metadata},sha256={digest},{len(ours.read(metadata))}"
        assert row in ours.read(record).decode().splitlines()


def test_only_the_named_functions_are_staged_and_others_are_left_alone(tmp_path: Path) -> None:
    _staged(REPOSITORY, tmp_path, "retrieve")
    kept = tmp_path / "retrieve" / "kept"
    kept.touch()
    _staged(REPOSITORY, tmp_path, "memories", "memories")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["memories", "retrieve"]
    assert kept.exists()


def test_what_an_earlier_staging_left_is_replaced(tmp_path: Path) -> None:
    _staged(REPOSITORY, tmp_path, "retrieve")
    stale = tmp_path / "retrieve" / "open_memory_bank-0.0.1-py3-none-any.whl"
    stale.touch()
    _staged(REPOSITORY, tmp_path, "retrieve")
    assert not stale.exists()


def test_an_unknown_function_is_refused_by_name_before_anything_is_staged(tmp_path: Path) -> None:
    done = _package(REPOSITORY, "--output", str(tmp_path / "out"), "retrieve", "retreive")
    assert done.returncode == 1
    assert "no function is named retreive; there are engines, " in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_was_not_staged_is_never_replaced(copied: Path) -> None:
    before = (copied / "functions" / "retrieve" / "main.py").read_bytes()
    done = _package(copied, "--output", "functions", "retrieve")
    assert done.returncode == 1
    assert "was not made by this program" in done.stderr
    assert (copied / "functions" / "retrieve" / "main.py").read_bytes() == before


def test_sources_that_do_not_build_are_told_with_hatchlings_own_words(tmp_path: Path, copied: Path) -> None:
    (copied / "README.md").unlink()
    done = _package(copied, "--output", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "could not build the wheel" in done.stderr
    assert "README.md" in done.stderr


def test_a_missing_lock_is_told_with_what_makes_it(tmp_path: Path, copied: Path) -> None:
    (copied / "infra" / "requirements.lock").unlink()
    done = _package(copied, "--output", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "`make lock`" in done.stderr


@pytest.mark.parametrize("lock", ["infra/requirements.lock", "infra/build-requirements.lock"])
def test_what_is_deployed_is_what_is_tested(lock: str) -> None:
    pins = _pins(lock)
    assert pins
    assert pins.items() <= _pins("requirements.lock").items()


def test_the_lock_holds_everything_that_pyproject_asks_of_a_deployed_function() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    [deployed] = [Requirement(entry) for entry in extras["deployed"]]
    asked = [*project["dependencies"], *(entry for extra in deployed.extras for entry in extras[extra])]
    asked = [entry for entry in asked if Requirement(entry).name not in ONLY_LOCAL]
    pins = _pins("infra/requirements.lock")
    assert not pins.keys() & set(ONLY_LOCAL)
    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(pins[requirement.name]), requirement
    tools = {Requirement(entry).name for entry in extras["dev"]} - {Requirement(entry).name for entry in asked}
    tools.remove("httpx")  # google-genai is made of it
    assert not tools & set(pins), "development tools are not deployed"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = _package(REPOSITORY, "--output", str(tmp_path / "file" / "functions"), "retrieve")
    said = done.stderr
    assert (done.returncode, said.count("\n")) == (1, 1)
    assert said.startswith(f"package.py: cannot write {tmp_path / 'file'}")
    assert "choose another --output" in said
