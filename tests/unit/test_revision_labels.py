"""Revisions as they are read back, also those that an earlier version of the bank has written."""

from __future__ import annotations

from memorybank.bank.listing import Accept
from memorybank.bank.memories import revisions
from memorybank.ports.documents import Put
from memorybank.resources.memory import MemoryRevision
from tests.unit.policy import Policy, open_policy

TEA = "I like tea"
FORMER = {"memorybank_extraction": "extraction-1 m", "memorybank_consolidation": "decision-1 m"}


def _as_written_before(policy: Policy, path: str, labels: dict[str, str]) -> None:
    [document] = policy.revisions(path)
    data = {key: value for key, value in document.data.items() if key != "produced_by"}
    policy.ports.store.commit([Put(document.path, {**data, "labels": labels})])


def _listed(policy: Policy, path: str, *, accept: Accept | None = None) -> list[MemoryRevision]:
    return revisions.list_page(policy.ports, path, accept=accept, limit=10, after=None)[0]


def test_labels_that_a_former_version_added_are_read_as_what_produced_the_revision() -> None:
    policy = open_policy()
    path = policy.remember(TEA)
    _as_written_before(policy, path, {"by": "chat", **FORMER})
    [revision] = _listed(policy, path)
    assert revision.labels == {"by": "chat"}
    assert revision.produced_by == {"extraction": "extraction-1 m", "consolidation": "decision-1 m"}
    assert _listed(policy, path, accept=lambda data: "memorybank_extraction" in data["labels"]) == []


def test_a_caller_may_use_the_names_of_former_labels() -> None:
    policy = open_policy()
    path = policy.remember(TEA, revisionLabels=FORMER)
    [revision] = _listed(policy, path)
    assert (revision.labels, revision.produced_by) == (FORMER, {})
