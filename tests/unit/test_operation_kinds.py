"""Every operation is named for people by the method that began it, also where its metadata is a Struct."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from memorybank.bank import engines, retries
from memorybank.bank.memories import batch_records, batch_rest
from memorybank.client.operation_kinds import kind_of
from memorybank.errors import Internal
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import path_of
from memorybank.resources.operation import Operation
from memorybank.resources.transfer import BatchCreateMemoriesRequest
from tests.unit.policy import Policy, open_policy

NOW = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("GenerateMemories", {}),
        ("CreateReasoningEngine", {"name": "x"}),
        ("BatchCreateMemories", {"totalCount": 3, "createdCount": 1}),
        ("ReembedMemories", {"reembeddedCount": 0, "embeddingModel": "m"}),
        ("IngestEvents", None),
        ("IngestEvents", {"generateMemoriesOperation": "x"}),
    ],
)
def test_an_operation_is_named_by_the_method_that_began_it(kind: str, response: dict[str, Any] | None) -> None:
    operation = Operation(name="e/operations/1", kind=kind, create_time=NOW, update_time=NOW, response=response)
    assert kind_of(operation.to_wire("v1beta1")) == kind
    assert kind_of({}) == "Operation"


def _import(policy: Policy) -> str:
    request = BatchCreateMemoriesRequest(memories=[], sessions=[])
    records = batch_records.Records(policy.ports, policy.engine, MemoryBankConfig(), request)
    return policy.operation(batch_rest.begin(policy.ports, records).state.data["name"]).name


def _reembedding(policy: Policy) -> str:
    return engines.reembed(policy.ports, policy.engine).name


@pytest.mark.parametrize(("begin", "kind"), [(_import, "BatchCreateMemories"), (_reembedding, "ReembedMemories")])
def test_an_operation_keeps_its_name_from_its_start_to_its_failure(begin: Callable[[Policy], str], kind: str) -> None:
    policy = open_policy()
    name = begin(policy)
    assert kind_of(policy.operation(name).to_wire("v1beta1")) == kind
    retries.give_up(policy.ports, path_of(name), Internal("the bank failed"))
    failed = policy.operation(name).to_wire("v1beta1")
    assert "error" in failed
    assert kind_of(failed) == kind
