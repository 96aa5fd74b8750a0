"""cloudbuild.yaml is a build as Google's own messages know it, and its scripts hold what they promise."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.cloud.devtools.cloudbuild_v1 import Build, BuildOptions

from tests.infra.conftest import REPOSITORY
from tests.infra.dockerfile import instructions_of

CONFIG: dict[str, Any] = yaml.safe_load((REPOSITORY / "cloudbuild.yaml").read_text())
STEPS: list[dict[str, Any]] = CONFIG["steps"]
GIVEN = {"PROJECT_ID", "BUILD_ID"}
"""What Cloud Build substitutes itself, of what is used."""

SHELLS = {"#!/usr/bin/env bash\nset -euo pipefail\n": "bash", "#!/bin/sh\nset -eu\n": "sh"}
"""How scripts begin, and the shell that runs them: images built on Alpine have no bash."""


def test_it_is_a_build_as_googles_own_messages_know_it() -> None:
    build = Build.from_json(json.dumps(CONFIG), ignore_unknown_fields=False)
    assert len(build.steps) == len(STEPS)
    assert build.options.logging is BuildOptions.LoggingMode.CLOUD_LOGGING_ONLY


def test_it_runs_as_a_service_account_of_its_own_and_knows_no_secret() -> None:
    assert "${_SERVICE_ACCOUNT}@" in CONFIG["serviceAccount"]
    assert not {"secrets", "availableSecrets"} & set(CONFIG)
    assert not any("secretEnv" in step for step in STEPS)


def test_every_substitution_is_declared_and_used() -> None:
    named = [step["name"] for step in STEPS]
    used = set(re.findall(r"\$\{(_?[A-Z_]+)\}", json.dumps({**CONFIG, "substitutions": {}, "steps": named})))
    assert used == {*CONFIG["substitutions"], *GIVEN}
    assert all(re.fullmatch(r"_[A-Z0-9_]+", name) for name in CONFIG["substitutions"])


def test_scripts_use_only_variables_that_are_given_to_them() -> None:
    """Cloud Build substitutes nothing inside a script: what it needs must be in its environment."""
    for step in STEPS:
        given = {entry.split("=")[0] for entry in [*CONFIG["options"]["env"], *step.get("env", [])]}
        own = set(re.findall(r"\b([A-Za-z_]+)=", step["script"]))
        assert set(re.findall(r"\$\{?([A-Za-z_]+)", step["script"])) <= given | own, step["id"]


def test_every_step_waits_for_the_one_before_it() -> None:
    names = [step["id"] for step in STEPS]
    assert names == [
        *("tests", "terraform", "base", "build", "scan", "push", "digest", "bill"),
        *("rollout", "smoke", "verdict"),
    ]
    assert [step.get("waitFor") for step in STEPS] == [None, *([name] for name in names[:-1])]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["id"])
def test_a_script_stops_at_the_first_failure(step: dict[str, Any], tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.write_text(step["script"])
    [shell] = [name for start, name in SHELLS.items() if step["script"].startswith(start)]
    assert not {"args", "entrypoint"} & set(step), "a step with a script has neither"
    for checker in (
        [f"/bin/{shell}", "-n"],
        [str(Path(sys.executable).with_name("pureshellcheck")), "--severity=style"],
    ):
        done = subprocess.run([*checker, str(script)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_no_step_runs_an_image_that_can_be_another_tomorrow() -> None:
    """By digest, but for Google's own builder, which has a version; the base is resolved to its digest by the build."""
    builders = {step["name"].strip("${}") for step in STEPS}
    images = {name: CONFIG["substitutions"][name] for name in builders}
    assert builders == {"_EMULATORS", "_TERRAFORM", "_TRIVY", "_DOCKER"}
    version = r"[a-z./-]+:\d+\.\d+\.\d+(-emulators)?(@sha256:[0-9a-f]{64})?"
    assert not [image for image in images.values() if re.fullmatch(version, image) is None]
    assert [name for name, image in images.items() if "@" not in image] == ["_DOCKER"]


def test_provenance_has_the_api_that_keeps_it() -> None:
    assert CONFIG["options"]["requestedVerifyOption"] == "VERIFIED"
    assert '"containeranalysis"' in (REPOSITORY / "infra/bootstrap/main.tf").read_text()


def test_terraform_waits_for_a_lock_and_a_pull_request_takes_none() -> None:
    commands = re.findall(
        r"terraform -chdir=infra (plan|apply)((?:.*\\\n)*.*)", "".join(step["script"] for step in STEPS)
    )
    assert len(commands) == 4
    assert ["-lock=false" in rest for _, rest in commands] == [True, False, False, False]
    assert ["-lock-timeout=10m" in rest for _, rest in commands] == [False, True, True, True]


def test_the_verdict_runs_whatever_becomes_of_the_rollout() -> None:
    assert [step["id"] for step in STEPS if step.get("allowFailure")] == ["rollout", "smoke"]
    total = int(CONFIG["timeout"].rstrip("s"))
    limits = [int(step.get("timeout", "0s").rstrip("s")) for step in STEPS]
    assert sum(limits) < total - 1800, "no time is left to go back"


def test_the_base_is_the_dockerfiles_own() -> None:
    arguments = [found for found in instructions_of((REPOSITORY / "Dockerfile").read_text()) if found.keyword == "ARG"]
    assert arguments[0].text == f"BASE={CONFIG['substitutions']['_BASE']}"


def test_the_image_that_is_pushed_is_the_one_in_the_results() -> None:
    [pushed] = [entry.removeprefix("IMAGE=") for entry in CONFIG["options"]["env"] if entry.startswith("IMAGE=")]
    assert CONFIG["images"] == [pushed]


DOCKER = """#!/usr/bin/env bash
case "$*" in
  pull*) echo "pulled ${!#}" >> "$CALLS" ;;
  *RepoDigests*) echo "$DIGEST" ;;
  *) echo "$*" >> "$CALLS" ;;
esac
"""


def _run(name: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one step's script with a docker that only writes down what it is asked, and with a workspace in `folder`."""
    docker = folder / "docker"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    [script] = [step["script"] for step in STEPS if step["id"] == name]
    return subprocess.run(
        ["/bin/bash", "-c", script.replace("/workspace/", f"{folder}/")],
        env={"PATH": f"{folder}:/usr/bin:/bin", "CALLS": str(folder / "calls"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_base_given_by_tag_is_built_from_by_its_digest(tmp_path: Path) -> None:
    resolved = f"python@sha256:{'a' * 64}"
    assert _run("base", tmp_path, BASE="python:3.11-slim", DIGEST=resolved).returncode == 0
    assert _run("build", tmp_path, IMAGE="r/memorybank:1").returncode == 0
    assert f"build --build-arg BASE={resolved} --tag r/memorybank:1 ." in (tmp_path / "calls").read_text()


def test_a_base_given_by_digest_is_kept(tmp_path: Path) -> None:
    given = f"python@sha256:{'b' * 64}"
    assert _run("base", tmp_path, BASE=given, DIGEST="another").returncode == 0
    assert (tmp_path / "base-digest").read_text() == f"{given}\n"


def test_the_digest_of_the_pushed_image_is_written_for_later_steps(tmp_path: Path) -> None:
    pushed = f"r.dev/p/q/memorybank@sha256:{'c' * 64}"
    assert _run("digest", tmp_path, IMAGE="r.dev/p/q/memorybank:1", DIGEST=pushed).returncode == 0
    assert (tmp_path / "image-digest").read_text() == f"{pushed}\n"


@pytest.mark.parametrize("told", ["", "other@sha256:abc", "r.dev/p/q/memorybank:1"])
def test_an_image_without_a_digest_fails_the_build(tmp_path: Path, told: str) -> None:
    assert _run("digest", tmp_path, IMAGE="r.dev/p/q/memorybank:1", DIGEST=told).returncode != 0
    assert not (tmp_path / "image-digest").exists()


GCLOUD = """#!/bin/sh
echo "$*" >> "$CALLS"
"""


@pytest.mark.parametrize(("bucket", "deploy"), [("", "no"), ("my-state", "apply"), ("my-state", "plan")])
def test_the_bill_of_materials_is_kept_with_the_state_or_printed(tmp_path: Path, bucket: str, deploy: str) -> None:
    (tmp_path / "gcloud").write_text(GCLOUD)
    (tmp_path / "gcloud").chmod(0o755)
    (tmp_path / "image-digest").write_text(f"r.dev/p/q/memorybank@sha256:{'c' * 64}\n")
    done = _run("bill", tmp_path, STATE_BUCKET=bucket, DEPLOY=deploy)
    assert done.returncode == 0, done.stderr
    bill = json.loads((tmp_path / "sbom.json").read_text())
    assert bill["metadata"]["component"]["version"] == "c" * 64
    assert len(bill["components"]) > 20
    if bucket and deploy != "plan":
        kept = f"gs://my-state/sbom/{'c' * 64}.json"
        assert (tmp_path / "calls").read_text() == f"storage cp {tmp_path}/sbom.json {kept}\n"
    else:
        assert json.loads(done.stdout) == bill


TERRAFORM = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
  *" $BROKEN "*) exit 1 ;;
  *"output -raw image"*) [ -n "$RUNNING" ] && echo "$RUNNING" ;;
  *"output -raw base_url"*) echo "https://bank.example.com" ;;
esac
"""
DOCTOR = """#!/bin/sh
echo "memorybank $*" >> "$CALLS"
[ "$(grep -c '^memorybank' "$CALLS")" -ge "$HEALTHY" ]
"""
CURL = """#!/bin/sh
echo "curl $*" >> "$CALLS"
[ "$BROKEN" = token ] || echo '{"token": "an.id.token"}'
"""
NEW, OLD = f"r.dev/p/q/memorybank@sha256:{'d' * 64}", f"r.dev/p/q/memorybank@sha256:{'e' * 64}"
NEVER = 1000


class Rollout:
    """The last three steps of a build in a folder, with programs that only write down what they are asked.

    The doctor is content from its call number `healthy` on. `broken` names what fails: init, apply, make or token.
    """

    def __init__(self, folder: Path, *, deploy: str, running: str = OLD, healthy: int = 1, broken: str = "-") -> None:
        self.folder = folder
        (folder / "infra").mkdir()
        (folder / ".venv/bin").mkdir(parents=True)
        (folder / ".venv/bin/python").symlink_to(sys.executable)
        (folder / "image-digest").write_text(NEW)
        for name, script in {
            "terraform": TERRAFORM,
            "apt-get": "#!/bin/sh\n",
            "sleep": '#!/bin/sh\necho "sleep $*" >> "$CALLS"\n',
            "make": '#!/bin/sh\n[ "$BROKEN" != make ]\n',
            "gcloud": "#!/bin/sh\necho an.access.token\n",
            "curl": CURL,
            ".venv/bin/memorybank": DOCTOR,
        }.items():
            (folder / name).write_text(script)
            (folder / name).chmod(0o755)
        self._environment = {
            "DEPLOY": deploy,
            "RUNNING": running,
            "STATE_BUCKET": "b",
            "TFVARS": "infra/my.tfvars",
            "PROJECT": "p",
            "ACCOUNT": "build@p.iam.gserviceaccount.com",
            "HEALTHY": str(healthy),
            "BROKEN": broken,
        }
        self.codes = {name: self._step(name) for name in ("rollout", "smoke", "verdict")}

    def _step(self, name: str) -> int:
        [script] = [step["script"] for step in STEPS if step["id"] == name]
        shell = next(shell for start, shell in SHELLS.items() if script.startswith(start))
        done = subprocess.run(
            [f"/bin/{shell}", "-c", script.replace("/workspace/", f"{self.folder}/")],
            env={"PATH": f"{self.folder}:/usr/bin:/bin", "CALLS": str(self.folder / "calls"), **self._environment},
            cwd=self.folder,
            capture_output=True,
            check=False,
        )
        return done.returncode

    @property
    def passed(self) -> bool:
        """Whether the build would pass: rollout and smoke test are allowed to fail, the verdict is not."""
        return self.codes["verdict"] == 0

    @property
    def calls(self) -> str:
        calls = self.folder / "calls"
        return calls.read_text() if calls.exists() else ""

    @property
    def went_back(self) -> bool:
        """Whether the last thing done was to apply the image that ran before."""
        last = self.calls.splitlines()[-1]
        return " apply " in last and last.endswith(f"-var image={OLD}")


def test_nothing_is_rolled_out_unless_it_is_asked_for(tmp_path: Path) -> None:
    rollout = Rollout(tmp_path, deploy="no")
    assert (rollout.passed, rollout.calls) == (True, "")


def test_a_pull_request_gets_a_plan_of_its_own_digest_and_no_more(tmp_path: Path) -> None:
    rollout = Rollout(tmp_path, deploy="plan")
    assert rollout.passed
    assert f"-var image={NEW}" in rollout.calls
    assert "apply" not in rollout.calls
    assert "doctor" not in rollout.calls


@pytest.mark.parametrize("broken", ["init", "plan"])
def test_a_pull_request_without_a_plan_fails(tmp_path: Path, broken: str) -> None:
    rollout = Rollout(tmp_path, deploy="plan", broken=broken)
    assert not rollout.passed
    assert "apply" not in rollout.calls


def test_a_healthy_rollout_stays(tmp_path: Path) -> None:
    rollout = Rollout(tmp_path, deploy="apply")
    assert set(rollout.codes.values()) == {0}
    assert rollout.calls.count(" apply ") == 1
    assert "memorybank doctor --url https://bank.example.com --project p --token an.id.token" in rollout.calls


def test_the_smoke_test_asks_iam_for_an_id_token_of_the_builds_own_account(tmp_path: Path) -> None:
    [call] = [line for line in Rollout(tmp_path, deploy="apply").calls.splitlines() if line.startswith("curl")]
    assert "/serviceAccounts/build@p.iam.gserviceaccount.com:generateIdToken" in call
    assert '"audience": "https://bank.example.com"' in call
    assert "Bearer an.access.token" in call


def test_rights_that_take_a_while_to_count_fail_no_rollout(tmp_path: Path) -> None:
    rollout = Rollout(tmp_path, deploy="apply", healthy=4)
    assert rollout.passed
    assert rollout.calls.count("sleep 30") == 3
    assert rollout.calls.count(" apply ") == 1


@pytest.mark.parametrize("broken", ["-", "make", "token"])
def test_a_rollout_without_a_smoke_test_that_passes_goes_back_and_fails_the_build(tmp_path: Path, broken: str) -> None:
    rollout = Rollout(tmp_path, deploy="apply", healthy=NEVER, broken=broken)
    assert not rollout.passed
    assert rollout.went_back


def test_an_apply_that_fails_half_way_goes_back_and_fails_the_build(tmp_path: Path) -> None:
    rollout = Rollout(tmp_path, deploy="apply", broken="apply")
    assert rollout.codes["smoke"] != 0
    assert not rollout.passed
    assert rollout.went_back


@pytest.mark.parametrize("broken", ["init", "plan"])
def test_what_was_never_begun_is_not_gone_back_from(tmp_path: Path, broken: str) -> None:
    rollout = Rollout(tmp_path, deploy="apply", broken=broken)
    assert not rollout.passed
    assert " apply " not in rollout.calls


def test_a_first_rollout_has_nothing_to_go_back_to(tmp_path: Path) -> None:
    rollout = Rollout(tmp_path, deploy="apply", running="", healthy=NEVER)
    assert not rollout.passed
    assert rollout.calls.count(" apply ") == 1
