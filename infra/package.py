"""Stages each function alone for a deployment from source: main.py, this repository's wheel, hash-locked requirements.

    python infra/package.py --output dist/functions [name ...]

Needs no network, only hatchling. The same sources give the same bytes. The requirements carry the wheel's own sha256,
so that their text changes whenever our code does: buildpacks keep installed requirements by that text alone. They
install with whatever pip they have, and it resolves: so there is a pin for each way in which a package is asked for.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONS = ROOT / "functions"
LOCK = ROOT / "infra" / "requirements.lock"

_EPOCH = "1577836800"
"""What all files of the wheel are dated: 2020-01-01."""

_REQUIREMENTS = "requirements.txt"

_ENTRY = re.compile(r"^(?=\S)", re.MULTILINE)
_PINNED = re.compile(r"^([a-z0-9-]+)(?:\[\S+\])?==", re.MULTILINE)
_EXTRAS = re.compile(r"(?P<name>[a-z0-9-]+)\[(?P<extras>[a-z0-9,-]+)\]")


class PackagingError(Exception):
    """What a person has to mend before anything can be staged."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Stage the functions that are named, or all of them; return the exit status."""
    parser = argparse.ArgumentParser(prog="package.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--output", type=Path, required=True, help="where the folders go, one per function")
    parser.add_argument("name", nargs="*", help="functions to stage; all of them unless named")
    given = parser.parse_args(arguments)
    try:
        for folder in stage(given.output, given.name):
            sys.stdout.write(f"{folder}\n")
    except PackagingError as error:
        sys.stderr.write(f"package.py: {error}\n")
        return 1
    except OSError as error:
        where, why = error.filename or given.output, error.strerror or error
        sys.stderr.write(f"package.py: cannot write {where}: {why}; choose another --output\n")
        return 1
    return 0


def stage(output: Path, names: Sequence[str] = ()) -> list[Path]:
    """Stage the named functions, or all, each in its own folder of `output`; return the folders."""
    known = sorted(path.parent.name for path in FUNCTIONS.glob("*/main.py"))
    if unknown := sorted(set(names) - set(known)):
        raise PackagingError(f"no function is named {', '.join(unknown)}; there are {', '.join(known)}")
    folders = [output / name for name in sorted(set(names) or known)]
    for folder in folders:
        _check_replaceable(folder)
    wheel, content = build_wheel()
    content = without_what_is_not_deployed(content)
    requirements = requirements_with(wheel, content)
    for folder in folders:
        main_py = (FUNCTIONS / folder.name / "main.py").read_bytes()
        _replace(folder, {"main.py": main_py, _REQUIREMENTS: requirements.encode(), wheel: content})
    return folders


def build_wheel() -> tuple[str, bytes]:
    """Build this repository's wheel; return its file name and its bytes, the same for the same sources."""
    if find_spec("hatchling") is None:
        raise PackagingError(
            "hatchling is missing: run `make package`, or "
            "pip install --no-deps --require-hashes -r infra/build-requirements.lock"
        )
    with tempfile.TemporaryDirectory() as folder:
        built = subprocess.run(  # noqa: S603 - a fixed command
            [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
            cwd=ROOT,
            env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH},
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode != 0:
            raise PackagingError(f"hatchling could not build the wheel:\n{built.stderr.strip()}")
        [wheel] = Path(folder).glob("*.whl")
        return wheel.name, wheel.read_bytes()


def without_what_is_not_deployed(wheel: bytes) -> bytes:
    """Return the wheel without the requirements of the base package that the lock leaves out: one machine's."""
    pins = "|".join(_PINNED.findall(_lock()))
    asked = re.compile(rf"^Requires-Dist: (?!(?:{pins})(?![\w.-]))[^;\n]*\n", re.MULTILINE)
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(wheel)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        [path] = [name for name in old.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = asked.sub("", old.read(path).decode()).encode()
        digest = base64.urlsafe_b64encode(hashlib.sha256(metadata).digest()).decode().rstrip("=")
        record = re.compile(rf"^{re.escape(path)},.*$", re.MULTILINE)
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == path:
                content = metadata
            elif entry.filename.endswith(".dist-info/RECORD"):
                content = record.sub(f"{path},sha256={digest},{len(metadata)}", content.decode()).encode()
            new.writestr(entry, content)
    return result.getvalue()


def requirements_with(wheel: str, content: bytes) -> str:
    """Return the text of the locked requirements with the wheel, by its hash, as one more."""
    entries = _ENTRY.split(_lock())
    pins = "".join(line for entry in entries for line in _with_extras(entry))
    return f"{pins}./{wheel} \\\n    --hash=sha256:{hashlib.sha256(content).hexdigest()}\n"


def _lock() -> str:
    if not LOCK.is_file():
        raise PackagingError(f"{LOCK} is missing: run `make lock`")
    return LOCK.read_text()


def _with_extras(entry: str) -> list[str]:
    """Return a lock's entry without its extras, and with each combination of them.

    To pip before 23.3, `name[extra]` is not `name`: where it is asked for and only `name` is pinned, it takes the
    newest release, and then refuses that for want of a hash.
    """
    found = _EXTRAS.match(entry)
    if found is None:
        return [entry]
    extras = found["extras"].split(",")
    combinations = [chosen for size in range(1, len(extras) + 1) for chosen in itertools.combinations(extras, size)]
    spellings = ["", *(f"[{','.join(chosen)}]" for chosen in combinations)]
    return [f"{found['name']}{spelling}{entry[found.end() :]}" for spelling in spellings]


def _check_replaceable(folder: Path) -> None:
    """Refuse to replace what was not staged here, such as the sources."""
    if folder.exists() and not (folder / _REQUIREMENTS).is_file():
        raise PackagingError(f"{folder} was not made by this program and is left alone; choose another --output")


def _replace(folder: Path, files: dict[str, bytes]) -> None:
    if folder.exists():
        shutil.rmtree(folder)  # a wheel of an earlier version would be deployed too
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
