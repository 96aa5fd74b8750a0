"""The commit of a generation: as many as it takes, each within the limits of a store, and nothing lost between them."""

from __future__ import annotations

import random
import string
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memorybank.bank import packing, retries
from memorybank.bank.generation import undo
from memorybank.bank.generation.memory_changes import Change, answer_of
from memorybank.bank.sweep import sweep
from memorybank.errors import FailedPrecondition
from memorybank.ports.documents import Create, Query
from memorybank.ports.models import Action, ExtractedFact, ExtractionRequest, Intent
from memorybank.ports.sizes import MAX_COMMIT, MAX_DOCUMENT
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
COUNT = 230
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


def _copies(policy: Policy, count: int) -> None:
    """Let a scope have one and the same memory so many times."""
    path = policy.remember("I like tea")
    [first] = policy.ports.store.get_many([path])
    [revision] = policy.ports.store.query(Query(f"{path}/revisions"))
    assert first is not None
    copies = [f"{path.rpartition('/')[0]}/tea-{number:04}" for number in range(count - 1)]
    for at in range(0, len(copies), 200):
        some = copies[at : at + 200]
        made = [Create(copy, first.data) for copy in some]
        policy.ports.store.commit([*made, *(Create(f"{copy}/revisions/{revision.id}", revision.data) for copy in some)])


def test_changes_for_which_an_operation_has_no_room_are_packed_and_can_be_undone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever commit the process dies at, every memory is deleted once, and comes back once."""
    monkeypatch.setattr(packing, "_MOST_LISTED", 50)
    monkeypatch.setattr(packing, "_LARGEST_TEXT", 5_000)
    policy = _policy()
    store = _store(policy)
    store.largest_document = 30_000
    _copies(policy, COUNT)
    name = policy.accept("forget: I like tea")
    store.commits, store.dies_at, store.dies_after = 0, 2, True
    assert _deliver(policy, name) == 1
    assert policy.actions(name) == ["DELETED"] * COUNT
    assert policy.records() == []
    undone = undo.undo(policy.ports, policy.engine, name.rpartition("/")[2]).name
    store.commits, store.dies_at = 0, 1
    assert _deliver(policy, undone) == 1
    assert policy.actions(undone) == ["CREATED"] * COUNT
    assert len(policy.records()) == COUNT


def test_packed_changes_take_at_most_the_bytes_that_are_reckoned_with() -> None:
    """A megabyte, what a document holds, has room for four thousand of the longest names."""
    now = datetime(2030, 1, 1, tzinfo=UTC)
    chance = random.Random(1)  # noqa: S311 - no secret
    ids = ["".join(chance.choices(string.ascii_lowercase + string.digits, k=63)) for _ in range(4000)]
    changes = [
        Change(f"engines/p:us-central1:1/memories/{name}", "UPDATED", str(number << 40), str(number << 41), before=now)
        for number, name in enumerate(ids)
    ]
    listed = [change.data() for change in changes]
    stored, response = packing.stored_changes(listed), packing.stored_response(answer_of(changes))
    assert packing.changes_in(stored) == listed
    assert packing.response_in(response) == answer_of(changes)
    assert len(stored) + len(response) <= packing.size_of_changes(4000) <= MAX_DOCUMENT
