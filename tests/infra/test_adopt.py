"""After a restore Terraform takes over what the backup brought: the database and every index, and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import yaml

from tests.infra.conftest import REPOSITORY

INFRA = REPOSITORY / "infra"
DATABASE = "projects/p/databases/memorybank-restored"


def _as_listed(number: int, collection: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an index as `gcloud firestore indexes composite list` prints it."""
    name = {"fieldPath": "__name__", "order": fields[-1].get("order", "ASCENDING")}
    vector = [field for field in fields if "vectorConfig" in field]
    return {
        "name": f"{DATABASE}/collectionGroups/{collection}/indexes/CICAg{number}",
        "queryScope": "COLLECTION",
        "fields": [*(field for field in fields if field not in vector), name, *vector],
        "state": "READY",
        "density": "SPARSE_ALL",
    }


def _restored() -> list[dict[str, Any]]:
    listed = yaml.safe_load((INFRA / "firestore_indexes.yaml").read_text())
    shapes = [
        (each["collection"], [{"fieldPath": at["field"], "order": at["order"]} for at in each["fields"]])
        for each in listed["composite"]
    ]
    for each in listed["vector"]:
        equality: list[dict[str, Any]] = [{"fieldPath": name, "order": "ASCENDING"} for name in each["equality"]]
        vector = {"fieldPath": each["field"], "vectorConfig": {"dimension": 768, "flat": {}}}
        shapes.append((each["collection"], [*equality, vector]))
    return [_as_listed(number, *shape) for number, shape in enumerate(shapes)]


def _adopt(indexes: list[dict[str, Any]]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(INFRA / "adopt.py")]
    return subprocess.run(command, input=json.dumps(indexes), capture_output=True, text=True, check=False)


def test_the_database_and_each_of_its_indexes_is_imported_once() -> None:
    restored = _restored()
    done = _adopt(restored)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = re.findall(r'import \{\n  to = (\S+)\n  id = "(\S+)"\n\}', done.stdout)
    assert len({address for address, _ in found}) == len(found) == 1 + len(restored)
    assert [identifier for _, identifier in found] == [DATABASE, *(index["name"] for index in restored)]
    assert 'google_firestore_index.composite["memories-scope_key-ascending-create_time-descending"]' in dict(found)
    assert 'google_firestore_index.vector["memories-embedding"]' in dict(found)


def test_an_index_of_somebody_else_is_left_alone_and_named() -> None:
    fields = [{"fieldPath": name, "order": "ASCENDING"} for name in ("day", "number")]
    other = _as_listed(99, "reports", fields)
    done = _adopt([*_restored(), other])
    assert "reports" not in done.stdout
    assert other["name"] in done.stderr


def test_an_empty_list_is_an_error_that_says_what_was_expected() -> None:
    done = _adopt([])
    assert done.returncode == 1
    assert "gcloud firestore indexes composite list" in done.stderr


def test_the_runbook_forgets_all_that_names_the_database_before_it_adopts_and_applies() -> None:
    """Otherwise the apply would remove the indexes of the database that still serves."""
    [text] = re.findall(r"(?s)\*\*Restore\.\*\*.*?```console\n(.*?)```", (INFRA / "README.md").read_text())
    order = ["databases restore", "state pull", "state rm", "adopt.py", "terraform -chdir=infra apply", "doctor"]
    assert [step for step in order if step in text] == order
    assert sorted(order, key=text.index) == order
    [forgotten] = re.findall(r"state rm ((?:.*\\\n)*.*)", text)
    made = re.findall(r'(?m)^resource "(\w+)" "(\w+)"', (INFRA / "firestore.tf").read_text())
    assert set(forgotten.replace("\\", " ").split()) == {".".join(found) for found in made}
