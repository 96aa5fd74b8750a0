"""Undoing a generation: all of it in one commit and only while nothing has changed since, and undoing that again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank import operations
from memorybank.bank.generation import undo
from memorybank.bank.generation.memory_changes import Change, combine
from memorybank.bank.memories import crud, revisions
from memorybank.bank.memories.stored import load
from memorybank.errors import FailedPrecondition, NotFound
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.documents import Delete, Document, Write
from memorybank.ports.models import Action, ExtractedFact, ExtractionRequest, Intent
from memorybank.resources.memory import Memory
from memorybank.resources.wire import parse
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import Interfering, Policy, Says, decides, open_policy

PARIS, LYON, TEA, MILK = "I live in Paris", "I live in Lyon", "I like tea", "I like milk"
MOVES = Says(LYON, Action.UPDATE, PARIS, LYON)
_SPAN = timedelta(minutes=1)


def _forgetting(request: ExtractionRequest) -> list[ExtractedFact]:
    lines = [line for event in request.events for line in event.text.splitlines()]
    return [
        ExtractedFact(
            line.removeprefix("forget: "), intent=Intent.FORGET if line.startswith("forget: ") else Intent.REMEMBER
        )
        for line in lines
    ]


def _policy(*rules: Says, **config: Any) -> Policy:
    model = ScriptedModel(extract=_forgetting, decide=decides(*rules))
    return open_policy(model, config=config, wrap=Interfering)


def _generate(policy: Policy, *lines: str, **fields: Any) -> str:
    """Generate a minute later and return the operation's name."""
    policy.clock.advance(_SPAN)
    name = policy.accept(*lines, **fields)
    policy.deliver(name)
    assert policy.operation(name).error is None
    return name


def _undo(policy: Policy, name: str) -> str:
    """Undo an operation a minute later and return the name of the operation of that."""
    policy.clock.advance(_SPAN)
    return undo.undo(policy.ports, policy.engine, name.rpartition("/")[2]).name


def _refused(policy: Policy, name: str) -> str:
    """Return why an operation cannot be undone; nothing may change."""
    before = _everything(policy)
    with pytest.raises(FailedPrecondition) as refused:
        _undo(policy, name)
    assert _everything(policy) == before
    return refused.value.message


def _everything(policy: Policy) -> list[Document | None]:
    store = policy.ports.store
    return store.get_many(store.below("engines", limit=10_000))


def _change(policy: Policy, path: str, **changes: Any) -> None:
    policy.clock.advance(_SPAN)
    crud.update(policy.ports, path, parse(Memory, changes), mask=None)


def _mixed(policy: Policy) -> str:
    """Generate what creates, updates and deletes a memory each, and return the operation's name."""
    policy.remember(PARIS)
    policy.remember(TEA)
    name = _generate(policy, "I like milk", LYON, f"forget: {TEA}")
    assert sorted(policy.actions(name)) == ["CREATED", "DELETED", "UPDATED"]
    assert policy.facts() == [MILK, LYON]
    return name


def test_an_undo_deletes_what_was_created_and_restores_what_was_updated_or_deleted() -> None:
    policy = _policy(MOVES)
    name = _mixed(policy)
    undone = _undo(policy, name)
    assert policy.facts() == [TEA, PARIS]
    assert sorted(policy.actions(undone)) == ["CREATED", "DELETED", "UPDATED"]
    assert policy.operation(undone).kind == "RollbackOperation"


def test_an_undo_can_be_undone_and_so_on() -> None:
    policy = _policy(MOVES)
    original = last = _mixed(policy)
    for _ in range(3):
        last = _undo(policy, last)
        assert policy.facts() == [TEA, PARIS]
        last = _undo(policy, last)
        assert policy.facts() == [MILK, LYON]
    _undo(policy, original)  # what it left is back, so it can be undone itself, too
    assert policy.facts() == [TEA, PARIS]


def test_an_undo_leaves_a_revision_of_every_memory_that_it_changes() -> None:
    policy = _policy(MOVES)
    path = policy.remember(PARIS)
    undone = _undo(policy, _generate(policy, LYON))
    facts = [revision.data["snapshot"]["fact"] for revision in policy.revisions(path)]
    assert facts == [PARIS, LYON, PARIS]
    response = policy.operation(undone).response
    assert response is not None
    [change] = response["generatedMemories"]
    assert change["action"] == "UPDATED"
    assert change["previousRevision"].endswith(policy.revisions(path)[1].id)


def test_the_whole_state_is_restored_and_not_only_the_fact() -> None:
    policy = _policy(MOVES)
    metadata = {"source": {"stringValue": "form"}}
    path = policy.remember(PARIS, metadata=metadata, displayName="home", topics=[{"customMemoryTopicLabel": "a"}])
    before = load(policy.ports, path).memory
    name = _generate(policy, LYON, metadata={"source": {"stringValue": "chat"}, "more": {"boolValue": True}})
    assert load(policy.ports, path).memory.metadata != before.metadata
    _undo(policy, name)
    after = load(policy.ports, path).memory
    assert after.model_copy(update={"update_time": before.update_time}) == before
    assert after.update_time == policy.clock.now()


def test_restored_facts_are_embedded_anew_in_one_call() -> None:
    calls: list[Sequence[str]] = []

    class Embedder(OfflineEmbedder):
        def embed(self, texts: Any, **options: Any) -> Any:
            calls.append(texts)
            return super().embed(texts, **options)

    policy = _policy(MOVES)
    object.__setattr__(policy.ports, "embedder", Embedder())
    name = _mixed(policy)
    calls.clear()
    _undo(policy, name)
    assert [sorted(texts) for texts in calls] == [[TEA, PARIS]]
    assert policy.generate(PARIS) == ["UPDATED"], "the memory is found by the fact that it has again"


def test_nothing_to_undo_is_undone_as_well() -> None:
    policy = _policy()
    name = policy.accept_source(directContentsSource={"events": [{"content": {"role": "model", "parts": []}}]})
    policy.deliver(name)
    assert policy.actions(_undo(policy, name)) == []


def test_twice_cannot_be_undone_what_was_done_once() -> None:
    policy = _policy(MOVES)
    policy.remember(PARIS)
    name = _generate(policy, LYON)
    undone = _undo(policy, name)
    assert f"roll operation {undone.rpartition('/')[2]} back first" in _refused(policy, name)


def test_every_memory_that_has_changed_since_is_named_with_what_it_takes_and_nothing_is_changed() -> None:
    policy = _policy(MOVES)
    kept = policy.remember(PARIS)
    name = _generate(policy, LYON, TEA, MILK)
    created, untouched = (policy.record(fact).path for fact in (TEA, MILK))
    older = policy.revisions(kept)[0].id
    _change(policy, kept, fact="I live in Rome")
    _change(policy, created, displayName="drink")
    said = _refused(policy, name)
    assert f"revision {policy.revisions(kept)[-1].id}: revert that first, or roll it back alone" in said
    assert f"to revision {older}" in said
    assert f"revision {policy.revisions(created)[-1].id}: revert that first, or delete it" in said
    assert untouched.rpartition("/")[2] not in said


def test_the_violations_name_the_memories_and_long_lists_are_cut() -> None:
    policy = _policy()
    name = _generate(policy, *(f"I know word number {number}" for number in range(30)))
    for record in policy.records():
        _change(policy, record.path, displayName="x")
    with pytest.raises(FailedPrecondition) as refused:
        _undo(policy, name)
    assert len(refused.value.violations) == 20
    assert refused.value.message.endswith("; and 10 more")
    assert {each.field for each in refused.value.violations} <= {record.name for record in policy.records()}


def test_a_memory_that_was_deleted_since_counts_as_changed() -> None:
    policy = _policy()
    name = _generate(policy, TEA)
    other = _generate(policy, f"forget: {TEA}")
    assert f"by operation {other.rpartition('/')[2]}: roll that back first" in _refused(policy, name)
    _undo(policy, other)
    crud.delete(policy.ports, policy.record(TEA).path)
    assert _refused(policy, name).endswith("it has been deleted since")


def test_a_memory_that_came_back_since_its_deletion_counts_as_changed() -> None:
    policy = _policy()
    path = policy.remember(TEA)
    first = policy.revisions(path)[0].id
    name = _generate(policy, f"forget: {TEA}")
    revisions.rollback(policy.ports, path, first)
    assert "it has been restored since" in _refused(policy, name)
    crud.delete(policy.ports, path)
    assert "it has been changed since" in _refused(policy, name)


def test_a_change_without_a_revision_counts_as_one() -> None:
    policy = _policy()
    name = _generate(policy, TEA)
    _change(policy, policy.record(TEA).path, displayName="drink", disableMemoryRevisions=True)
    assert "without leaving a revision" in _refused(policy, name)


def test_a_state_that_left_no_revision_cannot_be_restored() -> None:
    policy = _policy(MOVES)
    path = policy.remember(PARIS)
    _change(policy, path, displayName="home", disableMemoryRevisions=True)
    assert "it was changed earlier without leaving a revision" in _refused(policy, _generate(policy, LYON))

    policy = _policy(MOVES)
    policy.remember(PARIS, disableMemoryRevisions=True)
    assert "was never written" in _refused(policy, _generate(policy, LYON))


@pytest.mark.parametrize("where", ["request", "bank"])
def test_what_left_no_revisions_cannot_be_undone_and_says_so(where: str) -> None:
    off = {"disableMemoryRevisions": True}
    policy = _policy(MOVES, **(off if where == "bank" else {}))
    policy.remember(PARIS)
    name = _generate(policy, LYON, TEA, **(off if where == "request" else {}))
    assert ("keeps no revisions" if where == "bank" else "left no revision") in _refused(policy, name)


def test_what_left_no_revision_beside_what_did_cannot_be_undone() -> None:
    policy = _policy(MOVES)
    first, second = policy.accept(PARIS), policy.accept(LYON, disableMemoryRevisions=True)
    policy.wait(first, second)
    policy.deliver(first)
    assert policy.facts() == [LYON]
    assert "left no revision" in _refused(policy, second)
    assert "without leaving a revision" in _refused(policy, first)


def test_of_two_operations_in_one_commit_the_later_is_undone_first() -> None:
    policy = _policy(MOVES)
    first, second = policy.accept(PARIS), policy.accept(LYON)
    policy.wait(first, second)
    policy.deliver(first)
    assert policy.facts() == [LYON]
    assert (policy.actions(first), policy.actions(second)) == (["CREATED"], ["UPDATED"])
    assert f"roll operation {second.rpartition('/')[2]} back first" in _refused(policy, first)
    _undo(policy, second)
    assert policy.facts() == [PARIS]
    _undo(policy, first)
    assert policy.facts() == []


def test_what_one_created_and_another_deleted_in_one_commit_comes_back_and_goes_again() -> None:
    policy = _policy()
    first, second = policy.accept(TEA), policy.accept(f"forget: {TEA}")
    policy.wait(first, second)
    policy.deliver(first)
    assert policy.facts() == []
    assert "deleted since by operation" in _refused(policy, first)
    _undo(policy, second)
    assert policy.facts() == [TEA]
    _undo(policy, first)
    assert policy.facts() == []


def test_several_changes_of_one_memory_by_one_operation_are_undone_as_one() -> None:
    nice = "I live in Nice"
    policy = _policy(MOVES, *(Says(nice, Action.UPDATE, city, nice) for city in (PARIS, LYON)))
    path = policy.remember(PARIS)
    name = _generate(policy, LYON, nice)
    assert (policy.actions(name), policy.facts()) == (["UPDATED"], [nice])
    assert len(policy.revisions(path)) == 3
    _undo(policy, name)
    assert policy.facts() == [PARIS]


def test_changes_that_another_operation_came_between_are_not_the_operations_own() -> None:
    first, second = Change("m", "UPDATED", "1", state="2"), Change("m", "UPDATED", "3", state="4")
    assert combine(first, second) == Change("m", "UPDATED", "1", state=None)
    assert combine(first, replace(second, previous="2")) == Change("m", "UPDATED", "1", state="4")


def _path(policy: Policy, name: str) -> str:
    return policy.engine.child("operations", name.rpartition("/")[2])


def test_a_revision_that_has_expired_restores_nothing() -> None:
    policy = _policy(MOVES)
    policy.remember(PARIS, revisionTtl="3600s")
    name = _generate(policy, LYON)
    policy.clock.advance(timedelta(hours=2))
    assert "has expired or was never written" in _refused(policy, name)


def test_a_revision_that_has_expired_tells_nothing_of_what_has_changed() -> None:
    policy = _policy()
    name = _generate(policy, TEA, revisionTtl="3600s")
    policy.clock.advance(timedelta(hours=2))
    assert "it is unknown whether" in _refused(policy, name)


@pytest.mark.parametrize(("hours", "restored"), [(47, True), (48, False)])
def test_a_deletion_can_be_undone_for_48_hours(hours: int, *, restored: bool) -> None:
    policy = _policy()
    policy.remember(TEA)
    name = _generate(policy, f"forget: {TEA}")
    policy.clock.advance(timedelta(hours=hours) - _SPAN)
    if restored:
        _undo(policy, name)
        assert policy.facts() == [TEA]
        [record] = policy.records()
        assert all(each.data["expire_time"] > policy.clock.now() + timedelta(days=2) for each in _snapshots(policy))
        assert record.latest_revision == policy.revisions(record.path)[-1].id
    else:
        assert "its revisions have expired" in _refused(policy, name)


def _snapshots(policy: Policy) -> list[Document]:
    return [each for record in policy.records() for each in policy.revisions(record.path) if "snapshot" in each.data]


def test_a_memory_that_has_expired_since_counts_as_changed() -> None:
    policy = _policy(ttlConfig={"defaultTtl": "3600s"})
    name = _generate(policy, TEA)
    policy.clock.advance(timedelta(hours=2))
    assert "it has expired since" in _refused(policy, name)


def test_the_end_of_a_restored_memory_is_that_of_a_rollback() -> None:
    policy = _policy(MOVES, ttlConfig={"defaultTtl": "86400s"})
    policy.remember(PARIS)
    _undo(policy, _generate(policy, LYON))
    assert policy.record(PARIS).memory.expire_time == policy.clock.now() + timedelta(days=1)


def test_who_may_not_be_undone_is_told_why() -> None:
    policy = _policy()
    waiting = policy.accept(TEA)
    assert "still running" in _refused(policy, waiting)
    policy.cancel(waiting)
    assert "failed and changed no memory" in _refused(policy, waiting)
    [created] = operations.list_page(policy.ports, policy.engine, parent=str(policy.engine), limit=10, after=None)[0][
        1:
    ]
    assert "it is a CreateReasoningEngine" in _refused(policy, created.name)
    with pytest.raises(NotFound):
        _undo(policy, f"{policy.engine}/operations/1")
    name = _generate(policy, TEA)
    policy.clock.advance(timedelta(days=31))
    with pytest.raises(NotFound):
        _undo(policy, name)


def test_a_change_between_reading_and_the_commit_is_seen() -> None:
    policy = _policy(MOVES)
    path = policy.remember(PARIS)
    name = _generate(policy, LYON)

    def interfere(writes: Sequence[Write]) -> None:
        if any(write.path == path for write in writes):
            policy.interfere(lambda _: None)
            _change(policy, path, displayName="home")

    policy.interfere(interfere)
    with pytest.raises(FailedPrecondition, match="has been changed since"):
        _undo(policy, name)
    assert policy.record(LYON).memory.display_name == "home"


def test_a_deleted_memory_that_is_erased_between_reading_and_the_commit_stays_gone() -> None:
    policy = _policy()
    path = policy.remember(TEA)
    name = _generate(policy, f"forget: {TEA}")

    def interfere(writes: Sequence[Write]) -> None:
        if any(write.path == path for write in writes):
            policy.interfere(lambda _: None)
            policy.ports.store.commit([Delete(each) for each in policy.ports.store.below(path, limit=10)])

    policy.interfere(interfere)
    with pytest.raises(FailedPrecondition):
        _undo(policy, name)
    assert policy.facts() == []


def test_of_two_undos_at_once_one_wins() -> None:
    policy = _policy(MOVES)
    path = policy.remember(PARIS)
    name = _generate(policy, LYON)

    def interfere(writes: Sequence[Write]) -> None:
        if any(write.path == path for write in writes):
            policy.interfere(lambda _: None)
            _undo(policy, name)

    policy.interfere(interfere)
    with pytest.raises(FailedPrecondition, match="back first"):
        _undo(policy, name)
    assert len(policy.revisions(path)) == 3


def test_a_restored_deletion_is_not_committed_over_another_one() -> None:
    """Between reading and commit the memory is restored and deleted again: the mark that was read is another's now."""
    policy = _policy()
    path = policy.remember(TEA)
    name = _generate(policy, f"forget: {TEA}")
    mark = policy.revisions(path)[-1]

    def interfere(writes: Sequence[Write]) -> None:
        if any(write.path == mark.path for write in writes):
            policy.interfere(lambda _: None)
            policy.clock.advance(_SPAN)
            revisions.rollback(policy.ports, path, policy.revisions(path)[0].id)
            policy.clock.advance(_SPAN)
            crud.delete(policy.ports, path)

    policy.interfere(interfere)
    with pytest.raises(FailedPrecondition, match="has been changed since"):
        _undo(policy, name)
    assert policy.facts() == []
