"""infra/install.py installs what a lock says from the index that pip knows, and leaves nothing else behind."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from infra.install import settings_in, uv_settings
from memorybank.testing.processes import run_program
from tests.infra.conftest import REPOSITORY
from tests.infra.package_index import PackageIndex

LISTED = """\
:env:.index-url='https://environment.example/simple'
global.index-url='https://file.example/simple'
install.index-url='https://install.example/simple'
global.no-index='false'
download.index-url='https://download.example/simple'
install.extra-index-url='https://a.example/simple\\nhttps://b.example/simple'
"""


class Place:
    """An environment, a lock, and an index that only pip's configuration file names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = PackageIndex(folder / "index")
        self.lock = folder / "some.lock"
        self.configuration = folder / "pip.conf"
        self.configuration.write_text(f"[global]\nindex-url = {self.index.url}\n")
        self.python = folder / "environment/bin/python"
        made = run_program([sys.executable, "-m", "venv", "--without-pip", str(folder / "environment")])
        assert made.returncode == 0, made.stderr

    def install(self, *options: str, **environment: str) -> tuple[int, str]:
        """Install the lock; return the exit code and all that was said."""
        own = {
            "PATH": os.defpath,
            "PIP_CONFIG_FILE": str(self.configuration),
            "UV_CACHE_DIR": str(self.folder / "cache"),
        }
        given = [f"--python={self.python}", f"--pip={_with_pip()}", *options]
        command = [sys.executable, str(REPOSITORY / "infra/install.py"), *given]
        done = run_program([*command, str(self.lock)], env={**own, **environment}, cwd=self.folder)
        return done.returncode, done.stdout + done.stderr

    def installed(self) -> dict[str, str]:
        """Return the version of every package of the environment."""
        listing = "import importlib.metadata as m; print(*(f'{d.name}=={d.version}' for d in m.distributions()))"
        done = run_program([self.python, "-c", listing])
        return dict(entry.split("==") for entry in done.stdout.split())


def _with_pip() -> str:
    """Return this Python if it has pip, else the one that its environment was made by."""
    return sys.executable if find_spec("pip") else str(Path(sys.base_prefix) / "bin" / "python3")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_what_the_lock_says_is_installed_whatever_was_released_since(place: Place) -> None:
    asking = place.index.add("asking", "1.0", requires=["asked[more]>=1"])
    place.lock.write_text(asking + place.index.add("asked", "1.0", extras=["more"]))
    for name in ("asking", "asked"):
        place.index.add(name, "2.0", extras=["more"])
    assert place.install() == (0, "")
    assert place.installed() == {"asking": "1.0", "asked": "1.0"}


def test_what_the_lock_no_longer_says_is_removed(place: Place) -> None:
    kept = place.index.add("kept", "1.0")
    place.lock.write_text(kept + place.index.add("dropped", "1.0"))
    assert place.install() == (0, "")
    place.lock.write_text(kept)
    assert place.install() == (0, "")
    assert place.installed() == {"kept": "1.0"}


def test_a_lock_that_lacks_something_is_told_and_nothing_is_resolved(place: Place) -> None:
    place.lock.write_text(place.index.add("asking", "1.0", requires=["lacking>=1"]))
    place.index.add("lacking", "1.0")
    code, said = place.install()
    assert code == 1
    assert "lacking" in said
    assert "asking" in said
    assert place.installed() == {"asking": "1.0"}


def test_a_file_of_another_hash_is_refused(place: Place) -> None:
    pin = place.index.add("changed", "1.0")
    place.lock.write_text(pin.partition("sha256:")[0] + "sha256:" + "0" * 64 + "\n")
    code, said = place.install()
    assert code == 1
    assert "hash" in said.lower()
    assert place.installed() == {}


def test_an_index_that_is_not_reached_is_told_with_what_to_do(place: Place) -> None:
    place.lock.write_text(place.index.add("asked", "1.0"))
    code, said = place.install(PIP_INDEX_URL="http://127.0.0.1:9/simple", UV_HTTP_RETRIES="0")
    assert code == 1
    assert "http://127.0.0.1:9/simple/asked/" in said
    assert "Is there a network? `pip config list` shows which package index was asked" in said


def test_a_missing_lock_is_told_by_name(place: Place) -> None:
    assert place.install() == (
        1,
        f"install.py: {place.lock} is missing; `make lock` writes the locks of this repository\n",
    )


def test_settings_of_the_environment_go_before_those_of_files() -> None:
    assert settings_in(LISTED) == {
        "index-url": "https://environment.example/simple",
        "extra-index-url": "https://a.example/simple\nhttps://b.example/simple",
        "no-index": "",
    }


def test_uv_is_given_what_pip_knows() -> None:
    pip = {
        "index-url": "https://index.example/simple",
        "extra-index-url": "https://a.example/simple\nhttps://b.example/simple",
        "find-links": "/wheels https://c.example/",
        "trusted-host": "index.example a.example",
        "cert": "/ca.pem",
        "proxy": "http://proxy.example:3128",
    }
    assert uv_settings(pip, {"HOME": "/root"}) == {
        "HOME": "/root",
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_FIND_LINKS": "/wheels,https://c.example/",
        "UV_INSECURE_HOST": "index.example a.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/ca.pem",
        "ALL_PROXY": "http://proxy.example:3128",
    }


@pytest.mark.parametrize("own", ["UV_INDEX_URL", "UV_DEFAULT_INDEX"])
def test_an_index_that_is_set_for_uv_itself_stays(own: str) -> None:
    told = uv_settings({"index-url": "https://pip.example/simple"}, {own: "https://uv.example/simple"})
    assert told[own] == "https://uv.example/simple"
    assert "https://pip.example/simple" not in told.values()
