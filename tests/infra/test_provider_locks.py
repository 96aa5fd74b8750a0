"""The lock files of Terraform's providers: committed for every root module, and all of the same release."""

from __future__ import annotations

import re
import subprocess

from tests.infra.conftest import REPOSITORY

NO_ROOTS = {".terraform", "tests"}
MODULES = sorted({at.parent for at in (REPOSITORY / "infra").rglob("*.tf") if not NO_ROOTS & set(at.parts[:-1])})
LOCKS = [module / ".terraform.lock.hcl" for module in MODULES]


def test_every_root_module_has_the_same_lock() -> None:
    assert len(LOCKS) == 5
    texts = {lock.read_text() for lock in LOCKS}
    assert len(texts) == 1
    [version] = re.findall(r'version += "([0-9.]+)"', texts.pop())
    assert (6, 50) <= tuple(map(int, version.split(".")[:2])) < (8, 0)


def test_the_lock_holds_a_hash_for_each_platform() -> None:
    hashes = re.findall(r'"zh:([0-9a-f]{64})"', LOCKS[0].read_text())
    assert len(hashes) == len(set(hashes)) == 12


def test_git_ignores_keys_and_no_lock() -> None:
    keys = ["key.pem", "infra/sa.p12", "my-service-account.json", "application_default_credentials.json", ".env.local"]
    command = ["git", "check-ignore", "--no-index", *keys, *map(str, LOCKS)]
    ignored = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False).stdout.split()
    assert ignored == keys
