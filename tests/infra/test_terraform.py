"""What no plan shows of the Terraform: that nothing was added beside what its tests look at, and that texts agree."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.conftest import REPOSITORY

INFRA = REPOSITORY / "infra"
FOLDERS = [INFRA, INFRA / "bootstrap"]
GRANTS = {
    "infra": {
        "google_project_iam_member.store",
        "google_project_iam_member.model",
        "google_secret_manager_secret_iam_member.key",
        "google_cloud_tasks_queue_iam_member.enqueuer",
        "google_service_account_iam_member.acts_as_tasks",
        "google_cloud_run_v2_service_iam_member.caller",
        "google_cloud_run_v2_service_iam_member.router",
        "google_cloud_run_v2_service_iam_member.invoker",
    },
    "bootstrap": {
        "google_project_iam_custom_role.plan",
        "google_project_iam_custom_role.secret",
        "google_project_iam_member.build",
        "google_project_iam_member.plan",
        "google_artifact_registry_repository_iam_member.plan",
        "google_storage_bucket_iam_member.state",
        "google_storage_bucket_iam_member.source",
        "google_service_account_iam_member.own_tokens",
        "google_secret_manager_secret_iam_member.build",
        "google_kms_crypto_key_iam_member.firestore",
    },
}
"""Every resource that gives somebody a right; infra/tests asserts exactly what each of them gives."""


def _text(folder: Path) -> str:
    return "\n".join(re.sub(r"(?m)^\s*#.*$", "", path.read_text()) for path in sorted(folder.glob("*.tf")))


def _blocks(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the address and the text of every resource of a folder."""
    for found in re.finditer(r'(?ms)^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', _text(folder)):
        yield f"{found[1]}.{found[2]}", found[3]


def _block(folder: Path, address: str) -> str:
    [text] = [text for found, text in _blocks(folder) if found == address]
    return text


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_can_read_every_file_and_would_write_it_the_same() -> None:
    command = ["terraform", "fmt", "-check", "-diff", "-recursive", str(INFRA)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_rights_are_given_by_nothing_that_the_terraform_tests_do_not_know(folder: Path) -> None:
    assert {address for address, _ in _blocks(folder) if "_iam_" in address} == GRANTS[folder.name]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_grant_is_asserted_by_the_terraform_tests(folder: Path) -> None:
    asserted = "\n".join(path.read_text() for path in (INFRA / "tests").glob("*.tftest.hcl"))
    assert not [address for address in GRANTS[folder.name] if address not in asserted]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nobody_gets_everybodys_rights_or_a_basic_role(folder: Path) -> None:
    said = re.sub(r"error_message\s*=.*", "", _text(folder))
    assert not re.search(r"allUsers|allAuthenticatedUsers|roles/(owner|editor|viewer)\b", said)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nothing_runs_beside_the_providers(folder: Path) -> None:
    assert not re.search(r"provisioner\s|local-exec|remote-exec|data \"external\"|\bhttp\b\"", _text(folder))


def test_a_function_serves_only_when_its_rights_and_indexes_are_there() -> None:
    [needed] = re.findall(r"(?s)depends_on = \[(.*?)\]", _block(INFRA, "google_cloud_run_v2_service.this"))
    assert set(re.findall(r"google_[\w.]+", needed)) == {
        "google_project_iam_member.store",
        "google_project_iam_member.model",
        "google_secret_manager_secret_iam_member.key",
        "google_firestore_index.composite",
        "google_firestore_index.vector",
        "google_firestore_field.this",
    }


def test_a_certificate_is_replaced_by_one_that_is_there_already() -> None:
    block = _block(INFRA, "google_compute_managed_ssl_certificate.this")
    assert "create_before_destroy = true" in block
    assert "sha256(var.domain)" in block


def test_alerts_wait_for_messages_that_the_worker_really_logs() -> None:
    messages = re.findall(r'jsonPayload\.message=\\"([^"\\]+)\\"', _text(INFRA))
    code = "\n".join(path.read_text() for path in (REPOSITORY / "shared/memorybank/bank").rglob("*.py"))
    assert messages
    assert not [message for message in messages if f'_log.warning("{message}"' not in code]


def test_alerts_watch_no_metric_made_of_logs() -> None:
    """Such a metric is unknown for ten minutes, and an alert on it is refused until then."""
    [alert] = [text for address, text in _blocks(INFRA) if address.startswith("google_monitoring_alert_policy.")]
    [conditions] = re.findall(r"(?s)alerts = \{(.*?)\n  \}\n", _text(INFRA))
    assert "sweep = {" in conditions
    assert not [text for text in (alert, conditions) if "logging.googleapis.com" in text or "google_logging" in text]


def test_the_registry_of_pull_requests_is_not_the_one_that_is_deployed_from() -> None:
    writers = _block(INFRA / "bootstrap", "google_artifact_registry_repository_iam_member.plan")
    assert 'this["plan"]' in writers
    assert 'this["build"]' not in writers
