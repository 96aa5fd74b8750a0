"""The commit of a generation: as many as it takes, each within the limits of a store, and nothing lost between them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank import retries
from memorybank.bank.sweep import sweep
from memorybank.errors import FailedPrecondition
from memorybank.ports.models import Action, ExtractedFact, ExtractionRequest, Intent
from memorybank.ports.sizes import MAX_COMMIT
from memorybank.resources.names import path_of
from memorybank.testing.scripted import ScriptedModel
from tests.unit.limited_store import LimitedStore, ProcessKilledError
from tests.unit.policy import Interfering, Policy, Says, decides, open_policy

_WIDE = "\U0001f600"
METADATA = {f"{number:02}" + _WIDE * 126: {"stringValue": _WIDE * 1024} for number in range(64)}
LABELS = {f"{number:02}" + _WIDE * 62: _WIDE * 256 for number in range(64)}
SCOPE = {f"{number}" + _WIDE * 127: _WIDE * 1024 for number in range(5)}
LARGEST: dict[str, Any] = {"metadata": METADATA, "revisionLabels": LABELS}
_LEASE_ENDS = timedelta(seconds=61)
NINE = [f"Fact {number}" for number in range(9)]


def _forgetting(request: ExtractionRequest) -> list[ExtractedFact]:
    lines = [line for event in request.events for line in event.text.splitlines()]
    return [
        ExtractedFact(line.removeprefix("forget: "), intent=Intent.FORGET)
        if line.startswith("forget: ")
        else ExtractedFact(line)
        for line in lines
    ]


def _policy(*rules: Says, **config: Any) -> Policy:
    return open_policy(ScriptedModel(extract=_forgetting, decide=decides(*rules)), wrap=LimitedStore, config=config)


def _store(policy: Policy) -> LimitedStore:
    assert isinstance(policy.ports.store, LimitedStore)
    return policy.ports.store


def _deliver(policy: Policy, name: str) -> int:
    """Deliver an operation's task until the operation is done, in a new process whenever one dies; count these."""
    store, deaths = _store(policy), 0
    while not policy.operation(name).done:
        try:
            policy.deliver(name)
        except ProcessKilledError:
            deaths += 1
        if store.dies_at is not None and store.commits >= store.dies_at:
            store.dies_at = None
        policy.clock.advance(_LEASE_ENDS)
    return deaths


def test_many_facts_are_settled_in_batches_that_fit_a_commit() -> None:
    policy, sizes = open_policy(wrap=Interfering), list[int]()
    names = [policy.accept(*[f"Fact {number} of {batch}" for number in range(120)]) for batch in range(3)]
    policy.wait(*names)
    policy.interfere(lambda writes: sizes.append(len(writes)))
    policy.deliver(names[0])
    assert [len(policy.actions(name)) for name in names] == [120] * 3
    assert max(sizes) < 500, "Firestore takes no more writes at once"


def test_a_generation_with_the_largest_metadata_labels_and_scope_takes_several_commits() -> None:
    policy = _policy()
    name = policy.accept(*NINE, scope=SCOPE, **LARGEST)
    policy.deliver(name)
    assert policy.actions(name) == ["CREATED"] * 9
    assert policy.facts() == NINE
    assert all(record.memory.metadata == policy.records()[0].memory.metadata for record in policy.records())
    assert len(policy.records()[0].memory.metadata) == 64
    assert MAX_COMMIT * 0.6 < _store(policy).largest <= MAX_COMMIT
    assert policy.ports.store.below(path_of(name), limit=10) == []


def test_facts_for_which_an_operation_has_no_room_are_stored_in_parts_until_they_are_committed() -> None:
    policy = _policy()
    facts = [f"{number:02} " + _WIDE * 1800 for number in range(45)]
    name = policy.accept(*facts, revisionLabels=LABELS)
    policy.wait(name)
    parts = policy.ports.store.get_many(policy.ports.store.below(path_of(name), limit=10))
    assert sum(len(part.data["bytes"]) for part in parts if part) > 45 * 7200
    policy.deliver(name)
    assert policy.facts() == facts
    assert policy.actions(name) == ["CREATED"] * 45
    assert policy.ports.store.below(path_of(name), limit=10) == []


def test_updates_of_memories_with_the_largest_metadata_take_several_commits() -> None:
    rules = [Says(f"New {number}", Action.UPDATE, f"Old {number}", f"New {number}") for number in range(9)]
    policy = _policy(*rules)
    for number in range(9):
        policy.remember(f"Old {number}", metadata=METADATA)
    name = policy.accept(*[f"New {number}" for number in range(9)], revisionLabels=LABELS)
    policy.deliver(name)
    assert policy.actions(name) == ["UPDATED"] * 9
    assert policy.facts() == [f"New {number}" for number in range(9)]


def test_one_fact_that_deletes_more_than_a_commit_holds_deletes_it_all() -> None:
    policy = _policy()
    for _ in range(40):
        policy.remember("I like tea")
    policy.remember("I like milk")
    name = policy.accept("forget: I like tea", scope={"user_id": "ada"}, revisionLabels=LABELS)
    policy.deliver(name)
    assert policy.actions(name) == ["DELETED"] * 40
    assert policy.facts() == ["I like milk"]


def test_other_operations_of_the_scope_finish_with_a_large_one() -> None:
    policy = _policy()
    large, small = policy.accept(*NINE, **LARGEST), policy.accept("I like tea")
    policy.wait(large, small)
    policy.deliver(small)
    assert policy.actions(large) == ["CREATED"] * 9
    assert policy.actions(small) == ["CREATED"]


def test_facts_that_were_extracted_together_are_not_compared_although_they_are_committed_apart() -> None:
    policy = _policy()
    policy.deliver(policy.accept(*NINE, **LARGEST))
    model = policy.ports.model
    assert isinstance(model, ScriptedModel)
    assert model.decisions == 0


@pytest.mark.parametrize("dies_after", [False, True])
def test_nothing_is_lost_or_doubled_whichever_commit_a_process_dies_at(dies_after: bool) -> None:  # noqa: FBT001 - a table
    facts = [*NINE[:3], "I live in Lyon", *NINE[3:6]]
    deaths = 0
    for dies_at in range(1, 100):
        policy = _policy(Says("I live in Lyon", Action.UPDATE, "I live in Paris", "I live in Lyon"))
        policy.remember("I live in Paris", metadata=METADATA)
        policy.remember("I like tea")
        name = policy.accept(*facts, "forget: I like tea", **LARGEST)
        store = _store(policy)
        store.commits, store.dies_at, store.dies_after = 0, dies_at, dies_after
        died = _deliver(policy, name)
        assert sorted(policy.actions(name)) == ["CREATED"] * 6 + ["DELETED", "UPDATED"]
        assert policy.facts() == sorted(facts)
        revisions = {record.fact: len(policy.revisions(record.path)) for record in policy.records()}
        assert revisions == {fact: 2 if fact == "I live in Lyon" else 1 for fact in facts}
        deaths += died
        if not died:
            break
    assert deaths == dies_at - 1 >= 3


def _partly_done(policy: Policy) -> str:
    """Accept a large generation whose process dies after a commit of a part of it, and return its name."""
    name = policy.accept(*NINE, **LARGEST)
    with pytest.raises(ProcessKilledError):
        _die_half_way(policy, name)
    assert 0 < len(policy.facts()) < 9
    return name


def _die_half_way(policy: Policy, name: str) -> None:
    def die(writes: Any) -> None:
        if policy.facts():
            raise ProcessKilledError

    store = _store(policy)
    store.before = die
    try:
        policy.deliver(name)
    finally:
        store.before = lambda _: None


def test_an_operation_that_died_half_way_is_taken_up_by_the_sweep() -> None:
    policy = _policy()
    name = _partly_done(policy)
    policy.clock.advance(timedelta(minutes=11))
    before = len(policy.tasks())
    sweep(policy.ports)
    assert len(policy.tasks()) > before
    policy.deliver(name)
    assert policy.facts() == NINE


def test_a_cancelled_operation_says_what_it_has_done_and_can_be_rolled_back() -> None:
    policy = _policy()
    name = _partly_done(policy)
    done = len(policy.facts())
    policy.cancel(name)
    error = policy.operation(name).error
    assert error is not None
    assert f"had changed {done} memories" in error["message"]
    policy.deliver(name)
    assert len(policy.facts()) == done
    assert policy.ports.store.below(path_of(name), limit=10) == []


def test_an_operation_that_was_given_up_half_way_does_only_the_rest_when_it_is_retried() -> None:
    policy = _policy()
    name = _partly_done(policy)
    retries.give_up(policy.ports, path_of(name), FailedPrecondition("no"))
    retries.retry(policy.ports, policy.engine, name.rpartition("/")[2], parent=str(policy.engine))
    policy.deliver(name)
    assert policy.actions(name) == ["CREATED"] * 9
    assert policy.facts() == NINE
