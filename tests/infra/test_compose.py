"""compose.yaml: the production image once for each function, with what `memorybank stack` sets. Nothing is run."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from memorybank.config import read_settings
from memorybank.testing.deployment import FUNCTIONS, environment_of
from memorybank.testing.doubles import parser
from tests.infra.conftest import REPOSITORY

SERVICES: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text())["services"]
URLS = {function: f"http://{function}:8080" for function in FUNCTIONS}


def test_there_is_a_service_for_each_function_and_for_what_they_call() -> None:
    assert set(SERVICES) == {*FUNCTIONS, "emulator", "doubles"}
    for service in SERVICES.values():
        assert set(service.get("depends_on", [])) <= set(SERVICES)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_the_image_and_the_variables_of_the_stack(function: str) -> None:
    service = SERVICES[function]
    environment = {name: "" if "${" in value else value for name, value in service["environment"].items()}
    assert service["image"] == SERVICES["doubles"]["image"]
    assert service["build"] == SERVICES["doubles"]["build"] == "."
    assert environment["FUNCTION_TARGET"] == function
    assert environment["FUNCTION_SOURCE"] == f"/functions/{function}/main.py"
    assert environment_of(URLS, tasks="doubles:8123", metadata="doubles:8124").items() <= environment.items()
    assert read_settings(environment).store == "firestore"
    assert environment["FIRESTORE_EMULATOR_HOST"] in SERVICES["emulator"]["command"][-1].replace("0.0.0.0", "emulator")  # noqa: S104


def test_the_doubles_listen_where_the_functions_call_them() -> None:
    asked = parser().parse_args(SERVICES["doubles"]["command"][3:])
    assert (asked.tasks_port, asked.metadata_port) == (8123, 8124)
    assert asked.sweep == URLS["sweep"]
    assert SERVICES["doubles"]["command"][:3] == ["python", "-m", "memorybank.testing.doubles"]


def test_only_the_router_is_reached_from_outside_and_from_this_machine_alone() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "router": ["127.0.0.1:8080:8080"]
    }


def test_the_emulator_is_the_one_of_the_pipeline() -> None:
    build = (REPOSITORY / "cloudbuild.yaml").read_text()
    assert f"_EMULATORS: {SERVICES['emulator']['image']}\n" in build
