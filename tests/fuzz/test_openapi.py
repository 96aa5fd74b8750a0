"""A short run of requests made from the description of the API."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest

from memorybank.handlers.openapi import document
from memorybank.local.bank import Bank
from tests.fuzz.fuzz_openapi import bank, explore


@pytest.fixture(scope="module")
def opened() -> Iterator[Bank]:
    with bank() as opened:
        yield opened


def test_every_method_answers_as_it_is_described(opened: Bank) -> None:
    outcome = explore(opened, examples=1, kinds=["positive"])
    assert outcome.wrong == {}
    assert outcome.statuses["positive", 200] > 20


def test_requests_that_break_their_schema_are_refused(opened: Bank) -> None:
    outcome = explore(opened, examples=3, kinds=["negative"], only=["CreateMemory", "RetrieveMemories"])
    assert outcome.wrong == {}
    assert outcome.statuses["negative", 400] > 1


def test_a_description_that_is_wrong_is_found(opened: Bank) -> None:
    lie = deepcopy(document())
    lie["components"]["schemas"]["Memory-Output"]["properties"]["fact"] = {"type": "integer"}
    assert explore(opened, examples=1, kinds=["positive"], only=["GetMemory"], described=lie).wrong
