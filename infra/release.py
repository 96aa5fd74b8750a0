"""Builds the wheel and the source distribution, and checks both as somebody would who installs them.

    python infra/release.py [--tag v0.1.0] [--output dist/release]

The wheel that is built from the source distribution must be that of the checkout, byte for byte. It is installed with
its dependencies into an environment of its own, where its command must say its version and serve its demonstration.
Nothing is published: the last line says how.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_EPOCH = "1577836800"
"""What all files are dated: 2020-01-01, so that the same sources give the same bytes."""


class ReleaseError(Exception):
    """What a person has to mend before anything can be released."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build and check; return the exit status."""
    parser = argparse.ArgumentParser(prog="release.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tag", help="tag of the release, which must be v and the version of pyproject.toml")
    parser.add_argument("--output", type=Path, default=ROOT / "dist" / "release", help="where both files go")
    given = parser.parse_args(arguments)
    try:
        version = version_for(given.tag)
        files = build(given.output, version=version)
        check(files, version=version)
    except ReleaseError as error:
        sys.stderr.write(f"release.py: {error}\n")
        return 1
    sys.stdout.write("".join(f"{file}\n" for file in files))
    sys.stdout.write(f"Checked. To publish: uv publish {' '.join(map(str, files))}\n")
    return 0


def version_for(tag: str | None) -> str:
    """Return the version of the project, which a tag must name and the changelog must know."""
    version = str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])
    if tag is not None and tag != f"v{version}":
        raise ReleaseError(f"the tag {tag} is not v{version}, the version in pyproject.toml: change one of them")
    if tag is not None and f"\n## {version}" not in (ROOT / "CHANGELOG.md").read_text():
        raise ReleaseError(f"CHANGELOG.md has no section {version}: give what is under Unreleased that name and a date")
    return version


def build(output: Path, *, version: str) -> list[Path]:
    """Build both files into an empty folder, and return them."""
    shutil.rmtree(output, ignore_errors=True)
    _hatchling(ROOT, output)
    names = (f"open_memory_bank-{version}-py3-none-any.whl", f"open_memory_bank-{version}.tar.gz")
    files = [output / name for name in names]
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(files[1]) as sources:
            sources.extractall(folder, filter="data")
        again = Path(folder, "again")
        _hatchling(Path(folder, f"open_memory_bank-{version}"), again, "--target", "wheel")
        if (again / names[0]).read_bytes() != files[0].read_bytes():
            raise ReleaseError("the wheel of the source distribution differs from that of the checkout")
    return files


def check(files: Sequence[Path], *, version: str) -> None:
    """Install the wheel where nothing else is, and run its command."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder, "environment", "bin", "python")
        _run([sys.executable, "-m", "uv", "venv", "--quiet", str(python.parents[1])])
        _run([sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python), str(files[0])])
        for command in ("memorybank", "open-memory-bank"):
            if (said := _run([str(python.with_name(command)), "--version"])) != f"memorybank {version}\n":
                raise ReleaseError(f"{command} --version says {said!r}")
        _run([str(python.with_name("memorybank")), "demo"], cwd=Path(folder), MEMORYBANK_MODELS="offline")


def _hatchling(root: Path, output: Path, *options: str) -> None:
    _run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(output), *options],
        cwd=root,
        SOURCE_DATE_EPOCH=_EPOCH,
    )


def _run(command: Sequence[str], *, cwd: Path = ROOT, **variables: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed programs
        command, cwd=cwd, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ReleaseError(f"{' '.join(command[:4])} failed:\n{(done.stdout + done.stderr).strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
