"""The bill of materials: every package of the lock, and no other."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.infra.conftest import REPOSITORY


def test_the_bill_names_every_package_of_the_lock_with_its_hashes() -> None:
    lock = REPOSITORY / "infra" / "requirements.lock"
    command = [sys.executable, str(REPOSITORY / "infra" / "sbom.py"), str(lock)]
    bill = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    lines = [line for line in lock.read_text().splitlines() if "==" in line]
    assert len(bill["components"]) == len(lines) > 20
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    for component, line in zip(bill["components"], lines, strict=True):
        assert line.replace("[", "==").split("==")[0].lower() == component["name"]
        assert f"=={component['version']}" in line
        assert component["purl"] == f"pkg:pypi/{component['name']}@{component['version']}"
        [where] = component["externalReferences"]
        assert all(len(each["content"]) == 64 for each in where["hashes"])
        assert where["hashes"]
