"""What the nightly tests install is fixed: they must not depend on what a registry serves that night."""

from __future__ import annotations

import json
from pathlib import Path

from tests.documents import page

TYPESCRIPT = Path(__file__).parents[1] / "nightly/typescript"


def test_every_package_for_node_has_a_hash() -> None:
    lock = json.loads((TYPESCRIPT / "package-lock.json").read_text())
    asked = json.loads((TYPESCRIPT / "package.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert len(packages) > 100
    assert not [name for name, each in packages.items() if not each.get("integrity", "").startswith("sha512-")]
    assert lock["packages"][""]["dependencies"] == asked["dependencies"]


def test_the_page_names_the_versions_that_are_tested() -> None:
    asked = json.loads((TYPESCRIPT / "package.json").read_text())["dependencies"]
    text = page("docs/agents.md").read_text()
    assert not [name for name, version in asked.items() if f"{name} {version}" not in " ".join(text.split())]
