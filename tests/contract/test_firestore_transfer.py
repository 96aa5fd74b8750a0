"""Exports and imports on Firestore: the same as on SQLite, also where a scope is erased meanwhile."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest

from memorybank.bank.memories import batch_create, batch_records, crud, erase, exports
from memorybank.ports.documents import Write
from memorybank.resources.erasure import EraseMemoriesRequest
from memorybank.resources.memory import Memory
from memorybank.resources.transfer import BatchCreateMemoriesRequest
from memorybank.resources.wire import parse
from memorybank.storage.firestore import FirestoreStore
from tests.traces import traces
from tests.unit.policy import Interfering, Policy, open_policy


def _exported(policy: Policy) -> list[dict[str, object]]:
    found, _ = exports.export_page(policy.ports, policy.engine, vectors=True, limit=1000, after=None)
    return [record.to_wire() for record in found]


def test_an_export_is_the_same_whichever_store_a_bank_has(firestore_store: FirestoreStore) -> None:
    source, copy, back = open_policy(), open_policy(store=firestore_store), open_policy()
    paths = [source.remember(f"I own {number} pens") for number in range(120)]
    crud.update(source.ports, paths[0], parse(Memory, {"fact": "I own no pens"}), mask=("fact",))
    records = _exported(source)
    for policy in (copy, back):
        request = parse(BatchCreateMemoriesRequest, {"memories": _exported(source)})
        operation = batch_create.batch_create(policy.ports, policy.engine, request)
        assert operation.response is not None
        assert operation.response["createdCount"] == 120
        assert _exported(policy) == records
        source = policy


def test_an_erasure_before_any_commit_of_a_waiting_import_leaves_nothing(
    firestore_store: FirestoreStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_records, "_AT_ONCE", 2)
    policy = open_policy(store=firestore_store, wrap=Interfering)
    for step in itertools.count(1):
        scopes = [{"user_id": f"zoe{step}"}, {"user_id": f"grace{step}"}]
        memories = [{"memory": {"fact": f"I own {n} pens", "scope": scopes[n % 2]}} for n in range(6)]
        policy.interfere(lambda _: policy.clock.advance(timedelta(seconds=20)))
        request = parse(BatchCreateMemoriesRequest, {"memories": memories})
        begun = batch_create.batch_create(policy.ports, policy.engine, request)
        left = [step]

        def erase_once(_: Sequence[Write], left: list[int] = left, scope: dict[str, str] = scopes[0]) -> None:
            left[0] -= 1
            if left[0] == 0:
                policy.interfere(lambda _: None)
                assert erase.erase(policy.ports, policy.engine, EraseMemoriesRequest(scope=scope)).finished

        policy.interfere(erase_once)
        policy.deliver(begun.name)
        assert policy.operation(begun.name).done
        if left[0] > 0:
            assert step > 2, "all commits have been tried"
            return
        assert traces(policy.ports.store, scopes[0]) == [], f"at commit {step}"
        assert [record.memory.scope for record in policy.records() if record.memory.scope == scopes[1]] == [
            scopes[1]
        ] * 3
