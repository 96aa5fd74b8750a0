"""Memory banks: engines as `agentplatform.Client.memory_banks` sees them, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from google.genai.errors import ClientError

from tests.waiting import until

if TYPE_CHECKING:
    from tests.conftest import Served

CONFIG: dict[str, Any] = {
    "ttl_config": {"default_ttl": "3600s"},
    "unstructured_memory_configs": [
        {"memory_topics": [{"managed_memory_topic": {"managed_topic_enum": "USER_PREFERENCES"}}]}
    ],
}


class _Doors:
    """`memory_banks`, called alike whether it is the asynchronous one or not."""

    def __init__(self, banks: Any, runner: asyncio.Runner | None) -> None:
        self._banks, self._runner = banks, runner

    def call(self, method: str, **arguments: Any) -> Any:
        answer = getattr(self._banks, method)(**arguments)
        if self._runner is None:
            return list(answer) if method == "list" else answer

        async def whole() -> Any:
            found = await answer
            return [item async for item in found] if method == "list" else found

        return self._runner.run(whole())


@pytest.fixture(params=["sync", "async"])
def banks(served: Served, request: pytest.FixtureRequest) -> Iterator[_Doors]:
    client = served.client()
    if request.param == "sync":
        yield _Doors(client.memory_banks, None)
        return
    with asyncio.Runner() as runner:
        yield _Doors(client.aio.memory_banks, runner)
        runner.run(client.aio.aclose())


def _config_of(bank: Any) -> dict[str, Any]:
    told: dict[str, Any] = bank.managed_semantic_memory_config.model_dump(mode="json", exclude_none=True)
    return told


def test_a_bank_comes_back_as_it_was_created(banks: _Doors) -> None:
    created = banks.call(
        "create",
        managed_semantic_memory_config=CONFIG,
        config={"display_name": "first", "description": "a bank"},
    )
    bank = banks.call("get", name=created.name)
    assert (bank.display_name, bank.description) == ("first", "a bank")
    assert _config_of(bank) == CONFIG


def test_a_bank_can_be_created_without_saying_anything(banks: _Doors) -> None:
    bank = banks.call("get", name=banks.call("create").name)
    assert bank.display_name is None
    assert _config_of(bank) == {}


def test_an_update_without_a_configuration_goes_back_to_the_defaults(banks: _Doors) -> None:
    name = banks.call("create", managed_semantic_memory_config=CONFIG, config={"description": "kept"}).name
    banks.call("update", name=name, config={"display_name": "renamed"})
    bank = banks.call("get", name=name)
    assert (bank.display_name, bank.description) == ("renamed", "kept")
    assert _config_of(bank) == {}


def test_an_update_with_a_configuration_replaces_the_one_before(banks: _Doors) -> None:
    name = banks.call("create", managed_semantic_memory_config=CONFIG).name
    config = {"ttl_config": {"memory_revision_default_ttl": "60s"}, "disable_memory_revisions": True}
    banks.call("update", name=name, managed_semantic_memory_config=config)
    assert _config_of(banks.call("get", name=name)) == config


def test_banks_are_listed_page_by_page(banks: _Doors) -> None:
    names = [banks.call("create").name for _ in range(3)]
    assert [bank.name for bank in banks.call("list", config={"page_size": 2})] == names[::-1]


def test_a_deleted_bank_is_not_found(banks: _Doors) -> None:
    """It is gone at once; until a worker has removed what is below it, deleting it again continues the deletion."""
    name = banks.call("create").name
    banks.call("delete", name=name)

    def refusal(method: str) -> tuple[int, str | None] | None:
        try:
            banks.call(method, name=name)
        except ClientError as error:
            return error.code, error.status
        return None

    not_found = (404, "NOT_FOUND")
    assert refusal("get") == not_found
    until(lambda: refusal("delete") is not None)
    assert (refusal("delete"), refusal("get")) == (not_found, not_found)


@pytest.mark.parametrize("spec", [{}, {"memoryBankConfig": None}])
def test_a_bank_whose_context_is_empty_can_be_read(served: Served, spec: dict[str, Any]) -> None:
    with served.http() as http:
        body = {"displayName": "curled", "contextSpec": spec}
        name = http.post(f"/v1beta1/{served.parent}/reasoningEngines", json=body).json()["response"]["name"]
    assert served.client().memory_banks.get(name=name).display_name == "curled"


def test_a_bank_whose_configuration_was_masked_away_can_be_read(served: Served) -> None:
    name = served.create_engine({"ttlConfig": {"defaultTtl": "5s"}})
    with served.http() as http:
        answer = http.patch(f"/v1beta1/{name}", json={}, params={"updateMask": "contextSpec.memoryBankConfig"})
    assert answer.status_code == 200
    assert _config_of(served.client().memory_banks.get(name=name)) == {}
