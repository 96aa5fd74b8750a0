"""Every operation is named for people by the method that began it, also where its metadata is a Struct."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from memorybank.client.operation_kinds import kind_of
from memorybank.resources.operation import Operation

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
