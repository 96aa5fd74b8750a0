"""A function in a process of its own, with rules: what its HTTP server makes of headers opens no way around them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from memorybank.access.access import access_of
from memorybank.commands.main import main
from memorybank.config import Settings
from memorybank.errors import InvalidArgument
from memorybank.testing.deployment import await_health
from memorybank.testing.processes import free_ports
from tests.functions.callers import token
from tests.functions.deployment import served
from tests.waiting import PATIENCE

RULES = """
- callers: [root@example.com]
  access: write
- callers: ["*@agents.com"]
  scopes: [{user_id: "${caller}"}]
"""
ENGINES = "/v1beta1/projects/p/locations/l/reasoningEngines"


def bearer(email: str, **claims: Any) -> str:
    return f"Bearer {token(email, **claims)}"


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    rules = tmp_path_factory.mktemp("rules") / "rules.yaml"
    rules.write_text(RULES)
    [port] = free_ports(1)
    variables = {"MEMORYBANK_DATA": ":memory:", "MEMORYBANK_ACCESS_RULES": str(rules)}
    with (
        served("engines", port, variables) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as http,
    ):
        await_health(str(http.base_url).rstrip("/"), process)
        http.post(ENGINES, json={}, headers={"Authorization": bearer("root@example.com")}).raise_for_status()
        yield http


def listed(http: httpx.Client, headers: Any) -> int:
    return http.get(ENGINES, headers=headers).status_code


def test_tokens_are_asked_for_without_any_setting(http: httpx.Client) -> None:
    answer = http.get(ENGINES)
    assert answer.status_code == 401
    assert "Authorization: Bearer TOKEN" in answer.json()["error"]["message"]
    assert listed(http, {"Authorization": bearer("ada@agents.com")}) == 200
    assert listed(http, {"X-Serverless-Authorization": bearer("ada@agents.com")}) == 200


@pytest.mark.parametrize(
    "name", ["X_Serverless_Authorization", "x_serverless-authorization", "X-Serverless_Authorization"]
)
def test_a_header_that_only_looks_like_the_verified_one_is_not_taken_for_it(http: httpx.Client, name: str) -> None:
    headers = {"Authorization": bearer("ada@agents.com"), name: bearer("root@example.com")}
    assert http.post(ENGINES, json={}, headers=headers).status_code in (400, 403)


def test_a_caller_header_that_only_looks_like_one_names_nobody(http: httpx.Client) -> None:
    headers = {"Authorization": bearer("ada@agents.com"), "X_Memory_Caller": "root@example.com"}
    assert http.post(ENGINES, json={}, headers=headers).status_code in (400, 403)
    headers = {"Authorization": bearer("ada@agents.com"), "X-Memory-Caller": "root@example.com"}
    assert http.post(ENGINES, json={}, headers=headers).status_code == 403


@pytest.mark.parametrize("name", ["Authorization", "X-Serverless-Authorization"])
def test_of_two_tokens_in_one_header_none_is_picked(http: httpx.Client, name: str) -> None:
    both = [(name, bearer("ada@agents.com")), (name, bearer("root@example.com"))]
    for headers in (both, both[::-1]):
        answer = http.post(ENGINES, json={}, headers=headers)
        assert answer.status_code in (400, 401), answer.text


@pytest.mark.parametrize("length", [5_000, 9_000, 60_000])
def test_long_headers_are_refused_and_the_next_call_is_answered(http: httpx.Client, length: int) -> None:
    assert listed(http, {"Authorization": "Bearer " + "a" * length}) in (400, 401, 431)
    assert listed(http, {"X-Memory-Caller": "a" * length, "Authorization": bearer("ada@agents.com")}) in (400, 403, 431)
    assert listed(http, {"Authorization": bearer("ada@agents.com")}) == 200


def test_a_local_server_that_others_can_reach_wants_to_know_its_callers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["serve", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path / "bank.db")]) == 1  # noqa: S104 - the point of the test
    assert "MEMORYBANK_AUTH_NONE_CONFIRMED=yes" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_rules_that_cannot_be_read_keep_a_function_from_starting(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(json.dumps([{"callers": ["*"], "engine": ["1"]}]))
    with pytest.raises(InvalidArgument, match="engine"):
        access_of(Settings(access_rules=str(tmp_path / "rules.yaml")))
