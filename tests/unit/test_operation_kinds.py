"""Every operation is named for people by the method that started it, whatever message its metadata is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from memorybank.bank import engines, retries
from memorybank.bank.memories import batch_records, batch_rest
from memorybank.client.operations import UNKNOWN, kind_of, outcome_of, times_of
from memorybank.errors import Internal
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import path_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import KINDS
from memorybank.resources.transfer import BatchCreateMemoriesRequest
from tests.unit.policy import Policy, open_policy

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def _shown(operation: Operation) -> dict[str, Any]:
    wire = operation.to_wire("v1beta1")
    return wire | {"metadata": wire["metadata"] | operation.extras()}


@pytest.mark.parametrize("kind", [*KINDS, "OfALaterVersion"])
def test_an_operation_is_named_by_the_method_that_started_it(kind: str) -> None:
    operation = Operation(
        name="e/operations/1", kind=kind, create_time=NOW, update_time=NOW, done=True, response={"x": 1}
    )
    told = _shown(operation)
    assert kind_of(told) == kind
    assert times_of(told) == {"createTime": "2026-01-31T00:00:00Z", "updateTime": "2026-01-31T00:00:00Z"}
    in_metadata = kind in KINDS and KINDS[kind].outcome_in_metadata
    assert outcome_of(told) == ({"x": 1} if in_metadata else {})


@pytest.mark.parametrize("metadata", [{}, {"@type": "type.googleapis.com/X"}, {"value": "text"}, {"value": {}}])
def test_an_operation_of_a_server_that_tells_less_is_read_too(metadata: dict[str, Any]) -> None:
    operation = {"name": "e/operations/1", "metadata": metadata}
    assert (kind_of(operation), times_of(operation), outcome_of(operation)) == (UNKNOWN, {}, {})
    assert kind_of({"name": "e/operations/1"}) == UNKNOWN


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
    assert kind_of(_shown(policy.operation(name))) == kind
    retries.give_up(policy.ports, path_of(name), Internal("the bank failed"))
    failed = _shown(policy.operation(name))
    assert "error" in failed
    assert kind_of(failed) == kind
