"""A package index in a folder, made of wheels that hold nothing but what they are called and what they ask for."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_PIN = re.compile(
    r"^(?P<name>[a-z0-9-]+)(?P<extras>\[\S+\])?==(?P<version>[^\s;]+)(?P<rest>.*(?:\n[ ]+\S.*)*)", re.MULTILINE
)


@dataclass(frozen=True)
class PackageIndex:
    """Wheels in `folder/files`, and an index of them as pip and uv read it at `url`."""

    folder: Path

    @property
    def files(self) -> Path:
        """Where the wheels are, for `--find-links`."""
        return self.folder / "files"

    @property
    def url(self) -> str:
        """The index's address, for `--index-url`."""
        return (self.folder / "simple").as_uri()

    def add(self, name: str, version: str, *, requires: Sequence[str] = (), extras: Sequence[str] = ()) -> str:
        """Release a version of a package, and return the requirement that pins it by its hash."""
        spelled = name.replace("-", "_")
        metadata = [
            "Metadata-Version: 2.1",
            f"Name: {name}",
            f"Version: {version}",
            *(f"Provides-Extra: {extra}" for extra in extras),
            *(f"Requires-Dist: {requirement}" for requirement in requires),
        ]
        self.files.mkdir(parents=True, exist_ok=True)
        wheel = self.files / f"{spelled}-{version}-py3-none-any.whl"
        _write(wheel, f"{spelled}-{version}.dist-info", "\n".join(metadata) + "\n")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        page = self.folder / "simple" / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        with page.open("a") as links:
            links.write(f'<a href="{wheel.as_uri()}#sha256={digest}">{wheel.name}</a>\n')
        return f"{name}=={version} --hash=sha256:{digest}\n"

    def with_releases_after(self, requirements: str) -> str:
        """Release what is pinned, as it is installed here, and a newer version of each; return the pins of these.

        What this platform does not ask for is released without requirements of its own.
        """
        released: dict[str, str] = {}
        for pin in _PIN.finditer(requirements):
            name, version = pin["name"], pin["version"]
            asked, extras = _asked_by(name, version)
            released[name] = self.add(name, version, requires=asked, extras=extras).partition(" ")[2]
            self.add(name, f"{version}.9999", requires=asked, extras=extras)

        def pinned(pin: re.Match[str]) -> str:
            marker = pin["rest"].partition("--hash")[0].replace("\\", "").strip()
            return f"{pin['name']}{pin['extras'] or ''}=={pin['version']} {marker} {released[pin['name']].strip()}"

        return _PIN.sub(pinned, requirements)


def _asked_by(name: str, version: str) -> tuple[list[str], list[str]]:
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        return [], []
    assert installed.version == version, f"{name} is not as the lock has it: run `make install`"
    return installed.requires or [], installed.metadata.get_all("Provides-Extra") or []


def _write(wheel: Path, info: str, metadata: str) -> None:
    files = {
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(name, content)
