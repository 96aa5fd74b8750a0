"""A release: its version, what is built of which sources, and the workflow that publishes it."""

from __future__ import annotations

import re
import subprocess
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from infra import release
from tests.infra.conftest import REPOSITORY

WORKFLOW = REPOSITORY / ".github/workflows/release.yml"


def test_a_tag_must_name_the_version_and_the_changelog_must_know_it() -> None:
    version = release.version_for(None)
    with pytest.raises(release.ReleaseError, match=rf"the tag v9\.9 is not v{re.escape(version)}"):
        release.version_for("v9.9")
    if f"\n## {version}" not in (REPOSITORY / "CHANGELOG.md").read_text():
        with pytest.raises(release.ReleaseError, match=r"CHANGELOG\.md has no section"):
            release.version_for(f"v{version}")


def test_both_files_are_built_of_the_same_sources_and_say_what_the_package_is(tmp_path: Path) -> None:
    version = release.version_for(None)
    wheel, sources = release.build(tmp_path / "dist", version=version)
    with zipfile.ZipFile(wheel) as files:
        [name] = [each for each in files.namelist() if each.endswith("/METADATA")]
        metadata = Parser().parsestr(files.read(name).decode())
        assert any(each.endswith("/licenses/LICENSE") for each in files.namelist())
        assert not any(each.startswith("tests/") for each in files.namelist())
    urls = dict(each.split(", ") for each in metadata.get_all("Project-URL", []))
    assert {"Homepage", "Documentation", "Issues", "Changelog"} <= set(urls)
    assert metadata["Requires-Python"] == ">=3.11"
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    asked = map(Requirement, metadata.get_all("Requires-Dist", []))
    needed = {each.name for each in asked if each.marker is None}
    assert {"numpy", "waitress", "tzdata"} <= needed, "the base install serves"
    with tarfile.open(sources) as archive:
        assert {each.partition("/")[2].partition("/")[0] for each in archive.getnames()} - {""} == {
            *("shared", "pyproject.toml", "README.md", "LICENSE", "PKG-INFO", ".gitignore")
        }


def test_the_workflow_builds_by_make_and_publishes_only_tags_without_a_token() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text())
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert workflow["permissions"] == {}
    assert publish["if"] == "github.ref_type == 'tag'"
    assert (publish["needs"], publish["environment"]) == ("build", "pypi")
    assert publish["permissions"]["id-token"] == "write"
    assert "id-token" not in build["permissions"]
    steps = [*build["steps"], *publish["steps"]]
    assert not [step for step in steps if "uses" in step], "no code of others runs with the right to publish"
    for step in steps:
        checked = subprocess.run(["/bin/bash", "-n", "-c", step["run"]], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        assert "${{" not in step["run"], "what an event says is not pasted into a shell"
    assert "secrets." not in WORKFLOW.read_text()
