"""Installs what a lock says and nothing else, then checks that the packages fit together. Nothing is resolved.

    python infra/install.py [--python ENVIRONMENT/bin/python] [--pip PYTHON] [--only-wheels] [--editable] LOCK

The Python that runs this gets uv by its hash, through its own pip or that of another Python. uv makes the environment
equal to the lock: it adds, replaces and removes. pip's own settings (index, certificates, proxy) hold for uv, too.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / "infra" / "build-requirements.lock"

_PINS = re.compile(r"^([a-z0-9-]+)==([^\s;]+)", re.MULTILINE)
_UV = [sys.executable, "-m", "uv"]


class InstallationError(Exception):
    """What a person has to fix before anything can be installed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Install the lock and return the exit status."""
    parser = argparse.ArgumentParser(prog="install.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("lock", type=Path, metavar="LOCK", help="pinned requirements with their hashes")
    parser.add_argument("--python", default=sys.executable, help="whose environment it is (default: this one's)")
    parser.add_argument(
        "--pip", metavar="PYTHON", default=sys.executable, help="whose pip brings uv (default: this one's)"
    )
    parser.add_argument("--only-wheels", action="store_true", help="build nothing from source")
    parser.add_argument("--editable", action="store_true", help="install this repository's package, too, in place")
    given = parser.parse_args(arguments)
    try:
        pip = [given.pip, "-m", "pip", "--disable-pip-version-check"]
        install(given.lock, python=given.python, pip=pip, only_wheels=given.only_wheels, editable=given.editable)
    except InstallationError as error:
        sys.stderr.write(f"install.py: {error}\n")
        return 1
    return 0


def install(lock: Path, *, python: str, pip: Sequence[str], only_wheels: bool, editable: bool) -> None:
    """Make the environment of `python` equal to the lock, and check it."""
    if not lock.is_file():
        raise InstallationError(f"{lock} is missing; `make lock` writes the locks of this repository")
    _bring_tools(pip)
    here = ["--python", python]
    environment = uv_settings(settings_in(_run([*pip, "config", "list"], os.environ)), os.environ)
    wheels = ["--only-binary=:all:"] if only_wheels else []
    no_index = ["--no-index"] if environment.pop("no-index", "") else []
    _fetch([*_UV, "pip", "sync", "--quiet", "--require-hashes", *wheels, *no_index, *here, str(lock)], environment)
    if editable:
        own = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
        _run([*_UV, "pip", "install", "--quiet", *no_index, *here, *own], environment)
    _run([*_UV, "pip", "check", "--quiet", *here], environment)


def uv_settings(pip: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which uv uses pip's settings; what is set for uv itself stays as it is."""
    told = {
        "UV_DEFAULT_INDEX": pip.get("index-url", ""),
        "UV_INDEX": " ".join(pip.get("extra-index-url", "").split()),
        "UV_FIND_LINKS": ",".join(pip.get("find-links", "").split()),
        "UV_INSECURE_HOST": " ".join(pip.get("trusted-host", "").split()),
        "SSL_CERT_FILE": pip.get("cert", ""),
        "SSL_CLIENT_CERT": pip.get("client-cert", ""),
        "ALL_PROXY": pip.get("proxy", ""),
        # Every index is asked, as pip does. Hashes make it safe: no index can put its own file in another's place.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "no-index": pip.get("no-index", ""),
    }
    if {"UV_INDEX_URL", "UV_DEFAULT_INDEX"} & set(environment):
        del told["UV_DEFAULT_INDEX"]
    return {**{name: value for name, value in told.items() if value}, **environment}


def settings_in(listing: str) -> dict[str, str]:
    """Return the settings in what `pip config list` prints: the environment's before those of files."""
    found: dict[str, str] = {}
    ranks = {"global": 0, "install": 1, ":env:": 2}
    lines = [line.partition("=") for line in listing.splitlines()]
    keys = [(key.rpartition("."), value) for key, _, value in lines]
    for (section, _, name), value in sorted(keys, key=lambda entry: ranks.get(entry[0][0], -1)):
        if section in ranks:
            found[name] = str(ast.literal_eval(value))
    return {name: "" if value.lower() in ("false", "0", "no", "off") else value for name, value in found.items()}


def _bring_tools(pip: Sequence[str]) -> None:
    """Install uv, and what builds the wheel, unless they are there."""
    if all(_installed(name) == pinned for name, pinned in _PINS.findall(TOOLS.read_text())):
        return
    own = ["--python", sys.executable]
    wanted = [
        "--quiet",
        "--root-user-action=ignore",
        "--no-deps",
        "--require-hashes",
        "--only-binary=:all:",
        "--requirement",
        str(TOOLS),
    ]
    _fetch([*pip, *own, "install", *wanted], os.environ)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _fetch(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a command that asks a package index, and say what to do if it fails."""
    try:
        _run(command, environment)
    except InstallationError as error:
        raise InstallationError(
            f"{error}\n\nIs there a network? `pip config list` shows which package index was asked; PIP_INDEX_URL, or\n"
            "pip's configuration file, names another."
        ) from error


def _run(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a command without a word, and return what it printed; say why if it fails."""
    done = subprocess.run(  # noqa: S603 - fixed programs
        command, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("WARNING:")]
        raise InstallationError("\n".join(said).strip())
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
