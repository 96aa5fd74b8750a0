"""An export of a bank on SQLite becomes a bank on Firestore, whose export is the same, and back."""

from __future__ import annotations

from memorybank.bank.memories import batch_create, crud, exports
from memorybank.resources.memory import Memory
from memorybank.resources.transfer import BatchCreateMemoriesRequest
from memorybank.resources.wire import parse
from memorybank.storage.firestore import FirestoreStore
from tests.unit.policy import Policy, open_policy


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
