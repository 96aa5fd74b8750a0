"""An engine that is too large for its store is refused by the name of the field that makes it so."""

from __future__ import annotations

from typing import Any

import pytest

from memorybank.bank.engine_size import MAX_ENGINE, check_size
from memorybank.errors import InvalidArgument
from tests.conftest import Served
from tests.functions.refusals import error_of

LONG = "x" * MAX_ENGINE


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"spec": {"a": {"b": LONG}, "c": 1}}, "spec.a.b"),
        ({"spec": {"a": LONG[::2], "b": LONG[::2], "c": LONG[::2]}}, "spec"),
    ],
)
def test_the_field_that_is_too_large_is_named(served: Served, engine: str, sent: dict[str, Any], field: str) -> None:
    with served.http() as http:
        before = http.get(f"/v1beta1/{engine}").json()
        for method, path in (("POST", engine.rpartition("/")[0]), ("PATCH", engine)):
            error = error_of(http.request(method, f"/v1beta1/{path}", json=sent), 400)
            [violation] = error["details"][0]["fieldViolations"]
            assert violation["field"] == field
            assert f"the limit is {MAX_ENGINE}" in violation["description"]
        assert http.get(f"/v1beta1/{engine}").json() == before


def test_many_small_numbers_count_as_the_store_counts_them() -> None:
    examples = [{"events": [1, 2, 3]}] * 40_000
    engine = {"displayName": "e", "contextSpec": {"memoryBankConfig": {"customizationConfigs": examples, "ttl": "1s"}}}
    with pytest.raises(InvalidArgument) as caught:
        check_size(engine)
    [violation] = caught.value.violations
    assert violation.field == "contextSpec.memoryBankConfig.customizationConfigs"
