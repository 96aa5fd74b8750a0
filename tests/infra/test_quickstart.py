"""The quickstart names only what exists: what `bootstrap` makes, what the pipeline uses, or what it made before."""

from __future__ import annotations

import re

import yaml

from tests.infra.conftest import REPOSITORY

README = (REPOSITORY / "infra/README.md").read_text()
[QUICKSTART] = re.findall(r"(?s)## From an empty project.*?\n## ", README)
COMMANDS = "\n".join(re.findall(r"(?s)```console\n(.*?)```", QUICKSTART))
CONFIG = yaml.safe_load((REPOSITORY / "cloudbuild.yaml").read_text())


def test_sources_are_uploaded_to_the_bucket_that_the_build_can_read() -> None:
    [submit] = re.findall(r"gcloud builds submit .*", COMMANDS)
    assert "--gcs-source-staging-dir=gs://PROJECT-memorybank-source/" in submit
    assert '"${var.project_id}-${var.name}-source"' in (REPOSITORY / "infra/bootstrap/main.tf").read_text()


def test_every_account_that_is_named_was_made_before() -> None:
    assert re.findall(r"service-accounts create (\S+)", COMMANDS) == ["my-agent"]
    assert COMMANDS.index("service-accounts create my-agent") < COMMANDS.index("my-agent@PROJECT")
    named = set(re.findall(r"([\w-]+)@PROJECT\.iam", QUICKSTART))
    assert named == {"my-agent", "memorybank-build", "memorybank-plan"}


def test_a_person_calls_the_bank_with_a_token_of_the_account_that_they_may_act_as() -> None:
    [doctor] = re.findall(r"memorybank doctor(?:.*\\\n)*.*", COMMANDS)
    assert "--token" in doctor
    assert "--impersonate-service-account my-agent@PROJECT" in doctor
    assert COMMANDS.index("roles/iam.serviceAccountTokenCreator") < COMMANDS.index("memorybank doctor")


def test_a_person_and_the_pipeline_use_the_same_state() -> None:
    [rollout] = [step["script"] for step in CONFIG["steps"] if step["id"] == "rollout"]
    backend = "printf 'terraform {\\n  backend \"gcs\" {}\\n}\\n' > infra/backend.tf"
    for commands in (COMMANDS, rollout):
        assert backend in commands
        assert "-backend-config=prefix=bank" in commands


def test_the_state_of_bootstrap_is_moved_to_another_place_in_the_bucket() -> None:
    [move] = re.findall(r"terraform -chdir=infra/bootstrap init -migrate-state.*", COMMANDS)
    assert "-backend-config=prefix=bootstrap" in move


def test_pull_requests_run_as_the_account_that_can_only_plan() -> None:
    [trigger] = re.findall(r"gcloud builds triggers create .*pull-requests(?:.*\\\n)*.*", COMMANDS)
    [substitutions] = re.findall(r"--substitutions (\S+)", trigger)
    given = dict(pair.split("=") for pair in substitutions.split(","))
    assert given.keys() <= CONFIG["substitutions"].keys()
    assert (given["_DEPLOY"], given["_SERVICE_ACCOUNT"], given["_REPOSITORY"]) == ("plan", *["memorybank-plan"] * 2)
    assert "serviceAccounts/memorybank-plan@" in trigger
    assert "memorybank-build" not in trigger
