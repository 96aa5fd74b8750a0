"""A generation of the largest size on Google's emulator, which refuses commits over 4 MiB and documents over 1 MiB."""

from __future__ import annotations

from memorybank.bank.generation import undo
from memorybank.resources.names import path_of
from memorybank.storage.firestore import FirestoreStore
from tests.unit.policy import open_policy
from tests.unit.test_commit import LARGEST, NINE, SCOPE


def test_a_generation_of_the_largest_size_is_committed_and_undone(firestore_store: FirestoreStore) -> None:
    policy = open_policy(store=firestore_store)
    name = policy.accept(*NINE, scope=SCOPE, **LARGEST)
    policy.deliver(name)
    assert policy.actions(name) == ["CREATED"] * 9
    assert policy.facts() == NINE
    assert {len(record.memory.metadata) for record in policy.records()} == {64}
    assert firestore_store.below(path_of(name), limit=10) == []
    undone = undo.undo(policy.ports, policy.engine, name.rpartition("/")[2]).name
    policy.deliver(undone)
    assert policy.actions(undone) == ["DELETED"] * 9
    assert policy.facts() == []
