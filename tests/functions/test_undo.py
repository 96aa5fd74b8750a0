"""The call that undoes an operation: what it refuses, and that it reaches nothing of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from memorybank.local.bank import Bank
from memorybank.ports.models import Action
from memorybank.testing.scripted import ScriptedModel
from tests.functions.callers import ADA, EVE, Calling, bank_with_rules, new_engine
from tests.functions.refusals import Caller
from tests.unit.policy import Says, decides
from tests.waiting import LONG

PARIS, LYON = "I live in Paris", "I live in Lyon"


@pytest.fixture
def bank() -> Iterator[Bank]:
    model = ScriptedModel(decide=decides(Says(LYON, Action.UPDATE, PARIS, LYON)))
    with bank_with_rules(model=model) as bank:
        yield bank


@pytest.fixture
def root(bank: Bank) -> Calling:
    return new_engine(bank)


@pytest.fixture
def ada(root: Calling) -> Calling:
    return replace(root, email=ADA)


def _generate(caller: Calling, fact: str) -> str:
    """Generate and return the path of the operation below the engine."""
    body = {"scope": {"user_id": ADA}, "directMemoriesSource": {"directMemories": [{"fact": fact}]}}
    operation = caller.finished(caller.ok("POST", "/memories:generate", body))
    return str(operation["name"]).removeprefix(caller.engine)


def _facts(caller: Calling) -> list[str]:
    return [memory["fact"] for memory in caller.ok("GET", "/memories").get("memories", [])]


def _state(bank: Bank) -> dict[str, Any]:
    assert bank.adapters.queue.wait_idle(LONG)
    store = bank.adapters.store
    paths = store.below("engines", limit=10_000)
    return {path: document and document.data for path, document in zip(paths, store.get_many(paths), strict=True)}


def test_requests_that_cannot_be_served_are_refused_and_change_nothing(caller: Caller) -> None:
    body = {"scope": {"user_id": "u"}, "directMemoriesSource": {"directMemories": [{"fact": "I like tea"}]}}
    name = caller.finished("POST", "/memories:generate", json=body)["name"].removeprefix(caller.engine)
    [created] = [
        operation["name"].removeprefix(caller.engine)
        for operation in caller.ok("GET", "/operations")["operations"]
        if not operation["name"].endswith(name)
    ]
    caller.refuses_bodies([({"force": True}, "force", ""), ({"name": "x"}, "name", "")], "POST", f"{name}:rollback")
    caller.refused(405, "GET", f"{name}:rollback")
    for unknown in ("/operations/1", "/operations/..", "9/operations/1"):
        assert caller.call("POST", f"{unknown}:rollback").status_code in (400, 404)
    error = caller.refused(400, "POST", f"{created}:rollback")
    assert error["status"] == "FAILED_PRECONDITION"
    assert "only GenerateMemories and RollbackOperation can be" in error["message"]


def test_an_operation_below_a_memory_has_no_such_call(caller: Caller) -> None:
    caller.memory("m")
    [operation] = caller.ok("GET", "/memories/m/operations")["operations"]
    path = operation["name"].removeprefix(caller.engine)
    assert caller.call("POST", f"{path}:rollback").status_code == 404


@pytest.mark.parametrize("body", [None, {}])
def test_a_body_may_be_empty_or_absent(caller: Caller, body: Any) -> None:
    sent = {"scope": {"user_id": "u"}, "directMemoriesSource": {"directMemories": [{"fact": "I like tea"}]}}
    name = caller.finished("POST", "/memories:generate", json=sent)["name"].removeprefix(caller.engine)
    [change] = caller.ok("POST", f"{name}:rollback", json=body)["response"]["generatedMemories"]
    assert change["action"] == "DELETED"
    assert "/revisions/" in change["previousRevision"]


def test_nothing_of_a_deleted_engine_is_undone(caller: Caller) -> None:
    sent = {"scope": {"user_id": "u"}, "directMemoriesSource": {"directMemories": [{"fact": "I like tea"}]}}
    name = caller.finished("POST", "/memories:generate", json=sent)["name"].removeprefix(caller.engine)
    caller.ok("DELETE", params={"force": "true"})
    assert caller.call("POST", f"{name}:rollback").status_code == 404


def test_who_is_limited_to_a_scope_undoes_and_redoes_what_was_done_in_it(ada: Calling) -> None:
    _generate(ada, PARIS)
    name = _generate(ada, LYON)
    assert _facts(ada) == [LYON]
    undone = ada.ok("POST", f"{name}:rollback")["name"].removeprefix(ada.engine)
    assert _facts(ada) == [PARIS]
    assert ada.ok("GET", undone)["response"]["generatedMemories"][0]["action"] == "UPDATED"
    ada.ok("POST", f"{undone}:rollback")
    assert _facts(ada) == [LYON]


def test_a_deletion_of_ones_own_is_undone_too(ada: Calling) -> None:
    name = _generate(ada, PARIS)
    undone = ada.ok("POST", f"{name}:rollback")["name"].removeprefix(ada.engine)
    assert _facts(ada) == []
    ada.ok("POST", f"{undone}:rollback")
    assert _facts(ada) == [PARIS]


def test_anothers_operation_is_as_if_it_did_not_exist(bank: Bank, root: Calling, ada: Calling) -> None:
    name = _generate(ada, PARIS)
    eve, reader = replace(root, email=EVE), replace(root, email="rob@readers.com")
    before = _state(bank)
    hidden, absent = eve.call("POST", f"{name}:rollback"), eve.call("POST", "/operations/1:rollback")
    assert hidden.status == absent.status == 404
    assert hidden.message.replace(name.rpartition("/")[2], "1") == absent.message
    assert reader.call("POST", f"{name}:rollback").status == 403
    assert _state(bank) == before
    assert root.ok("POST", f"{name}:rollback")["done"]
